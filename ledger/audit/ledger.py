"""An office's ledger: judged by the rule book where it writes, proved where money rests on what it reads.

A book that somebody else wrote to is explained in the words of verification, whichever command meets it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.log.checkpoint import Checkpoint
from ledger.log.schema_note import SchemaNote
from ledger.office.founding import awaits_second
from ledger.office.people import people
from ledger.office.signing import Signer, append_signed, by_acts, signer_for
from ledger.registry.agreements import agreement
from ledger.store import guards
from ledger.store.durable import replace
from ledger.store.ledger import Ledger as StoredLedger
from ledger.store.ledger import Upgraded, View, Writer
from ledger.store.rules import KEY as RULES_KEY
from ledger.store.rules import own_rules, same_rules

# The rule book knows every room: it is loaded by what writes or verifies, so that a question does not wait for it.
if TYPE_CHECKING:
    from ledger.audit.cut import Removed
    from ledger.audit.damage import Damage
    from ledger.rules.judging import Judging

# What follows from the records, and is made again from them.
_MADE_AGAIN = frozenset(
    {
        "schema_changed",
        "node_changed",
        "projection_missing",
        "projection_differs",
        "projection_surplus",
        "envelope_differs",
    }
)


class Cut(NamedTuple):
    """A book that was made again: the record that says so, the file that keeps what was taken away, and how much."""

    record: int
    file: Path
    removed: "Removed"


class Lost(NamedTuple):
    """What a backup lacks: its own head, the head that was signed last, and which orders it does not know.

    `made_at` and `manifest` are the time of the backup and the hash of its list of files, `schema` its schema note.
    """

    head: Checkpoint
    known: Checkpoint
    made_at: str
    manifest: str
    schema: str
    orders: tuple[kinds.LostOrder, ...]
    reason: str


class Ledger(StoredLedger):
    """A ledger that is given rule book and proof; it refuses what both name, besides what its store does.

    `signer` signs what is written, from the time on when every write is signed; `act` is the log index of the act
    over the last write here, None where it has none.
    """

    signer: Signer | None = None
    act: int | None = None

    def _in_office(self, view: View, staff_no: str, day: date) -> bool | None:
        person = people(view).get(staff_no)
        if person is None:
            # Who opens a ledger is known to nobody yet, and enters only that.
            return True if awaits_second(view) else None
        return person.in_office(day)

    def _finish(self, writer: Writer) -> None:
        from ledger.office.writes import sign_write

        self.act = sign_write(writer, self.signer) if by_acts(writer.at(writer.begun)) else None

    def _judge(self, view: View) -> "Judging":
        from ledger.rules.judging import Judging

        return Judging(view)

    def _prove(self, view: View, head: Checkpoint, *, money: bool) -> None:
        """Refuse what stands in the file and does not follow from the signed records, or is improper behind them.

        No money moves in a book that one person has made again or put back: `cut_waiting`, `restore_waiting`.
        """
        from ledger.audit.damage import Damage
        from ledger.audit.proof import UNREADABLE, disproved

        try:
            damage = disproved(view.connection, head, behind=view.size - head.size)
        except DatabaseError as error:
            damage = Damage("unreadable", {"reason": error.orig})
        except UNREADABLE as error:
            damage = Damage("unreadable", {"reason": repr(error)})
        if damage:
            raise self._refused(damage, head.size)
        if money:
            self._refuse_unagreed(view)

    def _refuse_unagreed(self, view: View) -> None:
        for back in view.rows(kinds.RESTORE):
            if agreement(view, back.seq) is None:
                raise refuse(
                    "restore_waiting",
                    N_("the ledger was put back from a backup by {actor}, and nobody else has agreed to that"),
                    N_("`subsidy approve {number}` by somebody else, who has looked at what was lost"),
                    Place(str(self.path), key=f"#{back.seq}"),
                    actor=back.body["actor"],
                    number=back.seq,
                )
        for row in view.rows(kinds.CUT):
            if agreement(view, row.seq) is not None:
                continue
            raise refuse(
                "cut_waiting",
                N_("the book was made again by {actor}, and nobody else has agreed to that"),
                N_("`subsidy approve {number}` by somebody else, who has read {file}"),
                Place(str(self.path), key=f"#{row.seq}"),
                actor=row.body["actor"],
                number=row.seq,
                file=row.body["file"],
            )

    def cut(self, actor: str, reason: str, signer: Signer | None = None) -> Cut:
        """Make the book again from its signed records; what is taken away is kept in a file beside the ledger.

        Signed by `signer` where keys are in use. Refuses `nothing_to_cut`, `signed_gone`
        and what `write` refuses.
        """
        from ledger.audit.cut import mend

        found: list[Removed] = []

        def mended(connection: Connection, head: Checkpoint) -> None:
            found.append(mend(connection, head))

        with self._write(actor, None, upgrading=False, proved=False, mend=mended) as writer:
            (removed,) = found
            content = "".join(f"{line}\n" for line in removed.lines).encode()
            digest = sha256(content).hexdigest()
            file = self.path.with_name(f"{self.path.stem}.cut-{writer.size}-{digest[:8]}.jsonl")
            record = append_signed(
                writer,
                signer_for(writer, signer),
                kinds.CUT,
                kinds.CutBody(
                    {
                        "key": str(writer.size),
                        "from": writer.size,
                        "count": removed.records,
                        "removed": removed.removed,
                        "restored": removed.restored,
                        "file": file.name,
                        "sha256": digest,
                        "reason": reason,
                    }
                ),
            )
            # Kept before it is gone: a write that fails after this leaves a file too many, never one too few.
            replace(file, content, 0o600)
        return Cut(record, file, removed)

    def put_back(self, actor: str, lost: "Lost", calculators: Iterable[str], signer: Signer | None = None) -> int:
        """Record that the ledger was put back from a backup, signed where keys are in use; the log index of that.

        A backup of an earlier release is carried over by the same write. Refuses what `write` refuses, but for
        `upgrade_needed`, and `anchor_moved`.
        """
        own, schema = own_rules(calculators), guards.own_schema()
        gone = (lost.known, lost.head) if lost.known.size > lost.head.size else None
        # The backup's file is held against the note of its own time.
        home = self.anchor
        home.put_schema(lost.schema)
        older = home.schema(home.open(self.genesis["log_key"]).verifier).schema != schema
        with self._write(actor, None, upgrading=True, proved=False, gone=gone) as writer:
            rules = writer.current(kinds.RULES, RULES_KEY)
            self._carry_over(writer, own, Upgraded(rules is None or not same_rules(rules.body, own), schema=False))
            body = kinds.RestoreBody(
                {
                    "key": str(writer.size),
                    "from": lost.head.size,
                    "to": max(lost.known.size, lost.head.size),
                    "root": (lost.known if gone else lost.head).root.hex(),
                    "made_at": lost.made_at,
                    "manifest": lost.manifest,
                    "reason": lost.reason,
                }
            )
            if lost.orders:
                body["orders"] = list(lost.orders)
            record = append_signed(writer, signer_for(writer, signer), kinds.RESTORE, body)
        if older:
            self._sign_schema(SchemaNote(lost.head.origin, schema, record))
        return record

    def _explained(self) -> Refused | None:
        from ledger.audit.verify import Trust, verify

        signed, trust = 0, None
        try:
            home = self.anchor
            key = home.open(self.genesis["log_key"]).verifier
            trust = Trust(home.checkpoint_file.read_text(encoding="utf-8"), key)
            signed = home.checkpoint(key).size
        except Refused:
            # Without its anchor a ledger can still be held against itself.
            pass
        found = next(iter(verify(self.path, trust).damages), None)
        return self._refused(found, signed) if found else None

    def refuse_damaged(self, damages: "Sequence[Damage]", signed: int) -> None:
        """Refuse the first of these damages, in verification's words; `signed` records stand under the signed head."""
        if damages:
            raise self._refused(damages[0], signed)

    def _refused(self, damage: "Damage", signed: int) -> Refused:
        """The damage in verification's words, and the way out; `signed` records stand under the signed head."""
        named = filter(None, (f"#{damage.record}", damage.kind, damage.key))
        place = Place(str(self.path), key=" ".join(named) if damage.record is not None else "")
        return Refused(Problem(damage.code, damage.what, _way_out(damage, signed), place, damage.values))


def _way_out(damage: "Damage", signed: int) -> str:
    if damage.record is not None and damage.record >= signed:
        return N_("`subsidy audit cut` takes away what was put behind the records that were signed")
    if damage.code in _MADE_AGAIN:
        return N_("somebody wrote to the file: `subsidy audit cut` makes its tables again from the signed records")
    return N_("run `subsidy audit verify`, and go on with a backup that is whole")
