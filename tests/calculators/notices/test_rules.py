"""What the parts of a notice owe each other, rule by rule: what passes at the edge, what does not, where it is said.

A notice stands here as it is written: mappings, lists, texts. What is missing or malformed has a problem of its own.
"""

from collections.abc import Iterable
from typing import Any

import pytest

from calculators.money import Exact
from calculators.notices import rules
from calculators.notices.values import Fault

Found = tuple[tuple[str | int, ...], str, dict[str, Any]]


def said(faults: Iterable[Fault]) -> list[Found]:
    """Key, code and values of what is wrong."""
    found = []
    for path, error in faults:
        values = {key: value for key, value in (error.context or {}).items() if key not in ("what", "remedy")}
        found.append((path, error.type, values))
    return found


def common(**raw: Any) -> list[Found]:
    return said(rules.common(raw))


def loan(**raw: Any) -> list[Found]:
    return said(rules.loan(raw))


def test_nothing_is_wrong_with_nothing() -> None:
    assert common() == loan() == said(rules.cap_years({}, "fund")) == []


def test_rates_and_fractions_where_there_is_one() -> None:
    assert (rules.rate("5%"), rules.rate("5"), rules.rate(["5%"])) == (Exact(1, 20), None, None)
    assert (rules.fraction("45/85"), rules.fraction("5%"), rules.fraction("5"), rules.fraction(None)) == (
        Exact(9, 17),
        Exact(1, 20),
        None,
        None,
    )


# Caps.


def test_a_cap_has_one_limit() -> None:
    assert said(rules.cap({"per": ["loan"], "amount": "5"})) == []
    assert said(rules.cap({"per": ["loan"], "share_of_drawdown": "5%"})) == []
    assert said(rules.cap({"per": ["loan"]})) == [(("amount",), "cap_without_limit", {"other": "share_of_drawdown"})]
    assert said(rules.cap({"per": ["loan"], "amount": "5", "share_of_drawdown": "5%"})) == [
        (("share_of_drawdown",), "cap_with_two_limits", {"other": "share_of_drawdown"})
    ]
    assert said(rules.cap_limits({}, "share_of_figure")) == [
        (("amount",), "cap_without_limit", {"other": "share_of_figure"})
    ]


def test_a_share_of_the_drawdown_is_a_limit_of_one_loan() -> None:
    assert said(rules.cap({"per": ["entity", "loan"], "share_of_drawdown": "5%"})) == []
    assert said(rules.cap({"per": ["entity"], "share_of_drawdown": "5%"})) == [(("per",), "cap_share_not_per_loan", {})]
    assert said(rules.cap({"per": ["entity"], "amount": "5"})) == []


def test_a_limit_by_status_is_of_the_kind_of_its_cap() -> None:
    def cap(when: Any, **limit: str) -> list[Found]:
        return said(rules.cap({"per": ["loan"], "when_status": when, **limit}))

    other = [(("when_status",), "cap_status_other_limit", {"limit": "amount"})]
    assert cap({"amount": "7"}, amount="5") == cap({"share_of_drawdown": "7%"}, share_of_drawdown="5%") == []
    assert cap({"share_of_drawdown": "7%"}, amount="5") == cap({}, amount="5") == other
    assert cap({"amount": "7", "share_of_drawdown": "7%"}, amount="5") == other
    assert cap({"amount": "7"}, share_of_drawdown="5%") == [
        (("when_status",), "cap_status_other_limit", {"limit": "share_of_drawdown"})
    ]
    # Without a limit of its own there is nothing to compare with.
    assert [code for _path, code, _values in cap({"amount": "7"})] == ["cap_without_limit"]
    assert cap("later", amount="5") == []


