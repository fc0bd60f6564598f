"""Rebuilding: every table made again from the bodies of the log alone is the table that stands there."""

from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.audit.rebuild import EXCLUDED, rebuild
from ledger.audit.verify import Trust, verify
from ledger.book.posting import post
from ledger.store.ledger import Ledger
from ledger.store.tables import TABLES
from tests.audit.attacker import stealthily
from tests.audit.seen import ANCHORED, seen
from tests.support.small_year import ACTOR, grant


def into(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'rebuilt.db'}"


def test_every_table_is_the_same_and_the_new_file_is_a_ledger(ledger: Ledger, trust: Trust, tmp_path: Path) -> None:
    with ledger.read() as view:
        compared = rebuild(view.connection, into(tmp_path))
    assert [one.table for one in compared] == [table.name for table in TABLES]
    assert [one.difference for one in compared] == [None] * len(TABLES)
    rows = {one.table: one.made for one in compared}
    # 18 accounts, an officer, the rules, two budgets; 12 entries of which the 3 awards have 4 postings.
    assert (rows["record"], rows["item"], rows["entry"], rows["posting"]) == (39, 22, 12, 9 * 2 + 3 * 4)
    assert seen(verify(tmp_path / "rebuilt.db", trust)) == ANCHORED


def test_a_balance_is_the_same_whatever_the_batches_were(ledger: Ledger, tmp_path: Path) -> None:
    """Blocks of 1,024 entries end inside one batch and begin inside another; balances follow from the log alone."""
    sizes = (7, 1000, 5, 1030, 24)
    number = 0
    for size in sizes:
        with ledger.write(ACTOR) as writer:
            post(writer, [grant(f"B-{number + place}", 1_00) for place in range(size)])
        number += size
    with ledger.read() as view:
        compared = {one.table: one for one in rebuild(view.connection, into(tmp_path))}
    # 12 + 2,066 entries are two complete blocks. The first has 1001, 1101 of the year, 1101, 1201, 1301, 5001, 2303 of
    # the loans, the second 1101 and 1201 of the loans.
    assert compared["entry"].made == 12 + sum(sizes)
    assert compared["balance"].difference is None
    assert compared["balance"].made == 7 + 2


@pytest.mark.parametrize(
    ("statement", "table"),
    [
        ("UPDATE posting SET amount_fen = 1 WHERE entry = 5 AND n = 1", "posting"),
        ("UPDATE entry SET line = 'G-9' WHERE seq = 5", "entry"),
        ("DELETE FROM item WHERE seq = 20", "item"),
        ("UPDATE envelope SET used_fen = 7 WHERE path = '2024'", "envelope"),
        ("DELETE FROM node WHERE level = 5", "node"),
        ("INSERT INTO balance VALUES (1, 'fin', '5001', '', 100, 0)", "balance"),
    ],
)
def test_a_changed_table_differs(ledger: Ledger, tmp_path: Path, statement: str, table: str) -> None:
    stealthily(statement)(ledger.path)
    with ledger.read() as view:
        compared = rebuild(view.connection, into(tmp_path))
    assert [one.table for one in compared if one.difference] == [table]


def test_nothing_is_written_over(ledger: Ledger, tmp_path: Path) -> None:
    (tmp_path / "rebuilt.db").write_text("mine", encoding="utf-8")
    with ledger.read() as view, pytest.raises(Refused) as refused:
        rebuild(view.connection, into(tmp_path))
    assert refused.value.problems[0].code == "ledger_exists"
    assert (tmp_path / "rebuilt.db").read_text(encoding="utf-8") == "mine"


def test_a_log_that_cannot_be_read_is_not_rebuilt(ledger: Ledger, tmp_path: Path) -> None:
    stealthily("UPDATE record SET body = CAST('{}' AS BLOB) WHERE seq = 12")(ledger.path)
    with ledger.read() as view, pytest.raises(Refused) as refused:
        rebuild(view.connection, into(tmp_path))
    assert refused.value.problems[0].code == "body_unreadable"
    assert not (tmp_path / "rebuilt.db").exists()


def test_what_no_record_holds_is_listed() -> None:
    assert [text.split(":")[0] for text in EXCLUDED] == ["vault", "anchor", "keys"]
