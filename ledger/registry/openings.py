"""Opening positions: awards under a notice that were paid before this ledger, or the statement that none were.

A file replaces what was entered for the notice before, once another person has agreed. The settlement date of a row
becomes the exclusive end of its due period by the loan's own rule, the day of an item's event the day after; a row
whose loan is not registered keeps the day as written.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from calculators.awards.caps import Key, keys_outside, stated_pools
from calculators.awards.lines import Outside
from calculators.money import format_yuan
from calculators.notices.loan import LoanNotice
from calculators.problems import N_, Refused, refuse
from ledger.log import kinds
from ledger.registry.agreements import agreed, asks
from ledger.registry.applications import applications
from ledger.registry.grants import grants
from ledger.registry.notices import notice_text, readable
from ledger.sheets.columns import columns
from ledger.sheets.read import read_sheet
from ledger.sheets.rows import Reading, Values, read_rows
from ledger.store.ledger import Row, View


def in_force(view: View) -> list[Row[kinds.OpeningBody]]:
    """The last opening position of each notice that another person has agreed to; of earlier releases, every one."""
    said = {row.seq for row in agreed(view, kinds.OPENING)}
    standing = {row.key: row for row in view.records(kinds.OPENING) if row.seq in said or not asks(row.body)}
    return [standing[notice] for notice in sorted(standing)]


def opened_notices(view: View) -> set[str]:
    """The notices whose opening position has been stated."""
    return {row.key for row in in_force(view)}


def outside_awards(view: View) -> tuple[Outside, ...]:
    """Every award paid outside, by notice in the order of its file."""
    return tuple(paid for row in in_force(view) for paid in awards_of(row.body))


def awards_of(body: kinds.OpeningBody) -> Iterator[Outside]:
    """The awards that an opening position states, in its order."""
    for row in body["rows"]:
        yield Outside(
            notice=body["key"],
            uscc=row["uscc"],
            line=row.get("line", ""),
            lender=row.get("lender", ""),
            loan=row.get("loan", ""),
            due=date.fromisoformat(row["due"]),
            amount_fen=row["amount_fen"],
        )


OnNoLine: TypeAlias = tuple[Outside, ...]


def on_no_line(body: kinds.OpeningBody) -> OnNoLine:
    """What an opening position says was paid before this ledger on no line of it."""
    return tuple(paid for paid in awards_of(body) if not paid.line)


def used_outside(texts: Iterable[str], openings: Mapping[str, OnNoLine]) -> Mapping[Key, int]:
    """What was paid on no line, by the keys of caps that it uses up as these texts of notices state them."""
    pools = stated_pools(readable(texts))
    found: dict[Key, int] = defaultdict(int)
    for paid in (award for awards in openings.values() for award in awards):
        for key in keys_outside(paid, pools):
            found[key] += paid.amount_fen
    return found


class OpeningFile(NamedTuple):
    """A file of awards paid outside: the record that it states, and its rows as read, in the order of the record's."""

    body: kinds.OpeningBody
    reading: Reading


def read_opening(view: View, path: Path, notice: str, sheet: str = "") -> OpeningFile:
    """The opening position that a file states for `notice`, in `sheet` where several could be meant.

    Refuses with every problem of the file.
    """
    require_notice(view, notice)
    columns_ = columns("opening")
    reading = read_rows(read_sheet(path, columns_, sheet), columns_)
    of = _OfNotice(notice, not isinstance(notice_text(view, notice)[0].notice, LoanNotice), _granted(view, notice))
    rows = [_row(view, reading, row, of) for row in reading.rows]
    _check_ceilings(view, reading)
    if reading.problems:
        raise Refused(reading.problems)
    if not rows:
        raise refuse(
            "opening_empty",
            N_("the file has no rows"),
            N_("if nothing was paid, say `subsidy opening none {notice}`"),
            notice=notice,
        )
    body = kinds.OpeningBody(key=notice, rows=rows, file=reading.sheet.source, sha256=reading.sheet.sha256)
    return OpeningFile(body, reading)


