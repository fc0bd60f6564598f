"""Matching 100,000 statement lines with 100,000 payouts against reading both files, and four times the work.

One in a hundred payouts is ambiguous (an equal one to the same payee, and no name), one in a hundred comes back, one in
twenty is paid inside the total of a batch of 2 to 50. The truth is known, and a wrong match fails the benchmark.
"""

import random
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from calculators.money import format_yuan
from ledger.payouts.channels import result_sheet
from ledger.reconcile import readers
from ledger.reconcile.integrity import examine
from ledger.reconcile.matching import Line, Match, Outcome, Payout, match
from tests.benchmarks.measure import seconds

PAYOUTS = 100_000
SEED = 20_250_630
FIRST, DAYS = date(2025, 6, 1).toordinal(), 30
ROUNDS = 3


class Bank(NamedTuple):
    """A row of the bank's file as it will be written: what matching gets of it comes from the file."""

    day: int
    amount_fen: int
    reference: str
    number: str


class World(NamedTuple):
    """Payouts, the bank's rows in order of day, the truth per row, and how many payouts nobody can tell apart."""

    payouts: list[Payout]
    rows: list[Bank]
    truth: list[frozenset[str]]
    ambiguous: int


def lines() -> Iterator[str]:
    with TemporaryDirectory() as name:
        reading, ours, found = measure(Path(name), PAYOUTS, ROUNDS)
        _reading, quarter, _found = measure(Path(name), PAYOUTS // 4, ROUNDS)
    matched = sum(len(one.lines) for one in found.matches)
    listed = sum(len(one.lines) for one in found.listed)
    yield (
        f"matching: {matched + listed} lines, {PAYOUTS} payouts, seed {SEED}: {ours:.2f} s, reading both files "
        f"{reading:.2f} s; ratio {ours / reading:.2f}; 4 x the work in {ours / quarter:.2f} x the time; "
        f"{matched} lines matched, none wrongly, {listed} listed"
    )


def measure(folder: Path, count: int, rounds: int) -> tuple[float, float, Outcome]:
    """Median seconds of reading both files and of matching, and what matching found; fails on a wrong match."""
    world = make(count)
    bank, paid = folder / f"bank-{count}.csv", folder / f"paid-{count}.csv"
    write_bank(bank, world)
    write_paid(paid, world)
    reading, matching = [], []
    for _round in range(rounds):
        reading.append(
            seconds(
                lambda: (
                    examine(bank.name, readers.read(bank).statements),
                    result_sheet.read(paid.read_bytes(), paid.name),
                )
            )
        )
        given = from_file(bank, world)
        matching.append(seconds(partial(match, given, world.payouts)))
    found = match(given, world.payouts)
    check(world, found.matches)
    return median(reading), median(matching), found


def make(count: int) -> World:
    """The payouts of a month and what the bank books of them, from one seed."""
    draw = random.Random(SEED)
    world = World([], [], [], count // 100)
    booked: list[tuple[Bank, frozenset[str]]] = []

    def payout(day: int, fen: int, payee: str, batch: str, voucher: str = "") -> Payout:
        one = Payout(f"S{len(world.payouts):023X}", day, fen, "", payee, batch, (voucher,) if voucher else ())
        world.payouts.append(one)
        return one

    def book(day: int, fen: int, paid: list[Payout], reference: str = "", number: str = "") -> None:
        booked.append((Bank(day, fen, reference, number), frozenset(one.id for one in paid)))

    totals = count // 20
    while totals > 0:
        day, batch = FIRST + draw.randrange(DAYS), f"B{totals:06}"
        size = min(draw.randrange(2, 51), max(totals, 2))
        members = [payout(day, draw.randrange(10_000, 90_000_000), f"q{totals}-{n}", batch) for n in range(size)]
        book(day + draw.randrange(3), -sum(one.amount_fen for one in members), members)
        totals -= size
    for pair in range(world.ambiguous // 2):
        day, fen = FIRST + draw.randrange(DAYS), draw.randrange(10_000, 90_000_000)
        for _each in range(2):
            one = payout(day, fen, f"a{pair}", f"BD{day}")
            book(day + 1, -fen, [one], number=number_of(one.payee))
    while len(world.payouts) < count:
        place, day = len(world.payouts), FIRST + draw.randrange(DAYS)
        one = payout(day, draw.randrange(10_000, 90_000_000), f"p{place // 3}", f"BD{day}", f"V{place:08}")
        reference = draw.choice([one.id, one.id, *one.vouchers, ""])
        book(day + draw.randrange(4), -one.amount_fen, [one], reference, number_of(one.payee))
        if place % 100 == 0:
            book(day + draw.randrange(5, 20), one.amount_fen, [one], draw.choice([one.id, *one.vouchers]))
    booked.sort(key=lambda each: each[0].day)
    world.rows.extend(row for row, _paid in booked)
    world.truth.extend(paid for _row, paid in booked)
    return world


def number_of(payee: str) -> str:
    """An invented account number for a payee."""
    return "6222" + "".join(f"{ord(sign):03}" for sign in payee)


def write_bank(path: Path, world: World) -> None:
    balance = 10**13
    rows = ["账号：0200001234567890123", f"共{len(world.rows)}笔", "交易日期,收入,支出,余额,摘要,凭证号,对方账号"]
    for row in world.rows:
        balance += row.amount_fen
        moved = format_yuan(abs(row.amount_fen)).replace(",", "")
        columns = (moved, "") if row.amount_fen > 0 else ("", moved)
        after = format_yuan(balance).replace(",", "")
        rows.append(f"{date.fromordinal(row.day)},{columns[0]},{columns[1]},{after},补助,{row.reference},{row.number}")
    path.write_text("\n".join(rows) + "\n", encoding="gb18030")


def write_paid(path: Path, world: World) -> None:
    rows = ["item_no,state,amount,on"]
    rows += [
        f"{one.id},success,{format_yuan(one.amount_fen).replace(',', '')},{date.fromordinal(one.day)}"
        for one in world.payouts
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def from_file(path: Path, world: World) -> list[Line]:
    """The lines of the bank's file as matching takes them, in the order of the file."""
    payees = {number_of(one.payee): one.payee for one in world.payouts}
    (statement,) = readers.read(path).statements
    return [
        Line(
            f"{place:06}",
            date.fromisoformat(line.booked_on).toordinal(),
            line.amount_fen,
            references=line.references,
            payee=payees.get(line.number, ""),
        )
        for place, line in enumerate(statement.lines)
    ]


def check(world: World, matches: tuple[Match, ...]) -> None:
    """Every match names exactly the payouts that its lines paid or brought back, and none that cannot be told apart."""
    for one in matches:
        truth = frozenset[str]().union(*(world.truth[int(line)] for line in one.lines))
        assert truth == {share.payout for share in one.payouts}, one
    matched = {name for one in matches for name in one.lines}
    assert len(world.rows) - len(matched) <= 2 * world.ambiguous, "too much is left over"
