"""The cap group of a line: the lines that may have to share something with it, found by indexes and calculated alone.

Lines of different firms meet in nothing but caps. Where every cap that the lines of a firm use up is an amount of that
firm, or of one of its loans, the firm's lines are all that a question about one of them has to calculate; a cap over
many firms makes the whole register its group. `part_of_plan` answers for a group what `plan_of` says of its lines.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from calculators.awards.caps import Pool, stated_pools
from calculators.awards.lines import AwardLine
from calculators.awards.loan import calculate
from calculators.problems import N_, refuse
from ledger.log import kinds
from ledger.log.kinds import BodyT, Kind
from ledger.registry.benchmarks import benchmark
from ledger.registry.notices import notices
from ledger.runs.lines import Granted, granted_lines
from ledger.runs.occasion import Occasion
from ledger.runs.plan import Plan, plan_of
from ledger.store.ledger import Row, View


@dataclass(frozen=True, slots=True)
class Group:
    """Some firms with every application, item and grant that was ever theirs; the grants are the lines."""

    firms: frozenset[str]
    applications: frozenset[str]
    items: frozenset[str]
    lines: frozenset[str]


def group_of(view: View, *, firms: Iterable[str] = (), items: Iterable[str] = (), lines: Iterable[str] = ()) -> Group:
    """What applications and grants, in whatever version, tie to some firms, items and lines."""
    found = Group(frozenset(firms), frozenset(), frozenset(items), frozenset(lines))
    while True:
        tied = _tied(view, found)
        if tied == found:
            return found
        found = tied


def _tied(view: View, group: Group) -> Group:
    """The group and what its own rows name."""
    rows = [*view.naming(kinds.APPLICATION, group.firms), *view.for_items(kinds.APPLICATION, group.items)]
    decided = {row.body["application"] for line in group.lines for row in _said(view, kinds.GRANT, line)}
    applications = group.applications | {row.key for row in rows} | decided
    asked = [row.body for number in applications for row in _said(view, kinds.APPLICATION, number)]
    return Group(
        group.firms | {body["uscc"] for body in asked},
        applications,
        group.items | {body["item"] for body in asked},
        group.lines | {row.key for row in view.naming(kinds.GRANT, applications)},
    )


def part_of_plan(view: View, occasion: Occasion, group: Group) -> Plan:
    """What the plan of an occasion says of the lines of a group; the whole plan where caps tie them to others."""
    part = Part(view, group)
    granted = granted_lines(part)
    if not _alone(view, granted):
        return plan_of(view, occasion)
    return plan_of(part, occasion, granted, group.lines)


def held_figures(view: View, line: str, due: date) -> tuple[int, int | None]:
    """Our interest and the receipt's of a held due period, in fen (None = no receipt); refuses `hold_unknown`."""
    rates_ref, rates = benchmark(view)
    part = Part(view, group_of(view, lines=[line]))
    lines = [loan_line for loan_line in granted_lines(part).loan_lines if loan_line.id == line]
    for result in calculate(lines, rates, rates_ref, through=due):
        for held in result.digest["held"]:
            if held.get("due") == due.isoformat():
                return held["ours_fen"], held.get("receipt_fen")
    raise refuse(
        "hold_unknown",
        N_("{line} is not held for the due period that ends on {due}"),
        N_("`subsidy run interest --month YYYY-MM --dry-run` lists what is held"),
        line=line,
        due=due,
    )


class Part(View):
    """A view in which the registers of firms and of what they applied for hold a group's rows alone."""

    def __init__(self, view: View, group: Group) -> None:
        super().__init__(view.connection, view.size)
        self.group = group

    def at(self, size: int) -> "Part":
        """The same group by what was believed when the log had `size` records."""
        return Part(super().at(size), self.group)

    def rows(self, register: Kind[BodyT], lender: str | None = None) -> Iterator[Row[BodyT]]:
        """The current versions of a register in order of key: those of the group, where rows are of one firm."""
        keys = self._keys(register)
        if keys is None:
            yield from super().rows(register, lender)
            return
        for _key, row in sorted(self.current_of(register, keys).items()):
            if lender in (None, row.lender):
                yield row

    def keys(self, register: Kind[Any]) -> dict[str, str]:
        """The keys of a register, those of the group where rows are of one firm."""
        return {row.key: row.lender for row in self.rows(register)}

    def _keys(self, register: Kind[BodyT]) -> Iterable[str] | None:
        group = self.group
        match register.register:
            case "entity":
                return group.firms
            case "application":
                return group.applications
            case "grant":
                return group.lines
            case "loan" | "policy" | "claim" | "project":
                return group.items
            case "event" | "receipt":
                # A loan's key is its contract, behind which a slip may stand.
                contracts = {part for item in group.items for part in (item, item.rpartition("/")[0])}
                return {row.key for row in self.naming(register, contracts)}
            case "premium" | "milestone":
                return {row.key for row in self.naming(register, group.items)}
            case "dishonesty":
                return {row.key for row in self.naming(register, group.firms)}
        return None


def _said(view: View, register: Kind[BodyT], key: str) -> list[Row[BodyT]]:
    """The versions that say something: a void says nothing."""
    return [row for row, void in view.history(register, key) if not void]


def _alone(view: View, granted: Granted) -> bool:
    """Whether all caps that these lines use up are amounts of their firms, and stated by notices that govern them.

    What another version states, lines of other firms may bring with them.
    """
    stated = stated_pools(version.notice for versions in notices(view).values() for version in versions)
    own = stated_pools(notice for line in granted.lines for notice in line.notices)
    users = Counter(pool for pools in stated.values() for pool in pools)
    return all(
        stated[line.notice_id] == own[line.notice_id]
        and all(_of_one_firm(pool, line, users[pool]) for pool in stated[line.notice_id])
        for line in granted.lines
    )


def _of_one_firm(pool: Pool, line: AwardLine, users: int) -> bool:
    """Whether the amounts of a cap that a line uses up are its firm's: a loan has one borrower, a claim one claimant.

    What an insured product is called, others may call theirs; and where `users` are several notices, those of another
    type have no loan, or call a product like a claim.
    """
    item = "loan" if line.on_loan else "" if line.notices[0].type == "insurance_premium" else "item"
    return "entity" in pool.per or (users == 1 and item in pool.per)
