"""The allocated subsidy (拨款补助): a share of audited investment, paid in stages; what was not done is paid back.

After every event the amount due so far is calculated again: investment (audited, but at most the claim; as claimed
before any audit) x share, at most what the notice and the grant allow, x the percents of the stages reached, x the part
done once acceptance has spoken. It rounds once; a part's claim is the difference to the event before, so an audit below
the claim or a failed acceptance takes back. Stages and acceptance apply to what was granted: what was computed above it
is withheld.

Acceptance passed (100 % done) reaches every stage. One that failed, wholly or in part, pays no further stage, and of
what was paid the part not done comes back, whether the notice, a cap or the grant had limited it. A stage that waits
for a review of performance is reached by that review alone, and paid in the share that the review decides.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from calculators.awards.conditions import Condition
from calculators.awards.figures import told
from calculators.awards.item import Calculator
from calculators.awards.lines import ItemLine, ItemPart, Outside, Proportion, Row, clause_label, lowest_limit
from calculators.awards.performance import Judged, judged
from calculators.facts.model import Project
from calculators.money import Exact, Rounding, format_percent, format_yuan, round_fen
from calculators.notices.allocation import AllocatedSubsidyNotice
from calculators.problems import N_

__all__ = ["ALLOCATED_SUBSIDY"]


def _conditions(line: ItemLine) -> Iterator[Condition]:
    """That the notice knows every stage that is said to be reached: a misspelt one would never be paid."""
    notice, project = _notice(line), _project(line)
    known = tuple(stage.id for stage in notice.stages if stage.on == "stage")
    found = tuple(stage.name for stage in project.stages)
    clause = clause_label(notice, notice.stages[0])
    met = set(found) <= set(known)
    yield Condition("stages", "stage_unknown", met, found or "-", "in", known or "-", clause)
    if notice.allocation.of != "base":
        yield told(line, notice.allocation.of, clause_label(notice, notice.allocation))


def _calculate(lines: Sequence[ItemLine], outside: Sequence[Outside]) -> Mapping[str, Sequence[ItemPart]]:
    """The parts of each project, one per day on which something happened to it."""
    del outside  # It uses up caps, which are no matter here.
    return {line.id: _parts(line) for line in lines}


def _parts(line: ItemLine) -> list[ItemPart]:
    parts: list[ItemPart] = []
    due_fen = withheld_fen = 0
    for day in _event_days(line):
        state = _State(line, day)
        rows = list(state.rows())
        claim_fen = state.due_fen - due_fen
        if due_fen:
            rows.append(Row("", N_("less {before} due before"), {"before": format_yuan(due_fen)}, claim_fen))
        part = ItemPart(_notice(line), day, state.investment_fen, claim_fen, rows)
        if state.acceptance and state.acceptance.on == day and state.done < 1:
            part.proportion = Proportion(state.done, state.reached_fen - due_fen)
        part.withheld_fen = state.withheld_fen - withheld_fen
        parts.append(part)
        due_fen, withheld_fen = state.due_fen, state.withheld_fen
    return parts


def _event_days(line: ItemLine) -> list[date]:
    """Every day on which the amount due may change, in order."""
    notice, project = _notice(line), _project(line)
    days = {audit.on for audit in project.audits} | {stage.on for stage in project.stages}
    if any(stage.on == "grant" for stage in notice.stages):
        days.add(line.grant.granted_on)
    days |= {event.on for event in (project.acceptance, project.review) if event}
    return sorted(days)


class _State:
    """A project as it stands at the end of a day, in fen: what is due so far, and what was computed above the grant."""

    def __init__(self, line: ItemLine, day: date) -> None:
        self.line, self.notice, self.project = line, _notice(line), _project(line)
        audits = [audit for audit in self.project.audits if audit.on <= day]
        self.audited_fen = max(audits, key=lambda audit: audit.on).amount_fen if audits else None
        before_fen = self.project.claimed_fen if self.notice.allocation.before_audit == "claimed" else 0
        # No source says that more than was claimed may count: an assumption.
        self.investment_fen = (
            before_fen if self.audited_fen is None else min(self.audited_fen, self.project.claimed_fen)
        )
        accepted = self.project.acceptance
        self.acceptance = accepted if accepted and accepted.on <= day else None
        self.judged = self._judged(day)
        self.reached = self._reached(day)
        self.done = self.acceptance.done if self.acceptance else Exact(1)
        allocation = self.notice.allocation
        self.base_fen = Exact(self.investment_fen) if allocation.of == "base" else self._figure(allocation.of)
        self.share_exact = allocation.share * self.base_fen
        limits = [limit for limit in (allocation.at_most, self._room()) if limit is not None]
        self.computed = min([self.share_exact, *(Exact(limit) for limit in limits)])
        self.granted = min(self.computed, Exact(lowest_limit(line)))
        self.reached_fen = self._award(self._percent() * self.granted)
        self.due_fen = self._award(self._percent() * self.done * self.granted)
        self.withheld_fen = self._award(self._percent() * self.done * self.computed) - self.due_fen

    def _figure(self, name: str) -> Exact:
        """What a figure of the project comes to, in fen."""
        found = self.line.figure(name)
        assert found is not None, f"{self.line.id} lacks {name}"
        return found.fen

    def _room(self) -> int | None:
        """What other levels of government leave of their share of the investment, in fen; None without such a bound."""
        levels = self.notice.all_levels
        if levels is None:
            return None
        whole_fen = round_fen(levels.share * self.investment_fen, Rounding.DOWN)
        return max(0, whole_fen - self.project.other_levels_fen)

    def _judged(self, day: date) -> Judged | None:
        """What the review of performance decided by the day; one after a failed acceptance decides nothing."""
        review, rule = self.project.review, self.notice.performance
        if self.acceptance and self.acceptance.done < 1:
            day = self.acceptance.on
        return judged(rule, self.project) if rule and review and review.on <= day else None

    def rows(self) -> Iterator[Row]:
        """How the amount due so far comes about."""
        allocation, project = self.notice.allocation, self.project
        clause = clause_label(self.notice, allocation)
        values = {"claimed": format_yuan(project.claimed_fen)}
        if self.audited_fen is not None and self.audited_fen > self.investment_fen:
            values["audited"] = format_yuan(self.audited_fen)
            text = N_("audited {audited}, at most the {claimed} claimed")
            yield Row("investment", text, values, self.investment_fen, clause)
        elif self.audited_fen is not None:
            yield Row("investment", N_("audited, of {claimed} claimed"), values, self.investment_fen, clause)
        elif self.investment_fen:
            yield Row("investment", N_("as claimed, not audited yet"), {}, self.investment_fen, clause)
        else:
            yield Row("investment", N_("of {claimed} claimed nothing is audited yet"), values, 0, clause)
        values = {"share": format_percent(allocation.share), "base": format_yuan(self._round(self.base_fen))}
        yield Row("share", N_("{share} of {base}"), values, self._round(self.share_exact), clause)
        if allocation.at_most is not None and allocation.at_most < self.share_exact:
            values = {"amount": format_yuan(allocation.at_most)}
            yield Row("", N_("at most {amount}"), values, allocation.at_most, clause)
        levels, room_fen = self.notice.all_levels, self._room()
        if levels is not None and room_fen is not None:
            values = {
                "share": format_percent(levels.share),
                "base": format_yuan(self.investment_fen),
                "others": format_yuan(project.other_levels_fen),
            }
            text = N_("{share} of {base} less {others} of other levels")
            yield Row("all_levels", text, values, room_fen, clause_label(self.notice, levels))
        if self.granted < self.computed:
            granted_fen = lowest_limit(self.line)
            yield Row("granted", N_("at most {amount}"), {"amount": format_yuan(granted_fen)}, granted_fen)
        yield from self._stages()

    def _stages(self) -> Iterator[Row]:
        if self.judged and self.notice.performance:
            rule, found = self.notice.performance, self.judged
            yield Row(
                "review", found.text, found.values, self._round(self._of_review()), clause_label(self.notice, rule)
            )
        names = ", ".join(self.reached) or "-"
        values = {"percent": format_percent(self._percent()), "stages": names}
        clause = clause_label(self.notice, self.notice.stages[0])
        yield Row("stages", N_("{percent} for {stages}"), values, self.reached_fen, clause)
        if self.done < 1:
            values = {"done": format_percent(self.done)}
            yield Row(
                "acceptance", N_("{done} done"), values, self.due_fen, clause_label(self.notice, self.notice.acceptance)
            )

    def _reached(self, day: date) -> list[str]:
        """The stages reached: all of them once acceptance is passed, no more of them once it has failed.

        The one that waits for a review is reached by the review.
        """
        passed = self.acceptance is not None and self.acceptance.done == 1
        if self.acceptance:
            day = min(day, self.acceptance.on)
        evidence = {stage.name for stage in self.project.stages if stage.on <= day}
        reached = {
            "grant": self.line.grant.granted_on <= day or passed,
            "acceptance": passed,
            "review": self.judged is not None,
        }
        return [stage.id for stage in self.notice.stages if reached.get(stage.on, passed or stage.id in evidence)]

    def _percent(self) -> Exact:
        """What the stages reached come to, that of a review in the share that it decided."""
        return sum(
            (
                stage.percent * (self.judged.share if stage.on == "review" and self.judged else 1)
                for stage in self.notice.stages
                if stage.id in self.reached
            ),
            Exact(0),
        )

    def _of_review(self) -> Exact:
        """What of the amount granted the review pays."""
        percent = next(stage.percent for stage in self.notice.stages if stage.on == "review")
        return percent * (self.judged.share if self.judged else 0) * self.granted

    def _round(self, value: Exact) -> int:
        """An amount that is shown, to the fen."""
        return round_fen(value, self.notice.rounding.award.mode)

    def _award(self, value: Exact) -> int:
        """An amount that is awarded, to the unit of the notice."""
        return self.notice.rounding.award.rounded(value)


def _notice(line: ItemLine) -> AllocatedSubsidyNotice:
    assert isinstance(line.notice, AllocatedSubsidyNotice), line.ref
    return line.notice


def _project(line: ItemLine) -> Project:
    assert isinstance(line.item, Project), line.id
    return line.item


ALLOCATED_SUBSIDY = Calculator("allocated_subsidy/2", _conditions, _calculate)
