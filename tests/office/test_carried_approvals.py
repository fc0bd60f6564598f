"""Approvals of the first form stand as they are, signed with their time; what is signed after an upgrade is an act.

`carried/approval-1.zip` is a signing office as the release before acts left it: March signed by 1002 and 1003.
"""

import json
import zipfile
from pathlib import Path

from tests.audit.attacker import bodies
from tests.support.office import Office
from tests.support.signing_office import CHECKER, CONSISTENT, HEAD, propose, signed, verdict

KEPT = Path(__file__).with_name("carried") / "approval-1.zip"


def test_signed_before_acts_and_after(tmp_path: Path) -> None:
    with zipfile.ZipFile(KEPT) as packed:
        packed.extractall(tmp_path)
    (tmp_path / "anchor").chmod(0o700)
    for private in (tmp_path / "anchor" / "log.key", *(tmp_path / "book").glob("*.db"), *tmp_path.glob("book-keys/*")):
        private.chmod(0o600)
    day = json.loads((tmp_path / "left.json").read_text("utf-8"))["day"]
    office = Office(tmp_path / "book", day, tmp_path / "anchor")
    office.do("upgrade")
    assert verdict(office) == CONSISTENT
    office.files = 50
    office.on("2024-05-06").report("2024-04-30", "HT1,drawdown,2024-04-09,,12000000,\n")
    number = propose(office, "2024-04")
    for staff_no in (CHECKER, HEAD):
        signed(office, number, staff_no)
    approvals = [body for body in bodies(tmp_path / "book" / "book.db") if body["$schema"].startswith("subsidy/app")]
    forms = [body["$schema"] for body in approvals if "about_leaf" in body]
    assert forms == ["subsidy/approval/1"] * 2 + ["subsidy/approval/3"] * 2
    assert verdict(office) == CONSISTENT
