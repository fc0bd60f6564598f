"""Matching lines with payouts: each rule as a small table, and what is never chosen."""

from typing import Any

import pytest

from ledger.reconcile.matching import Line, Outcome, Part, Payout, match
from ledger.reconcile.matching.subsets import all_but_two, exact, telling

Found = tuple[str, str, tuple[str, ...], tuple[tuple[str, int], ...]]


def line(name: str, amount: int, *references: str, day: int = 100, **more: Any) -> Line:
    return Line(name, day, amount, references=references, **more)


def payout(name: str, amount: int, day: int = 100, **more: Any) -> Payout:
    return Payout(name, day, amount, **more)


def in_short(found: Outcome) -> list[Found]:
    return [(one.rule, one.kind, one.lines, tuple(one.payouts)) for one in found.matches]


def listed(found: Outcome) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    return [(one.reason, one.lines, one.payouts) for one in found.listed]


PAID = payout("S1", 30000, payee="p", vouchers=("V1",), paid_fen=30000)
B1 = [payout("S1", 10000, batch="B1"), payout("S2", 20000, batch="B1"), payout("S3", 45000, batch="B1")]

NOTHING = [("unknown", ("a",), ())]
AMOUNT_OF_S1 = [("amount", ("a",), ("S1",))]

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


# name, lines, payouts, what is listed: reason, lines, candidates
LISTED: list[tuple[str, list[Line], list[Payout], list[tuple[str, tuple[str, ...], tuple[str, ...]]]]] = [
    (
        "a name that is none of ours",
        [line("a", -300, "S9")],
        [payout("S1", 200)],
        [("unknown", ("a",), ())],
    ),
    ("amount alone is no evidence", [line("a", -300)], [payout("S1", 300)], [("amount", ("a",), ("S1",))]),
    (
        "before it was instructed",
        [line("a", -300, "S1", payee="p", day=99)],
        [payout("S1", 300, payee="p")],
        [("unknown", ("a",), ())],
    ),
    (
        "a credit that is marked as nothing",
        [line("a", 30000, payee="p")],
        [PAID],
        [("unknown", ("a",), ())],
    ),
    ("more came back than was paid", [line("a", 30001, "S1")], [PAID], [("exceeds", ("a",), ("S1",))]),
    (
        "what was never paid came back",
        [line("a", 300, "S1")],
        [payout("S1", 300)],
        [("not_paid", ("a",), ("S1",))],
    ),
    (
        "paid twice on one day",
        [line("a", -300, "S1"), line("b", -300, "S1")],
        [payout("S1", 300)],
        [("exceeds", ("a", "b"), ("S1",))],
    ),
    ("more than instructed", [line("a", -301, "S1")], [payout("S1", 300)], [("exceeds", ("a",), ("S1",))]),
    (
        "the name of one, the account of another",
        [line("a", -300, "S1", payee="q")],
        [payout("S1", 300, payee="p"), payout("S2", 300, payee="q")],
        [("payee_differs", ("a",), ("S1",))],
    ),
    (
        "the name of one, and somebody else on the other side",
        [line("a", -300, "S1", others=("q",))],
        [payout("S1", 300, payee="p")],
        [("payee_differs", ("a",), ("S1",))],
    ),
    (
        "named as a whole, and a payment inside went to somebody else",
        [line("a", -300, "S1", parts=(Part(-100, (), ("p",)), Part(-200, (), ())))],
        [payout("S1", 300, payee="p")],
        [("payee_differs", ("a",), ("S1",))],
    ),
    (
        "named as a whole, and the one payment inside went to another of our payees",
        [line("a", -300, "S1", parts=(Part(-300, (), ("q",)),))],
        [payout("S1", 300, payee="p")],
        [("payee_differs", ("a",), ("S1",))],
    ),
    (
        "named as a whole, and a payment inside without amount went to somebody else",
        [line("a", -300, "S1", inside=(("p",), ()))],
        [payout("S1", 300, payee="p")],
        [("payee_differs", ("a",), ("S1",))],
    ),
    (
        "the account of a payee, and a payment inside went to somebody else",
        [line("a", -300, payee="p", others=("p",), inside=((),))],
        [payout("S1", 300, payee="p")],
        [("amount", ("a",), ("S1",))],
    ),
    (
        "the named batch, and a payment inside went to somebody else",
        [line("a", -75000, "B1", parts=(Part(-30000, (), ("pS1",)), Part(-45000, (), ("q",))))],
        [one._replace(payee=f"p{one.id}") for one in B1],
        [("payee_differs", ("a",), ("S1", "S2", "S3"))],
    ),
    (
        "itemised, and one part of it went to somebody else",
        [line("a", -300, parts=(Part(-100, ("S1",), ("p",)), Part(-200, ("S2",), ())))],
        [payout("S1", 100, payee="p"), payout("S2", 200, payee="p")],
        [("payee_differs", ("a",), ("S1", "S2"))],
    ),
    (
        "itemised, and the parts do not add up",
        [line("a", -301, parts=(Part(-100, ("S1",)), Part(-200, ("S2",))))],
        [payout("S1", 100), payout("S2", 200)],
        [("part_unknown", ("a",), ("S1", "S2"))],
    ),
    (
        "itemised, and a part names nothing",
        [line("a", -300, parts=(Part(-100, ("S1",)), Part(-200, ("X",))))],
        [payout("S1", 100), payout("S2", 200)],
        [("part_unknown", ("a",), ("S1",))],
    ),
    (
        "two names, the amount of one",
        [line("a", -100, "S1", "S2")],
        [payout("S1", 100), payout("S2", 200)],
        [("ambiguous", ("a",), ("S1", "S2"))],
    ),
    ("no part of the batch it names", [line("a", -1, "B1")], B1, [("batch_differs", ("a",), ("S1", "S2", "S3"))]),
    (
        "two parts of the batch it names",
        [line("a", -200, "B1")],
        [payout(name, fen, batch="B1") for name, fen in (("S1", 100), ("S2", 100), ("S3", 100))],
        # Two readings show that it is ambiguous; the search stops there.
        [("ambiguous", ("a",), ("S1", "S2", "S3"))],
    ),
    (
        "two payouts of one payee and amount",
        [line("a", -300, payee="p")],
        [payout("S1", 300, payee="p"), payout("S2", 300, payee="p")],
        [("ambiguous", ("a",), ("S1", "S2"))],
    ),
    (
        "two lines for one payout",
        [line("a", -300, payee="p"), line("b", -300, payee="p")],
        [payout("S1", 300, payee="p")],
        [("ambiguous", ("a", "b"), ("S1",))],
    ),
    (
        "two equal lines for two equal payouts, with nothing that tells them apart",
        [line("a", -300, payee="p"), line("b", -300, payee="p")],
        [payout("S1", 300, payee="p"), payout("S2", 300, payee="p")],
        [("ambiguous", ("a", "b"), ("S1", "S2"))],
    ),
    (
        "two sums of one payee",
        [line("a", -3_000_005, payee="p")],
        [payout(f"S{n}", fen, payee="p") for n, fen in enumerate((1_000_003, 2_000_002, 1_000_003))],
        [("ambiguous", ("a",), ("S0", "S1", "S2"))],
    ),
    (
        "one sum of one payee, of amounts so round that it means nothing",
        [line("a", -30000, payee="p")],
        [payout("S1", 10000, payee="p"), payout("S2", 20000, payee="p")],
        [("too_many", ("a",), ("S1", "S2"))],
    ),
    # An amount alone settles nothing; what is listed says which rule found the candidates.
    (
        "two batches of one total",
        [line("a", -30000)],
        [
            payout("S1", 10000, batch="B1"),
            payout("S2", 20000, batch="B1"),
            payout("S3", 14000, batch="B2"),
            payout("S4", 16000, batch="B2"),
        ],
        [("amount", ("a",), ("S1", "S2", "S3", "S4"))],
    ),
    (
        "two lines with the total of one batch",
        [line("a", -75000), line("b", -75000, day=101)],
        [*B1, payout("S4", 75000)],
        [("amount", ("a", "b"), ("S1", "S2", "S3", "S4"))],
    ),
    ("the total of one batch and of nothing else", [line("a", -75000)], B1, [("amount", ("a",), ("S1", "S2", "S3"))]),
    ("a part of one batch, of round amounts", [line("a", -30000)], B1, [("too_many", ("a",), ("S1", "S2"))]),
    (
        "a part of one batch and of nothing else",
        [line("a", -3_000_005)],
        [payout(f"S{n}", fen, batch="B1") for n, fen in enumerate((1_000_003, 2_000_002, 5_000_000))],
        [("amount", ("a",), ("S0", "S1"))],
    ),
    ("a batch of one, whose total is its payout", [line("a", -300)], [B1[0]._replace(amount_fen=300)], AMOUNT_OF_S1),
    ("a batch of which one was sent later", [line("a", -75000)], [*B1[:2], B1[2]._replace(day=101)], NOTHING),
    ("a batch sent too long ago", [line("a", -75000, day=111)], B1, NOTHING),
    ("a batch sent as long ago as may be", [line("a", -75000, day=110)], B1, [("amount", ("a",), ("S1", "S2", "S3"))]),
    (
        "the total of a batch without what failed",
        [line("a", -30000)],
        [*B1[:2], B1[2]._replace(failed=True)],
        [("amount", ("a",), ("S1", "S2"))],
    ),
    (
        "named, and paid to somebody else",
        [line("b", -5, "S9"), line("a", -300, "S1", others=())],
        [payout("S1", 300, payee="p"), payout("S9", 4)],
        # First, whatever the order of names.
        [("payee_differs", ("a",), ("S1",)), ("exceeds", ("b",), ("S9",))],
    ),
    (
        "named by a voucher, and paid to another of our payees",
        [line("a", -300, "V1", others=("q",))],
        [payout("S1", 300, payee="p", vouchers=("V1",))],
        [("payee_differs", ("a",), ("S1",))],
    ),
    (
        "named, and come back from somebody else",
        [line("a", 30000, "S1", others=())],
        [PAID],
        [("payee_differs", ("a",), ("S1",))],
    ),
    (
        "itemised, and one of the parts paid to somebody else",
        [Line("a", 100, -30000, parts=(Part(-10000, ("S1",), ("p",)), Part(-20000, ("S2",), ("q",))))],
        [payout("S1", 10000, payee="p"), payout("S2", 20000, payee="p")],
        [("payee_differs", ("a",), ("S1", "S2"))],
    ),
    (
        "the named batch, paid to somebody else",
        [line("a", -75000, "B1", others=())],
        [one._replace(payee=f"p{one.id}") for one in B1],
        [("payee_differs", ("a",), ("S1", "S2", "S3"))],
    ),
    (
        "the named batch, paid to the payee of a part of it",
        [line("a", -75000, "B1", others=("pS1",))],
        [one._replace(payee=f"p{one.id}") for one in B1],
        [("payee_differs", ("a",), ("S1", "S2", "S3"))],
    ),
    (
        "a return that two payments may be of",
        [line("a", 30000, payee="p", returned=True)],
        [PAID, PAID._replace(id="S2")],
        [("ambiguous", ("a",), ("S1", "S2"))],
    ),
    (
        "a reversal that takes back one of two payments, and does not say which",
        [line("a", -300, "X", "S1"), line("b", -300, "X", "S2"), line("c", 300, "X", reversal=True)],
        [payout("S1", 200), payout("S2", 200)],
        [("ambiguous", ("c",), ("S1", "S2")), ("exceeds", ("a",), ("S1",)), ("exceeds", ("b",), ("S2",))],
    ),
    (
        "a reversal of nothing that is there",
        [line("a", 300, "S1", reversal=True)],
        [payout("S1", 300, paid_fen=300)],
        [("nothing_taken_back", ("a",), ("S1",))],
    ),
    (
        "a batch too small in money for its many payouts",
        [line("a", -303)],
        # 5 payouts have 2^5 subsets, and 100 x 32 exceeds 303 fen. 100 + 101 + 102 and no others make 303.
        [payout(f"S{n}", 100 + n, batch="B1") for n in range(5)],
        [("too_many", ("a",), ("S0", "S1", "S2"))],
    ),
    (
        "interest and a fee the wrong way round",
        [line("a", 50, sort="fee"), line("b", -7, sort="interest")],
        [PAID],
        [("unknown", ("a",), ()), ("unknown", ("b",), ())],
    ),
    (
        "two lines that name a batch for one part of it",
        [line("a", -30000, "B1"), line("b", -30000, "B1")],
        B1,
        [("ambiguous", ("a", "b"), ("S1", "S2"))],
    ),
    (
        "the batch of a payout that another line names for too much",
        [line("a", -75000, "B1"), line("b", -10001, "S1")],
        B1,
        [("ambiguous", ("a",), ("S1", "S2", "S3")), ("exceeds", ("b",), ("S1",))],
    ),
    (
        "a batch with too many payouts to look for a part",
        [line("a", -10, "B1")],
        [payout(f"S{n:02}", 2, batch="B1") for n in range(31)],
        [("too_many", ("a",), tuple(f"S{n:02}" for n in range(20)))],
    ),
    (
        "two batches, or money that came for one",
        [line("a", -75000, "B1", "B2"), line("b", 75000, "B1")],
        [*B1, payout("S9", 5, batch="B2")],
        [("unknown", ("a",), ()), ("unknown", ("b",), ())],
    ),
    (
        "a payee's amount that another line names for too much",
        [line("a", -301, "S1"), line("b", -300, payee="p")],
        [payout("S1", 300, payee="p")],
        [("ambiguous", ("b",), ("S1",)), ("exceeds", ("a",), ("S1",))],
    ),
    (
        "a payee's amount of a batch that another line names",
        [line("a", -1, "B1"), line("b", -10000, payee="p")],
        [B1[0]._replace(payee="p"), *B1[1:]],
        [("ambiguous", ("b",), ("S1",)), ("batch_differs", ("a",), ("S1", "S2", "S3"))],
    ),
    (
        "a payee's sum with a payout that another line names for too much",
        [line("a", -3_000_005, payee="p"), line("b", -1_000_004, "S1")],
        [payout("S1", 1_000_003, payee="p"), payout("S2", 2_000_002, payee="p")],
        [("ambiguous", ("a",), ("S1", "S2")), ("exceeds", ("b",), ("S1",))],
    ),
    (
        "two sums of a payee that share a payout",
        # 1,000,003 + 2,000,002 and 2,000,002 + 4,000,001
        [line("a", -3_000_005, payee="p"), line("b", -6_000_003, payee="p")],
        [payout(f"S{n}", fen, payee="p") for n, fen in enumerate((1_000_003, 2_000_002, 4_000_001), 1)],
        [("ambiguous", ("a",), ("S1", "S2")), ("ambiguous", ("b",), ("S2", "S3"))],
    ),
    (
        "a payee's line that two payouts equal and that makes a third with another line",
        [line("a", -1_000_003, payee="p"), line("b", -2_000_002, payee="p")],
        [payout(f"S{n}", fen, payee="p") for n, fen in enumerate((1_000_003, 1_000_003, 3_000_005), 1)],
        [("ambiguous", ("a",), ("S1", "S2", "S3")), ("ambiguous", ("b",), ("S3",))],
    ),
    (
        "what was never paid came back to its payee's name",
        [line("a", 300, payee="p", returned=True)],
        [payout("S1", 300, payee="p")],
        [("not_paid", ("a",), ("S1",))],
    ),
    (
        "came back, and another line names the payout for too much",
        [line("a", 30001, "S1"), line("b", 30000, payee="p", returned=True)],
        [PAID],
        [("ambiguous", ("b",), ("S1",)), ("exceeds", ("a",), ("S1",))],
    ),
    (
        "two lines that hang together through what both name, and claim too much",
        [line("a", -300, "S1", "S2"), line("b", -200, "S2")],
        [payout("S1", 100), payout("S2", 200)],
        [("exceeds", ("a",), ("S1", "S2")), ("exceeds", ("b",), ("S2",))],
    ),
    (
        "three that hang together through the second",
        [line("a", -100, "S1"), line("b", -300, "S1", "S2"), line("c", -200, "S2")],
        [payout("S1", 100), payout("S2", 200)],
        [("exceeds", ("a",), ("S1",)), ("exceeds", ("b",), ("S1", "S2")), ("exceeds", ("c",), ("S2",))],
    ),
    (
        "named beside a line that does not say of which payout it is",
        [line("a", -150, "S1", "S2"), line("b", -100, "S1")],
        [payout("S1", 100), payout("S2", 200)],
        [("ambiguous", ("a",), ("S1", "S2")), ("ambiguous", ("b",), ("S1",))],
    ),
    (
        "a payer's line and another payer's payout",
        [line("a", -300, "S1", payer="w1")],
        [payout("S1", 300, payer="w2")],
        [("unknown", ("a",), ())],
    ),
]


