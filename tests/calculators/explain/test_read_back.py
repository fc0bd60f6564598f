"""The read-back: what a leader signs must say every rule, its source, and what is not certain."""

import re
from pathlib import Path

import pytest

from calculators.awards.versions import NoticeVersion
from calculators.explain.read_back import read_back
from calculators.files.yaml import load_notice, notice_ref, read_file
from ledger.words import _, set_language

NOTICES = Path(__file__).parents[3] / "fixtures" / "notices"
FILES = [path for path in sorted(NOTICES.glob("*.yaml")) if not path.name.endswith(".cases.yaml")]
RULES = Path(__file__).parents[1] / "data" / "notices"


def lines(file: Path) -> list[str]:
    text = read_file(file)
    notice = load_notice(text, file.name)
    return list(read_back(NoticeVersion(notice_ref(notice, text), notice), notice.title.en, _))


def sentences(name: str, folder: Path = NOTICES) -> list[str]:
    return [line for line in lines(folder / f"{name}.yaml") if re.match(r"\d+\. ", line)]


def test_the_example_reads_back_whole() -> None:
    read = lines(NOTICES / "example-loan-interest-discount.yaml")
    assert re.fullmatch(r"example-loan-interest-discount@sha256:[0-9a-f]{64}", read[1])
    assert [read[0], *read[2:]] == [
        "Example notice on loan interest discounts",
        "",
        "1. This version is in force from 2024-01-01 on; the date of the first drawdown decides. [assumption]",
        "2. Only interest of days from 2024-03-01 to 2024-12-19 is supported. [assumption]",
        "3. A firm gets one support of the programme example in the fund year 2024. [guide.III.2.2]",
        "4. Interest counts as it accrues by the bank's schedule; overdue and extension days never count. [assumption]",
        "5. points: 2% per year on the principal. [n3.2]",
        "6. share: 50% of the interest. [n3.2]",
        "7. The award is the lowest of the components summed to date. [n3.2]",
        "8. The award to date is at most the interest that is supported, and all awards on one loan are at most the"
        " loan's interest to date. [assumption]",
        "9. entity_year: at most 30,000,000.00 yuan per firm and year. [assumption]",
        "10. entity_year: the year is the fund year of the notice. [assumption]",
        "11. The money comes from the envelope 2024/loan-interest; if it is short, no more is granted. [assumption]",
        "12. What is owed back has to come in; no later award is set against it. [assumption]",
        "13. The city budget pays 100%. [assumption]",
        "14. The firm pays its interest first and receives the award. [assumption]",
        "15. Interest is rounded once per due period to the fen, half up. [assumption]",
        "16. The award is rounded once on its cumulative amount to the fen, half up. [assumption]",
        "17. A due period is held where the bank's interest differs from ours by more than 0.00 yuan. [assumption]",
        "18. Budget classification: function 2150517, economic 50702 / 31205. [assumption]",
        "",
        "Sources:",
        "- n3.2: Example notice on loan interest discounts (invented); 3.2; NOT CHECKED",
        "- guide.III.2.2: Implementation Guide to the 2024 High-End, Precision and Sophisticated Industrial Development"
        " Fund in Beijing; III.2.2; checked",
        '  "can only apply for individual support from the 2024 High-end, Precision, and Sophisticated Funds"',
        "",
        "Sentences that no source says (our assumptions): 1, 2, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18",
        "Sentences whose source nobody has checked: 5, 6, 7",
        "",
        "Read and confirmed: ______________  Date: ______________",
    ]


@pytest.mark.parametrize(
    ("against", "sentence"),
    [
        ("line", "What is owed back is set against later awards of the same line."),
        ("firm", "What is owed back is set against whatever the firm is owed later."),
    ],
)
def test_netting_is_read_back(tmp_path: Path, against: str, sentence: str) -> None:
    text = read_file(NOTICES / "example-loan-interest-discount.yaml")
    path = tmp_path / "netting.yaml"
    path.write_text(f"{text}netting: {{against: {against}, basis: n3.2}}\n", encoding="utf-8")
    assert f"12. {sentence} [n3.2]" in lines(path)


def test_a_rule_that_switches_is_read_back_on_both_sides() -> None:
    read = sentences("bj-first-loan-2025")
    assert [line.split(". ", 1)[1] for line in read if "innovative_sme" in line] == [
        "share: before the firm has the status innovative_sme: 20% of the interest. [first-loan]",
        "share: from the day on which the firm has the status innovative_sme: 40% of the interest. [first-loan]",
        "share: the day on which the status innovative_sme begins decides. [first-loan]",
        "loan_total: from the day on which the firm has the status innovative_sme the limit is 2% of the principal"
        " drawn. [first-loan]",
    ]


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("rate-points", "rule: 2% per year on the principal."),
        ("rate-points-actual", "rule: 2.5% per year on the principal, at most the loan's rate."),
        ("rate-points-half-rate", "rule: 2% per year on the principal, at most 50% of the loan's rate."),
        (
            "rate-lpr-share",
            "rule: 50% of the LPR (1y) of each day that bears interest on the principal, at most the loan's rate.",
        ),
        ("rate-interest-paid", "rule: 30% of the interest."),
        (
            "rate-borrower-floor",
            "rule: the firm bears LPR1Y-150BP, the fund the rest of the loan's rate up to LPR1Y+100BP; LPR of the date"
            " of the first drawdown.",
        ),
        (
            "rate-plus-over-lpr",
            "rule: what the loan's rate lies above the LPR (1y) of the date of the first drawdown, at most 1% per"
            " year.",
        ),
    ],
)
def test_every_rate_rule_has_its_sentence(name: str, sentence: str) -> None:
    assert [line for line in sentences(name, RULES) if line.endswith(f". {sentence} [test]")] != []


