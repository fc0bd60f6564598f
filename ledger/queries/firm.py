"""A firm: found by a part of whatever is known of it, and where its money is, grant by grant.

Amounts are integers of fen, days are ISO texts of Beijing days; numbers of wallets and accounts are never shown, only
compared by their last four digits.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from ledger.book.accounts import PAYABLE, RECEIVABLE
from ledger.book.payables import Payable, open_parts
from ledger.log import kinds
from ledger.office.public_notices import Noticeboard, noticeboard
from ledger.payouts.batches import Item
from ledger.payouts.checks import Hold, line_holds, payee_holds, wallet_hold
from ledger.payouts.named import tried_on_open_lines
from ledger.payouts.prepare import Payers, award_holds
from ledger.payouts.returns.write_offs import written_off
from ledger.payouts.states import OPEN, State
from ledger.payouts.wallets import Wallets
from ledger.queries.month import BROUGHT
from ledger.queries.payments import items_naming
from ledger.registry.profile import naming
from ledger.runs.history import Run, runs
from ledger.runs.history import State as RunState
from ledger.sheets.columns import fold
from ledger.store import tables
from ledger.store.ledger import Vault, View, local_day

# What a firm has in the registers beside its names: the register, the field that leads to the firm, what it is called.
_OF_FIRM: tuple[tuple[kinds.Kind[Any], str], ...] = (
    (kinds.LOAN, "loan"),
    (kinds.POLICY, "policy"),
    (kinds.CLAIM, "claim"),
    (kinds.PROJECT, "project"),
    (kinds.APPLICATION, "application"),
)
_LAST_DIGITS = 4


class Found(NamedTuple):
    """A firm that a text names, and by what: `name`, `former_name`, `code`, `number`, or a register's word."""

    uscc: str
    name: str
    by: str
    text: str


class Point(NamedTuple):
    """Where money of a grant is, as a code with values; `next` are commands that bring it on."""

    code: str
    values: Mapping[str, object] = {}
    next: tuple[str, ...] = ()


class GrantMoney(NamedTuple):
    """A grant and its money: `posted_fen` was awarded net, `paid_fen` reached the payee, `owed_fen` is owed back."""

    grant: str
    notice: str
    item: str
    ceiling_fen: int | None
    posted_fen: int
    paid_fen: int
    owed_fen: int
    points: tuple[Point, ...]


def firms(view: View) -> list[Found]:
    """Every firm, by name."""
    rows = view.rows(kinds.ENTITY)
    return sorted((Found(row.key, row.body["name"], "code", row.key) for row in rows), key=_by_name)


def find(view: View, vault: Vault, text: str) -> list[Found]:
    """The firms of which `text` is a part of something known, or the last four digits of a number; each once, by name.

    What a firm is called now comes before what it was called, and that before its contracts, policies and the rest.
    """
    wanted = fold(text)
    if not wanted:
        return []
    names = {row.key: row.body["name"] for row in view.rows(kinds.ENTITY)}
    found: dict[str, Found] = {}
    for uscc, by, said in _known(view, vault, names, wanted):
        if uscc in names and uscc not in found and wanted in fold(said):
            found[uscc] = Found(uscc, names[uscc], by, said)
    return sorted(found.values(), key=_by_name)


def _by_name(found: Found) -> tuple[str, str]:
    """Their order, in which no two are equal: a list can go on behind any of them."""
    return found.name, found.uscc


def _known(view: View, vault: Vault, names: Mapping[str, str], wanted: str) -> Iterator[tuple[str, str, str]]:
    """(firm, by what, what is known) of every firm, in the order in which it counts."""
    for uscc, name in names.items():
        yield uscc, "name", name
        yield uscc, "code", uscc
    for row in view.records(kinds.ENTITY):
        yield row.key, "former_name", row.body["name"]
    firm_of: dict[str, str] = {}
    for register, word in _OF_FIRM:
        for row in view.rows(register):
            uscc = row.body.get("data", row.body)["uscc"]
            if register is kinds.APPLICATION:
                firm_of[row.key] = uscc
            yield uscc, word, row.key
    for grant in view.rows(kinds.GRANT):
        yield firm_of.get(grant.body["application"], ""), "grant", grant.key
    if len(wanted) == _LAST_DIGITS and wanted.isdecimal():
        payees = list(view.rows(kinds.PAYEE))
        clear = vault.reveal_many({row.body["number"]: row.key for row in payees})
        for payee in payees:
            yield payee.body["uscc"], "number", clear.get(payee.body["number"], "")[-_LAST_DIGITS:]


