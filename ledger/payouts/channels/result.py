"""What a channel answers: the state of each item of a batch, as values, and how answers are read safely."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from calculators.money import parse_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.payouts.states import State
from ledger.sheets.moments import beijing_day

# Larger than the answer to a hundred thousand orders; more is no answer to us.
MAX_BYTES = 64 * 2**20
_AMOUNT = re.compile(r"[0-9]+\.[0-9]{2}")


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What is said of one item: `row` is its place in the file (from 1), `amount_fen` the money that moved if named.

    `voucher` is the number under which the channel has carried it out, "" where it says none.
    """

    item: str
    state: State
    row: int
    amount_fen: int | None = None
    on: date | None = None
    reason: str = ""
    voucher: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """The answer to a batch. `everything` is a state said of all its items at once; None where only items are named.

    `warnings` are what is strange in a file that is taken all the same.
    """

    batch: str
    items: tuple[ItemResult, ...]
    everything: State | None = None
    reason: str = ""
    warnings: tuple[Problem, ...] = ()


class Reader:
    """Collects what is wrong with a file, so that all of it is said at once."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def refuse(self, code: str, what: str, remedy: str, row: int, key: str, /, **values: object) -> None:
        """Note a problem with field `key` of item `row` (0 for the file as a whole)."""
        name = f"item {row} {key}" if row else key
        self.problems.append(Problem(code, what, remedy, Place(self.source, key=name), values))

    def finish(self) -> None:
        """Refuse the file if anything was noted."""
        if self.problems:
            raise Refused(self.problems)

    def amount(self, text: object, row: int, key: str) -> int | None:
        """Fen from a text with exactly two decimals; notes `amount_malformed`."""
        if isinstance(text, str) and _AMOUNT.fullmatch(text):
            # There is no amount as large as some texts say.
            with suppress(ValueError):
                if fen := parse_yuan(text):
                    return fen
        self.refuse(
            "result_amount_malformed",
            N_("{text!r} is not an amount above 0 in yuan with exactly two decimals"),
            N_("ask the channel for the answer again; amounts are written as 33725.00"),
            row,
            key,
            text=_short(text),
        )
        return None

    def day(self, text: object, row: int, key: str) -> date | None:
        """A day from `YYYY-MM-DD`, or the Beijing day of a time; notes `result_date_malformed`.

        A time that names no zone is the channel's own, which is Beijing's.
        """
        try:
            return beijing_day(str(text))
        except ValueError:
            self.refuse(
                "result_date_malformed",
                N_("{text!r} is not a date"),
                N_("ask the channel for the answer again; days are written as 2025-07-01"),
                row,
                key,
                text=_short(text),
            )
            return None

    def state_unknown(self, text: object, row: int, key: str, known: str) -> None:
        """Note a state that the format does not have."""
        self.refuse(
            "result_state_unknown",
            N_("{text!r} is not a state of this format"),
            N_("a new word of a channel is never guessed: known are {known}; nothing of the file was taken"),
            row,
            key,
            text=_short(text),
            known=known,
        )

    def once(self, results: list[ItemResult]) -> None:
        """Note items that the file names twice."""
        seen: dict[str, int] = {}
        for result in results:
            first = seen.setdefault(result.item, result.row)
            if first != result.row:
                self.refuse(
                    "result_item_twice",
                    N_("{item} stands in place {first} too"),
                    N_("ask the channel for an answer that names each item once"),
                    result.row,
                    "",
                    item=result.item,
                    first=first,
                )


def check_size(content: bytes, source: str) -> None:
    """Refuse an answer that is empty or too large to be one (`result_empty`, `result_too_large`)."""
    if not content.strip():
        raise refuse(
            "result_empty",
            N_("the file is empty"),
            N_("ask the channel for the answer again; an empty answer says nothing of any item"),
            Place(source),
        )
    if len(content) > MAX_BYTES:
        raise refuse(
            "result_too_large",
            N_("the file has {size} bytes, and no answer is larger than {most}"),
            N_("check that it is the answer to a payment batch"),
            Place(source),
            size=len(content),
            most=MAX_BYTES,
        )


def _short(value: object) -> str:
    """A value of a file as a message may repeat it: cut, and long runs of digits hidden, which may be numbers."""
    text = str(value)[:40]
    digits = sum(sign.isdigit() for sign in text)
    return f"****{text[-4:]}" if digits > 12 and "-" not in text else text