def test_a_cap_per_year_says_which_year() -> None:
    def years(**cap: Any) -> list[Found]:
        return said(rules.cap_years(cap, "fund, due_date"))

    assert years(per=["entity", "year"], year_of="fund") == years(per=["entity"]) == []
    assert years(per=["year"]) == [(("year_of",), "year_of_missing", {"choices": "fund, due_date"})]
    assert years(per=["entity"], year_of="fund") == [(("year_of",), "year_of_idle", {})]
    # A word that nobody knows may have been meant to be the year.
    assert years(per=["entity", "yaer"], year_of="fund") == years(per=[], year_of="fund") == []
    assert years(per=["loan", "loan"]) == [(("per", 1), "name_twice", {"value": "loan"})]
    assert years(per=[["loan"], ["loan"]]) == years(per="loan") == []


# Approval.


def test_an_approval_asks_for_something_and_for_each_post_once() -> None:
    empty = [(("steps",), "approval_empty", {})]
    assert said(rules.approval({})) == said(rules.approval({"steps": []})) == empty
    assert said(rules.approval({"public_notice": {"days": "5"}})) == []
    assert said(rules.approval({"steps": [{"post": "a"}, {"post": "b"}]})) == []
    assert said(rules.approval({"steps": [{"post": "a"}, {"post": "b"}, {"post": "a"}]})) == [
        (("steps", 2, "post"), "name_twice", {"value": "a"})
    ]


# Sources.


def test_every_source_is_known_and_used() -> None:
    basis = [{"id": "guide"}, {"id": "law"}]
    used = {"effective": {"basis": "guide"}, "caps": [{"basis": "law"}]}
    assert common(basis=basis, **used) == []
    assert common(basis=basis, effective={"basis": "guide"}) == [(("basis", 1, "id"), "basis_unused", {"name": "law"})]
    assert common(basis=basis, caps=[{}, {"basis": "lwa"}], effective={"basis": "guide"}) == [
        (("caps", 1, "basis"), "basis_unknown", {"name": "lwa", "meant": "law", "known": "guide, law"}),
        (("basis", 1, "id"), "basis_unused", {"name": "law"}),
    ]
    assert common(
        basis=[{"id": "law"}], components=[{"rule": {"before": {"basis": "zzz"}}}], order=["law"], a={"basis": "law"}
    ) == [
        (
            ("components", 0, "rule", "before", "basis"),
            "basis_unknown",
            {"name": "zzz", "meant": None, "known": "law"},
        )
    ]
    # What orders that a notice reaches back is a source too; a list is none.
    order = {"retroactive": "true", "amends": "x", "published": "2024-01-01", "retroactive_basis": "law"}
    assert common(basis=[{"id": "law"}], **order) == []
    assert common(basis=[{"id": ["law"]}], caps=[{"basis": ["law"]}]) == []


# Names.


def test_names_stand_once() -> None:
    twice = [{"id": "a"}, {"id": "b"}, {"id": "a"}]
    for key in ("components", "caps"):
        assert common(**{key: twice}) == [((key, 2, "id"), "name_twice", {"value": "a"})]
    assert (("basis", 2, "id"), "name_twice", {"value": "a"}) in common(basis=twice)
    assert common(payers=[{"level": "city"}, {"level": "city"}]) == [
        (("payers", 1, "level"), "name_twice", {"value": "city"})
    ]
    assert common(order=["id", "grant_date", "id"]) == [(("order", 2), "name_twice", {"value": "id"})]
    assert common(caps=[{}, {}, {"id": ["a"]}, {"id": ["a"]}], order="id") == []


def test_a_notice_shares_its_own_caps_already() -> None:
    assert common(id="a", caps=[{}, {"shared_with": ["b", "a"]}]) == [
        (("caps", 1, "shared_with"), "cap_shared_with_itself", {})
    ]
    assert (
        common(id="a", caps=[{"shared_with": ["b"]}, {"shared_with": "a"}])
        == common(caps=[{"shared_with": [None]}])
        == []
    )


# Days.


