"""What lenders report: loans, events and receipts; full and delta files, one lender up to one day."""

from datetime import date
from pathlib import Path

import pytest

from calculators.interest.loan import FixedRate, FloatingRate, Movement, OtherSubsidy, Receipt, Spell
from calculators.money import Exact
from ledger.log import kinds
from ledger.registry.lending import Heard, heard, loans
from tests.support.copies import ready
from tests.support.desk import BANK, ENTITIES, FIRM, LOANS, Desk, open_desk

EVENTS = "contract_no,slip_no,kind,date,end_date,amount,rate,repriced\n"
RECEIPTS = "contract_no,due,interest,paid_on\n"
MARCH = {"lender": BANK, "through": "2024-03-31"}


@ready
def bank(folder: Path) -> Desk:
    """A desk where Bank A has lent 30 million on HT1 and Bank B 1 million on HB."""
    desk = open_desk(folder)
    desk.take("entities", ENTITIES)
    other = LOANS.splitlines()[1].replace("HT1", "HB").replace(BANK, "Bank B").replace("30000000", "1000000")
    desk.take("loans", f"{LOANS}{other}\n")
    return desk


def test_a_loan_is_put_together_from_its_three_registers(bank: Desk) -> None:
    bank.take(
        "events",
        EVENTS + "HT1,,repayment,2024-04-01,,2000000,,\n"
        "HT1,,drawdown,2024-01-10,,10000000,,\n"
        "HT1,,rate,2024-03-01,,,LPR1Y-10BP,january_1\n"
        "HT1,,overdue,2024-05-01,2024-05-31,500000,,\n"
        "HT1,,other_subsidy,2024-02-01,2024-02-29,,1.5%,\n"
        "HT1,,other_subsidy,2024-06-01,,,0.5%,\n",
    )
    bank.take("receipts", RECEIPTS + "HT1,2024-03-20,70000.00,2024-03-21\nHT1,2026-01-10,1.00,2026-01-10\n")
    with bank.ledger.read() as view:
        known = loans(view)["HT1"]
        registers = (kinds.LOAN, kinds.EVENT, kinds.RECEIPT)
        everything = [row for register in registers for row in view.rows(register) if row.key != "HB"]
    loan = known.value
    assert loan.movements == (Movement(date(2024, 1, 10), 1_000_000_000), Movement(date(2024, 4, 1), -200_000_000))
    assert loan.rates == (
        FixedRate(date(2024, 1, 10), Exact(355, 10_000)),
        FloatingRate(date(2024, 3, 1), "1y", Exact(-10, 10_000), "january_1"),
    )
    # The last day of the file counts; the settlement day is counted, so the period ends the day after, but never
    # after maturity.
    assert loan.spells == (Spell("overdue", date(2024, 5, 1), date(2024, 6, 1), 50_000_000),)
    assert loan.other_subsidies == (
        OtherSubsidy(date(2024, 2, 1), date(2024, 3, 1), Exact(15, 1_000)),
        OtherSubsidy(date(2024, 6, 1), None, Exact(5, 1_000)),
    )
    assert loan.receipts == (
        Receipt(date(2024, 3, 21), 7_000_000, date(2024, 3, 21)),
        Receipt(date(2026, 1, 10), 100, date(2026, 1, 10)),
    )
    assert known.leaves == tuple(row.leaf for row in sorted(everything, key=lambda row: row.seq))


def test_the_record_holds_the_row(bank: Desk) -> None:
    bank.take("events", EVENTS.strip() + ',known_on\nHT1,,drawdown,2024/1/10,,"10,000,000.00",,,2024年1月12日\n')
    body = bank.body("event", "HT1//drawdown/2024-01-10/1")
    assert body["data"] == {
        "contract_no": "HT1",
        "kind": "drawdown",
        "date": "2024-01-10",
        "amount_fen": 1_000_000_000,
    }
    assert (body["lender"], body["known_on"]) == (BANK, "2024-01-12")


