"""A ledger from its making on: what a write sees, keeps and refuses, and what a view believes at any size."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.log.canonical import parse
from ledger.log.kinds import check_record
from ledger.log.tree import EMPTY_ROOT, leaf_hash, root
from ledger.store.ledger import Ledger, local_day
from tests.support.small_ledger import ACTOR, HASH, NOON, foreign, noon, small_ledger, url


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.create(url(tmp_path), actor=ACTOR, calculators=(), clock=noon)


def code(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def bodies(ledger: Ledger) -> list[bytes]:
    with closing(foreign(ledger)) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM record ORDER BY seq")]


def signed_size(ledger: Ledger) -> int:
    return int(ledger.anchor.checkpoint_file.read_text("utf-8").split("\n")[1])


def test_a_new_ledger_says_what_it_is_and_who_made_it(ledger: Ledger) -> None:
    genesis, rules, actor = (parse(body) for body in bodies(ledger))
    assert check_record(genesis) == check_record(rules) == check_record(actor) == []
    assert genesis["purpose"] == "practice"
    assert genesis["recorded_at"] == "2025-07-01T04:00:00Z"
    assert genesis["log_key"] == ledger.anchor.verifier_file.read_text("utf-8").strip()
    assert (rules["key"], rules["calculators"]) == ("rules", [])
    assert "subsidy/entry/2" in rules["schemas"]
    assert (actor["key"], actor["role"]) == (ACTOR, "officer")
    assert signed_size(ledger) == 3


def test_clock_and_entropy_decide_everything(tmp_path: Path) -> None:
    def entropy() -> Iterator[int]:
        yield from range(10**6)

    made = []
    for name in ("one", "two"):
        numbers = entropy()
        folder = tmp_path / name
        folder.mkdir()
        ledger = Ledger.create(
            url(folder),
            actor=ACTOR,
            calculators=(),
            purpose="demo",
            clock=noon,
            entropy=lambda n, numbers=numbers: bytes(next(numbers) % 256 for _ in range(n)),
            anchor=tmp_path / f"{name}-anchor",
        )
        made.append((bodies(ledger), ledger.anchor.checkpoint_file.read_bytes(), ledger.vault.commit("t", "v")))
    assert made[0] == made[1]
    # The first eight numbers name the log.
    assert parse(made[0][0][0])["origin"] == "subsidy-0001020304050607"


def test_a_ledger_is_never_written_over(ledger: Ledger) -> None:
    before = bodies(ledger)
    with pytest.raises(Refused) as refused:
        Ledger.create(f"sqlite:///{ledger.path}", actor="1002", calculators=())
    assert code(refused) == ["ledger_exists"]
    assert bodies(ledger) == before


def test_what_is_not_there_is_refused_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Ledger.open(url(tmp_path))
    assert code(refused) == ["ledger_missing"]
    with pytest.raises(Refused) as refused:
        Ledger.create(f"sqlite:///{tmp_path}/none/ledger.db", actor=ACTOR, calculators=())
    assert code(refused) == ["folder_missing"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a database, but long enough to look at" * 30])
def test_other_files_are_not_ledgers(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ledger.db").write_bytes(content)
    ledger = Ledger.open(url(tmp_path))
    with pytest.raises(Refused) as refused, ledger.read():
        pass
    assert code(refused) == ["not_a_ledger"]
    with pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pass
    assert code(refused) == ["not_a_ledger"]
    assert (tmp_path / "ledger.db").read_bytes() == content


def test_a_write_is_all_or_nothing(ledger: Ledger) -> None:
    def interrupted() -> None:
        with ledger.write(ACTOR) as writer:
            writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
            assert writer.current(kinds.ACTOR, "1002") is not None
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    with ledger.read() as view:
        assert view.size == 3
        assert view.current(kinds.ACTOR, "1002") is None
    assert signed_size(ledger) == 3


def test_what_a_write_appends_it_sees(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        assert writer.now == NOON
        seq = writer.append(
            kinds.BUDGET, kinds.BudgetBody(key="2024", action="issued", amount_fen=5, document="D-1", on="2025-07-01")
        )
        assert (seq, writer.size) == (3, 4)
        assert writer.record(3)["amount_fen"] == 5
        row = writer.current(kinds.BUDGET, "2024")
        assert row is not None
        assert (row.seq, row.key, row.lender, row.body["document"]) == (3, "2024", "", "D-1")
        root_inside = writer.root()
    written = bodies(ledger)
    assert row.leaf == leaf_hash(written[3])
    assert root_inside == root([leaf_hash(body) for body in written])
    assert signed_size(ledger) == 4


def test_a_batch_is_the_same_as_one_by_one(tmp_path: Path) -> None:
    fields = [{"key": f"{number}", "role": "officer"} for number in range(2000, 2037)]
    written = []
    for name in ("single", "batch"):
        folder = tmp_path / name
        folder.mkdir()
        ledger = Ledger.create(
            url(folder),
            actor=ACTOR,
            calculators=(),
            clock=noon,
            entropy=lambda n: bytes(n),
            anchor=tmp_path / f"{name}-anchor",
        )
        with ledger.write(ACTOR) as writer:
            if name == "single":
                stored = [
                    (writer.append(kinds.ACTOR, kinds.ActorBody(**one)), writer.leaf(writer.size - 1)) for one in fields
                ]
            else:
                stored = [(one.seq, one.leaf) for one in writer.extend(kinds.ACTOR, fields)]
        written.append((bodies(ledger), stored, ledger.anchor.checkpoint_file.read_text("utf-8")))
    assert written[0] == written[1]


def test_a_tag_is_the_first_eight_bytes_of_the_leaf(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        for stored in writer.extend(kinds.ACTOR, [{"key": str(number), "role": "officer"} for number in range(64)]):
            assert stored.tag == int.from_bytes(stored.leaf[:8], "big", signed=True)


def test_a_malformed_record_is_our_mistake_and_crashes(ledger: Ledger) -> None:
    with pytest.raises(AssertionError, match="key: absent; kye: unknown field"), ledger.write(ACTOR) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(kye="1002", role="officer"))
    with pytest.raises(AssertionError, match="role: absent"), ledger.write(ACTOR) as writer:
        writer.extend(kinds.ACTOR, [{"key": "1002", "role": "officer"}, {"key": "1003"}])
    assert len(bodies(ledger)) == 3


def test_an_unknown_officer_writes_nothing(ledger: Ledger) -> None:
    with pytest.raises(Refused) as refused, ledger.write("9999") as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="9999", role="officer"))
    assert code(refused) == ["actor_unknown"]
    assert len(bodies(ledger)) == 3


def loan(key: str, lender: str, amount_fen: int) -> kinds.FactBody[kinds.LoanData]:
    data = kinds.LoanData(
        contract_no=key,
        lender=lender,
        uscc="91110108MA0000777Y",
        signed_on="2024-02-20",
        matures_on="2025-02-20",
        amount_fen=amount_fen,
        day_count="ACT/360",
        due_every="quarter",
        due_counted=True,
        rate="3.55%",
    )
    return {"register": "loan", "key": key, "lender": lender, "data": data}


def test_registers_at_any_size(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.LOAN, loan("L-2", "Bank A", 1))  # 3
        writer.append(kinds.LOAN, loan("L-1", "Bank B", 2))  # 4
        writer.append(kinds.LOAN, loan("L-2", "Bank A", 3))  # 5
        writer.append(kinds.VOID, kinds.VoidBody(register="loan", key="L-1", **{"of": 4, "import": 0}))  # 6
        writer.append(kinds.LOAN, loan("L-1", "Bank A", 4))  # 7

    def amounts(size: int, lender: str | None = None) -> list[tuple[str, int]]:
        with ledger.read() as view:
            return [(row.key, row.body["data"]["amount_fen"]) for row in view.at(size).rows(kinds.LOAN, lender)]

    assert amounts(3) == []
    assert amounts(5) == [("L-1", 2), ("L-2", 1)]
    assert amounts(6) == [("L-1", 2), ("L-2", 3)]
    assert amounts(7) == [("L-2", 3)]
    assert amounts(8) == [("L-1", 4), ("L-2", 3)]
    assert amounts(6, "Bank B") == [("L-1", 2)]
    assert amounts(8, "Bank B") == []
    with ledger.read() as view:
        assert view.at(7).current(kinds.LOAN, "L-1") is None
        assert [(row.seq, void) for row, void in view.history(kinds.LOAN, "L-1")] == [(4, False), (6, True), (7, False)]
        assert [(row.seq, void) for row, void in view.at(7).history(kinds.LOAN, "L-1")] == [(4, False), (6, True)]
        assert [row.seq for row in view.records(kinds.LOAN)] == [3, 4, 5, 7]
        assert [row.seq for row in view.records(kinds.LOAN, since=5)] == [5, 7]
        assert [row.lender for row in view.at(5).records(kinds.LOAN)] == ["Bank A", "Bank B"]
        assert list(view.at(0).records(kinds.GENESIS)) == []
        assert view.at(0).root() == EMPTY_ROOT
        with pytest.raises(LookupError):
            view.at(5).record(5)
        with pytest.raises(LookupError):
            view.at(5).leaf(5)
        with pytest.raises(ValueError, match="8 records, not 9"):
            view.at(9)


def test_the_root_at_every_earlier_size(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path)
    leaves = [leaf_hash(body) for body in bodies(ledger)]
    with ledger.read() as view:
        for size in range(len(leaves) + 1):
            assert view.at(size).root() == root(leaves[:size])


def test_imports_are_told_apart_by_register_and_lender(ledger: Ledger) -> None:
    counts = {"new": 0, "changed": 0, "same": 0, "void": 0}
    report = {"register": "event", "mode": "full", "file": "e.csv", "sha256": HASH, "through": "2025-06-30", **counts}
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.IMPORT, kinds.ImportBody(**report, lender="Bank A"))
        writer.append(kinds.IMPORT, kinds.ImportBody(**report, lender="Bank B"))
        writer.append(
            kinds.IMPORT, kinds.ImportBody(register="entity", mode="delta", file="n.csv", sha256=HASH, **counts)
        )
    with ledger.read() as view:
        assert [(row.key, row.lender) for row in view.rows(kinds.IMPORT)] == [
            ("entity", ""),
            ("event/Bank A", "Bank A"),
            ("event/Bank B", "Bank B"),
        ]


def test_a_reader_does_not_see_later_writes(ledger: Ledger) -> None:
    with ledger.read() as before:
        with ledger.write(ACTOR) as writer:
            writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
        assert before.size == 3
        assert before.current(kinds.ACTOR, "1002") is None
        assert [row.key for row in before.rows(kinds.ACTOR)] == [ACTOR]


def test_a_view_cannot_write(ledger: Ledger) -> None:
    with ledger.read() as view, pytest.raises(Exception, match="readonly"):
        view.connection.exec_driver_sql("INSERT INTO record VALUES (2, 'actor', X'00', X'00')")


def proposal() -> dict[str, object]:
    totals = {"lines": 0, "entries": 0, "debit_fen": 0, "credit_fen": 0}
    hashes = {"facts_root": HASH, "digest_root": HASH, "entries_root": HASH, "digests": 0, "benchmark": "lpr@sha256:0"}
    lists = {"calculators": [], "notices": [], "held": [], "refused": []}
    return {"run": "interest", "month": "2025-06", "log_size": 2, **hashes, **lists, "totals": totals}


def close(proposal: int) -> dict[str, object]:
    return {
        "proposal": proposal,
        "proposal_leaf": HASH,
        "month": "2025-06",
        "first": 3,
        "count": 0,
        "approvals": [],
    }


def test_a_proposal_left_open_is_ended_by_the_next_write(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.PROPOSAL, kinds.ProposalBody(**proposal()))
    for _ in range(2):
        with ledger.write(ACTOR) as writer:
            pass
    with ledger.read() as view:
        (aborted,) = view.records(kinds.RUN_ABORTED)
        assert (aborted.seq, aborted.body["proposal"], aborted.body["cause"]) == (4, 3, "interrupted")


def test_the_write_that_closes_a_proposal_finds_it_open(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        proposed = writer.append(kinds.PROPOSAL, kinds.ProposalBody(**proposal()))
    with ledger.write(ACTOR, closes=proposed) as writer:
        writer.append(kinds.RUN_CLOSED, kinds.RunClosedBody(**close(proposed)))
    with ledger.write(ACTOR):
        pass
    with ledger.read() as view:
        assert list(view.records(kinds.RUN_ABORTED)) == []
        assert view.size == 5


def test_a_proposal_that_somebody_ended_is_stale(ledger: Ledger) -> None:
    with ledger.write(ACTOR) as writer:
        proposed = writer.append(kinds.PROPOSAL, kinds.ProposalBody(**proposal()))
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.PROPOSAL, kinds.ProposalBody(**proposal()))
    with pytest.raises(Refused) as refused, ledger.write(ACTOR, closes=proposed):
        pass
    assert code(refused) == ["stale_proposal"]


def test_two_writers_at_once_stand_in_line(ledger: Ledger) -> None:
    def work(name: int) -> None:
        own = Ledger.open(f"sqlite:///{ledger.path}", clock=noon)
        for number in range(8):
            with own.write(ACTOR) as writer:
                for part in range(3):
                    writer.append(kinds.ACTOR, kinds.ActorBody(key=f"{name}-{number}-{part}", role="officer"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    keys = [parse(body)["key"] for body in bodies(ledger)[3:]]
    # 4 writers, 8 writes each, 3 records each, and the three of a write lie side by side.
    assert len(keys) == 4 * 8 * 3
    assert all(
        keys[place : place + 3] == [f"{keys[place][:-1]}{part}" for part in range(3)] for place in range(0, 96, 3)
    )
    with ledger.read() as view:
        assert view.root() == root([leaf_hash(body) for body in bodies(ledger)])
    assert signed_size(ledger) == 3 + 96


def test_a_writer_that_waits_in_vain_is_told_so(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ledger.store.engine._BUSY_SECONDS", 0)
    with ledger.write(ACTOR), pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pass
    assert code(refused) == ["ledger_busy"]


def test_a_ledger_without_its_guards_is_not_written(ledger: Ledger) -> None:
    with closing(foreign(ledger)) as enemy:
        enemy.execute("DROP TRIGGER record_delete")
    with pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pass
    assert code(refused) == ["schema_changed"]


def test_a_ledger_whose_records_are_all_gone(ledger: Ledger) -> None:
    with closing(foreign(ledger)) as enemy:
        (guard,) = enemy.execute("SELECT sql FROM sqlite_master WHERE name = 'record_delete'").fetchone()
        enemy.executescript(f"DROP TRIGGER record_delete; DELETE FROM record; {guard}")
    with ledger.read() as view:
        assert view.size == 0
    with pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pass
    assert code(refused) == ["not_a_ledger"]


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 6, 30, 15, 59, 59, tzinfo=UTC), date(2025, 6, 30)),
        (datetime(2025, 6, 30, 16, 0, 0, tzinfo=UTC), date(2025, 7, 1)),
    ],
)
def test_the_day_turns_at_midnight_in_shanghai(moment: datetime, day: date) -> None:
    assert local_day(moment) == day


def test_the_file_is_durable_and_shared(ledger: Ledger) -> None:
    with closing(sqlite3.connect(ledger.path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    with ledger.write(ACTOR) as writer:
        # 2 is FULL: the WAL is synced at every commit.
        assert writer.connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
