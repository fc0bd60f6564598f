"""Amounts in capitals against the published rules, and against a reader of capitals written for this test."""

import random

import pytest

from ledger.payouts.channels.capitals import DIGITS, capitals

# The examples of the People's Bank of China's 正确填写票据和结算凭证的基本规定; of two ways its first one.
PUBLISHED = [
    ("1409.50", "壹仟肆佰零玖元伍角"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
    ("107000.53", "壹拾万柒仟元零伍角叁分"),
    ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
    ("325.04", "叁佰贰拾伍元零肆分"),
]
# By the same rules: 整 after 元 only; 零 once for a run of zeros in the middle, never at the end.
BY_RULE = [
    ("0.00", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角"),
    ("1.00", "壹元整"),
    ("10.00", "壹拾元整"),
    ("10.20", "壹拾元零贰角"),
    ("100.01", "壹佰元零壹分"),
    ("10000.00", "壹万元整"),
    ("10001.00", "壹万零壹元整"),
    ("21000.00", "贰万壹仟元整"),
    ("1000000.00", "壹佰万元整"),
    ("100000000.00", "壹亿元整"),
    ("100001000.00", "壹亿零壹仟元整"),
    ("100100000.00", "壹亿零壹拾万元整"),
    ("1000010000.00", "壹拾亿零壹万元整"),
    ("1000000000000.00", "壹万亿元整"),
    ("1000500000000.00", "壹万零伍亿元整"),
]


def fen(yuan: str) -> int:
    return int(yuan.replace(".", ""))


@pytest.mark.parametrize(("yuan", "text"), PUBLISHED + BY_RULE)
def test_an_amount_is_written_as_the_rules_say(yuan: str, text: str) -> None:
    assert capitals(fen(yuan)) == text


def test_the_largest_amount_has_capitals() -> None:
    # 9,999 of each of four groups, 99 fen.
    group = "玖仟玖佰玖拾玖"
    assert capitals(10**18 - 1) == f"{group}万{group}亿{group}万{group}元玖角玖分"


@pytest.mark.parametrize("wrong", [-1, 10**18])
def test_what_has_no_capitals_is_no_amount(wrong: int) -> None:
    with pytest.raises(ValueError, match="cannot be written in capitals"):
        capitals(wrong)


def value(text: str) -> int:
    """The fen that capitals stand for, read sign by sign as a cashier does."""
    yuan, _, rest = text.removesuffix("整").rpartition("元") if "元" in text else ("", "", text)
    total = 0
    for sign in ("亿", "万", ""):
        part, found, after = yuan.rpartition(sign) if sign else (yuan, "", "")
        if sign and not found:
            continue
        total += whole(part) * {"亿": 10**8, "万": 10**4, "": 1}[sign]
        yuan = after if sign else ""
    cents = 0
    for unit, worth in (("角", 10), ("分", 1)):
        if unit in rest:
            cents += DIGITS.index(rest[rest.index(unit) - 1]) * worth
    return total * 100 + cents


def whole(text: str) -> int:
    """A number of up to eight digits: what stands before 万, then the rest."""
    high, found, low = text.rpartition("万")
    if found:
        return whole(high) * 10**4 + whole(low)
    total, digit = 0, 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS.index(sign)
        else:
            total += digit * {"拾": 10, "佰": 100, "仟": 1000}[sign]
            digit = 0
    return total + digit


def test_every_amount_reads_back_as_itself() -> None:
    seed = 20250701
    draw = random.Random(seed)
    amounts = [*range(0, 200_000, 7), *(draw.randrange(10 ** draw.randrange(3, 18)) for _ in range(20_000))]
    # Zeros are where the rules are: many amounts of few digits.
    amounts += [sum(draw.randrange(1, 10) * 10 ** draw.randrange(17) for _ in range(3)) % 10**18 for _ in range(20_000)]
    for amount in amounts:
        text = capitals(amount)
        assert value(text) == amount, f"seed {seed}: {amount} -> {text}"
        assert "零零" not in text, f"seed {seed}: {amount} -> {text}"
        assert "零元" not in text or amount == 0, f"seed {seed}: {amount} -> {text}"
        assert "零万" not in text
        assert "零亿" not in text
