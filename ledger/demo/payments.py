"""How the invented year is paid: two channels, and what goes wrong on the way to each of them.

After each run the third of the three prepares what is owed, the second approves it, and the channels answer. Most of it
is paid at once; the exceptions stand in the months below. Channels are played here: nothing leaves the folder.
"""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import orjson

from calculators.money import format_yuan, plain_yuan
from ledger.audit.ledger import Ledger
from ledger.demo import statements
from ledger.demo.office import CHECKER, PAYER, Office
from ledger.demo.statements import Booked
from ledger.demo.year import Row
from ledger.payouts import steps
from ledger.payouts.batches import Batch, batch
from ledger.payouts.payables import RunEntries
from ledger.payouts.prepare import Prepared, prepare
from ledger.payouts.results import read_result, take_result
from ledger.payouts.settle import Settled
from ledger.payouts.states import State
from ledger.reconcile.monthly import Account
from ledger.runs.history import State as RunState
from ledger.runs.history import runs
from ledger.runs.occasion import Month
from ledger.store.ledger import View
from ledger.words import _

PAYERS: list[Row] = [
    {
        "channel": "ecny",
        "institution": "C1010211000012",
        "wallet_type": "WT09",
        "number": "0099000000000017",
        "holder": "示例专项资金专户",
        "funding": "zero_balance",
    },
    {
        "channel": "bank",
        "institution": "102100000021",
        "number": "0200990000000000024",
        "holder": "示例专项资金专户",
        "funding": "zero_balance",
    },
]
# Month of the run -> what happens to its payments beside being paid.
REJECTED, RETURNED, TIMED_OUT = "2025-04", "2025-06", "2025-08"
# The operator books a payment twice and takes it back, and sends its answer twice; the bank's answer never arrives.
DUPLICATED, LOST = "2025-05", "2025-10"
# What went to somebody else, what was taken back and booked again, a fee beyond its bound, a line of nobody we know.
MISDIRECTED, BOOKED_AGAIN, CHARGED, STRANGE = "2025-03", "2025-04", "2025-08", "2025-09"
# The month whose statements are brought twice.
BROUGHT_TWICE = "2025-07"
FEE_FEN = 1500
HOLDER_MENDED, CHANGE_APPROVED = "2025-02", "2025-03"

Tell = Callable[[str], None]
SetDay = Callable[[date], None]


