"""What the database refuses to a foreign connection: every guard under attack, and nothing changed afterwards."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from ledger.log import kinds
from ledger.store import guards, tables
from ledger.store.engine import insert_rows
from ledger.store.ledger import Ledger
from ledger.store.tables import TABLES
from tests.support.copies import copied
from tests.support.small_ledger import ACTOR, contents, foreign, noon, post, small_ledger, url


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """The small ledger and record 6, a payout that claims 60 of the 100 fen payable by entry 2 (record 5)."""
    copied(claimed, tmp_path)
    return Ledger.open(url(tmp_path), clock=noon)


def claimed(folder: Path) -> None:
    with small_ledger(folder).write(ACTOR) as writer:
        writer.append(kinds.PAYOUT, kinds.PayoutBody(**payout([(5, 60)])))


def payout(claims: list[tuple[int, int]]) -> dict[str, Any]:
    return {
        "key": "S1",
        "batch": "B1",
        "n": 1,
        "payee": "ecny/C1010411000013/000001",
        "payee_record": 1,
        "uscc": "91110108MA00000000",
        "amount_fen": 60,
        "claims": [{"award": award, "amount_fen": amount_fen} for award, amount_fen in claims],
    }


@pytest.fixture
def enemy(ledger: Ledger) -> Iterator[sqlite3.Connection]:
    with closing(foreign(ledger)) as connection:
        yield connection


COLUMNS = {table.name: ", ".join(f'"{column.name}"' for column in table.columns) for table in TABLES}
# A row that exists in each table of the small ledger.
EXISTING = {
    "record": "seq = 4",
    "node": "level = 1 AND idx = 0",
    "item": "seq = 3",
    "entry": "seq = 1",
    "posting": "entry = 1 AND n = 0",
    "balance": "entry = 2",
    "envelope": "path = '2024'",
    "envelope_limit": "record = 3",
    "claim": "award = 5 AND record = 6",
}
REFUSED_AGAIN = {
    "record": "record: is not the next number",
    "node": "node: is not the next of its level",
    "item": "item: is not beyond the last",
    "entry": "entry: does not follow the last one",
    "posting": "posting: belongs to an entry that exists",
    "balance": "balance: exists",
    "envelope": "envelope: exists",
    "envelope_limit": "envelope_limit: is not beyond the last",
    "claim": "claim: exists",
}


def test_the_small_ledger_has_a_row_to_attack_in_every_table(enemy: sqlite3.Connection) -> None:
    assert EXISTING.keys() == COLUMNS.keys()
    for table, where in EXISTING.items():
        assert enemy.execute(f"SELECT COUNT(*) FROM {table} WHERE {where}").fetchone() == (1,), table


@pytest.mark.parametrize("how", ["INSERT", "INSERT OR REPLACE", "REPLACE", "INSERT OR IGNORE", "INSERT OR ROLLBACK"])
@pytest.mark.parametrize("table", EXISTING)
def test_no_row_is_put_in_the_place_of_another(ledger: Ledger, enemy: sqlite3.Connection, table: str, how: str) -> None:
    before = contents(ledger)
    # The same row again: with REPLACE this would delete the old one without asking a DELETE trigger.
    copy = f"{how} INTO {table} ({COLUMNS[table]}) SELECT {COLUMNS[table]} FROM {table} WHERE {EXISTING[table]}"
    with pytest.raises(sqlite3.IntegrityError, match=REFUSED_AGAIN[table]):
        enemy.execute(copy)
    assert contents(ledger) == before


@pytest.mark.parametrize("how", ["UPDATE", "UPDATE OR REPLACE", "UPDATE OR IGNORE"])
@pytest.mark.parametrize("table", EXISTING)
def test_no_column_is_changed(ledger: Ledger, enemy: sqlite3.Connection, table: str, how: str) -> None:
    before = contents(ledger)
    for column in COLUMNS[table].split(", "):
        if (table, column) == ("envelope", '"used_fen"'):
            continue
        # A value of the right type that the row does not have yet.
        other = (
            f"CASE typeof({column}) WHEN 'integer' THEN {column} + 1000 WHEN 'blob' THEN X'00' "
            "WHEN 'null' THEN 1 ELSE 'other' END"
        )
        with pytest.raises(sqlite3.IntegrityError, match=f"{table}: (rows are never changed|keeps its path)"):
            enemy.execute(f"{how} {table} SET {column} = {other} WHERE {EXISTING[table]}")
    assert contents(ledger) == before


@pytest.mark.parametrize("table", EXISTING)
def test_no_row_is_deleted(ledger: Ledger, enemy: sqlite3.Connection, table: str) -> None:
    before = contents(ledger)
    for statement in (f"DELETE FROM {table} WHERE {EXISTING[table]}", f"DELETE FROM {table}"):
        with pytest.raises(sqlite3.IntegrityError, match=f"{table}: rows are never deleted"):
            enemy.execute(statement)
    assert contents(ledger) == before


# Attack -> what the database answers. Record 6 is the last, entry 2 too; entry 3 would be the next.
TAG = 7
ENTRY = f"INSERT INTO entry ({COLUMNS['entry']}) VALUES"
ATTACKS = [
    # record
    ("INSERT INTO record VALUES (99, 'entry', X'00', X'00')", "record: is not the next number"),
    ("INSERT INTO record VALUES (-1, 'entry', X'00', X'00')", "record: is not the next number"),
    ("INSERT INTO record (kind, body, leaf) VALUES ('entry', X'00', X'00')", "record: is not the next number"),
    ("INSERT INTO record (rowid, kind, body, leaf) VALUES (3, 'e', X'', X'')", "record: is not the next number"),
    ("REPLACE INTO record (_rowid_, kind, body, leaf) VALUES (3, 'e', X'', X'')", "record: is not the next number"),
    ("UPDATE record SET rowid = 99 WHERE rowid = 4", "record: rows are never changed"),
    ("UPDATE record SET oid = 3 WHERE rowid = 4", "record: rows are never changed"),
    (
        "INSERT INTO record VALUES (3, 'entry', X'00', X'00') ON CONFLICT (seq) DO UPDATE SET body = X'00'",
        "record: is not the next number",
    ),
    ("INSERT INTO record VALUES (7, 'entry', 'text', X'00')", "cannot store TEXT value in BLOB column record.body"),
    # node
    ("INSERT INTO node VALUES (1, 7, X'00')", "node: is not the next of its level"),
    ("INSERT INTO node VALUES (0, 0, X'00')", "CHECK constraint failed"),
    # item
    ("INSERT INTO item VALUES (7, 'entry', 'main/A/0', '', 0)", "item: has no record of its register"),
    ("INSERT INTO item VALUES (7, 'grant', 'G-1', '', 0)", "item: has no record of its register"),
    ("INSERT INTO item VALUES (99, 'grant', 'G-1', '', 0)", "item: has no record of its register"),
    ("INSERT INTO item VALUES (1, 'actor', '1002', '', 0)", "item: is not beyond the last"),
    # posting
    ("INSERT INTO posting (entry, tag, n, chart, account, amount_fen) VALUES (1, 7, 9, 'fin', '1', 5)",
     "posting: belongs to an entry that exists"),
    ("INSERT INTO posting (entry, tag, n, chart, account, amount_fen) VALUES (-5, 7, 9, 'fin', '1', 5)",
     "posting: belongs to an entry that exists"),
    ("INSERT INTO posting (entry, tag, n, chart, account, amount_fen) VALUES (3, 7, 0, 'xxx', '1', 5)",
     "posting: has no chart or no amount"),
    ("INSERT INTO posting (entry, tag, n, chart, account, amount_fen) VALUES (3, 7, 0, 'fin', '1', 0)",
     "posting: has no chart or no amount"),
    ("INSERT INTO posting (entry, tag, n, chart, account, amount_fen) VALUES (3, 7, NULL, 'fin', '1', 5)",
     "NOT NULL constraint failed: posting.n"),
    # entry, without its postings or its record
    (f"{ENTRY} (4, 4, 7, 'K', 'award', 'd', NULL, NULL, NULL, NULL, 2, 0, 0, 0)",
     "entry: does not follow the last one"),
    (f"{ENTRY} (NULL, 4, 7, 'K', 'award', 'd', NULL, NULL, NULL, NULL, 2, 0, 0, 0)",
     "entry: does not follow the last one"),
    (f"{ENTRY} (3, 7, 7, 'main/A/0', 'award', 'd', NULL, NULL, NULL, NULL, 2, 0, 0, 0)",
     "entry: has a key that is used"),
    (f"INSERT OR REPLACE INTO entry ({COLUMNS['entry']}) VALUES "
     "(3, 7, 7, 'main/A/0', 'award', 'd', NULL, NULL, NULL, NULL, 2, 0, 0, 0)", "entry: has a key that is used"),
    (f"{ENTRY} (3, 3, 7, 'K', 'award', 'd', NULL, NULL, NULL, NULL, 2, 0, 0, 0)",
     "entry: does not follow the last one"),
    (f"{ENTRY} (3, 7, 7, 'K', 'award', 'd', NULL, NULL, NULL, NULL, 2, 0, 0, 0)", "entry: has no record of an entry"),
    # balance
    ("INSERT INTO balance VALUES (3, 'fin', '5001', '', 1, 0)", "balance: is of a block that is not complete"),
    ("INSERT INTO balance VALUES (1, 'fin', '5001', '', 1, 0)", "balance: is of a block before the last"),
    # envelopes
    ("INSERT INTO envelope VALUES ('2025', 5)", "envelope: begins unused"),
    ("INSERT INTO envelope VALUES (NULL, 0)", "NOT NULL constraint failed: envelope.path"),
    ("INSERT OR REPLACE INTO envelope VALUES ('2024', 0)", "envelope: exists"),
    ("UPDATE envelope SET used_fen = 1001", "envelope: is used up to its limit only"),
    ("UPDATE envelope SET used_fen = -1", "envelope: is never used below 0"),
    ("UPDATE envelope SET path = '2023'", "envelope: keeps its path"),
    ("UPDATE envelope SET path = '2023', used_fen = 0", "envelope: keeps its path"),
    ("INSERT INTO envelope VALUES ('2024', 0) ON CONFLICT DO UPDATE SET used_fen = 0", "envelope: exists"),
    ("INSERT INTO envelope_limit VALUES (4, '2024', 9999)", "envelope_limit: has no budget record"),
    ("INSERT INTO envelope_limit VALUES (3, '2024', 9999)", "envelope_limit: is not beyond the last"),
    ("INSERT INTO envelope_limit VALUES (99, '2024', 9999)", "envelope_limit: has no budget record"),
    # claim: of the 100 fen payable by record 5, record 6 holds 60; record 4 is the entry that record 5 reverses
    ("INSERT INTO claim VALUES (5, 99, 1)", "claim: has no record of a payout"),
    ("INSERT INTO claim VALUES (5, 4, 1)", "claim: has no record of a payout"),
    ("INSERT OR REPLACE INTO claim VALUES (5, 6, 1)", "claim: exists"),
    ("INSERT INTO claim VALUES (3, 6, 1)", "claim: takes more than is payable"),
    ("INSERT INTO claim VALUES (99, 6, 1)", "claim: takes more than is payable"),
]  # fmt: skip


@pytest.mark.parametrize(("attack", "answer"), ATTACKS)
def test_attacks_on_single_tables(ledger: Ledger, enemy: sqlite3.Connection, attack: str, answer: str) -> None:
    before = contents(ledger)
    # Settings that a foreign connection may choose must not open a way.
    enemy.execute("PRAGMA foreign_keys = OFF")
    enemy.execute("PRAGMA recursive_triggers = OFF")
    with pytest.raises(sqlite3.IntegrityError, match=answer):
        enemy.execute(attack)
    assert contents(ledger) == before


def test_the_used_amount_moves_between_0_and_the_limit(enemy: sqlite3.Connection) -> None:
    for used_fen in (0, 1000, 400):
        enemy.execute("UPDATE envelope SET used_fen = ?", (used_fen,))
        assert enemy.execute("SELECT used_fen FROM envelope").fetchone() == (used_fen,)


def test_a_limit_is_never_cut_below_what_is_used(ledger: Ledger) -> None:
    # Limit 1000, used 400: 600 may be taken away, 601 may not.
    insert = "INSERT INTO envelope_limit VALUES ({seq}, '2024', {amount})"
    with ledger.write(ACTOR) as writer:
        seq = writer.append(
            kinds.BUDGET,
            kinds.BudgetBody(key="2024", action="issued", amount_fen=-600, document="D-2", on="2025-07-01"),
        )
        with pytest.raises(Exception, match="envelope_limit: takes away what is used"):
            writer.connection.exec_driver_sql(insert.format(seq=seq, amount=-601))
        writer.connection.exec_driver_sql(insert.format(seq=seq, amount=-600))


def plan_entry(enemy: sqlite3.Connection, postings: list[tuple[str, int]]) -> None:
    """A record of an entry, number 7, and postings for entry 3 under TAG, planted by the enemy."""
    enemy.execute("INSERT INTO record VALUES (7, 'entry', X'7B7D', zeroblob(32))")
    for n, (chart, amount_fen) in enumerate(postings):
        enemy.execute(
            "INSERT INTO posting (entry, tag, n, chart, account, amount_fen) VALUES (3, ?, ?, ?, '1', ?)",
            (TAG, n, chart, amount_fen),
        )


# Postings, then what the entry row claims: n, fin, bud, ind.
DISAGREEING = [
    ([], (0, 0, 0, 0)),
    ([], (2, 0, 0, 0)),
    ([("fin", 5)], (1, 5, 0, 0)),
    ([("fin", 5), ("fin", -5)], (3, 5, 0, 0)),
    ([("fin", 5), ("fin", -5)], (2, 6, 0, 0)),
    ([("fin", 5), ("fin", -5)], (2, 0, 5, 0)),
    ([("fin", 5), ("fin", -5)], (2, 5, 0, 1)),
    ([("fin", 5), ("fin", -6)], (2, 5, 0, 0)),
    ([("fin", 5), ("bud", -5)], (2, 5, 0, 0)),
    ([("fin", 5), ("fin", -5), ("bud", 1), ("ind", -1)], (4, 5, 1, 0)),
    ([("ind", 5), ("ind", -5)], (2, 5, 0, 0)),
]


@pytest.mark.parametrize(("postings", "claims"), DISAGREEING)
def test_an_entry_that_does_not_agree_with_its_postings(
    enemy: sqlite3.Connection, postings: list[tuple[str, int]], claims: tuple[int, int, int, int]
) -> None:
    plan_entry(enemy, postings)
    with pytest.raises(sqlite3.IntegrityError, match="entry: does not agree with its postings"):
        enemy.execute(f"{ENTRY} (3, 7, {TAG}, 'K', 'award', 'd', NULL, NULL, NULL, NULL, ?, ?, ?, ?)", claims)


def test_an_entry_that_agrees_is_taken_chart_by_chart(enemy: sqlite3.Connection) -> None:
    plan_entry(enemy, [("fin", 5), ("fin", -5), ("bud", 1), ("bud", 2), ("bud", -3), ("ind", 7), ("ind", -7)])
    enemy.execute(f"{ENTRY} (3, 7, {TAG}, 'K', 'award', 'd', NULL, NULL, NULL, NULL, 7, 5, 3, 7)")
    assert enemy.execute("SELECT COUNT(*) FROM entry").fetchone() == (3,)


def test_sums_that_overflow_are_refused(enemy: sqlite3.Connection) -> None:
    largest = 2**63 - 1
    plan_entry(enemy, [("fin", largest), ("fin", largest), ("fin", -largest), ("fin", -largest)])
    with pytest.raises(sqlite3.OperationalError, match="integer overflow"):
        enemy.execute(f"{ENTRY} (3, 7, {TAG}, 'K', 'award', 'd', NULL, NULL, NULL, NULL, 4, -2, 0, 0)")


def test_an_entry_is_reversed_once(enemy: sqlite3.Connection) -> None:
    plan_entry(enemy, [("fin", 5), ("fin", -5)])
    # Entry 2 of the small ledger reverses entry 1.
    for how in ("INSERT", "INSERT OR REPLACE"):
        with pytest.raises(sqlite3.IntegrityError, match="entry: reverses what is reversed already"):
            enemy.execute(
                f"{how} INTO entry ({COLUMNS['entry']}) VALUES "
                f"(3, 7, {TAG}, 'K', 'reversal', 'd', NULL, NULL, NULL, 1, 2, 5, 0, 0)"
            )


@pytest.mark.parametrize("how", ["INSERT", "INSERT OR REPLACE"])
def test_a_posting_in_the_place_of_another_is_never_one_of_an_entry(
    ledger: Ledger, enemy: sqlite3.Connection, how: str
) -> None:
    plan_entry(enemy, [("fin", 5), ("fin", -5)])
    again = f"{how} INTO posting SELECT * FROM posting WHERE entry = 3 AND n = 0"
    # While there is no entry 3, the enemy can only put his own posting in the place of his own.
    if how == "INSERT":
        with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed: posting\.entry"):
            enemy.execute(again)
    else:
        enemy.execute(again)
    enemy.execute(f"{ENTRY} (3, 7, {TAG}, 'K', 'award', 'd', NULL, NULL, NULL, NULL, 2, 5, 0, 0)")
    before = contents(ledger)
    for entry in (1, 2, 3):
        with pytest.raises(sqlite3.IntegrityError, match="posting: belongs to an entry that exists"):
            enemy.execute(f"{how} INTO posting SELECT * FROM posting WHERE entry = {entry}")
    assert contents(ledger) == before


def test_postings_planted_beforehand_neither_count_nor_block(ledger: Ledger, enemy: sqlite3.Connection) -> None:
    # The enemy plants a balanced pair for the next entry; its tag cannot be that of a leaf not yet written.
    for n, (chart, amount_fen) in enumerate([("fin", 5), ("fin", -5)]):
        enemy.execute(
            "INSERT INTO posting (entry, tag, n, chart, account, amount_fen) VALUES (3, ?, ?, ?, '1', ?)",
            (TAG, n, chart, amount_fen),
        )
    with ledger.write(ACTOR) as writer:
        post(writer, 3, "main/C/0", 250)
    with closing(foreign(ledger)) as reader:
        joined = "SELECT amount_fen FROM posting JOIN entry ON entry = seq AND posting.tag = entry.tag WHERE seq = 3"
        assert sorted(reader.execute(joined).fetchall()) == [(-250,), (250,)]
        assert reader.execute("SELECT COUNT(*) FROM posting WHERE entry = 3").fetchone() == (4,)


@pytest.mark.parametrize("amount_fen", [41, -61])
def test_no_more_is_claimed_than_is_payable_and_no_more_given_back_than_is_claimed(
    ledger: Ledger, amount_fen: int
) -> None:
    # Payable 100, claimed 60: 40 more may be taken, 60 given back; this is one fen beyond.
    before = contents(ledger)
    with pytest.raises(IntegrityError, match="claim: takes more than is payable"), ledger.write(ACTOR) as writer:
        writer.append(kinds.PAYOUT, kinds.PayoutBody(**payout([(5, amount_fen)])))
    assert contents(ledger) == before


@pytest.mark.parametrize("amount_fen", [40, -60])
def test_a_payable_is_claimed_to_the_last_fen(ledger: Ledger, amount_fen: int) -> None:
    with ledger.write(ACTOR) as writer:
        seq = writer.append(kinds.PAYOUT, kinds.PayoutBody(**payout([(5, amount_fen)])))
        row = writer.connection.exec_driver_sql("SELECT award, amount_fen FROM claim WHERE record = ?", (seq,)).one()
    assert row == (5, amount_fen)


def test_a_reduction_is_claimed_as_such(ledger: Ledger) -> None:
    # Entry 3 takes 50 fen back from the payee: claims on it lie between -50 and 0.
    with ledger.write(ACTOR) as writer:
        reduction = post(writer, 3, "main/C/0", -50)
        for amount_fen in (1, -51):
            with pytest.raises(IntegrityError, match="claim: takes more than is payable"):
                insert_rows(writer.connection, tables.claim, [(reduction, 6, amount_fen)])
        insert_rows(writer.connection, tables.claim, [(reduction, 6, -50)])


def test_what_was_reversed_is_claimed_by_nobody(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        again = post(writer, 3, "main/C/0", 70)
        post(writer, 4, "main/D/0", -70, reverses=again)
        with pytest.raises(IntegrityError, match="claim: is of an entry that was reversed"):
            insert_rows(writer.connection, tables.claim, [(again, 6, 70)])


def test_check_constraints_can_be_switched_off_and_triggers_cannot(enemy: sqlite3.Connection) -> None:
    enemy.execute("PRAGMA ignore_check_constraints = ON")
    with pytest.raises(sqlite3.IntegrityError, match="record: is not the next number"):
        enemy.execute("INSERT INTO record VALUES (99, 'entry', X'00', X'00')")


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER record_delete",
        "DROP TRIGGER entry_insert; CREATE TRIGGER entry_insert BEFORE INSERT ON entry BEGIN SELECT 1; END",
        "CREATE TRIGGER extra AFTER INSERT ON record BEGIN UPDATE envelope SET used_fen = 0; END",
        "CREATE VIEW extra AS SELECT * FROM record",
        "DROP INDEX item_key",
        "ALTER TABLE envelope ADD COLUMN note TEXT",
        "PRAGMA writable_schema = ON; DELETE FROM sqlite_master WHERE name = 'record_delete'",
    ],
)
def test_a_changed_schema_changes_its_hash(ledger: Ledger, enemy: sqlite3.Connection, change: str) -> None:
    with ledger.read() as view:
        assert guards.schema_sha256(view.connection) == guards.own_schema().sha256
    enemy.executescript(change)
    with ledger.read() as view:
        assert guards.schema_sha256(view.connection) != guards.own_schema().sha256


def test_every_table_has_its_three_guards() -> None:
    named = {statement.split()[2] for statement in guards.triggers()}
    assert named == {f"{table.name}_{action}" for table in TABLES for action in ("insert", "update", "delete")}
