"""Netting: what a payee owes back, set against what it is owed, before the rest is paid.

A reduction of an award whose payment failed or was never made is set against that same award whatever the notice says:
it is one award, and nothing has to come back. Against other awards it is set where the notice of the debt says so.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from ledger.book.accounts import RECEIVABLE
from ledger.book.payables import Payable, open_parts
from ledger.book.posting import post
from ledger.log import kinds
from ledger.payouts import postings
from ledger.payouts.returns.debts import paid, recovered_account
from ledger.registry.notices import notices
from ledger.registry.payment_paths import recipients
from ledger.store.ledger import View, Writer, local_day


class Net(NamedTuple):
    """So much of a debt (an open reduction) is settled by so much of a payable, in fen above 0."""

    debt: Payable
    payable: Payable
    amount_fen: int


def nets(view: View, drafts: Sequence[Sequence[Payable]]) -> list[Net]:
    """What is netted before these drafts are paid, oldest debt first; no draft is brought below 0."""
    debts = open_parts(view, RECEIVABLE)
    if not debts:
        return []
    reach = _reach(view)
    left = {payable.award: payable.open_fen for draft in drafts for payable in draft}
    amounts = [sum(payable.open_fen for payable in draft) for draft in drafts]
    within: dict[str, list[tuple[int, Payable]]] = defaultdict(list)
    for n, draft in enumerate(drafts):
        for payable in draft:
            for place in reach.places(payable.line):
                within[place].append((n, payable))
    found = []
    for debt in sorted(debts):
        owed = -debt.open_fen
        for n, payable in within[reach.place(debt)]:
            fen = min(owed, amounts[n], left[payable.award])
            if fen > 0 and reach.allows(debt, payable):
                found.append(Net(debt, payable, fen))
                owed -= fen
                amounts[n] -= fen
                left[payable.award] -= fen
    return found


def netted_on(view: View, line: str) -> str:
    """How far the notice of a line lets its debts be netted: `line`, `firm`, or "" for not at all."""
    return _reach(view).scopes.get(line, "")


def book(writer: Writer, found: Sequence[Net]) -> None:
    """Record and book what is netted: a record and an entry of its own for each part."""
    today = local_day(writer.now)
    stored = writer.extend(
        kinds.NETTING,
        (
            kinds.NettingBody(
                line=net.debt.line,
                amount_fen=net.amount_fen,
                on=today.isoformat(),
                claims=[
                    kinds.ClaimedPart(award=net.payable.award, amount_fen=net.amount_fen),
                    kinds.ClaimedPart(award=net.debt.award, amount_fen=-net.amount_fen),
                ],
            )
            for net in found
        ),
    )
    post(
        writer,
        [
            postings.netted(
                str(record),
                net.debt,
                net.payable,
                net.amount_fen,
                prior_year=_prior_year(writer, net.debt, today),
                freed=recovered_account(writer, net.debt),
                effective_on=today,
                cause=record,
            )
            for net, (record, _leaf) in zip(found, stored, strict=True)
        ],
    )


def _prior_year(view: View, debt: Payable, today: date) -> bool:
    """Whether the money of a debt was spent in a year that is closed, or outside the ledger; not where none was."""
    payments = paid(view, debt)
    return payments.outside or (payments.last is not None and payments.last.on.year < today.year)


class _Reach(NamedTuple):
    """Per line how far its notice allows netting, and whom it pays."""

    scopes: Mapping[str, str]
    firms: Mapping[str, str]

    def places(self, line: str) -> tuple[str, str]:
        """Where a payable of a line is looked for: with the line, and with whom it is paid to."""
        return f"line/{line}", f"firm/{self.firms.get(line, '')}"

    def place(self, debt: Payable) -> str:
        """Where the payables stand that may settle a debt."""
        of_line, of_firm = self.places(debt.line)
        return of_firm if self.scopes.get(debt.line) == "firm" and self.firms.get(debt.line) else of_line

    def allows(self, debt: Payable, payable: Payable) -> bool:
        """Whether the payable may settle the debt."""
        scope = self.scopes.get(debt.line)
        if debt.line == payable.line:
            return bool(scope) or debt.due == payable.due
        firm = self.firms.get(debt.line)
        return scope == "firm" and bool(firm) and firm == self.firms.get(payable.line)


def _reach(view: View) -> _Reach:
    return _Reach(dict(_scopes(view)), recipients(view))


def _scopes(view: View) -> Iterator[tuple[str, str]]:
    by_notice = {name: versions[-1].notice.netting.against for name, versions in notices(view).items()}
    asked = {row.key: row.body["notice"] for row in view.rows(kinds.APPLICATION)}
    for row in view.rows(kinds.GRANT):
        against = by_notice.get(asked[row.body["application"]], "nothing")
        if against != "nothing":
            yield row.key, against
