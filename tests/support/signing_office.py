"""An office whose notice asks for two signatures: 1002 as 审核岗, then 1003 as 处长; 1001 makes the runs."""

import re
from pathlib import Path

from click.testing import Result

from ledger.resources import fixture
from tests.support.copies import built_once
from tests.support.office import NOTICE, Office, open_office

CHECKER, HEAD, DEPUTY = "1002", "1003", "1004"
POSTS = {CHECKER: "审核岗", HEAD: "处长", DEPUTY: "副处长"}
SECOND_DRAWDOWN = "HT1,drawdown,2024-02-26,,8000000,\n"
APPROVAL = "approval:\n  steps: [{post: 审核岗}, {post: 处长}]\n  public_notice: {days: 5}\n  assumption: true\n"
# Half of 18,000,000 x 19 d x 3.55 % / 360 = 33,725.00.
MARCH = "16,862.50"


def notice_with_steps(folder: Path, approval: str = APPROVAL) -> Path:
    """The example notice with a rule of approval."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    path = folder / "with-steps.yaml"
    path.write_text(text.replace("payers:\n", approval + "payers:\n"), encoding="utf-8")
    return path


def keys(office: Office) -> Path:
    """Where the officers of a test keep their keys: not in the ledger's folder."""
    return office.folder.with_name(f"{office.folder.name}-keys")


def key(office: Office, staff_no: str) -> str:
    """The file of an officer's private key."""
    return str(keys(office) / f"{staff_no}.key")


def employ(office: Office, *staff: str) -> None:
    """Appoint officers and give them keys."""
    keys(office).mkdir(exist_ok=True)
    for staff_no in staff:
        office.do("people", "add", staff_no, "--post", POSTS[staff_no], "--document", f"任-{staff_no}")
        office.do("people", "key", staff_no, "--file", key(office, staff_no), "--actor", staff_no)


@built_once
def signing_office(folder: Path, *staff: str, anchor: Path | None = None) -> Office:
    """The example office under the rule of two signatures, at the first of April with March reported."""
    office = open_office(folder, notice=notice_with_steps(folder), anchor=anchor)
    employ(office, *(staff or (CHECKER, HEAD, DEPUTY)))
    office.on("2024-04-01").report("2024-03-31", SECOND_DRAWDOWN)
    return office


def propose(office: Office, month: str = "2024-03") -> str:
    """Run a month up to its proposal; the run's number."""
    return str(office.run(month)["proposal"])


def sign(office: Office, number: str, staff_no: str, *words: str, command: str = "approve") -> Result:
    """What signing answers."""
    return office.say(command, number, "--actor", staff_no, "--key", key(office, staff_no), *words)


def signed(office: Office, number: str, staff_no: str) -> str:
    """Sign a step that must be taken; what it printed."""
    result = sign(office, number, staff_no)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def code(result: Result) -> str:
    """The code of a refusal."""
    assert result.exit_code == 2, f"exit {result.exit_code}\n{result.output}\n{result.exception!r}"
    found = re.search(r"\[(\w+)\]$", result.stderr, re.MULTILINE)
    assert found, result.stderr
    return found[1]


def states(office: Office) -> list[str]:
    """The states of the runs, in order."""
    return [run["state"] for run in office.read("run", "list")]


def verdict(office: Office) -> str:
    """What `audit verify` says in its last line; every record, signature and row was read."""
    return office.say("audit", "verify").stdout.splitlines()[-1]


CONSISTENT = "internally consistent, NOT ANCHORED"
