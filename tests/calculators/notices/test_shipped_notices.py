"""The notices that ship, against what was read of their sources: days in force, limits, bounds."""

from datetime import date

import pytest

from calculators.awards.versions import NoticeVersion, governing_versions
from calculators.facts.model import Application
from calculators.files.yaml import load_notice, read_file
from calculators.interest.loan import DayCount
from calculators.money import Exact, parse_percent, parse_yuan
from calculators.notices.incentive import IncentiveNotice
from calculators.notices.loan import LoanNotice
from calculators.notices.loan_components import InterestShare, Points, Switch
from calculators.notices.model import Notice
from calculators.notices.premium import InsurancePremiumNotice
from calculators.notices.rewards import Bands, Ladder, ShareOfBase
from calculators.problems import Refused
from ledger.resources import fixture
from tests.calculators.lending import loan


def shipped(name: str) -> Notice:
    file = fixture(f"notices/{name}.yaml")
    return load_notice(read_file(file), file.name)


def days(notice: Notice) -> tuple[str, str]:
    return notice.effective.starts_on.isoformat(), str(notice.effective.last_day)


def caps(notice: Notice) -> dict[str, tuple[str, int | None]]:
    return {cap.id: (" ".join(cap.per), cap.amount) for cap in notice.caps}


def test_first_loans_are_in_force_for_a_year() -> None:
    notice = shipped("bj-first-loan-2025")
    assert days(notice) == ("2025-02-19", "2026-02-18")
    version = NoticeVersion("bj-first-loan-2025@sha256:0", notice)
    asked = Application("A", "E1", notice.id, "L", date(2025, 3, 1))
    for drawn_on, governed in (
        ("2025-02-18", False),
        ("2025-02-19", True),
        ("2026-02-18", True),
        ("2026-02-19", False),
    ):
        lent = loan("L", {drawn_on: "1,000,000"}, "2027-02-01", day_count=DayCount.ACT_360)
        if governed:
            assert governing_versions([version], asked, lent)
        else:
            with pytest.raises(Refused, match="notice_not_in_force"):
                governing_versions([version], asked, lent)


def test_loan_notices_have_the_limits_of_their_sources() -> None:
    national, service = shipped("national-sme-fixed-asset-2026"), shipped("national-service-loan-2025")
    first, equipment = shipped("bj-first-loan-2025"), shipped("bj-equipment-loan-2024")
    for notice in (national, service, first, equipment):
        assert isinstance(notice, LoanNotice)
    bases = [
        (notice.base.principal_cap and notice.base.principal_cap.amount, notice.base.months_from_first_drawdown.months)
        for notice in (national, service, first, equipment)
        if isinstance(notice, LoanNotice) and notice.base.months_from_first_drawdown
    ]
    # 50,000,000 for two years; 1,000,000 for one; a year; two years.
    assert bases == [(parse_yuan("50,000,000"), 24), (parse_yuan("1,000,000"), 12), (None, 12), (None, 24)]
    assert days(service) == ("2025-03-16", "2025-12-31")
    assert [(payer.level, payer.share) for payer in service.payers] == [
        ("central", parse_percent("90%")),
        ("city", parse_percent("10%")),
    ]
    assert days(national) == ("2026-01-01", "None")
    for name in ("gjj-2023-batch-2-direction-2", "gjj-2023-batch-2-direction-2-chain-leader"):
        assert caps(shipped(name)) == {"entity_year": ("entity year", parse_yuan("10,000,000"))}


def test_no_loan_notice_that_ships_leaves_the_interest_as_bound_behind() -> None:
    for file in fixture("notices").iterdir():
        if file.name.endswith(".yaml") and not file.name.endswith(".cases.yaml"):
            notice = load_notice(file.read_text(encoding="utf-8"), file.name)
            assert not (isinstance(notice, LoanNotice) and notice.not_bounded_by_interest), notice.id


def test_other_notices_have_the_limits_of_their_sources() -> None:
    assert caps(shipped("gjj-2024-batch-1-space-insurance")) == {
        "launch": ("item", parse_yuan("5,000,000")),
        "firm": ("entity", parse_yuan("10,000,000")),
    }
    assert caps(shipped("gjj-2023-tape-out")) == {
        "entity_batch": ("entity", parse_yuan("30,000,000")),
        "entity_year": ("entity year", parse_yuan("30,000,000")),
    }
    assert caps(shipped("gjj-2024-batch-5-smart-factory")) == {"project": ("item", parse_yuan("30,000,000"))}
    assert caps(shipped("district-investment-bands")) == {"total": ("item", parse_yuan("40,000,000"))}
    assert caps(shipped("hubei-space-ladder")) == {"firm_year": ("entity year", parse_yuan("5,000,000"))}
    bands = shipped("district-investment-bands")
    assert isinstance(bands, IncentiveNotice)
    assert bands.all_levels
    assert bands.all_levels.share == parse_percent("50%")
    rates = {}
    for name in ("first-set-equipment-insurance", "new-material-insurance", "zhejiang-2024-technology-insurance"):
        notice = shipped(name)
        assert isinstance(notice, InsurancePremiumNotice)
        limit, rate = notice.counted.liability_at_most, notice.counted.max_rate
        rates[name] = (rate and rate.rate, limit and limit.contract_times, limit and limit.amount)
    assert rates == {
        "first-set-equipment-insurance": (parse_percent("3%"), None, None),
        "new-material-insurance": (parse_percent("3%"), 5, parse_yuan("500,000,000")),
        "zhejiang-2024-technology-insurance": (parse_percent("2%"), None, None),
    }


