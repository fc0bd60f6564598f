"""Whoever writes for an office writes to a ledger that is judged."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.log import kinds
from ledger.rules.codes import CODES
from ledger.store.ledger import Ledger as StoredLedger
from tests import refusals
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


# Rooms that know no records: they refuse files, words and machines, of which nothing is recorded yet, or only show.
OF_NO_LOG = (
    "calculators/", "cli.py", "ledger/commands/", "ledger/engines/", "ledger/office/key_files", "ledger/office/sign_in",
    "ledger/payouts/channels/", "ledger/queries/", "ledger/reconcile/integrity", "ledger/reconcile/readers/",
    "ledger/reconcile/source", "ledger/registry/mapping_proposals", "ledger/registry/spelling",
    "ledger/registry/wording", "ledger/sheets/", "ledger/store/", "ledger/web/",
)  # fmt: skip
# Why no record can be improper in the way of a code that only a door refuses.
WHY = {
    "words": "a word, an option or a file cannot be read or says nothing, so nothing is recorded of it",
    "machine": "of a file, a key or a folder of this machine, none of which is in the log",
    "nothing": "it names nothing, or what is so already: nothing would be recorded, or what changes nothing",
    "question": "of a question, which writes nothing",
    "clear": "rests on clear text, which no log holds",
    "shown": "it may stand: it is shown, and goes on where somebody confirms it or decides",
    "calculated": "calculators hold the line, or take no such notice, when it is run and when it is replayed",
    "codes": "moves nothing of what is paid, owed or there: only under which code or year it is shown",
    "calendar": "a calendar of days off is counted as it is said; whoever counts on it is held to it by both sides",
}


def test_what_only_a_door_refuses_is_listed_with_its_reason_or_with_what_the_book_calls_it() -> None:
    """`doors.csv`: a code that rooms which know the log refuse, and that is none of the book's own."""
    made = defaultdict(set)
    known = {refusal.code for refusal in refusals.catalogue()}
    for path in PRODUCT:
        for code, *_texts in refusals.made_in(refusals.Module.of(path)):
            made[code].add(place(path))
    of_the_log = {code for code in known - CODES.keys() if not all(one.startswith(OF_NO_LOG) for one in made[code])}
    with Path(__file__).with_name("doors.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert [row["code"] for row in rows] == sorted(of_the_log)
    wrong = [row for row in rows if bool(row["book"]) == bool(row["why"]) or row["why"] not in ("", *WHY)]
    assert wrong == []
    assert {code for row in rows for code in row["book"].split()} <= CODES.keys()
