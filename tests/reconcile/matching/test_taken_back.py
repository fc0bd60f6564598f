"""Which line a reversal takes back."""

import pytest

from ledger.reconcile.matching import Line, Rule, match
from tests.reconcile.lines import line, listed, payout

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


BOOKED, REVERSAL = line("a", -300, "X"), line("r", 300, "X", day=102, reversal=True)


def test_a_reversal_that_was_decided_stays_until_another_line_may_be_the_one() -> None:
    first = match([BOOKED, REVERSAL], [])
    assert [one.lines for one in first.matches] == [("a", "r")]
    again = match([BOOKED, REVERSAL, line("b", -5, day=101)], [], first.matches)
    assert (again.matches, again.undone) == ((), ())
    # A later line before it, which names the same.
    later = match([BOOKED, REVERSAL, line("b", -300, "X", day=101)], [], first.matches)
    assert [one.lines for one in later.matches] == [("b", "r")]
    assert later.undone == ((first.matches[0], "r"),)
    # One that names a payout: which of the two was taken back is not for a rule to say.
    unclear = match([BOOKED, REVERSAL, line("b", -300, "X", "S1", day=101)], [payout("S1", 200)], first.matches)
    assert (unclear.matches, unclear.undone) == ((), ((first.matches[0], "r"),))
    assert listed(unclear)[0] == ("ambiguous", ("r",), ("S1",))


def test_what_a_person_said_was_taken_back_stays() -> None:
    said = match([BOOKED, REVERSAL], []).matches[0]._replace(rule=Rule.PERSON)
    found = match([BOOKED, REVERSAL, line("b", -300, "X", day=101)], [], [said])
    assert (found.matches, found.undone) == ((), ())


def test_two_reversals_of_one_day_and_one_that_stands() -> None:
    lines = [BOOKED, REVERSAL, line("c", -700, "Y", day=103)]
    first = match(lines, [])
    second = match([*lines, line("s", 700, "Y", day=104, reversal=True)], [], first.matches)
    assert [one.lines for one in second.matches] == [("c", "s")]
    assert second.undone == ()


def test_of_a_payment_that_came_back_the_bank_takes_nothing_back_by_itself() -> None:
    # Paid 300 once, and 300 came in twice: as a return that names the payout, and as a reversal of the debit.
    paid, back = line("a", -300, "E"), line("b", 300, "E", day=101, returned=True)
    taken_back = line("r", 300, "V", day=102, reversal=True)
    item = payout("E", 300, vouchers=("V",))
    found = match([paid._replace(references=("V",)), back, taken_back], [item])
    assert [(one.kind, one.lines) for one in found.matches] == [("return", ("b",)), ("one-to-one", ("a",))]
    assert [(one.reason, one.rule, one.lines, one.payouts) for one in found.listed] == [
        ("ambiguous", Rule.REVERSAL, ("r",), ("E",))
    ]
    # What came back of another payout of the same batch is none of it.
    others = [line("d", -300, "F"), back._replace(references=("F",))]
    more = match([paid._replace(references=("V",)), *others, taken_back], [item, payout("F", 300)])
    assert ("a", "r") in [one.lines for one in more.matches]
    assert more.listed == ()
