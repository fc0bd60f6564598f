"""Lines beside others: what one leaves to the next, what a person undid, and what was decided before."""

import pytest

from ledger.reconcile.matching import Line, Payout, match
from tests.reconcile.lines import B1, NOTHING, PAID, Found, in_short, line, listed, payout

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
        "one of three lines of a payee and amount",
        ("a", "S1"),
        [line(name, -300, payee="p") for name in "abc"],
        [payout("S1", 300, payee="p")],
        [],
        [("ambiguous", ("b", "c"), ("S1",)), ("unknown", ("a",), ("S1",))],
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
