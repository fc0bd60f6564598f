"""What an act holds up that waits for another person's signature: what its records are about, and no other money.

What changes what holds for every line holds every payment. The same words say what a payment rests on, so that the two
can be compared, when a batch is prepared and when it goes out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from calculators.problems import N_
from ledger.log.kinds import kind_of
from ledger.words import _

LINE, FIRM, PAYEE, PAYER, APPLICATION, NOTICE, ITEM = "line", "firm", "payee", "payer", "application", "notice", "item"
ALL = "all"
# What something is called that is held up.
WORDS = {
    LINE: N_("line {key}"),
    FIRM: N_("firm {key}"),
    PAYEE: N_("payee {key}"),
    PAYER: N_("payer {key}"),
    APPLICATION: N_("application {key}"),
    NOTICE: N_("notice {key}"),
    ITEM: N_("loan or item {key}"),
    ALL: N_("every payment, because it changes what holds for all of them"),
}


class About(NamedTuple):
    """Something that an act is about, or that a payment rests on."""

    what: str
    key: str = ""

    @property
    def words(self) -> str:
        """What it is called."""
        return _(WORDS[self.what]).format(key=self.key)


EVERYTHING = About(ALL)
# Log index -> what the record says; item no. -> what the record of the payout says.
Read = Callable[[int], Mapping[str, Any]]
Payout = Callable[[str], Mapping[str, Any] | None]
# Registers whose rows name by their key what they are about.
_BY_KEY = {
    "grant": LINE,
    "payee": PAYEE,
    "payer": PAYER,
    "wallet": PAYEE,
    "entity": FIRM,
    "application": APPLICATION,
    "notice": NOTICE,
    "loan": ITEM,
    "policy": ITEM,
    "claim": ITEM,
    "project": ITEM,
}
# Kinds whose records name lines.
_BY_LINE = frozenset({"clawback", "recovery", "netting"})
_BY_LINES = frozenset({"public_notice", "objection"})
# What announces others, or shows what somebody has seen: by itself it lets no money go.
_NOTHING = frozenset(
    {
        "import",
        "import_withdrawal",
        "hold",
        "evidence",
        "paper",
        "reveal",
        "quarantine",
        "statement",
        "statement_line",
        "statement_withdrawal",
        "match",
        "undo",
        "witnessed",
    }
)


def about(body: Mapping[str, Any], read: Read, payout: Payout) -> Iterator[About]:
    """What a record is about that an act covers."""
    kind = kind_of(body)
    register = body["register"] if kind in ("fact", "void") else kind
    if register in _BY_KEY:
        yield About(_BY_KEY[register], body["key"])
    elif kind in _BY_LINE:
        yield About(LINE, body["line"])
    elif kind in _BY_LINES:
        yield from (About(LINE, line) for line in body["lines"])
    elif kind == "inspection":
        yield About(LINE, body["grant"])
    elif kind == "decision":
        yield from _decided(body)
    elif kind == "outcome":
        paid = payout(body["about"])
        yield from of_awards((claim["award"] for claim in paid["claims"]), read) if paid else (EVERYTHING,)
    elif kind == "correction":
        yield from of_awards(body["awards"], read)
    elif kind == "withdrawal":
        yield from of_awards(range(body["first"], body["first"] + body["count"]), read)
    elif kind == "entry":
        yield About(LINE, body["line"]) if "line" in body else EVERYTHING
    elif register not in _NOTHING:
        yield EVERYTHING


def _decided(body: Mapping[str, Any]) -> Iterator[About]:
    named, said = body["about"], body["type"]
    if said == "uscc-override":
        yield About(FIRM, named)
    elif said == "release-hold":
        yield About(LINE, named.rpartition("/")[0])
    elif said == "meeting":
        yield About(APPLICATION, named)
    elif said == "shortage":
        yield from (About(APPLICATION, row["application"]) for row in body["rows"])
    elif said == "confirm-void":
        register, _slash, key = named.partition("/")
        yield About(_BY_KEY[register], key) if register in _BY_KEY else EVERYTHING
    elif said == "payee-change":
        # Of a payee, or of a line's choice of payee.
        yield from (About(PAYEE, named), About(LINE, named))
    else:
        yield EVERYTHING


def of_awards(awards: Iterable[int], read: Read) -> Iterator[About]:
    """The lines of these entries of awards."""
    yield from (About(LINE, line) for line in sorted({read(award)["line"] for award in awards}))


def rests_on(line: str, payee: str, firm: str, application: Mapping[str, Any] | None, name: str) -> Iterator[About]:
    """What the payment of a line to a payee of `firm` rests on; `application` is that of its grant, under `name`."""
    yield from (About(LINE, line), About(PAYEE, payee), About(FIRM, firm))
    if application is not None:
        yield About(APPLICATION, name)
        yield from (About(NOTICE, application["notice"]), About(ITEM, application["item"]))
        yield About(FIRM, application["uscc"])


def first_held(held: Iterable[About], paid: set[About]) -> About | None:
    """The first thing that an act holds and a payment rests on; None where they have nothing in common."""
    return next((one for one in held if one == EVERYTHING or one in paid), None)
