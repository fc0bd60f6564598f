"""The gallery of files against what is posted: imports taken back too late, and lists that leave out what was paid on.

The ledger has run March (16,862.50 yuan for PF1 on a second drawdown of HT1) and sent it to be paid. Then the report of
April came with a third drawdown, another file corrected that, and a report of May was taken back.
"""

import re
import shlex
from pathlib import Path

import pytest

from tests.registry.test_withdrawals import number
from tests.support import gallery
from tests.support.till import SECOND, THIRD, Till, open_till

FOLDER = gallery.WRONG / "posted"
CODE = re.compile(r"\[([a-z_]+)\]$", re.MULTILINE)
FILES = sorted(path.stem for path in FOLDER.glob("*.sh"))


def paying_desk(folder: Path, anchor: Path) -> Till:
    """The ledger that the commands are typed at."""
    till = open_till(folder, anchor=anchor)
    till.on("2024-04-02").report("2024-03-31", SECOND)
    till.run("2024-03")
    till.prepare("2024-03")
    till.on("2024-06-03").report("2024-05-31", THIRD)
    till.report("2024-05-31", THIRD.replace("12000000", "11000000"))
    till.report("2024-06-02")
    till.do("import", "withdraw", number(till, "event"), "--reason", "the report of another month")
    return till


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    return paying_desk(tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("anchor"))


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_these_words(name: str, till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    before = till.verify()
    program, *words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))
    answer = till.say(*words, actor=None)
    assert (program, answer.exit_code, answer.stdout) == ("subsidy", 2, "")
    assert answer.stderr == gallery.expected("posted", name)
    assert till.verify() == before


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_chinese_too_with_the_same_codes(
    name: str, till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))[1:]
    said = till.say("--lang", "zh_CN", *words, actor=None).stderr
    assert [line for line in said.splitlines() if not re.search("[\u4e00-\u9fff]", line)] == []
    assert CODE.findall(said) == CODE.findall(gallery.expected("posted", name))


def test_every_command_has_its_message_and_every_message_its_command() -> None:
    assert gallery.names("posted") == FILES
    assert len(FILES) >= 6


def test_the_page_shows_every_message() -> None:
    page = gallery.PAGE.read_text(encoding="utf-8")
    assert gallery.section("posted") in page, "run `python -m tests.support.gallery`"