@pytest.mark.parametrize(("lines", "payouts", "found"), [one[1:] for one in LISTED], ids=[one[0] for one in LISTED])
def test_what_nobody_may_choose(
    lines: list[Line], payouts: list[Payout], found: list[tuple[str, tuple[str, ...], tuple[str, ...]]]
) -> None:
    outcome = match(lines, payouts)
    assert outcome.matches == ()
    assert listed(outcome) == found


@pytest.mark.parametrize(("day", "found"), [(99, 0), (100, 1), (110, 1), (111, 0)])
def test_the_window_of_a_payment_has_both_its_ends(day: int, found: int) -> None:
    lines = [line("a", -300, payee="p", day=day)]
    assert len(match(lines, [payout("S1", 300, payee="p")]).matches) == found


def test_what_went_to_somebody_else_stands_in_no_other_line_s_way() -> None:
    lines = [line("a", -300, "S1"), line("b", -300, "S1", others=())]
    outcome = match(lines, [payout("S1", 300, payee="p")])
    assert in_short(outcome) == [("end-to-end", "one-to-one", ("a",), (("S1", 300),))]
    assert listed(outcome) == [("payee_differs", ("b",), ("S1",))]


@pytest.mark.parametrize(
    ("tried", "total", "amounts", "says"),
    [
        (2, 1999, [3], False),
        (2, 2000, [3], True),
        # In steps of 100 fen there are 2,000 sums up to 200,000 fen, and 20 up to 2,000.
        (2, 2000, [300, 500], False),
        (2, 199_900, [300, 500], False),
        (2, 200_000, [300, 500], True),
    ],
)
def test_a_subset_tells_only_where_chance_is_small(tried: int, total: int, amounts: list[int], says: bool) -> None:
    assert telling(tried, total, amounts) is says


