"""A ledger carried over to a later release: refused until it is, then written by the new rules; never the other way."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from calculators.awards.all import CALCULATORS
from calculators.problems import Refused
from cli import cli
from ledger.audit.verify import Verdict, verify
from ledger.log import kinds
from ledger.store import guards
from ledger.store.anchor import Anchor
from ledger.store.ledger import Ledger
from tests.support.releases import earlier_kinds, later_schema
from tests.support.small_ledger import ACTOR, contents, noon, small_ledger, url


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    (problem,) = refused.value.problems
    return problem.code


def refused_write(ledger: Ledger) -> str:
    with pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pytest.fail("the write began")
    return code(refused)


def rules(ledger: Ledger) -> list[kinds.RulesBody]:
    with ledger.read() as view:
        return [row.body for row in view.records(kinds.RULES)]


def said(ledger: Ledger) -> Result:
    return CliRunner().invoke(cli, ["--db", f"sqlite:///{ledger.path}", "upgrade", "--actor", ACTOR])


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.create(url(tmp_path), actor=ACTOR, calculators=CALCULATORS, clock=noon)


def test_a_ledger_of_this_release_has_nothing_to_be_done(ledger: Ledger) -> None:
    before, note = contents(ledger), ledger.anchor.schema_file.read_bytes()
    answer = said(ledger)
    assert (answer.exit_code, answer.stdout) == (0, "The ledger is of this release; nothing was written.\n")
    assert (contents(ledger), ledger.anchor.schema_file.read_bytes()) == (before, note)


def test_an_earlier_release_knew_fewer_kinds(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as earlier:
        earlier_kinds(earlier)
        ledger = Ledger.create(url(tmp_path), actor=ACTOR, calculators=CALCULATORS, clock=noon)
        with ledger.write(ACTOR):
            pass
    note = ledger.anchor.schema_file.read_bytes()
    assert refused_write(ledger) == "upgrade_needed"
    answer = said(ledger)
    assert answer.exit_code == 0, answer.output
    assert answer.stdout == "A record says that the ledger is kept by the rules of this release.\n"
    first, second = rules(ledger)
    assert set(second["schemas"]) - set(first["schemas"]) == {"subsidy/entry/2", "subsidy/reveal/1"}
    assert ledger.anchor.schema_file.read_bytes() == note
    # The command upgraded by the clock of today, so what follows is not of last year.
    with Ledger.open(url(tmp_path)).write(ACTOR) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
    assert verify(ledger.path).verdict is Verdict.NOT_ANCHORED
    assert said(ledger).stdout == "The ledger is of this release; nothing was written.\n"


def test_a_ledger_of_a_later_release_is_left_alone(ledger: Ledger) -> None:
    before = contents(ledger)
    with pytest.MonkeyPatch.context() as earlier:
        earlier_kinds(earlier)
        assert refused_write(ledger) == "program_too_old"
        answer = said(ledger)
    assert answer.exit_code == 2
    assert answer.output.endswith(
        "ledger.db: the ledger is kept by a later release of the program than this one; install that release; "
        "`subsidy --version` shows which one is installed [program_too_old]\n"
    )
    assert contents(ledger) == before


def test_a_later_release_makes_other_guards_and_indexes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = small_ledger(tmp_path)
    rows = [line for line in contents(ledger) if line.startswith("INSERT")]
    later_schema(monkeypatch)
    assert refused_write(ledger) == "upgrade_needed"
    done = ledger.upgrade(ACTOR, ())
    assert (done.rules, done.schema) == (False, True)
    with ledger.read() as view:
        assert guards.schema_sha256(view.connection) == guards.own_schema().sha256
    assert ledger.anchor.schema_file.read_text("utf-8").split("\n")[1:4] == [
        f"schema sqlite {guards.VERSION + 1}",
        guards.own_schema().sha256,
        "6",
    ]
    assert [line for line in contents(ledger) if line.startswith("INSERT")] == rows
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
    assert ledger.upgrade(ACTOR, ()) == (False, False, False)


def test_the_release_before_does_not_write_to_it_any_more(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path)
    with pytest.MonkeyPatch.context() as later:
        later_schema(later)
        ledger.upgrade(ACTOR, ())
    assert refused_write(ledger) == "program_too_old"
    with pytest.raises(Refused) as refused:
        ledger.upgrade(ACTOR, ())
    assert code(refused) == "program_too_old"


def test_an_upgrade_killed_before_its_note_is_done_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger = small_ledger(tmp_path)
    later_schema(monkeypatch)

    def killed(*_note: object) -> None:
        raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(Anchor, "sign_schema", killed)
        with pytest.raises(KeyboardInterrupt):
            ledger.upgrade(ACTOR, ())
    assert refused_write(ledger) == "upgrade_needed"
    assert ledger.upgrade(ACTOR, ()) == (False, True, False)
    with ledger.write(ACTOR):
        pass


def test_a_file_that_somebody_changed_is_not_carried_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An upgrade would put every guard back, and nobody would know that one was away."""
    ledger = small_ledger(tmp_path)
    with ledger.read() as view:
        assert guards.schema_sha256(view.connection) == guards.own_schema().sha256
    with guards.create_engine(f"sqlite:///{ledger.path}", poolclass=guards.NullPool).begin() as enemy:
        enemy.exec_driver_sql("DROP TRIGGER entry_delete")
    later_schema(monkeypatch)
    with pytest.raises(Refused) as refused:
        ledger.upgrade(ACTOR, ())
    assert code(refused) == "schema_changed"
