"""What matching never chooses: lines with every reading that they may have, and the reason that is listed."""

import pytest

from ledger.reconcile.matching import Line, Part, Payout, match
from tests.reconcile.lines import B1, NOTHING, PAID, line, listed, payout

AMOUNT_OF_S1 = [("amount", ("a",), ("S1",))]

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
        "two that hang together through a third",
        [line("a", -100, "S1"), line("b", -200, "S2"), line("c", -300, "S1", "S2")],
        [payout("S1", 100), payout("S2", 200)],
        [("exceeds", ("a",), ("S1",)), ("exceeds", ("b",), ("S2",)), ("exceeds", ("c",), ("S1", "S2"))],
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
