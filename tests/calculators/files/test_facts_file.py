"""Facts of one loan from a file: what they become, and everything that is wrong with them at once."""

from datetime import date

import pytest

from calculators.facts.model import Status
from calculators.files.facts import load_cases, load_facts
from calculators.interest.loan import FixedRate, FloatingRate, Loan, Movement, Receipt, Spell
from calculators.money import Exact
from calculators.problems import Refused

FACTS = """entity:
  uscc: 91310115591693856A
  name: 甲公司
  districts:
    - {from: 2015-03-02, name: 上海市}
    - {from: 2024-05-01, name: 海淀区}
  statuses:
    - {name: innovative_sme, from: 2024-07-01, to: 2024-12-31}
application: {application_no: SB1, applied_on: 2024-06-01}
grant: {grant_no: PF1, granted_on: 2024-06-15, ceiling: 500000}
loan:
  contract_no: HT1
  slip_no: J7
  lender: 甲银行
  signed_on: 2024-01-08
  matures_on: 2026-01-10
  amount: "30,000,000.50"
  day_count: ACT/360
  due_every: quarter
  due_day: 20
  due_counted: yes
  rate: LPR1Y+25BP
  repriced: quarter
  purpose: equipment
  events:
    - {kind: repayment, date: 2024-08-01, amount: 5000000}
    - {kind: drawdown, date: 2024-01-10, amount: 10000000}
    - {kind: rate, date: 2024-09-01, rate: 3.1%}
    - {kind: overdue, date: 2024-09-21, end_date: 2024-09-30, amount: 1000}
    - {kind: extension, date: 2025-12-01}
  receipts:
    - {due: 2024-03-20, interest: 70.01, paid_on: 2024-03-21}
    - {due: 2026-01-10, interest: 0.00, paid_on: 2026-01-10}
through: 2024-12-31
"""


def loan_in(text: str) -> Loan:
    """The loan of a file that holds one."""
    item = load_facts(text, "f.yaml").item
    assert isinstance(item, Loan)
    return item


def problems(text: str) -> list[str]:
    with pytest.raises(Refused) as refused:
        load_facts(text, "f.yaml")
    return [f"{problem.place} {problem.code}" for problem in refused.value.problems]


def test_a_file_becomes_the_facts_of_a_loan() -> None:
    facts = load_facts(FACTS, "f.yaml")
    assert (facts.entity.uscc, loan_in(FACTS).uscc) == ("91310115591693856A", "91310115591693856A")
    assert [(since.starts_on.isoformat(), since.name) for since in facts.entity.districts] == [
        ("2015-03-02", "上海市"),
        ("2024-05-01", "海淀区"),
    ]
    assert loan_in(FACTS).key == "HT1/J7"
    assert loan_in(FACTS).amount_fen == 3_000_000_050
    assert facts.grant.ceiling_fen == 50_000_000


def test_inclusive_days_become_exclusive_once() -> None:
    facts = load_facts(FACTS, "f.yaml")
    assert facts.through == date(2025, 1, 1)
    assert facts.entity.statuses == (Status("innovative_sme", date(2024, 7, 1), date(2025, 1, 1)),)
    assert loan_in(FACTS).spells == (
        Spell("overdue", date(2024, 9, 21), date(2024, 10, 1), 100_000),
        Spell("extension", date(2025, 12, 1), None, None),
    )


def test_events_stand_in_order_of_date_and_rates_from_the_first_drawdown_on() -> None:
    lent = loan_in(FACTS)
    assert lent.movements == (
        Movement(date(2024, 1, 10), 1_000_000_000),
        Movement(date(2024, 8, 1), -500_000_000),
    )
    assert lent.rates == (
        FloatingRate(date(2024, 1, 10), "1y", Exact(25, 10_000), "quarter"),
        FixedRate(date(2024, 9, 1), Exact(31, 1000)),
    )


def test_a_receipt_belongs_to_the_period_that_its_settlement_day_ends() -> None:
    # The 20th is counted, so its period ends before the 21st; the day of maturity never is.
    assert loan_in(FACTS).receipts == (
        Receipt(date(2024, 3, 21), 7_001, date(2024, 3, 21)),
        Receipt(date(2026, 1, 10), 0, date(2026, 1, 10)),
    )
    uncounted = loan_in(FACTS.replace("due_counted: yes", "due_counted: no"))
    assert uncounted.receipts[0].due == date(2024, 3, 20)


def test_everything_wrong_comes_at_once() -> None:
    text = FACTS.replace("granted_on: 2024-06-15", "granted_on: 15.06.2024").replace("lender: 甲银行\n", "bank: 甲\n")
    text = text.replace("due_counted: yes", "due_counted: true").replace("through: 2024-12-31", "until: 2024-12-31")
    assert problems(text) == [
        "f.yaml:1:1 through key_missing",
        "f.yaml:10:36 grant.granted_on date_malformed",
        "f.yaml:11:1 loan.lender key_missing",
        "f.yaml:14:3 loan.bank key_unknown",
        "f.yaml:21:16 loan.due_counted yes_no_malformed",
        "f.yaml:34:1 until key_unknown",
    ]


