"""Commands of people elsewhere: how words are taken apart, what is refused, and what is answered again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from calculators.problems import Refused
from cli import cli
from ledger.audit.ledger import Ledger
from ledger.commands import runner as module
from ledger.commands.runner import CLOSED, Beside
from ledger.commands.ui.spoken import CHALLENGE, KEY, SECRET, SIGNATURE, WRITTEN, spoken
from tests.support.runner import runner

# Files that commands read. A new parameter that names a file stands here, or among those that are written.
READ = {"certificate", "checkpoint", "draft", "facts_file", "file", "files", "filled", "founding", "key", "keys"}
READ |= {"notice_file", "passphrase_file", "proof", SIGNATURE}
# Nothing fixes the clock here, and a budget is issued to a year that is near.
ISSUE = ["budget", "issue", f"{date.today():%Y}", "10.00", "--document", "示例指1号", "--actor", "1001"]
REVEAL = ["payee", "reveal", "ecny/C1/1", "--out", "o", "--passphrase-file", "p", "--reason", "r", "--actor", "1001"]


@pytest.fixture
def beside(tmp_path: Path) -> Beside:
    (tmp_path / "book").mkdir()
    url = f"sqlite:///{tmp_path}/book/ledger.db"
    assert CliRunner().invoke(cli, ["--db", url, "init", "--practice", "--actor", "1001"]).exit_code == 0
    return runner(Ledger.open(url))


def afresh(beside: Beside) -> Beside:
    """The same, as it is in an office: each command starts the program."""
    return Beside(beside.root, beside.path, beside.answered, beside.proved)


def size(beside: Beside) -> int:
    with Ledger.open(f"sqlite:///{beside.path}").read() as view:
        return view.size


def commands(
    command: click.Command = cli, names: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if not isinstance(command, click.Group):
        yield names, command
        return
    for name in command.list_commands(click.Context(command)):
        yield from commands(cli.load(name) if command is cli else command.commands[name], (*names, name))


SENT = [(names, command) for names, command in commands() if names not in CLOSED]


def test_every_file_of_a_command_that_is_sent_is_read_or_written() -> None:
    files = {param.name for _names, command in SENT for param in command.params if isinstance(param.type, click.Path)}
    assert files - {KEY} == READ | WRITTEN - ({CHALLENGE} - files)
    assert not READ & WRITTEN
    # What takes a secret of an officer's is not run for somebody elsewhere.
    assert files >= SECRET


@pytest.mark.parametrize(("names", "command"), SENT, ids=lambda value: " ".join(value) if type(value) is tuple else "")
def test_words_are_put_together_as_they_were_taken_apart(names: tuple[str, ...], command: click.Command) -> None:
    words = list(names)
    wanted: list[tuple[str | None, object]] = []
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.nargs == 1
            assert not param.count
            values: list[object] = [True] if param.is_flag else ["--a b", "=c"] if param.multiple else ["-x=说"]
            for value in values:
                words += [max(param.opts, key=len), *([] if value is True else [str(value)])]
            wanted += [(param.name, value) for value in values]
    words.append("--")
    for param in command.params:
        if isinstance(param, click.Argument):
            values = ["-d", "e f"] if param.nargs == -1 else ["--g"]
            words += map(str, values)
            wanted += [(param.name, value) for value in values]
    said = spoken(cli, words)
    assert sorted((str(param.name), str(value)) for param, value in said.values) == sorted(
        (str(name), str(value)) for name, value in wanted
    )
    assert spoken(cli, said.words()).words() == said.words()


@pytest.mark.parametrize(
    ("words", "files", "codes"),
    [
        (["audit", "cut", "--actor", "1001"], {}, ["command_not_here"]),
        (["init", "--practice", "--actor", "1001"], {}, ["command_not_here"]),
        (["budget"], {}, ["command_not_here"]),
        ([*ISSUE, "--key", "1001.key"], {}, ["key_stays"]),
        (["audit", "replay", "--engine", "dask://elsewhere:8786"], {}, ["engine_stays"]),
        (["audit", "replay", "--jobs", "64"], {}, ["engine_stays"]),
        (REVEAL, {"p": b"twelve letters!\n"}, ["passphrase_stays"]),
        (["import", "loans", "../loans.csv"], {}, ["name_not_plain"]),
        (["import", "loans", "/etc/passwd", "--returned", "../../x"], {}, ["name_not_plain", "name_not_plain"]),
        (["entity", "list", "--xlsx", ".bashrc"], {}, ["name_not_plain"]),
        # Names that may be files: of the ledger's machine nothing is read.
        (["duties", "show", "/etc/passwd"], {}, ["name_not_plain"]),
        (["duties", "check", "../log.key"], {}, ["name_not_plain"]),
        (["notice", "read-back", "/elsewhere/secret.yaml"], {}, ["name_not_plain"]),
        (["import", "loans", "loans.csv"], {"..": b""}, ["name_not_plain", "file_not_sent"]),
        (["import", "loans", "loans.csv"], {"other.csv": b""}, ["file_not_sent"]),
        (["month"], {"a" * 201: b""}, ["name_not_plain"]),
    ],
)
def test_nothing_else_is_run(beside: Beside, words: list[str], files: dict[str, bytes], codes: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        beside.run(words, files)
    assert [problem.code for problem in refused.value.problems] == codes


def test_a_name_that_may_be_a_file_is_one_that_was_sent_or_none(beside: Beside) -> None:
    may_be = {" ".join(name) for name, command in SENT for param in command.params if "|FILE" in (param.metavar or "")}
    assert may_be == {"duties change", "duties check", "duties show", "notice read-back"}
    assert beside.run(["duties", "show", "three"], {}).code == 0


def test_words_that_no_command_has_are_refused_as_at_the_command_line(beside: Beside) -> None:
    done = beside.run(["budget", "isue", "2031"], {})
    assert (done.code, done.out) == (2, "")
    assert "isue" in done.err


def test_what_was_sent_is_read_and_never_imported(beside: Beside) -> None:
    sent = dict.fromkeys(("sqlalchemy.py", "cli.py", "orjson.py", "sitecustomize.py"), b"raise SystemExit(99)")
    assert afresh(beside).run(["people", "list"], sent).code == 0


def test_a_command_is_answered_once_and_for_ever(beside: Beside) -> None:
    first = beside.run(ISSUE, {}, "key-00000001")
    written = size(beside)
    assert (first.code, first.again) == (0, False)
    second = beside.run(ISSUE, {}, "key-00000001")
    assert size(beside) == written
    assert second == first._replace(again=True)
    with pytest.raises(Refused) as used:
        beside.run([*ISSUE[:3], "11.00", *ISSUE[4:]], {}, "key-00000001")
    assert [problem.code for problem in used.value.problems] == ["idempotency_key_used"]
    # The machine stopped after the request was noted.
    beside.answered.begin("key-00000002", spoken(cli, ISSUE).words(), {})
    with pytest.raises(Refused) as lost:
        beside.run(ISSUE, {}, "key-00000002")
    assert [problem.code for problem in lost.value.problems] == ["answer_lost"]
    assert beside.answered.path.stat().st_mode & 0o777 == 0o600


def test_nobody_writes_from_elsewhere_who_does_not_show_who_it_is(beside: Beside, tmp_path: Path) -> None:
    """Without keys a staff number is only typed: beside the ledger by who may use its account, elsewhere by anybody."""
    (tmp_path / "demo").mkdir()
    url = f"sqlite:///{tmp_path}/demo/ledger.db"
    demo = Ledger.create(url, actor="1001", calculators=(), purpose="demo", anchor=tmp_path / "demo-anchor")
    with pytest.raises(Refused) as refused:
        runner(demo, proved=True).run(ISSUE, {}, "key-00000003")
    assert [problem.code for problem in refused.value.problems] == ["writer_unproved"]
    # A ledger for practice asks for no signature, and says so with everything.
    done = replace(beside, proved=True).run(ISSUE, {}, "key-00000004")
    assert done.code == 0
    assert "PRACTICE" in done.err


@pytest.mark.parametrize(
    ("document", "expected"),
    [("a\0b", "text_unprintable"), ("a\ud800b", "text_unprintable"), ("名" * 60_000, "words_too_long")],
)
def test_words_that_no_process_takes_are_refused_before_they_are_noted(
    beside: Beside, document: str, expected: str
) -> None:
    """Twice the same: a request that was noted first would be lost the second time."""
    for _time in range(2):
        with pytest.raises(Refused) as refused:
            beside.run([*ISSUE[:5], document, *ISSUE[6:]], {}, "key-00000005")
        assert [problem.code for problem in refused.value.problems] == [expected]
    assert beside.run(ISSUE, {}, "key-00000005").code == 0


def test_a_name_with_half_of_a_sign_is_no_plain_one(beside: Beside) -> None:
    with pytest.raises(Refused) as refused:
        beside.run(["people", "list"], {"a\ud800": b""})
    assert [problem.code for problem in refused.value.problems] == ["name_not_plain"]


def test_files_beyond_reason_and_commands_without_end(beside: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 10)
    with pytest.raises(Refused) as large:
        beside.run(["people", "list"], {"a": b"123456", "b": b"123456"})
    assert [problem.code for problem in large.value.problems] == ["files_too_large"]
    monkeypatch.setattr(module, "_SECONDS", 0.01)
    with pytest.raises(Refused) as slow:
        afresh(beside).run(["people", "list"], {})
    assert [problem.code for problem in slow.value.problems] == ["command_too_slow"]