def test_subsets_of_thirty_are_searched_in_whole_and_of_more_not_at_all() -> None:
    powers = [1 << place for place in range(30)]
    # Every total below 2^30 has exactly one subset of powers of two: its binary digits. 2^29 + 2^3 + 1.
    assert exact(powers, (1 << 29) + 9, smallest=2) == (((0, 3, 29),), True)
    assert exact([2] * 31, 10, smallest=2) == ((), False)
    assert exact([2] * 31, 63, smallest=2) == ((), True), "62 is less than 63"
    assert exact([100] * 40, 50, smallest=1) == ((), True), "none is small enough"
    assert exact([5, 3], 5, smallest=1) == (((0,),), True)
    subsets, complete = exact([100] * 3, 100, smallest=1)
    assert (len(subsets), complete) == (2, True), "two show that there is more than one"


def test_of_a_large_batch_those_parts_are_searched_that_lack_one_or_two() -> None:
    amounts = [1000, 2000, 4000, 4000]
    assert all_but_two(amounts, 10000) == ((1, 2, 3),)  # 11,000 less 1,000
    assert all_but_two(amounts, 8000) == ((2, 3),)  # less 1,000 and 2,000
    assert all_but_two(amounts, 7000) == ((0, 1, 3), (0, 1, 2))  # less either 4,000
    assert all_but_two([4000] * 3, 8000) == ((1, 2), (0, 2))  # less any, of which two are enough
    assert all_but_two(amounts, 4000) == ()  # less 7,000: no one, no two
    assert all_but_two(amounts, 11000) == ()  # less nothing is the whole


