"""The gallery of wrong commands: decisions, batches, budgets and evidence that do not fit the ledger, each as typed.

The ledger holds three projects under `example-allocated-60-40` (3, 6 and 9 million by the notice, a short budget in
proportion), one under a notice that goes by ranks, one under a notice that goes by the day, to which decision JY-0 has
allotted 1 million, a loan under a notice that shares a short budget out, and three notices that nobody applied under.
"""

import re
import shlex
from pathlib import Path

import pytest

from ledger.resources import fixture
from ledger.store.ledger import Ledger
from tests.support import gallery
from tests.support.batch_office import INCENTIVE, STAGED, A, B, C, apply, open_batch_office
from tests.support.office import NOTICE, Office

FOLDER = gallery.WRONG / "command"
CODE = re.compile(r"\[([a-z_]+)\]$", re.MULTILINE)
FILES = sorted(path.stem for path in FOLDER.glob("*.sh"))


def decision_office(folder: Path, anchor: Path) -> Office:
    """The ledger that the commands are typed at."""
    office = open_batch_office(folder, STAGED, "2024-06-03", anchor=anchor)
    shared = fixture(f"notices/{STAGED}.yaml").read_text(encoding="utf-8")
    for name, way in (("example-ranked", "ranking"), ("example-first-come", "first_come")):
        path = folder / f"{name}.yaml"
        text = shared.replace(f"id: {STAGED}", f"id: {name}").replace("short: pro_rata", f"short: {way}")
        path.write_text(text, encoding="utf-8")
        office.do("notice", "add", str(path))
    for name in (INCENTIVE, NOTICE, "example-allocated-50-80-rest"):
        office.do("notice", "add", str(fixture(f"notices/{name}.yaml")))
    office.take(
        "projects",
        "project_no,uscc,signed_on,claimed\n"
        f"XM1,{A},2024-01-05,10000000\nXM2,{B},2024-01-05,20000000\nXM3,{C},2024-01-05,30000000\n"
        f"XM4,{A},2024-01-05,10000000\nXM5,{B},2024-01-05,10000000\n",
    )
    path = folder / "example-short-loans.yaml"
    loans = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    loans = loans.replace(f"id: {NOTICE}", "id: example-short-loans").replace("short: refuse", "short: pro_rata")
    path.write_text(loans, encoding="utf-8")
    office.do("notice", "add", str(path))
    office.take(
        "loans",
        "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
        f"HT1,Bank A,{A},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n",
    )
    apply(office, "example-short-loans", f"SB6,{A},HT1,2024-03-01")
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01 SB2,{B},XM2,2024-03-02 SB3,{C},XM3,2024-03-03")
    apply(office, "example-ranked", f"SB4,{A},XM4,2024-03-04")
    apply(office, "example-first-come", f"SB5,{B},XM5,2024-03-05")
    words = ("--about", "example-first-come", "--amount", "1,000,000", "--document", "JY-0", "--reason", "short")
    office.do("decide", "shortage", *words)
    return office


def size_of(office: Office) -> int:
    with Ledger.open(office.url).read() as view:
        return view.size


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return decision_office(tmp_path_factory.mktemp("office"), tmp_path_factory.mktemp("anchor"))


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_command_is_refused_in_these_words(name: str, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FOLDER)
    before = size_of(office)
    program, *words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))
    answer = office.say(*words, actor=None)
    assert answer.stderr == gallery.expected("command", name)
    assert (program, answer.exit_code, answer.stdout) == ("subsidy", 2, "")
    assert size_of(office) == before


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_chinese_too_with_the_same_codes(
    name: str, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(FOLDER)
    words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))[1:]
    lines = office.say("--lang", "zh_CN", *words, actor=None).stderr.splitlines()
    assert [line for line in lines if not re.search("[\u4e00-\u9fff]", line)] == []
    assert CODE.findall("\n".join(lines)) == CODE.findall(gallery.expected("command", name))


def test_every_command_has_its_message_and_every_message_its_command() -> None:
    assert gallery.names("command") == FILES
    assert len(FILES) >= 30
