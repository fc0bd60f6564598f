"""The invented year is reconciled month by month: every fen explained; and one line tampered with is all that shows."""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from ledger.audit.ledger import Ledger
from ledger.demo import statements
from ledger.demo.office import MAKER, Office
from ledger.demo.payments import FEE_FEN
from ledger.demo.statements import LARGE_FEE_FEN, QUOTA_FEN
from ledger.demo.story import Clock, Demo, anchor_of
from ledger.demo.year import invented_year
from ledger.log import kinds
from ledger.payouts.batches import Item, batches
from ledger.payouts.presumed import is_sure
from ledger.payouts.states import State
from ledger.reconcile.decided import decided
from ledger.reconcile.importing import QUARANTINED, take
from ledger.reconcile.monthly import UNEXPLAINED, Account, Class, Difference, reconciliation
from ledger.reconcile.readers import read
from ledger.reconcile.sides import amounts, sides
from ledger.runs.occasion import Month
from tests.support.demo import Told

# What is paid after a month's run is booked in the next: twelve months, February 2025 to January 2026.
MONTHS = (*(Month(2025, number) for number in range(2, 13)), Month(2026, 1))
LAST = MONTHS[-1]
BANK, WALLET = "payer/bank/102100000021/000002", "payer/ecny/C1010211000012/000001"


@dataclass(frozen=True)
class Reconciled:
    """The demo when its year is reconciled, what it told, and the folder from before its last statements."""

    demo: Demo
    text: str
    before: Path


