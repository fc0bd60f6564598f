"""A bank counter's answer as a sheet, CSV or XLSX: item no., state, amount, day, reason, voucher no."""

from datetime import date

from calculators.problems import N_, Place, Refused, refuse
from ledger.payouts.channels.result import ItemResult, Result
from ledger.payouts.states import State
from ledger.sheets.columns import columns
from ledger.sheets.read import sheet_of
from ledger.sheets.rows import read_rows

REGISTER = "payout-results"


def read(content: bytes, source: str, sheet_name: str = "") -> Result:
    """The answer, in `sheet_name` where several could be meant; it names items only, so its batch is "".

    Refuses with every problem of the file.
    """
    sheet = sheet_of(source, content, columns(REGISTER), sheet_name)
    reading = read_rows(sheet, columns(REGISTER))
    lines: dict[str, int] = {}
    for row in reading.rows:
        first = lines.setdefault(row.cells["item_no"], row.line)
        if first != row.line:
            reading.refuse(
                "result_item_twice",
                N_("{item} stands in place {first} too"),
                N_("ask the channel for an answer that names each item once"),
                row.line,
                "item_no",
                item=row.cells["item_no"],
                first=first,
            )
    if reading.problems:
        raise Refused(sorted(reading.problems, key=lambda problem: (problem.place.line, problem.place.column)))
    if not reading.rows:
        raise refuse(
            "result_empty",
            N_("the file is empty"),
            N_("ask the channel for the answer again; an empty answer says nothing of any item"),
            Place(sheet.source),
        )
    items = (
        ItemResult(
            item=row.cells["item_no"],
            state=State(row.cells["state"]),
            row=row.line,
            amount_fen=row.cells.get("amount_fen"),
            on=date.fromisoformat(row.cells["on"]) if "on" in row.cells else None,
            reason=row.cells.get("reason", ""),
            voucher=row.cells.get("voucher", ""),
        )
        for row in reading.rows
    )
    return Result("", tuple(items), warnings=tuple(reading.warnings))
