"""Money that moves beside batches, to the fen and to the last sign of each refusal; on a book of two awards.

S1 pays e1 with 1.00 yuan and e2 with 0.50, both of G-1, out of a wallet that was filled beforehand, on 3 July 2024.
It is 10 July, unless it is said otherwise. Entries are shown as `chart/account` -> fen, debits above 0.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from ledger.book import envelopes
from ledger.book.posting import Posted
from ledger.log import kinds
from ledger.payouts import year_end
from ledger.payouts.batches import batch
from ledger.payouts.payables import terms
from ledger.payouts.returns import corrections, moves, recoveries
from ledger.payouts.returns.corrections import Correction
from ledger.payouts.settle import Finding, settle
from ledger.payouts.states import State
from ledger.store.ledger import Writer
from tests.payouts.returns.paid_book import (
    DRAWN,
    HEARD,
    LATER,
    NEXT_YEAR,
    PAID_ON,
    TODAY,
    Paid,
    booked,
    paid_book,
    payee_of,
    reduced,
    refusal,
)
from tests.payouts.small_book import PAYEE, PAYER, Q1, Q2, TERMS


@pytest.fixture(scope="module")
def paid(tmp_path_factory: pytest.TempPathFactory) -> Paid:
    return paid_book(tmp_path_factory.mktemp("paid"))


@pytest.fixture
def writer(paid: Paid) -> Iterator[Writer]:
    with paid.at(HEARD) as writer:
        yield writer


REFUNDED = {"fin/1021": 40, "fin/5001": -40, "bud/8001": 40, "bud/7101": -40, "ind/1101": 40, "ind/1501": -40}


def test_a_refund_and_what_is_left_to_be_given_back(writer: Writer) -> None:
    back = moves.refund(writer, "S1", 40, TODAY, "TK-1")
    assert booked(writer, back) == [("refunded/S1@TK-1/0", "2024-07-10", REFUNDED)]
    body = writer.body(kinds.ENTRY, back.record)
    assert body["document"] == "TK-1"
    assert {payee_of(body, posting) for posting in body["postings"]} == {PAYEE}
    # The same document is booked once.
    size = writer.size
    assert moves.refund(writer, "S1", 40, TODAY, "TK-1").record == back.record
    assert writer.size == size
    # 1.50 - 0.40
    assert refusal(lambda: moves.refund(writer, "S1", 111, TODAY, "TK-2")) == (
        "S1: 1.11 was given back, and 1.10 is what it was paid and has kept; "
        "check the payout and the amount against the bank's statement [refund_too_large]"
    )
    moves.refund(writer, "S1", 1, TODAY, "TK-4")
    assert "1.10 was given back, and 1.09 is" in refusal(lambda: moves.refund(writer, "S1", 110, TODAY, "TK-2"))
    (rest,) = booked(writer, moves.refund(writer, "S1", 109, TODAY, "TK-2"))
    assert (rest[0], rest[2]["fin/1021"]) == ("refunded/S1@TK-2/0", 109)
    assert "0.01 was given back, and 0.00 is" in refusal(lambda: moves.refund(writer, "S1", 1, TODAY, "TK-3"))


def test_a_refund_of_another_payout_is_none_of_this_one(writer: Writer) -> None:
    settle(writer, "B2", [Finding("S2", State.SUCCESS, {"kind": "result"}, PAID_ON)])
    moves.refund(writer, "S2", 70, TODAY, "TK-1")
    assert booked(writer, moves.refund(writer, "S1", 150, TODAY, "TK-1"))[0][2]["fin/1021"] == 150


def test_a_refund_of_last_year_s_payment_is_the_treasury_s(paid: Paid) -> None:
    with paid.at(LATER) as writer:
        expected = {"fin/1201": 40, "fin/3501": -40, "bud/8001": 40, "bud/8101.01": -40}
        back = moves.refund(writer, "S1", 40, NEXT_YEAR, "TK-1")
        assert booked(writer, back) == [("refunded/S1@TK-1/0", "2025-02-04", expected)]
        # What was given back in the year itself is of that year, whenever it is entered.
        late = moves.refund(writer, "S1", 40, date(2024, 12, 31), "TK-2")
        assert booked(writer, late) == [("refunded/S1@TK-2/0", "2024-12-31", REFUNDED)]


TO_COME = "2024-07-11 has not come yet; correct the day [day_in_future]"


def test_nothing_is_entered_of_a_day_to_come(writer: Writer) -> None:
    tomorrow = date(2024, 7, 11)
    assert refusal(lambda: moves.refund(writer, "S1", 1, tomorrow, "D-1")) == TO_COME
    assert refusal(lambda: moves.fund(writer, PAYER, 1, tomorrow, "D-1")) == TO_COME
    assert refusal(lambda: moves.wallet_interest(writer, PAYER, 1, tomorrow, "D-1")) == TO_COME
    assert refusal(lambda: recoveries.recover(writer, "G-1", 1, tomorrow, "D-1")) == TO_COME
    function = Correction("2150899", "", "", "")
    assert refusal(lambda: corrections.correct(writer, "S1", function, tomorrow, "D-1", "code")) == TO_COME


@pytest.mark.parametrize(
    ("move", "reason", "expected"),
    [
        (moves.fund, "funded", {"fin/1021": 90, "fin/4001": -90, "bud/8001": 90, "bud/6001": -90}),
        (moves.wallet_interest, "wallet_interest", {"fin/1021": 90, "fin/2103": -90}),
    ],
)
def test_money_of_a_wallet(writer: Writer, move: Callable[..., Posted], reason: str, expected: dict[str, int]) -> None:
    moved = move(writer, PAYER, 90, date(2024, 7, 9), "D-1")
    assert booked(writer, moved) == [(f"{reason}/{PAYER}@D-1/0", "2024-07-09", expected)]
    body = writer.body(kinds.ENTRY, moved.record)
    assert (body["document"], body["reason"]) == ("D-1", reason)
    payer = writer.current(kinds.PAYER, PAYER)
    assert payer is not None
    assert body["cause"] == payer.seq
    assert move(writer, PAYER, 90, date(2024, 7, 9), "D-1").record == moved.record
    unknown = "payer/ecny/x/1"
    assert refusal(lambda: move(writer, unknown, 1, TODAY, "D-2")) == (
        f"there is no payer {unknown}; write its reference as `subsidy pay prepare` shows it [payer_unknown]"
    )
    assert refusal(lambda: move(writer, DRAWN, 1, TODAY, "D-2")) == (
        f"{DRAWN} draws on the appropriation with each payment and holds no money; "
        "correct its funding in the register of payers if it does [payer_not_prefunded]"
    )


def test_what_came_back_after_the_year_s_end_is_owed_again(paid: Paid) -> None:
    with paid.at(LATER) as writer:
        for path in ("2024", "2025"):
            assert refusal(lambda path=path: moves.reopen(writer, "S1", path, "D-1")) == (
                "S1: nothing that the payout paid in a prior year came back, of an award in full; what came back "
                "within its year can be prepared at once; `subsidy pay status S1` shows its history [not_returned]"
            )
        settle(writer, "B1", [Finding("S1", State.RETURNED, {"kind": "result"}, NEXT_YEAR)])
        for path in ("2024", "2024/a", "2026", "20255/a"):
            assert refusal(lambda path=path: moves.reopen(writer, "S1", path, "D-1")) == (
                f"S1: {path} is not an envelope of 2025; "
                "last year's budget has lapsed: name a path of the current year [envelope_not_current]"
            )
        for path in ("2025", "2025/a", "2025/a/b"):
            envelopes.issue(writer, path, 1_000, f"D-{path}")
        (item,) = batch(writer, "B1").items
        posted = moves.reopen(writer, "S1", "2025/a/b", "D-1")
        expected = {"fin/3501": 1, "fin/2303": -1, "ind/1301": 1, "ind/1101": -1}
        assert booked(writer, posted) == [
            (f"reopened/S1-{award}/0", "2025-02-04", {at: sign * fen for at, sign in expected.items()})
            for award, fen in ((paid.e1, 100), (paid.e2, 50))
        ]
        body = writer.body(kinds.ENTRY, posted[0].record)
        assert (body["line"], body["document"], body["cause"]) == ("G-1", "D-1", item.outcomes[-1].seq)
        assert {payee_of(body, posting) for posting in body["postings"]} == {PAYEE}
        known = terms(writer, [one.record for one in posted])
        assert {*known.values()} == {TERMS._replace(envelope="2025/a/b")}
        # It is done once.
        size = writer.size
        assert [one.record for one in moves.reopen(writer, "S1", "2025/a/b", "D-1")] == [one.record for one in posted]
        assert writer.size == size


def test_what_was_never_paid_is_not_owed_again_and_of_a_part_only_what_came_back(paid: Paid) -> None:
    with paid.at(LATER) as writer:
        settle(writer, "B1", [Finding("S1", State.RETURNED, {"kind": "result"}, NEXT_YEAR, awards=(paid.e2,))])
        settle(writer, "B2", [Finding("S2", State.FAIL, {"kind": "result"}, NEXT_YEAR)])
        assert "[not_returned]" in refusal(lambda: moves.reopen(writer, "S2", "2025", "D-1"))
        for path in ("2025", "2025/a"):
            envelopes.issue(writer, path, 1_000, f"D-{path}")
        posted = moves.reopen(writer, "S1", "2025/a", "D-1")
        expected = {"fin/3501": 50, "fin/2303": -50, "ind/1301": 50, "ind/1101": -50}
        assert booked(writer, posted) == [(f"reopened/S1-{paid.e2}/0", "2025-02-04", expected)]


def test_money_that_comes_in_for_debts_settles_the_oldest_first(writer: Writer) -> None:
    # The grant names another payee by now.
    first, second = reduced(writer, "G-1", 1, Q1, 30, "another"), reduced(writer, "G-1", 1, Q2, 20, "another")
    assert refusal(lambda: recoveries.recover(writer, "G-1", 51, TODAY, "SH-1")) == (
        "G-1: 0.51 came in, and 0.50 is owed; check the amount against the bank's statement; "
        "the rest is `subsidy pay refund` [recovery_too_large]"
    )
    size = writer.size
    posted = recoveries.recover(writer, "G-1", 40, TODAY, "SH-1")
    # There is no grant in this book, so that what comes back is free: 30 of the first one and 10 of the second.
    moved = {"fin/1021": 1, "fin/1218": -1, "bud/8001": 1, "bud/7101": -1, "ind/1101": 1, "ind/1501": -1}
    assert booked(writer, posted) == [
        (f"recovered/G-1@SH-1/{n}", "2024-07-10", {at: sign * fen for at, sign in moved.items()})
        for n, fen in ((0, 30), (1, 10))
    ]
    (row,) = writer.records(kinds.RECOVERY, since=size)
    told = {name: row.body[name] for name in ("line", "amount_fen", "on", "document", "payer")}
    assert told == {"line": "G-1", "amount_fen": 40, "on": "2024-07-10", "document": "SH-1", "payer": PAYER}
    assert row.body["claims"] == [{"award": first, "amount_fen": -30}, {"award": second, "amount_fen": -10}]
    entry = writer.body(kinds.ENTRY, posted[0].record)
    assert (entry["line"], entry["document"], entry["cause"]) == ("G-1", "SH-1", row.seq)
    # The money comes from whom it had gone to.
    assert {payee_of(entry, posting) for posting in entry["postings"]} == {PAYEE}
    # The same document says the same, and no other day or amount.
    size = writer.size
    assert [one.record for one in recoveries.recover(writer, "G-1", 40, TODAY, "SH-1")] == [posted[0].record]
    assert writer.size == size
    for fen, day in ((41, TODAY), (40, date(2024, 7, 9))):
        assert refusal(lambda fen=fen, day=day: recoveries.recover(writer, "G-1", fen, day, "SH-1")) == (
            "G-1: document SH-1 was booked with 0.40 on 2024-07-10; give other money its own document number "
            "[document_differs]"
        )
    assert "0.11 came in, and 0.10 is owed" in refusal(lambda: recoveries.recover(writer, "G-1", 11, TODAY, "SH-2"))


def test_a_debt_whose_payment_has_no_answer_takes_no_money(writer: Writer) -> None:
    reduced(writer, "G-2", 1, Q1, 30)
    assert refusal(lambda: recoveries.recover(writer, "G-2", 1, TODAY, "SH-1")) == (
        "no payout of G-2 is known to have been paid; `subsidy pay status` shows what has no answer; "
        "what failed is netted by `subsidy pay prepare` [payment_unknown]"
    )


def test_a_debt_that_was_paid_elsewhere_comes_to_no_account_of_ours(writer: Writer) -> None:
    """Its year is over as far as this book knows: quota to be given back."""
    reduced(writer, "G-3", 0, Q1, 30)
    size = writer.size
    posted = recoveries.recover(writer, "G-3", 30, TODAY, "SH-1")
    expected = {"fin/1201": 30, "fin/1218": -30, "bud/8001": 30, "bud/8101.01": -30}
    assert booked(writer, posted) == [("recovered/G-3@SH-1/0", "2024-07-10", expected)]
    (row,) = writer.records(kinds.RECOVERY, since=size)
    assert "payer" not in row.body


def test_a_debt_of_last_year_s_payment_comes_back_as_quota(paid: Paid) -> None:
    with paid.at(LATER) as writer:
        reduced(writer, "G-1", 1, Q1, 30)
        posted = recoveries.recover(writer, "G-1", 30, NEXT_YEAR, "SH-1")
        expected = {"fin/1201": 30, "fin/1218": -30, "bud/8001": 30, "bud/8101.01": -30}
        assert booked(writer, posted) == [("recovered/G-1@SH-1/0", "2025-02-04", expected)]


def test_the_end_of_a_year(writer: Writer) -> None:
    assert refusal(lambda: year_end.close_year(writer, 2024, "NJ-1")) == (
        "2024 is not over; book it after the last day of the year [year_not_over]"
    )
    assert refusal(lambda: year_end.close_year(writer, 2023, "NJ-1")) == (
        "2023: no budget was issued to this path; issue one: `subsidy budget issue 2023 YUAN --document NO` "
        "[envelope_unknown]"
    )


def test_what_a_year_left_is_booked_once(paid: Paid) -> None:
    with paid.at(LATER) as writer:
        assert year_end.unclosed(writer, [2023, 2024]) == {2023, 2024}
        # 0.90 were drawn to fill the wallet; S1 was paid out of it and draws nothing.
        moves.fund(writer, PAYER, 90, date(2024, 12, 31), "D-1")
        moves.fund(writer, PAYER, 7, date(2025, 1, 1), "D-2")
        assert (year_end.drawn(writer, 2023), year_end.drawn(writer, 2024)) == (0, 90)
        # Another entry of its last day does not close a year.
        assert year_end.unclosed(writer, [2023, 2024]) == {2023, 2024}
        size = writer.size
        posted = year_end.close_year(writer, 2024, "NJ-1")
        # Before that it was not.
        assert year_end.unclosed(writer.at(size), [2023, 2024]) == {2023, 2024}
        assert year_end.drawn(writer.at(size), 2024) == 90
        # 10,000.00 - 0.90
        left = {"fin/1201": 999_910, "fin/4001": -999_910, "bud/8001": 999_910, "bud/6001": -999_910}
        assert booked(writer, posted) == [("year_end/2024@NJ-1/0", "2024-12-31", left)]
        body = writer.body(kinds.ENTRY, posted.record)
        row = writer.current(kinds.BUDGET, "2024")
        assert row is not None
        assert (body["document"], body["cause"]) == ("NJ-1", row.seq)
        assert year_end.unclosed(writer, [2023, 2024]) == {2023}
        assert year_end.close_year(writer, 2024, "NJ-1").record == posted.record
        assert refusal(lambda: year_end.close_year(writer, 2024, "NJ-2")) == (
            "2024: of the 10,000.00 issued for 2024 nothing is left to be booked; "
            "`subsidy book account fin/1201` shows what was booked before [year_end_booked]"
        )
        # 0.10 more was given back to the appropriation in the old year: another pair makes it good.
        envelopes.issue(writer, "2024", 10, "D-9")
        again = year_end.close_year(writer, 2024, "NJ-2")
        assert booked(writer, again)[0][2]["fin/1201"] == 10


MOVED = {"fin/5001", "fin/1021", "bud/7101", "bud/8001", "ind/1501", "ind/1101"}


def by_terms(writer: Writer, posted: Posted, name: str) -> dict[tuple[str, str], int]:
    """(`chart/account`, one of the terms) -> fen, of what is not 0."""
    body = writer.body(kinds.ENTRY, posted.record)
    shared: Any = body.get("terms", {})
    sums: Counter[tuple[str, str]] = Counter()
    for one in body["postings"]:
        sums[f"{one['chart']}/{one['account']}", {**shared, **one}.get(name, "")] += one["amount_fen"]
    return {at: fen for at, fen in sums.items() if fen}


def test_a_correction_moves_what_was_paid_to_another_code(writer: Writer) -> None:
    new = Correction("2150899", "", "", "")
    posted = corrections.correct(writer, "S1", new, TODAY, "GZ-1", "code")
    found = by_terms(writer, posted, "function")
    assert found == {
        (account, function): sign * fen
        # What the award and its payment stand with: expense, the wallet, what was spent, what is paid of the budget.
        for account, fen in (
            ("fin/5001", 150),
            ("fin/1021", -150),
            ("bud/7101", 150),
            ("bud/8001", -150),
            ("ind/1501", 150),
        )
        for function, sign in (("2150805", -1), ("2150899", 1))
    }
    body = writer.body(kinds.ENTRY, posted.record)
    assert {posting.get("level", "") for posting in body["postings"]} == {""}
    assert (body["key"], body["reason"], body["document"]) == ("main/corrected/S1@GZ-1/0", "corrected", "GZ-1")
    size = writer.size
    assert corrections.correct(writer, "S1", new, TODAY, "GZ-1", "code").record == posted.record
    assert writer.size == size
    other = Correction("2150801", "", "", "")
    assert refusal(lambda: corrections.correct(writer, "S1", other, TODAY, "GZ-1", "code")) == (
        "S1 function: this document moved it to another function; give a second correction its own document number "
        "[document_differs]"
    )
    assert refusal(lambda: corrections.correct(writer, "S1", new, TODAY, "GZ-2", "code")) == (
        "S1: the payout stands on these terms already; `subsidy pay status S1` shows the codes and the path; "
        "name what is to be another [correction_empty]"
    )


def test_a_correction_to_another_path_frees_the_first_one(writer: Writer) -> None:
    posted = corrections.correct(writer, "S1", Correction("", "", "", "2024/b"), TODAY, "GZ-1", "path")
    found = by_terms(writer, posted, "envelope")
    assert {at: fen for at, fen in found.items() if at[0].startswith("ind")} == {
        ("ind/1501", "2024/a"): -150,
        ("ind/1501", "2024/b"): 150,
        ("ind/1101", "2024/a"): 150,
        ("ind/1101", "2024/b"): -150,
    }
    (row,) = writer.records(kinds.CORRECTION)
    told = {name: row.body.get(name) for name in ("item", "on", "document", "reason", "envelope", "function")}
    assert told == {
        "item": "S1",
        "on": "2024-07-10",
        "document": "GZ-1",
        "reason": "path",
        "envelope": "2024/b",
        "function": None,
    }


WAITS = (
    "{}: the payout and what belongs to its awards is not paid and settled in whole; "
    "wait for the results, pay the rest, or book what is owed back; then correct [correction_waits]"
)
PARTS = (
    "S1: a part of it was netted, written off, or given back unasked; "
    "ask the treasury to correct the part by hand, and keep its document [correction_of_parts]"
)


def test_what_is_not_settled_is_not_corrected(writer: Writer) -> None:
    new = Correction("2150899", "", "", "")

    def asked(key: str = "S1") -> str:
        return refusal(lambda: corrections.correct(writer, key, new, TODAY, "GZ-1", "code"))

    assert asked("S2") == WAITS.format("S2")
    settle(writer, "B2", [Finding("S2", State.FAIL, {"kind": "result"}, TODAY)])
    assert asked("S2") == WAITS.format("S2")
    moves.refund(writer, "S1", 1, TODAY, "TK-1")
    assert asked() == PARTS
    reduced(writer, "G-1", 1, Q1, 30)
    assert asked() == WAITS.format("S1")


def test_what_was_paid_last_year_is_not_corrected(paid: Paid) -> None:
    with paid.at(LATER) as writer:
        new = Correction("2150899", "", "", "")
        assert refusal(lambda: corrections.correct(writer, "S1", new, NEXT_YEAR, "GZ-1", "code")) == (
            "S1: it was paid in 2024, and that year's accounts are closed; "
            "a payment is corrected in the year in which it was made [correction_other_year]"
        )
        # A document of the year itself may be entered late.
        assert corrections.correct(writer, "S1", new, date(2024, 12, 31), "GZ-1", "code").record


@pytest.mark.parametrize("given_up", [False, True])
def test_what_was_netted_or_given_up_is_not_corrected(writer: Writer, given_up: bool) -> None:
    new = Correction("2150899", "", "", "")
    debt = reduced(writer, "G-1", 1, Q1, 30)
    settled = [kinds.ClaimedPart(award=debt, amount_fen=-30)]
    if given_up:
        body = kinds.WriteOffBody(
            line="G-1", amount_fen=30, on="2024-07-10", document="HX-1", decision=0, claims=settled
        )
        writer.append(kinds.WRITE_OFF, body)
    else:
        writer.append(kinds.NETTING, kinds.NettingBody(line="G-1", amount_fen=30, on="2024-07-10", claims=settled))
    assert refusal(lambda: corrections.correct(writer, "S1", new, TODAY, "GZ-1", "code")) == PARTS


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            Correction("", "", "", ""),
            "S1: nothing is said that the payment is to be moved to; "
            "name a --function, an --economic or --economic-unit code, or an --envelope [correction_empty]",
        ),
        *(
            (
                Correction(code, "", "", ""),
                f"S1: '{code}' is not a code of this kind (function); "
                "a function code is given to its last level, in 7 digits [code_malformed]",
            )
            for code in ("215089", "21508991", "215089x", "２１５０８９９")
        ),
        *(
            (
                Correction("", code, "", ""),
                f"S1: '{code}' is not a code of this kind (economic); "
                "an economic code of the government has 5 digits and begins with 5 [code_malformed]",
            )
            for code in ("30701", "5070", "507011")
        ),
        *(
            (
                Correction("", "", code, ""),
                f"S1: '{code}' is not a code of this kind (economic_unit); "
                "an economic code of a unit has 5 digits and begins with 3 [code_malformed]",
            )
            for code in ("50701", "3120")
        ),
        (
            Correction("", "50801", "", ""),
            "which code of the unit's own budget goes with 50801 is not known; "
            "name it with --economic-unit, 5 digits that begin with 3 [economic_unit_missing]",
        ),
    ],
)
def test_what_a_correction_has_to_say(writer: Writer, new: Correction, expected: str) -> None:
    assert refusal(lambda: corrections.correct(writer, "S1", new, TODAY, "GZ-1", "code")) == expected
