"""The gallery of wrong signatures, appointments and public notices, each as typed on 1 April 2024.

Two runs wait: `example-allocated-60-40`, made by 1002, for its first step (审核岗), and March, signed by 1002, for its
second (处长); an earlier run of March was rejected, and 1002 has ordered a freeze. 1003 is 处长, with a second key;
1004 stands in from 8 to 12 April; 1005 (审核岗) left on 29 March; 1006 (审核岗) comes on 6 May; 1007 has no key. PF1
was on public notice as GS-1 from 25 to 29 March: objection YY-1 is settled, YY-3 of 27 March waits.
"""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from ledger.resources import fixture
from ledger.store.ledger import Ledger
from tests.support import gallery
from tests.support.batch_office import STAGED
from tests.support.office import NOTICE, USCC, Office, open_office
from tests.support.signing_office import (
    APPROVAL,
    CHECKER,
    DEPUTY,
    HEAD,
    SECOND_DRAWDOWN,
    employ,
    key,
    keys,
    notice_with_steps,
    propose,
    sign,
    signed,
)

FOLDER = gallery.WRONG / "approval"
CODE = re.compile(r"\[([a-z_]+)\]$", re.MULTILINE)
FILES = sorted(path.stem for path in FOLDER.glob("*.sh"))
LEAVER, NEWCOMER, KEYLESS = "1005", "1006", "1007"


def signing_desk(folder: Path, anchor: Path) -> Office:
    """The ledger that the commands are typed at, in `folder/ledger`, with the keys in `folder/keys`."""
    office = open_office(folder / "ledger", notice=notice_with_steps(folder), anchor=anchor)
    staged = folder / "staged.yaml"
    text = fixture(f"notices/{STAGED}.yaml").read_text(encoding="utf-8")
    staged.write_text(text.replace("payers:\n", APPROVAL + "payers:\n"), encoding="utf-8")
    office.do("notice", "add", str(staged))
    office.opening("none", STAGED)
    for path in ("2024", "2024/allocated", "2024/allocated/investment"):
        office.do("budget", "issue", path, "3000000", "--document", "BUD-3", "--on", "2024-01-05")
    office.take("projects", f"project_no,uscc,signed_on,claimed\nXM1,{USCC},2024-01-05,10000000\n")
    office.take("applications", f"application_no,uscc,notice,item,applied_on\nSB2,{USCC},{STAGED},XM1,2024-03-01\n")
    heading = "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
    office.take("grants", heading + "PF2,SB2,granted,2024-03-15,批〔2024〕2号,3000000,ecny\n")
    appoint(office.on("2024-03-20"))
    publish(office.on("2024-03-28"))
    office.on("2024-04-01").report("2024-03-31", SECOND_DRAWDOWN)
    ask(office)
    return office


def appoint(office: Office) -> None:
    """Officers, their keys, and what became of some of them."""
    for staff_no, *days in ((LEAVER, "--to", "2024-03-29"), (NEWCOMER, "--from", "2024-05-06"), (KEYLESS,)):
        office.do("people", "add", staff_no, "--post", "审核岗", "--document", f"任-{staff_no}", *days)
    employ(office, CHECKER, HEAD, DEPUTY)
    for staff_no in ("1001", LEAVER, NEWCOMER):
        office.do("people", "key", staff_no, "--file", key(office, staff_no), "--actor", "1001")
    office.do("people", "substitute", HEAD, "--by", DEPUTY, "--from", "2024-04-08", "--to", "2024-04-12")
    own, old = Path(key(office, HEAD)), keys(office) / f"{HEAD}-old.key"
    own.rename(old)
    office.do("people", "key", HEAD, "--file", str(own), "--key", str(old), "--actor", HEAD)
    for name, mode in (("shared", 0o644), ("torn", 0o600)):
        path = shutil.copy(own, keys(office) / f"{HEAD}-{name}.key")
        path.chmod(mode)
    path.write_text(own.read_text(encoding="utf-8")[:40], encoding="utf-8")
    shutil.copy(own, office.folder / own.name)


def publish(office: Office) -> None:
    """PF1 on public notice for five business days, with two objections, one of them settled."""
    office.do("public-notice", "start", NOTICE, "--on", "2024-03-25", "--name", "GS-1")
    for number in ("YY-1", "YY-3"):
        words = ("--number", number, "--line", "PF1", "--on", "2024-03-27", "--reason", "contract ended")
        office.do("public-notice", "object", "GS-1", *words)
    words = ("--outcome", "dismissed", "--on", "2024-03-28", "--reason", "it is in force")
    office.do("public-notice", "settle", "YY-1", *words)


def ask(office: Office) -> None:
    """One run rejected, two waiting, and an order."""
    rejected = propose(office)
    assert sign(office, rejected, CHECKER, "--reason", "receipt of HT1 is missing", command="reject").exit_code == 0
    signed(office, propose(office), CHECKER)
    office.do("run", "batch", STAGED, "--actor", CHECKER)
    order = ("2024/loan-interest", "5,000", "--document", "BUD-9", "--key", key(office, CHECKER), "--actor", CHECKER)
    office.do("budget", "freeze", *order)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return signing_desk(tmp_path_factory.mktemp("desk"), tmp_path_factory.mktemp("anchor"))


def typed(office: Office, name: str, *language: str) -> tuple[int, str, str]:
    """The answer to a command of the gallery: exit code, standard output, standard error; nothing may be written."""
    program, *words = shlex.split((FOLDER / f"{name}.sh").read_text(encoding="utf-8"))
    assert program == "subsidy"
    before = size(office), sorted(keys(office).iterdir())
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(office.folder.parent)
        answer = office.say(*language, *words, actor=None)
    assert (size(office), sorted(keys(office).iterdir())) == before
    return answer.exit_code, answer.stdout, answer.stderr


def size(office: Office) -> int:
    with Ledger.open(office.url).read() as view:
        return view.size


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_signature_or_notice_is_refused_in_these_words(name: str, office: Office) -> None:
    assert typed(office, name) == (2, "", gallery.expected("approval", name))


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_in_chinese_too_with_the_same_code(name: str, office: Office) -> None:
    _code, _out, said = typed(office, name, "--lang", "zh_CN")
    assert [line for line in said.splitlines() if not re.search("[\u4e00-\u9fff]", line)] == []
    assert CODE.findall(said) == CODE.findall(gallery.expected("approval", name))


def test_every_command_has_its_message_and_every_message_its_command() -> None:
    assert gallery.names("approval") == FILES
    assert len(FILES) >= 30
