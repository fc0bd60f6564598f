"""Which payees count as changed, by whom and since when, and whose agreement counts; on a log of payees alone.

Every record is of 16:30 on 1 July 2024 in Greenwich, which is the 2nd in Beijing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.payouts import changes
from ledger.payouts.changes import Change
from ledger.store.ledger import Ledger, Writer
from tests.payouts.small_book import NOW, Clock, Undone
from tests.support.empty_book import OFFICER, empty_book

DAY = date(2024, 7, 2)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    found = empty_book(tmp_path_factory.mktemp("changed"), Clock(NOW))
    with found.write(OFFICER) as writer:
        for number in ("1002", "1003"):
            writer.append(kinds.ACTOR, kinds.ActorBody(key=number, role="officer"))
        payee(writer, "P1", "a")
    return found


@contextmanager
def by(ledger: Ledger, actor: str) -> Iterator[Writer]:
    """The log as an officer writes it; nothing of that stays."""
    with suppress(Undone), ledger.write(actor) as writer:
        yield writer
        raise Undone


def payee(writer: Writer, key: str, number: str) -> int:
    body = kinds.PayeeBody(
        key=key, uscc="U1", channel="bank", institution="102100000056", number=number * 64, holder="f" * 64
    )
    return writer.append(kinds.PAYEE, body)


def grant(writer: Writer, key: str, to: str, ceiling_fen: int = 100) -> int:
    body = kinds.GrantBody(
        key=key, application="A1", outcome="granted", granted_on="2024-03-15", document="D-1", ceiling_fen=ceiling_fen
    )
    if to:
        body["payee"] = to
    return writer.append(kinds.GRANT, body)


def agreed(writer: Writer, about: str) -> int:
    body = kinds.DecisionBody(key=f"payee-change/{about}", type="payee-change", about=about, reason="called the firm")
    return writer.append(kinds.DECISION, body)


@pytest.mark.parametrize(
    ("numbers", "changed"),
    [
        ("", None),
        # Recorded again as it was.
        ("a", None),
        ("b", 0),
        ("bb", 0),
        ("ba", 1),
        ("ab", 1),
    ],
)
def test_a_payee_is_changed_by_the_last_version_that_says_something_else(
    ledger: Ledger, numbers: str, changed: int | None
) -> None:
    with by(ledger, "1002") as writer:
        places = [payee(writer, "P1", number) for number in numbers]
        found = changes.changes(writer)
        expected = {} if changed is None else {"P1": Change("P1", places[changed], "1002", DAY, "")}
        assert found == expected
        if expected:
            # Before it said anything else it was not changed.
            assert changes.changes(writer.at(places[numbers.index("b")])) == {}


def test_a_grant_is_changed_where_it_names_another_payee(ledger: Ledger) -> None:
    with by(ledger, "1002") as writer:
        for key, first, second in (("PF1", "P1", "P1"), ("PF2", "P1", "P2"), ("PF3", "P1", ""), ("PF4", "", "P1")):
            grant(writer, key, first)
            grant(writer, key, second, ceiling_fen=200)
        grant(writer, "PF5", "P1")
        # A payee and a grant of one name are two.
        payee(writer, "PF6", "a")
        grant(writer, "PF6", "P1")
        found = changes.changes(writer)
        assert {key: change.about for key, change in found.items()} == {key: key for key in ("PF2", "PF3", "PF4")}


def test_who_agrees_is_another_person_and_comes_after_it(ledger: Ledger) -> None:
    with by(ledger, "1002") as writer:
        # Before the change, and by who made it.
        agreed(writer, "P1")
        place = payee(writer, "P1", "b")
        assert changes.changes(writer) == {"P1": Change("P1", place, "1002", DAY, "")}
        agreed(writer, "P1")
        assert changes.changes(writer)["P1"].approved_by == ""


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def test_a_change_is_agreed_to_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = empty_book(tmp_path, Clock(NOW))
    with ledger.write(OFFICER) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
        payee(writer, "P1", "a")
        place = payee(writer, "P1", "b")
        assert refusal(lambda: changes.approve(writer, "P1", "called")) == (
            "P1: 1001 made this, and nobody approves what he or she made; "
            "let somebody else sign; `subsidy people list` shows who is in office [approver_is_maker]"
        )
    with ledger.write("1002") as writer:
        assert refusal(lambda: changes.approve(writer, "P9", "called")) == (
            "P9 is neither a payee nor a grant whose payee was changed; "
            "`subsidy pay prepare` says which change waits for whom [change_unknown]"
        )
        size = writer.size
        signed: list[object] = []
        real = changes.append_signed

        def append_signed(writer: Writer, signer: object, kind: Any, body: Any) -> int:
            signed.append(signer)
            return real(writer, None, kind, body)

        monkeypatch.setattr(changes, "append_signed", append_signed)
        signer: Any = "the key of 1002"
        assert changes.approve(writer, "P1", "called", signer) is True
        assert signed == [signer]
        body = writer.body(kinds.DECISION, size)
        told = {name: body.get(name) for name in ("key", "type", "about", "reason")}
        assert told == {"key": "payee-change/P1", "type": "payee-change", "about": "P1", "reason": "called"}
        assert changes.changes(writer) == {"P1": Change("P1", place, "1001", DAY, "1002")}
        assert (changes.approve(writer, "P1", "called"), writer.size) == (False, size + 1)


def test_what_an_act_changed_is_agreed_to_with_the_act(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with by(ledger, "1002") as writer:
        place = payee(writer, "P1", "b")
        said = [SimpleNamespace(actor="1003"), SimpleNamespace(actor="1005")]

        def act_over(_view: object, seq: int) -> object:
            assert seq == place
            return SimpleNamespace(seq=77, steps=("check", "meet", "approve"))

        def given(_view: object, seq: int) -> list[SimpleNamespace]:
            assert seq == 77
            return said

        monkeypatch.setattr(changes, "act_over", act_over)
        monkeypatch.setattr(changes, "given", given)
        assert changes.changes(writer)["P1"] == Change("P1", place, "1002", DAY, "")
        assert refusal(lambda: changes.approve(writer, "P1", "called")) == (
            "record 77 is approved by another command; write `subsidy approve 77` [approved_elsewhere]"
        )
        said.append(SimpleNamespace(actor="1004"))
        assert changes.changes(writer)["P1"] == Change("P1", place, "1002", DAY, "1004")


@pytest.mark.parametrize(
    ("in_use", "key", "signature", "holds", "approved"),
    [
        (False, "", "", False, True),
        (True, "k", "s", True, True),
        (True, "", "s", True, False),
        (True, "k", "", True, False),
        (True, "k", "s", False, False),
    ],
)
def test_where_keys_are_in_use_an_agreement_is_signed(
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
    in_use: bool,
    key: str,
    signature: str,
    holds: bool,
    approved: bool,
) -> None:
    with by(ledger, "1003") as writer:
        # The first record of another person, as the change itself is 1003's.
        payee(writer, "P1", "b")
        approval = {"actor": "1002", **({"signature": signature} if signature else {})}
        place = writer.size
        real = Writer.current

        def current(view: Writer, kind: kinds.Kind[Any], about: str) -> Any:
            if kind is kinds.DECISION:
                assert about == "payee-change/P1"
                return SimpleNamespace(seq=place, body=approval)
            return real(view, kind, about)

        agreed(writer, "P1")
        monkeypatch.setattr(Writer, "current", current)
        asked: list[int] = []

        def keys_in_use(before: Any) -> bool:
            asked.append(before.size)
            return in_use

        monkeypatch.setattr(changes, "keys_in_use", keys_in_use)
        monkeypatch.setattr(changes, "public_key", lambda _before, actor: key if actor == "1002" else "other")
        monkeypatch.setattr(changes, "holds", lambda body, public: holds and (body, public) == (approval, "k"))
        assert changes.changes(writer)["P1"].approved_by == ("1002" if approved else "")
        # It counts which keys were in use when it was given.
        assert asked == [place]
