"""What agreed claw-backs take of an award: once, never more than it still comes to, and nothing that came later.

Amounts of the tables are fen. A failing example of the properties is shown with the seed of the run;
`SUBSIDY_TEST_SEED` runs the same examples again.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from calculators.awards.digests import take_back
from calculators.awards.payers import TakenBack
from calculators.explain.item import render_item
from tests.calculators import lending
from tests.calculators.items import day, line, periods, policy, premium_notice, results_of
from tests.calculators.lending import notice
from tests.support.seeds import SEED, examples

PAYERS = notice(
    payers=[
        {"level": "central", "share": "90%", "assumption": "true"},
        {"level": "city", "share": "10%", "assumption": "true"},
    ]
).payers
# March and April fell due before the agreement of 10 May, June after it.
MARCH, APRIL, JUNE = "2024-03-21", "2024-04-21", "2024-06-21"
AGREED_ON = "2024-05-11"


def digest(awards: dict[str, int], through: str = "2024-08-01", held: str = "") -> dict[str, Any]:
    """What of a digest claw-backs look at."""
    return {
        "periods": [{"due": due, "award_fen": fen} for due, fen in awards.items()],
        "held": [{"due": held, "code": "receipt_differs"}] if held else [],
        "through": through,
        "payers": [],
        "award_fen": sum(awards.values()),
    }


def agreed(amount: int, stood: int, name: str = "ZH-1", due: str = AGREED_ON, through: str = APRIL) -> TakenBack:
    return TakenBack(name, day(due), amount, stood, day(through))


def taken(awards: dict[str, int], *rows: TakenBack, **more: str) -> list[int]:
    """What each claw-back takes, in order."""
    found = take_back(digest(awards, **more), rows, PAYERS)
    return [row["amount_fen"] for row in found.get("taken_back", ())]


@pytest.mark.parametrize(
    ("awards", "amounts"),
    [
        # As it was agreed on: 60 of 100.
        ({MARCH: 70, APRIL: 30}, [60]),
        # The award falls by 1, by 59, by 60, by more: the firm keeps its 40, and no more than the award.
        ({MARCH: 70, APRIL: 29}, [59]),
        ({MARCH: 41}, [1]),
        ({MARCH: 40}, [0]),
        ({MARCH: 25}, [0]),
        ({}, [0]),
        # It grows: the growth is paid.
        ({MARCH: 80, APRIL: 30}, [60]),
        # What falls due later is another award, and makes up for nothing that shrank.
        ({MARCH: 70, APRIL: 30, JUNE: 500}, [60]),
        ({MARCH: 50, JUNE: 500}, [10]),
        # A refund later than the agreement lowers what it was agreed on.
        ({MARCH: 70, APRIL: 30, JUNE: -20}, [40]),
        ({MARCH: 70, APRIL: 30, JUNE: -100}, [0]),
    ],
)
def test_sixty_of_a_hundred(awards: dict[str, int], amounts: list[int]) -> None:
    assert taken(awards, agreed(60, stood=100)) == amounts


def test_the_whole_of_it() -> None:
    assert taken({MARCH: 100}, agreed(100, stood=100)) == [100]
    assert taken({MARCH: 99}, agreed(100, stood=100)) == [99]
    # It had been 100, and all of it was taken; a growth of 5 is not what was misused.
    assert taken({MARCH: 105}, agreed(100, stood=100)) == [100]


def test_a_second_one_takes_of_what_the_first_left() -> None:
    """60 of 100, then 10 of the 40 that were left: 30 stay."""
    both = agreed(60, stood=100), agreed(10, stood=40, name="A-2", due="2024-05-12")
    assert taken({MARCH: 100}, *both) == [60, 10]
    assert taken({MARCH: 35}, *both) == [0, 5]
    assert taken({MARCH: 30}, *both) == [0, 0]
    # 30 were awarded between the two: 60 of 100, then 10 of 70.
    later = agreed(10, stood=70, name="A-2", due="2024-07-02", through=JUNE)
    assert taken({MARCH: 100, JUNE: 30}, both[0], later) == [60, 10]
    assert taken({MARCH: 50, JUNE: 30}, both[0], later) == [10, 10]


def test_what_a_first_one_took_is_not_there_for_the_second() -> None:
    """60 of 100; then all 90 that stood with June's 50. June turns out to be 20: 40 + 20 are left to take."""
    both = agreed(60, stood=100), agreed(90, stood=90, name="A-2", due="2024-07-02", through=JUNE)
    assert taken({MARCH: 70, APRIL: 30, JUNE: 20}, *both) == [60, 60]
    found = take_back(digest({MARCH: 70, APRIL: 30, JUNE: 20}), both, PAYERS)
    assert (found["award_fen"], sum(part["amount_fen"] for part in found["payers"])) == (0, 0)


def test_one_that_is_not_due_yet_holds_up_no_other() -> None:
    both = agreed(10, stood=40, name="A-2", due="2024-09-02"), agreed(60, stood=100)
    assert taken({MARCH: 100}, *both) == [60]


def test_of_a_loan_it_takes_what_the_interest_award_came_to() -> None:
    """1,800,000 at 2 points bear 100.00 a day: 3,100.00 to 20 February; 1,000.00 of them are taken back."""
    row = TakenBack("ZH-1", day("2024-05-11"), 100_000, 310_000, day("2024-02-20"))
    lent = lending.line(lending.loan("L", {"2024-01-20": "1,800,000"}, "2024-02-20"), taken_back=(row,))
    [result] = lending.results_of(lent)
    assert result.digest["award_fen"] == 210_000
    assert result.digest["payers"] == [{"level": "city", "amount_fen": 210_000}]


