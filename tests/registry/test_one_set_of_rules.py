"""One fact, one set of rules: what a facts file refuses, the registers refuse, by the same code and the same words.

Each case is one wrong fact. It is brought as the facts file that `calc` reads and as the rows of the registers; the
first register that refuses a file of them counts.
"""

from pathlib import Path
from typing import Any

import pytest

from calculators.files.facts import load_facts
from calculators.problems import Problem, Refused
from ledger.registry.benchmarks import shipped
from tests.support.copies import ready
from tests.support.desk import BANK, ENTITIES, FIRM, Desk, equipped_desk

LOAN: dict[str, str] = {
    "contract_no": "HT1",
    "lender": BANK,
    "signed_on": "2024-01-08",
    "matures_on": "2025-01-10",
    "amount": "30000000",
    "day_count": "ACT/360",
    "due_every": "quarter",
    "due_day": "20",
    "due_counted": "no",
    "rate": "3.55%",
}
DRAWN = {"kind": "drawdown", "date": "2024-01-10", "amount": "10000000"}

# Wrong fact -> what it changes in the loan, its events, and the codes of the two doors (one where they are the same).
LOANS: dict[str, tuple[dict[str, str], list[dict[str, str]], str]] = {
    "a contract signed after its drawdowns": ({"signed_on": "2024-06-15"}, [DRAWN], "event_before_signing"),
    "a drawdown after maturity": ({}, [DRAWN, {**DRAWN, "date": "2025-01-11"}], "event_after_maturity"),
    "a rate of 355 %": ({"rate": "355%"}, [DRAWN], "loan_rate_malformed rate_malformed"),
    "a rate below zero": ({"rate": "-0.5%"}, [DRAWN], "loan_rate_malformed rate_malformed"),
    "a drawdown of 0": ({}, [{**DRAWN, "amount": "0"}], "amount_malformed"),
    "a contract over 0 yuan": ({"amount": "0"}, [DRAWN], "amount_malformed"),
    "a loan that matures before it is signed": ({"matures_on": "2024-01-08"}, [], "dates_reversed"),
    "more repaid than drawn": (
        {},
        [DRAWN, {**DRAWN, "kind": "repayment", "amount": "10000000.01"}],
        "principal_negative",
    ),
    "a rate over LPR that is below zero": (
        {"rate": "LPR1Y-350BP", "repriced": "publication"},
        [DRAWN],
        "rate_below_zero",
    ),
    "a later rate over LPR that is below zero": (
        {},
        [DRAWN, {"kind": "rate", "date": "2024-03-01", "rate": "LPR5Y-400BP", "repriced": "fixed"}],
        "rate_below_zero",
    ),
    "a later rate of 355 %": (
        {},
        [DRAWN, {"kind": "rate", "date": "2024-03-01", "rate": "355%"}],
        "loan_rate_malformed rate_malformed",
    ),
    "overdue days that run backward": (
        {},
        [DRAWN, {"kind": "overdue", "date": "2024-03-01", "end_date": "2024-02-29"}],
        "dates_reversed",
    ),
    "0 yuan overdue": ({}, [DRAWN, {"kind": "overdue", "date": "2024-03-01", "amount": "0"}], "amount_malformed"),
    "another subsidy over LPR": (
        {},
        [DRAWN, {"kind": "other_subsidy", "date": "2024-03-01", "rate": "LPR1Y-100BP"}],
        "subsidy_rate_floating",
    ),
    "a slash in a contract number": ({"contract_no": "HT/1"}, [DRAWN], "identifier_slash"),
    "two numbers in a contract number": ({"contract_no": "HT1;HT2"}, [DRAWN], "number_several"),
    "two numbers in a slip number": ({"slip_no": "1、2"}, [DRAWN], "number_several"),
    "a floating rate that nobody reprices": ({"rate": "LPR1Y"}, [DRAWN], "repriced_missing cell_missing"),
    "a fixed rate that is repriced": ({"repriced": "fixed"}, [DRAWN], "repriced_idle cell_not_used"),
    "a rate among the drawdowns": ({}, [{**DRAWN, "rate": "3%"}], "column_idle cell_not_used"),
    "a drawdown of nothing said": ({}, [{"kind": "drawdown", "date": "2024-01-10"}], "column_missing cell_missing"),
    "settlement by dates without dates": ({"due_every": "custom"}, [DRAWN], "due_dates_missing cell_missing"),
}
EVENT_COLUMNS = ("contract_no", "kind", "date", "end_date", "amount", "rate", "repriced")

