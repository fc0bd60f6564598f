"""The rows of the cap rule, on the model alone: cap 1,000, X and Y different firms, Y with an earlier due day.

What the model says here is worked out in each row; `test_cap_rule` holds the calculators against the model.
"""

from tests.calculators.awards.cap_model import NEVER, Line, Outcome, Part, fill, post

CAP = {"lender": 1000}


def line(firm: str, *parts: tuple[int, int], limits: dict[str, int] | None = None, **more: object) -> Line:
    """A line of `firm` with parts (due, claim) under one limit of 1,000."""
    made = Line(firm, [Part(due, claim, dict(CAP if limits is None else limits)) for due, claim in parts])
    for name, value in more.items():
        setattr(made, name, value)
    return made


def standing(one: Line, *posted: tuple[int, int], key: str = "lender", reached: int = 20) -> Line:
    """The line with (due, fen) posted on it under `key`."""
    one.posted, one.reached = dict(posted), reached
    one.held = {key: sum(fen for _, fen in posted)}
    return one


def totals(out: Outcome) -> list[int]:
    return [sum(awards) for awards in out.awards]


# Y stands first: its due day comes before X's.


def test_row_1_a_claim_that_rises_takes_nothing_from_others() -> None:
    y = standing(line("Y", (2, 1000)), (2, 200))
    x = standing(line("X", (5, 800), (8, 800)), (5, 800))
    assert totals(fill([y, x])) == [200, 800]


def test_row_2_what_is_posted_moves_with_a_corrected_due_day() -> None:
    y = standing(line("Y", (2, 1000)), (2, 200))
    x = standing(line("X", (7, 800)), (6, 800))
    out = fill([y, x])
    assert totals(out) == [200, 800]
    # Seen when Y's run posts and X's does not, the same.
    x.posts = False
    assert totals(fill([y, x])) == [200, 800]


def test_row_3_an_opening_in_one_sum_is_kept_by_the_parts_it_was_paid_for() -> None:
    x = standing(line("X", (5, 400), (8, 400)), (5, 800), reached=-1)
    assert fill([line("Y", (2, 1000)), x]).awards == [[200], [400, 400]]


def test_row_4_what_moves_to_another_lender_gets_what_is_free_there() -> None:
    x = standing(line("X", (5, 900)), (5, 900))
    z = standing(line("Z", (3, 800)), (3, 800), key="other lender")
    assert totals(fill([z, x])) == [100, 900]


def test_row_6_what_another_firm_got_outside_is_shown_and_not_recovered() -> None:
    y, x = standing(line("Y", (2, 1000)), (2, 400)), standing(line("X", (5, 600)), (5, 600))
    out = fill([y, x], [("lender", "third", 300)])
    assert (totals(out), out.over, out.exceeded) == ([400, 600], {"lender": 300}, [])
    # Paid to X itself it is X's to give back: 1,000 less 300 leave it 700, and it has 600.
    out = fill([y, x], [("lender", "X", 300)])
    assert (totals(out), out.over) == ([400, 600], {"lender": 300})
    # 500 outside leave X 500.
    assert totals(fill([y, x], [("lender", "X", 500)])) == [400, 500]


def test_row_7_a_cap_that_one_notice_states_limits_only_its_lines() -> None:
    x = standing(line("X", (5, 1000)), (5, 1000))
    b = Line("X", [Part(2, 400, uses=("lender",))])
    out = fill([b, x])
    assert (totals(out), out.over, out.exceeded) == ([400, 1000], {"lender": 400}, [])


def test_row_9_a_second_run_posts_nothing() -> None:
    lines = [line("X", (1, 300), (2, 700), (3, 200), (4, -900), limits={"line": 700})]
    out = fill(lines)
    # 300, then 400 of 700, then nothing; the claim to date falls to 300, so 400 go back.
    assert out.awards == [[300, 400, 0, -400]]
    post(lines, out, 20)
    assert fill(lines).awards == [[300, 400, 0, -400]]


def test_row_11_a_later_grant_gets_what_is_left() -> None:
    shared = {"a": 1000, "b": 1000}
    a = standing(line("X", (3, 700), limits=shared), (3, 700), key="a")
    a.held["b"] = 700
    a.posts = False
    b = line("X", (2, 500), limits=shared)
    assert totals(fill([b, a])) == [300, 700]


def test_row_12_two_granted_before_either_run_whichever_comes_first() -> None:
    for first in (0, 1):
        lines = [line("Y", (2, 500)), line("X", (5, 800))]
        for turn in (first, 1 - first):
            for at, one in enumerate(lines):
                one.posts = at == turn
            post(lines, fill(lines), 20)
        assert [sum(one.posted.values()) for one in lines] == [500, 500]


def step_by_step(one: Line) -> list[int]:
    """What stands on a line after a run for each of its parts, in order."""
    parts, stood = list(one.parts), []
    for count in range(1, len(parts) + 1):
        one.parts = parts[:count]
        out = fill([one])
        stood.append(sum(out.awards[0]))
        post([one], out, parts[count - 1].due)
    return stood


