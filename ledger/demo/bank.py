"""What the invented banks say interest came to: their receipts, calculated from the year's own loans and events."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from calculators.facts.loan import loan_of
from calculators.interest.benchmark import Benchmark
from calculators.interest.loan import Loan
from calculators.interest.segments import due_periods, interest, segments
from calculators.money import parse_yuan, plain_yuan, round_fen
from ledger.demo.year import Row, Year

# The bank of this loan misprints one receipt, and sends it right a month later.
MISPRINTED = "HT0005"
MISPRINT_FEN = 10_000


def receipts(year: Year, contracts: set[str], benchmark: Benchmark) -> Iterator[Row]:
    """The receipt of every due period of the loans named, in order of loan and due period."""
    events: dict[str, list[Row]] = defaultdict(list)
    for event in year.events:
        events[event["contract_no"]].append(event)
    for row in year.loans:
        if row["contract_no"] in contracts:
            loan = loan_of(_cells(row), [_cells(event) for event in events[row["contract_no"]]], ())
            yield from _loan_receipts(loan, benchmark)


def _loan_receipts(loan: Loan, benchmark: Benchmark) -> Iterator[Row]:
    last_day = benchmark.checked_through
    for period in due_periods(loan):
        if period.ends_before > last_day:
            return
        borne = segments(loan, period.starts_on, period.ends_before, benchmark, supported=False)
        fen = round_fen(interest(borne, loan.day_count, period))
        settled = settlement_day(loan, period.ends_before)
        yield {
            "contract_no": loan.contract,
            "due": settled.isoformat(),
            "interest": plain_yuan(fen),
            "paid_on": (settled + timedelta(days=1)).isoformat(),
        }


def misprint(receipt: Row) -> Row:
    """The receipt with 100 yuan too much."""
    return {**receipt, "interest": plain_yuan(parse_yuan(receipt["interest"]) + MISPRINT_FEN)}


def _cells(row: Row) -> dict[str, object]:
    """A row as the registers hold it: amounts in fen, the flag as such."""
    cells: dict[str, object] = dict(row)
    if "amount" in row:
        cells["amount_fen"] = parse_yuan(row["amount"])
    if "due_counted" in row:
        cells["due_counted"] = row["due_counted"] == "yes"
        cells["due_day"] = int(row["due_day"])
    return cells


def settlement_day(loan: Loan, due: date) -> date:
    """The day that the bank prints for the due period ending before `due`."""
    return due - timedelta(days=loan.due.counted and due != loan.matures_on)