def test_a_batch_of_forty_less_one_that_failed_is_listed_with_twenty_candidates() -> None:
    payouts = [payout(f"S{n:02}", 100_000 + n * n, batch="B1") for n in range(40)]
    total = sum(one.amount_fen for one in payouts) - payouts[7].amount_fen
    outcome = match([line("a", -total)], payouts)
    assert outcome.matches == ()
    (found,) = outcome.listed
    assert (found.reason, found.rule) == ("amount", "batch-part")
    # The first twenty of all but S07.
    assert found.payouts == tuple(f"S{n:02}" for n in range(21) if n != 7)
    whole = match([line("a", -sum(one.amount_fen for one in payouts))], payouts).listed
    assert [(one.reason, one.rule) for one in whole] == [("amount", "batch-total")]
    single = match([line("a", -payouts[3].amount_fen)], payouts).listed
    assert [(one.reason, one.rule, one.payouts) for one in single] == [("amount", "amount", ("S03",))]


# name, lines, payouts, matches (as above), and what is listed beside them
BESIDE: list[tuple[str, list[Line], list[Payout], list[Found], list[tuple[str, tuple[str, ...], tuple[str, ...]]]]] = [
    (
        "the rest of a batch of which a part of one was paid by name",
        [line("a", -4000, "S1"), line("b", -71000, "B1")],
        B1,
        [
            ("batch", "partial", ("b",), (("S1", 6000), ("S2", 20000), ("S3", 45000))),
            ("end-to-end", "partial", ("a",), (("S1", 4000),)),
        ],
        [],
    ),
    (
        "a batch of which all is paid, named once more",
        [line("a", -75000, "B1"), line("b", -75000, "B1", day=101, inside=(("q",),))],
        B1,
        [("batch", "one-to-many", ("a",), (("S1", 10000), ("S2", 20000), ("S3", 45000)))],
        [("batch_differs", ("b",), ())],
    ),
    (
        "the rest of a payee's payout",
        [line("a", -100, "S1"), line("b", -200, payee="p")],
        [payout("S1", 300, payee="p")],
        [
            ("amount-payee", "partial", ("b",), (("S1", 200),)),
            ("end-to-end", "partial", ("a",), (("S1", 100),)),
        ],
        [],
    ),
    (
        "the rest of one and the whole of another payout of a payee",
        [line("a", -100, "S1"), line("b", -3_000_005, payee="p")],
        [payout("S1", 1_000_103, payee="p"), payout("S2", 2_000_002, payee="p")],
        [
            ("end-to-end", "partial", ("a",), (("S1", 100),)),
            ("payee-sum", "partial", ("b",), (("S1", 1_000_003), ("S2", 2_000_002))),
        ],
        [],
    ),
    (
        "the rest of a payee's payout in two transfers",
        [line("a", -100, "S1"), line("b", -1_000_003, payee="p"), line("c", -2_000_002, payee="p")],
        [payout("S1", 3_000_105, payee="p")],
        [
            ("end-to-end", "partial", ("a",), (("S1", 100),)),
            ("payee-sum", "partial", ("b", "c"), (("S1", 3_000_005),)),
        ],
        [],
    ),
    (
        "a payee's equal line of before the payment",
        [line("a", -300, payee="p", day=95), line("b", -300, payee="p")],
        [payout("S1", 300, payee="p")],
        [("amount-payee", "one-to-one", ("b",), (("S1", 300),))],
        [("unknown", ("a",), ())],
    ),
    (
        "a payee's sum beside a line that two payouts equal",
        [line("a", -300, payee="p"), line("b", -3_000_005, payee="p")],
        [payout(f"S{n}", fen, payee="p") for n, fen in enumerate((1_000_003, 2_000_002, 300, 300), 1)],
        [("payee-sum", "one-to-many", ("b",), (("S1", 1_000_003), ("S2", 2_000_002)))],
        [("ambiguous", ("a",), ("S3", "S4"))],
    ),
    (
        "came back by payee, one that was paid and one that was not",
        [line("a", 300, payee="p", returned=True), line("b", 30000, payee="p", returned=True)],
        [PAID, payout("S2", 300, payee="p")],
        [("amount-payee", "return", ("b",), (("S1", 30000),))],
        [("not_paid", ("a",), ("S2",))],
    ),
    (
        "the rest comes back by payee",
        [line("a", 10000, "S1"), line("b", 20000, payee="p", returned=True)],
        [PAID],
        [("amount-payee", "return", ("b",), (("S1", 20000),)), ("end-to-end", "return", ("a",), (("S1", 10000),))],
        [],
    ),
    (
        "more and more comes back, until it is more than was paid",
        [line(name, fen, "S1", day=day) for name, fen, day in (("a", 10000, 1), ("b", 10000, 2), ("c", 10001, 3))],
        [PAID._replace(day=0)],
        [("end-to-end", "return", (name,), (("S1", 10000),)) for name in ("a", "b")],
        [("exceeds", ("c",), ("S1",))],
    ),
    (
        "what two transfers paid comes back",
        [line("a", -100, "S1"), line("b", -150, "S1", day=101), line("c", 250, "S1", day=102)],
        [payout("S1", 300)],
        [
            ("end-to-end", "partial", ("a",), (("S1", 100),)),
            ("end-to-end", "partial", ("b",), (("S1", 150),)),
            ("end-to-end", "return", ("c",), (("S1", 250),)),
        ],
        [],
    ),
    (
        "two that are named together, and a third",
        [line("a", -300, "S1", "S2"), line("b", -400, "S3")],
        [payout("S1", 100), payout("S2", 200), payout("S3", 400)],
        [
            ("end-to-end", "one-to-many", ("a",), (("S1", 100), ("S2", 200))),
            ("end-to-end", "one-to-one", ("b",), (("S3", 400),)),
        ],
        [],
    ),
    # An amount is looked for in what is open now: 1 of 300, 65,000 of a batch of 75,000.
    (
        "the amount of what is left",
        [line("a", -299, "S1"), line("b", -300), line("c", -1)],
        [payout("S1", 300)],
        [("end-to-end", "partial", ("a",), (("S1", 299),))],
        [("amount", ("c",), ("S1",)), ("unknown", ("b",), ())],
    ),
    (
        "the total of what is left of a batch",
        [line("a", -10000, "S1"), line("b", -75000), line("c", -65000)],
        B1,
        [("end-to-end", "one-to-one", ("a",), (("S1", 10000),))],
        [("amount", ("c",), ("S2", "S3")), ("unknown", ("b",), ())],
    ),
    (
        "the total of a batch of which one failed and was paid all the same",
        [line("a", -45000, "S3"), line("b", -30000)],
        [*B1[:2], B1[2]._replace(failed=True)],
        [("end-to-end", "one-to-one", ("a",), (("S3", 45000),))],
        [("amount", ("b",), ("S1", "S2"))],
    ),
]


