"""Who gets the room of a cap, worked out line by line: what is posted stays, what is free is filled in order of dues.

A cap of 10.00 (1,000 fen) per lender, unless a test says otherwise; X and Y are firms, a part is (month of 2024 in
which it falls due, fen that it claims). `test_cap_model` works out the same rows on a model of the rule.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import pytest

from calculators.awards.caps import CappedLine, Fill, Key, Posted
from calculators.awards.filling import fill
from calculators.awards.lines import ItemPart, Outside, Proportion, Version
from calculators.awards.loan_parts import Part, Timeline
from calculators.interest.segments import Period
from calculators.money import Exact
from calculators.notices.loan import LoanNotice
from tests.calculators import items, lending

RULES = lending.notice(caps=[lending.cap("lender", "lender", "10")])
SECOND_RUN = date(2026, 1, 1)
Claim = tuple[int, int]


def due(month: int) -> date:
    """The due day of a month of 2024; of later years beyond the twelfth."""
    return date(2024 + (month - 1) // 12, (month - 1) % 12 + 1, 20)


def lender(name: str = "Bank One", notice: str = "test-notice") -> Key:
    return (("cap", "lender"), ("lender", name), ("notice", notice))


def line(
    firm: str,
    *claims: Claim,
    key: str = "",
    rules: LoanNotice = RULES,
    ceiling: str = "90,000",
    held_from: date = date.max,
    drawn: Mapping[int, str] | None = None,
    bank: str = "Bank One",
) -> CappedLine:
    """A loan's line of a firm, called like it, with a part per claim; `drawn` are yuan by month."""
    movements = {due(month).replace(day=1).isoformat(): amount for month, amount in (drawn or {1: "10,000"}).items()}
    lent = lending.loan(key or firm, movements, "2030-01-01", uscc=firm, lender=bank)
    one = lending.line(lent, rules, ceiling=ceiling)
    parts = []
    for month, fen in claims:
        first, end = due(month).replace(day=1), due(month)
        part = Part(Period(first, end), first, end, one.versions[0], Timeline(lent.day_count, list))
        part.claim_fen = fen
        parts.append(part)
    return CappedLine(one, parts, held_from)


def stands(*posted: Claim, under: Key | None = None, through: date = SECOND_RUN) -> Posted:
    """What is posted by month, all of it under one key."""
    return Posted(
        {due(month): fen for month, fen in posted}, {under or lender(): sum(fen for _, fen in posted)}, through
    )


def filled(
    *lines: CappedLine,
    outside: Iterable[Outside] = (),
    posted: Mapping[str, Posted] | None = None,
    posts: Collection[str] | None = None,
) -> list[list[int]]:
    """The awards of each line's parts; the order in which lines are given is of no matter."""
    fill(lines, outside, posted, posts)
    found = [[part.award_fen for part in one.parts] for one in lines]
    fill(lines[::-1], outside, posted, posts)
    assert [[part.award_fen for part in one.parts] for one in lines] == found
    return found


def paid(firm: str, fen: int, **more: str) -> Outside:
    known = {"line": "", "lender": "Bank One", "loan": "", **more}
    return Outside("test-notice", firm, known["line"], known["lender"], known["loan"], due(1), fen)


# Free room.


def test_an_earlier_due_day_is_served_first_and_a_later_one_gets_the_rest() -> None:
    y, x = line("Y", (2, 600)), line("X", (5, 600))
    assert filled(x, y) == [[400], [600]]
    assert x.fills == {lender(): Fill(lender(), 1_000, 1_000, 0, 600, 0, 400, 0, True)}
    assert y.fills == {lender(): Fill(lender(), 1_000, 1_000, 0, 400, 0, 600, 0, False)}


def test_room_is_taken_part_by_part() -> None:
    """X 300 in January, Y 400 in February, X 300 of 500 in March; nothing in April."""
    assert filled(line("X", (1, 300), (3, 500)), line("Y", (2, 400), (4, 1))) == [[300, 300], [400, 0]]


