"""Caps that stand above their limit: shown where nobody of this run raised them, refused where the run would."""

from dataclasses import replace

import pytest

from calculators.awards.all import Partition, calculate_all
from calculators.awards.digests import AwardResult
from calculators.problems import Refused
from ledger.runs.plan import cap_label, refuse_if_exceeded
from tests.calculators import items
from tests.calculators.items import cap, day, incentive, reward, rule
from tests.calculators.lending import LPR


def claimed(before_fen: int, own_fen: int) -> AwardResult:
    """A claim of 4,000 under a cap of 3,000, with a made-up story: so much stood before the run, so much after it."""
    notice = incentive(reward("fixed", rule("fixed", amount="4,000")), caps=[cap("total", "entity", "3,000")])
    line = items.line(items.claim("K", achieved_on="2024-03-10"), notice)
    (result,) = calculate_all(Partition([line], LPR, "lpr@test", day("2024-06-01")))
    ((key, fill),) = result.capped.fills.items()
    result.capped.fills[key] = replace(fill, before_fen=before_fen, own_fen=own_fen)
    return result


def test_a_run_that_raises_a_cap_above_its_limit_is_refused() -> None:
    refuse_if_exceeded([claimed(0, 300_000)])
    with pytest.raises(Refused) as refused:
        refuse_if_exceeded([claimed(0, 300_001)])
    (problem,) = refused.value.problems
    assert problem.code == "cap_exceeded"
    assert str(problem.values["over"]) == "0.01"


def test_a_run_that_only_finds_a_cap_above_its_limit_goes_on() -> None:
    refuse_if_exceeded([claimed(400_000, 400_000)])
    refuse_if_exceeded([claimed(400_000, 350_000)])


def test_a_key_is_named_by_notice_cap_and_whose_it_is() -> None:
    assert cap_label({"cap": "total", "entity": "E1", "notice": "a"}) == "a/total/E1"
    assert cap_label({"cap": "loan_interest", "loan": "L1"}) == "loan_interest/L1"
