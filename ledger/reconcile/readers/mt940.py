"""Read SWIFT MT940 customer statements, and MT942 interim reports, which have a floor (34F) in the place of balances.

Field 61 marks each entry `C`, `D`, `RC` or `RD`. A reversal of a credit (`RC`) takes money off the account, so it is a
debit, and `RD` is a credit. `EC` and `ED` are expected entries and not booked. Field 86 may run over several lines, is
free text or built of subfields (`?20`, `?32`, ...; or code words such as `/EREF/`), and belongs to the entry before it.

Its lines may look like fields (`:20:37`, the rest of a time) or like the dash that ends a message. What a line is, the
lines after it tell: fields of the heading follow each other, and nothing but another message follows an end.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from calculators.problems import N_
from ledger.reconcile.order import in_its_days
from ledger.reconcile.readers.labels import is_return, is_reversal
from ledger.reconcile.source import Findings, Source
from ledger.reconcile.statements import Declared, Line, Statement

# The fields of both messages. Others do not begin one, whatever a text looks like.
_FIELD = re.compile(r":(20|21|25P?|28C?|60[FM]|61|62[FM]|64|65|86|13D|34F|90[CD]):(.*)", re.DOTALL)
_HEADING = frozenset({"20", "21", "25", "25P", "28", "28C"})
# What follows the heading.
_AFTER_HEADING = frozenset({"60F", "60M", "13D", "34F"})
_BALANCES = frozenset({"60F", "60M", "62F", "62M", "64", "65"})
_OPENING, _CLOSING = frozenset({"60F", "60M"}), frozenset({"62F", "62M"})
_TEXTS = frozenset({"61", "86"})
# Follows where nothing does, or a block of an envelope.
_NOTHING = "."
_END = re.compile(r"-\s*$|-}")
_BALANCE = re.compile(r"([CD])(\d{6})([A-Z]{3})(\d{1,15},\d{0,5})")
_ENTRY = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?(?P<mark>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])?(?P<amount>\d{1,15},\d{0,5})"
    r"(?P<type>[A-Z][A-Z0-9]{0,3})?(?P<rest>.*)"
)
_COUNT = re.compile(r"(\d{1,5})([A-Z]{3})(\d{1,15},\d{0,5})")
_SUBFIELD = re.compile(r"\?(\d{2})")
_STRUCTURED = re.compile(r"\s*\d{3}\?")
_CODE_WORD = re.compile(r"/([A-Z]{2,4})/")
_SEPA_WORD = re.compile(r"(EREF|KREF|MREF|CRED|SVWZ|ABWA|IBAN|BIC)\+")
# A line of a field holds at most 65 signs; a full one goes on in the next without a space.
_FULL = 65
_NO_REFERENCE = {"NONREF", "NOTPROVIDED", "N", ""}
# Transaction types that say the entry is a returned item.
_RETURNED = {"NRTI", "FRTI", "SRTI"}


class Field(NamedTuple):
    """A field of a message: its tag, the lines of its content, and where it begins."""

    tag: str
    lines: tuple[str, ...]
    place: int

    @property
    def first(self) -> str:
        """The first line, where the coded content stands."""
        return self.lines[0].strip()


class _Entry(NamedTuple):
    """A line, whether it is booked, and whether only its value day is said."""

    line: Line
    booked: bool
    by_value: bool


def detect(source: Source) -> bool:
    """Whether the file is an MT940 or an MT942."""
    return message(source) != ""


def message(source: Source) -> str:
    """`mt940` or `mt942`; "" where the file is neither."""
    tags = {found[1] for line in _lines(source.head) if (found := _FIELD.match(line))}
    if not tags & {"20", "25", "25P"}:
        return ""
    return "mt940" if tags & _OPENING else "mt942" if tags & {"34F", "13D"} else ""


def read(source: Source) -> list[Statement]:
    """The statements of the file, one per message."""
    findings = Findings(source)
    statements = [_statement(fields, findings) for fields in _messages(source)]
    if not statements:
        findings.add(
            "statement_missing",
            N_("there is no message with the fields of a statement in the file"),
            N_("bring an MT940, or name the right format with --format"),
        )
    findings.finish()
    return statements


def _messages(source: Source) -> Iterator[list[Field]]:
    """The fields of each message: one begins with :20:, or with the heading after a close where that is left out."""
    fields: list[Field] = []
    for field in _fields(source):
        begins = field.tag == "20" or (field.tag in _HEADING and any(one.tag not in _HEADING for one in fields))
        if begins and fields:
            yield fields
            fields = []
        fields.append(field)
    if fields:
        yield fields


def _lines(text: str) -> list[str]:
    """The lines of a file, without the blocks of the envelope before the message's own."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    bare = [line.rpartition("{4:")[2] if line.startswith("{1:") else line for line in lines]
    return [line.strip() if line.lstrip().startswith(":") else line for line in bare]


