"""The tamper table: who can write the file attacks a small year, and verification says what it sees.

Every attack is judged twice: without a checkpoint, and with one that was taken at the head before the attack. What the
attacker computes again from end to end only the checkpoint shows; with it every attack is caught.
"""

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger.audit.verify import Trust, Verdict, verify
from ledger.book.balances import trial_balance
from ledger.book.posting import post
from ledger.store.ledger import Ledger
from tests.audit.attacker import Body, altered, stealthily
from tests.audit.seen import CONSISTENT, Seen, damaged, seen
from tests.support.small_year import ACTOR, HASH, grant

Attack = Callable[[Path], None]

HEAD = 39
TAG_OF_ENTRY_5 = "(SELECT tag FROM entry WHERE seq = 5)"


def raise_a_grant(log: list[Body]) -> None:
    log[25]["postings"][0]["amount_fen"] = 20_000_000
    log[25]["postings"][1]["amount_fen"] = -20_000_000


def replace_the_last_five(log: list[Body]) -> None:
    for body in log[-5:]:
        body["document"] = "D-999"


def slip_in_an_older_grant(log: list[Body]) -> None:
    older = {**log[25], "key": "main/grant/G-0/0", "effective_on": "2024-01-02", "recorded_at": "2024-01-02T04:00:00Z"}
    log.insert(34, older)


def restore_the_backup(path: Path) -> None:
    for beside in ("-wal", "-shm"):
        path.with_name(path.name + beside).unlink(missing_ok=True)
    shutil.copy(path.with_suffix(".backup"), path)


