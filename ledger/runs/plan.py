"""What a month owes: due minus posted, per line and due period, from a view of the log and nothing else.

The plan is what a run posts and what a replay must find again, so it reads no clock, no vault and no table beside the
view it is given. Two plans over the same records are equal, byte for byte. `Step` is what a run adds to a line and due
period, and where a reduction goes that comes after the payment."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from calculators.awards.all import Calculate, Partition, calculate_all, calculated_with
from calculators.awards.caps import Key, Posted
from calculators.awards.digests import AwardResult
from calculators.awards.lines import AwardLine, Outside, Support
from calculators.awards.loan import CALCULATOR
from calculators.digest import Digest, Held, Withheld
from calculators.money import format_yuan
from calculators.problems import N_, refuse
from ledger.book.balances import Award, posted_awards, standing_awards
from ledger.book.payables import payable_by_line
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.log.tree import leaf_hash, root
from ledger.office.duty import in_force, posts_after_the_first
from ledger.registry.benchmarks import benchmark
from ledger.registry.lending import NEVER_HEARD, heard
from ledger.registry.openings import outside_awards
from ledger.runs.held import (
    UNREPORTED,
    WHOLE,
    Stopped,
    beside,
    held_results,
    stopped,
    taken_back,
    unsure,
    with_holds,
)
from ledger.runs.lines import LOAN_TYPE, Granted, Unready, fallen_lines, granted_lines
from ledger.runs.occasion import Month, Occasion
from ledger.runs.openings import misplaced
from ledger.runs.standing import standing
from ledger.store.ledger import View


@dataclass(frozen=True, slots=True)
class Step:
    """One award entry to post: `award_fen` (negative for a reduction) moves line and due period to what is due.

    `n` counts the entries the line already has, and `before_fen` is what they and awards outside come to. `replaces` is
    the log index of the entry the due period was last posted by; present exactly when this is a true-up. `owed_back`:
    it reduces what has been paid, or is on its way, so the payee owes it.
    """

    line: str
    due: date
    award_fen: int
    n: int
    before_fen: int
    digest: Digest
    replaces: int | None
    owed_back: bool = False


def split(view: View, steps: Iterable[Step], lines: Collection[str] | None = None) -> Iterator[Step]:
    """The steps, each reduction cut in two: what its line is still owed bears a part, the payee owes the rest.

    A line is owed what is open on it in `view` and what these steps award to it; its reductions use that up in the
    order of the steps. Payments are records of the log, so the same view always gives the same parts.
    """
    planned = list(steps)
    if all(step.award_fen > 0 for step in planned):
        yield from planned
        return
    open_fen = payable_by_line(view, lines)
    for step in planned:
        open_fen[step.line] += max(0, step.award_fen)
    cuts: Counter[str] = Counter()
    for step in planned:
        step = replace(step, n=step.n + cuts[step.line])
        borne = min(max(0, -step.award_fen), max(0, open_fen[step.line]))
        open_fen[step.line] -= borne
        owed_back = min(0, step.award_fen) + borne
        if not owed_back:
            yield step
        elif not borne:
            yield replace(step, owed_back=True)
        else:
            cuts[step.line] += 1
            yield replace(step, award_fen=-borne)
            yield replace(step, award_fen=owed_back, n=step.n + 1, before_fen=step.before_fen - borne, owed_back=True)


class WithheldOfLine(Withheld):
    """What of a digest is withheld, with the line that it is of."""

    line: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A run's calculation over the records below `log_size`: every line's result, and the steps still missing.

    `digests` are those of `results` in line order, then those of the lines that could not be put together;
    `digest_root` stands over all of them, posted or not. `cap_over` are keys of caps of which more stands than their
    limit; `moved` are lines on which nothing is posted, but what stands counts under other keys than before.
    `signed_by` are the posts whose signatures the duties in force ask for.
    """

    occasion: Occasion
    log_size: int
    lines: tuple[AwardLine, ...]
    results: tuple[AwardResult, ...]
    digests: tuple[Digest, ...]
    steps: tuple[Step, ...]
    benchmark: str
    facts_root: str
    digest_root: str
    cap_over: tuple[kinds.CapOver, ...] = ()
    moved: tuple[kinds.MovedCaps, ...] = ()
    signed_by: tuple[str, ...] = ()

    @property
    def notices(self) -> list[str]:
        """The notice versions that governed something here."""
        return sorted({ref for line in self.lines for ref in line.notice_refs})

    @property
    def calculators(self) -> list[str]:
        """The calculator versions used."""
        return sorted({CALCULATOR} if self.benchmark else {digest["calculator"] for digest in self.digests})

    def held(self) -> list[kinds.HeldPeriod]:
        """Due periods not posted until a receipt, fact or release says more, each with both figures."""
        return [{"line": digest["line"], **held} for digest in self.digests for held in digest["held"]]

    def withheld(self) -> list[WithheldOfLine]:
        """What ceilings and decisions cut off and no run pays by itself, per line and decision."""
        return [{"line": digest["line"], **withheld} for digest in self.digests for withheld in digest["withheld"]]

    def refused(self) -> list[kinds.RefusedLine]:
        """Lines that get nothing, each with every condition not met and its clause."""
        return [{"line": digest["line"], "codes": digest["refused"]} for digest in self.digests if digest["refused"]]