@pytest.mark.parametrize(
    ("lines", "payouts", "found", "beside"), [one[1:] for one in BESIDE], ids=[one[0] for one in BESIDE]
)
def test_what_one_line_leaves_to_another(
    lines: list[Line],
    payouts: list[Payout],
    found: list[Found],
    beside: list[tuple[str, tuple[str, ...], tuple[str, ...]]],
) -> None:
    outcome = match(lines, payouts)
    assert in_short(outcome) == found
    assert listed(outcome) == beside


# What a person undid is not done again: (line, payout), lines, payouts, matches, and what is listed
BANNED: list[
    tuple[
        str, tuple[str, str], list[Line], list[Payout], list[Found], list[tuple[str, tuple[str, ...], tuple[str, ...]]]
    ]
] = [
    ("what a line names", ("a", "S1"), [line("a", -300, "S1")], [payout("S1", 300)], [], [("barred", ("a",), ())]),
    (
        "one of a batch",
        ("a", "S1"),
        [line("a", -75000, "B1")],
        B1,
        [],
        [("batch_differs", ("a",), ("S2", "S3"))],
    ),
    (
        "one of two of a payee and amount",
        ("a", "S1"),
        [line("a", -300, payee="p")],
        [payout("S1", 300, payee="p"), payout("S2", 300, payee="p")],
        [("amount-payee", "one-to-one", ("a",), (("S2", 300),))],
        [],
    ),
    (
        "one of two lines of a payee and amount",
        ("a", "S1"),
        [line("a", -300, payee="p"), line("b", -300, payee="p")],
        [payout("S1", 300, payee="p")],
        [("amount-payee", "one-to-one", ("b",), (("S1", 300),))],
        NOTHING,
    ),
    (
        "one of a payee's sum",
        ("a", "S1"),
        [line("a", -3_000_005, payee="p")],
        [payout("S1", 1_000_003, payee="p"), payout("S2", 2_000_002, payee="p")],
        [],
        [("unknown", ("a",), ("S1", "S2"))],
    ),
    (
        "one line of a payee's payout in two transfers",
        ("a", "S1"),
        [line("a", -1_000_003, payee="p"), line("b", -2_000_002, payee="p")],
        [payout("S1", 3_000_005, payee="p")],
        [],
        [("unknown", ("a",), ("S1",)), ("unknown", ("b",), ("S1",))],
    ),
    ("an amount", ("a", "S1"), [line("a", -300)], [payout("S1", 300)], [], NOTHING),
]


