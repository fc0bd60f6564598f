"""A ledger of the release before signed writes, in which two had entered a third, goes on, and then signs everything.

`carried/person-2.zip` is a signing office as that release left it: 1004 entered by 1002 and 1003, 1001 without a key.
"""

import json
import zipfile
from pathlib import Path

from ledger.log.kinds import kind_of
from tests.audit.attacker import bodies
from tests.support.office import Office
from tests.support.signing_office import CHECKER, CONSISTENT, HEAD, code, key, verdict

KEPT = Path(__file__).with_name("carried") / "person-2.zip"


def test_unsigned_before_the_upgrade_and_signed_after(tmp_path: Path) -> None:
    with zipfile.ZipFile(KEPT) as packed:
        packed.extractall(tmp_path)
    (tmp_path / "anchor").chmod(0o700)
    for private in (tmp_path / "anchor" / "log.key", *tmp_path.glob("ledger/*.db"), *tmp_path.glob("ledger-keys/*")):
        private.chmod(0o600)
    day = json.loads((tmp_path / "left.json").read_text("utf-8"))["day"]
    office = Office(tmp_path / "ledger", day, tmp_path / "anchor")
    office.do("upgrade")
    assert verdict(office) == CONSISTENT
    size = len(bodies(office.folder / "book.db"))
    end = ("people", "end", "1004", "--on", "2024-04-30")
    assert code(office.say(*end)) == "signing_key_needed"
    assert code(office.say(*end, "--key", key(office, CHECKER))) == "signing_key_unrecorded"
    office.do(*end, "--actor", CHECKER, "--key", key(office, CHECKER))
    order = ("budget", "freeze", "2024/loan-interest", "5,000", "--document", "BUD-9")
    number = office.do(*order, "--actor", HEAD, "--key", key(office, HEAD)).split()[1]
    office.do("approve", number, "--actor", CHECKER, "--key", key(office, CHECKER))
    said = bodies(office.folder / "book.db")[size:]
    assert [kind_of(body) for body in said][:4] == ["actor", "act", "order", "act"]
    assert ["signature" in body for body in said][:4] == [False, True, False, True]
    assert verdict(office) == CONSISTENT