def test_importing_twice_changes_nothing_and_equal_rows_stay_two(bank: Desk) -> None:
    rows = EVENTS + "HT1,,drawdown,2024-01-10,,100,,\n" + "HT1,,repayment,2024-02-01,,10,,\n" * 2
    assert bank.counts("events", rows) == [3, 0, 0, 0]
    size = bank.size
    assert bank.counts("events", rows) == [0, 0, 3, 0]
    assert bank.size == size
    assert bank.keys("event") == [
        "HT1//drawdown/2024-01-10/1",
        "HT1//repayment/2024-02-01/1",
        "HT1//repayment/2024-02-01/2",
    ]


def test_equal_keys_are_numbered_by_amount(bank: Desk) -> None:
    bank.take("events", EVENTS + "HT1,,drawdown,2024-01-10,,300,,\nHT1,,drawdown,2024-01-10,,200,,\n")
    assert bank.body("event", "HT1//drawdown/2024-01-10/1")["data"]["amount_fen"] == 20_000
    assert bank.body("event", "HT1//drawdown/2024-01-10/2")["data"]["amount_fen"] == 30_000


def test_a_correction_is_a_new_version(bank: Desk) -> None:
    bank.take("events", EVENTS + "HT1,,drawdown,2024-01-10,,300,,\n")
    found = bank.take("events", EVENTS + "HT1,,drawdown,2024-01-10,,250,,\n")
    assert [(change.action, change.key) for change in found.changes] == [("changed", "HT1//drawdown/2024-01-10/1")]
    with bank.ledger.read() as view:
        history = view.history(kinds.EVENT, "HT1//drawdown/2024-01-10/1")
    assert [row.body["data"]["amount_fen"] for row, _void in history] == [30_000, 25_000]


@pytest.mark.parametrize(
    ("recorded", "written", "changed"),
    [
        ("3.55%", "3.550%", 0),
        ("3.60%", "3.6%", 0),
        ("LPR1Y+25BP", "lpr1y+0.25%", 0),
        ("LPR1Y+0BP", "LPR1Y", 0),
        ("3.55%", "3.56%", 1),
        ("LPR1Y+25BP", "LPR5Y+25BP", 1),
        ("LPR1Y+25BP", "LPR1Y-25BP", 1),
    ],
)
def test_a_rate_is_compared_by_its_value_and_the_record_keeps_its_bytes(
    bank: Desk, recorded: str, written: str, changed: int
) -> None:
    repriced = ",january_1" if recorded.startswith("LPR") else ","
    loan = f"HT9,{BANK},{FIRM},2024-01-08,2026-01-10,30000000,ACT/360,quarter,yes,{{}}{repriced}\n"
    heading = LOANS.splitlines()[0] + ",repriced\n"
    bank.take("loans", heading + loan.format(recorded))
    assert bank.counts("loans", heading + loan.format(written)) == [0, changed, 1 - changed, 0]
    assert bank.body("loan", "HT9")["data"]["rate"] == (written if changed else recorded)
    event = f"contract_no,kind,date,rate,repriced\nHT9,rate,2024-03-01,{{}}{repriced}\n"
    bank.take("events", event.format(recorded))
    assert bank.counts("events", event.format(written)) == [0, changed, 1 - changed, 0]


def test_a_delta_row_known_already_does_not_displace_its_neighbour(bank: Desk) -> None:
    bank.take("events", EVENTS + "HT1,,drawdown,2024-01-10,,200,,\nHT1,,drawdown,2024-01-10,,300,,\n")
    assert bank.counts("events", EVENTS + "HT1,,drawdown,2024-01-10,,300,,\n") == [0, 0, 1, 0]
    assert bank.codes("events", EVENTS + "HT1,,drawdown,2024-01-10,,250,,\n") == ["correction_ambiguous 2:1"]
    both = EVENTS + "HT1,,drawdown,2024-01-10,,250,,\nHT1,,drawdown,2024-01-10,,300,,\n"
    assert bank.counts("events", both) == [0, 1, 1, 0]


