"""Matching lines with payouts: each rule as a row of a table."""

import pytest

from ledger.reconcile.matching import Line, Part, Payout, match
from tests.reconcile.lines import B1, PAID, Found, in_short, line, listed, payout

# name, lines, payouts, the one match: rule, kind, lines, shares
MATCHED: list[tuple[str, list[Line], list[Payout], Found]] = [
    (
        "end-to-end id",
        [line("a", -300, "S1")],
        [payout("S1", 300)],
        ("end-to-end", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "end-to-end id long after",
        [line("a", -300, "S1", day=400)],
        [payout("S1", 300)],
        ("end-to-end", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "voucher no.",
        [line("a", -300, "V7")],
        [payout("S1", 300, vouchers=("V7",))],
        ("voucher", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "a part of what was instructed",
        [line("a", -100, "S1")],
        [payout("S1", 300)],
        ("end-to-end", "partial", ("a",), (("S1", 100),)),
    ),
    (
        "in two transfers",
        [line("a", -100, "S1"), line("b", -200, "S1")],
        [payout("S1", 300)],
        ("end-to-end", "many-to-one", ("a", "b"), (("S1", 300),)),
    ),
    (
        "itemised by the bank",
        [line("a", -300, parts=(Part(-100, ("S1",)), Part(-200, ("S2",))))],
        [payout("S1", 100), payout("S2", 200)],
        ("end-to-end", "one-to-many", ("a",), (("S1", 100), ("S2", 200))),
    ),
    (
        "two names, their whole sum",
        [line("a", -300, "S1", "S2")],
        [payout("S1", 100), payout("S2", 200)],
        ("end-to-end", "one-to-many", ("a",), (("S1", 100), ("S2", 200))),
    ),
    (
        "batch no.",
        [line("a", -75000, "B1")],
        B1,
        ("batch", "one-to-many", ("a",), (("S1", 10000), ("S2", 20000), ("S3", 45000))),
    ),
    (
        "batch no., less what failed",
        [line("a", -30000, "B1")],
        [*B1[:2], B1[2]._replace(failed=True)],
        ("batch", "one-to-many", ("a",), (("S1", 10000), ("S2", 20000))),
    ),
    (
        "batch no., with what failed and will come back",
        [line("a", -75000, "B1")],
        [*B1[:2], B1[2]._replace(failed=True)],
        ("batch", "one-to-many", ("a",), (("S1", 10000), ("S2", 20000), ("S3", 45000))),
    ),
    (
        "batch no., less what nobody has told us",
        [line("a", -55000, "B1")],
        B1,
        ("batch", "one-to-many", ("a",), (("S1", 10000), ("S3", 45000))),
    ),
    (
        "batch no., less what failed, though that is as much",
        [line("a", -30000, "B1")],
        [*B1[:2], B1[2]._replace(failed=True, amount_fen=30000)],
        ("batch", "one-to-many", ("a",), (("S1", 10000), ("S2", 20000))),
    ),
    (
        "batch no., of one alone",
        [line("a", -20000, "B1")],
        B1,
        ("batch", "one-to-one", ("a",), (("S2", 20000),)),
    ),
    (
        "amount and payee",
        [line("a", -300, payee="p")],
        [payout("S1", 300, payee="p"), payout("S2", 300, payee="q")],
        ("amount-payee", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "amount and payee, not what failed",
        [line("a", -300, payee="p")],
        [payout("S1", 300, payee="p", failed=True), payout("S2", 300, payee="p")],
        ("amount-payee", "one-to-one", ("a",), (("S2", 300),)),
    ),
    (
        "two payouts of one payee in one transfer",
        # 1,000,003 + 2,000,002 = 3,000,005
        [line("a", -3_000_005, payee="p")],
        [payout("S1", 1_000_003, payee="p"), payout("S2", 2_000_002, payee="p"), payout("S3", 5_000, payee="p")],
        ("payee-sum", "one-to-many", ("a",), (("S1", 1_000_003), ("S2", 2_000_002))),
    ),
    (
        "one payout in two transfers",
        [line("a", -1_000_003, payee="p"), line("b", -2_000_002, payee="p", day=103)],
        [payout("S1", 3_000_005, payee="p")],
        ("payee-sum", "many-to-one", ("a", "b"), (("S1", 3_000_005),)),
    ),
    (
        "end-to-end id, and an other side that may be the payee's",
        [line("a", -300, "S1", others=("p", "q"))],
        [payout("S1", 300, payee="p")],
        ("end-to-end", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "end-to-end ids of two, and a payment inside to each",
        [line("a", -300, "S1", "S2", inside=(("p",), ("q",)))],
        [payout("S1", 100, payee="p"), payout("S2", 200, payee="q")],
        ("end-to-end", "one-to-many", ("a",), (("S1", 100), ("S2", 200))),
    ),
    (
        "two payouts of one payee, in all just enough to tell",
        # 1000 for each of the 4 subsets of 1001 and 3001, which have no common divisor.
        [line("a", -4002, payee="p")],
        [payout("S1", 1001, payee="p"), payout("S2", 3001, payee="p")],
        ("payee-sum", "one-to-many", ("a",), (("S1", 1001), ("S2", 3001))),
    ),
    (
        "itemised in two parts of one payout",
        [line("a", -300, parts=(Part(-100, ("S1",)), Part(-200, ("S1",))))],
        [payout("S1", 300)],
        ("end-to-end", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "one part, which is no itemisation",
        [line("a", -300, parts=(Part(-100, ("S1",)),))],
        [payout("S1", 300)],
        ("end-to-end", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "end-to-end id of a payout without payee, and a payment inside to somebody",
        [line("a", -300, "S1", inside=(("q",),))],
        [payout("S1", 300)],
        ("end-to-end", "one-to-one", ("a",), (("S1", 300),)),
    ),
    (
        "end-to-end id of a payee whose account nobody knows any more",
        [line("a", -300, "S1", others=())],
        [payout("S1", 300)],
        ("end-to-end", "one-to-one", ("a",), (("S1", 300),)),
    ),
    ("a return by id", [line("a", 30000, "S1")], [PAID], ("end-to-end", "return", ("a",), (("S1", 30000),))),
    (
        "a return of all that was paid of two",
        [line("a", 300, "S1", "S2")],
        [payout("S1", 150, paid_fen=100), payout("S2", 200, paid_fen=200)],
        ("end-to-end", "return", ("a",), (("S1", 100), ("S2", 200))),
    ),
    ("a part returned by voucher", [line("a", 20000, "V1")], [PAID], ("voucher", "return", ("a",), (("S1", 20000),))),
    (
        "a return by amount and payee",
        [line("a", 30000, payee="p", returned=True, day=160)],
        [PAID],
        ("amount-payee", "return", ("a",), (("S1", 30000),)),
    ),
    (
        "a reversal that takes back an undecided line",
        [line("a", -300, "X"), line("b", 300, "X", reversal=True, day=101)],
        [payout("S1", 300)],
        ("reversal", "reversal", ("a", "b"), ()),
    ),
    ("a fee", [line("a", -50, sort="fee")], [payout("S1", 50)], ("class", "fee", ("a",), ())),
    ("interest of a wallet", [line("a", 7, sort="interest")], [PAID], ("class", "interest", ("a",), ())),
]


@pytest.mark.parametrize(("lines", "payouts", "found"), [one[1:] for one in MATCHED], ids=[one[0] for one in MATCHED])
def test_each_rule(lines: list[Line], payouts: list[Payout], found: Found) -> None:
    outcome = match(lines, payouts)
    assert in_short(outcome) == [found]
    assert outcome.listed == ()
    (made,) = outcome.matches
    settled = dict(made.payouts)
    back = made.kind == "return"
    assert made.amount_fen == sum(one.amount_fen for one in lines)
    assert outcome.open_fen == {one.id: one.amount_fen - (0 if back else settled.get(one.id, 0)) for one in payouts}
    there = {one.id: one.paid_fen if back else one.amount_fen for one in payouts}
    assert made.residual_fen == sum(there[name] - fen for name, fen in settled.items())


# What a match says was compared, of the tables' rows that say something.
INPUTS = {
    "in two transfers": (("lines", "2"),),
    "batch no.": (("batch", "B1"), ("payouts", "3")),
    "amount and payee": (("payee", "p"),),
    "two payouts of one payee in one transfer": (("payee", "p"), ("payouts", "2")),
    "one payout in two transfers": (("payee", "p"), ("lines", "2")),
    "a reversal that takes back an undecided line": (("amount_fen", "300"),),
}


@pytest.mark.parametrize("name", INPUTS)
def test_a_match_says_what_was_compared(name: str) -> None:
    (lines, payouts) = next(one[1:3] for one in MATCHED if one[0] == name)
    assert match(lines, payouts).matches[0].inputs == INPUTS[name]


@pytest.mark.parametrize(("day", "found"), [(99, 0), (100, 1), (110, 1), (111, 0)])
def test_the_window_of_a_payment_has_both_its_ends(day: int, found: int) -> None:
    lines = [line("a", -300, payee="p", day=day)]
    assert len(match(lines, [payout("S1", 300, payee="p")]).matches) == found


def test_what_went_to_somebody_else_stands_in_no_other_line_s_way() -> None:
    lines = [line("a", -300, "S1"), line("b", -300, "S1", others=())]
    outcome = match(lines, [payout("S1", 300, payee="p")])
    assert in_short(outcome) == [("end-to-end", "one-to-one", ("a",), (("S1", 300),))]
    assert listed(outcome) == [("payee_differs", ("b",), ("S1",))]
