"""An amount in Chinese capitals (大写), as payment documents want it.

Rules: the People's Bank of China's 正确填写票据和结算凭证的基本规定 (annex to the Payment and Settlement Measures,
1997). Where it leaves
a choice its first example is followed: a 零 stands for a zero yuan digit before 角, none for a zero 万 digit
before 仟; 整 stands after 元, and is left out after 角 and 分.
"""

import re

DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("仟", "佰", "拾", "")
_GROUPS = ("", "万", "亿", "万亿")
_MOST_FEN = 10**18 - 1


def capitals(fen: int) -> str:
    """`fen` (0 or more) in capitals: 140950 -> `壹仟肆佰零玖元伍角`."""
    if not 0 <= fen <= _MOST_FEN:
        raise ValueError(f"cannot be written in capitals: {fen}")
    yuan, rest = divmod(fen, 100)
    jiao, cents = divmod(rest, 10)
    text = f"{_whole(yuan)}元" if yuan else ""
    if not rest:
        return f"{text or '零元'}整"
    if text and (not jiao or yuan % 10 == 0):
        text += "零"
    return text + (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[cents]}分" if cents else "")


def _whole(number: int) -> str:
    """A whole number above 0, four digits at a time from the left."""
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            continue
        if text and (group < 1000 or not groups[place + 1]):
            text += "零"
        # 万亿 is one unit only while the 亿 group below it is empty.
        unit = "万" if place == 3 and groups[2] else _GROUPS[place]
        text += _four(group) + unit
    return text


def _four(group: int) -> str:
    """1 to 9999; one 零 for every run of zeros between digits, none at either end."""
    digits = enumerate(f"{group:04}")
    signs = "".join(DIGITS[int(digit)] + (_UNITS[place] if digit != "0" else "") for place, digit in digits)
    return re.sub("零+", "零", signs).strip("零")