@pytest.mark.parametrize(
    ("pair", "lines", "payouts", "found", "beside"), [one[1:] for one in BANNED], ids=[one[0] for one in BANNED]
)
def test_what_a_person_undid_is_not_done_again(
    pair: tuple[str, str],
    lines: list[Line],
    payouts: list[Payout],
    found: list[Found],
    beside: list[tuple[str, tuple[str, ...], tuple[str, ...]]],
) -> None:
    outcome = match(lines, payouts, banned=frozenset({pair}))
    assert in_short(outcome) == found
    assert listed(outcome) == beside


@pytest.mark.parametrize(
    ("seen", "taken"),
    [
        # Day by day the earlier one is the only line when it is looked at.
        ((), ["b"]),
        # Both have been looked at: nothing tells them apart.
        (("a", "b"), []),
        # The later one was looked at first, before the file of the earlier day had come.
        (("a",), ["a"]),
    ],
)
def test_lines_are_taken_day_by_day_after_those_that_were_looked_at(seen: tuple[str, ...], taken: list[str]) -> None:
    lines = [line("a", -300, payee="p", day=101), line("b", -300, payee="p", day=100)]
    outcome = match(lines, [payout("S1", 300, payee="p")], seen=frozenset(seen))
    assert [one.lines for one in outcome.matches] == [(name,) for name in taken]


def test_each_payer_has_a_desk_of_his_own_and_what_was_decided_is_not_said_again() -> None:
    lines = [line(f"a{n}", -300, f"S{n}", payer=f"w{n}") for n in (1, 2)]
    payouts = [payout(f"S{n}", 300, payer=f"w{n}") for n in (1, 2)]
    first = match(lines, payouts)
    assert in_short(first) == [("end-to-end", "one-to-one", (f"a{n}",), ((f"S{n}", 300),)) for n in (1, 2)]
    more = [line(f"b{n}", -300, f"S{n}", payer=f"w{n}", day=101) for n in (1, 2)]
    second = match([*lines, *more], payouts, first.matches)
    assert second.matches == ()
    assert listed(second) == [("exceeds", (f"b{n}",), (f"S{n}",)) for n in (1, 2)]
    # The bank takes both back, and both matches fall.
    back = [line(f"c{n}", 300, f"S{n}", payer=f"w{n}", day=102, reversal=True) for n in (1, 2)]
    third = match([*lines, *back], payouts, first.matches)
    assert in_short(third) == [("reversal", "reversal", (f"a{n}", f"c{n}"), ()) for n in (1, 2)]
    assert third.undone == tuple((made, f"c{n}") for n, made in enumerate(first.matches, 1))
    assert third.open_fen == {"S1": 300, "S2": 300}


