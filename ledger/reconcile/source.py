"""A statement file as brought: its name, its bytes, and the problems found in it, all of them at once."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from calculators.money import minor_digits, parse_minor
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.sheets.columns import guarded
from ledger.sheets.files import MAX_BYTES, read_file
from ledger.sheets.grids import decode, is_workbook

# Enough of a file to tell its format.
HEAD = 4096


@dataclass(frozen=True)
class Source:
    """A file to be read."""

    name: str
    content: bytes

    @classmethod
    def of(cls, path: Path, limit: int = MAX_BYTES) -> "Source":
        """The file at `path`; refuses `file_unreadable`, `file_too_large` and `statement_empty`."""
        name, content = read_file(path, limit)
        if not content.strip():
            raise refuse(
                "statement_empty",
                N_("there is nothing in the file"),
                N_("download it again from the bank"),
                Place(name),
            )
        return cls(name, content)

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes, in hex."""
        return sha256(self.content).hexdigest()

    @cached_property
    def head(self) -> str:
        """The beginning of the file as text, for telling its format; signs it cannot read are replaced."""
        start = self.content[:HEAD]
        for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
            if start.startswith(mark):
                return start.decode(encoding, "replace")
        return start.decode("utf-8", "replace")

    @property
    def is_workbook(self) -> bool:
        """Whether the file is a spreadsheet."""
        return is_workbook(self.content)

    @cached_property
    def text(self) -> str:
        """The whole file as text, UTF-8 or GB18030; refuses `encoding_unknown`."""
        return decode(self.content, self.name)


class Findings:
    """The problems of one file, collected while it is read."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def add(self, code: str, what: str, remedy: str, line: int = 0, key: str = "", /, **values: object) -> None:
        """Note a problem at a line of the file."""
        self.add_at(code, what, remedy, Place(self.source.name, line, 1 if line else 0, key), **values)

    def add_at(self, code: str, what: str, remedy: str, place: Place, /, **values: object) -> None:
        """Note a problem at a place; a number that may be an account stands masked in it, whatever cell it is from."""
        shown = {name: guarded(value) if isinstance(value, str) else value for name, value in values.items()}
        self.problems.append(Problem(code, what, remedy, place, shown))

    def finish(self) -> None:
        """Refuse the file with everything noted; nothing happens where nothing was."""
        if self.problems:
            raise Refused(sorted(self.problems, key=lambda problem: (problem.place.line, problem.place.column)))

    def digits(self, currency: str, line: int, key: str = "") -> int:
        """The decimals of a currency; an unknown one is noted, and 2 goes on for it."""
        try:
            return minor_digits(currency)
        except ValueError:
            self.add(
                "currency_unknown",
                N_("{currency!r} is not the code of a currency"),
                N_("ask the bank; codes are those of ISO 4217, such as CNY"),
                line,
                key,
                currency=currency,
            )
            return 2

    def amount(self, text: str, digits: int, line: int, key: str = "", written: str = "") -> int | None:
        """An amount in minor units; one that is none is noted as `written` in the file, and None goes on for it."""
        try:
            return parse_minor(text, digits)
        except ValueError:
            self.no_amount(written or text, digits, line, key)
            return None

    def no_amount(self, text: str, digits: int, line: int, key: str = "") -> None:
        """Note a text that stands where an amount should."""
        self.add(
            "statement_amount",
            N_("{text!r} is not an amount with at most {digits} decimals"),
            N_("download the file again; do not edit a statement by hand"),
            line,
            key,
            text=text,
            digits=digits,
        )

    def no_day(self, text: str, line: int, key: str = "") -> None:
        """Note a text that stands where a day of booking should."""
        self.add(
            "statement_day",
            N_("{text!r} is not a day of booking"),
            N_("download the file again; do not edit a statement by hand"),
            line,
            key,
            text=text,
        )