def test_what_fits_to_the_fen_is_not_cut() -> None:
    x, y = line("X", (1, 600), (3, 1)), line("Y", (2, 400))
    assert filled(x, y) == [[600, 0], [400]]
    assert (x.fills[lender()].binding, y.fills[lender()].binding) == (True, False)


def test_what_was_paid_outside_has_taken_its_room() -> None:
    x, y = line("X", (1, 800)), line("Y", (2, 800))
    assert filled(x, y, outside=[paid("Z", 100), paid("Z", 50)]) == [[800], [50]]
    assert (y.fills[lender()].outside_fen, y.fills[lender()].others_fen, y.fills[lender()].used_fen) == (150, 800, 950)


def test_what_stands_on_a_line_that_nobody_calculates_is_taken() -> None:
    y, elsewhere = line("Y", (2, 800)), {"G-Z": stands((1, 600))}
    assert filled(y, posted=elsewhere) == [[400]]
    assert (y.fills[lender()].others_fen, y.fills[lender()].outside_fen) == (600, 0)
    # Paid outside on that line it is among what stands there.
    assert filled(line("Y", (2, 800)), posted=elsewhere, outside=[paid("Z", 500, line="G-Z")]) == [[400]]
    # And so is what was paid on no line besides, whichever stands first: 600 and 100 are gone.
    for paid_outside in ([paid("Z", 500, line="G-Z"), paid("Z", 100)], [paid("Z", 100), paid("Z", 500, line="G-Z")]):
        assert filled(line("Y", (2, 800)), posted=elsewhere, outside=paid_outside) == [[300]]
    # A line that nobody knows has what was paid on it, and no more.
    assert filled(line("Y", (2, 800)), outside=[paid("Z", 500, line="G-Z")]) == [[500]]


# What is posted.


def test_a_claim_that_rises_takes_nothing_from_others() -> None:
    y, x = line("Y", (2, 1_000)), line("X", (5, 800), (8, 800))
    posted = {"G-Y": stands((2, 200)), "G-X": stands((5, 800))}
    assert filled(y, x, posted=posted) == [[200], [800, 0]]
    assert (y.fills[lender()].before_fen, x.fills[lender()].before_fen) == (200, 800)
    # What the other holds cuts Y, though its turn comes later.
    assert y.fills[lender()].binding


def test_what_is_posted_moves_with_a_corrected_due_day() -> None:
    y, x = line("Y", (2, 1_000)), line("X", (7, 800))
    posted = {"G-Y": stands((2, 200)), "G-X": stands((6, 800))}
    assert filled(y, x, posted=posted) == [[200], [800]]
    assert filled(y, x, posted=posted, posts={"G-Y"}) == [[200], [800]]


def test_an_opening_in_one_sum_is_kept_by_the_parts_it_was_paid_for() -> None:
    x = line("X", (5, 400), (8, 400))
    assert filled(line("Y", (2, 1_000)), x, posted={"G-X": stands((5, 800), through=date.min)}) == [[200], [400, 400]]


def test_what_was_paid_outside_on_a_line_stands_on_it() -> None:
    """500 of X were paid outside in January: of its claim, and of the room that is X's to keep."""
    x, y = line("X", (1, 700)), line("Y", (1, 700), key="A")
    assert filled(x, y, outside=[paid("X", 500, line="G-X")]) == [[500], [500]]
    assert x.fills[lender()].before_fen == 500


def test_what_was_paid_outside_on_lines_and_on_none_counts_together() -> None:
    """X and Y claim 700 each: 500 of X's and 100 of Y's stand on them, 200 are Z's; 500, and the 300 that are left."""
    outside = [paid("X", 500, line="G-X"), paid("Z", 200), paid("Y", 100, line="G-Y")]
    for told in (outside, outside[::-1]):
        x, y = line("X", (3, 700)), line("Y", (2, 700))
        assert filled(x, y, outside=told) == [[500], [300]]
        assert [one.fills[lender()].before_fen for one in (x, y)] == [500, 100]


