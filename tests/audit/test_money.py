"""Money leaves on proved reads: somebody who can write the file, and has no key, gets nothing paid that is not owed.

Each attack changes the real file by SQL while a command is given, its guards taken away and put back word for word,
and is undone afterwards where nobody should see it. What is refused is refused before money moves, and named.
"""

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger.audit.verify import Trust, Verdict, verify
from tests.audit.attacker import Body, altered, bodies, stealthily
from tests.support.till import Till, quarters_till

CODE = re.compile(r"\[(\w+)\]$", re.MULTILINE)
# The award of the first quarter, as the tests of runs work it out.
AWARD_FEN = 1_686_250


@pytest.fixture
def till(tmp_path: Path) -> Till:
    """A quarter run on 2 April 2024, nothing paid."""
    (tmp_path / "book").mkdir()
    return quarters_till(tmp_path / "book", 1, anchor=tmp_path / "anchor")


def size(till: Till) -> int:
    with till.ledger.read() as view:
        return view.size


def head(till: Till) -> str:
    return till.ledger.anchor.checkpoint_file.read_text("utf-8")


def refused(till: Till, code: str, *words: str, actor: str = "1001") -> str:
    """A command that is refused under `code`, writes nothing and signs nothing; what it said."""
    before = len(bodies(till.ledger.path)), head(till)
    result = till.say(*words, actor=actor)
    assert isinstance(result.exception, SystemExit), result.exception
    assert (result.exit_code, CODE.findall(result.stderr)) == (2, [code]), result.output
    assert (len(bodies(till.ledger.path)), head(till)) == before
    return result.stderr


def whole(till: Till) -> bool:
    """Whether the ledger is, to who kept the checkpoint and the key, the one that was signed."""
    home = till.ledger.anchor
    key = home.open(till.ledger.genesis["log_key"]).verifier
    return verify(till.ledger.path, Trust(head(till), key)).verdict is Verdict.ANCHORED


@pytest.mark.parametrize(
    ("attack", "code"),
    [("UPDATE claim SET amount_fen = 0", "projection_differs"), ("DELETE FROM claim", "projection_missing")],
)
def test_a_claim_set_to_nothing_pays_nothing_twice(till: Till, attack: str, code: str) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-03"))
    with closing(sqlite3.connect(till.ledger.path)) as file:
        kept = file.execute("SELECT * FROM claim").fetchall()
    stealthily(attack)(till.ledger.path)
    told = refused(till, code, "pay", "prepare", "2024-03")
    assert "table claim" in told
    again = [f"INSERT INTO claim VALUES ({', '.join(map(str, row))})" for row in kept]
    stealthily("DELETE FROM claim", *again)(till.ledger.path)
    assert till.prepare("2024-03")["batches"] == []
    assert whole(till)


def test_a_posting_times_ten_pays_no_tenfold(till: Till) -> None:
    tenfold = f"UPDATE posting SET amount_fen = amount_fen * 10 WHERE abs(amount_fen) = {AWARD_FEN}"
    stealthily(tenfold)(till.ledger.path)
    told = refused(till, "projection_differs", "pay", "prepare", "2024-03")
    assert "table posting" in told
    assert f"amount_fen is {AWARD_FEN * 10} and not {AWARD_FEN}" in told
    stealthily(tenfold.replace("* 10", "/ 10").replace(f"{AWARD_FEN}", f"{AWARD_FEN * 10}"))(till.ledger.path)
    made = till.prepare("2024-03")["batches"][0]
    assert made["total"] == "16862.50"