@pytest.fixture(scope="module")
def year(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Reconciled:
    """The demo goes on from where the twelve months had run, with the last statements."""
    out = tmp_path_factory.mktemp("reconciled") / "demo"
    shutil.copytree(told.year, out)
    shutil.copytree(anchor_of(told.year), anchor_of(out))
    text, booked = told.told_of_year()
    clock = Clock(date(2026, 2, 2))
    ledger = Ledger.open(f"sqlite:///{out}/ledger.db", clock=clock, anchor=anchor_of(out))
    demo = Demo(out, text.append, Office(ledger), clock, invented_year(), [], booked=booked)
    demo.cashier.reconcile(LAST)
    return Reconciled(demo, "\n".join(text), told.year)


def accounts(ledger: Ledger, month: Month) -> dict[str, Account]:
    with ledger.read() as view:
        return {one.key: one for one in reconciliation(view, month.last_day)}


def test_amounts_are_those_of_the_two_sides_of_matching(year: Reconciled) -> None:
    """What a statement adds up without reading texts is what matching reads with them."""
    ledger = year.demo.ledger
    with ledger.read() as view:
        whole, plain = sides(view, ledger.vault), amounts(view)
    assert {(one.id, one.payer, one.day, one.amount_fen) for one in whole.lines.values()} == {*plain.lines.values()}
    assert {
        name: (payout.payer, payout.day, payout.amount_fen, whole.items[name][1].state)
        for name, payout in whole.payouts.items()
    } == plain.payouts
    assert any(payout.state is State.RETURNED for payout in plain.payouts.values())


def rows(demo: Demo, channel: str, month: Month) -> list[list[str]]:
    """The rows of a statement as its bank wrote them: day, in, out, balance, text, reference."""
    path = demo.out / "statements" / str(month) / f"{channel}.csv"
    return (
        [line.split(",")[:6] for line in path.read_text(encoding="gb18030").splitlines()[2:]] if path.exists() else []
    )


def fen(yuan: str) -> int:
    return int(yuan.replace(".", "")) if yuan else 0


@pytest.mark.parametrize("month", MONTHS, ids=str)
def test_every_fen_of_every_month_is_explained(month: Month, year: Reconciled) -> None:
    found = accounts(year.demo.ledger, month)
    assert set(found) == {BANK, WALLET}
    for key, one in found.items():
        channel = key.split("/")[1]
        # The bank's side is the quota and what the bank's own files say, line by line.
        moved = [row for earlier in MONTHS if earlier <= month for row in rows(year.demo, channel, earlier)]
        assert one.bank_fen == QUOTA_FEN + sum(fen(row[1]) - fen(row[2]) for row in moved) == fen(moved[-1][3])
        assert (one.unexplained_fen, one.lines, one.payouts) == (0, [], [])
        # Bank and book are apart by the bank's fees of September and November and nothing else.
        charged = [(Month(2025, 9), LARGE_FEE_FEN), (Month(2025, 11), FEE_FEN)]
        fees_fen = sum(fee for since, fee in charged if key == BANK and month >= since)
        assert [each.fen for each in one.differences] == [-fees_fen] * (fees_fen > 0)
        assert one.explained(Class.FEE) == -fees_fen


def test_it_was_so_at_the_end_of_each_month_too(year: Reconciled) -> None:
    said = [line.rpartition("unexplained ")[2] for line in year.text.splitlines() if "; unexplained " in line]
    assert said == ["0.00"] * 2 * len(MONTHS)


def test_the_year_holds_what_goes_wrong(year: Reconciled) -> None:
    with year.demo.ledger.read() as view:
        known, lines = decided(view), {row.key: row.body for row in view.rows(kinds.STATEMENT_LINE)}
        items = [(made, one) for made in batches(view) for one in made.items]
    found = [row.body["kind"] for row in known.in_force]
    # A return in each channel, in July; a payment booked twice and taken back, one taken back and booked again, what a
    # stranger got and gave back twice; two fees.
    assert {kind: found.count(kind) for kind in ("return", "reversal", "fee", "partial")} == {
        "return": 2,
        "reversal": 4,
        "fee": 2,
        "partial": 0,
    }
    reversals = [row.body for row in known.in_force if row.body["kind"] == "reversal"]
    by_bank = [sorted(lines[name]["booked_on"] for name in body["lines"]) for body in reversals if "reason" not in body]
    assert sorted(by_bank) == [["2025-05-02", "2025-05-03"], ["2025-06-03", "2025-06-04"]]
    # A reject in each channel.
    assert sum(one.state is State.FAIL for _made, one in items) == 2
    # The answer that was lost: the bank's batch of October's run, learnt from the statement of November alone. Lines of
    # returns say again what an answer said, and make sure of it.
    last = [(made.key, one.outcomes[-1].body) for made, one in items]
    learnt = [key for key, body in last if body["source"]["kind"] == "statement" and not is_sure(body)]
    (lost,) = set(learnt)
    assert (lost, len(learnt)) == (
        next(row[5] for row in rows(year.demo, "bank", Month(2025, 11))),
        sum(made.key == lost for made, _one in items),
    )
    assert all(one.state is State.SUCCESS for made, one in items if made.key == lost)
    assert year.text.count("on the book already; nothing changes") == 2


def test_what_went_wrong_outside_was_found_before_a_person_decided(year: Reconciled) -> None:
    found = [line.split(": ", 1)[1] for line in year.text.splitlines() if line.startswith("  open: ")]
    # Named and paid to somebody else, and back from there; a fee beyond 200.00; lines of nobody we pay, out and back.
    reasons = [line.rsplit(", ", 1)[1] for line in found]
    assert reasons == ["payee_differs", "payee_differs", "unknown", "unknown", "unknown"]
    amounts = [fen(line.split()[1].rstrip(",").replace(",", "").lstrip("-")) for line in found]
    assert (amounts[0], amounts[2:]) == (amounts[1], [LARGE_FEE_FEN, 300_000, 300_000])
    # At least 95 in 100 lines settled by themselves, and no payout by a line that a person had to explain.
    with year.demo.ledger.read() as view:
        known = decided(view)
    by_hand = [row.body for row in known.in_force if row.body["rule"] == "person"]
    total = sum(len(row.body["lines"]) for row in known.in_force)
    assert sum(len(body["lines"]) for body in by_hand) * 20 <= total
    assert all(body["payouts"] == [] for body in by_hand)
    assert all(item.state is State.SUCCESS for item in paid_to_strangers(year.demo))


def paid_to_strangers(demo: Demo) -> list[Item]:
    """The payouts that a line names which went to somebody else; another line has paid each since."""
    names = {row[5] for month in MONTHS for row in rows(demo, "ecny", month) if row[4] == "退款" and row[5]}
    with demo.ledger.read() as view:
        found = [one for made in batches(view) for one in made.items if one.key in names]
    assert [one.key for one in found] == sorted(names)
    return found


def test_every_line_is_in_one_match(year: Reconciled) -> None:
    written = sum(len(rows(year.demo, channel, month)) for channel in ("bank", "ecny") for month in MONTHS)
    with year.demo.ledger.read() as view:
        known = decided(view)
        matched = [name for row in known.in_force for name in row.body["lines"]]
        assert len(matched) == len(set(matched)) == len(list(view.rows(kinds.STATEMENT_LINE))) == written


def tampered(year: Reconciled, folder: Path, old: bytes, new: bytes) -> Path:
    """The wallet's last statement with a piece of its last line changed."""
    content = (year.demo.out / "statements" / str(LAST) / "ecny.csv").read_bytes()
    head, line = content[: content.rindex(b"\n", 0, -1) + 1], content[content.rindex(b"\n", 0, -1) + 1 :]
    assert line.count(old) == 1
    path = folder / "ecny.csv"
    path.write_bytes(head + line.replace(old, new))
    return path


@pytest.fixture
def again(year: Reconciled, tmp_path: Path) -> Ledger:
    """The ledger as it was before the last statements."""
    folder = tmp_path / "demo"
    folder.mkdir()
    for name in ("ledger.db", "vault.db"):
        shutil.copy2(year.before / name, folder)
    shutil.copytree(anchor_of(year.before), anchor_of(folder))
    return Ledger.open(f"sqlite:///{folder}/ledger.db", clock=Clock(date(2026, 2, 2)), anchor=anchor_of(folder))


def reconciled(ledger: Ledger, *paths: Path) -> dict[str, Account]:
    return {one.key: one for one in statements.reconcile(Office(ledger), paths, LAST, lambda _text: None)}


def test_one_fen_more_on_one_line_is_exactly_what_the_report_shows(
    year: Reconciled, again: Ledger, tmp_path: Path
) -> None:
    day, _into, out, balance, _text, item = rows(year.demo, "ecny", LAST)[-1]
    more, less = yuan(fen(out) + 1), yuan(fen(balance) - 1)
    # Amount and balance fit each other: nothing in the file itself betrays it.
    path = tampered(year, tmp_path, f",,{out},{balance},".encode(), f",,{more},{less},".encode())
    bank_file = year.demo.out / "statements" / str(LAST) / "bank.csv"
    found, true = reconciled(again, path, bank_file), accounts(year.demo.ledger, LAST)
    assert found[BANK] == true[BANK]
    one = found[WALLET]
    assert (one.bank_fen, one.book_fen) == (true[WALLET].bank_fen - 1, true[WALLET].book_fen)
    # The line pays more than its payout is, so it is nobody's; the payout is left waiting for its line, and by the end
    # of the month the bank should have booked it long ago: both are unexplained, and apart by the fen.
    (line,) = one.lines
    assert (line.on, line.amount_fen, one.unexplained_fen) == (day, -fen(more), -1)
    assert [(waiting.about, waiting.amount_fen) for waiting in one.payouts] == [(item, fen(out))]
    sent_on = one.payouts[0].on
    assert one.differences == [
        Difference(Class.OVERDUE, item, sent_on, 0, -fen(out)),
        Difference(Class.UNMATCHED, line.about, day, -fen(more), 0),
    ]


def test_a_line_under_another_name_is_exactly_what_the_report_shows(
    year: Reconciled, again: Ledger, tmp_path: Path
) -> None:
    day, _into, out, _balance, _text, item = rows(year.demo, "ecny", LAST)[-1]
    path = tampered(year, tmp_path, item.encode(), b"X" + item[1:].encode())
    one = reconciled(again, path)[WALLET]
    assert [(line.on, line.amount_fen) for line in one.lines] == [(day, -fen(out))]
    assert [(waiting.about, waiting.amount_fen) for waiting in one.payouts] == [(item, fen(out))]
    # Line and payout do not explain each other: both stand unexplained, though their sum is nothing.
    unexplained = [(each.sort, each.fen) for each in one.differences if each.sort in UNEXPLAINED]
    assert unexplained == [(Class.OVERDUE, fen(out)), (Class.UNMATCHED, -fen(out))]
    assert (one.unexplained_fen, one.bank_fen - one.book_fen) == (0, 0)


def test_an_amount_without_its_balance_is_put_aside_whole(year: Reconciled, again: Ledger, tmp_path: Path) -> None:
    out = rows(year.demo, "ecny", LAST)[-1][2]
    path = tampered(year, tmp_path, f",,{out},".encode(), f",,{yuan(fen(out) + 1)},".encode())
    with again.read() as view:
        before = len(list(view.rows(kinds.STATEMENT_LINE)))
    with Office(again).write(MAKER) as writer:
        result = take(writer, again.vault, read(path))
    assert result.state == QUARANTINED
    assert {problem.values["difference"] for problem in result.problems} == {"0.01 CNY"}
    with again.read() as view:
        assert len(list(view.rows(kinds.STATEMENT_LINE))) == before


def yuan(amount_fen: int) -> str:
    return f"{amount_fen // 100}.{amount_fen % 100:02d}"