def at_once(one: Line) -> list[int]:
    awards = fill([one]).awards[0]
    return [sum(awards[: count + 1]) for count in range(len(awards))]


def test_a_base_that_shrinks_under_a_cap() -> None:
    # Claims to date 1,000, 600, 300, 500, 1,100; at most 500.
    changes = [(1, 1000), (2, -400), (3, -300), (4, 200), (5, 600)]
    for calculated in (step_by_step, at_once):
        assert calculated(line("X", *changes, limits={"line": 500})) == [500, 500, 300, 500, 500]


def test_two_caps_of_which_one_is_per_year() -> None:
    # 400 of the first year. Next year 300 are left of the claim, so 100 go back: of the total, and of no year's room.
    # Then 700 are claimed, the year has 400, the total 500 - 300.
    def one() -> Line:
        years = [{"year 1": 400, "total": 500}, {"year 2": 400, "total": 500}, {"year 2": 400, "total": 500}]
        changes = [(1, 1000), (2, -700), (3, 700)]
        return Line("X", [Part(*change, limits=year) for change, year in zip(changes, years, strict=True)])

    for calculated in (step_by_step, at_once):
        assert calculated(one()) == [400, 300, 500]


def test_a_bound_counts_before_a_yearly_cap() -> None:
    # The bound leaves claims of 100 and 300, not of 600 each; 500 a year do not bind. After the cap it would leave
    # min(500, 100) + ... = 100 + 500, more than the interest of the second year.
    bounded = Line("X", [Part(1, 100, limits={"year 1": 500}), Part(2, 300, limits={"year 2": 500})])
    assert at_once(bounded) == [100, 400]


def test_a_limit_that_grows_gives_back_what_it_cut() -> None:
    # 60 of 100 while the limit is 60; then 40 and 100 more under 150: 90.
    def one() -> Line:
        return Line("X", [Part(1, 100, {"loan": 60}, grows=("loan",)), Part(2, 100, {"loan": 150}, grows=("loan",))])

    for calculated in (step_by_step, at_once):
        assert calculated(one()) == [60, 150]


def test_what_another_cap_cut_is_not_given_back_by_one_that_grows() -> None:
    # The year's cap has left 50 of 100: the growing one has cut nothing more, and next year gets its own 100.
    def one() -> Line:
        first = Part(1, 100, {"loan": 60, "year 1": 50}, grows=("loan",))
        return Line("X", [first, Part(2, 100, {"loan": 300, "year 2": 300}, grows=("loan",))])

    for calculated in (step_by_step, at_once):
        assert calculated(one()) == [50, 150]


def test_a_ceiling_withholds_and_leaves_its_room_to_others() -> None:
    lines = [line("X", (1, 800), ceiling=300), line("Y", (2, 800))]
    out = fill(lines)
    assert (totals(out), out.withheld) == ([300, 700], [500, 0])


def test_a_held_part_keeps_room_that_nobody_else_gets() -> None:
    held = line("X", (1, 800), held_from=1)
    out = fill([held, line("Y", (2, 800))])
    assert (totals(out), out.after) == ([800, 200], [{}, {"lender": 200}])


def test_what_a_line_that_cannot_be_calculated_has_posted_is_taken() -> None:
    assert totals(fill([line("Y", (2, 800))], fixed={"lender": 600})) == [400]


def test_a_line_that_posts_later_counts_with_the_more_of_posted_and_calculated() -> None:
    x = standing(line("X", (5, 300)), (5, 700))
    x.posts = False
    assert totals(fill([line("Y", (2, 1000)), x])) == [300, 300]
    x.posts = True
    assert totals(fill([line("Y", (2, 1000)), x])) == [700, 300]


def test_what_one_line_gives_back_goes_to_who_had_been_cut() -> None:
    lines = [line("Y", (2, 600)), standing(line("X", (1, 800), (6, -300)), (1, 800), reached=1)]
    out = fill(lines)
    # Y's 200 from before and the 300 that X gives back.
    assert totals(out) == [500, 500]


def test_a_taking_back_in_proportion_leaves_its_share_and_asks_for_no_more() -> None:
    from fractions import Fraction

    def one() -> Line:
        return Line("X", [Part(1, 1000, {"line": 500}), Part(2, -600, {"line": 500}, kept=Fraction(2, 5))])

    # 40 % of the 500.
    assert at_once(one()) == [500, 200]
    again = one()
    assert step_by_step(again) == [500, 200]
    assert sum(fill([again]).awards[0]) == 200


def test_one_firm_gives_back_its_last_where_its_limit_falls() -> None:
    lower = {"lender": 700}
    first = standing(line("X", (2, 500), limits=lower), (2, 500))
    last = standing(line("X", (5, 500), limits=lower), (5, 500))
    other = standing(line("Y", (1, 300), limits=lower), (1, 300))
    out = fill([other, first, last])
    # X may have 700 in all: 300 of its last are lost. Y has 300, and the key stands at 1,000 of 700.
    assert (totals(out), out.over) == ([300, 500, 200], {"lender": 300})


def test_never_is_beyond_every_day() -> None:
    assert max(part.due for part in line("X", (5, 1), (8, 1)).parts) < NEVER