def test_no_more_than_three_hundred_payouts_are_looked_through_for_a_sum() -> None:
    parts = [payout("S1", 1_000_003, payee="p"), payout("S2", 2_000_002, payee="p")]
    sent = [line("a", -3_000_005, payee="p")]

    def kinds(others: int, day: int) -> list[str]:
        return [
            one.kind
            for one in match(
                sent, [*parts, *(payout(f"X{n:03}", 9_000_001, day, payee="p") for n in range(others))]
            ).matches
        ]

    assert kinds(298, day=100) == ["one-to-many"]
    assert kinds(299, day=100) == []
    # Those of before the window are none of them: 100 - 10 = 90.
    assert kinds(299, day=89) == ["one-to-many"]


def test_where_more_than_three_hundred_lines_may_make_a_payout_none_of_them_is_settled_otherwise() -> None:
    payouts = [payout(f"S{n}", fen, payee="p") for n, fen in enumerate((1_000_003, 2_000_002, 9_000_001), 1)]
    sent = line("a", -3_000_005, payee="p")

    def taken(others: int) -> list[tuple[str, ...]]:
        more = [line(f"x{n:03}", -9_000_002, payee="p") for n in range(others)]
        return [one.lines for one in match([sent, *more], payouts).matches]

    assert taken(299) == [("a",)]
    assert taken(300) == []


def test_lines_of_before_a_payout_are_not_counted_among_those_that_may_make_it() -> None:
    before = [line(f"x{n:03}", -9_000_002, payee="p", day=95) for n in range(299)]
    halves = [line("a", -1_000_003, payee="p"), line("b", -2_000_002, payee="p")]
    outcome = match([*before, *halves], [payout("S1", 3_000_005, payee="p")])
    assert in_short(outcome) == [("payee-sum", "many-to-one", ("a", "b"), (("S1", 3_000_005),))]


def test_a_payout_that_too_many_lines_may_make_stands_in_no_other_one_s_way() -> None:
    small = [line(f"x{n:02}", -(10 + n), payee="p") for n in range(31)]
    halves = [line("a", -1_000_003, payee="p", day=140), line("b", -2_000_002, payee="p", day=140)]
    payouts = [payout("S1", 9_000_001, payee="p"), payout("S2", 3_000_005, payee="p", day=140)]
    outcome = match([*small, *halves], payouts)
    assert in_short(outcome) == [("payee-sum", "many-to-one", ("a", "b"), (("S2", 3_000_005),))]


@pytest.mark.parametrize(("others", "kinds"), [(28, ["one-to-many"]), (29, [])])
def test_a_sum_is_searched_among_thirty_payouts_of_a_payee(others: int, kinds: list[str]) -> None:
    # 2^30 subsets: a hit tells from 1,073,741,824,000 fen on. Only two of them are as little as the line together.
    few = [payout("S1", 10**12 + 1, payee="p"), payout("S2", 10**12 + 8, payee="p")]
    many = [payout(f"X{n:02}", 15 * 10**11 + 2**n, payee="p") for n in range(others)]
    found = match([line("a", -(2 * 10**12 + 9), payee="p")], [*few, *many])
    assert [one.kind for one in found.matches] == kinds


# name, lines, the lines of the one match
TAKEN_BACK: list[tuple[str, list[Line], tuple[str, str]]] = [
    (
        "the latest of two that name the same",
        [line("b", -300, "X"), line("a", -300, "X", day=101), line("r", 300, "X", day=102, reversal=True)],
        ("a", "r"),
    ),
    (
        "the latest of one day, by place",
        [line("b", -300, "X"), line("a", -300, "X", place=1), line("0", 300, "X", place=2, reversal=True)],
        ("0", "a"),
    ),
    (
        "of two payees the one that it names",
        [
            line("a", -300, "X", payee="p"),
            line("b", -300, "X", payee="q"),
            line("r", 300, "X", payee="p", reversal=True),
        ],
        ("a", "r"),
    ),
    (
        "the only one, though the other side is written otherwise",
        [line("a", -300, "X", payee="p"), line("r", 300, "X", payee="q", reversal=True)],
        ("a", "r"),
    ),
    (
        "the one that shares more references",
        [line("a", -300, "X", "Y"), line("b", -300, "X", day=101), line("r", 300, "X", "Y", day=102, reversal=True)],
        ("a", "r"),
    ),
    (
        "without any reference the one of the other side",
        [line("a", -300, payee="p"), line("b", -300, payee="q"), line("r", 300, payee="p", reversal=True)],
        ("a", "r"),
    ),
    ("after sixty days", [line("a", -300, "X"), line("r", 300, "X", day=160, reversal=True)], ("a", "r")),
]


@pytest.mark.parametrize(("lines", "pair"), [one[1:] for one in TAKEN_BACK], ids=[one[0] for one in TAKEN_BACK])
def test_which_line_a_reversal_takes_back(lines: list[Line], pair: tuple[str, str]) -> None:
    assert [one.lines for one in match(lines, []).matches] == [pair]