@pytest.mark.parametrize(
    ("effective", "window", "open_"),
    [
        ("2024-03-01 2024-03-31", "2024-03-31 ", True),
        ("2024-03-01 2024-03-31", "2024-04-01 ", False),
        ("2024-03-01 2024-03-31", "2024-01-01 2024-03-01", True),
        ("2024-03-01 2024-03-31", "2024-01-01 2024-02-29", False),
        ("2024-03-01 ", "2030-01-01 2030-12-31", True),
        ("2024-03-01 ", "2024-01-01 2024-02-29", False),
        ("2024-03-01 ", "2024-01-01 ", True),
        (" 2024-03-31", "2024-04-01 ", True),
    ],
)
def test_a_window_and_the_days_in_force_share_one(effective: str, window: str, open_: bool) -> None:
    def span(text: str) -> dict[str, str]:
        return {key: day for key, day in zip(("from", "to"), text.split(" "), strict=True) if day}

    closed = [(("windows", 1, "from"), "window_never_open", {"on": "contract"})]
    told = {"governed_by": "contract", "effective": span(effective)}
    windows = [{"on": "drawdown", **span(window)}, {"on": "contract", **span(window)}]
    assert common(**told, windows=windows) == ([] if open_ else closed)
    # A window on another day than the one that governs is another matter.
    assert common(**told, windows=windows[:1]) == []


@pytest.mark.parametrize(
    ("year", "plausible"), [("2000", True), ("2099", True), ("1999", False), ("2100", False), ("24", False)]
)
def test_a_fund_year(year: str, plausible: bool) -> None:
    assert common(fund_year=year) == ([] if plausible else [(("fund_year",), "fund_year_implausible", {"year": year})])


@pytest.mark.parametrize("year", ["twenty", "1234567", "２０２４", ["2024"], "-5"])
def test_what_is_no_year_has_another_problem(year: object) -> None:
    assert common(fund_year=year, envelope={"path": "2024/a"}) == []


# Amendments.


def test_only_an_amendment_reaches_back_and_a_source_orders_it() -> None:
    told = {"amends": "x", "published": "2024-03-01", "basis": [{"id": "law"}]}
    assert common(**told, retroactive="true", retroactive_basis="law") == []
    assert common(amends="x", published="2024-03-01", retroactive="true") == [
        (("retroactive_basis",), "retroactive_without_source", {})
    ]
    assert common(**told, retroactive_basis="law") == [(("retroactive",), "retroactive_without_source", {})]
    assert common(basis=[{"id": "law"}], retroactive="true", retroactive_basis="law") == [
        (("retroactive",), "retroactive_idle", {})
    ]
    assert common(amends="x") == [(("published",), "amendment_unpublished", {})]


@pytest.mark.parametrize(("first", "back"), [("2024-03-01", False), ("2024-02-29", True), ("soon", False)])
def test_an_amendment_begins_on_its_publication_or_later(first: str, back: bool) -> None:
    told = {"published": "2024-03-01", "effective": {"from": first}}
    reaches = [(("effective", "from"), "amendment_reaches_back", {"published": "2024-03-01"})]
    assert common(amends="x", **told) == (reaches if back else [])
    assert common(**told) == []
    ordered = {"retroactive": "true", "retroactive_basis": "law", "basis": [{"id": "law"}]}
    assert common(amends="x", **told, **ordered) == []


# Money.


def test_the_envelope_is_of_the_fund_year() -> None:
    assert common(fund_year="2024", envelope={"path": "2024/loans"}) == common(envelope={"path": "2024/loans"}) == []
    assert common(fund_year="2024", envelope={"path": "2025/loans"}) == [
        (("envelope", "path"), "envelope_other_year", {"envelope": "2025/loans", "year": "2024"})
    ]
    assert common(fund_year="2024", envelope={"path": ["2025"]}) == common(fund_year="2024", envelope={}) == []


