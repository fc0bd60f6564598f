"""What may have been paid in a part of the log that was lost: it is not paid again before two people have said.

A ledger that was put back from a backup knows nothing of what went out behind it. So from a `restore` that lost records
on, every payable is in doubt until two people have decided, from the statements of the accounts that are paid from:
nothing was paid of it (`restored-unpaid`), or the order went out (`restored-sent`).
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.registry.agreements import RESTORED_SENT, RESTORED_UNPAID, agreed, answers
from ledger.store.ledger import Row, View, Writer, local_day

TYPES = frozenset({RESTORED_UNPAID, RESTORED_SENT})
# Before the number of a `restore`: about all that nothing else is said of.
REST = "restore/"


class Said(StrEnum):
    """What was decided of a payable."""

    UNPAID = "unpaid"
    SENT = "sent"


class Doubt(NamedTuple):
    """What has been said since the last `restore` that lost records (`number`).

    lines: award line -> the last due day of what went out; "" where nothing did
    awards: log index of an entry -> what was said of the batch that it was in
    rest: whether nothing was paid of all the others
    """

    number: int
    lines: Mapping[str, str] = {}
    awards: Mapping[int, Said] = {}
    rest: bool = False

    def of(self, award: int, line: str, due: str) -> Said | None:
        """What was said of a payable: of its line, else of its batch, else of all; None where nothing was."""
        if line in self.lines:
            return Said.SENT if due <= self.lines[line] else Said.UNPAID
        return self.awards.get(award) or (Said.UNPAID if self.rest else None)

    def may_be(self, type_: str, about: str, known: Callable[[str, str], bool]) -> bool:
        """Whether a decision can be about this; `known` says whether a batch or a grant ever was."""
        if known(kinds.PAYMENT_BATCH.name, about):
            return True
        if type_ == RESTORED_SENT:
            line, through = sent_through(about)
            return known(kinds.GRANT.name, line) and _is_day(through)
        return about == f"{REST}{self.number}" or known(kinds.GRANT.name, about)

    def after(self, decided: kinds.DecisionBody, in_batch: Iterable[int] | None) -> "Doubt":
        """With what two people have decided besides; `in_batch` are the payables of the batch that it is about."""
        about, said = decided["about"], Said.SENT if decided["type"] == RESTORED_SENT else Said.UNPAID
        if in_batch is not None:
            return self._replace(awards={**self.awards, **dict.fromkeys(in_batch, said)})
        if about == f"{REST}{self.number}":
            return self._replace(rest=True)
        line, through = sent_through(about) if said is Said.SENT else (about, "")
        return self._replace(lines={**self.lines, line: through})


def lost(body: kinds.RestoreBody) -> bool:
    """Whether records that were signed for are gone."""
    return body["to"] > body["from"]


def sent_through(about: str) -> tuple[str, str]:
    """The line, and the last due day of what went out of it, in `LINE/YYYY-MM-DD`."""
    line, _slash, through = about.rpartition("/")
    return line, through


def doubt(view: View) -> Doubt | None:
    """What is in doubt now; None where nothing that was signed for was ever lost."""
    last = next((row.seq for row in reversed(list(view.records(kinds.RESTORE))) if lost(row.body)), None)
    if last is None:
        return None
    found, said = Doubt(last), answers(view)
    decided = [row for row in agreed(view, kinds.DECISION) if row.seq > last and row.body["type"] in TYPES]
    for row in sorted(decided, key=lambda row: said[row.seq].seq):
        found = found.after(row.body, _in_batch(view, row.body["about"]))
    return found


def _in_batch(view: View, about: str) -> list[int] | None:
    """The payables that a batch was made to pay; None where it is no batch."""
    found: Row[kinds.PaymentBatchBody] | None = view.current(kinds.PAYMENT_BATCH, about)
    if found is None:
        return None
    first, count = found.body["first"], found.body["count"]
    payouts = (view.body(kinds.PAYOUT, seq) for seq in range(first, first + count))
    return [claim["award"] for body in payouts for claim in body["claims"]]


def check_about(view: Writer, type_: str, about: str) -> None:
    """Whether something is in doubt, and `about` names a part of it; refuses `nothing_lost` and `doubt_unknown`."""
    found = doubt(view)
    today, through = local_day(view.now).isoformat(), sent_through(about)[1]
    if type_ == RESTORED_SENT and _is_day(through) and through > today:
        raise refuse(
            "day_in_future",
            N_("{day} has not come yet"),
            N_("write the last due day of what went out"),
            day=through,
        )
    if found is None:
        raise refuse(
            "nothing_lost",
            N_("no record that was signed for was ever lost here"),
            N_("nothing is to be decided"),
        )
    if found.may_be(type_, about, lambda kind, key: any(view.history(kinds.KINDS[kind], key))):
        return
    form = "BATCH|LINE/YYYY-MM-DD" if type_ == RESTORED_SENT else f"BATCH|LINE|{REST}{found.number}"
    raise refuse(
        "doubt_unknown",
        N_("{about!r} names nothing that may have been paid"),
        N_("write --about {form}"),
        about=about,
        form=form,
    )


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
