"""Published examples of policies, banks and insurers, row by row, against the figures that were published.

`policy_cases.jsonl` is the collection; `HELD` says which test here holds which row, and a row that none holds fails.
A row passes through a notice: the shipped one where it is about one, else a small one of `calculators/data/notices`.
Statements of rates and caps, which no single award shows, are calculated on a loan of one year beside them. What each
test expects is read from the collection, never from the product.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from calculators.awards.loan import calculate
from calculators.awards.versions import NoticeVersion, governing_versions
from calculators.facts.model import Policy
from calculators.files.cases import calculate_facts
from calculators.files.facts import Facts, load_cases
from calculators.files.yaml import load_notice, notice_ref, read_file
from calculators.interest.loan import DayCount, Loan
from calculators.interest.segments import segments
from calculators.money import Exact, format_percent, parse_exact, parse_yuan, plain_exact, plain_yuan
from calculators.notices.loan import LoanNotice
from calculators.problems import Refused
from ledger.registry.benchmarks import shipped
from ledger.registry.uscc import passes_check, passes_organisation_check
from ledger.resources import fixture
from tests.calculators.lending import components, day, interest_share, line, loan, notice, points, settled_on
from tests.support.batch_office import INCENTIVE, A, B, apply, grant, open_batch_office, posted

HERE = Path(__file__).parent
FOLDERS = (HERE.parent / "fixtures" / "notices", HERE / "calculators" / "data" / "notices")
ROWS: dict[str, dict[str, Any]] = {
    row["id"]: row
    for row in map(json.loads, HERE.joinpath("policy_cases.jsonl").read_text(encoding="utf-8").splitlines())
}
REF, LPR = shipped()

# Row -> the test that holds it.
HELD = {
    **dict.fromkeys(("P02", "P03", "P04", "P05", "P07", "P12", "P16"), "test_a_loan_under_a_notice"),
    **dict.fromkeys(("B01", "B02", "B04", "B05", "B06", "B08", "B11", "B19"), "test_a_loan_under_a_notice"),
    "P20": "test_a_share_of_a_capped_base",
    **dict.fromkeys([f"I{number}" for number in range(10, 23)], "test_a_premium"),
    "P18": "test_a_short_budget",
    "P09": "test_what_the_fund_bears_by_band",
    "P10": "test_what_the_borrower_bears",
    **dict.fromkeys(("P13", "P14", "P15"), "test_the_rate_that_is_left"),
    "P17": "test_a_cap_on_one_point_is_a_cap_on_the_principal",
    **dict.fromkeys([f"U0{number}" for number in range(1, 6)], "test_a_credit_code"),
    **dict.fromkeys(("C09", "C10", "C12", "C19", "C30", "C39", "G01"), "test_what_a_policy_awards"),
    "C07": "test_what_is_left_when_it_is_repaid_in_time",
    "C13": "test_what_firms_and_districts_get_together",
    "C21": "test_interest_paid_in_a_year",
    "C22": "test_the_rate_of_a_year",
    "C26": "test_what_each_level_bears",
    "C28": "test_the_days_in_force",
    "C42": "test_the_interest_bounds_the_discount",
    "H01": "test_a_short_budget_in_hundreds",
}
# Repayments of housing loans: their schedule comes from the bank, and no calculator here makes one.
ANNUITIES = {"B13", "B14", "B16"}


def holds(test: Callable[..., None]) -> Callable[..., None]:
    """Run a test once per row that `HELD` gives it."""
    return pytest.mark.parametrize("row", [row for row, name in HELD.items() if name == test.__name__])(test)


def test_every_row_is_held_by_a_test_and_every_test_holds_a_row() -> None:
    assert sorted([*HELD, *ANNUITIES]) == sorted(ROWS)
    marked = {
        name: mark.args[1]
        for name, test in globals().items()
        for mark in getattr(test, "pytestmark", ())
        if mark.name == "parametrize" and mark.args[0] == "row"
    }
    assert {row: name for name, rows in marked.items() for row in rows} == HELD
    assert {row["kind"] for name, row in ROWS.items() if name in ANNUITIES} == {"annuity", "annuity_target"}
    assert all(row["tolerance"] == "0" for name, row in ROWS.items() if name in HELD)


def of_notice(row: str) -> tuple[NoticeVersion, Facts]:
    """The notice that the row passes through, and the facts of its one case there."""
    version, (facts,) = all_of_notice(row)
    return version, facts


def all_of_notice(row: str) -> tuple[NoticeVersion, list[Facts]]:
    """The notice that the row passes through, and the facts of its cases there, in their order."""
    origin = f"row {row} of the policy cases"
    found = [
        (path, case)
        for folder in FOLDERS
        for path in sorted(folder.glob("*.cases.yaml"))
        if origin in (text := read_file(path))
        for case in load_cases(text, path.name)
        if case.origin == origin
    ]
    (path,) = {path for path, _case in found}
    text = read_file(path.with_name(path.name.replace(".cases", "")))
    rules = load_notice(text, path.name)
    return NoticeVersion(notice_ref(rules, text), rules), [case.facts for _path, case in found]


def percent(decimal: str) -> str:
    """`0.0465` -> `4.65%`."""
    return format_percent(parse_exact(decimal))


@holds
def test_a_loan_under_a_notice(row: str) -> None:
    """Interest and award of the last due period; what the borrower bears is the difference; a maximum is in all."""
    version, facts = of_notice(row)
    given, item = ROWS[row]["inputs"], facts.item
    assert isinstance(item, Loan)
    drawn_fen = sum(max(0, movement.amount_fen) for movement in item.movements)
    if "principal" in given:
        assert drawn_fen == parse_yuan(str(given["principal"]))
    if "principal_cap" in given:
        # More was drawn than counts, so that it is the cap that makes the published maximum.
        assert drawn_fen > parse_yuan(str(given["principal_cap"]))
    digest = calculate_facts(version, facts, LPR, REF).digest
    last = digest["periods"][-1]
    found = {
        "interest": last["interest_fen"],
        "borrower": last["interest_fen"] - last["award_fen"],
        **dict.fromkeys(("subsidy", "subsidy_max", "max_subsidy", "fiscal"), digest["award_fen"]),
        "max_per_year": max(period["award_fen"] for period in digest["periods"]),
    }
    expected = dict(ROWS[row]["expected"])
    products = [one for one in (expected.pop("product", None), given.get("product")) if one is not None]
    assert {name: found[name] for name in expected} == {name: parse_yuan(str(one)) for name, one in expected.items()}
    # Yuan-days, from the first drawdown to the end of the due period.
    borne = segments(item, item.movements[0].on, day(last["due"]), LPR, supported=False)
    calculated = sum(one.principal_fen * (one.ends_before - one.starts_on).days for one in borne)
    assert products in ([], [calculated // 100])
    if "days" in given:
        assert (borne[-1].ends_before - max(borne[0].starts_on, day("2025-" + given["start"]))).days == given["days"]


@holds
def test_a_share_of_a_capped_base(row: str) -> None:
    version, facts = of_notice(row)
    digest = calculate_facts(version, facts, LPR, REF).digest
    assert digest["award_fen"] == parse_yuan(str(ROWS[row]["expected"]["max_subsidy"]))


@holds
def test_a_premium(row: str) -> None:
    """A policy at the published premium is supported in full, and one a fen off is held."""
    version, facts = of_notice(row)
    given, item = ROWS[row]["inputs"], facts.item
    assert isinstance(item, Policy)
    assert item.rating is not None
    assert item.item == given["item"]
    assert item.rating.sum_insured_fen == parse_yuan(str(given["sum_insured"]))
    assert item.rating.rate == parse_exact(given["rate"])
    assert calculate_facts(version, facts, LPR, REF).digest["award_fen"] == parse_yuan(ROWS[row]["expected"]["premium"])
    for fen in (-1, 1):
        off = replace(facts, item=replace(item, premium_fen=item.premium_fen + fen))
        held = calculate_facts(version, off, LPR, REF).digest["held"]
        assert [found["cause"] for found in held] == ["premium_differs"]


@holds
def test_a_short_budget(row: str, tmp_path: Path) -> None:
    """Two tape-outs of which half is paid: the row's approved amount, and what is approved beside it."""
    given = ROWS[row]["inputs"]
    ours, all_fen = parse_yuan(str(given["approved"])), parse_yuan(str(given["total_approved"]))
    text = fixture(f"notices/{INCENTIVE}.yaml").read_text(encoding="utf-8")
    office = open_batch_office(tmp_path, INCENTIVE, "2023-12-01", text.replace("short: refuse", "short: pro_rata"))
    office.take(
        "claims",
        "claim_no,uscc,achieved_on,base,attributes\n"
        f"JL1,{A},2023-06-30,{plain_yuan(2 * ours)},category=mpw\n"
        f"JL2,{B},2023-06-30,{plain_yuan(2 * (all_fen - ours))},category=mpw\n",
    )
    apply(office, INCENTIVE, f"SB1,{A},JL1,2023-10-09 SB2,{B},JL2,2023-10-09")
    grant(office, f"PF1,SB1,2023-12-01,{plain_yuan(ours)} PF2,SB2,2023-12-01,{plain_yuan(all_fen - ours)}")
    words = ("--about", INCENTIVE, "--document", "JY-1", "--reason", "budget", "--amount", str(given["budget"]))
    office.do("decide", "shortage", *words)
    paid = {line: amount for line, _, amount in posted(office, INCENTIVE)}
    assert parse_yuan(paid["PF1"]) == parse_yuan(str(ROWS[row]["expected"]["paid"]))
    assert sum(map(parse_yuan, paid.values())) == parse_yuan(str(given["budget"]))


