"""Sign records and check signatures: which bytes a person signs, and who is asked to sign them.

What is signed is the record itself (`ledger.log.acts`): whoever has the bytes of the log has the bytes that were
signed. How somebody signs is a `Signer`: nothing here, and nothing that writes records, knows where a key lies.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.log.acts import signed_bytes
from ledger.registry.agreements import agreed, answers, enrolled
from ledger.store.ledger import View, Writer, local_day

# Days for which a signature counts, the day on which it is given excepted.
VALID_DAYS = 10


class KeyInForce(NamedTuple):
    """A public key in hex, and the log index of the record that put it in force."""

    public: str
    since: int


class Seen(NamedTuple):
    """What somebody saw of the log who signs, and the last day on which the signature counts."""

    head: kinds.Head
    valid_until: str


class Signer(Protocol):
    """A way to sign as the actor of a write: a file with a key, or a tool on another machine."""

    @property
    def place(self) -> Place:
        """What a refusal of the signature names."""

    def seen(self, now: Seen) -> Seen:
        """What the signer saw: what there is to be seen now, or what was shown when it was signed elsewhere."""

    def sign(self, message: bytes, covered: Sequence[bytes] = ()) -> str:
        """The Ed25519 signature over these bytes, 64 bytes in hex; `covered` is what the message has a root over."""


def holds(body: Mapping[str, Any], public: str, field: str = "signature") -> bool:
    """Whether the signature in `field` of a record was made with the key whose public half is `public` (hex)."""
    return verifies(public, body[field], signed_bytes(body))


def verifies(public: str, signature: str, message: bytes) -> bool:
    """Whether a signature over these bytes was made with the key whose public half is `public`; both in hex."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), message)
    except InvalidSignature:
        return False
    return True


def append_act(
    writer: Writer,
    signer: Signer | None,
    kind: kinds.Kind[kinds.ActT],
    body: kinds.ActT,
    proofs: Callable[[bytes], Mapping[str, str]] = lambda _message: {},
    covered: Sequence[bytes] = (),
    public: str = "",
) -> int:
    """Append an act with what its signer saw, signed; its log index. `body` holds which act it is, and as which post.

    `proofs` gives further signatures over the same message, by the fields that hold them; `covered` is what it has a
    root over, `public` the key of who founds the ledger, which it puts in force itself. Without a signature where there
    is no signer. Refuses what `signature_of` refuses.
    """
    # A new ledger is seen as it is made; else what stood before the write.
    seen_at = writer.at(writer.begun) if writer.begun else writer
    now = Seen(
        kinds.Head(root=seen_at.root().hex(), size=seen_at.size),
        (local_day(writer.now) + timedelta(days=VALID_DAYS)).isoformat(),
    )
    seen = signer.seen(now) if signer else now
    body["origin"] = writer.body(kinds.GENESIS, 0)["origin"]
    body["head"] = seen.head
    body["valid_until"] = seen.valid_until
    if signer is not None:
        body["signature"] = signature_of(writer, signer, kind, body, covered, public)
    given: Any = {**body, **proofs(signed_bytes({**writer.head(kind), **body}))}
    return writer.append(kind, given)


def append_signed(writer: Writer, signer: Signer | None, kind: kinds.Kind[kinds.SignedT], body: kinds.SignedT) -> int:
    """Append a record that carries its actor's signature; its log index. Refuses what `signature_of` refuses.

    Without a signature where there is no signer (see `signer_for`), or where the whole write is signed by an act.
    """
    if signer is not None and not by_acts(writer):
        body["signature"] = signature_of(writer, signer, kind, body)
    return writer.append(kind, body)


def signature_of(
    writer: Writer,
    signer: Signer,
    kind: kinds.Kind[Any],
    body: Mapping[str, Any],
    covered: Sequence[bytes] = (),
    public: str = "",
) -> str:
    """The signature of a write's actor over a record of it, in hex; `body` holds its other fields.

    Refuses `signing_key_unrecorded` and `signing_key_differs`: it must hold under the key in force of the actor.
    """
    known = public or public_key(writer, writer.actor)
    if not known:
        raise refuse(
            "signing_key_unrecorded",
            N_("the ledger knows no key of {actor}"),
            N_("two others enter it: `subsidy people enrol {actor} --post POST --document NO --public HEX`")
            if by_acts(writer)
            else N_("make one with `subsidy people key {actor} --file FILE`"),
            actor=writer.actor,
        )
    message = signed_bytes({**writer.head(kind), **body})
    signature = signer.sign(message, covered)
    if not verifies(known, signature, message):
        raise refuse(
            "signing_key_differs",
            N_("this is not the key in force of {actor}"),
            N_("sign with the key recorded last; `subsidy people list` shows its beginning"),
            signer.place,
            actor=writer.actor,
        )
    return signature


def signer_for(writer: Writer, signer: Signer | None) -> Signer | None:
    """Who signs what needs a second person's signature; None while nobody has a key.

    Refuses `signing_key_needed` where keys are in use and nobody is named.
    """
    if not keys_in_use(writer):
        return None
    if signer is None:
        raise refuse(
            "signing_key_needed",
            N_("keys are in use here, so this needs your signature"),
            N_(
                "name the file of your private key with --key FILE, or once for all in SUBSIDY_KEY; if you have none, "
                "make one with `subsidy sign --new-key {name} --key FILE`, and let two others enter it with `subsidy "
                "people enrol`"
            )
            if by_acts(writer)
            else N_(
                "name the file of your private key with --key FILE, or once for all in SUBSIDY_KEY; if you have none, "
                "`subsidy people key` makes one"
            ),
            name=f"{writer.actor}@{writer.body(kinds.GENESIS, 0)['origin']}",
        )
    return signer


def public_key(view: View, staff_no: str) -> str:
    """The public key in force of a person, in hex; empty where there is none."""
    found = public_keys(view).get(staff_no)
    return found.public if found else ""


def public_keys(view: View) -> dict[str, KeyInForce]:
    """The public keys in force, by staff number: made alone, or entered with a person by two.

    One that two people found compromised is in force no more.
    """
    found = _recorded(view)
    for row in agreed(view, kinds.COMPROMISE):
        key = found.get(row.body["person"])
        if key is not None and row.body["state"] == "compromised" and key.since < row.seq:
            del found[row.body["person"]]
    return found


def burnt(view: View) -> frozenset[str]:
    """The public keys that two people found compromised: nobody has one of them again."""
    found: set[str] = set()
    said = answers(view)
    for row in agreed(view, kinds.COMPROMISE):
        before = public_keys(view.at(said[row.seq].seq)).get(row.body["person"])
        if before is not None and row.body["state"] == "compromised" and before.since < row.seq:
            found.add(before.public)
    return frozenset(found)


def _recorded(view: View) -> dict[str, KeyInForce]:
    """The public keys recorded last, by staff number."""
    found = {row.key: KeyInForce(row.body["public"], row.seq) for row in view.rows(kinds.KEY)}
    for seq, row in enrolled(view):
        if "public" in row.body and (row.key not in found or found[row.key].since < seq):
            found[row.key] = KeyInForce(row.body["public"], seq)
    return found


def by_acts(view: View) -> bool:
    """Whether two people have entered a person: from then on every write is signed, by an act that covers it."""
    return bool(enrolled(view))


def keys_in_use(view: View) -> bool:
    """Whether any key was ever recorded: from then on what asks for two people asks for two signatures."""
    return next(iter(view.records(kinds.KEY)), None) is not None or by_acts(view)