def test_caps_conditions_and_payers_are_read_back() -> None:
    read = [line.split(". ", 1)[1] for line in sentences("national-service-loan-2025")]
    for sentence in (
        "This version is in force from 2025-03-16 to 2025-12-31; the date of the loan contract decides. [service]",
        "The loan contract must be signed from 2025-03-16 to 2025-12-31. [service]",
        "The first drawdown must lie from 2025-03-16 to 2025-12-31. [service]",
        "At most 1,000,000.00 yuan of principal counts over all loans of a firm. [service]",
        "Support ends 12 months after the first drawdown. [service]",
        "The central budget pays 90%. [service]",
        "The city budget pays 10%. [service]",
        "The lender reduces the firm's interest first and receives the award. [service]",
    ):
        assert sentence in read
    assert "entity_year: awards under gjj-2023-batch-2-direction-2-chain-leader use it up too. [gjj-2023-2]" in [
        line.split(". ", 1)[1] for line in sentences("gjj-2023-batch-2-direction-2")
    ]


def test_what_counts_of_a_premium_is_read_back() -> None:
    read = [line.split(". ", 1)[1] for line in sentences("new-material-insurance")]
    for sentence in (
        "This version is in force from 2024-01-01 on; the date of the application decides. [assumption]",
        "The premium counts as far as it is paid. [first-set]",
        "It counts with its tax. [assumption]",
        "It counts up to 3% of the liability. [first-set]",
        "The liability counts up to 5 x the contract and up to 500,000,000.00 yuan. [first-set]",
        "80% of the premium that counts, in these years of continuous cover: 1, 2, 3. [first-set]",
        "Where the insurer returns premium, the award is the share of the premium that the firm still bears, and the"
        " limits on premium and award apply to that. [assumption]",
        "A premium by the unit is sum insured x rate x units, rounded once, after the multiplication, half up."
        " [assumption]",
    ):
        assert sentence in read
    space = [line.split(". ", 1)[1] for line in sentences("gjj-2024-batch-1-space-insurance")]
    for sentence in (
        "The launch must take place from 2024-04-01 on. [space]",
        "The launch took place on the day of the application or before. [space]",
        "The premium counts once it is paid in full. [space]",
        "50% of the premium that counts. [space]",
        "launch: at most 5,000,000.00 yuan per item. [space]",
    ):
        assert sentence in space
    assert "70% of the premium that counts (level = national), in these years of continuous cover: 2. [assumption]" in [
        line.split(". ", 1)[1] for line in sentences("zhejiang-2024-technology-insurance")
    ]


def test_the_rules_of_incentives_are_read_back() -> None:
    wanted = {
        "gjj-2023-tape-out": [
            "mpw (category = mpw): 50% of the base, at most 3,000,000.00 yuan. [tape-out]",
            "Exactly one of these components fits a claim; a claim that none fits is refused. [assumption]",
        ],
        "gjj-2024-batch-5-smart-factory": [
            "The base is at least 5,000,000.00 yuan. [smart-factory]",
            "The item's build_years is one of: 1, 2, 3. [smart-factory]",
        ],
        "district-investment-bands": [
            "bands: each band pays for the part of the base that lies in it: from 0.00 yuan on 10%; from 100,000,000.00"
            " yuan on 5%. [bands]",
            "The award and what other levels of government pay come to at most 50% of the base. [bands]",
        ],
        "hubei-space-ladder": [
            "revenue: by the base: 1,000,000.00 yuan from 100,000,000.00 yuan on; 3,000,000.00 yuan from 300,000,000.00"
            " yuan on; 5,000,000.00 yuan from 500,000,000.00 yuan on; 10,000,000.00 yuan from 1,000,000,000.00 yuan on;"
            " a firm that rises is paid the difference to what its earlier claims and payments outside came to before"
            " caps. [space-ladder]",
        ],
    }
    for name, expected in wanted.items():
        read = [line.split(". ", 1)[1] for line in sentences(name)]
        assert [sentence for sentence in expected if sentence not in read] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_source_that_nobody_has_read_is_said_to_be_unread(file: Path) -> None:
    text = read_file(file)
    notice = load_notice(text, file.name)
    read = lines(file)
    for basis in notice.basis:
        (line,) = [line for line in read if line.startswith(f"- {basis.id}: ")]
        assert line.endswith("; checked") == basis.verified
        assert ("clause not read" in line) == (basis.clause == "unknown")


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_both_languages_carry_the_same_figures_and_print_on_a_gbk_console(file: Path) -> None:
    # The 2 of m2 belongs to its unit, which Chinese writes in words.
    figures = re.compile(r"(?<!m)\d(?:[\d,.]*\d)?%?")
    english = lines(file)
    set_language("zh_CN")
    chinese = lines(file)
    assert "\n".join(chinese).encode("gbk")
    assert [sorted(figures.findall(line)) for line in chinese] == [sorted(figures.findall(line)) for line in english]
