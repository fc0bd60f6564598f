"""Opening positions of the first form stand on one person's word; what is entered after an upgrade waits for another.

`carried/opening-1.zip` is an office as the release before left it: 5,000.00 of March's 16,862.50 were paid outside.
"""

import json
import re
import zipfile
from pathlib import Path

from tests.audit.attacker import bodies
from tests.support.forge import find, first_fault, forge
from tests.support.office import NOTICE, USCC
from tests.support.till import SECOND, Till, open_till

KEPT = Path(__file__).with_name("carried") / "opening-1.zip"


def test_entered_by_one_before_and_by_two_after(tmp_path: Path) -> None:
    with zipfile.ZipFile(KEPT) as packed:
        packed.extractall(tmp_path)
    (tmp_path / "anchor").chmod(0o700)
    for private in (tmp_path / "anchor" / "log.key", *(tmp_path / "book").glob("*.db")):
        private.chmod(0o600)
    day = json.loads((tmp_path / "left.json").read_text("utf-8"))["day"]
    till = Till(tmp_path / "book", day, tmp_path / "anchor")
    till.do("upgrade")
    assert till.posted("2024-03") == [("2024-03-20", "11862.50")]
    said = till.do("opening", "none", NOTICE)
    assert till.posted("2024-03") == []
    (number,) = re.findall(r"subsidy approve (\d+)", said)
    assert till.as_second("approve", number).exit_code == 0
    assert till.posted("2024-03") == [("2024-03-20", "5000.00")]
    forms = [body["$schema"] for body in bodies(tmp_path / "book" / "book.db") if "opening" in body["$schema"]]
    assert forms == ["subsidy/opening/1", "subsidy/opening/2"]
    assert till.verify() == len(bodies(tmp_path / "book" / "book.db"))


def test_an_award_on_an_opening_that_the_other_turned_down_is_found(tmp_path: Path) -> None:
    """What the second person had said is turned round in the log: the award that rests on it is improper."""
    (tmp_path / "book").mkdir()
    till = open_till(tmp_path / "book", anchor=tmp_path / "anchor")
    till.on("2024-04-02").report("2024-03-31", SECOND)
    paid = tmp_path / "paid.csv"
    paid.write_text("uscc,line,lender,loan,due,amount\n" + f"{USCC},PF1,,,2024-03-20,5000\n", "utf-8")
    till.opening("import", str(paid), "--notice", NOTICE)
    assert till.posted("2024-03") == [("2024-03-20", "11862.50")]
    log = bodies(tmp_path / "book" / "book.db")
    assert first_fault(log) is None
    forge(log, 'alter approval: opinion="reject"')
    assert first_fault(log) == ("due_differs", find(log, "entry award"))
