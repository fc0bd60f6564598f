"""The command line itself: exit codes, refusals, languages, pipes and consoles; the commands have their own tests."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from calculators.problems import Place, Problem, Refused
from cli import EVERYDAY, MOUNTS, cli
from ledger.commands.ui.command import command
from ledger.commands.ui.context import Settings, actor_option, json_option, pass_settings, print_json, table
from ledger.commands.ui.lazy import Mount

ROOT = Path(__file__).parents[1]
RARE = "㐂昌公司"  # the first sign is in GB18030 and not in GBK


@command()
@click.option("--outcome", default="fine", help="What happens.")
@actor_option
@json_option
@pass_settings
def sample(settings: Settings, outcome: str, actor: str, as_json: bool) -> int | None:
    """Stand in for a command.

    Example:
      subsidy sample --actor 1001
    """
    match outcome:
        case "refused":
            place = Place("n.yaml", 3, 7, "caps.per")
            raise Refused([Problem("c1", "{n} is too many", "give one", place, {"n": 2}), Problem("c2", "b", "c")])
        case "damaged":
            return 1
        case "bug":
            raise RuntimeError("our own mistake")
        case "many":
            for number in range(100_000):
                click.echo(number)
    if as_json:
        print_json({"firm": RARE, "actor": actor})
    else:
        table(["Firm", "Ledger"], [[RARE, settings.db_url]])
    return None


@pytest.fixture(autouse=True)
def _mounted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOUNTS, "sample", Mount("tests.test_cli:sample", "Stand in for a command."))


def call(*words: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, [*words], env=environment)


def process(*words: str, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    """Run the command line in a process of its own, with `sample` mounted."""
    script = (
        "import cli; from ledger.commands.ui.lazy import Mount; "
        "cli.MOUNTS['sample'] = Mount('tests.test_cli:sample', ''); cli.main()"
    )
    return subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )


def test_a_command_learns_the_ledger_and_the_actor() -> None:
    answer = call("--db", "sqlite:///2025.db", "sample", "--actor", "1001")
    assert (answer.exit_code, answer.stderr) == (0, "")
    assert answer.stdout == f"Firm      Ledger\n--------  -----------------\n{RARE}  sqlite:///2025.db\n"


def test_settings_come_from_the_environment_too() -> None:
    answer = call("sample", SUBSIDY_DB="sqlite:///other.db", SUBSIDY_ACTOR="1001")
    assert "sqlite:///other.db" in answer.stdout


def test_a_refusal_prints_every_problem_and_exits_2() -> None:
    answer = call("sample", "--actor", "1", "--outcome", "refused")
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert answer.stderr == "n.yaml:3:7 caps.per: 2 is too many; give one [c1]\nb; c [c2]\n"


@pytest.mark.parametrize(
    ("words", "first_line"),
    [
        (["nonsense"], "Error: there is no command nonsense"),
        (["notise"], "Error: there is no command notise; did you mean notice?"),
        (["sample", "--aktor", "1"], "Error: there is no option --aktor; did you mean --actor?"),
        (["sample", "--db", "x"], "Error: --db stands before the command: subsidy --db ... sample"),
        (["sample"], "Error: --actor is missing"),
        (["import", "payees"], "Error: FILE, --mode are missing"),
        (["pay", "fund"], "Error: PAYER, YUAN, --on, --document, --actor are missing"),
    ],
)
def test_a_wrong_command_line_exits_2_and_points_to_the_help(words: list[str], first_line: str) -> None:
    answer = call(*words)
    assert (answer.exit_code, answer.stdout) == (2, "")
    lines = answer.stderr.splitlines()
    assert lines[0] == first_line
    assert lines[1].endswith("--help' for help.")


@pytest.mark.parametrize(
    "words",
    [
        ["--lang", "zh_CN", "sample", "--aktor", "1"],
        ["sample", "--lang", "zh_CN", "--aktor", "1"],
        ["sample", "--aktor", "1", "--lang=zh_CN"],
    ],
)
def test_the_language_may_be_named_anywhere(words: list[str]) -> None:
    assert call(*words).stderr.splitlines()[0] == "错误：没有选项 --aktor；是否想用 --actor？"


def test_help_is_in_the_language_that_is_named_behind_it() -> None:
    assert call("sample", "--help", "--lang", "zh_CN").stdout == call("--lang", "zh_CN", "sample", "--help").stdout


def test_what_stands_behind_two_hyphens_is_no_language() -> None:
    answer = call("sample", "--actor", "1", "--", "--lang", "zh_CN")
    said = answer.stderr.splitlines()[0]
    assert (answer.exit_code, said) == (2, "Error: nothing is known to do with: --lang zh_CN")


def test_a_command_may_give_its_own_exit_code() -> None:
    assert call("sample", "--actor", "1", "--outcome", "damaged").exit_code == 1


def test_a_mistake_of_ours_is_not_dressed_up() -> None:
    assert isinstance(call("sample", "--actor", "1", "--outcome", "bug").exception, RuntimeError)


def test_the_list_of_commands_imports_none_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOUNTS, "broken", Mount("no.such.module:command", "Cannot be imported."))
    answer = call("commands")
    assert answer.exit_code == 0
    assert "Cannot be imported." in answer.stdout
    assert call("--help").exit_code == 0


def test_the_help_shows_the_words_of_every_day_and_how_to_see_all() -> None:
    answer = call("--help").stdout
    listed = answer[answer.index("Commands") : answer.index("subsidy commands")]
    assert [line.split()[0] for line in listed.splitlines()[1:] if line.strip()][:-1] == [*EVERYDAY]
    assert f"All {len(MOUNTS)} commands" in answer


def test_nothing_is_missing_from_the_list_of_commands() -> None:
    answer = call("commands").stdout
    assert [line.split()[0] for line in answer.splitlines()[2:]] == [*MOUNTS]


def test_no_words_show_the_help_and_exit_2() -> None:
    answer = call()
    assert answer.exit_code == 2
    assert "Commands" in answer.output


def test_the_version_is_told() -> None:
    assert call("--version").stdout.startswith("subsidy-ledger ")


def test_a_gbk_console_survives_a_rare_name() -> None:
    done = process("sample", "--actor", "1", PYTHONIOENCODING="gbk:strict")
    assert (done.returncode, done.stderr) == (0, b"")
    assert "\\u3402昌公司" in done.stdout.decode("gbk")


def test_json_stays_exact_on_a_gbk_console() -> None:
    done = process("sample", "--actor", "1", "--json", PYTHONIOENCODING="gbk:strict")
    assert done.returncode == 0
    assert b'"\\u3402\\u660c\\u516c\\u53f8"' in done.stdout


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    script = (
        "import cli; from ledger.commands.ui.lazy import Mount; "
        "cli.MOUNTS['sample'] = Mount('tests.test_cli:sample', ''); cli.main()"
    )
    words = [sys.executable, "-c", script, "sample", "--actor", "1", "--outcome", "many"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline() == b"0\n"
        child.stdout.close()
        assert child.stderr.read() == b""
    assert child.returncode == 1


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["book", "trial-balance", "--chart", "x"], "Error: --chart: choose one of fin, bud, ind"),
        (["book", "entry", "x"], "Error: NUMBER: write a whole number from 1 on"),
        (["book", "entry", "0"], "Error: NUMBER: write a whole number from 1 on"),
        (
            ["audit", "verify", "--checkpoint", "no.such", "--key", "no.such"],
            "Error: --checkpoint: there is no file of this name to read",
        ),
        (["demo", "--out", "README.md"], "Error: --out: there is no folder of this name"),
        (["run", "list", "a", "b"], "Error: nothing is known to do with: a b"),
        (["run", "interest", "--month"], "Error: --month needs a value behind it"),
        (["run", "interest", "--dry-run=5"], "Error: --dry-run takes no value"),
    ],
)
def test_a_wrong_word_is_answered_in_our_own_words(words: list[str], line: str) -> None:
    answer = call(*words)
    assert (answer.exit_code, answer.stderr.splitlines()[0]) == (2, line)