def test_a_full_file_voids_what_it_leaves_out(bank: Desk) -> None:
    bank.take("events", EVENTS + "HT1,,drawdown,2024-01-10,,300,,\nHT1,,repayment,2024-02-01,,10,,\n")
    kept = EVENTS + "HT1,,drawdown,2024-01-10,,300,,\n"
    assert bank.counts("events", kept, full=True, **MARCH) == [0, 0, 1, 1]
    assert bank.keys("event") == ["HT1//drawdown/2024-01-10/1"]
    with bank.ledger.read() as view:
        (row, void) = view.history(kinds.EVENT, "HT1//repayment/2024-02-01/1")[-1]
        (report,) = [one for one in view.records(kinds.IMPORT) if one.body.get("through") == "2024-03-31"]
    assert void
    assert row.body["import"] == report.seq
    again = EVENTS + "HT1,,drawdown,2024-01-10,,300,,\nHT1,,repayment,2024-02-01,,10,,\n"
    assert bank.counts("events", again) == [1, 0, 1, 0]


def test_a_full_file_speaks_for_its_lender_and_up_to_its_day_only(bank: Desk) -> None:
    bank.take(
        "events",
        EVENTS + "HT1,,drawdown,2024-01-10,,300,,\nHT1,,repayment,2024-04-01,,10,,\nHB,,drawdown,2024-01-10,,20,,\n",
    )
    assert bank.counts("events", EVENTS, full=True, **MARCH) == [0, 0, 0, 1]
    assert bank.keys("event") == ["HB//drawdown/2024-01-10/1", "HT1//repayment/2024-04-01/1"]


def test_a_full_file_of_loans_leaves_other_lenders_and_later_loans_alone(bank: Desk) -> None:
    later = LOANS.splitlines()[1].replace("HT1", "HT2").replace("2024-01-08", "2024-05-01")
    bank.take("loans", f"{LOANS.splitlines()[0]}\n{later}\n")
    heading = LOANS.splitlines()[0] + "\n"
    assert bank.counts("loans", heading, full=True, **MARCH) == [0, 0, 0, 1]
    assert bank.keys("loan") == ["HB", "HT2"]
    assert bank.counts("loans", heading, full=True, lender=BANK) == [0, 0, 0, 1]
    assert bank.keys("loan") == ["HB"]


def test_receipts_of_a_full_file_are_told_by_the_day_they_were_paid(bank: Desk) -> None:
    bank.take("receipts", RECEIPTS + "HT1,2024-03-20,70000,2024-03-21\nHT1,2024-03-20,5,2024-04-05\n")
    assert bank.counts("receipts", RECEIPTS, full=True, **MARCH) == [0, 0, 0, 1]
    (left,) = bank.keys("receipt")
    assert bank.body("receipt", left)["data"]["paid_on"] == "2024-04-05"


def test_a_report_of_nothing_is_a_report_once(bank: Desk) -> None:
    assert bank.counts("events", EVENTS, **MARCH) == [0, 0, 0, 0]
    size = bank.size
    bank.take("events", EVENTS, **MARCH)
    bank.take("events", EVENTS, lender=BANK, through="2024-02-29")
    assert bank.size == size
    bank.take("events", EVENTS, lender=BANK, through="2024-04-30")
    assert bank.size == size + 1
    with bank.ledger.read() as view:
        assert heard(view) == {BANK: Heard(date(2024, 4, 30), None)}


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\r\n\r\n"])
@pytest.mark.parametrize("full", [True, False])
def test_an_empty_file_is_no_report_in_any_mode(bank: Desk, content: bytes, full: bool) -> None:
    assert bank.codes("events", content, full=full, **MARCH) == ["file_empty 0:0"]


