"""The gallery of wrong claw-backs, each as typed.

The ledger holds grant PF1 with 16,862.50 yuan posted, findings JC1 (to claw back), JC2 (to put right) and JC3 (to claw
back, settled), ZH-0 of 6,000.00 that was agreed, and ZH-1 of 1,000.00 that 1001 has requested.
"""

import re
import shlex

import pytest

from tests.support import gallery
from tests.support.clawing import ask, clawing_till, take
from tests.support.till import Till

FOLDER = gallery.WRONG / "clawback"
CODE = re.compile(r"\[([a-z_]+)\]$", re.MULTILINE)
FILES = sorted(path.stem for path in FOLDER.glob("*.sh"))


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    till = clawing_till(tmp_path_factory.mktemp("office"), anchor=tmp_path_factory.mktemp("anchor"))
    take(till, "6,000", "ZH-0")
    till.do(*ask("1,000", "ZH-1"))
    return till


def typed(till: Till, name: str, *language: str) -> tuple[int, str, str]:
    """The answer to a command of the gallery: exit code, standard output, standard error."""
    program, *words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))
    assert program == "subsidy"
    with till.ledger.read() as view:
        before = view.size
    answer = till.say(*language, *words, actor=None)
    with till.ledger.read() as view:
        assert view.size == before
    return answer.exit_code, answer.stdout, answer.stderr


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_claw_back_is_refused_in_these_words(name: str, till: Till) -> None:
    assert typed(till, name) == (2, "", gallery.expected("clawback", name))


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_chinese_too_with_the_same_code(name: str, till: Till) -> None:
    _code, _out, said = typed(till, name, "--lang", "zh_CN")
    assert re.search("[\u4e00-\u9fff]", said)
    assert CODE.findall(said) == CODE.findall(gallery.expected("clawback", name))


def test_every_command_has_its_message_and_every_message_its_command() -> None:
    assert gallery.names("clawback") == FILES
    assert len(FILES) >= 11