# What the sources say (DOMAIN.md 2), in per cent: points, what they are bounded by beside the interest.
POINTS: dict[str, tuple[str, str | None, bool]] = {
    "gjj-2023-batch-2-direction-2": ("2%", None, False),
    "gjj-2023-batch-2-direction-2-chain-leader": ("1%", None, False),
    "bj-equipment-loan-2024": ("2.5%", "100%", False),
    "national-service-loan-2025": ("1%", None, True),
    "national-sme-fixed-asset-2026": ("1.5%", None, False),
}
SHARES: dict[str, dict[str, tuple[str, str | None]]] = {
    "gjj-2023-tape-out": {
        "mpw": ("50%", "3,000,000"),
        "frontier": ("50%", "20,000,000"),
        "full_mask": ("30%", "10,000,000"),
        "beijing": ("50%", "20,000,000"),
    },
    "gjj-2024-batch-5-smart-factory": {"advanced": ("20%", None), "excellent": ("25%", None), "leading": ("25%", None)},
}
PREMIUMS: dict[str, tuple[str, set[tuple[str, tuple[int, ...]]]]] = {
    "gjj-2024-batch-1-space-insurance": ("in_full", {("50%", ())}),
    "first-set-equipment-insurance": ("as_paid", {("80%", (1, 2, 3))}),
    "new-material-insurance": ("as_paid", {("80%", (1, 2, 3))}),
}


def test_loan_notices_have_the_points_of_their_sources() -> None:
    for name, (points, of_rate, others) in POINTS.items():
        notice = shipped(name)
        assert isinstance(notice, LoanNotice)
        (rule,) = [component.rule for component in notice.components]
        assert isinstance(rule, Points), name
        assert (rule.points, rule.at_most_rate_share, rule.others_within_rate) == (
            parse_percent(points),
            of_rate and parse_percent(of_rate),
            others,
        ), name


def test_first_loans_have_the_shares_of_their_source_before_and_after_the_status() -> None:
    """20 % and at most 1 % of the drawdown; for innovative firms 40 % and 2 %."""
    notice = shipped("bj-first-loan-2025")
    assert isinstance(notice, LoanNotice)
    ((rule,), (cap,)) = [component.rule for component in notice.components], notice.caps
    assert isinstance(rule, Switch)
    assert [part.share for part in (rule.before, rule.after) if isinstance(part, InterestShare)] == [
        parse_percent("20%"),
        parse_percent("40%"),
    ]
    assert cap.when_status
    assert (cap.share_of_drawdown, cap.when_status.share_of_drawdown) == (parse_percent("1%"), parse_percent("2%"))
    assert (rule.status, cap.when_status.status) == ("innovative_sme", "innovative_sme")
    assert notice.base.interest == "paid"


def test_incentives_and_premiums_have_the_shares_of_their_sources() -> None:
    for name, wanted in SHARES.items():
        notice = shipped(name)
        assert isinstance(notice, IncentiveNotice)
        assert {
            component.id: (component.rule.share, component.rule.at_most)
            for component in notice.components
            if isinstance(component.rule, ShareOfBase)
        } == {one: (parse_percent(share), most and parse_yuan(most)) for one, (share, most) in wanted.items()}, name
    for name, (paid, shares) in PREMIUMS.items():
        notice = shipped(name)
        assert isinstance(notice, InsurancePremiumNotice)
        assert (notice.counted.paid, {(share.share, share.years) for share in notice.shares}) == (
            paid,
            {(parse_percent(share), years) for share, years in shares},
        ), name
    levels = shipped("zhejiang-2024-technology-insurance")
    assert isinstance(levels, InsurancePremiumNotice)
    first = sorted(share.share for share in levels.shares if share.years == (1,))
    assert first == [parse_percent(share) for share in ("70%", "80%", "90%")]


def test_bands_and_rungs_are_those_of_their_sources() -> None:
    """10 % up to 100m and 5 % above; 1, 3, 5, 10m at 0.1, 0.3, 0.5, 1 bn."""
    found = {}
    for name in ("district-investment-bands", "hubei-space-ladder"):
        notice = shipped(name)
        assert isinstance(notice, IncentiveNotice)
        (found[name],) = [component.rule for component in notice.components]
    bands, ladder = found.values()
    assert isinstance(bands, Bands)
    assert [(band.starts_at.value, band.share) for band in bands.bands] == [
        (Exact(0), parse_percent("10%")),
        (Exact(100_000_000), parse_percent("5%")),
    ]
    assert isinstance(ladder, Ladder)
    assert [(rung.reach.value, rung.amount) for rung in ladder.rungs] == [
        (Exact(reach), parse_yuan(amount))
        for reach, amount in (
            (100_000_000, "1,000,000"),
            (300_000_000, "3,000,000"),
            (500_000_000, "5,000,000"),
            (1_000_000_000, "10,000,000"),
        )
    ]
