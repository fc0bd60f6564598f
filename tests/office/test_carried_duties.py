"""A ledger that two founded under the duties of an earlier release goes on: what they say nothing of stops nothing.

`carried/founded-1.zip` is the office of three as the release left it that knew no backup, no witness and no other key.
"""

import json
import re
import zipfile
from pathlib import Path

import pytest

from ledger.log import kinds
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three

KEPT = Path(__file__).with_name("carried") / "founded-1.zip"
# The acts that came since.
NEWER = {
    "change of the key of the log",
    "clearing of what it signed",
    "compromised key",
    "ledger put back from a backup",
    "letting go of what a contract binds",
    "paper that was signed",
    "policy of witnesses",
    "signatures of witnesses",
}


@pytest.fixture
def office(tmp_path: Path) -> Three:
    with zipfile.ZipFile(KEPT) as packed:
        packed.extractall(tmp_path)
    (tmp_path / "anchor").chmod(0o700)
    for private in (tmp_path / "anchor" / "log.key", *tmp_path.glob("ledger/*.db"), *tmp_path.glob("ledger-keys/*")):
        private.chmod(0o600)
    return Three(
        tmp_path / "ledger", json.loads((tmp_path / "left.json").read_text("utf-8"))["day"], tmp_path / "anchor"
    )


def number(said: str) -> str:
    return re.findall(r"subsidy approve (\d+)", said)[0]


def test_the_upgrade_says_what_its_duties_lack(office: Three) -> None:
    said = office.do("upgrade")
    told = re.findall(r"The duties in force say nothing of: (.*?)\. Anybody signs these", said)
    assert set(told[0].split(", ")) == NEWER
    assert verdict(office) == CONSISTENT


def test_budget_is_ordered_and_what_is_new_takes_two(office: Three) -> None:
    office.do("upgrade")
    order = number(office.done(MAKER, "budget", "issue", "2024", "100.00", "--document", "D-1", "--on", "2024-01-05"))
    assert code(office.by(PAYER, "approve", order)) == "duty_differs"
    office.done(CHECKER, "approve", order)
    # What its duties say nothing of anybody asks for, and never agrees to alone.
    for words in (
        ("people", "compromised", PAYER, "--since", "2024-01-06", "--reason", "lost"),
        ("audit", "log-key", "--reason", "a copy was seen"),
    ):
        asked = number(office.done(MAKER, *words))
        assert code(office.by(MAKER, "approve", asked)) == "approver_is_maker"
        office.done(CHECKER, "approve", asked)
    assert verdict(office) == CONSISTENT


def test_it_takes_duties_of_this_release(office: Three) -> None:
    office.do("upgrade")
    office.done(CHECKER, "approve", number(office.done(MAKER, "duties", "change", "three")))
    assert "say nothing of" not in office.do("upgrade")
    with office.ledger.read() as view:
        assert len(list(view.records(kinds.DUTIES))) == 1
    assert verdict(office) == CONSISTENT
