"""Approving, exporting and cancelling to the last sign of each refusal; on a book of three awards.

B1 pays e1 with 1.00 yuan (S1) and e2 with 0.50 (S2) by drawing on the appropriation, B2 pays e3 with 0.70 (S3) out of a
wallet that is filled beforehand, B3 pays 0.20 of e4 (S4) by a bank. 1001 prepared them, 1002 approves and exports.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.book.posting import Entry, Posting, post
from ledger.log import kinds
from ledger.office.public_notices import Obstacle
from ledger.payouts import recall, steps
from ledger.payouts.batches import batch
from ledger.payouts.checks import Hold
from ledger.payouts.recall import Recalled
from ledger.payouts.returns import moves
from ledger.payouts.states import State
from ledger.store.ledger import Ledger, Vault, Writer
from tests.payouts.small_book import PAYEE, PAYER, Q1, Q2, Clock, Undone, budget, order, owed, say
from tests.support.empty_book import OFFICER, empty_book

NOON = datetime(2024, 7, 2, 4, tzinfo=UTC)
DRAWN, BANK = "payer/ecny/C1010211000012/000002", "payer/bank/102100000021/000001"
TODAY = date(2024, 7, 2)


class Prepared:
    """The ledger, its vault, and where the payee and the awards stand."""

    ledger: Ledger
    vault: Vault
    payee: int
    awards: list[int]

    @contextmanager
    def by(self, actor: str) -> Iterator[Writer]:
        """The book as an officer writes it; nothing of that stays."""
        with suppress(Undone), self.ledger.write(actor) as writer:
            yield writer
            raise Undone


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    found = Prepared()
    found.ledger = empty_book(tmp_path_factory.mktemp("prepared"), Clock(NOON))
    found.vault = found.ledger.vault
    clear = found.vault.commit_many(
        [
            ("payee.number", "0099"),
            ("payee.holder", "示例企业"),
            ("payer.number", "0011"),
            ("payer.holder", "示例专户"),
        ]
    )
    with found.ledger.write(OFFICER) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
        budget(writer)
        found.payee = writer.append(kinds.PAYEE, payee(*clear[:2]))
        for key, channel, institution, funding in (
            (PAYER, "ecny", "C1010211000012", "prefunded"),
            (DRAWN, "ecny", "C1010211000012", "zero_balance"),
            (BANK, "bank", "102100000021", "zero_balance"),
        ):
            body = kinds.PayerBody(
                key=key, channel=channel, institution=institution, number=clear[2], holder=clear[3], funding=funding
            )
            writer.append(kinds.PAYER, body)
        awards = [owed("G-1", 0, Q1, 100), owed("G-1", 0, Q2, 50), owed("G-2", 0, Q1, 70), owed("G-3", 0, Q1, 20)]
        found.awards = [entry.record for entry in post(writer, awards)]
        e1, e2, e3, e4 = found.awards
        order(writer, "B1", ("S1", {e1: 100}), ("S2", {e2: 50}), payer=DRAWN, payee_record=found.payee)
        order(writer, "B2", ("S3", {e3: 70}), payee_record=found.payee)
        order(writer, "B3", ("S4", {e4: 20}), payer=BANK, channel="bank", payee_record=found.payee)
    return found


def payee(number: str, holder: str) -> kinds.PayeeBody:
    return kinds.PayeeBody(
        key=PAYEE,
        uscc="U1",
        channel="ecny",
        institution="C1010411000013",
        wallet_type="WT09",
        number=number,
        holder=holder,
    )


@pytest.fixture
def writer(prepared: Prepared) -> Iterator[Writer]:
    with prepared.by("1002") as writer:
        yield writer


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def test_who_prepared_a_batch_does_not_approve_it(prepared: Prepared) -> None:
    with prepared.by(OFFICER) as writer:
        assert refusal(lambda: steps.approve(writer, "B1")) == (
            "B1: 1001 made this, and nobody approves what he or she made; "
            "let somebody else sign; `subsidy people list` shows who is in office [approver_is_maker]"
        )


def not_waiting(state: str, after: str) -> str:
    return (
        f"B1: the batch is {state} and cannot become {after}; batches are prepared, approved, then exported; "
        "`subsidy pay status B1` shows where this one is [batch_not_waiting]"
    )


def test_from_prepared_to_exported(prepared: Prepared, writer: Writer) -> None:
    def export() -> object:
        return steps.export(writer, prepared.vault, "B1", "ecny")

    assert refusal(export) == not_waiting("prepared", "exported")
    assert steps.approve(writer, "B1").state is State.APPROVED
    assert refusal(lambda: steps.approve(writer, "B1")) == not_waiting("approved", "approved")
    size = writer.size
    found, content = steps.export(writer, prepared.vault, "B1", "ecny")
    assert (found.state, [item.state for item in found.items]) == (State.EXPORTED, [State.EXPORTED] * 2)
    # 1.00 + 0.50; the memo says batch and place.
    told = json.loads(content)
    assert (told["request_no"], told["payer_wallet"], told["total_amount"]) == ("B1", "0011", "1.50")
    assert [(one["item_no"], one["amount"], one["payee_wallet"], one["memo"]) for one in told["items"]] == [
        ("S1", "1.00", "0099", "B1 1"),
        ("S2", "0.50", "0099", "B1 2"),
    ]
    (row,) = writer.records(kinds.OUTCOME, since=size)
    source = row.body["source"]
    assert (row.body["about"], source["kind"], source["name"]) == ("B1", "export", "ecny")
    assert prepared.vault.kept(source["sha256"]) == content
    # The instruction: Dr 1401 / Cr 1301, of the day, by the record that the order goes out.
    (entry,) = writer.records(kinds.ENTRY, since=size)
    body = entry.body
    assert (body["key"], body["effective_on"], body["cause"]) == ("main/instruct/B1/0", "2024-07-02", row.seq)
    moved = {f"{one['chart']}/{one['account']}": one["amount_fen"] for one in body["postings"]}
    assert moved == {"ind/1401": 150, "ind/1301": -150}
    # Again it gives the same bytes, and nothing is written.
    size = writer.size
    assert export() == (found, content)
    assert writer.size == size
    assert refusal(lambda: steps.approve(writer, "B1")) == not_waiting("exported", "approved")


def test_an_order_that_the_vault_has_lost_is_made_again(
    prepared: Prepared, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.approve(writer, "B1")
    _found, content = steps.export(writer, prepared.vault, "B1", "ecny")
    monkeypatch.setattr(Vault, "kept", lambda _vault, _digest: None)
    assert steps.export(writer, prepared.vault, "B1", "ecny")[1] == content
    # Where it does not come out the same, nobody sends it.
    monkeypatch.setattr(steps, "_written", lambda *_told: b"another")
    assert refusal(lambda: steps.export(writer, prepared.vault, "B1", "ecny")) == (
        "B1: the order that went out is gone from the vault, and the one made now is another; "
        "take the order from the channel, or put the vault back from a backup [order_differs]"
    )


def test_an_order_is_of_one_form(prepared: Prepared, writer: Writer) -> None:
    steps.approve(writer, "B3")
    assert refusal(lambda: steps.export(writer, prepared.vault, "B3", "ecny")) == (
        "B3: ecny is not a format of channel bank; use --format pain001|xlsx|csv [format_other_channel]"
    )
    found, content = steps.export(writer, prepared.vault, "B3", "csv")
    assert b"S4" in content
    assert steps.ending(found, "csv") == ".csv"
    assert refusal(lambda: steps.export(writer, prepared.vault, "B3", "xlsx")) == (
        "B3: the batch went out as csv, and a second order in another form could be paid as well; "
        "export it again with --format csv, which gives the same file [exported_otherwise]"
    )


@pytest.mark.parametrize(
    ("number", "ending", "form", "expected"),
    [
        ("B1", ".json", None, "ecny"),
        ("B1", ".JSON", "ecny", "ecny"),
        ("B1", "", None, "ecny"),
        ("B1", ".txt", "ecny", "ecny"),
        ("B3", "", None, "pain001"),
        ("B3", ".xml", None, "pain001"),
        ("B3", ".xlsx", None, "xlsx"),
        ("B3", ".Csv", "csv", "csv"),
        ("B3", "", "csv", "csv"),
    ],
)
def test_the_form_that_a_name_and_a_word_ask_for(
    writer: Writer, number: str, ending: str, form: str | None, expected: str
) -> None:
    assert steps.format_of(batch(writer, number), ending, form) == expected


@pytest.mark.parametrize(
    ("number", "ending", "form", "expected"),
    [
        (
            "B3",
            ".csv",
            "xlsx",
            "B3: a file that ends with .csv is not xlsx; "
            "give the file the ending of its format: pain001 .xml, xlsx .xlsx, csv .csv [format_differs]",
        ),
        (
            "B3",
            ".JSON",
            None,
            "B3: a file that ends with .JSON is not pain001|xlsx|csv; "
            "give the file the ending of its format: pain001 .xml, xlsx .xlsx, csv .csv [format_differs]",
        ),
        (
            "B1",
            ".xml",
            "ecny",
            "B1: a file that ends with .xml is not ecny; "
            "give the file the ending of its format: ecny .json [format_differs]",
        ),
    ],
)
def test_a_name_of_another_form_is_refused(
    writer: Writer, number: str, ending: str, form: str | None, expected: str
) -> None:
    assert refusal(lambda: steps.format_of(batch(writer, number), ending, form)) == expected


def test_what_has_not_gone_out_is_cancelled(prepared: Prepared, writer: Writer) -> None:
    size = writer.size
    assert steps.cancel(writer, "S2", "wrong") == 1
    (row,) = writer.records(kinds.OUTCOME, since=size)
    told = {name: row.body.get(name) for name in ("about", "state", "source", "reason", "claims")}
    assert told == {
        "about": "S2",
        "state": "cancelled",
        "source": {"kind": "decision"},
        "reason": "wrong",
        "claims": [{"award": prepared.awards[1], "amount_fen": -50}],
    }
    steps.approve(writer, "B1")
    # Of the batch what is left; S2 is in no order.
    content = steps.export(writer, prepared.vault, "B1", "ecny")[1]
    assert [one["item_no"] for one in json.loads(content)["items"]] == ["S1"]
    for key in ("B1", "S1"):
        assert refusal(lambda key=key: steps.cancel(writer, key, "wrong")) == (
            "B1: S1 is exported: the channel may pay it at any time; "
            "wait for its result, ask the channel, or `subsidy pay resolve` with what you know [already_exported]"
        )


def test_a_batch_is_cancelled_whole(writer: Writer) -> None:
    assert steps.cancel(writer, "B1", "wrong") == 2
    assert batch(writer, "B1").state is State.CANCELLED
    # Nothing is left to be cancelled.
    assert steps.cancel(writer, "B1", "wrong") == 0


def exported(prepared: Prepared, writer: Writer, number: str = "B1") -> list[str]:
    """What is said against the export of an approved batch."""
    if batch(writer, number).state is State.PREPARED:
        steps.approve(writer, number)
    size = writer.size
    try:
        steps.export(writer, prepared.vault, number, "ecny")
    except Refused as refused:
        assert writer.size == size
        return [problem.render() for problem in refused.problems]
    return []


def test_a_payee_that_was_changed_since_is_checked_first(prepared: Prepared, writer: Writer) -> None:
    writer.append(kinds.PAYEE, payee("0" * 64, "1" * 64))
    steps.cancel(writer, "S1", "wrong")
    assert exported(prepared, writer) == [
        "B1: the payee of S2 was changed after the batch was prepared; "
        "`subsidy pay cancel S2 --reason TEXT`, then prepare again: the change is checked there [payee_changed_since]"
    ]


@pytest.mark.parametrize(
    ("state", "waits"),
    [("disputed", True), ("unknown", True), ("fail", False), ("success", False), ("returned", False)],
)
def test_what_another_payout_may_have_paid_does_not_go_out(
    prepared: Prepared, writer: Writer, state: str, waits: bool
) -> None:
    """S0 had claimed what S2 claims now, and gave it back."""
    e2 = prepared.awards[1]
    steps.cancel(writer, "S2", "wrong")
    order(writer, "B4", ("S5", {e2: 50}), payer=DRAWN, payee_record=prepared.payee)
    say(writer, "S5", "fail", claims={e2: -50})
    order(writer, "B5", ("S6", {e2: 50}), payer=DRAWN, payee_record=prepared.payee)
    # 1002 makes it here, so that another one approves.
    say(writer, "B5", "approved")
    if state != "fail":
        say(writer, "S5", state, 50 if state in ("success", "returned") else 0)
    expected = (
        "B5: S6 pays for what S5 may have paid: its channel contradicts itself; "
        "resolve S5 first, by a statement line or `subsidy pay resolve` [paid_elsewhere]"
    )
    assert exported(prepared, writer, "B5") == ([expected] if waits else [])


def short(needed: str, there: str, on_its_way: str) -> str:
    return (
        f"B2: {needed} yuan are to go out, and {PAYER} has {there} to pay from, {on_its_way} of it on its way; "
        f"enter what was moved there: `subsidy pay fund {PAYER} YUAN --on DAY --document NO` [wallet_short]"
    )


def test_a_wallet_pays_what_is_in_it(prepared: Prepared, writer: Writer) -> None:
    # 0.30 came and went.
    for n, fen in enumerate((30, -30)):
        postings = (Posting("fin", "1021", fen), Posting("fin", "4001", -fen))
        post(writer, [Entry(f"main/funded/{PAYER}@{n}/0", "funded", TODAY, 0, postings)])
    assert exported(prepared, writer, "B2") == [short("0.70", "0.00", "0.00")]
    moves.fund(writer, PAYER, 69, TODAY, "D-1")
    assert exported(prepared, writer, "B2") == [short("0.70", "0.69", "0.00")]
    moves.fund(writer, PAYER, 1, TODAY, "D-2")
    # What is drawn on the appropriation is on no way from the wallet.
    assert exported(prepared, writer, "B1") == []
    assert exported(prepared, writer, "B2") == []


def test_what_is_on_its_way_from_a_wallet_is_not_there(prepared: Prepared, writer: Writer) -> None:
    e1, _e2, _e3, _e4 = prepared.awards
    steps.cancel(writer, "S1", "wrong")
    order(writer, "B4", ("S5", {e1: 60}), ("S6", {e1: 40}), payee_record=prepared.payee)
    for about in ("B4", "S5", "S6"):
        say(writer, about, "approved" if about == "B4" else "processing")
    moves.fund(writer, PAYER, 169, TODAY, "D-1")
    assert exported(prepared, writer, "B2") == [short("0.70", "1.69", "1.00")]
    # 0.40 failed after all, and 0.70 are there for 0.70.
    say(writer, "S6", "fail")
    assert exported(prepared, writer, "B2") == []


def test_a_line_that_was_stopped_since_does_not_go_out(
    prepared: Prepared, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_view: object, lines: Iterator[str], day: date) -> Mapping[str, Obstacle]:
        assert (sorted(lines), day) == (["G-1", "G-1"], TODAY)
        return {"G-1": Obstacle("payment_stopped", {"about": "U1", "reason": "fraud"})}

    monkeypatch.setattr(steps, "line_holds", stopped)
    again = "then prepare again: it is paid once nothing stands against it any more [payment_stopped]"
    assert exported(prepared, writer) == [
        f"B1 G-1: payment to U1 is stopped: fraud; `subsidy pay cancel {item} --reason TEXT`, {again}"
        for item in ("S1", "S2")
    ]


def test_a_wallet_that_was_closed_since_is_not_paid(
    prepared: Prepared, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    def hold(_wallets: object, to: str, fen: int) -> Hold | None:
        asked.append((to, fen))
        return Hold("wallet_closed", {"seen_on": "2024-07-01"}) if fen == 50 else None

    monkeypatch.setattr(steps, "wallet_hold", hold)
    of: list[object] = []
    monkeypatch.setattr(steps, "Wallets", lambda _view, day, but: of.append((day, but)))
    assert exported(prepared, writer) == [
        "B1 S2: the wallet was closed on 2024-07-01 or before; "
        "ask the firm for another one, import it as payee, and name it in the grant [wallet_closed]"
    ]
    assert asked == [(PAYEE, 100), (PAYEE, 50)]
    # What goes out that day in other batches counts, not what this one pays.
    assert of == [(TODAY, "B1")]
    # What was cancelled is not asked about; the others are.
    asked.clear()
    steps.cancel(writer, "S1", "wrong")
    exported(prepared, writer)
    assert asked == [(PAYEE, 50)]


def test_clear_text_that_is_gone_from_the_vault_pays_nobody(
    prepared: Prepared, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps.approve(writer, "B1")
    monkeypatch.setattr(Vault, "reveal_many", lambda _vault, _whose: {})
    assert "[vault_unknown]" in refusal(lambda: steps.export(writer, prepared.vault, "B1", "ecny"))


@pytest.mark.parametrize("number", ["B9", "S9"])
def test_nobody_cancels_what_is_not_there(writer: Writer, number: str) -> None:
    assert refusal(lambda: steps.cancel(writer, number, "wrong")) == (
        f"there is no payment batch {number}; `subsidy pay status` lists the batches [batch_unknown]"
    )


def recalled(prepared: Prepared, writer: Writer) -> Recalled:
    return recall.recall(writer, prepared.vault, "B1", "the stick was lost")


def sent(prepared: Prepared, writer: Writer) -> None:
    """B1 goes out with S1; S2 was cancelled before."""
    steps.cancel(writer, "S2", "wrong")
    assert exported(prepared, writer) == []


def test_what_never_left_is_recalled_once_another_person_agrees(
    prepared: Prepared, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(prepared, writer)
    signed: list[object] = []
    real = recall.append_signed

    def append_signed(writer: Writer, signer: object, kind: Any, body: Any) -> int:
        signed.append(signer)
        return real(writer, None, kind, body)

    monkeypatch.setattr(recall, "append_signed", append_signed)
    signer: Any = "the key of 1002"
    asked = recall.recall(writer, prepared.vault, "B1", "the stick was lost", signer)
    assert signed == [signer]
    assert asked == (writer.size - 1, 0)
    said = writer.body(kinds.DECISION, asked.number)
    told = {name: said.get(name) for name in ("key", "type", "about", "reason")}
    assert told == {"key": "recall/B1", "type": "recall", "about": "B1", "reason": "the stick was lost"}
    # Nobody has answered: it waits.
    size = writer.size
    assert (recalled(prepared, writer), writer.size) == (asked, size)
    # Somebody has turned it down: it is asked anew.
    with monkeypatch.context() as turned_down:
        turned_down.setattr(recall, "answers", lambda _writer: {asked.number: "no"})
        anew = recalled(prepared, writer)
    assert anew == (size, 0)
    size = writer.size

    def agreement(_writer: Writer, number: int) -> object:
        assert number == anew.number
        return "agreed"

    monkeypatch.setattr(recall, "agreement", agreement)
    assert recalled(prepared, writer) == (anew.number, 1)
    (row,) = writer.records(kinds.OUTCOME, since=size)
    body = row.body
    assert (body["about"], body["state"], body.get("reason")) == ("S1", "fail", "the stick was lost")
    assert body["source"] == {"kind": "recall", "name": str(anew.number)}
    assert body.get("claims") == [{"award": prepared.awards[0], "amount_fen": -100}]


def test_nothing_is_recalled_that_has_not_left_or_that_somebody_knows(
    prepared: Prepared, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refusal(lambda: recalled(prepared, writer)) == (
        "B1: batch B1 is prepared: there is no order to be recalled; "
        "what has not been exported is called off with `subsidy pay cancel B1 --reason TEXT` [not_exported]"
    )
    sent(prepared, writer)
    asked: list[str] = []

    def naming(_writer: object, vault: object, numbers: Iterable[str]) -> str:
        assert vault is prepared.vault
        asked.extend(numbers)
        return "L1"

    with monkeypatch.context() as named:
        named.setattr(recall, "line_naming", naming)
        assert refusal(lambda: recalled(prepared, writer)) == (
            "B1: line L1 of a statement names the batch or a payout of it, so it has left; "
            "see what the line is: `subsidy reconcile status` [recall_on_statement]"
        )
    # The batch, and each payout by its number and by its memo, in which it has its place; without the spaces.
    assert asked == ["B1", "S1", "B11", "S2", "B12"]
    say(writer, "S1", "unknown")
    assert refusal(lambda: recalled(prepared, writer)) == (
        "B1: payout S1 is unknown: somebody outside knows of the batch, so it has left; "
        "ask the channel, or `subsidy pay resolve` each payout with what you know [recall_answered]"
    )
