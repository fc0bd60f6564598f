"""Invented payouts and the statement lines that they led to, with the truth beside them.

`crowded` makes coincidences on purpose and knows no truth; `paid_world` pays payouts in every way a bank does and tells
which line belongs to what.
"""

import random
from itertools import count
from typing import Any, NamedTuple

from ledger.reconcile.matching import Line, Part, Payout

DAY = 739_000


def crowded(seed: int) -> tuple[list[Line], list[Payout]]:
    """Few amounts, payees, batches and days, so that coincidences abound."""
    draw = random.Random(seed)
    days = [DAY + draw.randrange(4) for _batch in range(4)]
    batches = [draw.randrange(4) for _payout in range(12)]
    payouts = [
        Payout(
            f"S{n:02}",
            days[batch],
            draw.choice([10_000, 20_000, 30_000]),
            payee=f"p{draw.randrange(4)}",
            batch=f"B{batch}",
            vouchers=(f"V{draw.randrange(14)}",) if draw.random() < 0.3 else (),
            failed=draw.random() < 0.1,
            paid_fen=draw.choice([0, 0, 10_000]),
        )
        for n, batch in enumerate(batches)
    ]
    lines = []
    for n in range(14):
        one = draw.choice(payouts)
        amount = draw.choice([one.amount_fen, one.amount_fen, 10_000, 60_000])
        sign = draw.choice([-1, -1, -1, 1])
        references = draw.choice([(), (), (one.id,), one.vouchers, (one.batch,), (f"X{draw.randrange(3)}",)])
        parts: tuple[Part, ...] = ()
        if draw.random() < 0.1:
            parts = (Part(-10_000, (one.id,)), Part(-20_000, (draw.choice(payouts).id,)))
            amount, sign, references = 30_000, -1, ()
        lines.append(
            Line(
                f"L{n:02}",
                one.day + draw.randrange(8),
                sign * amount,
                references=references,
                payee=draw.choice(["", one.payee]),
                returned=draw.random() < 0.3,
                reversal=draw.random() < 0.15,
                sort=draw.choice(["", "", "", "fee", "interest"]),
                parts=parts,
            )
        )
    return lines, payouts


class World(NamedTuple):
    """Payouts, lines, and the truth: line -> the payouts that it paid or brought back ((), where none)."""

    payouts: list[Payout]
    lines: list[Line]
    truth: dict[str, tuple[str, ...]]


def paid_world(seed: int, batches: int = 12) -> World:
    """Every batch is paid in one of the ways of a bank, some payouts come back, fees and strangers stand between.

    Amounts and payees repeat. A stranger's debit to one of our payees does not happen: nobody could tell it. Some lines
    name a payout and went to, or came from, somebody else: none of it was paid by them.
    """
    draw = random.Random(seed)
    number = count(1)
    world = World([], [], {})

    def add(paid: list[Payout], amount: int, day: int, **more: Any) -> None:
        name = f"L{draw.getrandbits(40):010x}"
        world.lines.append(Line(name, day, amount, **more))
        world.truth[name] = tuple(sorted(one.id for one in paid))

    for n in range(batches):
        day = DAY + draw.randrange(12)
        members = [
            Payout(
                f"S{next(number):06}",
                day,
                draw.choice([900_000, 75_000, draw.randrange(10_000, 50_000_000)]),
                payee=f"p{draw.randrange(batches * 2)}",
                batch=f"B{n:04}",
                vouchers=(f"V{n}-{place}",),
            )
            for place in range(draw.randrange(1, 7))
        ]
        world.payouts.extend(members)
        _pay(draw, members, add)
        for one in members:
            if draw.random() < 0.1:
                later = day + draw.randrange(5, 9)
                references, payee = draw.choice([((one.id,), ""), (one.vouchers, one.payee), ((), one.payee)])
                add([one], one.amount_fen, later, references=references, payee=payee, returned=True)
        wronged = draw.choice(members)
        if draw.random() < 0.3:
            names = draw.choice([(wronged.id,), wronged.vouchers, (wronged.batch,)])
            others = draw.choice([(), ("nobody",)])
            add([], -wronged.amount_fen, day + draw.randrange(5), references=names, others=others)
        if draw.random() < 0.1:
            add([], wronged.amount_fen, day + 6, references=(wronged.id,), returned=True, others=())
    for _ in range(batches):
        add([], -draw.randrange(100, 90_000_000), DAY + draw.randrange(25), sort=draw.choice(["", "fee"]))
        add([], draw.randrange(100, 90_000_000), DAY + draw.randrange(25), sort=draw.choice(["", "interest"]))
    return world


def _pay(draw: random.Random, members: list[Payout], add: object) -> None:
    """Pay one batch: in one sum, itemised or not, named or not, less one payment, or each payment on its own."""
    assert callable(add)
    later = members[0].day + draw.randrange(4)
    total = -sum(one.amount_fen for one in members)
    way = draw.randrange(7)
    if way == 0:
        add(members, total, later, references=(members[0].batch,))
    elif way == 1 and len(members) > 1:
        add(members, total, later)
    elif way == 2 and len(members) > 1:
        parts = tuple(Part(-one.amount_fen, (one.id,)) for one in members)
        add(members, total, later, parts=parts)
    elif way == 3 and len(members) > 2:
        add(members[1:], total + members[0].amount_fen, later, references=draw.choice([(), (members[0].batch,)]))
    else:
        for one in members:
            day = one.day + draw.randrange(5)
            if draw.random() < 0.2:
                part = draw.randrange(1, one.amount_fen)
                add([one], -part, day, references=(one.id,))
                add([one], part - one.amount_fen, day + draw.randrange(3), references=(one.id,))
            else:
                references, payee = draw.choice([((one.id,), ""), ((one.id,), one.payee), (one.vouchers, "")])
                if draw.random() < 0.4:
                    references, payee = (), one.payee
                add([one], -one.amount_fen, day, references=references, payee=payee)