def test_what_moves_to_another_lender_gets_what_is_free_there() -> None:
    x, z = line("X", (5, 900)), line("Z", (3, 800))
    posted = {"G-X": stands((5, 900)), "G-Z": stands((3, 800), under=lender("Bank Two"))}
    assert filled(z, x, posted=posted) == [[100], [900]]
    # Where Z's run does not post, its 800 stay with the other bank too: B gets 200 there.
    b = line("B", (4, 1_000), bank="Bank Two")
    assert filled(z, x, b, posted=posted, posts={"G-X", "G-B"}) == [[100], [900], [200]]
    assert filled(z, x, b, posted=posted) == [[100], [900], [1_000]]


def test_what_another_firm_got_outside_is_shown_and_not_recovered() -> None:
    posted = {"G-Y": stands((2, 400)), "G-X": stands((5, 600))}
    for firm, fen, awards in (
        ("third", 300, [[400], [600]]),
        # 1,000 less 300 leave X 700, and it has 600; less 400 they leave it 600, less 500 no more than 500.
        ("X", 300, [[400], [600]]),
        ("X", 400, [[400], [600]]),
        ("X", 500, [[400], [500]]),
        ("X", 1_001, [[400], [0]]),
    ):
        y, x = line("Y", (2, 400)), line("X", (5, 600))
        assert filled(y, x, outside=[paid(firm, fen)], posted=posted) == awards
        over = fen + sum(map(sum, awards)) - 1_000
        assert (x.fills[lender()].over_fen, y.fills[lender()].over_fen) == (over, over)


def test_one_firm_gives_back_its_last_where_its_limit_falls() -> None:
    """X may have 700 in all: 300 of its last are lost. Y has 300, and the key stands at 1,000 of 700."""
    lower = lending.notice(caps=[lending.cap("lender", "lender", "7")])
    first, last = line("X", (2, 500), key="1", rules=lower), line("X", (5, 500), key="2", rules=lower)
    other = line("Y", (1, 300), rules=lower)
    posted = {"G-1": stands((2, 500)), "G-2": stands((5, 500)), "G-Y": stands((1, 300))}
    assert filled(other, first, last, posted=posted) == [[300], [500], [200]]
    assert last.fills[lender()].over_fen == 300
    # As much as X may have stays as it is.
    posted["G-2"] = stands((5, 200))
    assert filled(other, first, line("X", (5, 500), key="2", rules=lower), posted=posted) == [[300], [500], [200]]


def test_of_lines_that_fall_due_together_the_last_by_order_loses() -> None:
    lower = lending.notice(caps=[lending.cap("lender", "lender", "7")])
    lines = [line("X", (2, 300), (3, 300), key=key, rules=lower) for key in ("1", "2")]
    posted = {f"G-{key}": stands((2, 300), (3, 300)) for key in ("1", "2")}
    # 1,200 of 700: the second line loses its 300 of March, the first 200 of its own.
    assert filled(*lines, posted=posted) == [[300, 100], [300, 0]]


def test_a_cap_that_one_notice_states_limits_only_its_lines() -> None:
    """B's notice states no cap: its 400 use up the cap of the other, whose 1,000 stay."""
    states = lending.notice(id="a", caps=[lending.cap("lender", "lender", "10", shared_with=["b"])])
    x = line("X", (5, 1_000), rules=states)
    b = line("X", (2, 400), key="B", rules=lending.notice(id="b"))
    key = lender(notice="a")
    assert filled(b, x, posted={"G-X": stands((5, 1_000), under=key)}) == [[400], [1_000]]
    assert (x.fills[key].over_fen, b.fills[key].limit_fen, b.fills[key].over_fen) == (400, None, 0)
    # Before anything is posted X gets what is left.
    assert filled(line("X", (2, 400), key="B", rules=lending.notice(id="b")), line("X", (5, 1_000), rules=states)) == [
        [400],
        [600],
    ]


