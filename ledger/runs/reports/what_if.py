"""What a draft of a notice would cost: the registered applications calculated under it and under the notice in force.

Reads a view and writes nothing.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from calculators.awards.all import Calculate, calculate_all
from calculators.awards.versions import NoticeVersion
from calculators.problems import N_, Place, refuse
from ledger.book import envelopes
from ledger.registry.grants import grants
from ledger.runs.lines import known_facts
from ledger.runs.reports.assessment import Assessed, Batch, assess_batch
from ledger.store.ledger import View


class Change(NamedTuple):
    """An application under the notice in force and under the draft."""

    now: Assessed
    then: Assessed

    @property
    def difference_fen(self) -> int:
        """What the draft gives more; below zero what it gives less."""
        return self.then.award_fen - self.now.award_fen


@dataclass(frozen=True, slots=True)
class Sums:
    """One side in figures: fen, applications that get something, and how often each cap cut one."""

    cost_fen: int
    supported: int
    caps: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a draft changes; `limit_fen` is what its envelope was issued, None where nobody issued anything to it."""

    against: str
    envelope: str
    limit_fen: int | None
    changes: tuple[Change, ...]

    @property
    def now(self) -> Sums:
        """The notice in force."""
        return _sums([change.now for change in self.changes])

    @property
    def then(self) -> Sums:
        """The draft."""
        return _sums([change.then for change in self.changes])

    @property
    def winners(self) -> list[Change]:
        """Who gets more under the draft."""
        return [change for change in self.changes if change.difference_fen > 0]

    @property
    def losers(self) -> list[Change]:
        """Who gets less under the draft."""
        return [change for change in self.changes if change.difference_fen < 0]


def what_if(
    view: View,
    draft: NoticeVersion,
    against: str,
    day: date,
    source: str,
    calculate: Calculate = calculate_all,
) -> WhatIf:
    """What `draft` makes of the applications registered under `against`, whatever was granted on them.

    `source` is the name of the draft's file, for refusals; `calculate` says what lines are due.

    Refuses `notice_unknown`, `type_differs` and `nothing_applied`.
    """
    facts, granted = known_facts(view), grants(view)
    if against not in facts.notices:
        raise refuse(
            "notice_unknown",
            N_("no notice {name} is registered"),
            N_("name with --against the notice that it is to change; see them with: subsidy notice list"),
            Place(source),
            name=against,
        )
    if facts.type_of(against) != draft.notice.type:
        raise refuse(
            "type_differs",
            N_("the draft is of type {draft}, {name} of type {type}"),
            N_("name with --against a notice of the draft's type"),
            Place(source, key="type"),
            draft=draft.notice.type,
            type=facts.type_of(against),
            name=against,
        )
    now = assess_batch(view, Batch(facts, granted, unbound=True, calculate=calculate), against, day)
    if not now:
        raise refuse(
            "nothing_applied",
            N_("nobody has applied under {name}"),
            N_("import the register of applications first"),
            Place(source),
            name=against,
        )
    # It takes the place of the notice in force: what was paid outside and what others share goes on by that id.
    placed = NoticeVersion(draft.ref, draft.notice.model_copy(update={"id": against}))
    drafted = facts._replace(notices={**facts.notices, against: [placed]})
    then = {
        assessed.application: assessed
        for assessed in assess_batch(view, Batch(drafted, granted, unbound=True, calculate=calculate), against, day)
    }
    path = draft.notice.envelope.path
    limits = {line.path: line.limit_fen for line in envelopes.show(view)}
    return WhatIf(
        against, path, limits.get(path), tuple(Change(assessed, then[assessed.application]) for assessed in now)
    )


def _sums(side: list[Assessed]) -> Sums:
    caps = Counter(cap for assessed in side for cap in assessed.caps)
    return Sums(
        sum(assessed.award_fen for assessed in side),
        sum(1 for assessed in side if assessed.award_fen),
        dict(sorted(caps.items())),
    )
