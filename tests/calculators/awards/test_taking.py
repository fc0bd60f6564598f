"""What stands on a line and what it uses of each key, part by part, seen in what the line and others are given.

As in `test_filling`: a cap of 10.00 (1,000 fen) unless a test says otherwise, a part is (month of 2024, fen claimed).
"""

from calculators.awards.caps import Key, Posted
from calculators.awards.filling import fill
from tests.calculators import lending
from tests.calculators.awards.test_filling import SECOND_RUN, due, filled, lender, line, stands

YEARLY = lending.notice(caps=[lending.cap("yearly", "entity year", "10", year_of="due_date")])


def yearly(year: int) -> Key:
    return (("cap", "yearly"), ("due_date", str(year)), ("entity", "X"), ("notice", "test-notice"))


def test_where_all_is_held_what_stands_under_a_key_of_before_stays_there() -> None:
    """X went from Bank Two to Bank One, and May is held: of Bank Two's 1,000 its 100 are not B's."""
    x, b = line("X", (5, 300), held_from=due(5)), line("B", (4, 1_000), bank="Bank Two")
    assert filled(x, b, posted={"G-X": stands((5, 100), under=lender("Bank Two"))}) == [[300], [900]]


def test_what_is_taken_back_frees_no_more_of_a_key_than_was_used_of_it() -> None:
    """The 100 that go back in February 2025 were of the year before: of 1,100 claimed then 1,000 have room."""
    assert filled(line("X", (12, 400), (14, -100), (15, 1_100), rules=YEARLY)) == [[400, -100, 1_000]]


def test_what_stands_on_a_held_day_uses_the_keys_of_that_day() -> None:
    """50 of November 2024 are posted again; of December nothing stands, and of January 2025 100."""
    x = line("X", (11, 50), (12, 400), (13, 300), rules=YEARLY, held_from=due(12))
    dues = {due(11): 50, due(13): 100}
    assert filled(x, posted={"G-X": Posted(dues, {yearly(2024): 50, yearly(2025): 100}, SECOND_RUN)}) == [
        [50, 400, 300]
    ]
    assert {key: fill.own_fen for key, fill in x.fills.items()} == {yearly(2024): 50, yearly(2025): 100}


def test_a_part_keeps_no_more_than_it_claims_and_the_rest_goes_to_the_part_that_lacks_it() -> None:
    """60 and 80 stand where 100 and 40 are claimed now, and 860 are left for Y."""
    x, y = line("X", (1, 100), (2, 40)), line("Y", (6, 1_000))
    assert filled(x, y, posted={"G-X": stands((1, 60), (2, 80))}) == [[100, 40], [860]]


def test_what_stands_on_a_later_part_alone_stays_there() -> None:
    """300 stand on August and nothing on May, which no run has reached: 400 for May, and 300 are left for Y."""
    x, y = line("X", (5, 400), (8, 400)), line("Y", (6, 1_000))
    assert filled(x, y, posted={"G-X": stands((8, 300), through=due(1))}) == [[400, 300], [300]]


def test_what_went_back_leaves_its_room_below_the_ceiling_again() -> None:
    """Claims to date 800, 350, 450 below 500."""
    x = line("X", (1, 800), (2, -450), (3, 100), ceiling="5")
    fill([x], [])
    assert [(part.award_fen, part.withheld_fen) for part in x.parts] == [(500, 300), (-150, -300), (100, 0)]