POLICY = {"policy_no": "BD1", "signed_on": "2024-05-01", "liability": "100000000", "premium": "1000000"}
PAID = {"kind": "paid", "date": "2024-05-10", "amount": "1000000"}
POLICIES: dict[str, tuple[dict[str, str], list[dict[str, str]], str]] = {
    "more returned than paid": (
        {},
        [PAID, {"kind": "returned", "date": "2024-05-09", "amount": "1"}],
        "premium_negative",
    ),
    "a premium that is all tax": ({}, [{**PAID, "tax": "1000000"}], "tax_above_amount"),
    "a premium of 0": ({}, [{**PAID, "amount": "0"}], "amount_malformed"),
    "a liability of 0": ({"liability": "0"}, [PAID], "amount_malformed"),
}


def codes_of(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


def by_facts(item: str, rows: dict[str, str], happened: list[str]) -> list[str]:
    """What a facts file with this item is refused for."""
    lines = [f"  {key}: {value!r}" for key, value in rows.items()]
    text = "\n".join(
        [
            f"entity: {{uscc: {FIRM}, name: 甲公司, districts: [{{from: 2015-03-02, name: 海淀区}}]}}",
            "application: {application_no: SB1, applied_on: 2024-03-01}",
            "grant: {grant_no: PF1, granted_on: 2024-03-15, ceiling: 500000}",
            f"{item}:",
            *lines,
            *happened,
            "through: 2024-12-31",
        ]
    )
    with pytest.raises(Refused) as refused:
        load_facts(text, "f.yaml", shipped()[1])
    return codes_of(refused.value.problems)


def flow(row: dict[str, Any]) -> str:
    return "{" + ", ".join(f"{key}: {value!r}" for key, value in row.items()) + "}"


def csv(columns: tuple[str, ...], rows: list[dict[str, str]]) -> str:
    return "\n".join([",".join(columns), *(",".join(row.get(name, "") for name in columns) for row in rows)]) + "\n"


def imported(desk: Desk, files: list[tuple[str, str]]) -> list[str]:
    """What the first file that is refused is refused for."""
    for register, text in files:
        try:
            desk.take(register, text)
        except Refused as refused:
            return codes_of(refused.problems)
    raise AssertionError("every file was taken")


@ready
def desk(folder: Path) -> Desk:
    desk = equipped_desk(folder)
    desk.take("entities", ENTITIES)
    return desk


@pytest.mark.parametrize("fact", LOANS)
def test_a_wrong_fact_of_a_loan_is_wrong_at_every_door(fact: str, desk: Desk) -> None:
    changes, events, codes = LOANS[fact]
    loan = {**LOAN, **changes}
    if loan["due_every"] == "custom":
        del loan["due_day"]
    written = ["  events:", *(f"    - {flow(event)}" for event in events or [DRAWN])]
    in_facts, in_registers = codes.split()[0], codes.split()[-1]
    assert in_facts in by_facts("loan", loan, written)
    rows = [{"contract_no": loan["contract_no"], **event} for event in events]
    loans = csv((*LOAN, "slip_no", "repriced", "due_dates", "uscc"), [{**loan, "uscc": FIRM}])
    assert in_registers in imported(desk, [("loans", loans), ("events", csv(EVENT_COLUMNS, rows))])


@pytest.mark.parametrize("fact", ["a contract signed after its drawdowns", "a drawdown after maturity"])
def test_the_register_of_loans_looks_at_events_that_are_there_already(fact: str, desk: Desk) -> None:
    right = csv((*LOAN, "uscc"), [{**LOAN, "uscc": FIRM}])
    events = csv(
        EVENT_COLUMNS, [{"contract_no": "HT1", **DRAWN}, {"contract_no": "HT1", **DRAWN, "date": "2024-12-01"}]
    )
    changes, code, column = {
        "a contract signed after its drawdowns": ({"signed_on": "2024-06-15"}, "event_before_signing", 3),
        "a drawdown after maturity": ({"matures_on": "2024-11-30"}, "event_after_maturity", 4),
    }[fact]
    desk.take("loans", right)
    desk.take("events", events)
    wrong = csv((*LOAN, "uscc"), [{**LOAN, "uscc": FIRM, **changes}])
    assert desk.codes("loans", wrong) == [f"{code} 2:{column}"]


def test_a_loan_may_be_repaid_after_it_has_matured(desk: Desk) -> None:
    late = {"contract_no": "HT1", "kind": "repayment", "date": "2025-02-10", "amount": "10000000"}
    desk.take("loans", csv((*LOAN, "uscc"), [{**LOAN, "uscc": FIRM}]))
    assert desk.counts("events", csv(EVENT_COLUMNS, [{"contract_no": "HT1", **DRAWN}, late])) == [2, 0, 0, 0]


def test_where_lpr_falls_later_the_rate_is_taken(desk: Desk) -> None:
    # LPR 3.45 % on 8 January 2024 less 3.40 % is 0.05 %; from 22 July 3.35 % it comes to less than zero.
    loan = {**LOAN, "rate": "LPR1Y-340BP", "repriced": "publication", "uscc": FIRM}
    assert desk.counts("loans", csv((*LOAN, "repriced", "uscc"), [loan])) == [1, 0, 0, 0]


def test_principal_overdue_and_extended_at_once_is_a_warning(desk: Desk) -> None:
    desk.take("loans", csv((*LOAN, "uscc"), [{**LOAN, "uscc": FIRM}]))
    overdue = {
        "contract_no": "HT1",
        "kind": "overdue",
        "date": "2024-04-01",
        "end_date": "2024-05-31",
        "amount": "4000000",
    }
    extended = {**overdue, "kind": "extension", "date": "2024-05-01", "end_date": "2024-06-20"}
    found = desk.take("events", csv(EVENT_COLUMNS, [{"contract_no": "HT1", **DRAWN}, overdue, extended]))
    assert [(one.code, str(one.values["day"])) for one in found.warnings] == [("spells_overlap", "2024-05-01")]


@pytest.mark.parametrize("fact", POLICIES)
def test_a_wrong_fact_of_a_policy_is_wrong_at_every_door(fact: str, desk: Desk) -> None:
    changes, premiums, code = POLICIES[fact]
    policy = {**POLICY, "insurer": "示例保险", "item": "示例机床", **changes}
    written = [
        {"on": one["date"], one["kind"]: one["amount"], **({"tax": one["tax"]} if "tax" in one else {})}
        for one in premiums
    ]
    in_facts = by_facts("policy", policy, ["  premiums:", *(f"    - {flow(one)}" for one in written)])
    columns = ("policy_no", "kind", "date", "amount", "tax")
    files = [
        ("policies", csv((*policy, "uscc"), [{**policy, "uscc": FIRM}])),
        ("premiums", csv(columns, [{"policy_no": "BD1", **one} for one in premiums])),
    ]
    assert [code] == list(dict.fromkeys(in_facts)) == list(dict.fromkeys(imported(desk, files)))


def test_a_wrong_fact_of_a_firm_is_wrong_at_every_door(desk: Desk) -> None:
    decided = "[{decided_on: 2024-02-01, document: D1, repaired_on: 2024-01-31}]"
    status = "[{name: innovative_sme, from: 2024-02-01, to: 2024-01-31}]"
    text = f"""entity:
  uscc: {FIRM}
  name: 甲公司
  districts: [{{from: 2015-03-02, name: 海淀区}}]
  dishonesty: {decided}
  statuses: {status}
application: {{application_no: SB1, applied_on: 2024-03-01}}
grant: {{grant_no: PF1, granted_on: 2024-03-15, ceiling: 500000}}
claim: {{claim_no: JL1, achieved_on: 2024-01-01, base: 5}}
through: 2024-12-31
"""
    with pytest.raises(Refused) as refused:
        load_facts(text, "f.yaml")
    assert codes_of(refused.value.problems) == ["dates_reversed", "dates_reversed"]
    dishonesty = f"uscc,decided_on,document,repaired_on\n{FIRM},2024-02-01,D1,2024-01-31\n"
    assert desk.codes("dishonesty", dishonesty) == ["dates_reversed 2:4"]
    entities = (
        "uscc,name,district,district_from,status,status_from,status_to\n"
        f"{FIRM},甲公司,海淀区,2015-03-02,innovative_sme,2024-02-01,2024-01-31\n"
    )
    assert desk.codes("entities", entities) == ["dates_reversed 2:7"]
