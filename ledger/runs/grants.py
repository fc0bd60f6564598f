"""Record an import of grants together with what it reserves: in one write, so neither stands without the other.

A granted grant reserves its ceiling in its envelope; accrual has moved a part of that on already. A new version posts
the difference, and a grant that falls or becomes a refusal gives back what has not accrued.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeAlias

from ledger.book.accounts import AVAILABLE, RESERVED
from ledger.book.balances import posted_awards
from ledger.book.payables import kept_by_line
from ledger.book.posting import Entry, Posting, post
from ledger.book.projection import BOOK
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.approvals import REJECT, Approval, sign, subject
from ledger.office.signing import Signer
from ledger.office.turned_down import follows, undoing
from ledger.registry.drafts import content
from ledger.registry.grants import GRANTS
from ledger.registry.imports import Change, Comparison, record
from ledger.registry.withdrawals import Withdrawn, withdraw
from ledger.store.ledger import Vault, Writer, local_day

# What a grant says, by name of the field.
Fields: TypeAlias = Mapping[str, Any]


def record_grants(writer: Writer, vault: Vault, comparison: Comparison) -> dict[str, int]:
    """Append what the comparison found and post its reservations; key -> log index of each record appended.

    Refuses `envelope_unknown` and `envelope_short` for the whole import.
    """
    # Keys of entries count the versions a grant had before this import.
    versions = {change.key: len(writer.history(kinds.GRANT, change.key)) for change in comparison.changes}
    appended = record(writer, vault, comparison)
    _reserve(writer, _moves(comparison.changes, versions, appended))
    return appended


def withdraw_import(writer: Writer, number: int, reason: str, confirmed: Collection[str] = ()) -> Withdrawn:
    """Take an import back; of grants, with what it reserved. Refuses as `withdrawals.withdraw` does."""
    versions = {key: len(history) for key, history in writer.versions(kinds.GRANT).items()}
    done = withdraw(writer, number, reason, confirmed)
    if done.register is GRANTS:
        _reserve(writer, _moves(done.changes, versions, done.appended))
    return done


def turn_down(writer: Writer, signer: Signer | None, number: int, reason: str) -> Approval:
    """Sign against the act at log index `number`, or take it back as its author: what it wrote is without effect.

    What stood before stands again, and of grants what they reserve. Refuses `nothing_to_approve`, `act_done`,
    `act_superseded`, and what `approvals.sign` refuses.
    """
    about, undoes = subject(writer, number), undoing(writer, number)
    signed = sign(writer, signer, about, REJECT, reason)
    moves = []
    for undo in undoes:
        kind, body = follows(writer, number, undo, signed.record)
        versions = len(writer.history(kinds.GRANT, undo.key)) if undo.register == kinds.GRANT.register else 0
        seq, fell = writer.append(kind, body), writer.record(undo.last)
        if undo.register == kinds.GRANT.register:
            before = kinds.own(fell) if kind_of(fell) == kinds.GRANT.name else None
            moves.append(_Move(undo.key, before, body if kind is kinds.GRANT else None, versions, seq))
    _reserve(writer, moves)
    return signed


class _Move(NamedTuple):
    """A grant's fields before and after record `cause`, None where it does not stand; `n` versions came before."""

    key: str
    before: Fields | None
    after: Fields | None
    n: int
    cause: int


def _moves(changes: Iterable[Change], versions: Mapping[str, int], appended: Mapping[str, int]) -> Iterator[_Move]:
    # What stays as it is appends nothing.
    for change in (change for change in changes if change.key in appended):
        before = content(change.before) if change.before else None
        after = change.draft.fields if change.draft else None
        yield _Move(change.key, before, after, versions[change.key], appended[change.key])


def _reserve(writer: Writer, moves: Iterable[_Move]) -> None:
    """Post what changes of grants reserve and give back."""
    accrued: Counter[str] = Counter()
    for (line, _due), award in posted_awards(writer).items():
        accrued[line] += award.amount_fen
    # What is owed back has not given its indicator back, so it is not reserved again either.
    accrued.update(kept_by_line(writer))
    entries = []
    for move in moves:
        postings = tuple(moved(move.before, move.after, accrued[move.key]))
        if postings:
            entries.append(reservation(move.key, move.n, move.cause, move.after, local_day(writer.now), postings))
    post(writer, entries)


def reservation(
    grant: str, n: int, cause: int, after: Fields | None, today: date, postings: tuple[Posting, ...]
) -> Entry:
    """The entry of version `n` of a grant (from 0), which is the record `cause`; `after` is None for a void.

    It takes effect on the day of the decision; a grant that is taken back has no other day than today.
    """
    return Entry(
        key=f"{BOOK}/grant/{grant}/{n}",
        reason="grant",
        effective_on=today if after is None else date.fromisoformat(after["granted_on"]),
        cause=cause,
        document="" if after is None else after["document"],
        postings=postings,
    )


def moved(before: Fields | None, after: Fields | None, accrued_fen: int) -> Iterator[Posting]:
    """What moves between available and reserved, per envelope; nothing where the reservation stays as it is.

    `before` and `after` are the grant's fields in the two versions, None where it does not stand.
    """
    moves: dict[str, int] = {}
    for fields, side in ((before, -1), (after, 1)):
        if fields is not None and fields["outcome"] == "granted":
            envelope = fields["envelope"]
            moves[envelope] = moves.get(envelope, 0) + side * _still_reserved(fields, accrued_fen)
    for envelope, amount_fen in sorted(moves.items()):
        if amount_fen:
            on = kinds.TermsBody(envelope=envelope)
            yield Posting("ind", RESERVED, amount_fen, on)
            yield Posting("ind", AVAILABLE, -amount_fen, on)


def _still_reserved(fields: Fields, accrued_fen: int) -> int:
    ceiling_fen: int = fields["ceiling_fen"]
    return ceiling_fen - accrued_fen
