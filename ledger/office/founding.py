"""How a ledger begins: one person founds it, and it is open once a second one has signed, with a key of his or her own.

Each of the two signs all that stands before. Nobody can prove from inside that two keys are two people: a founding
sheet with both fingerprints is signed by hand, and verification compares it.
"""

import re
from collections.abc import Callable, Mapping
from hashlib import sha256

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.office.signing import Signer, append_act
from ledger.registry.agreements import FOUND, FOUNDING, OPEN
from ledger.store.ledger import View, Writer

# Gives the signature by the new key over a message, in hex.
Prover = Callable[[bytes], str]
# What stands in a founding sheet, in this order.
_LINES = ("ledger", "log key", "duties", "first person", "first key", "second person", "second key")
_NAMES = ("第一人签字 / first person", "第二人签字 / second person", "主管签字 / their superior")


def founded(view: View) -> bool:
    """Whether a ledger is one that two people found."""
    return bool(view.size) and "duties" in view.body(kinds.GENESIS, 0)


def founders(view: View) -> list[kinds.PersonBody]:
    """What those who found a ledger say of themselves, in order: one of them, or both."""
    return [row.body for row in view.records(kinds.PERSON) if row.body["act"] in FOUNDING]


def opened(view: View) -> bool:
    """Whether the second person has signed."""
    return any(body["act"] == OPEN for body in founders(view))


def awaits_second(view: View) -> bool:
    """Whether a ledger waits for the second person to sign."""
    return founded(view) and not opened(view)


def check_unopened(view: View) -> None:
    """Refuse `ledger_open_already` where no second person is waited for."""
    if not awaits_second(view):
        raise refuse(
            "ledger_open_already",
            N_("nobody has to open this ledger any more"),
            N_("enter a person with `subsidy people enrol`; a ledger for practice needs no second person"),
        )


def enter(writer: Writer, signer: Signer, post: str, document: str, public: str) -> int:
    """Enter the actor as who founds the ledger, or opens it, with a key of their own; the log index of the record.

    Refuses what `check_unopened` and `append_act` refuse.
    """
    check_unopened(writer)
    duties = writer.body(kinds.GENESIS, 0)["duties"]
    body = kinds.PersonBody(
        act=OPEN if founders(writer) else FOUND,
        post=post,
        key=writer.actor,
        posts=[post],
        document=document,
        duties=sha256(duties.encode()).hexdigest(),
        public=public,
    )
    before = [canonical(writer.record(seq)) for seq in range(writer.size)]
    return append_act(
        writer, signer, kinds.PERSON, body, lambda message: {"proof": signer.sign(message)}, before, public
    )


def sheet(view: View) -> dict[str, str]:
    """What the two people put their names to on paper."""
    genesis = view.body(kinds.GENESIS, 0)
    said = [value for body in founders(view) for value in (body["key"], body["public"])]
    duties = sha256(genesis["duties"].encode()).hexdigest()
    return dict(zip(_LINES, (genesis["origin"], genesis["log_key"], duties, *said), strict=False))


def sheet_text(view: View) -> str:
    """The same to be printed, with places for the names."""
    said = "\n".join(f"{line}: {value}" for line, value in sheet(view).items())
    names = "\n".join(f"{name}: ____________________  ____-__-__" for name in _NAMES)
    return f"账本创建确认单 / Founding sheet of a ledger\n\n{said}\n\n{names}\n"


def read_sheet(text: str, name: str) -> dict[str, str]:
    """What stands in a founding sheet, whatever else was written on it; refuses `founding_malformed`."""
    found = dict(re.findall(rf"^({'|'.join(_LINES)}):[ \t]*(\S+)[ \t]*$", text, re.MULTILINE))
    if found.keys() != set(_LINES):
        raise _malformed(name)
    return found


def otherwise(view: View, said: Mapping[str, str]) -> str:
    """The first line of a founding sheet that the ledger does not say so; "" where it says all of them."""
    found = sheet(view) if founded(view) else {}
    return next((line for line in _LINES if said[line] != found.get(line)), "")


def _malformed(name: str) -> Refused:
    return refuse(
        "founding_malformed",
        N_("this is no founding sheet, or a line of it is gone"),
        N_("name the file that `subsidy init --second` wrote"),
        Place(name),
    )