class _Calculation(NamedTuple):
    """What the calculators made of an occasion: results by line id, lines without one, and the benchmark (or "")."""

    results: Sequence[AwardResult]
    unready: Sequence[Unready]
    benchmark: str


def plan_of(
    view: View,
    occasion: Occasion,
    granted: Granted | None = None,
    lines: Collection[str] | None = None,
    calculate: Calculate = calculate_all,
) -> Plan:
    """The plan of an occasion over everything `view` knows; refuses `benchmark_unknown`.

    `granted` spares a caller that has looked at the granted lines already from reading them twice. Where `lines` are
    given, they are all that the registers of `view` know, and nothing is asked of what others have on the book.
    `calculate` says what lines are due: this process, or others that come to the same.
    """
    granted = granted or granted_lines(view)
    posted = posted_awards(view, lines)
    outside = outside_awards(view)
    doubled = beside(view, granted, posted)
    granted = granted._replace(unready=granted.unready + fallen_lines(view, granted, posted))
    stands = standing(view, posted, lines)
    by_holds = stopped(view).more(misplaced(granted.lines, outside)).more(taken_back(view, granted.unready, posted))
    by_holds = by_holds.more(doubled)
    calculate_run = _loans if occasion.run == "interest" else _batch
    while True:
        calculated = calculate_run(view, occasion, granted, outside, stands, by_holds, calculate)
        digests = [result.digest for result in calculated.results]
        digests += [
            _unready_digest(unready, calculated.benchmark, occasion, by_holds) for unready in calculated.unready
        ]
        steps = _steps(view, digests, outside, posted)
        unheard = _unheard(view, granted, steps)
        if not unheard:
            break
        # What these lines do not take leaves the others other room, so they are asked again.
        by_holds = by_holds.more(unheard)
    refuse_if_exceeded(calculated.results)
    leaves = [leaf_hash(canonical(digest)) for digest in digests]
    return Plan(
        occasion=occasion,
        log_size=view.size,
        lines=tuple(result.line for result in calculated.results),
        results=tuple(calculated.results),
        digests=tuple(digests),
        steps=tuple(split(view, steps, lines)),
        cap_over=_cap_over(calculated.results),
        moved=_moved(calculated.results, stands, {step.line for step in steps}),
        benchmark=calculated.benchmark,
        facts_root=root([bytes.fromhex(digest["facts"]) for digest in digests]).hex(),
        digest_root=root(leaves).hex(),
        signed_by=posts_after_the_first(in_force(view), "run", ()),
    )


def _unready_digest(unready: Unready, benchmark_ref: str, occasion: Occasion, by: Stopped) -> Digest:
    digest = unready.digest(benchmark_ref, occasion.ends_before)
    # A grant that was taken back is gone, whatever a row of its item says.
    return (
        digest
        if unready.code == "grant_fallen"
        else with_holds(digest, by.of(unready.type, unready.item, unready.line))
    )


def plan_month(view: View, month: Month) -> Plan:
    """The plan of a month's loans."""
    return plan_of(view, Occasion.of_month(month))