def test_a_second_run_posts_nothing() -> None:
    """300, then 400 of 700, then nothing; the claim to date falls to 300, so 400 go back."""
    rules = lending.notice(caps=[lending.cap("each", "loan", "7")])
    key = (("cap", "each"), ("loan", "X"), ("notice", "test-notice"))

    def one() -> CappedLine:
        return line("X", (1, 300), (2, 700), (3, 200), (4, -900), rules=rules)

    assert filled(one()) == [[300, 400, 0, -400]]
    posted = stands((1, 300), (2, 400), (3, 0), (4, -400), under=key)
    assert filled(one(), posted={"G-X": posted}) == [[300, 400, 0, -400]]


def test_two_granted_before_either_run_whichever_comes_first() -> None:
    """Y claims 500 in February, X 800 in May: the run that posts one keeps the other's room, and 500 are left for X."""
    for first, second in (("G-Y", "G-X"), ("G-X", "G-Y")):
        lines = [line("Y", (2, 500)), line("X", (5, 800))]
        assert filled(*lines, posts={first}) == [[500], [500]]
        waiting = next(one for one in lines if one.line.id == second).fills[lender()]
        assert (waiting.own_fen, waiting.others_fen, waiting.reserved_fen) == (0, 500, 500)
        posted = {first: stands((2, 500) if first == "G-Y" else (5, 500))}
        assert filled(*lines, posted=posted, posts={second}) == [[500], [500]]


def test_a_line_that_posts_later_counts_with_the_more_of_posted_and_calculated() -> None:
    posted = {"G-X": stands((5, 700))}
    y, x = line("Y", (2, 1_000)), line("X", (5, 300))
    assert filled(y, x, posted=posted, posts={"G-Y"}) == [[300], [300]]
    assert (x.fills[lender()].own_fen, x.fills[lender()].others_fen) == (700, 300)
    assert filled(y, x, posted=posted) == [[700], [300]]


def test_what_stands_without_a_part_of_its_day_goes_to_the_other_parts_by_their_days() -> None:
    """500 stand on a day in June that nothing falls due on any more: 400 for May, 100 for August; Y gets 500."""
    x = line("X", (5, 400), (8, 400))
    assert filled(line("Y", (2, 1_000)), x, posted={"G-X": stands((6, 500))}) == [[500], [400, 100]]


def test_of_a_key_a_line_keeps_what_stands_there_and_its_last_parts_lose_first() -> None:
    """800 stand on the line, 500 of them under this lender, the rest under one that it left: Y gets the other 500."""
    posted = {"G-X": Posted({due(5): 400, due(8): 400}, {lender(): 500}, SECOND_RUN)}
    x = line("X", (5, 400), (8, 400))
    assert filled(line("Y", (2, 1_000)), x, posted=posted) == [[500], [400, 100]]
    assert x.fills[lender()].before_fen == 500


def test_what_stands_under_no_key_counts_by_its_due_days() -> None:
    """The last digest knew no cap: all of the line's 300, on two days, hold room of one that has come since."""
    posted = {"G-X": Posted({due(5): 100, due(6): 200}, {}, SECOND_RUN)}
    y, x = line("Y", (2, 1_000)), line("X", (5, 100), (6, 400))
    assert filled(y, x, posted=posted) == [[700], [100, 200]]
    assert x.fills[lender()].before_fen == 300
    # With what was paid outside on it they are 350.
    outside = [Outside("test-notice", "X", "G-X", "Bank One", "X", due(6), 50)]
    assert filled(y, x, posted=posted, outside=outside) == [[650], [100, 250]]
    assert x.fills[lender()].before_fen == 350


def test_what_stands_under_no_key_counts_in_its_own_year() -> None:
    rules = lending.notice(caps=[lending.cap("yearly", "entity year", "10", year_of="due_date")])
    posted = {"G-1": Posted({due(12): 400, due(13): 300}, {}, SECOND_RUN)}
    first = line("X", (12, 400), (13, 300), key="1", rules=rules)
    second = line("X", (2, 900), (14, 900), key="2", rules=rules)
    assert filled(first, second, posted=posted) == [[400, 300], [600, 700]]


