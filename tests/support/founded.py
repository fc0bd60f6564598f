"""An office whose ledger two people founded, and that entered a third: all of it is signed from the beginning."""

from pathlib import Path

from tests.support.copies import built_once
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three

DAY = "2024-01-05"


def founding(staff_no: str, *words: str) -> list[str]:
    """The command by which somebody founds the ledger, or opens it."""
    return ["init", *words, "--actor", staff_no, "--post", POSTS[staff_no], "--document", f"任-{staff_no}"]


@built_once
def begun_office(folder: Path, anchor: Path | None = None) -> Three:
    """1001 has founded the ledger, and nobody has opened it."""
    office = Three(folder, DAY, anchor)
    office.keys.mkdir(exist_ok=True)
    office.do(*founding(MAKER), "--key", office.key(MAKER))
    return office


@built_once
def opened_office(folder: Path, anchor: Path | None = None) -> Three:
    """1002 has opened it."""
    office = begun_office(folder, anchor=anchor)
    office.do(*founding(CHECKER, "--second"), "--key", office.key(CHECKER))
    return office


@built_once
def founded_office(folder: Path, anchor: Path | None = None) -> Three:
    """The two have entered 1003, who pays."""
    office = opened_office(folder, anchor=anchor)
    office.enrol(PAYER, POSTS[PAYER], MAKER, CHECKER)
    return office
