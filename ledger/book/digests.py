"""Where the digest behind an entry of a run stands: in the first entry of its line in that run, in full.

The others of the line follow that one at once and name the digest by its hash, so that nobody has to look far for it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from calculators.digest import Digest
from ledger.log import kinds
from ledger.log.canonical import canonical_again
from ledger.log.tree import leaf_hash, root
from ledger.store.ledger import View

# Reasons of the entries that only a run posts.
OF_A_RUN = ("award", "true_up")
# What of an entry is not known before it is written, or says what every entry of its run has to say.
_NOT_PROMISED = frozenset({*kinds.COMMON, "cause"})


def hash_of(digest: Digest) -> str:
    """The hash by which entries name a digest: its leaf hash, in hex."""
    return leaf_hash(canonical_again(digest)).hex()


def digest_hash(body: kinds.EntryBody) -> str:
    """The hash of the digest that an entry rests on; "" for an entry of no run."""
    return hash_of(body["digest"]) if "digest" in body else body.get("digest_of", "")


def of_run(view: View, first: int, count: int) -> Iterator[tuple[kinds.EntryBody, Digest]]:
    """The entries of a run, which are the records from `first` on, each with the digest that it rests on."""
    digest: Digest | None = None
    for row in view.at(first + count).records(kinds.ENTRY, since=first):
        digest = row.body.get("digest", digest)
        assert digest is not None, "the first entry of a run has a digest"
        yield row.body, digest


def promised_leaf(body: Mapping[str, Any]) -> bytes:
    """The leaf hash of an entry of a run, as its proposal promises it: without `actor`, `recorded_at` and `cause`."""
    promised = dict(body)
    for name in _NOT_PROMISED:
        promised.pop(name, None)
    return leaf_hash(canonical_again(promised))


def entries_root(bodies: Iterable[kinds.EntryBody]) -> str:
    """What a proposal says of the entries that its run will post, in their order: the root over them, in hex."""
    schema = {"$schema": kinds.ENTRY.schema}
    return root([promised_leaf({**schema, **body}) for body in bodies]).hex()


def digest_at(view: View, record: int) -> Digest | None:
    """The digest that the entry at log index `record` rests on; None for an entry of no run."""
    return digests_at(view, {record: view.body(kinds.ENTRY, record)})[record]


def digests_at(view: View, bodies: Mapping[int, kinds.EntryBody]) -> dict[int, Digest | None]:
    """The digests that entries rest on, by log index as the entries are given; None for an entry of no run."""
    looked = {record: (record, body) for record, body in bodies.items()}
    while following := {record: at - 1 for record, (at, body) in looked.items() if "digest_of" in body}:
        before = view.bodies(kinds.ENTRY, following.values())
        looked |= {record: (at, before[at]) for record, at in following.items()}
    return {record: body.get("digest") for record, (_, body) in looked.items()}
