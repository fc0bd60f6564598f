"""Decisions below the computed amount: what they withhold, why, and that nothing is topped up later.

The usual loan bears 100.00 a day at 2 points: drawn 2024-01-20 and settled on the 20th it claims 3,100.00, 2,900.00,
3,100.00, 3,000.00, together 12,100.00.
"""

from dataclasses import replace

from calculators.awards.lines import Limit, Line
from calculators.explain.loan import render
from tests.calculators.lending import cap, line, loan, notice, only, periods, results_of, yuan

MEETING = Limit("meeting", 500_000, "minutes 3")
SHORTAGE = Limit("shortage", 400_000, "decision 8")


def decided(*limits: Limit, ceiling: str = "90,000,000", key: str = "L", **rules: object) -> Line:
    lent = loan(key, {"2024-01-20": "1,800,000"}, "2024-05-20")
    return replace(line(lent, notice(**rules), ceiling=ceiling), limits=limits)


def test_a_meeting_grants_less_than_computed_and_the_rest_is_withheld() -> None:
    result = only(results_of(decided(MEETING)))
    # 5,000: 3,100 + 1,900; 12,100 - 5,000 = 7,100 withheld
    assert list(periods(result).values()) == ["3100.00", "1900.00", "0.00", "0.00"]
    assert result.digest["withheld"] == [
        {"code": "meeting", "limit_fen": 500_000, "amount_fen": 710_000, "document": "minutes 3"}
    ]
    assert (result.digest["withheld_fen"], result.digest["award_fen"]) == (710_000, 500_000)


def test_a_decision_without_a_document_names_none() -> None:
    digest = only(results_of(decided(Limit("meeting", 500_000, "")))).digest
    assert digest["withheld"] == [{"code": "meeting", "limit_fen": 500_000, "amount_fen": 710_000}]


def test_later_runs_post_nothing_more_and_withhold_what_they_would_have() -> None:
    # To 20 March 6,000 were computed, to 20 April 9,100: nothing more is due, what is withheld grows.
    found = [only(results_of(decided(MEETING), through=day)).digest for day in ("2024-03-20", "2024-04-20")]
    assert [digest["award_fen"] for digest in found] == [500_000, 500_000]
    assert [digest["withheld_fen"] for digest in found] == [100_000, 410_000]


def test_before_the_decided_amount_is_reached_nothing_is_withheld() -> None:
    digest = only(results_of(decided(MEETING), through="2024-02-20")).digest
    assert (digest["award_fen"], digest["withheld"], digest["withheld_fen"]) == (310_000, [], 0)


def test_each_decision_is_named_with_what_it_cut() -> None:
    # 12,100 computed; the ceiling 10,000 cuts 2,100, the meeting 5,000 of the rest, the shortage 1,000 of that.
    result = only(results_of(decided(MEETING, SHORTAGE, ceiling="10,000")))
    assert [(one["code"], yuan(one["amount_fen"])) for one in result.digest["withheld"]] == [
        ("grant_ceiling", "2100.00"),
        ("meeting", "5000.00"),
        ("shortage", "1000.00"),
    ]
    assert result.digest["withheld_fen"] == 810_000
    assert render(result).splitlines()[-4:] == [
        " withheld      2,100.00 by decision, above the ceiling 10,000",
        " withheld      5,000.00 by decision of a meeting, minutes 3, which granted 5,000",
        " withheld      1,000.00 because the budget is short: decision 8 allotted 4,000",
        " award         4,000.00",
    ]


def test_a_decision_above_the_ceiling_changes_nothing() -> None:
    digest = only(results_of(decided(MEETING, ceiling="4,000"))).digest
    assert [one["code"] for one in digest["withheld"]] == ["grant_ceiling"]
    assert digest["award_fen"] == 400_000


def test_a_later_decision_cuts_only_what_the_earlier_one_left() -> None:
    digest = only(results_of(decided(SHORTAGE, MEETING))).digest
    assert [(one["code"], one["amount_fen"]) for one in digest["withheld"]] == [("shortage", 810_000)]


def test_of_two_decisions_of_one_amount_the_earlier_one_cuts() -> None:
    digest = only(results_of(decided(MEETING, ceiling="5,000"))).digest
    assert [(one["code"], one["amount_fen"]) for one in digest["withheld"]] == [("grant_ceiling", 710_000)]


def test_a_decision_of_nothing_withholds_everything() -> None:
    digest = only(results_of(decided(Limit("shortage", 0, "decision 9")))).digest
    assert (digest["award_fen"], digest["withheld_fen"], digest["eligible"]) == (0, 1_210_000, True)


def test_what_a_decision_withholds_uses_up_no_cap() -> None:
    # Entity 10,000. The first loan is cut to 4,000 (3,100 + 900); the second takes 3,100 and the 2,900 left.
    rules = {"caps": [cap("total", "entity", "10,000")]}
    first, second = results_of(decided(SHORTAGE, key="L1", **rules), decided(key="L2", **rules))
    assert (first.digest["award_fen"], second.digest["award_fen"]) == (400_000, 600_000)
