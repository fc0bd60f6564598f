"""The agent bank's statement of a zero-balance account (per code: used and returned) against the account's entries."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.reconcile.monthly import Account, Used
from ledger.sheets.columns import columns
from ledger.sheets.read import read_sheet
from ledger.sheets.rows import read_rows
from ledger.sheets.suggestions import Suggestions

REGISTER = "agent-statement"
Code = tuple[str, str]


class Compared(NamedTuple):
    """What book and bank say of a code (function, economic); None where one of them does not have it."""

    function: str
    economic: str
    book: Used | None
    bank: Used | None

    @property
    def agrees(self) -> bool:
        """Whether both say the same; a code that only one has agrees if it moved nothing."""
        return (self.book or Used()) == (self.bank or Used())


def chosen(accounts: list[Account], key: str) -> Account:
    """The account that a statement is compared with: the one named, or the only one of its kind.

    Refuses `account_unknown` and `account_not_named`.
    """
    zero_balance = [account for account in accounts if account.funding == "zero_balance"]
    found = [account for account in accounts if account.key == key] if key else zero_balance
    if key and not found:
        raise refuse(
            "account_unknown",
            N_("there is no account {account} to pay from"),
            N_("write its reference as `subsidy pay prepare` shows it"),
            account=key,
        )
    if len(found) != 1:
        raise refuse(
            "account_not_named",
            N_("{count} zero-balance accounts are registered, and the file does not say whose it is"),
            N_("name the account with --account"),
            count=len(found),
        )
    return found[0]


class Statement(NamedTuple):
    """What the bank says of each code, and what is strange in its file."""

    codes: Mapping[Code, Used]
    warnings: Sequence[Problem]


def compare(account: Account, statement: Statement) -> list[Compared]:
    """Every code of either side, in order."""
    theirs = statement.codes
    ours = account.book_used
    return [Compared(*code, ours.get(code), theirs.get(code)) for code in sorted(ours.keys() | theirs.keys())]


def total(rows: list[Compared]) -> Compared:
    """The sums of both sides."""
    return Compared("", "", _sum(row.book for row in rows if row.book), _sum(row.bank for row in rows if row.bank))


def _sum(many: Iterable[Used]) -> Used:
    return Used(*(sum(column) for column in zip(Used(), *many, strict=True)))


def read_statement(path: Path, sheet: str = "") -> Statement:
    """The bank's statement. Refuses rows that cannot be read, `code_twice` and `list_empty`."""
    register = columns(REGISTER)
    reading = read_rows(read_sheet(path, register, sheet, loose=Suggestions(REGISTER, {})), register, twins=True)
    found: dict[Code, Used] = {}
    for row in reading.rows:
        code = row.cells["function"], row.cells.get("economic", "")
        if code in found:
            reading.refuse(
                "code_twice",
                N_("the codes stand in a row before"),
                N_("ask the bank for one row per pair of codes"),
                row.line,
                "function",
            )
        found[code] = _used(row.cells)
    if reading.problems:
        raise Refused(reading.problems)
    if not found:
        raise refuse(
            "list_empty",
            N_("the list has no rows"),
            N_("`subsidy template agent-statement` makes an empty one to fill in"),
            Place(reading.sheet.source, 1, 1),
        )
    return Statement(found, reading.warnings)


def _used(cells: Mapping[str, Any]) -> Used:
    return Used(*(cells.get(f"{name}_fen", 0) for name in Used._fields))
