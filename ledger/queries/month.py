"""The month at a glance: every step from the lenders' reports to the sign-off, what it waits for, and what to do next.

A step is made of points, each with a code that the command words, the values that fill the words, and the commands
that bring it on. Amounts are integers of fen, days are ISO texts of Beijing days.
"""

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from ledger.book.limits import limits
from ledger.book.periods import CHECKED, MADE, REOPENED, last_month
from ledger.log import kinds
from ledger.office.approvals import given
from ledger.office.people import people
from ledger.office.public_notices import obstacles
from ledger.payouts.batches import Batch, Item, batch
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import Held, Planned, plan
from ledger.payouts.states import OPEN
from ledger.payouts.states import State as PayoutState
from ledger.queries.signers import able_next, newcomer
from ledger.reconcile.imported import statements
from ledger.reconcile.monthly import Account, reconciliation
from ledger.registry.agreements import waiting
from ledger.registry.holds import standing
from ledger.registry.notices import notices
from ledger.runs.history import Run, State, last_closed, runs
from ledger.runs.interest import Report, reports, unopened
from ledger.runs.lines import granted_lines
from ledger.runs.occasion import Month, Occasion
from ledger.store.ledger import Row, Vault, View, local_day


class Stand(StrEnum):
    """How a step stands."""

    DONE = "done"
    # Somebody here can bring it on now.
    OPEN = "open"
    # It waits for a signature, a bank, or a day.
    WAITS = "waits"
    # An earlier step has to come first.
    BLOCKED = "blocked"
    # There is nothing to do.
    NOTHING = "nothing"


class Point(NamedTuple):
    """One thing to say about a step: `code` and `values` are worded by the command; `by` are those who can act.

    `since` is the day from which it stands so, or ""; `next` are commands that can be pasted, whose capitals are to be
    replaced.
    """

    code: str
    stand: Stand
    values: Mapping[str, object] = {}
    by: tuple[str, ...] = ()
    since: str = ""
    next: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """A step of the month, by its name in `STEPS`."""

    name: str
    points: tuple[Point, ...] = ()
    blocked_by: str = ""

    @property
    def stand(self) -> Stand:
        """That of the point that most wants somebody's hand; blocked where an earlier step comes first."""
        if self.blocked_by:
            return Stand.BLOCKED
        found = {point.stand for point in self.points}
        return next((stand for stand in (Stand.OPEN, Stand.WAITS, Stand.DONE) if stand in found), Stand.NOTHING)


# What a held payout waits for is brought by this; any other hold is told with its remedy by `pay prepare`.
BROUGHT = {
    "payer_missing": "subsidy import payers FILE --mode full",
    "payee_unknown": "subsidy import payees FILE --mode full",
    "clear_text_missing": "subsidy import payees FILE --mode full",
    "wallet_state_stale": "subsidy import wallets FILE --mode delta",
    "year_end_missing": "subsidy budget year-end {year} --document NO",
}
# What grants of loans and their payment rest on, in the order in which each can be brought.
BEGIN: tuple[tuple[kinds.Kind[Any], str], ...] = (
    (kinds.ENTITY, "subsidy import entities FILE --mode full"),
    (kinds.PAYEE, "subsidy import payees FILE --mode full"),
    (kinds.PAYER, "subsidy import payers FILE --mode full"),
    (kinds.LOAN, "subsidy import loans FILE --mode full --lender LENDER"),
    (kinds.APPLICATION, "subsidy import applications FILE --mode delta"),
)
# As many reasons of held payouts are told one by one.
SHOWN = 5
STEPS = ("reports", "rows", "run", "public_notice", "payment", "results", "statements", "sign_off")


@dataclass(frozen=True)
class MonthAtHand:
    """A month and its steps, in order."""

    month: Month
    steps: tuple[Step, ...]

    @property
    def next(self) -> tuple[str, ...]:
        """The commands of the first step that somebody can bring on now; of reports, and what a run besides waits for.

        Where it waits for somebody else, those of the next step that needs no such waiting come after them; where no
        step is open, what would give the month something to do.
        """
        found: list[str] = []
        for step in self.steps:
            if step.stand in (Stand.OPEN, Stand.WAITS):
                found += (text for point in step.points if point.stand is step.stand for text in point.next)
                if step.stand is Stand.OPEN and found and step.name != "reports":
                    break
        idle = (text for step in self.steps for point in step.points for text in point.next)
        return tuple(dict.fromkeys(found or idle))


