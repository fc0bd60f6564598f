"""Entries of a run: whether each rests on a digest of its line, which stands where a reader looks for it.

The first entry of a line in a run has the digest in full; those that follow it at once name it by its hash. A true-up
names the entry that it replaces, and the hash of that one's digest.
"""

from collections.abc import Iterator

from ledger.book.digests import OF_A_RUN, digest_hash
from ledger.log import kinds
from ledger.rules.records import Logged, Read


class Digests:
    """Takes the entries of a log one by one; `read(seq)` gives the body of an earlier record."""

    def __init__(self, read: Read) -> None:
        self._read = read
        # The last entry of a run with the digest that it rests on, whose hash is made where somebody names it.
        self._last: Logged[kinds.EntryBody] | None = None
        self._full: kinds.EntryBody | None = None
        self._hash = ""

    def check(self, record: Logged[kinds.EntryBody]) -> Iterator[str]:
        """The fields of the next entry that are not as they have to be."""
        body = record.body
        if body["reason"] not in OF_A_RUN:
            yield from sorted(body.keys() & {"digest", "digest_of", "replaces", "replaced_digest"})
            return
        if "digest" in body:
            self._full, self._hash = body, ""
            if "digest_of" in body or self._continues(record) or body["digest"].get("line") != body.get("line"):
                yield "digest"
        elif not self._continues(record) or body.get("digest_of") != self._hash_in_full():
            yield "digest_of"
        self._last = record
        if (body["reason"] == "true_up") != ("replaces" in body):
            yield "replaces"
        elif "replaces" in body and not self._replaces(record):
            yield "replaced_digest"

    def _continues(self, record: Logged[kinds.EntryBody]) -> bool:
        """Whether the entry before this one is of the same line and run."""
        last, body = self._last, record.body
        return (
            last is not None
            and last.seq == record.seq - 1
            and last.body.get("line") == body.get("line")
            and last.body["cause"] == body["cause"]
        )

    def _hash_in_full(self) -> str:
        if not self._hash and self._full is not None:
            self._hash = digest_hash(self._full)
        return self._hash

    def _replaces(self, record: Logged[kinds.EntryBody]) -> bool:
        """Whether a true-up names an earlier entry of its line and due period, and that one's digest."""
        body = record.body
        if body["replaces"] >= record.seq:
            return False
        before = self._read(body["replaces"])
        if kinds.kind_of(before) != kinds.ENTRY.name or before["reason"] not in OF_A_RUN:
            return False
        same = (before.get("line"), before.get("due")) == (body.get("line"), body.get("due"))
        return same and digest_hash(before) == body.get("replaced_digest")