def money(view: View, vault: Vault, uscc: str, today: date) -> list[GrantMoney]:
    """Where the money of a firm is on a day, grant by grant in order."""
    asked = {row.key: row.body for row in naming(view, kinds.APPLICATION, uscc) if row.body["uscc"] == uscc}
    granted = [row for row in naming(view, kinds.GRANT, *asked) if row.body["application"] in asked]
    lines = [row.key for row in granted if row.body["outcome"] == "granted"]
    seen = _Seen(view, vault, lines, today)
    made = []
    for row in granted:
        application = asked[row.body["application"]]
        points = (
            tuple(seen.points(row.key, application["notice"], row.body["payee"]))
            if row.body["outcome"] == "granted"
            else (Point("refused", {"reason": row.body.get("reason", "")}),)
        )
        made.append(
            GrantMoney(
                row.key,
                application["notice"],
                application["item"],
                row.body.get("ceiling_fen"),
                seen.posted.get(row.key, 0),
                seen.paid_fen(row.key),
                -sum(part.open_fen for part in seen.debts[row.key]),
                points,
            )
        )
    return made


class _Seen:
    """What the book, the payments and the board say of some lines."""

    def __init__(self, view: View, vault: Vault, lines: Sequence[str], today: date) -> None:
        self.view, self.vault, self.today = view, vault, today
        entry = tables.entry
        of_lines = (entry.c.line.in_(lines), entry.c.record < view.size)
        sums = select(entry.c.line, func.sum(entry.c.award_fen)).where(*of_lines).group_by(entry.c.line)
        self.posted = {line: int(fen or 0) for line, fen in view.connection.execute(sums)}
        rows = view.connection.execute(select(entry.c.record, entry.c.line).where(*of_lines))
        self.line_of = {int(record): str(line) for record, line in rows}
        self.due = _by_line(open_parts(view, PAYABLE, lines))
        self.debts = _by_line(open_parts(view, RECEIVABLE, lines))
        envelopes = {part.terms.envelope for parts in self.due.values() for part in parts}
        self.payers = Payers(view, envelopes, today)
        self.items = items_naming(view, self.line_of)
        self.written_off = written_off(view)
        self.board = noticeboard(view)
        self.wallets = Wallets(view, self.today)
        self.runs = runs(view)

    def paid_fen(self, line: str) -> int:
        """What payouts paid for a line and nothing brought back, by the claims that they hold of its entries."""
        return sum(fen for item in self.items for award, fen in item.booked.items() if self.line_of.get(award) == line)

    def points(self, line: str, notice: str, payee: str) -> Iterator[Point]:
        """Where the money of a granted line is; several points where parts of it are in several places."""
        own = [item for item in self.items if any(self.line_of.get(award) == line for award in item.claims)]
        open_fen = sum(part.open_fen for part in self.due[line])
        for item in own:
            yield from _in_payment(item, still_due=open_fen > 0)
        if open_fen > 0:
            yield self._payable(line, payee, open_fen)
        owed_fen = -sum(part.open_fen for part in self.debts[line])
        if owed_fen:
            yield Point("owes", {"amount_fen": owed_fen}, ("subsidy pay owed",))
        # A payout that was paid twice stands with the first of the lines that it pays.
        twice = {one.key for one in own if self.line_of.get(min(one.claims)) == line}
        for row in self.written_off:
            if row.body["line"] == line or row.body["line"] in twice:
                said = row.body
                values = {"amount_fen": said["amount_fen"], "document": said["document"], "day": said["on"]}
                yield Point("written_off", values)
        paid = [item.payment for item in own if item.payment]
        if paid and open_fen <= 0:
            last = max(payment.body.get("on", "") or _day(payment.body["recorded_at"]) for payment in paid)
            yield Point("paid", {"amount_fen": self.paid_fen(line), "day": last})
        if line not in self.posted:
            yield self._not_posted(line, notice)

    def _payable(self, line: str, payee: str, open_fen: int) -> Point:
        stopped = line_holds(self.view, [line], self.today).get(line)
        if stopped:
            values = {**_texts(stopped.values), "amount_fen": open_fen, "reason": stopped.code}
            last_day = stopped.values.get("last_day")
            if isinstance(last_day, date):
                values["days"] = _working_days(self.board, self.today, last_day)
            return Point("held_back", values)
        hold = (
            next(iter(award_holds(self.view, self.due[line]).values()), None)
            or payee_holds(self.view, self.vault, self.today, [(line, payee)]).get((line, payee))
            or self._on_open_line(line)
            or self._without_payer(line, payee)
            or wallet_hold(self.wallets, payee, open_fen)
        )
        if hold:
            brought = (BROUGHT[hold.code].format_map(hold.values),) if hold.code in BROUGHT else ()
            return Point("held_back", {**_texts(hold.values), "amount_fen": open_fen, "reason": hold.code}, brought)
        closed = [run for run in self.runs if run.state is RunState.CLOSED]
        records = {part.award for part in self.due[line]}
        numbers = [run.number for run in closed if any(run.first <= at < run.first + run.count for at in records)]
        command = " ".join(["subsidy pay prepare", *map(str, numbers)])
        return Point("to_prepare", {"amount_fen": open_fen}, (command,) if numbers else ())

    def _on_open_line(self, line: str) -> Hold | None:
        named = tried_on_open_lines(self.view, self.vault, (part.award for part in self.due[line]))
        return next((Hold("line_open", {"item": item, "line": found}) for item, found in named.values()), None)

    def _without_payer(self, line: str, payee: str) -> Hold | None:
        known = self.view.current(kinds.PAYEE, payee)
        envelopes = {part.terms.envelope for part in self.due[line] if part.open_fen}
        payer = self.payers.of(known.body["channel"], envelopes) if known else None
        return payer if isinstance(payer, Hold) else None

    def _not_posted(self, line: str, notice: str) -> Point:
        """Why a line has no entry: the last run that looked at it held or refused it, or none has yet."""
        for run in reversed(self.runs):
            if run.state not in (RunState.CLOSED, RunState.PROPOSED):
                continue
            name = run.occasion.name
            for held in run.proposal["held"]:
                if held["line"] == line:
                    return Point("held_in_run", {"run": name, "reason": held["code"]}, (f"subsidy explain {line}",))
            for refused in run.proposal["refused"]:
                if refused["line"] == line:
                    code = refused["codes"][0]["code"]
                    return Point("refused_in_run", {"run": name, "reason": code}, (f"subsidy explain {line}",))
        waiting = next((run for run in self.runs if run.state is RunState.PROPOSED and self._looks(run, notice)), None)
        if waiting:
            return Point("run_waits", {"run": waiting.number}, (f"subsidy approvals {waiting.number}",))
        return Point("nothing_posted")

    def _looks(self, run: Run, notice: str) -> bool:
        return run.occasion.run == "interest" or run.occasion.name == notice


