"""Bad days of the machine: a disk that is full or fails at any write of any command, those of the anchor included."""

import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import click
import pytest
from click.testing import Result

from calculators.problems import Refused, refuse
from ledger.log import kinds
from tests.catalogues import commands
from tests.reconcile.test_deciding import bring, match, paid
from tests.support.bad_days import CODE, Trials
from tests.support.clawing import HEADINGS, ask, clawing_till, pay, take
from tests.support.clock import at_noon
from tests.support.copies import copy_ledger
from tests.support.faults import Disk, failing
from tests.support.office import USCC, Office
from tests.support.seeds import SEED
from tests.support.signing_office import CHECKER, DEPUTY, HEAD, key, propose, sign, signed, signing_office
from tests.support.stories import OTHERS, second
from tests.support.till import QUARTERS, Till, open_till, quarters_till

MORE = "0012345678907777"


def a_quarter_is_paid(till: Till) -> None:
    """A run is paid and reconciled; people, budgets, evidence and an inspection besides."""
    month, day, events = QUARTERS[1]
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-03"))
    till.on("2024-04-10")
    bring(till, paid(item))
    match(till)
    till.do("budget", "adjust", "2024", "1000", "--document", "BUD-2024-3")
    till.take("inspections", HEADINGS + "JC1,PF1,2024-04-01,claw_back,half of the equipment sold,2024-06-30,\n")
    till.on("2024-05-06").do("reconcile", "sign-off", "--month", "2024-04")
    second(till, "reconcile", "sign-off", "--month", "2024-04", "--check")
    till.on(day)
    till.report(f"{month}-30", events)
    till.run(month)
    till.do("people", "add", "1004", "--post", "处长", "--document", "任-1004")
    till.do("people", "key", "1004", "--file", str(till.folder.with_name(f"{till.folder.name}-keys") / "1004.key"))


def a_run_is_signed_and_another_rejected(office: Office) -> None:
    """Two sign a run, one stands in for another, a budget is ordered, and the next run is rejected."""
    number = propose(office)
    signed(office, number, CHECKER)
    signed(office, number, HEAD)
    office.do("people", "substitute", HEAD, "--by", DEPUTY, "--from", "2024-04-01", "--to", "2024-04-30")
    words = ("budget", "adjust", "2024", "1000", "--document", "BUD-9", "--actor", CHECKER)
    order = office.do(*words, "--key", key(office, CHECKER)).split()[1]
    signed(office, order, HEAD)
    office.on("2024-07-02").report("2024-06-30")
    rejected = sign(office, propose(office, "2024-06"), CHECKER, "--reason", "look again", command="reject")
    assert rejected.exit_code == 0, rejected.output
    office.do("people", "end", DEPUTY, "--on", "2024-07-02")


def money_is_asked_back(till: Till) -> None:
    """What an inspection found is asked back after it was paid, agreed and recovered; another is refused."""
    pay(till)
    take(till, "5000")
    till.do(*ask("1000", "ZH-2"))
    refused = till.as_second("clawback", "refuse", "ZH-2", "--reason", "asked already")
    assert refused.exit_code == 0, refused.output
    till.on("2024-05-08").report("2024-04-30")
    till.run("2024-04")
    till.do("pay", "recover", "PF1", "5000", "--on", till.day, "--document", "SK-1")


# What happens -> the office that it happens in.
STORIES: dict[str, tuple[Callable[[Any], None], Callable[[Path], Office]]] = {
    "paid": (a_quarter_is_paid, quarters_till),
    "signed": (a_run_is_signed_and_another_rejected, signing_office),
    "clawed back": (money_is_asked_back, clawing_till),
    **OTHERS,
}
# Commands that write and stand in no story, with where their bad days are tried, or why they have none of their own.
ELSEWHERE = {
    "audit cut": "tests/audit/test_cut.py: of a book that somebody wrote to",
    "audit log-key": "tests/audit/test_log_key.py: of an anchor that fails at each step",
    "duties change": "one record of two people, as `operator add`",
    "import": "every register is written by one function",
    "init": "tests/store/test_founding.py",
    "import map": "one record of two people, as `operator add`",
    "pay ask": "an answer is taken in as by `pay import-result`",
    "pay channel": "one record of two people, as `operator add`",
    "pay send": "an order is written as by `pay export`",
    "payee reveal": "one record, and a file as of `pay export`",
    "people cleared": "one record of two people, as `operator add`",
    "people compromised": "one record of two people, as `operator add`",
    "people enrol": "one record of two people, as `operator add`",
    "restore": "tests/audit/test_restore.py: into an empty place",
    "run batch": "runs of months and of batches are closed by one function",
    "witness": "one record each, as `decide`",
    "upgrade": "tests/store/test_upgrade.py: of a ledger of an earlier release",
}