def test_a_reversal_takes_back_nothing_after_more_than_sixty_days_and_nothing_twice() -> None:
    late = match([line("a", -300, "X"), line("r", 300, "X", day=161, reversal=True)], [])
    assert [(one.reason, one.lines) for one in late.listed] == [("nothing_taken_back", ("r",)), ("unknown", ("a",))]
    once = line("r", 300, "X", day=101, reversal=True)
    twice = match([line("a", -300, "X"), once, once._replace(id="s", day=102)], [])
    assert [one.lines for one in twice.matches] == [("a", "r")]
    assert [(one.reason, one.lines) for one in twice.listed] == [("nothing_taken_back", ("s",))]


def test_a_line_of_an_earlier_day_that_comes_late_puts_reversals_in_order_once_more() -> None:
    lines = [line("b", -300, "X", day=101), line("a", 300, "X", day=102, reversal=True), line("c", -300, "X", day=99)]
    found = match(lines, [], seen=frozenset({"a", "b"}))
    assert [one.lines for one in found.matches] == [("a", "b")]


def test_a_match_falls_when_a_reversal_is_found_behind_a_line_that_came_late() -> None:
    paid = line("u", -300, "S1")
    first = match([paid], [payout("S1", 300)])
    lines = [
        paid,
        line("x", -5, "Q", day=103),
        line("y", -6, "R", day=101),
        line("z", 300, "S1", day=104, reversal=True),
    ]
    found = match(lines, [payout("S1", 300)], first.matches, seen=frozenset({"x"}))
    assert [one.lines for one in found.matches] == [("u", "z")]
    assert found.undone == ((first.matches[0], "z"),)


def by_amount(lines: list[Line], payouts: list[Payout]) -> list[tuple[str, str, tuple[str, ...]]]:
    """What is listed of lines that bear nothing but an amount: reason, rule, candidates."""
    outcome = match(lines, payouts)
    assert outcome.matches == ()
    return [(one.reason, one.rule, one.payouts) for one in outcome.listed]


def batch(name: str, *amounts: int) -> list[Payout]:
    return [payout(f"{name}-{n:02}", fen, batch=name) for n, fen in enumerate(amounts)]


@pytest.mark.parametrize(("day", "found"), [(89, ()), (90, ("S1",)), (100, ("S1",)), (101, ())])
def test_the_window_of_an_amount_has_both_its_ends(day: int, found: tuple[str, ...]) -> None:
    expected = ("amount", "amount", found) if found else ("unknown", "amount", ())
    assert by_amount([line("a", -300)], [payout("S1", 300, day)]) == [expected]


def test_a_batch_of_one_is_an_amount_and_no_total() -> None:
    assert by_amount([line("a", -300)], batch("B1", 300)) == [("amount", "amount", ("B1-00",))]


@pytest.mark.parametrize(("batches", "reason"), [(500, "unknown"), (501, "too_many")])
def test_no_more_than_five_hundred_batches_are_searched_for_a_part(batches: int, reason: str) -> None:
    payouts = [one for n in range(batches) for one in batch(f"B{n:03}", 10, 20)]
    assert by_amount([line("a", -15)], payouts) == [(reason, "amount", ())]


@pytest.mark.parametrize(("members", "reason"), [(16, "amount"), (17, "unknown")])
def test_of_a_batch_of_sixteen_every_part_is_searched(members: int, reason: str) -> None:
    # 2^16 subsets: a hit tells from 65,536,000 fen on.
    payouts = batch("B1", *(10**8 + 2**n for n in range(members)))
    found = by_amount([line("a", -(3 * 10**8 + 1 + 8 + 64))], payouts)
    whole = ("amount", "batch-part", ("B1-00", "B1-03", "B1-06"))
    assert found == [whole if reason == "amount" else ("unknown", "amount", ())]


@pytest.mark.parametrize(
    ("least", "reason"),
    [
        # 17 payouts lack one or two in 17 x 18 / 2 = 153 ways, which tells from 153,000 fen on: 15 x 10,300 + 105.
        (10_300, "amount"),
        # 15 x 10,000 + 105
        (10_000, "too_many"),
    ],
)
def test_of_a_larger_batch_a_part_tells_from_an_amount_on(least: int, reason: str) -> None:
    kept = [least + n for n in range(15)]
    # The two that are missing are the largest.
    found = by_amount([line("a", -sum(kept))], batch("B1", *kept, 50_000, 70_001))
    assert found == [(reason, "batch-part", tuple(f"B1-{n:02}" for n in range(15)))]


def test_a_part_of_each_of_two_batches_is_listed_with_both() -> None:
    # 1000 for each of 2^3 subsets is less than 9003 = 4001 + 5002 = 4002 + 5001.
    payouts = [*batch("B1", 4001, 5002, 20011), *batch("B2", 4002, 5001, 20021)]
    assert by_amount([line("a", -9003)], payouts) == [("amount", "batch-part", ("B1-00", "B1-01", "B2-00", "B2-01"))]


def test_a_large_batch_that_lacks_more_than_two_stands_in_no_other_one_s_way() -> None:
    payouts = [*batch("B1", *[100_000] * 17), *batch("B2", 4001, 5002, 20011)]
    assert by_amount([line("a", -9003)], payouts) == [("amount", "batch-part", ("B2-00", "B2-01"))]