def test_a_part_that_a_key_no_longer_limits_keeps_what_stands_on_it() -> None:
    """From March on X's notice states no cap: 300 of May stay, and use up room, of which 300 were posted.

    So of 1,000 there are 300 for February, and Y gets 400 in March.
    """
    lent = lending.loan("X", {"2024-01-01": "10,000"}, "2030-01-01", uscc="X")
    march = date(2024, 3, 1)
    capped, free = Version("n@sha256:01", RULES, ends_before=march), Version("n@sha256:02", lending.notice(), march)
    parts = []
    for month, version in ((2, capped), (5, free)):
        first, end = due(month).replace(day=1), due(month)
        parts.append(Part(Period(first, end), first, end, version, Timeline(lent.day_count, list), claim_fen=300))
    x, y = CappedLine(lending.line(lent, capped, free), parts), line("Y", (3, 1_000))
    posted = {"G-X": Posted({due(2): 300, due(5): 300}, {lender(): 300}, SECOND_RUN)}
    assert filled(x, y, posted=posted) == [[300, 300], [400]]


# Taking back.


@pytest.mark.parametrize(
    ("through", "awards"),
    [(due(1), [700, -200]), (date(2024, 1, 19), [800, -300])],
    ids=["calculated_before", "its_turn_comes"],
)
def test_a_part_that_was_calculated_before_gets_no_more_than_later_parts_leave(
    through: date, awards: list[int]
) -> None:
    """700 of 800 were awarded, and 500 of the claim are left in June: 100 more in January would go back in June."""
    x = line("X", (1, 800), (6, -300))
    assert filled(x, posted={"G-X": stands((1, 700), through=through)}) == [awards]


def test_what_rises_again_after_a_taking_back_is_claimed_once() -> None:
    """Claims to date 800, 500, 900 under 600: 600, then 500, then the 100 that are free again."""
    rules = lending.notice(caps=[lending.cap("each", "loan", "6")])
    assert filled(line("X", (1, 800), (2, -300), (3, 400), rules=rules)) == [[600, -100, 100]]


def test_what_one_line_gives_back_goes_to_who_had_been_cut() -> None:
    """Y's 200 from before and the 300 that X gives back."""
    y, x = line("Y", (2, 600)), line("X", (1, 800), (6, -300))
    assert filled(y, x, posted={"G-X": stands((1, 800), through=due(1))}) == [[500], [800, -300]]


def test_what_stands_without_a_part_of_its_day_holds_no_more_where_a_later_part_takes_back() -> None:
    """500 stand on a day in June: 400 for May, 100 for August, and of the 700 claimed in October nothing goes back."""
    x = line("X", (5, 400), (8, 400), (10, -100))
    assert filled(line("Y", (2, 1_000)), x, posted={"G-X": stands((6, 500))}) == [[500], [400, 100, 0]]


def test_a_base_that_shrinks_under_a_cap() -> None:
    """Claims to date 1,000, 600, 300, 500, 1,100; at most 500."""
    rules = lending.notice(caps=[lending.cap("each", "loan", "5")])
    one = line("X", (1, 1_000), (2, -400), (3, -300), (4, 200), (5, 600), rules=rules)
    assert filled(one) == [[500, 0, -200, 200, 0]]


def test_two_caps_of_which_one_is_per_year() -> None:
    """400 of 2024; 300 are left of the claim in 2025, so 100 go back. Then 700 are claimed: the total has 200 left."""
    caps = [lending.cap("each", "loan", "5"), lending.cap("yearly", "loan year", "4", year_of="due_date")]
    one = line("X", (1, 1_000), (14, -700), (20, 700), rules=lending.notice(caps=caps))
    assert filled(one) == [[400, -100, 200]]


def test_no_more_is_taken_back_than_there_is() -> None:
    """150 to be taken back of 100 leave nothing; 70 more are 20 of a claim to date."""
    assert filled(line("X", (1, 100), (2, -150), (3, 70))) == [[100, -100, 20]]