def told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The commands of all stories, by their words."""
    words: set[str] = set()
    say = Office.say

    def listen(office: Office, *given: str, actor: str | None = "1001") -> Result:
        words.add(" ".join(given[:2]))
        words.add(given[0])
        return say(office, *given, actor=actor)

    for name, (story, built) in STORIES.items():
        (folder / name).mkdir()
        (folder / f"{name}-keys").mkdir()
        office = built(folder / name)
        with monkeypatch.context() as heard:
            heard.setattr(Office, "say", listen)
            story(office)
    return words


@pytest.mark.nightly
def test_every_command_that_writes_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writing = {
        words.removeprefix("subsidy ")
        for words, command in commands()
        if not isinstance(command, click.Group) and any(param.name == "actor" for param in command.params)
    }
    missing = writing - told(tmp_path, monkeypatch)
    assert {words for words in missing if words not in ELSEWHERE and words.split()[0] not in ELSEWHERE} == set()
    assert {name for name in ELSEWHERE if not any(f"{words} ".startswith(f"{name} ") for words in missing)} == set()


SAMPLED = 0.4


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "book-keys").mkdir()
    (tmp_path / "book").mkdir()
    return tmp_path / "book"


def test_some_failures_of_a_disk(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    trials = Trials(tmp_path, random.Random(SEED), share=SAMPLED)
    till = quarters_till(folder)
    trials.watch(monkeypatch)
    a_quarter_is_paid(till)
    assert trials.commands


def failing_at(till: Till, door: str, *words: str, place: int = 0, full: bool = True) -> Result:
    """What a command answers when the disk fails at a door of this name (the first: 0), and from then on."""
    kept, anchor = till.folder.with_name("kept"), till.folder.with_name("kept-anchor")
    copy_ledger(till.folder, till.ledger.anchor.folder, kept, anchor)
    doors = Disk()
    with failing(doors):
        assert till.at(kept, anchor).say(*words).exit_code == 0
    numbers = [number for number, name in enumerate(doors.doors, 1) if name == door]
    with failing(Disk(numbers[place], full=full, for_good=True)):
        return till.say(*words)


BUDGET = ("budget", "adjust", "2024", "1000", "--document", "BUD-3")


def codes(result: Result) -> list[str]:
    assert result.exit_code == 2, result.output
    return CODE.findall(result.stderr)


def test_nothing_is_written_where_the_first_write_fails(folder: Path) -> None:
    till = open_till(folder)
    size = till.verify()
    result = failing_at(till, "sqlite write", *BUDGET)
    assert codes(result) == ["write_failed"]
    assert "database or disk is full" in result.stderr
    assert till.verify() == size


def test_what_is_written_stands_where_only_the_anchor_fails(folder: Path) -> None:
    till = open_till(folder)
    size = till.verify()
    result = failing_at(till, "os write", *BUDGET)
    # The budget, and its entry.
    assert codes(result) == ["head_unsigned"]
    assert f"records {size} to {size + 1} of" in result.stderr
    assert till.verify() == size + 2


def test_what_a_later_step_wrote_is_told_as_the_next_process_finds_it(folder: Path) -> None:
    till = quarters_till(folder)
    month, day, events = QUARTERS[1]
    till.on(day).report(f"{month}-30", events)
    size = till.verify()
    # Of a run of two steps the first syncs twice (a new file of changes, then its commit), so the third is the second
    # one's commit. Its changes are whole in the file all the same, and whoever opens that anew finds them, while a
    # connection that stays open from step to step does not.
    result = failing_at(till, "sqlite sync", "run", "interest", "--month", month, place=2, full=False)
    assert codes(result) == ["head_unsigned"]
    assert f"records {size} to {till.verify() - 1} of" in result.stderr


def test_who_cannot_read_after_a_failure_does_not_say_what_stands(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = open_till(folder)
    ledger = till.ledger

    def unreadable() -> NoReturn:
        raise refuse("ledger_unreadable", "the ledger cannot be read", "see to the disk")

    def break_off() -> None:
        with failing(Disk()) as disk, at_noon(till.day), ledger.write("1001") as writer:
            writer.append(kinds.ACTOR, kinds.ActorBody(key="1009", role="officer"))
            monkeypatch.setattr(ledger, "read", unreadable)
            # Whatever is written from here on fails, and that is the commit.
            disk.at, disk.for_good = 1, True

    with pytest.raises(Refused) as refused:
        break_off()
    assert [problem.code for problem in refused.value.problems] == ["write_doubtful"]


def test_a_vault_that_cannot_be_written_is_named(folder: Path) -> None:
    till = open_till(folder)
    register = folder / "more.csv"
    heading = "channel,institution,wallet_type,number,holder,uscc\n"
    register.write_text(f"{heading}ecny,C1010211000012,WT09,{MORE},示例企业,{USCC}\n", encoding="utf-8")
    result = failing_at(till, "sqlite write", "import", "payees", str(register), "--mode", "delta")
    assert codes(result) == ["vault_unusable"]
    assert MORE not in result.output


def test_a_page_that_cannot_be_read_is_no_traceback(folder: Path) -> None:
    till = open_till(folder)
    path = folder / "book.db"
    with closing(sqlite3.connect(path)) as book:
        (page,) = book.execute("SELECT rootpage FROM sqlite_master WHERE name = 'balance'").fetchone()
        (size,) = book.execute("PRAGMA page_size").fetchone()
    raw = path.read_bytes()
    path.write_bytes(raw[: (page - 1) * size] + b"x" * size + raw[page * size :])
    assert codes(till.say("book", "trial-balance")) == ["ledger_unreadable"]


def test_a_rebuilt_file_that_cannot_be_finished_is_taken_away(folder: Path) -> None:
    till = open_till(folder)
    words = ("audit", "rebuild", "--into", f"sqlite:///{folder.with_name('again')}/again.db")
    folder.with_name("again").mkdir()
    with failing(Disk(at=9, full=True)):
        assert codes(till.say(*words)) == ["place_unusable"]
    assert list(folder.with_name("again").iterdir()) == []
    assert till.say(*words).exit_code == 0


@pytest.mark.parametrize("full", [False, True])
def test_a_workbook_that_cannot_be_written_is_no_traceback(folder: Path, full: bool) -> None:
    till = open_till(folder)
    words = ("template", "loans", "--out", str(folder / "templates"))
    with failing(Disk()) as doors:
        assert till.say(*words).exit_code == 0
    shutil.rmtree(folder / "templates")
    with failing(Disk(len(doors.doors), full=full, for_good=True)):
        assert codes(till.say(*words)) == ["file_unwritable"]


def test_a_full_disk_behind_the_output_is_said_with_what_stands(folder: Path) -> None:
    till = open_till(folder)
    size = till.verify()
    program = [sys.executable, "-m", "cli", "--db", till.url, *BUDGET, "--actor", "1001"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines()[0].endswith("[place_unusable]")
    assert f"records {size} to {size + 1} of" in done.stderr.splitlines()[1]
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.nightly
@pytest.mark.parametrize("name", STORIES)
def test_every_failure_of_a_disk(name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    story, built = STORIES[name]
    office = built(folder)
    trials = Trials(tmp_path, random.Random(0), every=True)
    trials.watch(monkeypatch)
    story(office)
    print(trials.commands, trials.codes)
    # Of every story, what is refused before and behind the commit.
    assert {"write_failed", "head_unsigned"} <= trials.codes.keys()