def month_at_hand(view: View, today: date) -> Month:
    """The month to work on: the one after the last signed off, else the last run, else the last that is over."""
    signed = last_month(view)
    if signed:
        day = Month.parse(signed).ends_before
        return Month(day.year, day.month)
    ran = [run.occasion.name for run in runs(view) if run.occasion.run == "interest" and run.state is not State.ABORTED]
    if ran:
        return Month.parse(ran[-1])
    first = today.replace(day=1)
    return Month(first.year - 1, 12) if first.month == 1 else Month(first.year, first.month - 1)


class _OfMonth(NamedTuple):
    """A batch, its payouts that pay something of the month, and what of it they claim and have paid, in fen."""

    batch: Batch
    items: list[Item]
    amount_fen: int
    paid_fen: int


def _sum_of(awards: list[range], parts: Iterable[Mapping[int, int]]) -> int:
    """The parts of payables whose entry records lie in one of the ranges."""
    return sum(fen for part in parts for award, fen in part.items() if any(award in own for own in awards))


def steps_of_month(view: View, vault: Vault, month: Month, today: date) -> MonthAtHand:
    """Where every step of a month stands on a day."""
    return MonthAtHand(month, tuple(_Asked(view, vault, month, today).steps()))


@dataclass
class _Asked:
    """What the steps share: the run of the month, and what its lines came to."""

    view: View
    vault: Vault
    month: Month
    today: date
    # The closed runs of the month, and the one that waits or, without any such, the last closed one.
    closed: list[Run] = field(init=False)
    run: Run | None = field(init=False)
    # A later month that was run: nothing is run before it any more.
    later: Month | None = field(init=False)

    def __post_init__(self) -> None:
        of_month = [run for run in runs(self.view) if run.occasion.name == str(self.month)]
        self.closed = [run for run in of_month if run.state is State.CLOSED]
        waiting = [run for run in of_month if run.state is State.PROPOSED]
        self.run = next(iter([*waiting, *self.closed[::-1]]), None)
        latest = last_closed(self.view, Occasion.of_month(self.month))
        behind = latest is not None and latest.occasion.ends_before > self.month.ends_before
        self.later = Month.parse(latest.occasion.name) if latest and behind else None

    def steps(self) -> Iterator[Step]:
        lines = [] if self.run or self.later else granted_lines(self.view).loan_lines
        heard = Step("reports", tuple(self._reports(reports(self.view, self.month, lines))))
        yield heard
        yield Step("rows", tuple(self._rows()))
        openings = unopened(self.view, lines)
        # What was paid before is asked for while lenders are waited for.
        first = heard.stand is Stand.OPEN and self.today >= self.month.ends_before and not openings
        yield Step("run", tuple(self._run(openings, granted=bool(lines))), heard.name if first else "")
        if not self.closed:
            yield from (Step(name, (), "" if self.later else "run") for name in ("public_notice", "payment", "results"))
        else:
            posted = [RunEntries(run.closed, run.first, run.count) for run in self.closed]
            planned = plan(self.view, self.vault, posted, self.today)
            made = list(self._batches())
            yield Step("public_notice", tuple(self._public_notice()))
            yield Step("payment", tuple(self._payment(planned, made)))
            yield Step("results", tuple(self._results(made)))
        accounts = reconciliation(self.view, self.month.last_day)
        held_against = Step("statements", tuple(self._statements(accounts)))
        yield held_against
        yield self._sign_off(held_against)

    def _reports(self, heard: Iterable[Report]) -> Iterator[Point]:
        """A run that is proposed or posted had heard from all."""
        if self.run or self.later:
            lines = (run.proposal["totals"]["lines"] for run in [*self.closed, self.run] if run)
            code = "all_heard" if self.later or any(lines) else "nobody_to_hear"
            yield Point(code, Stand.DONE if code == "all_heard" else Stand.NOTHING)
        for report in heard:
            values = {"lender": report.lender, "day": report.through.isoformat() if report.through else ""}
            if report.covers(self.month):
                yield Point("lender_heard", Stand.DONE, values)
            elif report.excepted:
                yield Point("lender_excepted", Stand.DONE, values)
            else:
                day = report.wanted(self.month)
                command = (
                    f"subsidy import events FILE --mode delta --lender {shlex.quote(report.lender)} --through {day}"
                )
                code = "lender_missing" if report.through else "lender_never_heard"
                # Nobody can report up to a day that has not come.
                yield Point(code, Stand.OPEN, values, next=(command,) if day <= self.today else ())

    def _rows(self) -> Iterator[Point]:
        rows = standing(self.view)
        if rows:
            yield Point(
                "rows_held",
                Stand.OPEN,
                {"rows": len(rows), "lines": len({row.body["about"] for row in rows})},
                since=_day(rows[0].body["recorded_at"]),
                next=("subsidy import holds",),
            )

    def _run(self, openings: list[tuple[str, date]], *, granted: bool) -> Iterator[Point]:
        if self.run is None:
            if self.today < self.month.ends_before:
                yield Point("month_not_over", Stand.WAITS, {"day": self.month.ends_before.isoformat()})
                return
            if self.later:
                yield Point("month_behind", Stand.NOTHING, {"latest": str(self.later)})
                return
            yield from self._openings(openings)
            if not granted:
                first = next(iter(self.view.rows(kinds.NOTICE)), None) is None
                commands = ("subsidy notice add FILE",) if first else tuple(self._to_begin())
                yield Point("nothing_granted", Stand.OPEN if first else Stand.NOTHING, next=commands)
            elif not openings:
                yield Point("run_missing", Stand.OPEN, next=(f"subsidy run interest --month {self.month}",))
            return
        totals = self.run.proposal["totals"]
        values: dict[str, object] = {
            "number": self.run.number,
            "entries": totals["entries"],
            "amount_fen": totals["credit_fen"] - totals["debit_fen"],
        }
        if self.run.state is State.CLOSED:
            yield Point("run_posted", Stand.DONE, values, since=_day(self.run.recorded_at))
            return
        signed = given(self.view, self.run.number)
        post = self.run.steps[len(signed)]
        able = able_next(self.view, self.run.number, self.today)
        yield Point(
            "run_waits" if able else "run_waits_for_nobody",
            Stand.WAITS if able else Stand.OPEN,
            {**values, "step": len(signed) + 1, "steps": len(self.run.steps), "post": post},
            able,
            _day(signed[-1].recorded_at if signed else self.run.recorded_at),
            (f"subsidy approve {self.run.number} --key FILE" if able else newcomer(self.view, post),),
        )

    def _to_begin(self) -> Iterator[str]:
        """What a first grant and its payment rest on and is not there yet, in the order in which it can be brought."""
        if len([one for one in people(self.view).values() if one.in_office(self.today)]) < len(("maker", "checker")):
            yield newcomer(self.view, "POST")
        paths = {notice.notice.envelope.path for of_id in notices(self.view).values() for notice in of_id}
        issued = limits(self.view)
        parts = [path.split("/") for path in paths]
        for path in sorted({"/".join(part[: depth + 1]) for part in parts for depth in range(len(part))}):
            if path not in issued:
                yield f"subsidy budget issue {path} YUAN --document NO --on YYYY-MM-DD"
        lacking = [kind for kind, _text in BEGIN if next(iter(self.view.rows(kind)), None) is None]
        registers = [command.split()[2] for kind, command in BEGIN if kind in lacking]
        if len(registers) > 1:
            yield f"subsidy template {' '.join(registers)} grants events --out forms"
        yield from (command for kind, command in BEGIN if kind in lacking)
        yield "subsidy import grants FILE --mode delta"

    def _openings(self, wanted: Iterable[tuple[str, date]]) -> Iterator[Point]:
        """What was paid before this ledger: asked for and not agreed to, or not said yet."""
        asked = {row.key: row for row in waiting(self.view, kinds.OPENING)}
        for notice, starts_on in wanted:
            row = asked.get(notice)
            if row:
                since = _day(row.body["recorded_at"])
                yield self._second("opening_waits", {"notice": notice}, row.seq, since, f"subsidy approve {row.seq}")
                continue
            commands = f"subsidy opening none {notice}", f"subsidy opening import FILE --notice {notice}"
            began = {"notice": notice, "day": starts_on.isoformat()}
            yield Point("opening_missing", Stand.OPEN, began, next=commands)

    def _second(self, code: str, values: Mapping[str, object], number: int, since: str, command: str) -> Point:
        """What waits at log index `number` for a signature, or, while nobody in office can give it, for an officer."""
        able = able_next(self.view, number, self.today)
        if able:
            return Point(code, Stand.WAITS, values, able, since, (command,))
        return Point(f"{code}_for_nobody", Stand.OPEN, values, (), since, (newcomer(self.view, "POST"),))

    def _public_notice(self) -> Iterator[Point]:
        lines = {row.body["line"] for run in self.closed for row in self._entries(run) if "line" in row.body}
        stopped = obstacles(self.view, lines, self.today)
        count = Counter(obstacle.code for obstacle in stopped.values())
        if count["public_notice_missing"]:
            yield Point(
                "lines_to_publish",
                Stand.OPEN,
                {"lines": count["public_notice_missing"]},
                next=(f"subsidy public-notice start {self.closed[-1].number} --on YYYY-MM-DD --name NAME",),
            )
        running = [obstacle for obstacle in stopped.values() if obstacle.code == "public_notice_running"]
        if running:
            last = max(str(obstacle.values["last_day"]) for obstacle in running)
            yield Point("lines_published", Stand.WAITS, {"lines": len(running), "day": last})
        objected = count["objection_open"] + count["application_withdrawn"] + count["objection_upheld"]
        if objected:
            yield Point("lines_objected", Stand.OPEN, {"lines": objected}, next=("subsidy public-notice show",))

    def _entries(self, run: Run) -> Iterator[Row[kinds.EntryBody]]:
        return self.view.at(run.first + run.count).records(kinds.ENTRY, since=run.first)

    def _batches(self) -> Iterator["_OfMonth"]:
        """The batches that pay something of the month, each with what of it is the month's."""
        awards = [range(run.first, run.first + run.count) for run in self.closed]
        closed = {run.closed for run in self.closed}
        for row in sorted(self.view.rows(kinds.PAYMENT_BATCH)):
            # A batch names every run that it was prepared for, also those of which it pays nothing.
            if not closed.intersection(row.body["runs"]):
                continue
            made = batch(self.view, row.key)
            items = [item for item in made.items if any(award in own for award in item.claims for own in awards)]
            if items and made.state is not PayoutState.CANCELLED:
                yield _OfMonth(
                    made,
                    items,
                    _sum_of(awards, (item.claims for item in items)),
                    _sum_of(awards, (item.booked for item in items)),
                )

    @property
    def _prepare(self) -> str:
        return " ".join(["subsidy pay prepare", *(str(run.number) for run in self.closed)])

    def _payment(self, planned: Planned, made: list[_OfMonth]) -> Iterator[Point]:
        drafts = [draft for of_payer in planned.by_payer.values() for draft in of_payer]
        if drafts:
            yield Point(
                "to_prepare",
                Stand.OPEN,
                {"payouts": len(drafts), "amount_fen": sum(draft.amount_fen for draft in drafts)},
                next=(self._prepare,),
            )
        yield from self._held(planned)
        for own in made:
            each = own.batch
            values = {"batch": each.key, "payouts": len(own.items), "amount_fen": own.amount_fen}
            if each.state is PayoutState.PREPARED:
                command = f"subsidy pay approve {each.key}"
                yield self._second("batch_waits", values, each.seq, each.day.isoformat(), command)
            elif each.state is PayoutState.APPROVED:
                since = _day(each.steps[-1].body["recorded_at"])
                yield Point(
                    "batch_approved", Stand.OPEN, values, (), since, (f"subsidy pay export {each.key} --out FILE",)
                )
            else:
                yield Point("batch_out", Stand.DONE, values)

    def _held(self, planned: Planned) -> Iterator[Point]:
        """What is held, told together where code and reason are alike, the largest sums first."""
        alike: dict[tuple[str, str], list[Held]] = defaultdict(list)
        for held in planned.held:
            alike[held.hold.code, repr(held.hold.values)].append(held)
        groups = sorted(alike.values(), key=lambda group: -sum(held.amount_fen for held in group))
        for group in groups[:SHOWN]:
            hold = group[0].hold
            values = {
                **{name: str(value) for name, value in hold.values.items()},
                "payouts": len(group),
                "amount_fen": sum(held.amount_fen for held in group),
                "payee": group[0].payee,
                "reason": hold.code,
            }
            command = BROUGHT.get(hold.code, f"{self._prepare} --dry-run").format_map(hold.values)
            yield Point("payment_held", Stand.OPEN, values, next=(command,))
        rest = [held for group in groups[SHOWN:] for held in group]
        if rest:
            sums = {"payouts": len(rest), "amount_fen": sum(held.amount_fen for held in rest)}
            yield Point("payment_held_besides", Stand.OPEN, sums, next=(f"{self._prepare} --dry-run",))

    def _results(self, made: list[_OfMonth]) -> Iterator[Point]:
        # Account -> the last day that a statement of it speaks for.
        stated: dict[str, str] = {}
        for row in statements(self.view):
            stated[row.body["account"]] = max(stated.get(row.body["account"], ""), row.body.get("closes_on", ""))
        for own in made:
            each = own.batch
            if each.state is not PayoutState.EXPORTED:
                continue
            state = Counter(item.state for item in own.items)
            values = {"batch": each.key}
            silent = sum(state[one] for one in OPEN - {PayoutState.DISPUTED})
            since = _day(each.steps[-1].body["recorded_at"])
            if silent:
                yield Point(
                    "answers_missing",
                    Stand.WAITS,
                    {**values, "payouts": silent},
                    since=since,
                    next=("subsidy pay import-result ANSWER",),
                )
            if state[PayoutState.DISPUTED]:
                yield Point(
                    "answers_contradict",
                    Stand.OPEN,
                    {**values, "payouts": state[PayoutState.DISPUTED]},
                    next=(f"subsidy pay status {each.key}",),
                )
            if not silent and not state[PayoutState.DISPUTED]:
                yield Point(
                    "answered",
                    Stand.DONE,
                    {**values, "amount_fen": own.paid_fen},
                    next=() if since <= stated.get(each.body["payer"], "") else ("subsidy reconcile import FILE",),
                )

    def _statements(self, accounts: list[Account]) -> Iterator[Point]:
        for account in accounts:
            if not account.speaks_by(self.month.last_day):
                continue
            values = {"account": account.key, "day": account.through}
            # Once the month is over the page asks for what signing off asks for, and for no more.
            begun = self.today < self.month.ends_before and account.through < self.month.last_day.isoformat()
            if begun or account.lacks_statement(self.month.last_day):
                stand = Stand.WAITS if self.today < self.month.ends_before else Stand.OPEN
                code = "statement_missing" if account.through else "statement_never"
                yield Point(code, stand, values, next=("subsidy reconcile import FILE",))
            elif account.unexplained:
                yield Point(
                    "unexplained",
                    Stand.OPEN,
                    {**values, "lines": len(account.lines), "amount_fen": account.unexplained_fen},
                    next=("subsidy reconcile match", f"subsidy reconcile report --month {self.month}"),
                )
            else:
                yield Point("statement_explained", Stand.DONE, values)

    def _sign_off(self, held_against: Step) -> Step:
        row = self.view.current(kinds.PERIOD, str(self.month))
        if row and row.body["state"] == CHECKED:
            return Step("sign_off", (Point("signed_off", Stand.DONE, since=_day(row.body["recorded_at"])),))
        if row and row.body["state"] == MADE:
            command = f"subsidy reconcile sign-off --month {self.month} --check"
            point = self._second("sign_off_waits", {}, row.seq, _day(row.body["recorded_at"]), command)
            return Step("sign_off", (point,))
        assert row is None or row.body["state"] == REOPENED, "the states of a month"
        if held_against.stand is Stand.NOTHING:
            return Step("sign_off")
        if held_against.stand is not Stand.DONE:
            return Step("sign_off", (), held_against.name)
        command = f"subsidy reconcile sign-off --month {self.month}"
        return Step("sign_off", (Point("sign_off_open", Stand.OPEN, next=(command,)),))


def _day(moment: str) -> str:
    return local_day(datetime.fromisoformat(moment)).isoformat()