def _loans(
    view: View,
    occasion: Occasion,
    granted: Granted,
    outside: Sequence[Outside],
    stands: Mapping[str, Posted],
    by: Stopped,
    calculate: Calculate,
) -> _Calculation:
    """Every loan line of every notice."""
    own = granted.loan_lines
    unready = [one for one in granted.unready if one.type == LOAN_TYPE]
    names = {line.notice_id for line in own}
    results = _calculate(view, occasion, granted, names, own, outside, _without(stands, unready, by), by, calculate)
    return _Calculation([result for result in results if result.line.on_loan], unready, benchmark(view)[0])


def _batch(
    view: View,
    occasion: Occasion,
    granted: Granted,
    outside: Sequence[Outside],
    stands: Mapping[str, Posted],
    by: Stopped,
    calculate: Calculate,
) -> _Calculation:
    """The lines of one notice."""
    own = [line for line in granted.lines if line.notice_id == occasion.name]
    unready = [one for one in granted.unready if one.notice == occasion.name]
    results = _calculate(
        view, occasion, granted, {occasion.name}, own, outside, _without(stands, unready, by), by, calculate
    )
    return _Calculation(
        [result for result in results if result.line.notice_id == occasion.name],
        unready,
        "",
    )


def _without(stands: Mapping[str, Posted], unready: Iterable[Unready], by: Stopped) -> Mapping[str, Posted]:
    """What stands, but for lines that this run takes everything back from: they claim nothing."""
    falling = [line for line in unready if line.code == "grant_fallen" or not by.of(line.type, line.item, line.line)]
    return {**stands, **{line.line: Posted({}, {}, date.min) for line in falling}}


def _calculate(
    view: View,
    occasion: Occasion,
    granted: Granted,
    names: Iterable[str],
    own: Iterable[AwardLine],
    outside: Sequence[Outside],
    stands: Mapping[str, Posted],
    by: Stopped,
    calculate: Calculate,
) -> list[AwardResult]:
    """What the lines of some notices are due, with the lines of every type that they share caps with."""
    lines = calculated_with(granted.lines, names)
    ids = {line.id for line in lines}
    rates_ref, rates = benchmark(view)
    others = supports(each_line for each_line in granted.lines if each_line.id not in ids)
    # A line that a row stops is not this run's to post; others keep the room that it will need.
    posts = {line.id for line in own if not by.of(line.notices[0].type, line.application.item, line.id)}
    through, held = occasion.ends_before, unsure(granted, by)
    results = calculate(Partition(lines, rates, rates_ref, through, outside, others, stands, posts, held))
    return held_results(results, by)


def _unheard(view: View, granted: Granted, steps: Sequence[Step]) -> dict[str, Held]:
    """Lines of which a run would move what is posted for days that their lender has not reported, or not any more.

    A month may run without a report, which then adds to what is posted and changes none of it: facts that vanished with
    a report are no facts.
    """
    changed = [step for step in steps if step.replaces is not None]
    if not changed:
        return {}
    lenders = {line.id: line.loan for line in granted.loan_lines}
    reports = heard(view)
    found: dict[str, Held] = {}
    for step in changed:
        loan = lenders.get(step.line)
        if loan is None or step.line in found:
            continue
        through = reports.get(loan.lender, NEVER_HEARD).through
        if through is None or step.due - timedelta(days=1) > through:
            values = {"lender": loan.lender, "day": (step.due - timedelta(days=1)).isoformat()}
            found[step.line] = Held(code=UNREPORTED, cause=UNREPORTED, fact=loan.key, values=values)
    return found


def _cap_over(results: Iterable[AwardResult]) -> tuple[kinds.CapOver, ...]:
    """The keys of which more stands after the run than the highest limit on them, by key."""
    limits: dict[Key, int] = {}
    stands: dict[Key, int] = {}
    for result in results:
        for key, fill in result.capped.fills.items():
            if fill.most_fen is not None:
                limits[key] = max(limits.get(key, 0), fill.most_fen)
                stands[key] = fill.outside_fen + fill.others_fen + fill.own_fen
    return tuple(
        kinds.CapOver(key=dict(key), limit_fen=limit_fen, over_fen=stands[key] - limit_fen)
        for key, limit_fen in sorted(limits.items())
        if stands[key] > limit_fen
    )


