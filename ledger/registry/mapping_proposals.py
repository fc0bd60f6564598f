"""Propose how a lender's file is read: from its headings and cells, from what was confirmed before, and from answers.

What the file does not say and nobody answered is asked for by a problem whose remedy names the option. Nothing is
guessed where two readings are possible; what is proposed is shown, and a second person confirms it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from calculators.facts.rules import is_floating
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.registry.mapping_words import as_recorded, check_value, contained, is_value
from ledger.registry.mappings import MAPPED, form_of
from ledger.sheets.around import surroundings, units_stated
from ledger.sheets.columns import AMOUNTS, RATES, Column, columns, fold, guarded
from ledger.sheets.faults import FOREIGN
from ledger.sheets.files import read_file
from ledger.sheets.grids import cell_text, clean
from ledger.sheets.headings import Heading, Template, folded, takes_unit, unsaid
from ledger.sheets.layout import Table
from ledger.sheets.names import RegisterName
from ledger.sheets.rates import RATE_UNITS, contradicts, over_lpr
from ledger.sheets.read import Sheet, is_blank, read_sheet, table_of
from ledger.sheets.reported import day_reported
from ledger.sheets.rows import read_rows
from ledger.sheets.suggestions import Suggestions
from ledger.sheets.units import Foreign, unit_of

Mode = Literal["full", "delta"]
# What a loan cannot be calculated rightly without, though its column may stay empty in a file of the template.
_ASKED = {"loans": ("due_day",)}
# What differs from row to row is never the same in all of them.
_OF_ITS_ROW = frozenset({"contract", "uscc", *AMOUNTS})
# How a title says that the file is all there is.
_ALL_THERE_IS = ("全量", "全部", "存量", "余额表")


@dataclass(frozen=True)
class Answers:
    """What the officer says of a file, as typed; empty where nothing is said.

    `headings` heading -> column ("" passes it over); `units` heading -> unit; `words` (column, word) -> value; `given`
    column -> value; `same` column -> heading.
    """

    register: str = ""
    sheet: str = ""
    mode: Mode | None = None
    through: Literal["file", "asked"] | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[tuple[str, str], str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)
    same: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Proposal:
    """How a file would be read.

    `lacks` is what the officer has still to say; `problems` are those of single cells as the file stands. `examples`
    are, by number of the column, its first filled cell as it stands there.
    """

    register: str
    rules: kinds.MappingRules
    file: str
    sha256: str
    lacks: tuple[Problem, ...]
    problems: tuple[Problem, ...]
    examples: Mapping[int, str]


class _Found(NamedTuple):
    register: str
    table: Table


def propose(path: Path, lender: str, answers: Answers, before: Mapping[str, kinds.MappingRules]) -> Proposal:
    """How a lender's file would be read; `before` are the rules in force by register, whose answers still hold.

    Refuses what `read_sheet` refuses of a file as a whole, `mapping_file_empty`, `mapping_headings_missing`,
    `mapping_register_unclear` and `mapping_answer_wrong`.
    """
    source, content = read_file(path)
    if is_blank(content):
        raise refuse(
            "mapping_file_empty",
            N_("the file is empty, and shows no form"),
            N_("bring a file of the lender with its headings and some rows"),
            Place(source),
        )
    found = _found(content, source, answers)
    making = _Making(found, source, lender, answers, before.get(found.register))
    making.headings()
    making.cells(read_sheet(path, making.optional, making.sheet, form_of(making.rules())))
    problems: tuple[Problem, ...] = ()
    rules = making.rules()
    if not making.lacks:
        whole = read_sheet(path, columns(found.register), making.sheet, form_of(rules))
        reading = read_rows(whole, columns(found.register), twins=MAPPED[found.register].twins)
        problems = tuple(sorted(reading.problems, key=lambda problem: (problem.place.line, problem.place.column)))
    return Proposal(
        register=found.register,
        rules=rules,
        file=source,
        sha256=sha256(content).hexdigest(),
        lacks=tuple(making.lacks),
        problems=problems,
        examples=making.examples,
    )


def _found(content: bytes, source: str, answers: Answers) -> _Found:
    """The register whose columns the file names most of, and its table there."""
    found: list[tuple[int, _Found]] = []
    refused: list[Refused] = []
    for register in [answers.register] if answers.register else MAPPED:
        known = Suggestions(register, answers.headings)
        try:
            table = table_of(content, source, known, answers.sheet)
            found.append((known.reads(table), _Found(register, table)))
        except Refused as one:
            refused.append(one)
    most = max((count for count, _found in found), default=0)
    best = [one for count, one in found if count == most]
    if not best:
        # What is wrong with the file says more than that its headings are not those of one register.
        other = next((one for one in refused if one.problems[0].code != "headings_missing"), None)
        raise other or refuse(
            "mapping_headings_missing",
            N_("no row of the file has headings that banks use for loans, events or receipts"),
            N_("bring the list itself, with its headings; a sheet of instructions is none; or choose it with --sheet"),
            refused[0].problems[0].place,
        )
    if len(best) > 1:
        raise refuse(
            "mapping_register_unclear",
            N_("the headings could be those of several registers: {registers}"),
            N_("say which with --register"),
            Place(source, best[0].table.line, 1),
            registers=", ".join(one.register for one in best),
        )
    return best[0]


class _Making:
    """A mapping in the making: call `headings`, then `cells` with the file as read under `rules`."""

    def __init__(
        self, found: _Found, source: str, lender: str, answers: Answers, earlier: kinds.MappingRules | None
    ) -> None:
        self._register = found.register
        self._columns = {column.name: column for column in columns(found.register)}
        self._template = Template(columns(found.register))
        self.optional = [replace(column, required=False) for column in self._columns.values()]
        self._table = found.table
        self._source = source
        self._lender = lender
        self._answers = answers
        self._earlier = earlier
        self.sheet = answers.sheet or (earlier.get("sheet", "") if earlier else "")
        before = (
            {mapped_heading["heading"]: mapped_heading.get("column", "") for mapped_heading in earlier["headings"]}
            if earlier
            else {}
        )
        said = {heading: self._named("--heading", column) for heading, column in answers.headings.items()}
        self._known = Suggestions(found.register, before | said)
        self._others = [Suggestions(name, {}) for name in MAPPED if name != found.register]
        self._around = surroundings(found.table)
        self._line, self._values = found.table.line, found.table.cells
        self._headings: list[kinds.MappedHeading] = []
        # Column -> the heading that it is read from.
        self._from: dict[str, str] = {}
        self._same: dict[str, str] = {}
        self._words: dict[tuple[str, str], kinds.MappedWord] = {}
        self._given: dict[str, str] = {}
        # Headings whose unit is asked for.
        self._asked: set[str] = set()
        self.lacks: list[Problem] = []
        self.examples: dict[int, str] = {}

    def rules(self) -> kinds.MappingRules:
        """The mapping as it stands."""
        texts = [text for _place, text in self._around]
        order = list(self._columns)
        before = self._earlier["mode"] if self._earlier else None
        whole: Mode = "full" if any(one in text for text in texts for one in _ALL_THERE_IS) else "delta"
        rules = kinds.MappingRules(
            mode=self._answers.mode or before or whole,
            headings=self._headings,
            words=sorted(
                self._words.values(), key=lambda mapped_word: (order.index(mapped_word["column"]), mapped_word["word"])
            ),
            given=[kinds.GivenValue(column=name, value=self._given[name]) for name in order if name in self._given],
            same=[kinds.SameAs(column=name, heading=self._same[name]) for name in order if name in self._same],
        )
        if self._reads_day(texts):
            rules["through"] = "file"
        if self.sheet:
            rules["sheet"] = self.sheet
        return rules

    def _reads_day(self, texts: Sequence[str]) -> bool:
        if self._answers.through:
            return self._answers.through == "file"
        if self._earlier:
            return "through" in self._earlier
        # A register of loans needs no day, and a loan that is signed after the month is one all the same.
        return self._register != "loans" and day_reported(texts) is not None

    def _named(self, option: str, text: str) -> str:
        """The column that an answer names; "" for none."""
        column = self._template.column(text)
        if text and column is None:
            raise refuse(
                "mapping_answer_wrong",
                N_("the register {register} has no column {column!r}"),
                N_("write one of: {columns}"),
                Place(option),
                register=RegisterName(self._register),
                column=guarded(text),
                columns=", ".join(self._columns),
            )
        return column.name if column else ""

    # Headings

    def headings(self) -> None:
        """Find out what each heading means and in which unit, and take the answers for what no heading says."""
        for number, value in enumerate(self._values, start=1):
            text = clean(str(value))
            if text:
                self._heading(number, text)
        self._check_headings()
        for name, heading in self._answers.same.items():
            column = self._free_column("--same", name)
            self._same[column] = self._there(heading) or ""
        for name, text in self._answers.given.items():
            column = self._free_column("--set", name)
            check_value(self._columns[column], clean(text), "--set")
            self._given[column] = as_recorded(self._columns[column], clean(text))
        if self._earlier:
            self._take_earlier(self._earlier)
        if "lender" in self._columns and "lender" not in self._from:
            self._given["lender"] = self._lender
        self._units()

    def _heading(self, number: int, text: str) -> None:
        place = Place(self._source, self._line, number)
        if guarded(text) != text:
            raise refuse(
                "mapping_heading_number",
                N_("{heading!r} stands where a heading should, and a mapping keeps no such number"),
                N_("bring the file with its headings; a row of data is none"),
                place,
                heading=guarded(text),
            )
        try:
            meant = self._known.meaning(text)
        except Foreign:
            raise refuse(FOREIGN.code, FOREIGN.what, FOREIGN.remedy, place, text=text) from None
        if meant is None and any(other.elsewhere(text) for other in self._others):
            # One file may tell of loans and of their drawdowns: each register reads its own.
            meant = Heading((), "")
        mapped = kinds.MappedHeading(at=number, heading=text)
        self._headings.append(mapped)
        self.examples[number] = self._example(number)
        if meant is None:
            free = ", ".join(f"{name} ({one.title})" for name, one in self._columns.items() if name not in self._from)
            self.lacks.append(
                Problem(
                    "mapping_heading_unclear",
                    N_("it is not known what {heading!r} means"),
                    N_("say --heading '{heading}=COLUMN', or --heading '{heading}=' to pass it over; columns: {free}"),
                    place,
                    {"heading": text, "free": free},
                )
            )
        elif meant.columns and meant.columns[0] in self._from:
            (column,) = meant.columns
            self.lacks.append(
                Problem(
                    "mapping_heading_double",
                    N_("{heading!r} and {other!r} both mean the column {column}"),
                    N_("pass one of them over: --heading '{heading}='"),
                    place,
                    {"heading": text, "other": self._from[column], "column": column},
                )
            )
        elif meant.columns:
            (mapped["column"],) = meant.columns
            self._from[mapped["column"]] = text
            if meant.unit:
                mapped["unit"] = meant.unit

    def _example(self, number: int) -> str:
        for _line, values in self._table.grid.rows[self._table.first :]:
            text = cell_text(values[number - 1]) if number <= len(values) else ""
            if text:
                return guarded(text)
        return ""

    def _take_earlier(self, earlier: kinds.MappingRules) -> None:
        """What was answered before, for what neither the file nor the officer says now."""
        for same in earlier["same"]:
            heading = self._there(same["heading"])
            if heading and same["column"] not in {*self._from, *self._same, *self._given}:
                self._same[same["column"]] = heading
        for given in earlier["given"]:
            if given["column"] not in {*self._from, *self._same, *self._given}:
                self._given[given["column"]] = given["value"]

    def _there(self, heading: str) -> str | None:
        """A heading as the file writes it; None where the file has none like it."""
        return next((head["heading"] for head in self._headings if folded(head["heading"]) == folded(heading)), None)

    def _free_column(self, option: str, name: str) -> str:
        """The column that an answer names, where neither a heading nor another answer says it."""
        column = self._named(option, name)
        other = self._from.get(column) or self._same.get(column)
        if other:
            raise refuse(
                "mapping_answer_wrong",
                N_("{column} is read from {heading!r} already"),
                N_("leave the option out, or pass the heading over: --heading '{heading}='"),
                Place(option),
                column=column,
                heading=other,
            )
        return column

    def _check_headings(self) -> None:
        """Every heading that the officer names stands in the file."""
        answers = self._answers
        named = {"--heading": [*answers.headings], "--unit": [*answers.units], "--same": [*answers.same.values()]}
        for option, headings in named.items():
            for heading in headings:
                if self._there(heading) is None:
                    raise refuse(
                        "mapping_answer_wrong",
                        N_("the file has no heading {heading!r}"),
                        N_("write it as the file does: {headings}"),
                        Place(option),
                        heading=guarded(heading),
                        headings=", ".join(head["heading"] for head in self._headings),
                    )

    # Units

    def _units(self) -> None:
        """A heading's own unit, else the officer's, what the title says of amounts, or the one confirmed before."""
        told = {unit.yuan: unit for unit in units_stated(self._source, self._around)}
        earlier = self._earlier["headings"] if self._earlier else []
        before = {
            folded(mapped_heading["heading"]): mapped_heading["unit"]
            for mapped_heading in earlier
            if "unit" in mapped_heading
        }
        answered = {folded(heading): unit for heading, unit in self._answers.units.items()}
        for head in self._headings:
            named = [self._columns[name] for name in (head.get("column"), *self._also(head["heading"])) if name]
            said = answered.get(folded(head["heading"]), "")
            if said:
                self._check_unit(head, said, named)
                head["unit"] = said
            elif "unit" in head or not named:
                continue
            elif unsaid(head["heading"], named, "") and folded(head["heading"]) not in before:
                self._ask_unit(head, named)
            elif any(column.kind in AMOUNTS for column in named) and len(told) > 1:
                head["unit"] = next(iter(told.values())).word
                self.lacks.append(
                    Problem(
                        "mapping_unit_unclear",
                        N_("the file states several units ({units}), and {heading!r} none"),
                        N_("say --unit '{heading}=UNIT'"),
                        Place(self._source, self._line, head["at"]),
                        {"units": ", ".join(unit.word for unit in told.values()), "heading": head["heading"]},
                    )
                )
            elif any(column.kind in AMOUNTS for column in named) and told:
                head["unit"] = next(iter(told.values())).word
            elif folded(head["heading"]) in before:
                head["unit"] = before[folded(head["heading"])]

    def _ask_unit(self, head: kinds.MappedHeading, named: Sequence[Column]) -> None:
        """Ask for the unit of a heading that seems to state one, which nobody understands for certain."""
        rate = any(column.kind in RATES for column in named)
        remedy = N_("say --unit '{heading}=UNIT', with 元, 千元, 万元 or 亿元")
        if rate:
            remedy = N_("say --unit '{heading}=UNIT': 月‰ or 月% for a rate by the month, 年‰ or % for one by the year")
        self._asked.add(head["heading"])
        self.lacks.append(
            Problem(
                "mapping_unit_unclear",
                N_("{heading!r} may state a unit, and it is not known for certain which"),
                remedy,
                Place(self._source, self._line, head["at"]),
                {"heading": head["heading"]},
            )
        )

    def _also(self, heading: str) -> list[str]:
        return [column for column, source in self._same.items() if source == heading]

    def _check_unit(self, mapped_heading: kinds.MappedHeading, said: str, named: Sequence[Column]) -> None:
        try:
            known = said in RATE_UNITS or unit_of(said) is not None
        except Foreign:
            known = False
        if not known or not any(takes_unit(column, said) for column in named):
            raise refuse(
                "mapping_answer_wrong",
                N_("{said!r} is no unit for {heading!r}"),
                N_("write 元, 千元, 万元 or 亿元 for amounts, and % for rates (月‰ and 月% for those by the month)"),
                Place("--unit"),
                said=said,
                heading=mapped_heading["heading"],
            )
        own = mapped_heading.get("unit", said)
        if own == said and contradicts(mapped_heading["heading"], said):
            raise refuse(
                "mapping_answer_wrong",
                N_("the heading {heading!r} says something else than {said!r}"),
                N_(
                    "write 月‰ or 月% for a rate by the month, 年‰ or % for one by the year; "
                    "the lender has to bring others so"
                ),
                Place("--unit"),
                said=said,
                heading=mapped_heading["heading"],
            )
        if own != said:
            raise refuse(
                "mapping_answer_wrong",
                N_("the heading {heading!r} states {own} itself"),
                N_("leave --unit out; if the heading is wrong, the lender has to correct it"),
                Place("--unit"),
                heading=mapped_heading["heading"],
                own=own,
            )

    # Cells

    def cells(self, sheet: Sheet) -> None:
        """Find out what words mean and whether rates are in per cent, and ask for what the file has nowhere."""
        for (name, text), value in self._answers.words.items():
            column = self._columns[self._named("--word", name)]
            check_value(column, clean(value), "--word")
            self._word(column.name, clean(text), as_recorded(column, clean(value)))
        for word in self._earlier["words"] if self._earlier else ():
            if word["column"] in self._from and (word["column"], fold(word["word"])) not in self._words:
                self._word(word["column"], word["word"], word["value"])
        for name in self._from:
            column = self._columns[name]
            # The first line of each text.
            texts: dict[str, int] = {}
            for row in sheet.rows:
                if name in row.cells:
                    texts.setdefault(row.cells[name], row.line)
            if column.choices or name == "lender":
                self._choices(sheet, column, texts)
            elif column.kind in RATES:
                self._rates(sheet, column, texts)
                self._tiny(sheet, column, texts)
        self._lacking(sheet)

    def _word(self, column: str, word: str, value: str) -> None:
        self._words[column, fold(word)] = kinds.MappedWord(column=column, word=word, value=value)

    def _choices(self, sheet: Sheet, column: Column, texts: Mapping[str, int]) -> None:
        for text, line in texts.items():
            if (column.name, fold(text)) in self._words or self._reads(column, text):
                continue
            value = self._contained(column, text)
            if value:
                self._word(column.name, text, value)
                continue
            remedy = N_("say --word '{column}:{text}=VALUE'; values: {allowed}")
            if not column.choices:
                remedy = N_(
                    "if it is a branch of the lender, say --word '{column}:{text}={lender}'; else remove its rows"
                )
            self.lacks.append(
                Problem(
                    "mapping_word_unclear",
                    N_("it is not known what {text!r} stands for"),
                    remedy,
                    sheet.place(line, column.name),
                    {"text": guarded(text), "column": column.name, "allowed": column.allowed, "lender": self._lender},
                )
            )

    def _reads(self, column: Column, text: str) -> bool:
        return is_value(column, text) if column.choices else text == self._lender

    def _contained(self, column: Column, text: str) -> str:
        if column.choices:
            return contained(column, text)
        # A branch of the lender, as its bank writes it.
        return self._lender if text.startswith(self._lender) else ""

    def _rates(self, sheet: Sheet, column: Column, texts: Mapping[str, int]) -> None:
        bare = {text: line for text, line in texts.items() if text.replace(".", "", 1).isdigit()}
        if not bare or self._from[column.name] in self._asked:
            return
        shown = next((text for text in bare if text.startswith("0")), "")
        remedy = N_("if 3.45 means 3.45%, say --unit '{heading}=%'")
        if shown:
            remedy = N_(
                "if {text} is a part of one, format the column in per cent; else the lender has to write the sign"
            )
        heading = self._from[column.name]
        self.lacks.append(
            Problem(
                "mapping_unit_unclear",
                N_("{heading!r} has numbers without a sign of per cent"),
                remedy,
                sheet.place(bare[shown] if shown else min(bare.values()), column.name),
                {"heading": heading, "text": shown},
            )
        )

    def _tiny(self, sheet: Sheet, column: Column, texts: Mapping[str, int]) -> None:
        """A column of which no cell can be in the unit that was said has another one."""
        number, _heading = sheet.headings[column.name]
        tiny = [problem for problem in sheet.problems if problem.code == "rate_tiny" and problem.place.column == number]
        if not texts and tiny:
            self.lacks.append(tiny[0])

    def _lacking(self, sheet: Sheet) -> None:
        needed = {name for name, column in self._columns.items() if column.required}
        needed |= {*_ASKED.get(self._register, ())}
        rates = [row.cells["rate"] for row in sheet.rows if "rate" in row.cells] + [self._given.get("rate", "")]
        if self._register == "loans" and any(is_floating(over_lpr(rate)) for rate in rates):
            needed.add("repriced")
        said = {*self._from, *self._same, *self._given}
        self.lacks += [self._ask(column) for name, column in self._columns.items() if name in needed - said]

    def _ask(self, column: Column) -> Problem:
        values: dict[str, object] = {"title": column.title, "column": column.name}
        near = next(
            (heading["heading"] for heading in self._headings if self._known.near(heading["heading"]) == column.name),
            "",
        )
        if column.kind in _OF_ITS_ROW:
            remedy = N_(
                "if it stands under another heading, say --heading 'HEADING={column}'; else the lender has to add it"
            )
        elif near:
            remedy = N_("if it is the same as {near!r}, say --same '{column}={near}'; else --set '{column}=VALUE'")
            values["near"] = near
        elif column.choices:
            remedy = N_("ask the lender, and say --set '{column}=VALUE'; values: {allowed}")
            values["allowed"] = column.allowed
        else:
            remedy = N_("ask the lender, and say --set '{column}=VALUE', for example {example}")
            values["example"] = column.example
        return Problem(
            "mapping_column_lacking",
            N_("the file does not say: {title}"),
            remedy,
            Place(self._source, self._line, 1),
            values,
        )
