"""What each step of a payment books, account by account (`docs/contracts.md`, 11.3), and which side of it a bank sees.

Nothing of a ledger: 40 fen of a debt or an award, on terms written here. Every entry is 0 in each chart.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from ledger.book.payables import Payable, Terms
from ledger.book.posting import Entry
from ledger.payouts import paying, postings, year_end
from ledger.payouts.movements import about, counts
from ledger.payouts.payables import RunEntries
from ledger.payouts.postings import Cash, Pair, Payer
from ledger.payouts.returns import netting

OLD = Terms("2024/loan", "c1", "2150599", "50799", "30799")
SAME = OLD._replace(clause="c2")
OTHER = Terms("2024/incentive", "c2", "2150599", "50799", "30799")
EARLIER = OLD._replace(envelope="2023/loan")
ON = date(2024, 7, 2)
DRAWN, TREASURY_S, WALLET = Cash("zero_balance", 2024), Cash("zero_balance", 2024, True), Cash("prefunded", 2024)


def amounts(entry: Entry) -> dict[tuple[str, str], int]:
    """`chart/account` and path -> fen, of what is not 0."""
    sums: Counter[tuple[str, str]] = Counter()
    for posting in entry.postings:
        sums[f"{posting.chart}/{posting.account}", posting.terms.get("envelope", "")] += posting.amount_fen
    charts: Counter[str] = Counter()
    for (account, _path), fen in sums.items():
        charts[account.partition("/")[0]] += fen
    assert set(charts.values()) <= {0}, "debits are credits in each chart"
    return {at: fen for at, fen in sums.items() if fen}


def booked(pairs: tuple[Pair, ...], cash: Cash, terms: Terms = OLD) -> dict[str, int]:
    """`chart/account` -> fen, of 40 fen on these terms."""
    entry = postings.entry("paid", "S1", 0, pairs, {terms: 40}, effective_on=ON, cause=7, cash=cash, payee="P1")
    assert (entry.line, entry.document) == ("", "")
    return {account: fen for (account, _path), fen in amounts(entry).items()}


@pytest.mark.parametrize(
    ("pairs", "cash", "expected"),
    [
        (postings.instruct_pairs, DRAWN, {"ind/1401": 40, "ind/1301": -40}),
        (postings.unpaid_pairs, DRAWN, {"ind/1301": 40, "ind/1401": -40}),
        (
            postings.paid_pairs,
            DRAWN,
            {"fin/2303": 40, "fin/4001": -40, "bud/7101": 40, "bud/6001": -40, "ind/1501": 40, "ind/1401": -40},
        ),
        (
            postings.paid_pairs,
            WALLET,
            {"fin/2303": 40, "fin/1021": -40, "bud/7101": 40, "bud/8001": -40, "ind/1501": 40, "ind/1401": -40},
        ),
        (
            postings.overpaid_pairs,
            DRAWN,
            {"fin/1218": 40, "fin/4001": -40, "bud/7101": 40, "bud/6001": -40, "ind/1501": 40, "ind/1101": -40},
        ),
        (
            partial(postings.returned_pairs, DRAWN, prior_year=False),
            DRAWN,
            {"fin/4001": 40, "fin/2303": -40, "bud/6001": 40, "bud/7101": -40, "ind/1301": 40, "ind/1501": -40},
        ),
        (
            partial(postings.returned_pairs, DRAWN, prior_year=True),
            DRAWN,
            {"fin/1201": 40, "fin/3501": -40, "bud/8001": 40, "bud/8101.01": -40},
        ),
        (partial(postings.returned_pairs, TREASURY_S, prior_year=True), TREASURY_S, {"fin/1002": 40, "fin/2103": -40}),
        (
            partial(postings.refunded_pairs, WALLET, prior_year=False),
            WALLET,
            {"fin/1021": 40, "fin/5001": -40, "bud/8001": 40, "bud/7101": -40, "ind/1101": 40, "ind/1501": -40},
        ),
        (
            partial(postings.recovered_pairs, DRAWN, prior_year=False, freed="1201"),
            DRAWN,
            {"fin/4001": 40, "fin/1218": -40, "bud/6001": 40, "bud/7101": -40, "ind/1201": 40, "ind/1501": -40},
        ),
        (
            partial(postings.recovered_pairs, DRAWN, prior_year=True, freed="1201"),
            DRAWN,
            {"fin/1201": 40, "fin/1218": -40, "bud/8001": 40, "bud/8101.01": -40},
        ),
        (
            partial(postings.recovered_pairs, TREASURY_S, prior_year=True, freed="1201"),
            TREASURY_S,
            {"fin/1002": 40, "fin/1218": -40, "fin/3501": 40, "fin/2103": -40},
        ),
        (
            partial(postings.recovered_pairs, Cash("prefunded", 2024, True), prior_year=True, freed="1201"),
            Cash("prefunded", 2024, True),
            {"fin/1021": 40, "fin/1218": -40, "fin/3501": 40, "fin/2103": -40},
        ),
        (postings.reopened_pairs, DRAWN, {"fin/3501": 40, "fin/2303": -40, "ind/1301": 40, "ind/1101": -40}),
    ],
)
def test_what_a_step_books(pairs: Callable[[], tuple[Pair, ...]], cash: Cash, expected: dict[str, int]) -> None:
    assert booked(pairs(), cash) == expected


def test_what_an_earlier_year_left_is_drawn_as_quota() -> None:
    paid = {"fin/2303": 40, "bud/7101": 40, "ind/1501": 40, "ind/1401": -40}
    assert booked(postings.paid_pairs(), DRAWN, EARLIER) == {**paid, "fin/1201": -40, "bud/8001": -40}
    assert booked(postings.paid_pairs(), DRAWN, OLD._replace(envelope="")) == {**paid, "fin/4001": -40, "bud/6001": -40}
    # Releases that did not tell the years apart drew on the present appropriation.
    assert booked(postings.paid_pairs(), Cash("zero_balance"), EARLIER) == {**paid, "fin/4001": -40, "bud/6001": -40}


def test_the_years_are_told_apart_after_the_record_that_says_so() -> None:
    def payer(apart: int | None, **said: str) -> Payer:
        return Payer({"funding": "zero_balance", **said}, apart)

    assert payer(None).cash(12, ON) == Cash("zero_balance", 0, False)
    assert payer(12).cash(12, ON) == Cash("zero_balance", 0, False)
    assert payer(12).cash(13, ON) == Cash("zero_balance", 2024, False)
    assert payer(12, prior_year="treasury").cash(13, ON) == Cash("zero_balance", 2024, True)
    assert payer(12, prior_year="unit").cash(13, ON) == Cash("zero_balance", 2024, False)


def part(award: int, line: str, fen: int, terms: Terms = OLD, due: str = "2024-03-31") -> Payable:
    return Payable(award, line, f"payee of {line}", "award", fen, terms, due)


@pytest.mark.parametrize(
    ("terms", "prior_year", "more"),
    [
        # One path and the same codes: the budget has nothing to say, whatever the clause.
        (SAME, False, {("ind/1201", "2024/loan"): 40, ("ind/1301", "2024/loan"): -40}),
        # Another path: the spending moves, and what had been paid there is free again.
        (
            OTHER,
            False,
            {
                ("bud/7101", "2024/incentive"): 40,
                ("bud/7101", "2024/loan"): -40,
                ("ind/1501", "2024/incentive"): 40,
                ("ind/1301", "2024/incentive"): -40,
                ("ind/1201", "2024/loan"): 40,
                ("ind/1501", "2024/loan"): -40,
            },
        ),
        # A closed year's money: it is this year's spending, out of what was carried forward.
        (
            SAME,
            True,
            {
                ("bud/7101", "2024/loan"): 40,
                ("bud/8101.01", "2024/loan"): -40,
                ("ind/1501", "2024/loan"): 40,
                ("ind/1301", "2024/loan"): -40,
            },
        ),
    ],
)
def test_what_netting_books(terms: Terms, prior_year: bool, more: dict[tuple[str, str], int]) -> None:
    debt, payable = part(11, "PF1", -60), part(12, "PF2", 100, terms)
    entry = postings.netted("31", debt, payable, 40, prior_year=prior_year, freed="1201", effective_on=ON, cause=31)
    against = {("fin/2303", terms.envelope): 40, ("fin/1218", "2024/loan"): -40}
    assert amounts(entry) == against | more
    # Nothing is booked there and back.
    assert len(entry.postings) == len(amounts(entry))
    assert {posting.terms["payee"] for posting in entry.postings} == {"payee of PF1"}
    assert (entry.key, entry.reason, entry.line, entry.cause) == ("main/netted/31/0", "netted", "PF1", 31)


def test_the_year_of_a_path_is_what_stands_first_in_it() -> None:
    accounts = [DRAWN.account(postings.PAID_FROM, "fin", path) for path in ("2023/loan/a", "2024/loan/a", "2023", "")]
    # 1201 is the claim on the treasury, 4001 the appropriation.
    assert accounts == ["1201", "4001", "1201", "4001"]


def test_a_debt_given_up_moves_no_money() -> None:
    entry = postings.written_off("PF1", "HX-1", 2, OLD, "P1", 40, line="PF1", effective_on=ON, cause=7)
    assert [(one.chart, one.account, one.amount_fen) for one in entry.postings] == [
        ("fin", "5301", 40),
        ("fin", "1218", -40),
    ]
    assert (entry.key, entry.document, entry.line) == ("main/written_off/PF1@HX-1/2", "HX-1", "PF1")
    assert {posting.terms["payee"] for posting in entry.postings} == {"P1"}


@pytest.mark.parametrize(
    ("said", "account"),
    [
        ({"funding": "zero_balance"}, []),
        ({"funding": "zero_balance", "prior_year": "quota"}, []),
        ({"funding": "zero_balance", "prior_year": "treasury"}, [("fin", "1002")]),
        # A wallet takes it in itself.
        ({"funding": "prefunded", "prior_year": "treasury"}, []),
    ],
)
def test_the_account_of_the_treasury_s_money_stands_before_money_comes_to_it(
    monkeypatch: pytest.MonkeyPatch, said: dict[str, str], account: list[tuple[str, str]]
) -> None:
    ensured: list[tuple[str, str]] = []
    monkeypatch.setattr(paying.charts, "ensure", lambda _writer, chart, code: ensured.append((chart, code)))
    payer = Payer(said, 4)
    nobody_writes: Any = None
    assert paying.ready(nobody_writes, payer) is payer
    assert ensured == account


def test_the_end_of_a_year_is_booked_on_its_path_alone() -> None:
    entry = year_end.entry_of(2024, "JZ-1", 40, 7)
    assert amounts(entry) == {
        ("fin/1201", "2024"): 40,
        ("fin/4001", "2024"): -40,
        ("bud/8001", "2024"): 40,
        ("bud/6001", "2024"): -40,
    }
    assert {tuple(value for value in one.terms.values() if value) for one in entry.postings} == {("2024",)}
    assert (entry.key, entry.effective_on, entry.cause) == ("main/year_end/2024@JZ-1/0", date(2024, 12, 31), 7)


def test_parts_are_summed_by_their_terms_and_nothing_is_left_out() -> None:
    known = {1: OTHER, 2: OLD, 3: OLD, 4: SAME, 5: SAME}
    # 100 - 30 on the old terms; 7 - 7 on the second.
    assert postings.parts([(1, 5), (2, 100), (3, -30), (4, 7), (5, -7)], known) == {OTHER: 5, OLD: 70}


@pytest.mark.parametrize(
    ("debts", "drafts", "scopes", "firms", "expected"),
    [
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF2", 100), part(13, "PF2", -60)]],
            {"PF1": "firm"},
            {"PF1": "A", "PF2": "A"},
            [(11, 12, 40)],
            id="no draft is brought below 0: 100 - 60 = 40",
        ),
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF2", 30), part(13, "PF2", 30)], [part(14, "PF3", 30)]],
            {"PF1": "firm"},
            {"PF1": "A", "PF2": "A", "PF3": "A"},
            [(11, 12, 30), (11, 13, 20)],
            id="one payable after the other until nothing is owed: 30 + 20",
        ),
        pytest.param(
            [part(21, "PF1", -20), part(11, "PF1", -20)],
            [[part(22, "PF2", 30)]],
            {"PF1": "firm"},
            {"PF1": "A", "PF2": "A"},
            [(11, 22, 20), (21, 22, 10)],
            id="the oldest debt first: 20, then the 10 that are left",
        ),
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF2", 100)]],
            {"PF1": "firm"},
            {"PF1": "A", "PF2": "B"},
            [],
            id="another firm pays nobody's debt",
        ),
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF2", 100)]],
            {"PF1": "firm"},
            {"PF1": "", "PF2": ""},
            [],
            id="two recipients that are no registered firm are not one",
        ),
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF2", 100)]],
            {"PF1": "firm"},
            {"PF2": ""},
            [],
            id="nor is a line that pays nobody known",
        ),
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF2", 100), part(13, "PF1", 10)]],
            {"PF1": "line"},
            {"PF1": "A", "PF2": "A"},
            [(11, 13, 10)],
            id="within the line only",
        ),
        pytest.param(
            [part(11, "PF1", -40), part(21, "PF1", -50)],
            [[part(12, "PF2", 60), part(13, "PF2", 50), part(14, "PF2", -35)]],
            {"PF1": "firm"},
            {"PF1": "A", "PF2": "A"},
            [(11, 12, 40), (21, 12, 20), (21, 13, 15)],
            id="what one debt took is not there for the next: 60 - 40 = 20, and 75 - 60 = 15 of the draft",
        ),
        pytest.param(
            [part(11, "PF1", -1)],
            [[part(12, "PF2", 1)]],
            {"PF1": "firm"},
            {"PF1": "A", "PF2": "A"},
            [(11, 12, 1)],
            id="a single fen",
        ),
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF1", 10, due="2024-06-30"), part(13, "PF1", 20)]],
            {"PF1": "line"},
            {"PF1": "A"},
            [(11, 12, 10), (11, 13, 20)],
            id="within the line against any of its awards",
        ),
        pytest.param(
            [part(11, "PF1", -50)],
            [[part(12, "PF1", 10, due="2024-06-30"), part(13, "PF1", 20)]],
            {},
            {"PF1": "A"},
            [(11, 13, 20)],
            id="whatever the notice says, against the same award",
        ),
    ],
)
def test_what_is_netted(
    debts: list[Payable],
    drafts: list[list[Payable]],
    scopes: dict[str, str],
    firms: dict[str, str],
    expected: list[tuple[int, int, int]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(netting, "open_parts", lambda _view, account: debts if account == "1218" else [])
    monkeypatch.setattr(netting, "notices", lambda _view: {})
    monkeypatch.setattr(netting, "_scopes", lambda _view: scopes.items())
    monkeypatch.setattr(netting, "recipients", lambda _view: firms)
    nobody_asks_it: Any = None
    found = netting.nets(nobody_asks_it, drafts)
    assert [(net.debt.award, net.payable.award, net.amount_fen) for net in found] == expected


@pytest.mark.parametrize(
    ("reason", "chart", "account", "expected"),
    [
        ("paid", "fin", "4001", True),
        ("paid", "fin", "1021", True),
        ("returned", "fin", "1201", True),
        ("recovered", "fin", "1002", True),
        ("paid", "fin", "2303", False),
        ("paid", "bud", "1201", False),
        ("paid", "ind", "1201", False),
        # Filling a wallet moves the wallet, and no account of ours on the treasury's side.
        ("funded", "fin", "1021", True),
        ("funded", "fin", "4001", False),
    ],
)
def test_which_postings_are_the_account_s_side(reason: str, chart: str, account: str, expected: bool) -> None:
    assert counts(reason, chart, account) is expected


@pytest.mark.parametrize(
    ("reason", "key", "expected"),
    [
        ("paid", "main/paid/S1/0", "S1"),
        ("refunded", "main/refunded/S1@TK-1/0", "S1"),
        ("funded", "main/funded/payer/ecny/C1/1@YK-1/0", "payer/ecny/C1/1"),
        ("recovered", "main/recovered/PF1@SH-1/2", "PF1@SH-1"),
        # A document's number may hold what parts a key.
        ("recovered", "main/recovered/PF1@SH/1/2", "PF1@SH/1"),
        ("refunded", "main/refunded/S1@TK/1/0", "S1"),
    ],
)
def test_what_an_entry_is_about(reason: str, key: str, expected: str) -> None:
    assert about(reason, key) == expected


def test_a_run_holds_its_entries_and_none_beside_them() -> None:
    run = RunEntries(closed=14, first=10, entries=4)
    assert [run.holds(record) for record in (9, 10, 13, 14)] == [False, True, True, False]