def test_a_claim_that_was_never_awarded_is_not_taken_back() -> None:
    """700 were never awarded of the 1,000: what is left of the claim, 400, still covers the 300."""
    rules = lending.notice(caps=[lending.cap("each", "loan", "3")])
    assert filled(line("X", (1, 1_000), (2, -600), rules=rules)) == [[300, 0]]
    assert filled(line("X", (1, 1_000), (2, -701), rules=rules)) == [[300, -1]]


def shared(*parts: tuple[int, int, Proportion | None], posted: Posted | None = None, most: str = "5") -> list[int]:
    """The awards of an item of which (month, claim, proportion) fall due, under a cap of its own."""
    rules = items.incentive(
        items.reward("fixed", items.rule("fixed", amount="1")), caps=[items.cap("each", "item", most)]
    )
    made = [ItemPart(rules, due(month).replace(day=19), 0, fen, proportion=share) for month, fen, share in parts]
    one = CappedLine(items.line(items.claim("C"), rules), made)
    fill([one], [], {"G-C": posted} if posted else None)
    return [part.award_fen for part in made]


def test_a_taking_back_in_proportion_leaves_its_share_and_asks_for_no_more() -> None:
    """Of 500 two fifths stay, 200; calculated again on what is posted the same."""
    parts = ((1, 1_000, None), (2, -600, Proportion(Exact(2, 5), 0)))
    assert shared(*parts) == [500, -300]
    key: Key = (("cap", "each"), ("item", "C"), ("notice", "test-notice"))
    assert shared(*parts, posted=stands((1, 500), (2, -300), under=key)) == [500, -300]


def test_what_is_uncut_follows_the_claim_which_was_rounded_once() -> None:
    """A third of 1,000 is 333.33: the claim says 333. Cut to 500 a third is 166.67, rounded 167."""
    parts = ((1, 1_000, None), (2, -667, Proportion(Exact(1, 3), 0)))
    assert shared(*parts, most="10") == [1_000, -667]
    assert shared(*parts) == [500, 167 - 500]


def test_what_a_part_gains_counts_before_its_share_is_taken_back() -> None:
    """100 and 50 gained are 150, of which a half stays: 75, so 25 go back; under a cap of 1.20 half of 120 stays."""
    parts = ((1, 100, None), (2, -25, Proportion(Exact(1, 2), 50)))
    assert shared(*parts) == [100, -25]
    assert shared(*parts, most="1.20") == [100, -40]


@pytest.mark.parametrize(("most", "back"), [("5", -25), ("1.20", -40)])
def test_a_share_that_is_taken_back_stays_as_it_was_posted(most: str, back: int) -> None:
    parts = ((1, 100, None), (2, -25, Proportion(Exact(1, 2), 50)))
    key: Key = (("cap", "each"), ("item", "C"), ("notice", "test-notice"))
    for posted in (stands((1, 100), (2, back), under=key), stands((1, 100), under=key, through=due(1))):
        assert shared(*parts, posted=posted, most=most) == [100, back]


# Limits that grow.


def growing(*more: dict[str, Any]) -> LoanNotice:
    return lending.notice(caps=[lending.cap("drawn", "loan", share_of_drawdown="1%"), *more])


def test_a_limit_that_grows_gives_back_what_it_cut() -> None:
    """60 of 100 while one per cent of 60.00 yuan is drawn; then 40 and 100 more under 150: 90."""
    one = line("X", (1, 100), (2, 100), rules=growing(), drawn={1: "60", 2: "90"})
    assert filled(one) == [[60, 90]]
    (found,) = one.fills.values()
    assert (found.limit_fen, found.most_fen, found.binding) == (150, 150, True)


def test_a_limit_that_has_cut_once_has_cut() -> None:
    """60 of 100, then 40 and 20 below 150."""
    one = line("X", (1, 100), (2, 20), rules=growing(), drawn={1: "60", 2: "90"})
    assert filled(one) == [[60, 60]]
    assert [found.binding for found in one.fills.values()] == [True]