def of_principal(rules: LoanNotice, rate: str, principal: str = "1,000,000", drawn_on: str = "2023-01-05") -> Exact:
    """The award on a loan of 365 days as a share of its principal."""
    ends = f"{int(drawn_on[:4]) + 1}{drawn_on[4:]}"
    lent = loan("L", {drawn_on: principal}, ends, rate, due=settled_on(ends), day_count=DayCount.ACT_365F)
    digest = calculate([line(lent, rules)], LPR, REF, day("2030-01-01"))[0].digest
    return Exact(digest["award_fen"], parse_yuan(principal))


def floor(spread: str, lpr: str, highest: str) -> LoanNotice:
    """The borrower bears LPR and `spread` (below zero), the fund the rest up to a rate of `highest`."""
    over = f"{(parse_exact(highest) - parse_exact(lpr)) * 10_000}BP"
    below = f"{parse_exact(spread) * 10_000}BP"
    rule = {"kind": "borrower_floor", "tenor": "1y", "borrower_over": below, "ceiling_over": over}
    return notice(components=components(floor={**rule, "fixed_on": "drawdown", "basis": "n3"}))


@holds
def test_what_the_fund_bears_by_band(row: str) -> None:
    """LPR 3.65 %, a loan at the highest rate of 4.65 %: 4.65 - (3.65 - 1.50) = 2.50 %, and halves of it."""
    given, expected = ROWS[row]["inputs"], ROWS[row]["expected"]
    lpr, highest = given["lpr1y"], given["max_rate"]
    assert LPR.rate("1y", day("2023-01-05")) == parse_exact(lpr)
    whole = of_principal(floor("-0.015", lpr, highest), percent(highest))
    bands = {"rate_band2": whole, "rate_band3": whole / 2, "other_band2": whole / 2, "other_band3": whole / 4}
    assert bands == {name: parse_exact(rate) for name, rate in expected.items()}