@pytest.mark.parametrize("day", ["20240108", "2024-W02-1", "08.01.2024", "2024-1-8"])
def test_a_day_in_another_form_is_one_problem(day: str) -> None:
    """What happened is not held against a day that nobody can read: as texts, 2024-01-10 lies before 20240108."""
    assert problems(FACTS.replace("2024-01-08", day)) == ["f.yaml:15:14 loan.signed_on date_malformed"]
    backward = FACTS.replace("from: 2024-07-01", f"from: {day}").replace("to: 2024-12-31", "to: 2023-12-31")
    assert problems(backward) == ["f.yaml:8:36 entity.statuses[1].from date_malformed"]


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("  repriced: quarter\n", "", "f.yaml:11:1 loan.repriced repriced_missing"),
        ("rate: LPR1Y+25BP", "rate: 3.55%", "f.yaml:23:13 loan.repriced repriced_idle"),
        ("rate: LPR1Y+25BP", "rate: LPR2Y", "f.yaml:22:9 loan.rate loan_rate_malformed"),
        ("rate: LPR1Y+25BP", "rate: 3.55", "f.yaml:22:9 loan.rate loan_rate_malformed"),
        ("due_day: 20", "due_day: 32", "f.yaml:20:12 loan.due_day due_day_malformed"),
        ("due_day: 20", "due_dates: [2024-03-20]", "f.yaml:20:3 loan.due_dates due_rule_twice"),
        ("due_every: quarter\n  due_day: 20", "due_every: custom", "f.yaml:11:1 loan.due_dates due_dates_missing"),
        ("day_count: ACT/360", "day_count: ACT/366", "f.yaml:18:14 loan.day_count choice_unknown"),
        ("matures_on: 2026-01-10", "matures_on: 2024-01-08", "f.yaml:16:15 loan.matures_on dates_reversed"),
        ("date: 2024-01-10", "date: 2024-01-07", "f.yaml:27:30 loan.events[2].date event_before_signing"),
        ("date: 2024-01-10", "date: 2026-08-01", "f.yaml:27:30 loan.events[2].date event_after_maturity"),
        ("date: 2024-08-01", "date: 2024-01-09", "f.yaml:26:51 loan.events[1].amount principal_negative"),
        ("amount: 5000000}", "amount: 10000000.01}", "f.yaml:26:51 loan.events[1].amount principal_negative"),
        ("rate: LPR1Y+25BP", "rate: 355%", "f.yaml:22:9 loan.rate loan_rate_malformed"),
        ("rate: LPR1Y+25BP", "rate: -1%", "f.yaml:22:9 loan.rate loan_rate_malformed"),
        ("amount: 10000000}", "amount: 0}", "f.yaml:27:50 loan.events[2].amount amount_malformed"),
        ("amount: 1000}", "amount: 0.00}", "f.yaml:29:71 loan.events[4].amount amount_malformed"),
        ("contract_no: HT1", "contract_no: HT/1", "f.yaml:12:16 loan.contract_no identifier_slash"),
        ("ceiling: 500000", "ceiling: 0", "f.yaml:10:57 grant.ceiling amount_malformed"),
        ("to: 2024-12-31}", "to: 2024-06-30}", "f.yaml:8:52 entity.statuses[1].to dates_reversed"),
        ("kind: drawdown", "kind: repayment", "f.yaml:25:3 loan.events drawdown_missing"),
        (", rate: 3.1%", "", "f.yaml:28:7 loan.events[3].rate column_missing"),
        (", rate: 3.1%", ", rate: 3.1%, amount: 5", "f.yaml:28:58 loan.events[3].amount column_idle"),
        ("end_date: 2024-09-30", "end_date: 2024-09-20", "f.yaml:29:51 loan.events[4].end_date dates_reversed"),
    ],
)
def test_what_facts_may_not_say(old: str, new: str, found: str) -> None:
    assert FACTS.count(old) == 1
    assert found in problems(FACTS.replace(old, new))


def test_a_case_has_facts_and_expectations() -> None:
    body = "".join(f"      {row}\n" for row in FACTS.splitlines())
    expect = "{award: 10.50, periods: [{due: 2024-03-21, award: 10.50}], refused: [not_registered]}"
    text = f"cases:\n  - name: one\n    origin: invented\n    facts:\n{body}    expect: {expect}\n"
    (case,) = load_cases(text, "c.yaml")
    assert case.facts == load_facts(FACTS, "f.yaml")
    assert (case.expected.award_fen, case.expected.periods) == (1_050, ((date(2024, 3, 21), 1_050),))
    assert (case.expected.refused, case.expected.worksheet) == (("not_registered",), None)