def test_what_was_posted_under_a_limit_that_grows_stays() -> None:
    one = line("X", (1, 100), (2, 100), rules=growing(), drawn={1: "60", 2: "90"})
    key = (("cap", "drawn"), ("loan", "X"), ("notice", "test-notice"))
    assert filled(one, posted={"G-X": stands((1, 60), (2, 90), under=key)}) == [[60, 90]]
    # What stands on the later part for what the earlier one lacked stays there, though that claims less now.
    one = line("X", (1, 100), (2, 40), rules=growing(), drawn={1: "60", 2: "90"})
    assert filled(one, posted={"G-X": stands((1, 60), (2, 90), under=key)}) == [[60, 80]]


def test_what_another_cap_cut_is_not_given_back_by_one_that_grows() -> None:
    """50 of 100 by the year's cap: of the limit that grows 10 were free. In 2025 20 are claimed, and 20 are awarded."""
    yearly = lending.cap("yearly", "loan year", "0.50", year_of="due_date")
    one = line("X", (1, 100), (13, 20), rules=growing(yearly), drawn={1: "60", 13: "240"})
    assert filled(one) == [[50, 20]]


def test_what_a_limit_that_grows_cut_meets_the_other_caps_later() -> None:
    """60 of 100; then 40 and 20 are free under 300, and the cap per firm has 30 left."""
    firm = lending.cap("firm", "entity", "0.90")
    assert filled(line("X", (1, 100), (2, 20), rules=growing(firm), drawn={1: "60", 2: "240"})) == [[60, 30]]


# The ceiling, and what is held.


def test_a_ceiling_withholds_and_leaves_its_room_to_others() -> None:
    x, y = line("X", (1, 800), ceiling="3"), line("Y", (2, 800))
    fill([x, y], [])
    assert [[(part.award_fen, part.withheld_fen) for part in one.parts] for one in (x, y)] == [[(300, 500)], [(700, 0)]]


def test_what_no_cap_would_have_given_is_not_withheld() -> None:
    """Of 1,200 the cap has 1,000, of which the ceiling leaves 300: 700 are withheld, and nothing of the next part."""
    x = line("X", (1, 1_200), (2, 100), ceiling="3")
    fill([x], [])
    assert [(part.award_fen, part.withheld_fen) for part in x.parts] == [(300, 700), (0, 0)]


def test_what_is_no_longer_claimed_is_no_longer_withheld() -> None:
    """800 claimed and 300 awarded leave 500 withheld; with 350 left of the claim it is 50."""
    x = line("X", (1, 800), (2, -450), ceiling="3")
    fill([x], [])
    assert [(part.award_fen, part.withheld_fen) for part in x.parts] == [(300, 500), (0, -450)]


def test_what_lies_above_a_ceiling_falls_and_rises_with_the_claim() -> None:
    """Claims to date 800, 700, 800 above 500: 300, 200, 300."""
    x = line("X", (1, 800), (2, -100), (3, 100), ceiling="5")
    fill([x], [])
    assert [(part.award_fen, part.withheld_fen) for part in x.parts] == [(500, 300), (0, -100), (0, 100)]


@pytest.mark.parametrize(
    ("ceiling", "x_has", "y_has"),
    [
        # 500 of the claim are left in June, below the ceiling: nothing is withheld in the end.
        ("6", [(600, 200), (-100, -200)], 500),
        # 400 stand, of a claim of 500: 100 are withheld, and their room is Y's.
        ("4", [(400, 400), (0, -300)], 600),
        # Where the ceiling is the claim that is left nothing lies above it.
        ("5", [(500, 300), (0, -300)], 500),
        ("4.99", [(499, 301), (0, -300)], 501),
    ],
)
def test_a_ceiling_over_a_claim_that_shrinks(ceiling: str, x_has: list[tuple[int, int]], y_has: int) -> None:
    x, y = line("X", (1, 800), (6, -300), ceiling=ceiling), line("Y", (2, 700))
    fill([x, y], [])
    assert [(part.award_fen, part.withheld_fen) for part in x.parts] == x_has
    assert [part.award_fen for part in y.parts] == [y_has]