def refuse_if_exceeded(results: Sequence[AwardResult]) -> None:
    """Refuse `cap_exceeded` where lines of this run raise a key of a cap that limits them above its limit."""
    for over in _cap_over(results):
        key = tuple(sorted(over["key"].items()))
        own = [fill for result in results if (fill := result.capped.fills.get(key)) and fill.most_fen is not None]
        if sum(fill.own_fen for fill in own) > sum(fill.before_fen for fill in own):
            raise refuse(
                "cap_exceeded",
                N_("this run would raise the cap {cap} to {over} yuan above its limit of {limit}"),
                N_("correct the opening position or the notice that the cap counts, then run again"),
                cap=cap_label(over["key"]),
                over=format_yuan(over["over_fen"]),
                limit=format_yuan(over["limit_fen"]),
            )


def cap_label(key: Mapping[str, str]) -> str:
    """A key as it is printed: notice, cap, then what tells this amount from others."""
    others = [value for name, value in key.items() if name not in ("notice", "cap")]
    return "/".join([*([key["notice"]] if "notice" in key else []), key["cap"], *others])


def _moved(
    results: Iterable[AwardResult], stands: Mapping[str, Posted], posted: Collection[str]
) -> tuple[kinds.MovedCaps, ...]:
    """The lines that get no entry, but stand under other keys than their last digest says."""
    found = []
    for result in results:
        line = result.line.id
        if line in posted or line not in stands or result.digest["held"]:
            continue
        now = {key: fill.own_fen for key, fill in result.capped.fills.items()}
        if now != dict(stands[line].keys):
            caps = [kinds.OwnCap(key=dict(key), own_fen=fen) for key, fen in sorted(now.items())]
            found.append(kinds.MovedCaps(line=line, caps=caps))
    return tuple(found)


def supports(lines: Iterable[AwardLine]) -> list[Support]:
    """What other lines were granted, for the rule of one support per entity and fund year."""
    return [
        Support(line.entity.uscc, notice.programme, notice.fund_year, notice.id, line.grant.granted_on, line.grant.id)
        for line in lines
        for notice in line.notices
    ]


def _steps(
    view: View, digests: list[Digest], outside: Sequence[Outside], posted: Mapping[tuple[str, date], Award]
) -> list[Step]:
    """What is missing on the book, line by line and due period by due period."""
    missing = list(_missing(digests, outside, posted))
    changed = {step.line for step in missing if (step.line, step.due) in posted}
    stands = standing_awards(view, changed) if changed else {}
    return [replace(step, replaces=stands.get((step.line, step.due))) for step in missing]


def _missing(
    digests: list[Digest], outside: Sequence[Outside], posted: Mapping[tuple[str, date], Award]
) -> Iterator[Step]:
    """The steps, each as if nothing had been posted for its due period before.

    A due period on or after the first one held keeps what it has: neither more nor less is posted until the hold ends.
    So does all of a line that could not be calculated, or that a held row stops.
    """
    dues_posted: dict[str, set[date]] = defaultdict(set)
    entries: dict[str, int] = defaultdict(int)
    stands: dict[str, int] = defaultdict(int)
    for (line, due), award in posted.items():
        stands[line] += award.amount_fen
        dues_posted[line].add(due)
        entries[line] += award.entries
    opened: dict[tuple[str, date], int] = defaultdict(int)
    for award_outside in outside:
        if award_outside.line:
            opened[award_outside.line, award_outside.due] += award_outside.amount_fen
            stands[award_outside.line] += award_outside.amount_fen
            dues_posted[award_outside.line].add(award_outside.due)
    for digest in digests:
        if any(held["code"] in WHOLE for held in digest["held"]):
            continue
        line, through = digest["line"], date.fromisoformat(digest["through"])
        owed = {date.fromisoformat(period["due"]): period["award_fen"] for period in digest["periods"]}
        for taken in digest.get("taken_back", ()):
            due = date.fromisoformat(taken["due"])
            owed[due] = owed.get(due, 0) - taken["amount_fen"]
        held_from = min((date.fromisoformat(held["due"]) for held in digest["held"]), default=date.max)
        for due in sorted(owed.keys() | dues_posted[line]):
            if due >= held_from or (due > through and due not in owed):
                # Held, or paid outside for a day that this run does not reach.
                break
            before = posted.get((line, due))
            missing = owed.get(due, 0) - opened[line, due] - (before.amount_fen if before else 0)
            if missing:
                yield Step(line, due, missing, entries[line], stands[line], digest, None)
                entries[line] += 1
                stands[line] += missing
