"""A book that somebody wrote to is explained and made again: the table of damages, what each command says, what mends.

Whoever can write the file takes the guards away, plants, changes or takes away rows, and puts the guards back. No such
damage stops an office for ever: a write is refused in words or goes through, nothing is paid, and `audit cut` makes the
book again, unless records that were signed for are gone.
"""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import Result

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.audit.verify import Verdict, verify
from ledger.store.ledger import utc_now
from tests.audit.attacker import altered, bodies, stealthily
from tests.audit.test_money import another_wallet, reopened, signed_off
from tests.support.copies import ready
from tests.support.three_office import CHECKER, MAKER, duties_office
from tests.support.till import Till, quarters_till

Attack = Callable[[Path], None]
CODE = re.compile(r"\[(\w+)\]$", re.MULTILINE)
# Where the log ends: the next record, the next entry.
NEXT = "(SELECT MAX(seq) + 1 FROM record)"
ENTRY = "(SELECT MAX(seq) + 1 FROM entry)"
MENDED = ""


def bare(*statements: str) -> Attack:
    """SQL that leaves the guards changed."""

    def attack(path: Path) -> None:
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return attack


def break_a_page(path: Path) -> None:
    """The page where the table of claims begins is no page any more."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'claim'").fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * 512)


def planted(table: str, values: str) -> Attack:
    return stealthily(f"INSERT INTO {table} SELECT {values}")


# What is done to the file -> what a payment is refused under, and what the cut is ("" where it mends the book).
DAMAGES: dict[str, tuple[Attack, str, str]] = {
    "a record of garbage at the end": (
        planted("record", f"{NEXT}, 'fact', x'00ff', zeroblob(32)"),
        "body_changed",
        MENDED,
    ),
    "a record far beyond the end": (planted("record", "999999, 'fact', x'7b7d', zeroblob(32)"), "sequence_gap", MENDED),
    "a record before the first": (planted("record", "-1, 'fact', x'7b7d', zeroblob(32)"), "sequence_gap", MENDED),
    "a million reopened": (altered(reopened), "cause_missing", MENDED),
    "a month reopened": (altered(signed_off), "period_differs", MENDED),
    "another wallet": (altered(another_wallet), "row_of_no_group", MENDED),
    "a node in the way": (planted("node", f"1, {NEXT} / 2, zeroblob(32)"), "projection_surplus", MENDED),
    "a node of no level": (planted("node", "60, 0, zeroblob(32)"), "projection_surplus", MENDED),
    "a node gone": (stealthily("DELETE FROM node WHERE level = 2 AND idx = 1"), "node_changed", MENDED),
    "all nodes gone": (stealthily("DELETE FROM node"), "node_changed", MENDED),
    "a node changed": (
        stealthily("UPDATE node SET hash = zeroblob(32) WHERE level = 1 AND idx = 3"),
        "node_changed",
        MENDED,
    ),
    "a version in the way": (planted("item", f"{NEXT}, 'grant', 'PF1', '', 1"), "projection_surplus", MENDED),
    "a version of its own": (
        stealthily("UPDATE item SET void = 1 WHERE register = 'payer'"),
        "projection_differs",
        MENDED,
    ),
    "a version gone": (stealthily("DELETE FROM item WHERE register = 'grant'"), "projection_missing", MENDED),
    "an entry in the way": (
        planted("entry", f"{ENTRY}, 9999, 1, 'x', 'award', '2024-01-01', 'PF1', '', 1, NULL, 2, 0, 0, 0"),
        "projection_surplus",
        MENDED,
    ),
    "an entry gone": (stealthily("DELETE FROM entry WHERE seq = 2"), "projection_missing", MENDED),
    "a posting in the way": (
        planted("posting", f"{ENTRY}, 7, 1, 'fin', '2303', -5, NULL, NULL, NULL, NULL, NULL, NULL"),
        "projection_surplus",
        MENDED,
    ),
    "a posting more": (
        planted("posting", "1, (SELECT tag FROM entry WHERE seq = 1), 9, 'fin', '2303', 5" + ", NULL" * 6),
        "projection_surplus",
        MENDED,
    ),
    "a posting times ten": (
        stealthily("UPDATE posting SET amount_fen = amount_fen * 10"),
        "projection_differs",
        MENDED,
    ),
    "a balance in the way": (planted("balance", "4096, 'fin', '2303', '', 0, 5"), "projection_surplus", MENDED),
    "an envelope of its own": (planted("envelope", "'2031', 0"), "envelope_differs", MENDED),
    "an envelope emptied": (stealthily("UPDATE envelope SET used_fen = 0"), "envelope_differs", MENDED),
    "a limit more": (planted("envelope_limit", f"{NEXT}, '2024', 5"), "projection_surplus", MENDED),
    "a limit raised": (
        stealthily("UPDATE envelope_limit SET amount_fen = amount_fen * 2"),
        "projection_differs",
        MENDED,
    ),
    "a claim in the way": (planted("claim", f"40, {NEXT}, 5"), "projection_surplus", MENDED),
    "a claim set to nothing": (stealthily("UPDATE claim SET amount_fen = 0"), "projection_differs", MENDED),
    "a record of another kind": (
        stealthily("UPDATE record SET kind = 'fact' WHERE kind = 'payout'"),
        "projection_differs",
        MENDED,
    ),
    "a leaf changed": (stealthily("UPDATE record SET leaf = zeroblob(32) WHERE seq = 20"), "leaf_changed", MENDED),
    "a table gone": (bare("DROP TABLE claim"), "schema_changed", MENDED),
    "an index gone": (bare("DROP INDEX record_kind"), "schema_changed", MENDED),
    "a guard gone": (bare("DROP TRIGGER claim_insert"), "schema_changed", MENDED),
    "a guard that does something": (
        bare("CREATE TRIGGER more AFTER INSERT ON claim BEGIN DELETE FROM node; END"),
        "schema_changed",
        MENDED,
    ),
    "a table of its own": (bare("CREATE TABLE mine (a)", "INSERT INTO mine VALUES (1)"), "schema_changed", MENDED),
    "signed bytes changed": (
        stealthily("UPDATE record SET body = x'7b7d' WHERE seq = 20"),
        "body_changed",
        "signed_gone",
    ),
    "a genesis that is none": (
        stealthily("UPDATE record SET body = x'5b315d' WHERE seq = 0"),
        "not_a_ledger",
        "not_a_ledger",
    ),
    "a signed record gone": (stealthily("DELETE FROM record WHERE seq = 20"), "sequence_gap", "signed_gone"),
    "signed records gone at the end": (
        stealthily("DELETE FROM record WHERE seq > 30"),
        "ledger_behind_checkpoint",
        "signed_gone",
    ),
    "a broken page": (break_a_page, "unreadable", "write_failed"),
}


@ready
def till(folder: Path) -> Till:
    """A quarter run, and a batch of it that waits."""
    (folder / "book").mkdir()
    till = quarters_till(folder / "book", 1, anchor=folder / "anchor")
    till.prepare("2024-03")
    return till


def outcome(result: Result, told: str) -> str:
    """The code of a refusal, "" where the command went through; nothing else can come of one."""
    assert result.exception is None or isinstance(result.exception, SystemExit), f"{told}: {result.exception!r}"
    if result.exit_code == 0:
        return ""
    codes = CODE.findall(result.stderr)
    assert (result.exit_code, len(codes)) == (2, 1), f"{told}: {result.output}"
    return str(codes[0])


def verified(till: Till) -> Result:
    home = till.ledger.anchor
    return till.say("audit", "verify", "--checkpoint", str(home.checkpoint_file), "--key", str(home.verifier_file))


# One of each kind every time; all of them by night.
USUAL = {
    "a record of garbage at the end",
    "a million reopened",
    "a node in the way",
    "a posting more",
    "a record of another kind",
    "a table gone",
    "signed bytes changed",
    "a broken page",
}


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=() if what in USUAL else pytest.mark.nightly) for what in DAMAGES]
)
def test_no_damage_stops_the_office_for_ever(till: Till, what: str) -> None:
    attack, code, cut = DAMAGES[what]
    signed = len(bodies(till.ledger.path))
    attack(till.ledger.path)
    paid = till.say("pay", "prepare", "2024-03")
    assert outcome(paid, "prepare") == code, paid.output
    rebuilt = ("audit", "rebuild", "--into", f"sqlite:///{till.folder}/again.db")
    for words in (("pay", "status"), ("budget", "show"), ("approvals",), ("audit", "replay"), rebuilt):
        result = till.say(*words)
        # A difference is an answer of an audit.
        if words[0] != "audit" or result.exit_code != 1:
            outcome(result, f"{what}: {words}")
    done = till.say("audit", "cut", "--reason", "somebody wrote to the file")
    assert outcome(done, "cut") == cut, done.output
    if cut:
        return
    assert verified(till).exit_code == 0, verified(till).stdout
    log = bodies(till.ledger.path)
    assert log[signed]["$schema"] == "subsidy/cut/1"
    assert len(log) == signed + 1
    (kept,) = till.folder.glob("*.cut-*.jsonl")
    assert (kept.name, sha256(kept.read_bytes()).hexdigest()) == (log[signed]["file"], log[signed]["sha256"])
    assert kept.stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in kept.read_text("utf-8").splitlines()]
    assert len(lines) == log[signed]["count"] + log[signed]["removed"]
    assert lines or log[signed]["restored"]
    till.do("budget", "adjust", "2024", "1000", "--document", "BUD-2024-3")
    assert verified(till).exit_code == 0, verified(till).stdout


def test_where_keys_are_in_use_who_cuts_signs_for_it(tmp_path: Path) -> None:
    """The signature covers the cut itself, which makes void only what was signed before it."""
    office = duties_office(tmp_path)
    stealthily("UPDATE posting SET amount_fen = amount_fen * 10")(office.ledger.path)
    size = len(bodies(office.ledger.path))
    office.done(MAKER, "audit", "cut", "--reason", "amounts were changed")
    act = bodies(office.ledger.path)[-1]
    assert (act["act"], act["first"], act["head"]["size"]) == ("audit.cut", size, size)
    office.done(CHECKER, "approve", str(size))
    assert verified(office).exit_code == 0, verified(office).stdout


def test_no_money_moves_in_a_book_that_one_person_has_made_again(till: Till) -> None:
    stealthily("UPDATE claim SET amount_fen = 0")(till.ledger.path)
    number = len(bodies(till.ledger.path))
    assert f"subsidy approve {number}" in till.do("audit", "cut", "--reason", "a claim was set to nothing")
    assert outcome(till.say("pay", "prepare", "2024-03"), "prepare") == "cut_waiting"
    assert outcome(till.say("run", "interest", "--month", "2024-03"), "run") == "cut_waiting"
    assert outcome(till.say("approve", str(number)), "by the same") == "approver_is_maker"
    agreed = till.as_second("approve", str(number))
    assert agreed.exit_code == 0, agreed.output
    assert till.prepare("2024-03")["batches"] == []
    assert verified(till).exit_code == 0, verified(till).stdout


def test_nothing_is_cut_from_a_book_that_is_whole(till: Till) -> None:
    before = till.ledger.path.read_bytes()
    assert outcome(till.say("audit", "cut", "--reason", "to be sure"), "cut") == "nothing_to_cut"
    assert till.ledger.path.read_bytes() == before
    assert not list(till.folder.glob("*.cut-*"))


def test_what_a_crash_left_unsigned_stays_and_what_was_planted_behind_it_goes(till: Till) -> None:
    note = till.ledger.anchor.checkpoint_file.read_text("utf-8")
    till.do("budget", "adjust", "2024", "1000", "--document", "BUD-2024-3")
    written = len(bodies(till.ledger.path))
    till.ledger.anchor.checkpoint_file.write_text(note, "utf-8")
    altered(reopened)(till.ledger.path)
    till.do("audit", "cut", "--reason", "planted")
    log = bodies(till.ledger.path)
    assert (log[-1]["from"], log[-1]["count"]) == (written, 1)
    assert log[-2]["reason"] == "budget"
    assert verified(till).exit_code == 0, verified(till).stdout


def test_a_group_that_was_broken_into_goes_whole(till: Till) -> None:
    """The import of a crash announces a row; a stranger's stands in the place of it."""
    note = till.ledger.anchor.checkpoint_file.read_text("utf-8")
    signed = len(bodies(till.ledger.path))
    till.report(till.day, f"HT1,repayment,{till.day},,1000000,\n")
    till.ledger.anchor.checkpoint_file.write_text(note, "utf-8")
    altered(lambda log: log[signed + 1].update(register="policy"))(till.ledger.path)
    till.do("audit", "cut", "--reason", "planted")
    log = bodies(till.ledger.path)
    assert (log[-1]["from"], log[-1]["count"]) == (signed, 2)


def test_a_ledger_named_from_where_one_stands_is_the_same(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is no ledger is refused in words: reading its anchor to explain an error meets that error again."""
    monkeypatch.chdir(till.folder)
    here = Ledger(Path(till.ledger.path.name), utc_now, bytes, till.anchor)
    assert (here.origin, here.anchor.folder) == (till.ledger.origin, till.ledger.anchor.folder)
    assert verify(here.path).verdict is Verdict.NOT_ANCHORED
    stealthily("UPDATE record SET body = x'5b315d' WHERE seq = 0")(here.path)
    with pytest.raises(Refused) as refused:
        assert here.anchor is None
    assert [one.code for one in refused.value.problems] == ["not_a_ledger"]