@pytest.mark.parametrize(
    ("kept", "claim", "awards", "withheld"),
    [
        # 2/5 of 1,000 are 400; of the 500 below the ceiling 200 stay, and 200 of the 500 above it.
        (Exact(2, 5), -600, [500, -300], [500, -300]),
        # A third: 333 are claimed, 166.67 stay, rounded 167; of what is above it no more than the other 166.
        (Exact(1, 3), -667, [500, 167 - 500], [500, 166 - 500]),
    ],
)
def test_what_is_withheld_shrinks_in_proportion(
    kept: Exact, claim: int, awards: list[int], withheld: list[int]
) -> None:
    rules = items.incentive(items.reward("fixed", items.rule("fixed", amount="1")))
    parts = [
        ItemPart(rules, date(2024, 1, 19), 0, 1_000),
        ItemPart(rules, date(2024, 2, 19), 0, claim, proportion=Proportion(kept, 0)),
    ]
    fill([CappedLine(items.line(items.claim("C"), rules, ceiling="5"), parts)], [])
    assert [part.award_fen for part in parts] == awards
    assert [part.withheld_fen for part in parts] == withheld


def test_a_ceiling_leaves_what_is_posted_above_it_to_nobody() -> None:
    """A meeting cut X to 300 after 800 were posted: 500 are free again, and Y, who had 200, gets its 700."""
    x, y = line("X", (1, 800), ceiling="3"), line("Y", (2, 700))
    posted = {"G-X": stands((1, 800)), "G-Y": stands((2, 200))}
    assert filled(x, y, posted=posted) == [[300], [700]]


def test_a_held_part_keeps_room_that_nobody_else_gets() -> None:
    x, y = line("X", (1, 800), held_from=due(1)), line("Y", (2, 800))
    assert filled(x, y) == [[800], [200]]
    # What is kept free for it does not stand on it yet.
    assert (x.fills[lender()].own_fen, x.fills[lender()].others_fen, x.fills[lender()].reserved_fen) == (0, 200, 800)
    assert (y.fills[lender()].reserved_fen, y.fills[lender()].others_fen, y.fills[lender()].own_fen) == (800, 0, 200)


def test_what_stands_on_a_held_day_stays() -> None:
    """May is held: 100 of its 300 stand, and stay; the run posts March."""
    x = line("X", (3, 200), (5, 300), held_from=due(5))
    assert filled(x, posted={"G-X": stands((5, 100))}) == [[200, 300]]
    assert x.fills[lender()].own_fen == 300


@pytest.mark.parametrize(("month", "own"), [(4, 200), (5, 300)])
def test_before_the_day_that_is_held_everything_is_posted(month: int, own: int) -> None:
    x = line("X", (3, 200), (4, 100), held_from=due(month))
    assert filled(x) == [[200, 100]]
    assert x.fills[lender()].own_fen == own


def held_part(*claims: Claim, posted: Mapping[int, int], held_from: int) -> tuple[list[int], int]:
    """The awards of a held line, and what will stand on its key."""
    x = line("X", *claims, held_from=due(held_from))
    dues = {due(month): fen for month, fen in posted.items()}
    awards = filled(x, posted={"G-X": Posted(dues, {lender(): sum(dues.values())}, SECOND_RUN)})
    return awards[0], x.fills[lender()].own_fen


def test_what_stands_on_days_that_are_held_stays_whatever_falls_due_on_them() -> None:
    # March is posted anew, 250; of May and of June 100 and 40 stand.
    assert held_part((3, 250), (5, 300), posted={3: 200, 5: 100, 6: 40}, held_from=5) == ([250, 300], 390)
    # What stands on a day before the first part stays with it.
    assert held_part((6, 300), posted={5: 100}, held_from=5) == ([300], 100)


def test_where_all_that_a_line_has_is_held_nothing_is_posted_on_it() -> None:
    assert held_part((5, 300), posted={5: 100}, held_from=5) == ([300], 100)
    assert held_part((5, 300), posted={4: 100}, held_from=5) == ([300], 0)