def _fields(source: Source) -> Iterator[Field]:
    """The fields in order. A line that begins none goes on with the field before it."""
    tag, content, place = "", list[str](), 0
    for number, line, after in _followed(_lines(source.text)):
        found = _FIELD.match(line)
        if (found and _is_field(found, tag, after)) or _is_end(line, tag, after):
            if tag:
                yield Field(tag, tuple(content), place)
            tag, content, place = (found[1], [found[2]], number) if found else ("", [], 0)
        elif tag:
            content.append(line)
    if tag:
        yield Field(tag, tuple(content), place)


class _Next(NamedTuple):
    """What follows a line: the next one (its tag, "" for text, or `_NOTHING`), and whether it is in a heading.

    A heading is one where the next field that is none of the heading's is an opening balance, or a floor.
    """

    line: str
    heading: bool


def _followed(lines: list[str]) -> Iterator[tuple[int, str, _Next]]:
    """(number, line, what follows) of the lines that are not blank."""
    filled = [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    after = _Next(_NOTHING, heading=False)
    found: list[tuple[int, str, _Next]] = []
    for number, line in reversed(filled):
        found.append((number, line, after))
        match = _FIELD.match(line)
        if match:
            after = _Next(match[1], after.heading if match[1] in _HEADING else match[1] in _AFTER_HEADING)
        else:
            after = after._replace(line=_NOTHING if line.startswith("{") else "")
    yield from reversed(found)


def _is_field(found: re.Match[str], within: str, after: _Next) -> bool:
    """Whether a line that looks like a field is one; inside the text of an entry some do not."""
    if within not in _TEXTS:
        return True
    if found[1] in _HEADING:
        return after.heading
    return found[1] not in _BALANCES or not found[2][:2].isdigit()


def _is_end(line: str, within: str, after: _Next) -> bool:
    """Whether a dash ends the message: nothing follows, or another message does."""
    if not _END.match(line):
        return False
    return after.line == _NOTHING or (after.line in _HEADING and (within not in _TEXTS or after.heading))


def _statement(message: list[Field], findings: Findings) -> Statement:
    by_tag = {field.tag: field for field in reversed(message)}
    opening = _balance(by_tag.get("60F") or by_tag.get("60M"), findings)
    closing = _balance(by_tag.get("62F") or by_tag.get("62M"), findings)
    floor = by_tag.get("34F")
    currency = next((one.currency for one in (opening, closing) if one), floor.first[:3] if floor else "")
    start = message[0].place
    _once(message, findings)
    digits = findings.digits(currency, by_tag.get("60F", message[0]).place, "60F") if currency else 2
    if not currency:
        findings.add(
            "mt940_balance_missing",
            N_("no field of the message names the currency"),
            N_("bring a statement with :60F: and :62F:"),
            start,
            ":60F",
        )
    _same_currency(opening, closing, findings)
    account = by_tag.get("25") or by_tag.get("25P")
    number = by_tag.get("28C") or by_tag.get("28")
    entries = list(_entries(message, digits, findings))
    return Statement(
        account=account.first if account else "",
        currency=currency,
        digits=digits,
        place=start,
        name=number.first if number else "",
        opening_fen=opening.amount(digits, findings) if opening else None,
        closing_fen=closing.amount(digits, findings) if closing else None,
        opens_on=opening.day if opening else "",
        closes_on=closing.day if closing else "",
        lines=[
            in_its_days(entry.line, opening.day, closing.day) if entry.by_value and opening and closing else entry.line
            for entry in entries
            if entry.booked
        ],
        pending=[entry.line for entry in entries if not entry.booked],
        declared=_declared(by_tag, digits, findings),
    )


def _once(message: list[Field], findings: Findings) -> None:
    """Note a message with two openings or two closings: one would hide the other, and what stands between."""
    for tags in (_OPENING, _CLOSING):
        for field in [field for field in message if field.tag in tags][1:]:
            findings.add(
                "mt940_field_twice",
                N_("the message has a second field :{tag}:"),
                N_("download the file again; a line that begins a message is missing before it"),
                field.place,
                f":{field.tag}",
                tag=field.tag,
            )


class _Balance(NamedTuple):
    field: Field
    sign: int
    day: str
    currency: str
    text: str

    def amount(self, digits: int, findings: Findings) -> int | None:
        units = findings.amount(_point(self.text), digits, self.field.place, f":{self.field.tag}", self.text)
        return None if units is None else self.sign * units


def _balance(field: Field | None, findings: Findings) -> _Balance | None:
    if field is None:
        return None
    found = _BALANCE.fullmatch(field.first.replace(" ", ""))
    day = _day(found[2]) if found else ""
    if found is None or not day:
        findings.add(
            "mt940_balance",
            N_("{text!r} is not a balance"),
            N_("it should read like C241231CNY1234,56: mark, day, currency, amount"),
            field.place,
            f":{field.tag}",
            text=field.first,
        )
        return None
    return _Balance(field, -1 if found[1] == "D" else 1, day, found[3], found[4])


def _same_currency(opening: _Balance | None, closing: _Balance | None, findings: Findings) -> None:
    if opening and closing and opening.currency != closing.currency:
        findings.add(
            "currency_mixed",
            N_("one statement holds amounts in {currencies}"),
            N_("ask the bank for a statement per account and currency"),
            closing.field.place,
            f":{closing.field.tag}",
            currencies=f"{opening.currency}, {closing.currency}",
        )


def _declared(by_tag: dict[str, Field], digits: int, findings: Findings) -> Declared:
    found: dict[str, int | None] = {}
    for tag, count, total in (("90C", "credits", "credit_fen"), ("90D", "debits", "debit_fen")):
        field = by_tag.get(tag)
        if field is None:
            continue
        parts = _COUNT.fullmatch(field.first)
        if parts is None:
            findings.no_amount(field.first, digits, field.place, f":{tag}")
            continue
        found[count] = int(parts[1])
        found[total] = findings.amount(_point(parts[3]), digits, field.place, f":{tag}", parts[3])
    return Declared(**found)


def _entries(message: list[Field], digits: int, findings: Findings) -> Iterator[_Entry]:
    for position, field in enumerate(message):
        if field.tag != "61":
            continue
        after = message[position + 1] if position + 1 < len(message) else None
        line = _entry(field, after if after and after.tag == "86" else None, digits, findings)
        if line is not None:
            yield line


def _entry(field: Field, about: Field | None, digits: int, findings: Findings) -> _Entry | None:
    found = _ENTRY.fullmatch(field.first)
    value = _day(found["value"]) if found else ""
    if found is None or not value:
        findings.add(
            "mt940_entry",
            N_("{text!r} is not an entry"),
            N_("it should read like 2412311231D1234,56NTRFREF: day, mark, amount, type, reference"),
            field.place,
            ":61",
            text=field.first,
        )
        return None
    units = findings.amount(_point(found["amount"]), digits, field.place, ":61", found["amount"])
    booked_on = _booking_day(value, found["entry"])
    if not booked_on:
        findings.no_day(found["entry"], field.place, ":61")
    own, _, bank = found["rest"].partition("//")
    extra = " ".join(line.strip() for line in field.lines[1:] if line.strip())
    told = _About.of(about.lines if about else ())
    references = tuple(
        dict.fromkeys(one for one in (told.end_to_end, own.strip(), bank.strip()) if one.upper() not in _NO_REFERENCE)
    )
    text = " ".join(part for part in (told.text, extra) if part)
    mark = found["mark"]
    line = Line(
        place=field.place,
        booked_on=booked_on,
        amount_fen=(1 if mark in ("C", "RD", "EC") else -1) * (units or 0),
        reversal=mark in ("RC", "RD") or is_reversal(text),
        returned=(found["type"] or "") in _RETURNED or told.returned or is_return(text),
        reference=references[0] if references else "",
        counterparty=told.counterparty,
        text=text,
        references=references,
        number=told.number,
    )
    return _Entry(line, not mark.startswith("E"), found["entry"] is None)


class _About(NamedTuple):
    """What field 86 tells of an entry."""

    text: str = ""
    counterparty: str = ""
    number: str = ""
    end_to_end: str = ""
    returned: bool = False

    @classmethod
    def of(cls, lines: tuple[str, ...]) -> "_About":
        whole = "".join(lines)
        if _STRUCTURED.match(whole):
            return cls._of_subfields(whole)
        if _CODE_WORD.match(whole.lstrip()):
            return cls._of_code_words(whole)
        parts = [line if len(line) >= _FULL else f"{line} " for line in lines]
        return cls(text=" ".join("".join(parts).split()))

    @classmethod
    def _of_subfields(cls, whole: str) -> "_About":
        pieces = _SUBFIELD.split(whole)
        # Splitting at the numbers gives them and their contents in turn, after the business code in front.
        by_number = list(zip(pieces[1::2], pieces[2::2], strict=True))
        sepa: dict[str, str] = {}
        word = ""
        for number, part in by_number:
            if "20" <= number <= "29" or "60" <= number <= "63":
                # A word such as EREF+ begins a subfield; subfields without one go on with the one before.
                begins = _SEPA_WORD.match(part)
                word = begins[1] if begins else word
                sepa[word] = sepa.get(word, "") + (part[begins.end() :] if begins else part)
        text = sepa.get("SVWZ") or " ".join(sepa.values())
        booking = "".join(part for number, part in by_number if number == "00")
        numbers = {number: part.strip() for number, part in by_number}
        return cls(
            text=" ".join(f"{booking} {text}".split()),
            counterparty=" ".join("".join(part for number, part in by_number if number in ("32", "33")).split()),
            number=(numbers.get("38") or numbers.get("31") or "").replace(" ", ""),
            end_to_end=sepa.get("EREF", "").strip(),
        )

    @classmethod
    def _of_code_words(cls, whole: str) -> "_About":
        pieces = _CODE_WORD.split(whole)
        words = {word: part.strip(" /") for word, part in zip(pieces[1::2], pieces[2::2], strict=True)}
        return cls(
            text=" ".join((words.get("REMI") or words.get("USTD") or whole).split()),
            counterparty=words.get("NAME", ""),
            number=words.get("IBAN", "").replace(" ", ""),
            end_to_end=words.get("EREF", ""),
            returned="RTRN" in words,
        )


def _point(text: str) -> str:
    """SWIFT amounts have a comma for the point, with nothing after it where there are no decimals."""
    return text.replace(",", ".").rstrip(".")


def _day(text: str) -> str:
    """`YYYY-MM-DD` from `YYMMDD`; years from 80 on belong to the last century. "" where it is no day."""
    try:
        return date((1900 if int(text[:2]) >= 80 else 2000) + int(text[:2]), int(text[2:4]), int(text[4:])).isoformat()
    except ValueError:
        return ""


def _booking_day(value: str, entry: str | None) -> str:
    """The entry day in the year that brings it nearest to the value day; "" where it is no day."""
    if not entry:
        return value
    near = date.fromisoformat(value)
    days = []
    for year in (near.year - 1, near.year, near.year + 1):
        try:
            days.append(date(year, int(entry[:2]), int(entry[2:])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs((day - near).days)).isoformat() if days else ""
