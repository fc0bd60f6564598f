"""What the tables say of many records at once: sums and lists that a fold keeps as it takes them one by one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import and_, select

from ledger.log import kinds
from ledger.office.decisions import SHORTAGE
from ledger.payouts.free_money import whose
from ledger.payouts.movements import MOVING, about, counts
from ledger.payouts.named import references_of
from ledger.reconcile.decided import decided
from ledger.reconcile.sides import account_and_day, of_account
from ledger.registry.clawbacks import agreed_by_line
from ledger.registry.happened import given_fen, item_of
from ledger.rules.values import FUNDED, FUNDING
from ledger.store import tables
from ledger.store.ledger import View


def references(view: View, days: Iterable[str]) -> Mapping[str, Any]:
    """Day -> what the bank's lines that stand refer to, of those booked on it or later."""
    lines = [(account_and_day(row.key)[1], row.body) for row in view.rows(kinds.STATEMENT_LINE)]
    return {since: [tuple(references_of(body)) for day, body in lines if day >= since] for since in days}


def given_of(view: View, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], int]:
    """(Register, item) -> what the rows about it that stand have given of it, less what they took back."""
    wanted, found = set(keys), defaultdict[tuple[str, str], int](int)
    for register in {register for register, _item in wanted}:
        for row in view.rows(kinds.REGISTERS[register]):
            named = register, item_of(register, row.key)
            if named in wanted:
                found[named] += given_fen(register, row.body["data"])
    return found


def clawed(view: View) -> dict[str, tuple[str, ...]]:
    """Line -> the claw-backs that its award is reduced by, in order of agreement."""
    return {line: tuple(one.clawback for one in found) for line, found in agreed_by_line(view).items()}


def naming(view: View, facts: Iterable[int]) -> Mapping[int, tuple[str, ...]]:
    """Returned premium, by its record -> the claw-backs that name it, in order of their numbers."""
    wanted, found = set(facts), defaultdict[int, set[str]](set)
    for row in view.records(kinds.CLAWBACK):
        if "fact" in row.body and row.body["fact"] in wanted:
            found[row.body["fact"]].add(row.key)
    return {fact: tuple(sorted(numbers)) for fact, numbers in found.items()}


def allotted(view: View, keys: Iterable[str]) -> Mapping[str, str]:
    """Application -> the last decision that allotted it something of a short budget."""
    wanted = set(keys)
    said = (row for row in view.records(kinds.DECISION) if row.body["type"] == SHORTAGE)
    return {row["application"]: one.key for one in said for row in one.body["rows"] if row["application"] in wanted}


def funded(view: View, keys: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
    """Account -> month -> what lines that are matched as funding say came in, less what entries say was moved there."""
    wanted, found = set(keys), defaultdict[str, Counter[str]](Counter)
    entry, posting = tables.entry, tables.posting
    query = (
        select(entry.c.key, entry.c.effective_on, posting.c.account, posting.c.amount_fen)
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(entry.c.reason == FUNDED, posting.c.chart == "fin", entry.c.record < view.size)
    )
    for key, on, account, fen in view.connection.execute(query):
        if counts(FUNDED, "fin", account):
            found[about(FUNDED, key)][on[:7]] -= fen
    lines = {row.key: row.body for row in view.rows(kinds.STATEMENT_LINE)}
    currency = {row.key: row.body["currency"] for row in view.rows(kinds.STATEMENT)}
    for made in decided(view).in_force:
        for line in made.body["lines"] if made.body["kind"] == FUNDING else ():
            account, day = account_and_day(line)
            found[of_account(account, currency[lines[line]["statement"]])][day[:7]] += lines[line]["amount_fen"]
    return {key: found[key] for key in wanted & found.keys()}


def movements(view: View) -> Iterator[tuple[str, str, int]]:
    """(account, month, fen) of the entries that move money."""
    entry, posting = tables.entry, tables.posting
    of = whose(view)
    query = (
        select(entry.c.key, entry.c.reason, entry.c.effective_on, posting.c.account, posting.c.amount_fen)
        .join(posting, and_(posting.c.entry == entry.c.seq, posting.c.tag == entry.c.tag))
        .where(entry.c.reason.in_(sorted(MOVING)), posting.c.chart == "fin", entry.c.record < view.size)
    )
    for key, reason, on, account, fen in view.connection.execute(query):
        if counts(reason, "fin", account):
            name = about(reason, key)
            yield of.get(name, name), on[:7], fen
