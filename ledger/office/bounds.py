"""How far a difference explains itself: the amount of a fee or of interest, and the days of money under way; and for
how many days what was seen of a wallet is good.

The figures are data: those that the package ships (`fixtures/reference/bounds.csv`), each with its source, until two
people have decided on others. What lies beyond them a person decides.
"""

import csv
from functools import cache
from typing import NamedTuple

from calculators.money import format_yuan, parse_yuan
from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.office.approvals import APPROVE
from ledger.office.signing import Signer, append_signed
from ledger.registry.agreements import BOUND, agreed, answers
from ledger.resources import fixture
from ledger.store.ledger import Row, View, Writer

FEE, INTEREST, IN_TRANSIT, WALLET_STATE = "fee", "interest", "in_transit", "wallet_state"
# Bounds that are an amount of money; money in transit has working days, the state of a wallet days.
AMOUNTS = frozenset({FEE, INTEREST})


class Bound(NamedTuple):
    """One bound: fen or working days, and what it rests on; `record` is the decision on it, None where it was shipped.

    `source` is the shipped row's, or the document of the decision.
    """

    value: int
    source: str
    record: int | None = None


class Bounds(NamedTuple):
    """Amounts in fen, days in transit as working days of the Chinese calendar, of the state of a wallet as any days."""

    fee_fen: int
    interest_fen: int
    in_transit_days: int
    wallet_state_days: int


def bounds(view: View) -> Bounds:
    """The bounds in force."""
    known = every(view)
    return Bounds(*(known[name].value for name in (FEE, INTEREST, IN_TRANSIT, WALLET_STATE)))


def every(view: View) -> dict[str, Bound]:
    """Name -> the bound in force, and where it comes from."""
    known = dict(_shipped())
    for row in agreed(view, kinds.DECISION):
        if row.body["type"] == BOUND:
            known[row.body["about"]] = Bound(value_of(row.body), row.body["document"], row.seq)
    return known


def shipped_days(name: str) -> int:
    """The days of a bound that nobody has decided on."""
    return _shipped()[name].value


def ask(
    writer: Writer,
    name: str,
    amount_fen: int | None,
    days: int | None,
    document: str,
    reason: str,
    signer: Signer | None = None,
) -> Row[kinds.DecisionBody] | None:
    """Ask for another bound, signed where keys are in use; None where the same one waits or stands.

    Refuses `bound_unknown`, and `bound_value` where it is not the amount, or the days, that this bound is.
    """
    if name not in _shipped():
        raise refuse(
            "bound_unknown",
            N_("there is no bound {name}"),
            N_("the bounds are {names}: `subsidy reconcile bounds`"),
            name=name,
            names=", ".join(_shipped()),
        )
    if (amount_fen is None) == (name in AMOUNTS) or (days is None) != (name in AMOUNTS):
        raise refuse(
            "bound_value",
            N_("the bound {name} is an amount in yuan") if name in AMOUNTS else N_("the bound {name} is days"),
            N_("give it with --amount YUAN alone") if name in AMOUNTS else N_("give it with --days N alone"),
            name=name,
        )
    body = kinds.DecisionBody(key=f"{BOUND}/{name}", type=BOUND, about=name, reason=reason, document=document)
    if amount_fen is not None:
        body["amount_fen"] = amount_fen
    if days is not None:
        body["days"] = days
    known = writer.current(kinds.DECISION, body["key"])
    if known is not None and {**kinds.own(known.body), "signature": ""} == {**body, "signature": ""}:
        said = answers(writer).get(known.seq)
        if said is None or said.body["opinion"] == APPROVE:
            return None
    append_signed(writer, signer, kinds.DECISION, body)
    return writer.current(kinds.DECISION, body["key"])


def is_bound(body: kinds.DecisionBody) -> bool:
    """Whether a decision is about a bound that there is, and says what such a one is."""
    return body["about"] in _shipped() and ("amount_fen" in body, "days" in body) == (
        body["about"] in AMOUNTS,
        body["about"] not in AMOUNTS,
    )


def in_words(name: str, bound: Bound) -> str:
    """The figure of a bound as it is shown."""
    return format_yuan(bound.value) if name in AMOUNTS else str(bound.value)


def value_of(body: kinds.DecisionBody) -> int:
    """The fen or days that a decision on a bound says."""
    return body["amount_fen"] if body["about"] in AMOUNTS else body["days"]


@cache
def _shipped() -> dict[str, Bound]:
    with fixture("reference/bounds.csv").open(encoding="utf-8") as source:
        return {
            row["name"]: Bound(parse_yuan(row["value"]) if row["name"] in AMOUNTS else int(row["value"]), row["source"])
            for row in csv.DictReader(source)
        }
