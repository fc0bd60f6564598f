"""Firms that ended, by merger or struck off: who takes their place, once two people have said so."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from ledger.log import kinds
from ledger.registry.agreements import agreed
from ledger.store.ledger import View

ENDED, GOES_ON = "ended", "goes_on"
# Credit code of a firm that ended -> that of its successor, "" for none.
Successors: TypeAlias = Mapping[str, str]


class Ended(NamedTuple):
    """How a firm ended: its successor ("" for none), the day, and the document that says so."""

    successor: str
    on: str
    document: str


def ended(view: View) -> dict[str, Ended]:
    """Credit code -> how the firm ended; what was said last counts."""
    found: dict[str, Ended] = {}
    for row in agreed(view, kinds.SUCCESSION):
        found.pop(row.key, None)
        if row.body["state"] == ENDED:
            found[row.key] = Ended(row.body.get("successor", ""), row.body["on"], row.body["document"])
    return found


def successors(view: View) -> dict[str, str]:
    """The same, as far as it says who takes whose place."""
    return {firm: how.successor for firm, how in ended(view).items()}


def succeeded(before: Successors, body: kinds.SuccessionBody) -> dict[str, str]:
    """Who takes whose place after one more record that was agreed to."""
    others = {firm: successor for firm, successor in before.items() if firm != body["key"]}
    return {**others, body["key"]: body.get("successor", "")} if body["state"] == ENDED else others


def places(firm: str, of: Successors) -> list[str]:
    """The firm and those that took its place, one after the other; the last one is who is paid and who owes now."""
    found = [firm]
    while of.get(found[-1], "") not in ("", *found):
        found.append(of[found[-1]])
    return found


def heir(firm: str, of: Successors) -> str:
    """Who is in the place of a firm in the end: itself, where it goes on or nobody took its place."""
    return places(firm, of)[-1]