class Cashier:
    """Pays the demo's runs month by month; `out` takes orders and answers, `set_day` moves the demo's clock.

    `booked` takes what the banks book.
    """

    def __init__(self, office: Office, out: Path, booked: list[Booked], tell: Tell, set_day: SetDay) -> None:
        self.office = office
        self.out = out
        self.booked = booked
        self.tell = tell
        self.set_day = set_day

    @property
    def ledger(self) -> Ledger:
        """The ledger of the office."""
        return self.office.ledger

    def pay(self, month: Month, day: date) -> None:
        """Everything owed after a month's run: prepared, approved, exported, answered."""
        if str(month) == CHANGE_APPROVED:
            # The firm was called on its known number.
            self.tell(self.office.agree_to_what_waits())
        prepared = self._prepare(month)
        for made in prepared.batches:
            self._order(made.key, month)
        if str(month) == TIMED_OUT:
            # The operator has paid, and its answer never arrived.
            self.tell("  " + _("No answer within the time. What was sent is not offered again:"))
            assert self._prepare(month).batches == (), "an outcome that nobody knows is never paid again"
            self.set_day(day + timedelta(days=1))
        for made in prepared.batches:
            self._answer(made.key, month, day)

    def reconcile(self, month: Month) -> list[Account]:
        """The statements of a calendar month, written, imported and held against the book; none where nothing moved."""
        paths = statements.write_statements(self.out, PAYERS, self.booked, month)
        if str(month) == BROUGHT_TWICE:
            paths = [*paths, *paths]
        return statements.reconcile(self.office, paths, month, self.tell) if paths else []

    def _prepare(self, month: Month) -> Prepared:
        with self.office.write(PAYER) as writer:
            prepared = prepare(writer, self.ledger.vault, _closed(writer))
        self.tell(
            _(
                "$ subsidy pay prepare ... {month}: batches {batches}, payouts {payouts}, {total} yuan; held: {held}"
            ).format(
                month=month,
                batches=len(prepared.batches),
                payouts=sum(made.payouts for made in prepared.batches),
                total=format_yuan(sum(made.total_fen for made in prepared.batches)),
                held=_list(f"{one.about} {one.hold.code}" for one in prepared.held) or "-",
            )
        )
        return prepared

    def _order(self, key: str, month: Month) -> None:
        with self.office.write(CHECKER) as writer:
            steps.approve(writer, key, self.office.key(CHECKER))
        with self.office.write(PAYER) as writer:
            found = batch(writer, key)
            form = next(iter(steps.FORMATS[found.body["channel"]]))
            found, content = steps.export(writer, self.ledger.vault, key, form)
        self._file(month, f"{key}{steps.ending(found, form)}", content)

    def _answer(self, key: str, month: Month, day: date) -> None:
        """What the channel says of a batch: all of it paid, save what this month is there to show."""
        with self.ledger.read() as view:
            found = batch(view, key)
        on = day.isoformat()
        said = {item.key: (State.SUCCESS, item.amount_fen) for item in found.items}
        if str(month) == REJECTED:
            said[found.items[0].key] = (State.FAIL, 0)
        self._book(found, said, day, month)
        if str(month) == LOST and found.body["channel"] == "bank":
            self.tell("  " + _("bank: its answer is lost, and what it paid is not known until its statement comes"))
            return
        self._take(found, month, said, on, "answer")
        if str(month) == DUPLICATED:
            self._take(found, month, said, on, "answer-again")
        if str(month) == RETURNED:
            last = found.items[-1]
            next_day = day + timedelta(days=1)
            self.set_day(next_day)
            back = {last.key: (State.RETURNED, last.amount_fen)}
            self._take(found, month, back, next_day.isoformat(), "return")

    def _book(self, found: Batch, said: dict[str, tuple[State, int]], day: date, month: Month) -> None:
        """What the account's own bank books of a batch: the bank one sum, the operator each payment."""
        channel = found.body["channel"]
        next_day, after = day + timedelta(days=1), day + timedelta(days=2)
        paid = {item: fen for item, (state, fen) in said.items() if state is State.SUCCESS}
        if channel == "bank":
            paid = {found.key: sum(paid.values())}
        self.booked += [Booked(channel, day, -fen, statements.PAID, name) for name, fen in paid.items() if fen]
        last = found.items[-1]
        if str(month) == RETURNED:
            self.booked.append(Booked(channel, next_day, last.amount_fen, statements.RETURNED, last.key))
        if str(month) == DUPLICATED and channel == "ecny":
            name, fen = next(iter(paid.items()))
            self.booked.append(Booked(channel, next_day, -fen, statements.PAID, name))
            self.booked.append(Booked(channel, after, fen, statements.REVERSED, name))
        if str(month) == LOST and channel == "bank":
            self.booked.append(Booked(channel, next_day, -FEE_FEN, statements.FEE))
        if str(month) == CHARGED and channel == "bank":
            self.booked.append(Booked(channel, next_day, -statements.LARGE_FEE_FEN, statements.FEE))
        if channel == "ecny":
            self._book_more(str(month), paid, day)

    def _book_more(self, month: str, paid: dict[str, int], day: date) -> None:
        """What the operator books besides or otherwise than it was ordered, in the months that show it."""
        name, fen = next(iter(paid.items()))
        first = Booked("ecny", day, -fen, statements.PAID, name)
        next_day, after = day + timedelta(days=1), day + timedelta(days=2)
        if month == MISDIRECTED:
            self.booked[self.booked.index(first)] = first._replace(stranger=True)
            self.booked.append(Booked("ecny", next_day, fen, statements.GIVEN_BACK, name, stranger=True))
            self.booked.append(first._replace(on=after))
        if month == BOOKED_AGAIN:
            self.booked.append(Booked("ecny", next_day, fen, statements.REVERSED, name))
            self.booked.append(first._replace(on=after))
        if month == STRANGE:
            bought = Booked("ecny", day, -300_000, statements.BOUGHT, stranger=True)
            self.booked += [bought, Booked("ecny", next_day, 300_000, statements.GIVEN_BACK, stranger=True)]

    def _take(self, found: Batch, month: Month, said: dict[str, tuple[State, int]], on: str, name: str) -> Settled:
        write, ending = (_ecny, ".json") if found.body["channel"] == "ecny" else (_sheet, ".csv")
        path = self._file(month, f"{found.key}-{name}{ending}", write(found, said, on))
        result, content = read_result(path)
        with self.office.write(PAYER) as writer:
            _key, settled = take_result(writer, self.ledger.vault, result, path.name, content)
        others = [f"{item} {state.value}" for item, state, _effect in settled.effects if state is not State.SUCCESS]
        paid = sum(state is State.SUCCESS for _item, state, _effect in settled.effects)
        self.tell(
            "  "
            + _("{channel}: payouts paid {paid}, not paid: {others}").format(
                channel=found.body["channel"], paid=paid, others=_list(others) or "-"
            )
        )
        return settled

    def _file(self, month: Month, name: str, content: bytes) -> Path:
        path = self.out / "payments" / str(month) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600)
        return path


def _closed(view: View) -> list[RunEntries]:
    return [RunEntries(run.closed, run.first, run.count) for run in runs(view) if run.state is RunState.CLOSED]


def _ecny(found: Batch, said: dict[str, tuple[State, int]], on: str) -> bytes:
    items = []
    for item, (state, fen) in said.items():
        row = {"item_no": item, "state": state.value.upper(), "on": on}
        items.append({**row, "amount": plain_yuan(fen)} if fen else row)
    return orjson.dumps({"request_no": found.key, "batch_state": "FINISH", "items": items})


def _sheet(_found: Batch, said: dict[str, tuple[State, int]], on: str) -> bytes:
    words = {State.SUCCESS: "成功", State.FAIL: "失败", State.RETURNED: "退回"}
    rows = ["明细号,支付状态,金额,日期"]
    rows += [f"{item},{words[state]},{plain_yuan(fen) if fen else ''},{on}" for item, (state, fen) in said.items()]
    return ("\n".join(rows) + "\n").encode("gb18030")


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
