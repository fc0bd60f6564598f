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


def test_of_a_large_batch_those_parts_are_searched_that_lack_one_or_two() -> None:
    amounts = [1000, 2000, 4000, 4000]
    assert all_but_two(amounts, 10000) == ((1, 2, 3),)  # 11,000 less 1,000
    assert all_but_two(amounts, 8000) == ((2, 3),)  # less 1,000 and 2,000
    assert all_but_two(amounts, 7000) == ((0, 1, 3), (0, 1, 2))  # less either 4,000
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
