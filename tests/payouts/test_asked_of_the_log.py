"""What payouts ask of the log: claims, tries, batches, what was paid and what was paid twice, at any size of it.

G-1 is awarded 100.00 on 31 March (e1) and 20.00 on 30 June (e2), G-2 30.00, which is taken back (e3). Batch B1 pays
60.00 of e1 (S1) and the rest of e1 with 5.00 of e2 (S2); S2 fails, and B2 pays the same again (S3).
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.book.payables import Payable
from ledger.book.posting import Entry, Posting, post, reversal
from ledger.log import kinds
from ledger.payouts import batches, payables
from ledger.payouts.postings import Cash
from ledger.payouts.returns import debts
from ledger.payouts.returns.debts import Owed, Paid, PaidTwice, Payment
from ledger.payouts.states import State
from ledger.store.ledger import Row, View
from tests.payouts.small_book import NOW, PAYEE, PAYER, Q1, Q2, TERMS, TODAY, budget, order, owed, parts, say
from tests.support.empty_book import OFFICER, empty_book

OTHER = TERMS._replace(function="2150899")


class Log:
    """The log as the docstring above says, and where its records stand; `later`: when more had been paid twice."""

    view: View
    later: View
    e1: int
    e2: int
    e3: int
    s1: int
    s2: int
    s3: int
    paid: int


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Log]:
    ledger = empty_book(tmp_path_factory.mktemp("asked"), lambda: NOW)
    found = Log()
    with ledger.write(OFFICER) as writer:
        budget(writer)
        first, second, third = post(
            writer, [owed("G-1", 0, Q1, 10_000), owed("G-1", 0, Q2, 2_000), owed("G-2", 0, Q1, 3_000)]
        )
        found.e1, found.e2, found.e3 = first.record, second.record, third.record
        post(writer, [reversal(writer, found.e3, date(2024, 7, 1))])
        rest = {found.e2: 500, found.e1: 4_000}
        order(writer, "B1", ("S1", {found.e1: 6_000}), ("S2", rest))
        found.s1, found.s2 = writer.size - 2, writer.size - 1
        say(writer, "B1", "approved")
        say(writer, "B1", "exported")
        found.paid = say(writer, "S1", "success", 6_000)
        say(writer, "S2", "fail", claims={found.e1: -4_000, found.e2: -500})
        order(writer, "B2", ("S3", rest))
        found.s3 = writer.size - 1
        # A netting claims 1.00 of e2: it is no payout.
        writer.append(
            kinds.NETTING,
            kinds.NettingBody(line="G-1", amount_fen=100, on="2024-07-01", claims=parts({found.e2: 100})),
        )
        writer.append(
            kinds.CORRECTION,
            kinds.CorrectionBody(
                item="S1", on="2024-07-01", document="GZ-1", reason="code", awards=[found.e1], function="2150899"
            ),
        )
        size = writer.size
        # S2 was paid after all, and S3 has what it was for; so were S4 and S0, and what S4 paid came back.
        order(writer, "B3", ("S4", {found.e2: 200}), ("S0", {found.e2: 300}))
        for key, fen in (("S2", 4_500), ("S4", 200), ("S0", 300)):
            say(writer, key, "fail", claims={found.e2: -fen} if key != "S2" else None)
            say(writer, key, "success", fen, on="2024-07-02" if key == "S0" else "2024-07-01")
            twice = (Posting("fin", "1218", fen), Posting("fin", "1021", -fen))
            entry = Entry(f"main/overpaid/{key}/1", "overpaid", date(2024, 7, 1), 0, twice)
            post(writer, [entry])
        say(writer, "S4", "returned", 200)
    with ledger.read() as view:
        found.view, found.later = view.at(size), view
        yield found


def test_what_is_claimed_of_awards(log: Log) -> None:
    awards = [log.e1, log.e2, log.e3]
    # 6,000 + 4,000 - 4,000 + 4,000; 500 - 500 + 500 + 100.
    assert payables.claimed(log.view, awards) == {log.e1: 10_000, log.e2: 600}
    assert payables.claimed(log.view, [log.e2]) == {log.e2: 600}
    assert payables.claimed(log.view.at(log.s2), awards) == {log.e1: 6_000}
    assert payables.claimed(log.view.at(log.s1), awards) == {}


def test_how_often_awards_were_tried(log: Log) -> None:
    awards = [log.e1, log.e2, log.e3]
    # By payouts alone: S1, S2 and S3; S2 and S3.
    assert payables.tries(log.view, awards) == {log.e1: 3, log.e2: 2}
    assert payables.tries(log.view, [log.e2]) == {log.e2: 2}
    assert payables.tries(log.view.at(log.s2), awards) == {log.e1: 1}


def test_which_awards_were_reversed(log: Log) -> None:
    assert payables.reversed_entries(log.view, [log.e1, log.e2, log.e3]) == {log.e3}
    assert payables.reversed_entries(log.view, [log.e1]) == set()
    assert payables.reversed_entries(log.view.at(log.e3 + 1), [log.e3]) == set()


def test_which_payouts_name_awards(log: Log) -> None:
    """Each by the first in the log that it names, whatever the order in which it names them."""

    def naming(*awards: int, size: int = 0) -> dict[str, int]:
        return payables.payouts_naming(log.view.at(size) if size else log.view, awards)

    assert naming(log.e1, log.e2) == {"S1": log.e1, "S2": log.e1, "S3": log.e1}
    assert naming(log.e2) == {"S2": log.e2, "S3": log.e2}
    assert naming(log.e3) == {}
    assert naming(log.e1, size=log.s2) == {"S1": log.e1}


def test_the_terms_of_awards(log: Log) -> None:
    # The correction is of e1 alone.
    assert payables.terms(log.view, [log.e1, log.e2]) == {log.e1: OTHER, log.e2: TERMS}
    assert payables.terms(log.view, [log.e2]) == {log.e2: TERMS}


def test_a_batch_and_its_payouts(log: Log) -> None:
    found = batches.batch(log.view, "B1")
    assert (found.key, found.state, found.sent_on, found.sent_by, found.day) == (
        "B1",
        State.EXPORTED,
        TODAY,
        [OFFICER],
        TODAY,
    )
    assert [(item.seq, item.key, item.state, item.held) for item in found.items] == [
        (log.s1, "S1", State.SUCCESS, {log.e1: 6_000}),
        (log.s2, "S2", State.FAIL, {}),
    ]
    assert [outcome.lender for item in found.items for outcome in item.outcomes] == ["", ""]
    other = batches.batch(log.view, "B2")
    assert (other.state, other.sent_on, other.sent_by) == (State.PREPARED, None, [])
    assert [(item.key, item.state) for item in other.items] == [("S3", State.PREPARED)]
    # As it was when nobody had approved it.
    before = batches.batch(log.view.at(log.s2 + 1), "B1")
    assert (before.state, [item.state for item in before.items]) == (State.PREPARED, [State.PREPARED] * 2)
    with pytest.raises(Refused, match=r"there is no payment batch B9.*\[batch_unknown\]"):
        batches.batch(log.view, "B9")


def test_batches_and_those_that_wait(log: Log) -> None:
    assert [found.key for found in batches.batches(log.view)] == ["B1", "B2"]
    assert [found.outline.key for found in batches.waiting(log.view)] == ["B2"]
    assert [found.outline.key for found in batches.waiting(log.view.at(log.s2 + 1))] == ["B1"]


def test_the_payouts_of_a_batch_summed_up(log: Log) -> None:
    """S1 is to pay 60.00, S2 and S3 45.00 each, S4 2.00 and S0 3.00."""

    def summed(view: View, key: str) -> tuple[State, dict[State, tuple[int, int]], int]:
        found = batches.tally(view, key)
        return found.state, {state: tuple(one) for state, one in found.states.items()}, found.paid_fen

    one_of_each = {State.SUCCESS: (1, 6_000), State.FAIL: (1, 4_500)}
    assert summed(log.view, "B1") == (State.EXPORTED, one_of_each, 6_000)
    assert summed(log.view, "B2") == (State.PREPARED, {State.PREPARED: (1, 4_500)}, 0)
    # Later S2 was paid after all; S4 was paid and came back.
    assert summed(log.later, "B1") == (State.EXPORTED, {State.SUCCESS: (2, 10_500)}, 10_500)
    assert summed(log.later, "B3") == (State.PREPARED, {State.RETURNED: (1, 200), State.SUCCESS: (1, 300)}, 300)
    assert batches.tally(log.later, "B3").of([State.RETURNED, State.SUCCESS, State.FAIL]) == (2, 500)
    # When half of its payouts were recorded.
    assert summed(log.view.at(log.s2), "B1") == (State.PREPARED, {State.PREPARED: (1, 6_000)}, 0)
    with pytest.raises(Refused, match=r"there is no payment batch B9.*\[batch_unknown\]"):
        batches.tally(log.view, "B9")


def test_some_payouts_of_a_batch(log: Log) -> None:
    def some(after: int, count: int) -> list[tuple[str, State]]:
        return [(item.key, item.state) for item in batches.page_of(log.view, "B1", after, count).items]

    assert some(0, 1) == [("S1", State.SUCCESS)]
    assert some(1, 1) == some(1, 9) == [("S2", State.FAIL)]
    assert some(2, 9) == some(10**12, 9) == []


def test_a_view_works_an_answer_out_once_and_a_writer_never_keeps_one(log: Log) -> None:
    found = batches.batch(log.later, "B1")
    assert batches.batch(log.later, "B1") is found
    # At another size it is another answer, which does not take the place of the first.
    before = batches.batch(log.later.at(log.s2 + 1), "B1")
    assert (before.state, found.state) == (State.PREPARED, State.EXPORTED)
    assert batches.batch(log.later, "B1") is found


def test_a_writer_sees_what_it_has_written(tmp_path: Path) -> None:
    ledger = empty_book(tmp_path, lambda: NOW)
    with ledger.write(OFFICER) as writer:
        budget(writer)
        (first,) = post(writer, [owed("G-1", 0, Q1, 10_000)])
        order(writer, "B1", ("S1", {first.record: 10_000}))
        assert batches.batch(writer, "B1").state is State.PREPARED
        say(writer, "B1", "approved")
        assert batches.batch(writer, "B1").state is State.APPROVED


def test_batches_without_their_payouts(log: Log) -> None:
    found = batches.outlines(log.view, ["B1", "B2", "B9"])
    assert {key: (one.seq, one.state, one.items) for key, one in found.items()} == {
        "B1": (log.s1 - 1, State.EXPORTED, []),
        "B2": (log.s3 - 1, State.PREPARED, []),
    }


def test_payouts_without_their_batches(log: Log) -> None:
    found = batches.items(log.view, ["S1", "S2", "S3", "S9"])
    assert {key: (one.seq, one.state, one.batch_state, len(one.outcomes)) for key, one in found.items()} == {
        "S1": (log.s1, State.SUCCESS, State.EXPORTED, 1),
        "S2": (log.s2, State.FAIL, State.EXPORTED, 1),
        "S3": (log.s3, State.PREPARED, State.PREPARED, 0),
    }


def test_a_payout_with_its_batch(log: Log) -> None:
    found, item = batches.item(log.view, "S2")
    assert (found.key, item.key, item.seq) == ("B1", "S2", log.s2)
    with pytest.raises(Refused, match=r"there is no payout S9.*\[item_unknown\]"):
        batches.item(log.view, "S9")


def test_the_numbers_of_a_batch(log: Log) -> None:
    body = batches.batch(log.view, "B1").body
    assert batches.numbers(log.view, body) == ["S1", "S2"]
    assert batches.numbers(log.view.at(log.s2), body) == ["S1"]
    # In their places in the order, whatever they are called.
    assert batches.numbers(log.later, batches.batch(log.later, "B3").body) == ["S4", "S0"]


def test_what_records_say(log: Log) -> None:
    found = batches.bodies(log.view, kinds.PAYOUT, [log.s1, log.s3, log.paid])
    assert {seq: body["key"] for seq, body in found.items()} == {log.s1: "S1", log.s3: "S3"}
    assert batches.bodies(log.view.at(log.s3), kinds.PAYOUT, [log.s3]) == {}


def reduction(line: str, due: date | None) -> Payable:
    return Payable(99, line, PAYEE, "true_up", -700, TERMS, due.isoformat() if due else "")


def test_how_a_reduced_award_was_paid(log: Log) -> None:
    """By the last payment of its due period, else of its line; S2 and S3, which name e2, have paid nothing."""
    # The year of the payment is told where the log says that years are told apart: from its beginning here.
    payment = Payment(date(2024, 7, 1), Cash("prefunded", 2024), PAYEE, PAYER)
    assert debts.paid(log.view, reduction("G-1", Q1)) == Paid(payment, outside=False)
    assert debts.paid(log.view, reduction("G-1", Q2)) == Paid(payment, outside=False)
    assert debts.paid(log.view, reduction("G-2", Q1)) == Paid(None, outside=True)
    # S0 paid of e2 alone on the 2nd: the last payment of the one due period, not of the other.
    days = [debts.paid(log.later, reduction("G-1", due)).last for due in (Q1, Q2)]
    assert [last and last.on for last in days] == [date(2024, 7, 1), date(2024, 7, 2)]
    # Before the answer it was with the channel.
    assert debts.paid(log.view.at(log.paid), reduction("G-1", Q1)) == Paid(None, outside=False)
    # Before there was a batch, nobody had paid anything from here.
    assert debts.paid(log.view.at(log.s1), reduction("G-1", Q1)) == Paid(None, outside=True)


def test_what_was_paid_twice(log: Log) -> None:
    """By number of the payout; what came back is not with the payee any more."""
    assert debts.paid_twice(log.later) == [PaidTwice("S0", "U1", PAYEE, 300), PaidTwice("S2", "U1", PAYEE, 4_500)]
    assert debts.paid_twice(log.view) == []


class Lines:
    """G-1 is granted to U1; G-2 has fallen."""

    def rows(self, kind: kinds.Kind[Any]) -> list[Row[Any]]:
        grant, application = {"application": "A1", "outcome": "granted"}, {"uscc": "U1"}
        return {
            kinds.GRANT: [Row(10, "G-1", "", b"", grant)],
            kinds.APPLICATION: [Row(5, "A1", "", b"", application), Row(6, "A2", "", b"", {"uscc": "U2"})],
        }[kind]

    def current(self, kind: kinds.Kind[Any], key: str) -> Row[Any] | None:
        assert kind is kinds.GRANT
        outcome = {"G-1": "granted", "G-3": "refused"}.get(key)
        return Row(10, key, "", b"", {"outcome": outcome}) if outcome else None


LINES: Any = Lines()


def test_what_is_owed_by_line(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = reduction("G-1", Q1), reduction("G-1", Q2)._replace(open_fen=-50, payee="P2")
    fallen = reduction("G-2", Q1)._replace(open_fen=-9)

    def open_parts(_view: object, account: str) -> list[Payable]:
        assert account == "1218"
        return [fallen, first, second]

    monkeypatch.setattr(debts, "open_parts", open_parts)
    monkeypatch.setattr(debts, "payable_by_line", lambda _view: Counter({"G-1": 12}))
    monkeypatch.setattr(debts, "recipients", lambda _view: {"G-1": "U5"})
    monkeypatch.setattr(debts, "successors", lambda _view: {"U8": "U7"})
    # 700 + 50 and 9; the payee is the one of the last reduction.
    expected = [
        Owed("G-1", "U1", "P2", 750, 12, (first, second)),
        Owed("G-2", "", PAYEE, 9, 0, (fallen,)),
    ]
    assert debts.owed(LINES) == expected
    assert debts.owed_on(LINES, "G-2") == expected[1]
    # U1 ended, and U5 is in its place.
    monkeypatch.setattr(debts, "successors", lambda _view: {"U1": "U5"})
    assert debts.owed(LINES) == [expected[0]._replace(successor="U5"), expected[1]]
    # One ended in whose place nobody is: nobody has to pay for it.
    monkeypatch.setattr(debts, "successors", lambda _view: {"U1": ""})
    assert debts.owed(LINES) == expected
    with pytest.raises(Refused, match="nothing is owed on G-3") as refused:
        debts.owed_on(LINES, "G-3")
    assert refused.value.problems[0].code == "nothing_owed"


@pytest.mark.parametrize(
    ("line", "moved", "account"),
    [
        pytest.param("G-1", set(), "1201", id="the grant's reservation"),
        pytest.param("G-1", {("G-1", "2024/a")}, "1101", id="free on the path that it was moved to"),
        pytest.param("G-1", {("G-1", "2024/b"), ("G-2", "2024/a")}, "1201", id="another path, another line"),
        pytest.param("G-2", set(), "1101", id="a grant that fell"),
        pytest.param("G-3", set(), "1101", id="one that became a refusal"),
    ],
)
def test_where_what_comes_back_is_free(
    monkeypatch: pytest.MonkeyPatch, line: str, moved: set[tuple[str, str]], account: str
) -> None:
    monkeypatch.setattr(debts, "moved_paths", lambda _view: moved)
    assert debts.recovered_account(LINES, reduction(line, Q1)) == account
