"""The gallery of wrong commands at the reconciling desk: statements, lines, matches and months, as typed.

The till's wallet paid 16,862.50 on 3 April 2024, which came back on 6 May and went out again on 7 May; April is signed
off. In May 20.00 went out and 5.00 came in of nobody, and the second payment bears no name. What a ledger numbers by
itself has a name in the commands (`OPEN`) or an invented number in the answers.
"""

import re
import shlex
from dataclasses import dataclass
from typing import Any

import pytest

from ledger.log import kinds
from ledger.log.kinds.kind import Kind
from tests.reconcile.test_deciding import AWARD, bring, line_of, match, paid
from tests.support import gallery
from tests.support.till import Till, quarters_till

FOLDER = gallery.WRONG / "reconcile"
FILES = sorted(path.stem for path in FOLDER.glob("*.sh"))
CODE = re.compile(r"\[([a-z_]+)\]$", re.MULTILINE)
ITEM = "S0123456789ABCDEF0123456"


@dataclass(frozen=True)
class Desk:
    """The ledger, and what it calls the things that the commands name."""

    till: Till
    names: dict[str, str]

    def say(self, *words: str) -> tuple[int, str, str]:
        """Exit code, output and errors of a command, with the numbers of the ledger put in and taken out."""
        typed = [self.names.get(word, word).replace(ITEM, self.names[ITEM]) for word in words]
        answer = self.till.say(*typed, actor=None)
        errors = answer.stderr
        for name, number in self.names.items():
            errors = errors.replace(number, name)
        return answer.exit_code, answer.stdout, errors

    def count(self, kind: Kind[Any] | None = None) -> int:
        """The records of a kind, or all of them."""
        with self.till.ledger.read() as view:
            return len(list(view.records(kind))) if kind else view.size


def send(till: Till, day: str) -> str:
    till.on(day)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    return till.items(batch)[0]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("desk") / "book"
    folder.mkdir()
    till = quarters_till(folder, anchor=tmp_path_factory.mktemp("anchor"))
    first = send(till, "2024-04-02")
    till.on("2024-05-06")
    # 33,137.50 - 1.00 = 33,136.50.
    bring(till, paid(first), "2024-04-22,,1.00,33136.50,手续费,,,")
    match(till)
    till.do("reconcile", "sign-off", "--month", "2024-04", "--actor", "1001")
    till.do("reconcile", "sign-off", "--month", "2024-04", "--check", "--actor", "1002")
    # + 16,862.50 = 49,999.00.
    bring(till, f"2024-05-06,{AWARD},,49999.00,退汇,{first},,")
    match(till)
    second = send(till, "2024-05-07")
    till.on("2024-06-10")
    # - 20.00 = 49,979.00; - 16,862.50 = 33,116.50; + 5.00 = 33,121.50; - 1.00 = 33,120.50.
    bring(
        till,
        "2024-05-07,,20.00,49979.00,转账,,,",
        f"2024-05-08,,{AWARD},33116.50,补助,,,",
        "2024-05-09,5.00,,33121.50,存入,,,",
        "2024-05-10,,1.00,33120.50,手续费,,,",
    )
    match(till)
    files = [one["sha256"][:16] for one in till.read("reconcile", "statements")["statements"]]

    def match_of(day: str) -> str:
        made: str = till.read("reconcile", "explain", line_of(till, day))["match"]["match"]
        return made

    return Desk(
        till,
        {
            ITEM: second,
            "FILE1": files[0],
            "FILE2": files[1],
            "FILE3": files[2],
            "may.csv": f"{till.files}.csv",
            "S9876543210ABCDEF9876543": first,
            "MATCHED": line_of(till, "2024-04-03"),
            "OPEN": line_of(till, "2024-05-08"),
            "CREDIT": line_of(till, "2024-05-09"),
            "SIGNED": match_of("2024-04-03"),
            "RETURN": match_of("2024-05-06"),
        },
    )


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_command_is_answered_in_these_words(name: str, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    size, lines = desk.count(), desk.count(kinds.STATEMENT_LINE)
    program, *words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))
    code, printed, errors = desk.say(*words)
    assert (program, errors) == ("subsidy", gallery.expected("reconcile", name))
    if code == 1:
        # The file is put aside: that is recorded, and nothing of it counts.
        assert "put aside" in printed
        assert (desk.count(), desk.count(kinds.STATEMENT_LINE)) == (size + 1, lines)
    else:
        assert (code, printed, desk.count()) == (2, "", size)


@pytest.mark.parametrize("name", FILES)
def test_it_is_answered_in_chinese_too_with_the_same_codes(
    name: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))[1:]
    _code, _printed, errors = desk.say("--lang", "zh_CN", *words)
    lines = errors.splitlines()
    assert [line for line in lines if not re.search("[\u4e00-\u9fff]", line)] == []
    assert CODE.findall(errors) == CODE.findall(gallery.expected("reconcile", name))


def test_every_command_has_its_message_and_every_message_its_command() -> None:
    assert gallery.names("reconcile") == FILES
    assert len(FILES) >= 50
