"""Read the tables that Chinese banks and wallet operators let one download, as CSV or as a spreadsheet.

A preamble and totals stand around the table; cells are padded with tabs or filled with hyphens; amounts have thousands
commas, stand in one signed column, in one with a direction beside it, or in separate columns for in and out; balances
may be masked; the newest line often comes first. `shapes` says which heading holds what.

No row is passed over in silence: what is neither an entry nor plainly something else is refused with its place.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import NamedTuple

from babel import Locale
from moneyed import CURRENCIES

from calculators.problems import N_, Place
from ledger.reconcile.order import oldest_first
from ledger.reconcile.readers.heading_row import Header, find, no_headings
from ledger.reconcile.readers.labels import (
    Said,
    is_labelled,
    is_masked,
    is_return,
    is_reversal,
    is_total,
    labelled,
)
from ledger.reconcile.readers.shapes import DIRECTION, Shape, fold
from ledger.reconcile.readers.sheets import Row, Sheet, day_of
from ledger.reconcile.source import Findings, Source
from ledger.reconcile.statements import Declared, Line, Statement

_MONEY_SIGNS = str.maketrans("", "", "¥￥+ ")
_MONEY = re.compile(r"[-+]?[\d,]+(\.\d+)?", re.ASCII)
# `3`, `3笔`, `3笔记录`, `3笔 1,000.00元`.
_COUNT = re.compile(r"(\d+)\s*(?:[笔条](?:记录)?(?:\s*[\d,.]+\s*元)?)?", re.ASCII)
# What a spreadsheet makes of a long number.
_POWER = re.compile(r"\d(\.\d+)?[eE]\+?\d\d?", re.ASCII)
_BEGINS_WITH_DIGIT = re.compile(r"[-+]?\d", re.ASCII)
# A row with so few cells and no day is a remark of the bank.
_REMARK_CELLS = 2
_TAIL = 4
# Columns in which a figure or a day makes a row an entry.
_FIGURES = ("date", "in", "out", "amount", "balance")


class Booked(NamedTuple):
    """A row of the table before its account and currency decide its statement; `booked`: the file counts it in."""

    account: str
    currency: str
    line: Line
    booked: bool = True


def read(source: Source, shapes: Iterable[Shape] | None = None) -> list[Statement]:
    """The statements of the file, one per sheet, account and currency.

    Refuses `statement_headings`, `sheet_without_headings`, and the faults of rows and cells, all of them at once.
    """
    findings = Findings(source)
    made: list[Statement] = []
    found = find(source, shapes)
    if not found:
        raise no_headings(source, shapes)
    for sheet, header in found:
        if header is not None:
            made += _Table(sheet, header, findings).statements()
        else:
            _check_no_entries(source, sheet, findings)
    findings.finish()
    return made


def _check_no_entries(source: Source, sheet: Sheet, findings: Findings) -> None:
    """Note a sheet without headings that holds what looks like entries."""
    for line, cells in sheet.rows:
        if any(day_of(cell) for cell in cells) and any(_looks_like_money(cell) for cell in cells if not day_of(cell)):
            findings.add_at(
                "sheet_without_headings",
                N_("the sheet {sheet} has days and amounts, and no headings that say what they are"),
                N_("download the file again; if it is the same, give these rows the headings of the first sheet"),
                Place(f"{source.name}/{sheet.name}", line, 1),
                sheet=sheet.name,
            )
            return


class _Table:
    """One table under examination."""

    def __init__(self, sheet: Sheet, header: Header, findings: Findings) -> None:
        self.sheet = sheet
        self.file = f"{findings.source.name}/{sheet.name}" if sheet.name else findings.source.name
        self.shape = header.shape
        self.columns = header.columns
        self.before = sheet.rows[: header.row]
        self.heading = sheet.rows[header.row][1]
        self.rows = sheet.rows[header.row + 1 :]
        self.findings = findings
        self.about = labelled(self.shape, self.before)
        self.after: list[Row] = []
        # Rows whose minus has two readings, by their lines in the file.
        self.minus: dict[int, Place] = {}
        # The running number of the row before, and whether it went down to there.
        self._serial: int | None = None
        self._down = False

    def statements(self) -> list[Statement]:
        self._check_cells()
        booked = list(self._booked())
        self.about = labelled(self.shape, [*self.before, *self.after])
        self._check_account()
        booked = self._signed(booked)
        groups: dict[tuple[str, str], list[Booked]] = {}
        for row in booked:
            groups.setdefault((row.account, row.currency), []).append(row)
        if not groups:
            groups[self._account([]), self._currency([])] = []
        alone = len(groups) == 1
        return [self._statement(account, currency, rows, alone) for (account, currency), rows in groups.items()]

    def _statement(self, account: str, currency: str, rows: list[Booked], alone: bool) -> Statement:
        digits = self.findings.digits(currency, self.rows[0][0] if self.rows else 1)
        opening, closing = (self._labelled_amount(f"label.{which}", digits) for which in ("opening", "closing"))
        if not alone:
            opening = closing = None
        stated = opening is not None, closing is not None
        ordered = oldest_first([row.line for row in rows if row.booked], opening)
        if opening is None:
            opening = _opening(ordered)
        if closing is None:
            closing = ordered[-1].balance_fen if ordered else opening
        return Statement(
            account=account,
            currency=currency,
            digits=digits,
            name=self.sheet.name,
            place=ordered[0].place if ordered else 1,
            opening_fen=opening,
            closing_fen=closing,
            opening_stated=stated[0],
            closing_stated=stated[1],
            opens_on=ordered[0].booked_on if ordered else "",
            closes_on=ordered[-1].booked_on if ordered else "",
            lines=ordered,
            pending=[row.line for row in rows if not row.booked],
            declared=self._declared(digits) if alone else Declared(),
        )

    def _declared(self, digits: int) -> Declared:
        sums = self._column_totals(digits)
        return Declared(
            lines=self._labelled_count("label.count"),
            credits=self._labelled_count("label.in_count"),
            debits=self._labelled_count("label.out_count"),
            credit_fen=_either(self._labelled_amount("label.in_sum", digits), sums.get("in")),
            debit_fen=_either(self._labelled_amount("label.out_sum", digits), sums.get("out")),
        )

    def _column_totals(self, digits: int) -> dict[str, int]:
        """The sums that stand below the columns for in and out in a row of totals, the last one of the file."""
        sums: dict[str, int] = {}
        for line, cells in self.after:
            if not is_total(self.shape, cells):
                continue
            for field in ("in", "out"):
                text = self._cell(cells, field)
                value = self._declared_money(Said(text, line, self._column(field)), digits) if text else None
                if value is not None:
                    sums[field] = value
        return sums

    def _labelled_amount(self, label: str, digits: int) -> int | None:
        said = self.about.get(label)
        return self._declared_money(said[0], digits) if said else None

    def _declared_money(self, said: Said, digits: int) -> int | None:
        if is_masked(said.text):
            return None
        if _looks_like_money(said.text):
            return _plain(said.text, digits, self.findings)
        self._unreadable(said)
        return None

    def _labelled_count(self, label: str) -> int | None:
        said = self.about.get(label)
        if not said or is_masked(said[0].text):
            return None
        found = _COUNT.fullmatch(said[0].text)
        if found is None:
            self._unreadable(said[0])
            return None
        return int(found[1])

    def _unreadable(self, said: Said) -> None:
        self.findings.add_at(
            "declared_unreadable",
            N_("{text!r} stands where the file declares a count, a sum or a balance, and is none"),
            N_("download the file again; do not edit a statement by hand"),
            Place(self.file, said.line, said.column),
            text=said.text,
        )

    def _check_account(self) -> None:
        """Note a table that names two accounts around its rows."""
        said = self.about.get("label.account", [])
        for other in said[1:]:
            if _number(other.text) != _number(said[0].text):
                self.findings.add_at(
                    "account_twice",
                    N_("the table names a second account here"),
                    N_("download a file per account"),
                    Place(self.file, other.line, other.column),
                )

    def _check_cells(self) -> None:
        """Note cells that hide rows, and numbers that lost digits where a number is read as it stands."""
        for spot in self.sheet.swallow:
            self.findings.add_at(
                "cell_swallows_rows",
                N_("a cell that begins in this row goes on over {text!r}, which looks like a row of its own"),
                N_("look for a quotation mark that is opened and never closed; download the file again"),
                Place(self.file, spot.line, spot.column),
                text=spot.text,
            )
        money = {column for field in ("in", "out", "amount", "balance") for column in self.columns.get(field, ())}
        read = {column for columns in self.columns.values() for column in columns}
        table = {line for line, _cells in self.rows}
        for spot in self.sheet.damaged:
            column = spot.column - 1
            # An amount that is none is noted where it is read.
            if spot.line not in table or (column in read and column not in money):
                self.findings.add_at(
                    "number_damaged",
                    N_("the spreadsheet shows {text}: it keeps 15 digits of a number, and this one has lost the rest"),
                    N_("download the file as CSV, or have the column written as text"),
                    Place(self.file, spot.line, spot.column),
                    text=spot.text,
                )

    def _check_numbers(self, line: int, cells: list[str]) -> None:
        """Note an account's number that a spreadsheet wrote as a power of ten, in a file of text as well."""
        if any(spot.line == line for spot in self.sheet.damaged):
            return
        for field in ("number", "account"):
            text = self._cell(cells, field)
            if _POWER.fullmatch(text):
                self.findings.add_at(
                    "number_damaged",
                    N_("{text} was an account's number before a spreadsheet saved it: its last digits are lost"),
                    N_("download the file again, and bring it without opening it in a spreadsheet"),
                    Place(self.file, line, self._column(field), field),
                    text=text,
                )

    def _check_serial(self, line: int, cells: list[str]) -> None:
        """Note a row whose running number does not follow that of the row before: rows between them are not there."""
        text = self._cell(cells, "serial")
        if not text.isdecimal():
            return
        found, before = int(text), self._serial
        # A page may begin again, and the newest row may stand first.
        restarts = found == 1 or (before == 1 and self._down)
        if before is not None and found not in (before - 1, before + 1) and not restarts:
            self.findings.add_at(
                "serial_gap",
                N_("the row has the running number {found}, and the one before it {before}: rows are missing between"),
                N_("download the file again; where these are no running numbers, give a column mapping without serial"),
                Place(self.file, line, self._column("serial"), "serial"),
                found=found,
                before=before,
            )
        self._serial, self._down = found, found + 1 == before

    def _booked(self) -> Iterator[Booked]:
        swallowing = {spot.line for spot in self.sheet.swallow}
        for line, cells in self.rows:
            if not any(cells) or cells == self.heading or line in swallowing:
                continue
            day = day_of(self._cell(cells, "date"))
            if day:
                self._check_serial(line, cells)
                self._check_numbers(line, cells)
                row = self._row(line, cells, day) if self._is_whole(line, cells) else None
                if row:
                    yield row
            elif self._is_remark(cells):
                self.after.append((line, cells))
            else:
                self.findings.add_at(
                    "statement_day",
                    N_("{text!r} is not a day of booking"),
                    N_("download the file again; do not edit a statement by hand"),
                    Place(self.file, line, self._column("date"), "date"),
                    text=self._cell(cells, "date"),
                )

    def _is_remark(self, cells: list[str]) -> bool:
        """Whether a row without a day is one that says something about the others."""
        if _BEGINS_WITH_DIGIT.match(self._cell(cells, "date")):
            return False
        if is_total(self.shape, cells) or is_labelled(self.shape, cells):
            return True
        figures = any(_BEGINS_WITH_DIGIT.match(self._cell(cells, field)) for field in _FIGURES)
        return sum(cell != "" for cell in cells) <= _REMARK_CELLS and not figures

    def _is_whole(self, line: int, cells: list[str]) -> bool:
        """Whether a row has the cells that the heading has; notes where it has not."""
        last = max(column for columns in self.columns.values() for column in columns)
        if len(cells) <= last:
            self.findings.add_at(
                "row_cut",
                N_("the row ends at cell {end}, and what is read goes up to cell {last}"),
                N_("download the file again: it was cut off, or edited by hand"),
                Place(self.file, line, max(len(cells), 1)),
                end=len(cells),
                last=last + 1,
            )
            return False
        beyond = next((column for column in range(len(self.heading), len(cells)) if cells[column]), None)
        if beyond is not None:
            self.findings.add_at(
                "row_wider",
                N_("the row has {text!r} beyond the last heading, so its cells are not those of the headings"),
                N_("download the file again; a comma inside a text or an amount has split a cell"),
                Place(self.file, line, beyond + 1),
                text=cells[beyond],
            )
            return False
        return True

    def _row(self, line: int, cells: list[str], day: str) -> Booked | None:
        currency = self._currency(cells)
        digits = self.findings.digits(currency, line, "currency")
        directed = not self._says(cells, "direction")
        amount, minus = (
            self._amount(line, cells, digits) if directed else (self._undirected(line, cells, digits), False)
        )
        if amount is None:
            return None
        shown = self._cell(cells, "balance")
        balance = self._money(line, cells, "balance", digits) if shown and not is_masked(shown) else None
        references = tuple(self._cells(cells, "reference"))
        text = " ".join(dict.fromkeys(self._cells(cells, "text")))
        made = Line(
            place=line,
            booked_on=day,
            amount_fen=amount,
            reversal=minus or is_reversal(text),
            returned=is_return(text),
            reference=references[0] if references else "",
            counterparty=self._cell(cells, "counterparty"),
            text=text,
            references=references,
            number=self._cell(cells, "number").replace(" ", ""),
            balance_fen=balance,
        )
        return Booked(self._account(cells), currency, made, directed and not self._says(cells, "state"))

    def _says(self, cells: list[str], field: str) -> bool:
        """Whether the direction or the state of a row says that the file does not count it in."""
        return fold(self._cell(cells, field)) in self.shape.of(f"{field}.none")

    def _undirected(self, line: int, cells: list[str], digits: int) -> int | None:
        if "amount" in self.columns:
            return self._money(line, cells, "amount", digits)
        return self._from_two(line, cells, digits)[0]

    def _signed(self, booked: list[Booked]) -> list[Booked]:
        """The rows with the sign of a minus decided: by the layout, else by the balances, else it is noted."""
        if not self.minus:
            return booked
        readings = [booked, [_said_twice(row) if row.line.place in self.minus else row for row in booked]]
        if self.shape.minus:
            return readings[self.shape.minus == DIRECTION]
        agreeing = [reading for reading in readings if self._agrees(reading)]
        if len(agreeing) == 1:
            return agreeing[0]
        for place in self.minus.values():
            self.findings.add_at(
                "minus_unclear",
                N_("an outgoing amount with a minus takes an entry back or says out once more; no balance tells which"),
                N_("ask the bank, and give a column mapping with the line minus,reversal or minus,direction"),
                place,
            )
        return booked

    def _agrees(self, booked: list[Booked]) -> bool:
        """Whether every balance shown follows under this reading, and one of them beside such a minus proves it."""
        proved = False
        by_statement = sorted(booked, key=lambda row: (row.account, row.currency))
        for (_account, currency), rows in groupby(by_statement, key=lambda row: (row.account, row.currency)):
            digits = self.findings.digits(currency, 1)
            balance = self._labelled_amount("label.opening", digits)
            for line in oldest_first([row.line for row in rows if row.booked], balance):
                after = None if balance is None else balance + line.amount_fen
                if line.balance_fen is None:
                    balance = after
                    continue
                if after is not None and after != line.balance_fen:
                    return False
                proved |= after is not None and line.place in self.minus
                balance = line.balance_fen
        return proved

    def _amount(self, line: int, cells: list[str], digits: int) -> tuple[int | None, bool]:
        """(signed amount, whether a minus takes back an entry) of a row."""
        if "in" in self.columns and "out" in self.columns:
            return self._from_two(line, cells, digits)
        amount = self._money(line, cells, "amount", digits)
        word = fold(self._cell(cells, "direction"))
        if amount is None or "direction" not in self.columns:
            return amount, False
        incoming, outgoing = word in self.shape.of("direction.in"), word in self.shape.of("direction.out")
        if incoming == outgoing:
            self.findings.add_at(
                "direction_unknown",
                N_("{text!r} does not say whether money comes in or goes out"),
                N_("give a column mapping with direction.in and direction.out"),
                Place(self.file, line, self._column("direction"), "direction"),
                text=self._cell(cells, "direction"),
            )
            return None, False
        if amount < 0 and outgoing:
            self.minus[line] = Place(self.file, line, self._column("amount"), "amount")
        return (amount if incoming else -amount), amount < 0

    def _from_two(self, line: int, cells: list[str], digits: int) -> tuple[int | None, bool]:
        into = self._money(line, cells, "in", digits) if self._cell(cells, "in") else None
        out = self._money(line, cells, "out", digits) if self._cell(cells, "out") else None
        if into and out:
            self.findings.add_at(
                "amount_twice",
                N_("the row has an amount in both columns, in and out"),
                N_("download the file again; do not edit a statement by hand"),
                Place(self.file, line, self._column("out"), "out"),
            )
            return None, False
        if into is None and out is None:
            if not any(problem.place.line == line for problem in self.findings.problems):
                self.findings.add_at(
                    "amount_missing",
                    N_("the row has a day and no amount"),
                    N_("download the file again; do not edit a statement by hand"),
                    Place(self.file, line, self._column("in"), "in"),
                )
            return None, False
        if out is not None and out < 0:
            self.minus[line] = Place(self.file, line, self._column("out"), "out")
        # An amount in red on one side takes back an entry of that side.
        return (into or 0) - (out or 0), (into or 0) < 0 or (out or 0) < 0

    def _money(self, line: int, cells: list[str], field: str, digits: int) -> int | None:
        text = self._cell(cells, field)
        before = len(self.findings.problems)
        value = _plain(text, digits, self.findings)
        if len(self.findings.problems) > before:
            problem = self.findings.problems.pop()
            self.findings.add_at(
                problem.code,
                problem.what,
                problem.remedy,
                Place(self.file, line, self._column(field), field),
                **problem.values,
            )
        return value

    def _column(self, field: str) -> int:
        """The column of a field, from 1."""
        return self.columns[field][0] + 1

    def _cell(self, cells: Sequence[str], field: str) -> str:
        return next(iter(self._cells(cells, field)), "")

    def _cells(self, cells: Sequence[str], field: str) -> list[str]:
        places = self.columns.get(field, ())
        return [cells[place] for place in places if place < len(cells) and cells[place]]

    def _account(self, cells: Sequence[str]) -> str:
        return _number(self._cell(cells, "account") or self._said("label.account"))

    def _currency(self, cells: Sequence[str]) -> str:
        word = self._cell(cells, "currency") or self._said("label.currency") or "CNY"
        return currencies().get(fold(word), word)

    def _said(self, label: str) -> str:
        said = self.about.get(label)
        return said[0].text if said else ""


