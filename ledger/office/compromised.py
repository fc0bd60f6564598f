"""Keys of officers that somebody else may have had: since which day, what was signed with them, what holds until others
have looked at it.

One person says so, and from then on nothing goes out that rests on what the key has signed since that day; with another
person's agreement the key signs nothing more. Two people clear what was signed, one by one or all of it: they confirm
it. What was undone by its own command holds nothing any more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.log.kinds import kind_of
from ledger.office.acts import rule_of
from ledger.office.holding import EVERYTHING, About, Payout, Read, about, of_awards
from ledger.office.signing import Signer, append_signed, by_acts, public_key, signer_for
from ledger.registry.agreements import answers, final
from ledger.store.ledger import Row, View, Writer, local_day

COMPROMISED: Final = "compromised"
CLEARED: Final = "cleared"
# Behind a staff number: about all that its key has signed.
REST = "rest"
_APPROVE = "approve"
_CANCELLED = "cancelled"


class Suspect(NamedTuple):
    """Whose key, since which day, and the log index of the agreement (None where nobody has agreed yet)."""

    person: str
    since: str
    until: int | None = None


class Suspicions(NamedTuple):
    """What nobody has looked at: by the log index of who said so; and the records that were cleared."""

    open: Mapping[int, Suspect] = {}
    cleared: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        """Whether anything was ever suspected and is not wholly settled."""
        return bool(self.open or self.cleared)

    def asked(self, seq: int, body: kinds.CompromiseBody) -> "Suspicions":
        """Somebody says that a key is compromised, or asks to clear what it has signed."""
        if body["state"] != COMPROMISED:
            return self
        return self._replace(open={**self.open, seq: Suspect(body["person"], body["since"])})

    def answered(self, seq: int, body: kinds.CompromiseBody, opinion: str, by: int) -> "Suspicions":
        """Another person has agreed to record `seq`, or not, with record `by`."""
        if opinion != _APPROVE:
            return self._replace(open={of: one for of, one in self.open.items() if of != seq})
        if body["state"] == COMPROMISED:
            return self._replace(open={**self.open, seq: Suspect(body["person"], body["since"], by)})
        if "records" in body:
            return self._replace(cleared=self.cleared | set(body["records"]))
        left = {of: one for of, one in self.open.items() if one.person != body["person"] or of > seq}
        return self._replace(open=left)

    def in_doubt(self, read: Read, end: int, person: str = "") -> Iterator[int]:
        """The acts and approvals below `end` that were signed with such a key (of `person`) and nobody has cleared."""
        found: set[int] = set()
        for one in self.open.values():
            if person in ("", one.person):
                found.update(signed_since(read, one.person, one.since, min(end, one.until or end)))
        yield from sorted(found - self.cleared)


def key_of(body: kinds.CompromiseBody) -> str:
    """What a record of this kind is a version of."""
    if body["state"] == COMPROMISED:
        return f"{body['person']}/{body['since']}"
    return f"{body['person']}/{body['records'][0] if 'records' in body else REST}"


def suspicions(view: View) -> Suspicions:
    """What is suspected in the log."""
    rows = list(view.records(kinds.COMPROMISE))
    if not rows:
        return Suspicions()
    said = answers(view)
    happened: list[tuple[int, Row[kinds.CompromiseBody], Row[kinds.ApprovalBody] | None]] = [
        (row.seq, row, None) for row in rows
    ]
    happened += [
        (said[row.seq].seq, row, said[row.seq]) for row in rows if row.seq in said and final(said[row.seq].body)
    ]
    found = Suspicions()
    for _at, row, answer in sorted(happened, key=lambda one: one[0]):
        if answer is None:
            found = found.asked(row.seq, row.body)
        else:
            found = found.answered(row.seq, row.body, answer.body["opinion"], answer.seq)
    return found


def signed_since(read: Read, person: str, since: str, end: int) -> Iterator[int]:
    """The acts, approvals and persons that somebody signed from a day on, below `end`; the last one first."""
    for seq in range(end - 1, -1, -1):
        body = read(seq)
        if day(body) < since:
            return
        if body["actor"] == person and "signature" in body and "act" in body:
            yield seq


def day(body: Mapping[str, Any]) -> str:
    """The day of a record in Shanghai."""
    return local_day(datetime.fromisoformat(body["recorded_at"])).isoformat()


class Undone(NamedTuple):
    """What its own commands have undone: records by log index, and payouts by item number."""

    records: frozenset[int]
    payouts: frozenset[str]

    def any(self, first: int, last: int) -> bool:
        """Whether a record from `first` to `last` is among them."""
        return any(first <= seq <= last for seq in self.records)


def undone(read: Read, first: int, end: int) -> Undone:
    """What records from `first` up to `end` have undone: turned down, ended, taken back, called off."""
    records, payouts = set(), set()
    for body in map(read, range(first, end)):
        kind = kind_of(body)
        if kind == kinds.APPROVAL.name and body["opinion"] != _APPROVE:
            records.add(body["about"])
        elif kind == kinds.RUN_ABORTED.name:
            records.add(body["proposal"])
        elif kind == kinds.WITHDRAWAL.name:
            records.add(read(body["run"])["proposal"])
        elif kind == kinds.IMPORT_WITHDRAWAL.name:
            records.add(body["import"])
        elif kind == kinds.OUTCOME.name and body["state"] == _CANCELLED:
            payouts.add(body["about"])
    return Undone(frozenset(records), frozenset(payouts))


def rests(read: Read, payout: Payout, runs: Callable[[], Iterable[int]], seq: int, without: Undone) -> Iterator[About]:
    """What payments rest on of what was signed with record `seq`, and nobody has undone since (`without`).

    `runs` are the closed runs by log index.
    """
    body = read(seq)
    if kind_of(body) == kinds.ACT.name:
        if without.any(body["first"], seq):
            return
        for at in range(body["first"], seq):
            covered = read(at)
            if rule_of(covered):
                yield from _about(read, payout, runs, at, covered, without)
    elif kind_of(body) != kinds.APPROVAL.name:
        yield from () if seq in without.records else (EVERYTHING,)
    elif body["opinion"] == _APPROVE and body["about"] not in without.records:
        said = read(body["about"])
        if kind_of(said) == kinds.ACT.name:
            yield from rests(read, payout, runs, body["about"], without)
        else:
            yield from _about(read, payout, runs, body["about"], said, without)


def _about(
    read: Read,
    payout: Payout,
    runs: Callable[[], Iterable[int]],
    seq: int,
    body: Mapping[str, Any],
    without: Undone,
) -> Iterator[About]:
    kind = kind_of(body)
    if kind == kinds.PROPOSAL.name:
        closed = next((run for run in map(read, runs()) if run["proposal"] == seq), None)
        if closed:
            yield from of_awards(range(closed["first"], closed["first"] + closed["count"]), read)
    elif kind == kinds.PAYMENT_BATCH.name:
        for item in map(read, range(body["first"], body["first"] + body["count"])):
            if item["key"] not in without.payouts:
                yield from of_awards((claim["award"] for claim in item["claims"]), read)
    elif kind == kinds.OUTCOME.name and payout(body["about"]) is None:
        # A batch that went out, or was called off: what it rests on was signed before.
        return
    elif kind != kinds.PAYOUT.name:
        yield from about(body, read, payout)


def say(writer: Writer, person: str, since: date, reason: str, signer: Signer | None) -> int:
    """Say that others may have had the key of somebody from a day on; the log index. Refuses `key_unknown`."""
    if not by_acts(writer) or not public_key(writer, person):
        raise refuse(
            "key_unknown",
            N_("no key of {person} is in force that signs what is written"),
            N_("give the staff number of somebody with a key: `subsidy people list`"),
            person=person,
        )
    if since > local_day(writer.now):
        raise refuse(
            "day_ahead",
            N_("{day} has not come yet"),
            N_("give the first day on which others may have had the key"),
            day=since,
        )
    body = kinds.CompromiseBody(
        key=f"{person}/{since}", state=COMPROMISED, person=person, since=since.isoformat(), reason=reason
    )
    return append_signed(writer, signer_for(writer, signer), kinds.COMPROMISE, body)


def clear(writer: Writer, person: str, records: Sequence[int], reason: str, signer: Signer | None) -> int:
    """Ask to clear what was signed with somebody's key, all of it where no records are named; the log index.

    Refuses `nothing_in_doubt`.
    """
    found = suspicions(writer)
    left = set(found.in_doubt(writer.record, writer.size, person))
    strange = next((seq for seq in records if seq not in left), None)
    if not any(one.person == person for one in found.open.values()) or strange is not None:
        raise refuse(
            "nothing_in_doubt",
            N_("record {record} is none that was signed with a key of {person} and that nobody has cleared")
            if strange is not None
            else N_("nobody has said that others may have had a key of {person}"),
            N_("`subsidy people signed {person}` lists what there is"),
            person=person,
            record=strange,
        )
    body = kinds.CompromiseBody(key="", state=CLEARED, person=person, reason=reason)
    if records:
        body["records"] = sorted(set(records))
    body["key"] = key_of(body)
    return append_signed(writer, signer_for(writer, signer), kinds.COMPROMISE, body)


def held_in_doubt(view: View) -> Iterator[tuple[int, str, list[About]]]:
    """What was signed with a key that others may have had and nobody has cleared: the record, whose, what it holds."""

    def payout(key: str) -> Mapping[str, Any] | None:
        row = view.current(kinds.PAYOUT, key)
        return row.body if row else None

    def runs() -> Iterator[int]:
        return (row.seq for row in view.records(kinds.RUN_CLOSED))

    doubted = list(suspicions(view).in_doubt(view.record, view.size))
    without = undone(view.record, min(doubted, default=view.size), view.size)
    for seq in doubted:
        yield seq, view.record(seq)["actor"], list(dict.fromkeys(rests(view.record, payout, runs, seq, without)))