@holds
def test_what_the_borrower_bears(row: str) -> None:
    """LPR 3.85 % in January 2021; the fund bears the rest of a loan at 3.85 %, the borrower LPR less 150BP."""
    given, lpr = ROWS[row]["inputs"], ROWS[row]["inputs"]["lpr1y"]
    assert LPR.rate("1y", day("2021-01-05")) == parse_exact(lpr)
    fund = of_principal(floor(given["spread"], lpr, lpr), percent(lpr), drawn_on="2021-01-05")
    assert parse_exact(lpr) - fund == parse_exact(ROWS[row]["expected"]["borrower_rate"])


@holds
def test_the_rate_that_is_left(row: str) -> None:
    given = ROWS[row]["inputs"]
    rate = given.get("rate") or given["avg_rate"]
    rule = points(percent(given["pp"])) if "pp" in given else interest_share(percent(given["share"]))
    rules, principal = notice(components=components(rule=rule)), str(given.get("principal", 1_000_000))
    award = of_principal(rules, percent(rate), principal)
    assert parse_exact(rate) - award == parse_exact(ROWS[row]["expected"]["net_rate"])


@holds
def test_a_cap_on_one_point_is_a_cap_on_the_principal(row: str) -> None:
    given, bases = ROWS[row]["inputs"], ROWS[row]["expected"]["bases"]
    one_point = notice(components=components(points=points(percent(given["pp"]))))
    for cap, base in zip(given["caps"], bases, strict=True):
        assert of_principal(one_point, "3%", str(base)) * parse_yuan(str(base)) == parse_yuan(str(cap))


