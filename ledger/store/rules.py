"""By which rules a ledger is kept: what this program writes, and whether it may write to a ledger.

The `rules` record says it in the log, the schema note beside the checkpoint says it of the file. A program writes only
where both say what it would say itself; `subsidy upgrade` brings a ledger of an earlier release up to date.
"""

from collections.abc import Iterable

from calculators.problems import N_, Place, Refused, refuse
from ledger.log import kinds
from ledger.log.schema_note import Schema
from ledger.store.views import View

# Version of the rules for what may stand in a log: one that is added or changed raises it.
BOOK = "book/8"
# What the book asks for only since a version of it.
SINCE = {
    # One year's appropriation is told from another's.
    "apart": 3,
    # An item is paid under a notice by one grant alone.
    "one_grant": 4,
    # A bank's line is of a day that has come, whom a notice pays is paid, and what is reduced is reduced where it is.
    "as_said": 5,
    # What a channel alone says was not paid is not paid again before somebody else's statement reaches that day.
    "fails_wait": 5,
    # What one person says came back is not paid again before the bank's line of it; a day that is shown is over.
    "returns_wait": 6,
    # What stands against a payment is lifted by a row that says so, not by a full file that says nothing of it.
    "silence": 6,
    # Nothing is known before its day, what an import brought is what falls with it, and what was awarded stays itself.
    "in_its_day": 7,
    # What comes back of a payout is at most what it was paid, by whatever way; what it has twice comes back first.
    "back_once": 7,
    # What one account holds is no other's to pay or to bind, and is there on the day from which it is bound.
    "own_money": 8,
    # What doors alone asked of decisions, claw-backs, operators and reports is asked of the log too, and no money moves
    # in a book that one person has made again.
    "at_doors": 8,
}
KEY = "rules"


def own_rules(calculators: Iterable[str]) -> kinds.RulesBody:
    """The rules of this program; `calculators` are the names with versions that stand in its digests."""
    return kinds.RulesBody(key="rules", book=BOOK, calculators=sorted(calculators), schemas=sorted(kinds.SCHEMAS))


def check_rules(rules: kinds.RulesBody, own: kinds.RulesBody, place: Place, *, upgrading: bool = False) -> None:
    """Whether a program of the rules `own` may write to a ledger kept by `rules`.

    Refuses `program_too_old` and, unless the ledger is being upgraded, `upgrade_needed`.
    """
    if not follows(rules, own):
        raise _too_old(place)
    if not upgrading and not same_rules(rules, own):
        raise upgrade_needed(place)


def check_schema(there: str, noted: Schema, own: Schema, place: Place, *, upgrading: bool = False) -> None:
    """Whether a program of the schema `own` may write to a file whose schema text has the hash `there`.

    `noted` is what was signed for last. Refuses `schema_changed`, `program_too_old` and, unless the ledger is being
    upgraded, `upgrade_needed`.
    """
    # An upgrade that was killed before its note was signed left the file as this program makes it.
    if there not in (noted.sha256, own.sha256):
        raise refuse(
            "schema_changed",
            N_("tables or guards of the ledger are not those that were signed for"),
            N_("run `subsidy audit verify`, and go on with a backup that is whole"),
            place,
        )
    if noted.version > own.version:
        raise _too_old(place)
    if not upgrading and noted != own:
        raise upgrade_needed(place)


def follows(before: kinds.RulesBody, after: kinds.RulesBody) -> bool:
    """Whether the rules `after` know everything that those `before` them name, in that version or a later one."""
    known = dict(map(_split, _named(after)))
    return all(version <= known.get(name, 0) for name, version in map(_split, _named(before)))


def same_rules(rules: kinds.RulesBody, own: kinds.RulesBody) -> bool:
    """Whether a ledger's rules say what the program's say."""
    return kinds.own(rules) == kinds.own(own)


def book_version(rules: kinds.RulesBody) -> int:
    """The version of the book that a ledger's rules name."""
    return _split(rules["book"])[1]


def years_apart(view: View) -> int | None:
    """The log index from which on the book tells the years' appropriations apart; None where it does not yet."""
    return since(view, "apart")


def one_grant(view: View) -> int | None:
    """The log index from which on an item is paid under a notice by one grant alone; None where it is not yet."""
    return since(view, "one_grant")


def since(view: View, asked: str) -> int | None:
    """The log index from which on a ledger is kept by a book that asks for this (`SINCE`)."""
    rules = (row for row, _void in view.history(kinds.RULES, KEY))
    return next((row.seq for row in rules if book_version(row.body) >= SINCE[asked]), None)


def named_calculators(view: View) -> frozenset[str]:
    """The calculators that a ledger's rules name."""
    row = view.current(kinds.RULES, KEY)
    return frozenset(row.body["calculators"]) if row else frozenset()


def upgrade_needed(place: Place) -> Refused:
    """The refusal of a write to a ledger of an earlier release."""
    return refuse(
        "upgrade_needed",
        N_("the ledger was kept by an earlier release of the program"),
        N_("run `subsidy upgrade` once; it carries the ledger over and says what it did"),
        place,
    )


def _named(rules: kinds.RulesBody) -> list[str]:
    return [rules["book"], *rules["calculators"], *rules["schemas"]]


def _split(named: str) -> tuple[str, int]:
    """The name and the version of `name/version`."""
    name, _, version = named.rpartition("/")
    return name, int(version)


def _too_old(place: Place) -> Refused:
    return refuse(
        "program_too_old",
        N_("the ledger is kept by a later release of the program than this one"),
        N_("install that release; `subsidy --version` shows which one is installed"),
        place,
    )