def test_the_payers_bear_the_whole() -> None:
    def payers(*shares: object) -> list[Found]:
        return common(payers=[{"share": share} for share in shares])

    assert payers("100%") == payers("45/85", "40/85") == payers("90%", "1/10") == []
    assert payers("45/85", "50%") == [(("payers",), "payers_not_whole", {"total": "35/34"})]
    assert payers("60%", "30%") == [(("payers",), "payers_not_whole", {"total": "90%"})]
    # One that cannot be read leaves nothing to sum.
    assert payers("60%", "much") == payers() == []


# Loans.


@pytest.mark.parametrize(
    ("kind", "count", "fits"),
    [
        ("single", 1, True),
        ("single", 2, False),
        ("lowest", 1, False),
        ("lowest", 2, True),
        ("sum", 1, False),
        ("sum", 3, True),
        ("single", 0, True),
        ("sum", 0, True),
        ("other", 1, True),
    ],
)
def test_how_many_components_are_combined(kind: str, count: int, fits: bool) -> None:
    found = loan(combine={"kind": kind}, components=[{"id": str(number)} for number in range(count)])
    assert found == ([] if fits else [(("combine", "kind"), "combine_count", {"kind": kind, "count": count})])
    assert loan(combine=kind, components=[{}] * count) == []


def test_interest_that_is_paid_counts_somewhere() -> None:
    paid = {"base": {"interest": "paid"}}
    unused = [(("base", "interest"), "interest_unused", {})]
    assert loan(**paid, components=[{"rule": {"kind": "points"}}]) == unused
    assert loan(**paid, components=[{"rule": {"kind": "interest_share"}}]) == loan(**paid) == []
    assert loan(base={"interest": "accrued"}, components=[{"rule": {"kind": "points"}}]) == []
    # However deep it stands.
    assert loan(**paid, components=[{"rule": {"kind": "switch", "after": {"kind": "interest_share"}}}]) == []
    assert loan(**paid, components=[{"rule": {"kind": "by_year", "years": [{"kind": "interest_share"}]}}]) == []


@pytest.mark.parametrize("kind", ["one_off", "grant_equivalent"])
def test_what_is_paid_once_rests_on_no_interest(kind: str) -> None:
    once = {"components": [{"rule": {"kind": "points"}}, {"rule": {"kind": kind}}]}
    bounded = (("components", 1, "rule", "kind"), "paid_once_bounded", {"kind": kind})
    idle = (("base", "principal_cap"), "principal_cap_idle", {"kind": kind})
    assert loan(**once) == [bounded]
    assert loan(**once, not_bounded_by_interest={}) == []
    assert loan(**once, base={"principal_cap": {}}) == [bounded, idle]
    assert loan(**once, not_bounded_by_interest={}, base={"principal_cap": {}}) == [idle]
    assert loan(components=once["components"][:1], base={"principal_cap": {}}) == []


def test_what_is_earned_later_is_not_compared() -> None:
    later = {"components": [{"rule": {"kind": "points"}}, {"rule": {"kind": "points"}, "earned": {}}]}
    assert loan(**later, combine={"kind": "lowest"}) == [(("components", 1, "earned"), "earned_compared", {})]
    assert loan(**later, combine={"kind": "sum"}) == loan(**later) == []


def test_days_of_payment_matter_where_receipts_count() -> None:
    windows = [{"on": "accrual_day"}, {"on": "paid_day"}]
    assert loan(windows=windows, base={"interest": "accrued"}) == [(("windows", 1, "on"), "paid_day_unused", {})]
    assert loan(windows=windows, base={"interest": "paid"}) == loan(windows=windows) == []
    assert loan(windows=windows[:1], base={"interest": "accrued"}) == []


def test_the_parts_of_a_list() -> None:
    assert rules.parts({"caps": [{"id": "a"}, "b", {"id": "c"}]}, "caps") == [(0, {"id": "a"}), (2, {"id": "c"})]
    assert rules.parts({"caps": {"id": "a"}}, "caps") == rules.parts({}, "caps") == []