def test_it_falls_due_when_its_day_is_over() -> None:
    assert taken({MARCH: 100}, agreed(60, stood=100), through="2024-05-10") == []
    assert taken({MARCH: 100}, agreed(60, stood=100), through=AGREED_ON) == [60]


@pytest.mark.parametrize(("held", "amounts"), [("2024-05-12", [60]), (AGREED_ON, []), (APRIL, [])])
def test_it_waits_with_what_is_held(held: str, amounts: list[int]) -> None:
    assert taken({MARCH: 100}, agreed(60, stood=100), held=held) == amounts


def test_the_payers_bear_what_is_left() -> None:
    """40.01 over 90/10: 36.009 and 4.001, so 36.01 and 4.00."""
    found = take_back(digest({MARCH: 10_001}), [agreed(6_000, stood=10_001)], PAYERS)
    assert found["award_fen"] == 4_001
    assert found["payers"] == [{"level": "central", "amount_fen": 3_601}, {"level": "city", "amount_fen": 400}]
    assert found["taken_back"] == [{"due": AGREED_ON, "clawback": "ZH-1", "agreed_fen": 6_000, "amount_fen": 6_000}]
    assert found["periods"] == [{"due": MARCH, "award_fen": 10_001}]


def test_without_any_the_digest_is_as_it_was() -> None:
    before = digest({MARCH: 100})
    assert take_back(before, [], PAYERS) is before


def test_a_surrendered_policy_and_its_claw_back() -> None:
    """80 % of 10,000 are 8,000; 3,000 are clawed back; then the whole premium comes back: nothing is left, once."""
    bought = policy("P1", ("2024-02-01", "10,000"))
    row = TakenBack("ZH-1", day("2024-05-11"), 300_000, 800_000, day("2024-02-02"))
    standing = replace(line(bought, premium_notice()), taken_back=(row,))
    [result] = results_of(standing)
    assert result.digest["award_fen"] == 500_000
    sheet = render_item(result)
    assert "taken back    3,000.00 by claw-back ZH-1, due 2024-05-11" in sheet
    surrendered = policy("P1", ("2024-02-01", "10,000"), ("2024-07-01", "-10,000"))
    left = replace(line(surrendered, premium_notice()), taken_back=(row,))
    assert periods(left) == [("2024-02-02", "8,000.00"), ("2024-07-02", "-8,000.00")]
    [result] = results_of(left)
    assert result.digest["award_fen"] == 0
    assert [one["amount_fen"] for one in result.digest["taken_back"]] == [0]
    assert "0.00 by claw-back ZH-1 of 3,000.00, due 2024-05-11: the award itself has shrunk" in render_item(result)


FIRST = date(2024, 1, 1)
AWARDS = st.dictionaries(st.integers(0, 300), st.integers(-500, 2_000), max_size=6)


@st.composite
def agreements(draw: st.DrawFn, awards: dict[int, int]) -> list[TakenBack]:
    """Claw-backs one after another, each of no more than stands when it is agreed."""
    rows: list[TakenBack] = []
    on = 0
    for n in range(draw(st.integers(0, 3))):
        on = draw(st.integers(on, 300))
        known = {due: fen for due, fen in awards.items() if due <= on}
        stood = sum(known.values()) - sum(row.amount_fen for row in rows)
        if known and stood > 0:
            through = FIRST + timedelta(days=max(known))
            due = FIRST + timedelta(days=on + 1)
            rows.append(TakenBack(f"ZH-{n}", due, draw(st.integers(1, stood)), stood, through))
    return rows


def whole(awards: dict[int, int]) -> dict[str, int]:
    return {(FIRST + timedelta(days=due)).isoformat(): fen for due, fen in sorted(awards.items())}


@seed(SEED)
@settings(max_examples=examples(300), deadline=None)
@given(st.data())
def test_nothing_is_taken_twice_and_never_more_than_agreed(data: st.DataObject) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    awards = data.draw(AWARDS)
    rows = data.draw(agreements(awards))
    # The facts as they come to be known later: any of the awards may be another one now.
    corrected = {due: data.draw(st.integers(-500, 2_000)) for due in awards}
    for now in (awards, corrected):
        amounts = taken(whole(now), *rows, through="2025-06-01")
        assert len(amounts) == len(rows)
        assert all(0 <= took <= row.amount_fen for took, row in zip(amounts, rows, strict=True))
        # What is taken leaves at least nothing where there was something, and whoever owed facts owes no more.
        total = sum(now.values())
        assert total - sum(amounts) >= min(total, 0)


@seed(SEED)
@settings(max_examples=examples(300), deadline=None)
@given(st.lists(st.integers(0, 1_000), min_size=1, max_size=5), st.data())
def test_a_correction_and_a_claw_back_take_the_larger_of_the_two(awards: list[int], data: st.DataObject) -> None:
    """Of one award of several parts: whichever takes more decides, and the other takes nothing beside it."""
    print(f"SUBSIDY_TEST_SEED={SEED}")
    stood = sum(awards)
    if not stood:
        return
    amount = data.draw(st.integers(1, stood))
    fallen = [data.draw(st.integers(0, fen)) for fen in awards]
    dues = [(FIRST + timedelta(days=30 * n)).isoformat() for n in range(len(awards))]
    row = TakenBack("ZH-1", day("2025-01-01"), amount, stood, day(dues[-1]))
    now = dict(zip(dues, fallen, strict=True))
    left = sum(fallen) - sum(taken(now, row, through="2025-06-01"))
    assert stood - left == max(amount, stood - sum(fallen))
