"""Whoever writes for an office writes to a ledger that is judged."""

import pytest

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.log import kinds
from ledger.store.ledger import Ledger as StoredLedger
from tests.support.clock import at_noon
from tests.support.sources import PRODUCT, place, text
from tests.support.till import Till, open_till

TAKEN_FROM_THE_STORE = "from ledger.store.ledger import Ledger"


def test_commands_and_the_demo_open_ledgers_that_are_judged() -> None:
    opening = [path for path in PRODUCT if "Ledger.open(" in text(path) or "Ledger.create(" in text(path)]
    doors = [path for path in opening if place(path).split("/")[1] in ("commands", "demo")]
    assert len(doors) > 15
    assert [place(path) for path in doors if "from ledger.audit.ledger import Ledger" not in text(path)] == []
    assert [place(path) for path in doors if TAKEN_FROM_THE_STORE in text(path)] == []
    # Who writes at the command line has named how to sign.
    writing = [path for path in PRODUCT if "/commands/" in place(path) and ".write(actor" in text(path)]
    # What was tried in a ledger for practice is written to one that its command has opened.
    writing = [path for path in writing if place(path) != "ledger/commands/practised.py"]
    assert len(writing) > 10
    assert [place(path) for path in writing if "ui.signing import" not in text(path)] == []


def test_nothing_of_a_refused_write_stands(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("doors")
    (folder / "book").mkdir()
    till: Till = open_till(folder / "book", anchor=folder / "anchor")
    size = till.verify()
    budget = kinds.BudgetBody(key="2024", action="issued", amount_fen=5, document="D-9", on="2024-01-05")
    with at_noon(till.day):
        ledger = Ledger.open(till.url, anchor=folder / "anchor")
        with pytest.raises(Refused) as refused, ledger.write("1001") as writer:
            writer.append(kinds.BUDGET, budget)
    # A budget that books nothing: the write ends before its entry.
    assert [(one.code, str(one.place)) for one in refused.value.problems] == [("effect_missing", "budget 2024")]
    assert till.verify() == size


def catch_and_go_on(ledger: Ledger, goes_on: bool) -> None:
    """A write whose first record is refused; the officer after it is proper, and only refused for what came before."""
    with ledger.write("1001") as writer:
        with pytest.raises(Refused):
            writer.append(
                kinds.BUDGET,
                kinds.BudgetBody(key="2024", action="adjusted", amount_fen=0, document="D-9", on="2024-01-05"),
            )
        if goes_on:
            writer.append(kinds.ACTOR, kinds.ActorBody(key="1009", role="officer"))


@pytest.mark.parametrize("goes_on", [True, False])
def test_who_catches_a_refusal_writes_nothing_after_it(tmp_path_factory: pytest.TempPathFactory, goes_on: bool) -> None:
    folder = tmp_path_factory.mktemp("doors")
    (folder / "book").mkdir()
    till: Till = open_till(folder / "book", anchor=folder / "anchor")
    size = till.verify()
    with at_noon(till.day):
        ledger = Ledger.open(till.url, anchor=folder / "anchor")
        with pytest.raises(Refused) as refused:
            catch_and_go_on(ledger, goes_on)
    assert [one.code for one in refused.value.problems] == ["amount_not_positive"]
    assert till.verify() == size


def test_the_store_s_own_ledger_knows_no_rules(tmp_path_factory: pytest.TempPathFactory) -> None:
    """So what it lets through is found by who reads: both sides are needed."""
    folder = tmp_path_factory.mktemp("doors")
    (folder / "book").mkdir()
    till: Till = open_till(folder / "book", anchor=folder / "anchor")
    budget = kinds.BudgetBody(key="2024", action="adjusted", amount_fen=0, document="D-9", on="2024-01-05")
    with at_noon(till.day), StoredLedger.open(till.url, anchor=folder / "anchor").write("1001") as writer:
        writer.append(kinds.BUDGET, budget)
    assert "[amount_not_positive]" in till.say("audit", "verify").stdout