def swap_bodies(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        one, other = (
            body for (body,) in connection.execute("SELECT body FROM record WHERE seq IN (25, 26) ORDER BY seq")
        )
    stealthily(
        f"UPDATE record SET body = x'{other.hex()}' WHERE seq = 25",
        f"UPDATE record SET body = x'{one.hex()}' WHERE seq = 26",
    )(path)


def weaken_a_trigger(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TRIGGER record_delete")
        connection.execute("CREATE TRIGGER record_delete BEFORE DELETE ON record BEGIN SELECT 1; END")
        connection.commit()


def pair(entry: int, tag: str, n: int) -> str:
    """A balanced pair of 999.00 yuan to entry `entry`."""
    return (
        "INSERT INTO posting (entry, tag, n, chart, account, amount_fen) "
        f"SELECT {entry}, {tag}, {n}, 'fin', '5001', 99900 "
        f"UNION ALL SELECT {entry}, {tag}, {n + 1}, 'fin', '2303', -99900"
    )


# Attack -> (what is found without a checkpoint, with one): verdict, code of the first damage, the record it names.
TABLE: dict[str, tuple[Attack, Seen, Seen]] = {
    "edit one row": (
        stealthily(
            "UPDATE record SET body = CAST(replace(CAST(body AS TEXT), '337250', '937250') AS BLOB) WHERE seq = 28"
        ),
        damaged("body_changed", 28),
        damaged("body_changed", 28),
    ),
    "edit one row and compute all again": (altered(raise_a_grant), CONSISTENT, damaged("forked", None)),
    "drop the last five": (
        stealthily("DELETE FROM record WHERE seq >= 34"),
        damaged("projection_surplus", 34),
        damaged("projection_surplus", 34),
    ),
    "drop the last five and fix the head": (
        altered(lambda log: log.__delitem__(slice(-5, None))),
        CONSISTENT,
        damaged("truncated", 34),
    ),
    "replace the last five": (altered(replace_the_last_five), CONSISTENT, damaged("forked", None)),
    "insert a back-dated entry and compute all again": (
        altered(slip_in_an_older_grant),
        CONSISTENT,
        damaged("forked", None),
    ),
    "delete all": (altered(lambda log: log.clear()), damaged("empty", None), damaged("empty", None)),
    "restore an older backup": (restore_the_backup, CONSISTENT, damaged("truncated", 34)),
    "change a trigger": (weaken_a_trigger, damaged("schema_changed", None), damaged("schema_changed", None)),
    "attach a late balanced pair": (
        stealthily(pair(5, TAG_OF_ENTRY_5, 5)),
        damaged("projection_surplus", 28),
        damaged("projection_surplus", 28),
    ),
    "swap two bodies": (swap_bodies, damaged("body_changed", 25), damaged("body_changed", 25)),
}

# One row of each table, and what can be done without the guards noticing.
ROWS: dict[str, tuple[Attack, str, int | None]] = {
    "a leaf": (stealthily(f"UPDATE record SET leaf = x'{HASH}' WHERE seq = 10"), "leaf_changed", 10),
    "a kind": (stealthily("UPDATE record SET kind = 'actor' WHERE seq = 10"), "projection_differs", 10),
    "a record from the middle": (stealthily("DELETE FROM record WHERE seq = 12"), "sequence_gap", 12),
    "a node": (stealthily(f"UPDATE node SET hash = x'{HASH}' WHERE level = 2 AND idx = 3"), "node_changed", 15),
    "a node too many": (stealthily(f"INSERT INTO node VALUES (9, 0, x'{HASH}')"), "projection_surplus", None),
    "a register row": (stealthily("UPDATE item SET key = 'fin/9999' WHERE seq = 5"), "projection_differs", 5),
    "a register row gone": (stealthily("DELETE FROM item WHERE seq = 6"), "projection_missing", 6),
    "an entry": (stealthily("UPDATE entry SET effective_on = '2024-05-01' WHERE seq = 6"), "projection_differs", 29),
    "an entry gone": (stealthily("DELETE FROM entry WHERE seq = 8"), "projection_missing", 34),
    "an amount": (stealthily("UPDATE posting SET amount_fen = 1 WHERE entry = 5 AND n = 1"), "projection_differs", 28),
    "a payee": (stealthily("UPDATE posting SET payee = 'x' WHERE entry = 5 AND n = 2"), "projection_differs", 28),
    "a pair under another tag": (stealthily(pair(5, "0", 1)), "projection_surplus", 28),
    "a balance of no block": (
        stealthily("INSERT INTO balance VALUES (1, 'fin', '5001', '', 100, 0)"),
        "projection_surplus",
        22,
    ),
    "a limit": (
        stealthily("UPDATE envelope_limit SET amount_fen = 200000000 WHERE record = 21"),
        "projection_differs",
        21,
    ),
    "a used amount": (stealthily("UPDATE envelope SET used_fen = 0 WHERE path = '2024'"), "envelope_differs", None),
    "a claim of no payout": (stealthily("INSERT INTO claim VALUES (28, 29, 337250)"), "projection_surplus", 29),
    "an envelope of nobody": (stealthily("INSERT INTO envelope VALUES ('2030', 0)"), "envelope_differs", None),
}


def test_a_whole_year_is_consistent_and_with_its_checkpoint_anchored(ledger: Ledger, trust: Trust) -> None:
    assert seen(verify(ledger.path)) == CONSISTENT
    report = verify(ledger.path, trust)
    assert seen(report) == (Verdict.ANCHORED, "", None)
    assert (report.size, report.anchored, report.entries) == (HEAD, HEAD, 12)


@pytest.mark.parametrize("attack", TABLE)
def test_without_a_checkpoint(ledger: Ledger, attack: str) -> None:
    do, without, _with = TABLE[attack]
    do(ledger.path)
    assert seen(verify(ledger.path)) == without


@pytest.mark.parametrize("attack", TABLE)
def test_with_the_checkpoint_from_before_the_attack(ledger: Ledger, trust: Trust, attack: str) -> None:
    do, _without, expected = TABLE[attack]
    do(ledger.path)
    report = verify(ledger.path, trust)
    assert seen(report) == expected
    assert report.verdict is Verdict.DAMAGED


@pytest.mark.parametrize("row", ROWS)
def test_one_row_of_any_table(ledger: Ledger, row: str) -> None:
    attack, code, record = ROWS[row]
    attack(ledger.path)
    assert seen(verify(ledger.path)) == damaged(code, record)


def test_a_pair_planted_beforehand_is_named_and_does_not_count(ledger: Ledger) -> None:
    """No guard keeps a stranger from writing postings to an entry that is still to come; they never become its own."""
    with closing(sqlite3.connect(ledger.path)) as stranger:
        stranger.execute(pair(13, "0", 1))
        stranger.commit()
    assert seen(verify(ledger.path)) == damaged("projection_surplus", None)
    with ledger.write(ACTOR) as writer:
        number = post(writer, [grant("G-8", 1_000_000)])[0]
    assert number.seq == 13
    assert seen(verify(ledger.path)) == damaged("projection_surplus", number.record)
    with ledger.read() as view:
        expense = next(account for account in trial_balance(view) if account.code == "5001")
    # 3,372.50 + 1,120.00 + 2,980.00, and nothing of the stranger's 999.00
    assert expense.debit_fen == 747_250


def rewrite(path: Path, old: bytes, new: bytes) -> None:
    """Change the file itself, wherever the pattern `old` stands in it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    changed = re.sub(old, new, content)
    assert changed != content
    path.write_bytes(changed)


def test_pages_that_hold_what_no_statement_could_write_are_told_not_raised(ledger: Ledger) -> None:
    """Two bytes before its kind say how long a body is; the first of them without its high bit means a number."""
    rewrite(ledger.path, rb"\x83(.\x4caccount\{)", b"\x03\\1")
    assert seen(verify(ledger.path)) == damaged("file_damaged")


def test_a_schema_that_is_no_longer_text_is_told_not_raised(ledger: Ledger) -> None:
    rewrite(ledger.path, b"TRIGGER record_delete", b"TR\xc9GGER record_delete")
    assert seen(verify(ledger.path)) == damaged("unreadable")
