"""Read the tables that Chinese banks and wallet operators let one download, as CSV or as a spreadsheet.

A preamble and totals stand around the table; cells are padded with tabs or filled with hyphens; amounts have thousands
commas, stand in one signed column, in one with a direction beside it, or in separate columns for in and out; balances
may be masked; the newest line often comes first. `shapes` says which heading holds what.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from babel.numbers import get_currency_name
from moneyed import CURRENCIES

from calculators.problems import N_, Place, refuse
from ledger.reconcile.readers.labels import is_labelled, is_return, is_reversal, is_total, labelled
from ledger.reconcile.readers.shapes import SEVERAL, SHIPPED, Shape, fold, shipped
from ledger.reconcile.source import Findings, Source
from ledger.reconcile.statements import Declared, Line, Statement
from ledger.sheets.columns import iso_date
from ledger.sheets.grids import Value, cell_text, csv_rows, workbook_rows


def oldest_first(lines: Sequence[Line]) -> list[Line]:
    """The lines as booked: turned round where the file lists the newest first, else as they stand.

    The days decide; where all are of one day, the balances do, if they only run backwards.
    """
    kept = list(lines)
    if len(kept) < 2:
        return kept
    turned = kept[::-1]
    first, last = kept[0].booked_on, kept[-1].booked_on
    newest_first = first > last if first != last else _links(turned) > _links(kept)
    return turned if newest_first else kept


def _links(lines: Sequence[Line]) -> int:
    """How many lines have the balance that follows from the line before."""
    return sum(
        after.balance_fen - after.amount_fen == before.balance_fen
        for before, after in pairwise(lines)
        if after.balance_fen is not None and before.balance_fen is not None
    )


DELIMITERS = (",", "\t", ";", "|")
# Preambles are short; a heading row further down is not looked for.
_HEADING_WITHIN = 60
_FILLER = re.compile(r"[-—]+")
_COMPACT_DAY = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_MONEY_SIGNS = str.maketrans("", "", "¥￥+ ")
# A row with so few cells and no day is a remark of the bank.
_REMARK_CELLS = 2
_TAIL = 4

Row = tuple[int, list[str]]


class Header(NamedTuple):
    """Where the table begins: the place of its row, its shape, and the columns (from 0) of each field."""

    row: int
    shape: Shape
    columns: dict[str, tuple[int, ...]]


class Booked(NamedTuple):
    """A row of the table before its account and currency decide its statement."""

    account: str
    currency: str
    line: Line


def find(source: Source, shapes: Iterable[Shape] | None = None) -> tuple[list[Row], Header] | None:
    """The rows of the file and its heading row, by the shape that knows most of its headings; None where none does."""
    wanted = list(shapes) if shapes is not None else [shipped(name) for name in SHIPPED]
    best: tuple[int, list[Row], Header] | None = None
    for rows in _grids(source):
        for shape in wanted:
            header = _header(rows, shape)
            if header is None:
                continue
            known = sum(len(columns) for columns in header.columns.values())
            if best is None or known > best[0]:
                best = (known, rows, header)
    return best[1:] if best else None


def read(source: Source, shapes: Iterable[Shape] | None = None) -> list[Statement]:
    """The statements of the file, one per account and currency; refuses `statement_headings`."""
    found = find(source, shapes)
    if found is None:
        raise refuse(
            "statement_headings",
            N_("no row of the file has the headings of a statement: a day, and amounts"),
            N_("name the bank with --format, or give your own column mapping there"),
            Place(source.name, 1, 1),
        )
    rows, header = found
    return _Table(source, rows, header).statements()


def _grids(source: Source) -> Iterator[list[Row]]:
    """The rows of the file as text, once per way of splitting it."""
    if source.is_workbook:
        yield [(line, [_text(value) for value in cells]) for line, cells in workbook_rows(source.content, source.name)]
        return
    for delimiter in DELIMITERS:
        if delimiter in source.text:
            rows = csv_rows(source.text, delimiter, source.name)
            yield [(line, [_text(value) for value in cells]) for line, cells in rows]


def _text(value: Value) -> str:
    """A cell as text, fillers and padding removed; a number that a spreadsheet has damaged keeps a sign of it."""
    text = cell_text(value)
    if text is None:
        return f"#{value}"
    return "" if _FILLER.fullmatch(text) else text


def _header(rows: Sequence[Row], shape: Shape) -> Header | None:
    for index, (_line, cells) in enumerate(rows[:_HEADING_WITHIN]):
        folded = [fold(cell) for cell in cells]
        columns = {}
        for field in shape.fields:
            places = [folded.index(heading) for heading in shape.of(field) if heading in folded]
            if places and "." not in field:
                columns[field] = tuple(dict.fromkeys(places)) if field in SEVERAL else (places[0],)
        if "date" in columns and ("amount" in columns or ("in" in columns and "out" in columns)):
            return Header(index, shape, columns)
    return None


class _Table:
    """One table under examination."""

    def __init__(self, source: Source, rows: list[Row], header: Header) -> None:
        self.source = source
        self.shape = header.shape
        self.columns = header.columns
        self.before = [cells for _line, cells in rows[: header.row]]
        self.heading = rows[header.row][1]
        self.rows = rows[header.row + 1 :]
        self.findings = Findings(source)
        self.about = labelled(self.shape, self.before)
        self.after: list[list[str]] = []
        # A minus beside the word for "out" says the same twice, unless the file also has such amounts without it.
        self.minus_is_reversal = self._has_plain_outgoing()

    def statements(self) -> list[Statement]:
        booked = list(self._booked())
        self.about = labelled(self.shape, [*self.before, *self.after])
        groups: dict[tuple[str, str], list[Line]] = {}
        for row in booked:
            groups.setdefault((row.account, row.currency), []).append(row.line)
        if not groups:
            account, currency = self._account([]), self._currency([])
            groups[(account, currency)] = []
        alone = len(groups) == 1
        made = [self._statement(account, currency, lines, alone) for (account, currency), lines in groups.items()]
        self.findings.finish()
        return made

    def _statement(self, account: str, currency: str, lines: list[Line], alone: bool) -> Statement:
        digits = self.findings.digits(currency, self.rows[0][0] if self.rows else 1)
        ordered = oldest_first(lines)
        opening, closing = (self._labelled_amount(f"label.{which}", digits) for which in ("opening", "closing"))
        if not alone:
            opening = closing = None
        if opening is None:
            opening = _opening(ordered)
        if closing is None and ordered:
            closing = ordered[-1].balance_fen
        if closing is None and not ordered:
            closing = opening
        return Statement(
            account=account,
            currency=currency,
            digits=digits,
            place=ordered[0].place if ordered else 1,
            opening_fen=opening,
            closing_fen=closing,
            opens_on=ordered[0].booked_on if ordered else "",
            closes_on=ordered[-1].booked_on if ordered else "",
            lines=ordered,
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
        for cells in self.after:
            if not is_total(self.shape, cells):
                continue
            for field in ("in", "out"):
                text = self._cell(cells, field)
                value = _plain(text, digits, self.findings) if _looks_like_money(text) else None
                if value is not None:
                    sums[field] = value
        return sums

    def _labelled_amount(self, label: str, digits: int) -> int | None:
        text = self.about.get(label, "")
        return _plain(text, digits, self.findings) if _looks_like_money(text) else None

    def _labelled_count(self, label: str) -> int | None:
        digits = re.match(r"\d+", self.about.get(label, ""))
        return int(digits[0]) if digits else None

    def _booked(self) -> Iterator[Booked]:
        for line, cells in self.rows:
            if not any(cells) or cells == self.heading:
                continue
            day = _day(self._cell(cells, "date"))
            if day:
                row = self._row(line, cells, day)
                if row:
                    yield row
            elif self._is_remark(cells):
                self.after.append(cells)
            else:
                place = Place(self.source.name, line, self.columns["date"][0] + 1, "date")
                self.findings.add_at(
                    "statement_day",
                    N_("{text!r} is not a day of booking"),
                    N_("download the file again; do not edit a statement by hand"),
                    place,
                    text=self._cell(cells, "date"),
                )

    def _is_remark(self, cells: list[str]) -> bool:
        filled = sum(cell != "" for cell in cells)
        return filled <= _REMARK_CELLS or is_total(self.shape, cells) or is_labelled(self.shape, cells)

    def _row(self, line: int, cells: list[str], day: str) -> Booked | None:
        currency = self._currency(cells)
        digits = self.findings.digits(currency, line, "currency")
        amount, minus = self._amount(line, cells, digits)
        if amount is None:
            return None
        shown = self._cell(cells, "balance")
        balance = None
        if shown and "*" not in shown:
            balance = self._money(line, cells, "balance", digits)
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
        return Booked(self._account(cells), currency, made)

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
                Place(self.source.name, line, self.columns["direction"][0] + 1, "direction"),
                text=self._cell(cells, "direction"),
            )
            return None, False
        if amount < 0 and outgoing and not self.minus_is_reversal:
            return amount, False
        return (amount if incoming else -amount), amount < 0

    def _from_two(self, line: int, cells: list[str], digits: int) -> tuple[int | None, bool]:
        into = self._money(line, cells, "in", digits) if self._cell(cells, "in") else None
        out = self._money(line, cells, "out", digits) if self._cell(cells, "out") else None
        if into and out:
            self.findings.add_at(
                "amount_twice",
                N_("the row has an amount in both columns, in and out"),
                N_("download the file again; do not edit a statement by hand"),
                Place(self.source.name, line, self.columns["out"][0] + 1, "out"),
            )
            return None, False
        if into is None and out is None:
            if not any(problem.place.line == line for problem in self.findings.problems):
                self.findings.add_at(
                    "amount_missing",
                    N_("the row has a day and no amount"),
                    N_("download the file again; do not edit a statement by hand"),
                    Place(self.source.name, line, self.columns["in"][0] + 1, "in"),
                )
            return None, False
        # An amount in red on one side takes back an entry of that side.
        return (into or 0) - (out or 0), (into or 0) < 0 or (out or 0) < 0

    def _has_plain_outgoing(self) -> bool:
        if "direction" not in self.columns or "amount" not in self.columns:
            return False
        words = self.shape.of("direction.out")
        return any(
            fold(self._cell(cells, "direction")) in words
            and self._cell(cells, "amount")
            and not self._cell(cells, "amount").startswith("-")
            for _line, cells in self.rows
        )

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
                Place(self.source.name, line, self.columns[field][0] + 1, field),
                **problem.values,
            )
        return value

    def _cell(self, cells: Sequence[str], field: str) -> str:
        return next(iter(self._cells(cells, field)), "")

    def _cells(self, cells: Sequence[str], field: str) -> list[str]:
        places = self.columns.get(field, ())
        return [cells[place] for place in places if place < len(cells) and cells[place]]

    def _account(self, cells: Sequence[str]) -> str:
        number = (self._cell(cells, "account") or self.about.get("label.account", "")).strip("[]【】").replace(" ", "")
        # A bank that shows the last four only has masked the number itself.
        return f"****{number}" if 0 < len(number) <= _TAIL else number

    def _currency(self, cells: Sequence[str]) -> str:
        word = self._cell(cells, "currency") or self.about.get("label.currency", "") or "CNY"
        return currencies().get(fold(word), word)


def _plain(text: str, digits: int, findings: Findings) -> int | None:
    return findings.amount(text.translate(_MONEY_SIGNS).removesuffix("元"), digits, 0)


def _looks_like_money(text: str) -> bool:
    return re.fullmatch(r"[-+]?[\d,]+(\.\d+)?", text.translate(_MONEY_SIGNS).removesuffix("元")) is not None


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


def _day(text: str) -> str:
    """The ISO day of a cell that begins with a day, a time of day after it or not; "" where it does not."""
    day = text.replace("T", " ").split(" ")[0]
    compact = _COMPACT_DAY.fullmatch(day)
    try:
        return iso_date("-".join(compact.groups()) if compact else day)
    except ValueError:
        return ""


@cache
def currencies() -> dict[str, str]:
    """Every way a Chinese bank names a currency -> its code."""
    # Later ones win: names of past currencies must not hide those in use.
    names = {fold(get_currency_name(code, locale="zh_CN")): code for code in sorted(CURRENCIES, reverse=True)}
    codes = {fold(code): code for code in CURRENCIES}
    return names | codes | {"人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "港币": "HKD", "日圆": "JPY"}
