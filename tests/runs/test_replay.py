"""Replay: what was posted follows from what was known; a posting that does not is named with its first difference."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from ledger.audit.replay import replay
from ledger.store.ledger import Ledger
from tests.support.copies import ready
from tests.support.office import Office, open_office

SECOND, THIRD = "HT1,drawdown,2024-02-26,,8000000,\n", "HT1,drawdown,2024-05-09,,12000000,\n"


@ready
def office(folder: Path) -> Office:
    """March, June, a true-up in July, June's true-up taken back and run again."""
    office = open_office(folder)
    office.on("2024-04-01").report("2024-03-31", SECOND)
    office.run("2024-03")
    office.on("2024-07-01").report("2024-06-30", THIRD)
    office.run("2024-06")
    office.on("2024-08-01").report("2024-07-31", "HT1,repayment,2024-05-20,,2000000,\n")
    office.run("2024-07")
    office.do("run", "withdraw", "2024-07", "--reason", "asked the bank again")
    office.run("2024-07")
    return office


def test_every_run_of_the_history_is_made_again_the_same(office: Office) -> None:
    with Ledger.open(office.url).read() as view:
        replayed = list(replay(view))
    assert [(str(one.run.occasion), one.run.state, one.entries) for one in replayed] == [
        ("2024-03", "closed", 1),
        ("2024-06", "closed", 1),
        ("2024-07", "withdrawn", 1),
        ("2024-07", "closed", 1),
    ]
    assert [one.difference for one in replayed] == [None] * 4


def test_facts_that_came_later_do_not_reach_back(office: Office) -> None:
    office.on("2024-09-02").report("2024-08-31", "HT1,repayment,2024-03-01,,1000000,\n")
    with Ledger.open(office.url).read() as view:
        assert [one.difference for one in replay(view)] == [None] * 4


def test_a_posting_that_the_facts_do_not_give_is_named(office: Office) -> None:
    """Somebody with the file in his hands adds 100 yuan to the award of March and to both sides of its postings."""
    path = office.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, isolation_level=None)) as forger:
        rows = forger.execute("SELECT seq, body FROM record WHERE kind = 'entry' ORDER BY seq").fetchall()
        record, body = next((seq, json.loads(body)) for seq, body in rows if json.loads(body)["reason"] == "award")
        body["award_fen"] += 10_000
        for posting in body["postings"]:
            posting["amount_fen"] += 10_000 if posting["amount_fen"] > 0 else -10_000
        forger.executescript(
            "".join(f"DROP TRIGGER {name};" for (name,) in forger.execute("SELECT name FROM sqlite_master "
                    "WHERE type = 'trigger' AND tbl_name = 'record'"))
        )  # fmt: skip
        forger.execute(
            "UPDATE record SET body = ? WHERE seq = ?",
            (json.dumps(body, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode(), record),
        )
    with Ledger.open(office.url).read() as view:
        first = next(one.difference for one in replay(view) if one.difference)
    assert (first.record, first.field, first.recorded, first.derived) == (record, "award_fen", 1_696_250, 1_686_250)