def _in_payment(item: Item, still_due: bool) -> Iterator[Point]:
    """Where a payout is that is not simply paid; one that came back counts while what it paid for is due again."""
    values = {"item": item.key, "batch": item.body["batch"], "amount_fen": item.amount_fen}
    if item.state is State.PREPARED:
        yield Point("batch_waits", values, (f"subsidy pay approve {item.body['batch']}",))
    elif item.state is State.APPROVED:
        yield Point("batch_approved", values, (f"subsidy pay export {item.body['batch']} --out FILE",))
    elif item.state is State.DISPUTED:
        yield Point("disputed", values, (f"subsidy pay status {item.key}",))
    elif item.state in OPEN:
        yield Point("on_its_way", values, (f"subsidy pay status {item.key}",))
    elif still_due and item.state in (State.FAIL, State.RETURNED):
        yield Point("came_back", {**values, "state": item.state.value}, (f"subsidy pay status {item.key}",))


def _by_line(parts: Iterable[Payable]) -> dict[str, list[Payable]]:
    found: dict[str, list[Payable]] = defaultdict(list)
    for part in parts:
        found[part.line].append(part)
    return found


def _texts(values: Mapping[str, object]) -> dict[str, object]:
    return {name: str(value) for name, value in values.items()}


def _working_days(board: Noticeboard, today: date, last_day: date) -> int:
    """How many business days are left after today, `last_day` included."""
    days = (today + timedelta(days=number) for number in range(1, (last_day - today).days + 1))
    return sum(board.calendar.works(day) for day in days)


def _day(moment: str) -> str:
    return local_day(datetime.fromisoformat(moment)).isoformat()