@holds
def test_a_credit_code(row: str) -> None:
    code = ROWS[row]["inputs"]["code"]
    found = {"gb32100_check": passes_check(code), "org_code_check": passes_organisation_check(code)}
    assert found == ROWS[row]["expected"]


def told(facts: Facts) -> list[str]:
    """The figures by which an item is measured, as plain numbers: what a row's inputs must be."""
    item = facts.item
    match item:
        case Loan():
            return [plain_exact(Exact(sum(max(0, one.amount_fen) for one in item.movements), 100))]
        case Policy():
            return [plain_exact(Exact(abs(one.amount_fen), 100)) for one in item.premiums]
    return [plain_exact(Exact(item.base_fen, 100)), *(plain_exact(figure.value) for _name, figure in item.figures)]


@holds
def test_what_a_policy_awards(row: str) -> None:
    version, cases = all_of_notice(row)
    given = ROWS[row]["inputs"]
    figures = {figure for facts in cases for figure in told(facts)}
    named = ("last_year", "this_year", "principal", "investment", "paid", "returned")
    wanted = [given[name] for name in named if name in given]
    wanted += [one for name in ("increments", "satellite_kg") for one in given.get(name, ())]
    assert set(wanted) <= figures
    awards = [calculate_facts(version, facts, LPR, REF).digest["award_fen"] for facts in cases]
    assert awards == [parse_yuan(award) for award in ROWS[row]["expected"]["awards"]]


@holds
def test_what_is_left_when_it_is_repaid_in_time(row: str) -> None:
    version, facts = of_notice(row)
    digest = calculate_facts(version, facts, LPR, REF).digest
    interest_fen = sum(period["interest_fen"] for period in digest["periods"])
    left = Exact(interest_fen - digest["award_fen"], parse_yuan(ROWS[row]["inputs"]["principal"]))
    assert left == parse_exact(ROWS[row]["expected"]["net_rate"])


@holds
def test_what_firms_and_districts_get_together(row: str) -> None:
    version, (firm, *districts) = all_of_notice(row)
    given, expected = ROWS[row]["inputs"], ROWS[row]["expected"]
    each = calculate_facts(version, firm, LPR, REF).digest["award_fen"]
    others = [calculate_facts(version, facts, LPR, REF).digest["award_fen"] for facts in districts]
    assert others == [net * parse_yuan(given["each_net"]) for net in given["net_new"]]
    sums = {"firms": given["firms"] * each, "districts": sum(others)}
    sums["total"] = sum(sums.values())
    assert sums == {name: parse_yuan(amount) for name, amount in expected.items()}


@holds
def test_interest_paid_in_a_year(row: str) -> None:
    version, facts = of_notice(row)
    given, item = ROWS[row]["inputs"], facts.item
    assert isinstance(item, Loan)
    in_year = [receipt.interest_fen for receipt in item.receipts if receipt.paid_on.year == 2023]
    assert in_year == [parse_yuan(amount) for amount in given["receipts_2023"]]
    # One receipt more was paid the year before.
    assert len(item.receipts) == len(in_year) + 1
    before_cap = parse_yuan(ROWS[row]["expected"]["before_cap"])
    assert calculate_facts(version, facts, LPR, REF).digest["award_fen"] == before_cap
    text = read_file(FOLDERS[1] / f"{version.notice.id}.yaml")
    cap = f'caps: [{{id: most, per: [loan], amount: "{given["cap"]}", basis: test}}]\n'
    capped = load_notice(text + cap, "capped.yaml")
    award_fen = calculate_facts(NoticeVersion(version.ref, capped), facts, LPR, REF).digest["award_fen"]
    assert award_fen == parse_yuan(given["cap"]) < before_cap


