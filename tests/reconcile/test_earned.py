"""What a wallet earns per quarter: by the balance of each day, to the fen, held against what was credited."""

from datetime import date

from ledger.reconcile.earned import Earned, earned

ICBC = "C1010211000012"


def day(text: str) -> date:
    return date.fromisoformat(text)


def test_interest_is_counted_by_days_of_360_up_to_the_20th_and_credited_on_the_21st() -> None:
    # Opened on 21 March 2026 with 1,000,000.00; 400,000.00 go out on 10 April. 21 March to 9 April: 20 days of
    # 1,000,000.00; 10 April to 20 June: 72 days (21 + 31 + 20) of 600,000.00.
    # (20 x 1,000,000 + 72 x 600,000) x 0.0005 / 360 = 63,200,000 x 0.0005 / 360 = 87.777... = 87.78.
    moved = {day("2026-04-10"): -40_000_000, day("2026-06-21"): 8_778}
    found = earned(
        ICBC, 100_000_000, day("2026-03-21"), day("2026-06-30"), moved, [(day("2026-06-21"), 8_778)], day("2026-06-30")
    )
    assert found == [Earned("2026-Q2", "2026-03-21", "2026-06-20", 8_778, 8_778)]
    assert found[0].difference_fen == 0


def test_nothing_is_earned_before_the_day_on_which_interest_began() -> None:
    # 1 January to 20 March 2026: 79 days of 360,000.00 x 0.0005 / 360 = 0.50 a day: 39.50; nothing was credited.
    found = earned(ICBC, 36_000_000, day("2025-12-01"), day("2026-03-31"), {}, [], day("2026-03-31"))
    assert [(one.quarter, one.first, one.expected_fen, one.difference_fen) for one in found] == [
        ("2026-Q1", "2026-01-01", 3_950, -3_950)
    ]


def test_interest_is_due_on_the_21st_and_not_on_the_20th() -> None:
    for end, quarters in (("2026-03-20", 0), ("2026-03-21", 1)):
        assert len(earned(ICBC, 1_000, day("2025-12-01"), day("2026-03-21"), {}, [], day(end))) == quarters


def test_nothing_is_expected_where_a_balance_or_a_rate_is_not_known() -> None:
    assert earned(ICBC, 1_000, day("2026-02-01"), day("2026-03-31"), {}, [], day("2026-03-31")) == []
    assert earned("Z2004944000010", 1_000, day("2025-12-01"), day("2026-03-31"), {}, [], day("2026-03-31")) == []
    assert earned(ICBC, 1_000, day("2025-12-01"), day("2026-03-19"), {}, [], day("2026-03-31")) == []


def test_what_is_credited_late_counts_for_its_quarter_and_a_debt_of_the_wallet_earns_nothing() -> None:
    found = earned(ICBC, -1_000, day("2025-12-01"), day("2026-04-30"), {}, [(day("2026-04-02"), 7)], day("2026-04-30"))
    assert [(one.expected_fen, one.credited_fen) for one in found] == [(0, 7)]
