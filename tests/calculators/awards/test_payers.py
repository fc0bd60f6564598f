"""An award split over its payers: by largest remainder on the cumulative amount, so that the parts always sum."""

from typing import Any

import pytest
from pydantic import ValidationError

from calculators.awards.payers import payer_parts, split_over_payers
from calculators.explain.loan import render
from tests.calculators.lending import ASSUMED, line, loan, notice, only, results_of


def payers(*shares: tuple[str, str]) -> list[dict[str, Any]]:
    return [{"level": level, "share": share, **ASSUMED} for level, share in shares]


NATIONAL = notice(payers=payers(("central", "90%"), ("city", "10%"))).payers
THREE = notice(payers=payers(("central", "91%"), ("city", "8%"), ("district", "1%"))).payers


@pytest.mark.parametrize(
    ("fen", "expected"),
    [
        (900_000, (810_000, 90_000)),
        (0, (0, 0)),
        (1, (1, 0)),  # 0.9 and 0.1: the fen goes to the larger remainder
        (5, (5, 0)),  # 4.5 and 0.5: a tie goes to the payer that stands first
        (6, (5, 1)),  # 5.4 and 0.6
        (15, (14, 1)),  # 13.5 and 1.5, a tie again
        (-15, (-14, -1)),  # a reduction splits as its magnitude
    ],
)
def test_a_cumulative_award_over_two_payers(fen: int, expected: tuple[int, ...]) -> None:
    assert tuple(part.amount_fen for part in split_over_payers(NATIONAL, fen)) == expected
    assert [part.level for part in split_over_payers(NATIONAL, fen)] == ["central", "city"]


def test_a_payer_bears_the_difference_of_two_cumulative_splits() -> None:
    # Three amounts of 5 fen. Each by itself would be 5 + 0, and the city would never pay; 15 in all are 14 + 1.
    steps = [payer_parts(NATIONAL, before, 5) for before in (0, 5, 10)]
    # 5 -> 5/0, 10 -> 9/1, 15 -> 14/1
    assert [[part.amount_fen for part in step] for step in steps] == [[5, 0], [4, 1], [5, 0]]


def test_a_reduction_gives_back_what_each_had_borne() -> None:
    assert [part.amount_fen for part in payer_parts(NATIONAL, 15, -15)] == [-14, -1]


def test_between_three_a_fen_may_pass_back() -> None:
    # 91/8/1 of 42 fen: 38.22, 3.36, 0.42 -> 38, 3, 1; of 43 fen: 39.13, 3.44, 0.43 -> 39, 4, 0.
    splits = [[part.amount_fen for part in split_over_payers(THREE, fen)] for fen in (42, 43)]
    assert splits == [[38, 3, 1], [39, 4, 0]]
    assert [part.amount_fen for part in payer_parts(THREE, 42, 1)] == [1, 1, -1]


def test_the_digest_and_the_worksheet_show_each_payer() -> None:
    lent = loan("L", {"2024-01-20": "1,800,000"}, "2024-02-20")
    result = only(results_of(line(lent, notice(payers=payers(("central", "90%"), ("city", "10%"))))))
    # 31 d x 100.00 = 3,100.00: 2,790.00 + 310.00
    assert result.digest["payers"] == [
        {"level": "central", "amount_fen": 279_000},
        {"level": "city", "amount_fen": 31_000},
    ]
    assert render(result).splitlines()[-3:] == [
        " payer         central budget 2,790.00",
        " payer         city budget 310.00",
        " award         3,100.00",
    ]


def test_one_payer_needs_no_line_of_the_worksheet() -> None:
    result = only(results_of(line(loan("L", {"2024-01-20": "1,800,000"}, "2024-02-20"), notice())))
    assert result.digest["payers"] == [{"level": "city", "amount_fen": 310_000}]
    assert "payer" not in render(result)


def test_paid_through_the_lender_the_lender_is_named_and_the_firm_is_the_beneficiary() -> None:
    rules = notice(payment={"path": "lender_prepaid", **ASSUMED})
    digest = only(results_of(line(loan("L", {"2024-01-20": "1,800,000"}, "2024-02-20"), rules))).digest
    assert (digest["pay_to"], digest["lender"], digest["entity"]) == ("lender", "Bank One", "E1")


def test_four_levels_with_shares_as_fractions() -> None:
    """45, 25, 10 and 5 of 85: of 1,000.00 they bear 529.4118, 294.1176, 117.6471 and 58.8235."""
    levels = ("central", "45/85"), ("province", "25/85"), ("city", "10/85"), ("county", "5/85")
    lent = loan("L", {"2024-01-20": "1,800,000"}, "2024-01-30")
    result = only(results_of(line(lent, notice(payers=payers(*levels)))))
    # 10 d x 100.00
    assert result.digest["payers"] == [
        {"level": "central", "amount_fen": 52_941},
        {"level": "province", "amount_fen": 29_412},
        {"level": "city", "amount_fen": 11_765},
        {"level": "county", "amount_fen": 5_882},
    ]
    sheet = render(result)
    assert " payer         province's budget 294.12" in sheet
    assert " payer         county budget 58.82" in sheet


@pytest.mark.parametrize("share", ["86/85", "0/85", "45/0", "-1/2", "4.5/8.5"])
def test_a_fraction_is_a_part_of_a_whole(share: str) -> None:
    with pytest.raises(ValidationError):
        notice(payers=payers(("central", share)))


def test_fractions_that_do_not_make_a_whole() -> None:
    with pytest.raises(ValidationError, match="sum to 14/17"):
        notice(payers=payers(("central", "45/85"), ("province", "25/85")))