@holds
def test_the_rate_of_a_year(row: str) -> None:
    version, facts = of_notice(row)
    item = facts.item
    assert isinstance(item, Loan)
    award_fen = calculate_facts(version, facts, LPR, REF).digest["award_fen"]
    assert Exact(award_fen, item.movements[0].amount_fen) == parse_exact(ROWS[row]["expected"]["rate"])


@holds
def test_what_each_level_bears(row: str) -> None:
    """The published part of the farmer is not held: the five parts come to 27.50 of a premium of 25."""
    version, facts = of_notice(row)
    payers = calculate_facts(version, facts, LPR, REF).digest["payers"]
    expected = ROWS[row]["expected"]["payers"]
    assert {one["level"]: one["amount_fen"] for one in payers} == {
        level: parse_yuan(amount) for level, amount in expected.items()
    }


@holds
def test_the_days_in_force(row: str) -> None:
    path = FOLDERS[0] / "bj-first-loan-2025.yaml"
    text = read_file(path)
    rules, expected = load_notice(text, path.name), ROWS[row]["expected"]
    assert (rules.effective.starts_on, rules.effective.last_day) == (day(expected["from"]), day(expected["to"]))
    drawn = {ROWS[row]["inputs"]["drawdown"]: "1,000,000"}
    lent = loan("L", drawn, "2027-06-01")
    with pytest.raises(Refused, match="notice_not_in_force"):
        governing_versions([NoticeVersion(notice_ref(rules, text), rules)], line(lent, notice()).application, lent)


@holds
def test_the_interest_bounds_the_discount(row: str) -> None:
    path = FOLDERS[0] / "gjj-2023-batch-2-direction-2.yaml"
    rules = load_notice(read_file(path), path.name)
    assert isinstance(rules, LoanNotice)
    given = ROWS[row]["inputs"]
    # The conditions and the window of the notice are another matter.
    free = rules.model_copy(update={"eligibility": (), "windows": ()})
    for rate, most in zip(given["rates"], ROWS[row]["expected"]["at_most"], strict=True):
        drawn_on, ends = "2023-01-05", "2024-01-05"
        lent = loan("L", {drawn_on: given["principal"]}, ends, percent(rate), day_count=DayCount.ACT_365F)
        digest = calculate([line(lent, free)], LPR, REF, day("2030-01-01"))[0].digest
        # Two points would be 200,000.00; what is awarded is the interest itself, and no more than was published.
        interest_fen = sum(period["interest_fen"] for period in digest["periods"])
        assert digest["award_fen"] == interest_fen <= parse_yuan(most)


@holds
def test_a_short_budget_in_hundreds(row: str, tmp_path: Path) -> None:
    """The row's firm and what the others were approved for together, under a notice that allots in hundreds of yuan."""
    given = ROWS[row]["inputs"]
    ours, all_fen = parse_yuan(given["approved"]), parse_yuan(given["total_approved"])
    text = fixture(f"notices/{INCENTIVE}.yaml").read_text(encoding="utf-8")
    short = f'when_short: pro_rata, allotted_in: "{given["unit"]}"'
    office = open_batch_office(tmp_path, INCENTIVE, "2023-12-01", text.replace("when_short: refuse", short))
    office.take(
        "claims",
        "claim_no,uscc,achieved_on,base,attributes\n"
        f"JL1,{A},2023-06-30,{plain_yuan(2 * ours)},category=mpw\n"
        f"JL2,{B},2023-06-30,{plain_yuan(2 * (all_fen - ours))},category=mpw\n",
    )
    apply(office, INCENTIVE, f"SB1,{A},JL1,2023-10-09 SB2,{B},JL2,2023-10-09")
    grant(office, f"PF1,SB1,2023-12-01,{plain_yuan(ours)} PF2,SB2,2023-12-01,{plain_yuan(all_fen - ours)}")
    words = ("--about", INCENTIVE, "--document", "JY-1", "--reason", "budget", "--amount", given["budget"])
    office.do("decide", "shortage", *words)
    paid = {name: amount for name, _, amount in posted(office, INCENTIVE)}
    assert parse_yuan(paid["PF1"]) == parse_yuan(ROWS[row]["expected"]["paid"])
    assert sum(map(parse_yuan, paid.values())) == parse_yuan(given["budget"])