def _number(text: str) -> str:
    """An account's number as a file shows it."""
    number = text.strip("[]【】").replace(" ", "")
    # A bank that shows the last four only has masked the number itself.
    return f"****{number}" if 0 < len(number) <= _TAIL else number


def _said_twice(row: Booked) -> Booked:
    """The row where a minus says once more that money goes out."""
    line = row.line
    return row._replace(line=line._replace(amount_fen=-line.amount_fen, reversal=is_reversal(line.text)))


def _plain(text: str, digits: int, findings: Findings) -> int | None:
    return findings.amount(text.translate(_MONEY_SIGNS).removesuffix("元"), digits, 0)


def _looks_like_money(text: str) -> bool:
    return _MONEY.fullmatch(text.translate(_MONEY_SIGNS).removesuffix("元")) is not None


def _either(first: int | None, second: int | None) -> int | None:
    return second if first is None else first


def _opening(lines: list[Line]) -> int | None:
    """The balance before the first line, from the first balance that is shown."""
    moved = 0
    for line in lines:
        moved += line.amount_fen
        if line.balance_fen is not None:
            return line.balance_fen - moved
    return None


@cache
def currencies() -> dict[str, str]:
    """Every way a Chinese bank names a currency -> its code."""
    # Later ones win: names of past currencies must not hide those in use.
    chinese = Locale.parse("zh_CN").currencies
    names = {fold(chinese.get(code, code)): code for code in sorted(CURRENCIES, reverse=True)}
    codes = {fold(code): code for code in CURRENCIES}
    return names | codes | {"人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "港币": "HKD", "日圆": "JPY"}
