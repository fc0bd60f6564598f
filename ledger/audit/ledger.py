"""An office's ledger: judged by the rule book where it writes, proved where money rests on what it reads.

A book that somebody else wrote to is explained in the words of verification, whichever command meets it.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import key_note, kinds
from ledger.log.checkpoint import BadCheckpoint, Checkpoint, SignerKey, VerifierKey
from ledger.log.checkpoint import verify as verify_checkpoint
from ledger.log.schema_note import SchemaNote
from ledger.office.founding import awaits_second
from ledger.office.people import people
from ledger.office.signing import Seen, Signer, append_signed, by_acts, signer_for
from ledger.registry.agreements import unagreed
from ledger.store import guards
from ledger.store.durable import replace
from ledger.store.ledger import STRANGE, Upgraded, View, Writer
from ledger.store.ledger import Ledger as StoredLedger
from ledger.store.log_keys import LOG_KEY, TakesOver, log_keys
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

    `key` is that of the anchor, where it took over from the one that signed the backup.

    `made_at` and `manifest` are the time of the backup and the hash of its list of files, `schema` its schema note.
    """

    head: Checkpoint
    known: Checkpoint
    made_at: str
    manifest: str
    schema: str
    orders: tuple[kinds.LostOrder, ...]
    reason: str
    key: SignerKey | None = None


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

        No money moves in a book that one person has made again or put back, or given another key: `cut_waiting`,
        `restore_waiting`, `log_key_waiting`.
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
        from ledger.rules.codes import CODES

        waiting = unagreed(view)
        if waiting:
            number = min(waiting)
            code = f"{waiting[number]}_waiting"
            what, remedy = CODES[code]
            actor = view.record(number)["actor"]
            raise refuse(code, what, remedy, Place(str(self.path), key=f"#{number}"), actor=actor, number=number)

    def cut(self, actor: str, reason: str, signer: Signer | None = None) -> Cut:
        """Make the book again from its signed records; what is taken away is kept in a file beside the ledger.

        Signed by `signer` where keys are in use. Refuses `nothing_to_cut`, `signed_gone`
        and what `write` refuses.
        """
        from ledger.audit.cut import remake

        found: list[Removed] = []

        def remade(connection: Connection, head: Checkpoint) -> None:
            found.append(remake(connection, head))

        with self._write(actor, None, upgrading=False, proved=False, remake=remade) as writer:
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

    def change_key(self, actor: str, reason: str, signer: Signer | None = None) -> int:
        """Let another key sign the heads of the log from now on, which the one in force signs for; the log index.

        Refuses what `write` refuses.
        """
        with self.read() as view:
            before = self.signing_key(view)
        key = self.anchor.next_key(before.name, self.entropy(32))
        with self._write(actor, None, upgrading=False, proved=False, next_key=TakesOver(key)) as writer:
            return self._say_key(writer, "rotated", reason, signer, (before.verifier, key, None), before)

    def lose_key(self, actor: str, reason: str, note: str, signer: Signer | None = None) -> int:
        """Go on with a new key where that of the log is lost; the log index of the record.

        `note` is the newest signed head that anybody has: the whole log is verified against it. Refuses
        `log_key_there`, `head_unproved`, what verification finds, and what `write` refuses.
        """
        home = self.anchor
        with self.read() as view:
            keys = log_keys(view)
            if home.holds_key(*keys):
                raise refuse(
                    "log_key_there",
                    N_("the key of the log lies in its anchor, so it is not lost"),
                    N_("change it without --lost: then the key before signs for the new one"),
                    Place(home.key_file.name),
                )
            heads = [_head_in(text, keys) for text in (note, home.note())]
            if heads[0] is None:
                raise refuse(
                    "head_unproved",
                    N_("this is no head that a key of this log has signed"),
                    N_("give the newest checkpoint that anybody has: the auditor's, a witness's, or that of a backup"),
                    Place(str(self.path)),
                )
            trust = max((head for head in heads if head), key=lambda head: head[0].size)
            for head in filter(None, heads):
                self._check_contains(view, head[0])
        from ledger.audit.verify import Trust, verify

        known = trust[0]
        self.refuse_damaged(verify(self.path, Trust(trust[2], trust[1])).damages, known.size)
        key = home.next_key(known.origin, self.entropy(32))
        with self._write(actor, None, upgrading=False, proved=False, next_key=TakesOver(key, known)) as writer:
            return self._say_key(writer, "lost", reason, signer, (VerifierKey.parse(keys[-1]), key, known))

    def _say_key(
        self,
        writer: Writer,
        cause: Literal["rotated", "lost", "restored"],
        reason: str,
        signer: Signer | None,
        change: tuple[VerifierKey, SignerKey, Checkpoint | None],
        *besides: SignerKey,
    ) -> int:
        """Record that a key takes over from another, behind a head (None: that of now); its log index."""
        before, key, known = change
        if known is None:
            there = writer.at(writer.begun)
            seen = Seen(kinds.Head(root=there.root().hex(), size=there.size), "")
            head = signer.seen(seen).head if signer else seen.head
            known = Checkpoint(key.name, head["size"], bytes.fromhex(head["root"]))
        note = key_note.KeyNote(key.name, before, key.verifier, known.size, known.root)
        body = kinds.LogKeyBody(key=LOG_KEY, cause=cause, note=key_note.sign(note, key, *besides), reason=reason)
        return append_signed(writer, signer_for(writer, signer), kinds.LOG_KEY, body)

    def put_back(self, actor: str, lost: "Lost", calculators: Iterable[str], signer: Signer | None = None) -> int:
        """Record that the ledger was put back from a backup, signed where keys are in use; the log index of that.

        A backup of an earlier release is carried over by the same write. Refuses what `write` refuses, but for
        `upgrade_needed`, and `anchor_moved`.
        """
        own, schema = own_rules(calculators), guards.own_schema()
        gone = (lost.known, lost.head) if lost.known.size > lost.head.size else None
        # The backup's file is held against the note of its own time.
        home = self.anchor
        older = False
        if lost.key is None:
            home.put_schema(lost.schema)
            with self.read() as view:
                older = home.schema(self.signing_key(view).verifier).schema != schema
        took_over = TakesOver(lost.key, lost.known) if lost.key else None
        with self._write(actor, None, upgrading=True, proved=False, gone=gone, next_key=took_over) as writer:
            rules = writer.current(kinds.RULES, RULES_KEY)
            self._carry_over(writer, own, Upgraded(rules is None or not same_rules(rules.body, own), schema=False))
            if lost.key:
                before = VerifierKey.parse(log_keys(writer)[-1])
                self._say_key(writer, "restored", lost.reason, signer, (before, lost.key, lost.head))
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

        signed: int | None = None
        trust = None
        try:
            home = self.anchor
            key = home.open(self.genesis["log_key"]).verifier
            trust = Trust(home.checkpoint_file.read_text(encoding="utf-8"), key)
            signed = home.checkpoint(key).size
        except (Refused, *STRANGE):
            # Without its anchor a ledger can still be held against itself.
            pass
        found = next(iter(verify(self.path, trust).damages), None)
        return self._refused(found, signed) if found else None

    def refuse_damaged(self, damages: "Sequence[Damage]", signed: int) -> None:
        """Refuse the first of these damages, in verification's words; `signed` records stand under the signed head."""
        if damages:
            raise self._refused(damages[0], signed)

    def _refused(self, damage: "Damage", signed: int | None) -> Refused:
        """The damage in verification's words, and the way out; `signed` records are under the signed head, if known."""
        named = filter(None, (f"#{damage.record}", damage.kind, damage.key))
        place = Place(str(self.path), key=" ".join(named) if damage.record is not None else "")
        return Refused(Problem(damage.code, damage.what, _way_out(damage, signed), place, damage.values))


def _head_in(note: str, keys: Sequence[str]) -> tuple[Checkpoint, VerifierKey, str] | None:
    """The head in a note, the key of the log that has signed it, and the note; None where none has."""
    for key in map(VerifierKey.parse, keys):
        with suppress(BadCheckpoint):
            return verify_checkpoint(note, key), key, note
    return None


def _way_out(damage: "Damage", signed: int | None) -> str:
    if damage.record is not None and signed is not None and damage.record >= signed:
        return N_("`subsidy audit cut` takes away what was put behind the records that were signed")
    if damage.code in _MADE_AGAIN:
        return N_("somebody wrote to the file: `subsidy audit cut` makes its tables again from the signed records")
    return N_("run `subsidy audit verify`, and go on with a backup that is whole")