def test_every_step_on_which_money_goes_out_is_proved(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    tenfold = "UPDATE claim SET amount_fen = amount_fen * 10"
    steps: list[tuple[str, tuple[str, ...]]] = [
        ("1002", ("pay", "approve", batch)),
        ("1001", ("pay", "export", batch, "--out", str(till.folder / "order"))),
        ("1001", ("pay", "send", batch, "--url", "http://127.0.0.1:9/")),
    ]
    for actor, words in steps:
        stealthily(tenfold)(till.ledger.path)
        refused(till, "projection_differs", *words, actor=actor)
        assert not (till.folder / "order").exists()
        stealthily(tenfold.replace("* 10", "/ 10"))(till.ledger.path)
        if words[1] == "approve":
            assert till.say(*words, actor=actor).exit_code == 0
    till.export(batch)
    assert till.states(batch) == ["exported"]


def test_a_run_reads_what_was_posted_from_proved_rows(till: Till) -> None:
    """What was posted is taken for nothing, so that it would be posted again."""
    away = f"UPDATE entry SET award_fen = award_fen - {AWARD_FEN} WHERE award_fen IS NOT NULL"
    stealthily(away)(till.ledger.path)
    told = refused(till, "projection_differs", "run", "interest", "--month", "2024-03")
    assert "award_fen is 0 and not 1686250" in told


def reopened(log: list[Body]) -> None:
    """A million yuan that came back and is owed again, which never went out."""
    award = next(body for body in reversed(log) if body["$schema"] == "subsidy/entry/2" and body["reason"] == "award")
    planted = json.loads(json.dumps(award))
    for name in ("digest", "digest_of", "award_fen", "due"):
        planted.pop(name, None)
    planted |= {"key": "main/reopened/S0/0", "reason": "reopened", "recorded_at": log[-1]["recorded_at"]}
    for posting in planted["postings"]:
        posting["amount_fen"] = 100_000_000 if posting["amount_fen"] > 0 else -100_000_000
    log.append(planted)


def signed_off(log: list[Body]) -> None:
    """A month that nobody made a statement of balances for."""
    last = {name: log[-1][name] for name in ("actor", "recorded_at")}
    log.append({"$schema": "subsidy/period/1", **last, "key": "2024-03", "state": "reopened", "reason": "-"})


def another_wallet(log: list[Body]) -> None:
    """A payee's new version, of no file that anybody brought."""
    payee = next(body for body in log if body["$schema"] == "subsidy/payee/1")
    log.append({**payee, "number": "0" * 64, "recorded_at": log[-1]["recorded_at"]})


@pytest.mark.parametrize(
    ("plant", "code"),
    [(reopened, "cause_missing"), (signed_off, "period_differs"), (another_wallet, "row_of_no_group")],
)
def test_the_office_s_key_signs_nothing_that_a_stranger_planted(
    till: Till, plant: Callable[[list[Body]], None], code: str
) -> None:
    altered(plant)(till.ledger.path)
    planted = f"#{len(bodies(till.ledger.path)) - 1} "
    for words in (
        ("budget", "adjust", "2024", "1000", "--document", "BUD-2024-3"),
        ("people", "add", "1004", "--post", "处长", "--document", "任-1004"),
        ("pay", "prepare", "2024-03"),
    ):
        told = refused(till, code, *words)
        assert planted in told
        assert "`subsidy audit cut`" in told


def test_a_head_is_signed_over_what_a_crash_left_unsigned(till: Till) -> None:
    """The records are the office's own: the process died after its commit."""
    before = head(till)
    till.do("budget", "adjust", "2024", "1000", "--document", "BUD-2024-3")
    till.ledger.anchor.checkpoint_file.write_text(before, "utf-8")
    till.do("pay", "prepare", "2024-03")
    assert whole(till)


def test_a_clock_that_is_set_back_lets_no_waiting_time_fall(till: Till) -> None:
    """A changed wallet waits seven days by the log's time; recorded as of last month it would have waited already."""
    till.on("2024-03-01")
    path = till.folder / "payees.csv"
    path.write_text(
        "uscc,channel,institution,wallet_type,number,holder\n"
        "91310115591693856A,ecny,C1010211000012,WT09,0012345678909999,示例企业\n",
        "utf-8",
    )
    refused(till, "clock_behind", "import", "payees", str(path), "--mode", "delta")


def test_a_number_changed_in_the_vault_is_not_paid(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    approved = till.as_second("pay", "approve", batch)
    assert approved.exit_code == 0
    vault = till.folder / "vault.db"
    with closing(sqlite3.connect(vault)) as file:
        file.execute("UPDATE secret SET value = '0099999999999999' WHERE value = '0012345678901234'")
        file.commit()
    told = refused(till, "vault_differs", "pay", "export", batch, "--out", str(till.folder / "order"))
    assert "0099999999999999" not in told
    assert not (till.folder / "order").exists()