def require_notice(view: View, notice: str) -> None:
    """Refuse `notice_unknown` for a notice that was never added."""
    if view.current(kinds.NOTICE, notice) is None:
        raise refuse(
            "notice_unknown",
            N_("there is no notice {notice}"),
            N_("add it with `subsidy notice add`, or write it as `subsidy notice list` shows it"),
            notice=notice,
        )


def _check_ceilings(view: View, reading: Reading) -> None:
    """No more was paid on a line than it was granted at most."""
    most = {number: grant.value.ceiling_fen for number, grant in grants(view).items()}
    paid: dict[str, int] = defaultdict(int)
    for row in reading.rows:
        line = row.cells.get("line", "")
        paid[line] += row.cells.get("amount_fen", 0)
        if line in most and paid[line] > most[line]:
            reading.refuse(
                "above_ceiling",
                N_("{line}: {amount} were paid by this row and those before it, and {ceiling} were granted at most"),
                N_("correct the amount, or enter the ceiling under which it was paid in the register of grants"),
                row.line,
                "amount",
                line=line,
                amount=format_yuan(paid[line]),
                ceiling=format_yuan(most[line]),
            )


class _OfNotice(NamedTuple):
    """What a row is read by: the notice, whether it is for items that are no loans, and its grants by item."""

    notice: str
    for_items: bool
    granted: Mapping[str, str]


def _granted(view: View, notice: str) -> dict[str, str]:
    asked = applications(view)
    applied = {number: asked[grant.value.application].value for number, grant in grants(view).items()}
    return {item.item: number for number, item in applied.items() if item.notice == notice}


def _row(view: View, reading: Reading, row: Values, of: _OfNotice) -> kinds.OpeningRow:
    cells = dict(row.cells)
    if "line" in cells:
        _take_from_line(view, reading, row, cells, of.notice)
    elif cells.get("loan") in of.granted:
        reading.refuse(
            "opening_line_missing",
            N_("{item} is granted here as {grant}, and this row names no grant: it would be paid again"),
            N_("write {grant} as the grant number; where another award is meant, leave {item} out"),
            row.line,
            "loan",
            item=cells["loan"],
            grant=of.granted[cells["loan"]],
        )
    loan = view.current(kinds.LOAN, cells["loan"]) if "loan" in cells else None
    if loan is not None:
        data = loan.body["data"]
        cells["lender"] = data["lender"]
        end = date.fromisoformat(cells["due"]) + timedelta(days=data["due_counted"])
        cells["due"] = min(end.isoformat(), data["matures_on"])
    elif of.for_items:
        # What an event gives falls due the day after it.
        cells["due"] = (date.fromisoformat(cells["due"]) + timedelta(days=1)).isoformat()
    # A row with a problem is never recorded, so a cell that is missing here shows nowhere.
    said = kinds.OpeningRow(uscc=cells.get("uscc", ""), due=cells["due"], amount_fen=cells["amount_fen"])
    if "line" in cells:
        said["line"] = cells["line"]
    if "lender" in cells:
        said["lender"] = cells["lender"]
    if "loan" in cells:
        said["loan"] = cells["loan"]
    return said


def _take_from_line(view: View, reading: Reading, row: Values, cells: dict[str, Any], notice: str) -> None:
    """A row of a line of this ledger is of that line's firm, notice and loan."""
    grant = view.current(kinds.GRANT, cells["line"])
    application = view.current(kinds.APPLICATION, grant.body["application"]) if grant else None
    if application is None:
        reading.refuse(
            "grant_unknown",
            N_("there is no grant {number}"),
            N_("import the register of grants first, or correct the number"),
            row.line,
            "line",
            number=cells["line"],
        )
        return
    asked = application.body
    for column, theirs in (("uscc", asked["uscc"]), ("loan", asked["item"])):
        if cells.setdefault(column, theirs) != theirs:
            reading.refuse(
                "line_differs",
                N_("grant {number} has {theirs} here"),
                N_("correct the cell, or the grant number"),
                row.line,
                column,
                number=cells["line"],
                theirs=theirs,
            )
    if asked["notice"] != notice:
        reading.refuse(
            "line_differs",
            N_("grant {number} was applied for under {theirs}"),
            N_("enter it in the opening position of that notice"),
            row.line,
            "line",
            number=cells["line"],
            theirs=asked["notice"],
        )