@pytest.mark.parametrize(
    ("register", "options", "codes"),
    [
        ("loans", {"full": True}, ["lender_needed 0:0"]),
        ("events", {"full": True}, ["lender_needed 0:0", "through_needed 0:0"]),
        ("events", {"through": "2024-03-31"}, ["lender_needed 0:0"]),
        ("entities", {"lender": BANK}, ["option_not_used 0:0"]),
        ("events", {"lender": "Bank a", "through": "2024-03-31"}, ["lender_unknown 0:0"]),
    ],
)
def test_how_far_a_file_speaks_must_be_said(
    bank: Desk, register: str, options: dict[str, object], codes: list[str]
) -> None:
    assert bank.codes(register, "", **options) == codes


TERMS = (
    "contract_no,slip_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,due_dates,"
    "rate,repriced\n"
)


@pytest.mark.parametrize(
    ("row", "codes"),
    [
        (f"HT/9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,3.55%,", ["identifier_slash 2:1"]),
        (
            f"HT\u200b9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,3.55%,",
            ["text_unprintable 2:1"],
        ),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2024-01-08,100,ACT/360,quarter,20,yes,,3.55%,", ["dates_reversed 2:6"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,0,ACT/360,quarter,20,yes,,3.55%,", ["amount_malformed 2:7"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,1.005,ACT/360,quarter,20,yes,,3.55%,", ["amount_malformed 2:7"]),
        (f'HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,"1,00",ACT/360,quarter,20,yes,,3.55%,', ["amount_malformed 2:7"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/361,quarter,20,yes,,3.55%,", ["choice_unknown 2:8"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,32,yes,,3.55%,", ["day_malformed 2:10"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,maybe,,3.55%,", ["choice_unknown 2:11"]),
        (
            f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,custom,20,yes,,3.55%,",
            ["cell_not_used 2:10", "cell_missing 2:12"],
        ),
        (
            f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,custom,,yes,2024-06-20;2024-03-20,3.55%,",
            ["date_malformed 2:12"],
        ),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,3.55,", ["rate_malformed 2:13"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,355%,", ["rate_malformed 2:13"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,LPR2Y,", ["rate_tenor 2:13"]),
        (
            f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,LPR1Y+10000BP,january_1",
            ["rate_malformed 2:13"],
        ),
        # Arabic-Indic digits: 300.
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,٣٠٠,ACT/360,quarter,20,yes,,3.55%,", ["amount_malformed 2:7"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,LPR1Y,", ["cell_missing 2:14"]),
        (f"HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,3.55%,fixed", ["cell_not_used 2:14"]),
        (f"HT1,,Bank B,{FIRM},2024-01-08,2025-01-08,100,ACT/360,quarter,20,yes,,3.55%,", ["lender_changed 2:3"]),
    ],
)
def test_a_loan_that_cannot_be(bank: Desk, row: str, codes: list[str]) -> None:
    assert bank.codes("loans", f"{TERMS}{row}\n") == codes


@pytest.mark.parametrize(
    "day", ["2024/1/8", "2024.1.8", "2024年1月8日", "２０２４．１．８", "2024-01-08 00:00:00", "2024/1/8 0:00"]
)
def test_a_day_is_read_as_offices_write_it(bank: Desk, day: str) -> None:
    bank.take("loans", f"{TERMS}HT9,,{BANK},{FIRM},{day},2025-01-08,100,ACT/360,quarter,20,yes,,3.55%,\n")
    assert bank.body("loan", "HT9")["data"]["signed_on"] == "2024-01-08"


def test_amounts_and_choices_are_read_in_any_width_and_case(bank: Desk) -> None:
    wide = '"３，０００．５０",act/360,Quarter,２０,YES'
    bank.take("loans", f"{TERMS}HT9,,{BANK},{FIRM},2024-01-08,2025-01-08,{wide},,3.55%,\n")
    data = bank.body("loan", "HT9")["data"]
    assert (data["amount_fen"], data["day_count"], data["due_every"]) == (300_050, "ACT/360", "quarter")
    assert (data["due_day"], data["due_counted"]) == (20, True)


def test_a_loan_of_another_lender_in_a_lenders_file(bank: Desk) -> None:
    assert bank.codes("loans", LOANS, full=True, lender="Bank B") == ["lender_differs 2:2"]


def test_two_rows_of_one_contract_need_slip_numbers(bank: Desk) -> None:
    row = LOANS.splitlines()[1]
    assert bank.codes("loans", f"{LOANS}{row.replace('3.55%', '3.65%')}\n") == ["key_twice 3:1"]
    heading = LOANS.splitlines()[0].replace("contract_no", "contract_no,slip_no")
    slips = "\n".join(row.replace("HT1", f"HT7,J{slip}") for slip in (1, 2))
    assert bank.counts("loans", f"{heading}\n{slips}\n") == [2, 0, 0, 0]
    assert bank.keys("loan") == ["HB", "HT1", "HT7/J1", "HT7/J2"]


def test_a_borrower_who_is_not_registered_is_a_warning(desk: Desk) -> None:
    assert [one.code for one in desk.take("loans", LOANS).warnings] == ["entity_unknown"]


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        (["HX,,drawdown,2024-01-10,,100,,"], ["loan_unknown 2:1"]),
        (["HT1,,drawdown,2024-01-10,,,,"], ["cell_missing 2:6"]),
        (["HT1,,drawdown,2024-01-10,2024-02-01,100,3%,"], ["cell_not_used 2:5", "cell_not_used 2:7"]),
        (["HT1,,rate,2024-01-10,,,,"], ["cell_missing 2:7"]),
        (["HT1,,rate,2024-01-10,,,LPR1Y+25BP,"], ["cell_missing 2:8"]),
        (["HT1,,overdue,2024-01-10,2024-01-09,,,"], ["dates_reversed 2:5"]),
        (["HT1,,other_subsidy,2024-01-10,,,,"], ["cell_missing 2:7"]),
        (["HT1,,other_subsidy,2024-01-10,,100,1%,"], ["cell_not_used 2:6"]),
        (["HT1,,other_subsidy,2024-01-10,,,LPR1Y+25BP,"], ["subsidy_rate_floating 2:7"]),
        (["HT1,,prepayment,2024-01-10,,100,,"], ["choice_unknown 2:3"]),
        (["HT1,,drawdown,2024-01-10,,100,,", "HT1,,repayment,2024-02-10,,101,,"], ["principal_negative 3:6"]),
        (["HT1,,drawdown,2024-04-01,,100,,"], ["after_through 2:4"]),
        (["HB,,drawdown,2024-01-10,,100,,"], ["lender_differs 2:1"]),
    ],
)
def test_an_event_that_cannot_be(bank: Desk, rows: list[str], codes: list[str]) -> None:
    assert bank.codes("events", EVENTS + "\n".join(rows) + "\n", **MARCH) == codes


def test_repaying_on_the_day_of_drawing_is_no_overdraft(bank: Desk) -> None:
    rows = "HT1,,repayment,2024-01-10,,100,,\nHT1,,drawdown,2024-01-10,,100,,\n"
    assert bank.counts("events", EVENTS + rows) == [2, 0, 0, 0]
    # A drawdown taken back by a full file leaves the repayment without principal.
    alone = EVENTS + "HT1,,repayment,2024-01-10,,100,,\n"
    assert bank.codes("events", alone, full=True, **MARCH) == ["principal_negative 2:6"]


def test_chinese_headings_and_choices_in_gb18030(bank: Desk) -> None:
    text = '借款合同号,事项,日期,金额\nHT1,提款,2024年1月10日,"10,000,000.00"\n'
    assert bank.counts("events", text.encode("gb18030")) == [1, 0, 0, 0]
    assert bank.body("event", "HT1//drawdown/2024-01-10/1")["data"]["kind"] == "drawdown"
