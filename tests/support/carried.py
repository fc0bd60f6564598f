"""Ledgers that releases left behind, kept for ever and carried over: one for each set of schemas that was ever written.

`python -m tests.support.carried` makes the ledger of the present release and puts it beside the others, under the next
number; it is called once, when the `$schema` of a record or the schema text of the file has changed.
"""

import json
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.reconcile.forms import write
from tests.support.till import SECOND, WALLET, Till, open_till

FOLDER = Path(__file__).parents[1] / "store" / "carried"
TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"


def kept() -> list[Path]:
    """The archives, oldest first."""
    return sorted(FOLDER.glob("*.zip"), key=lambda path: int(path.stem))


def unpacked(archive: Path, folder: Path) -> Till:
    """The ledger of an archive in `folder`, its officers on the day on which it was left."""
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    (folder / "anchor").chmod(0o700)
    for name in ("anchor/log.key", "book/book.db", "book/vault.db"):
        (folder / name).chmod(0o600)
    left = json.loads((folder / "left.json").read_text("utf-8"))
    return Till(folder / "book", left["day"], folder / "anchor")


def used(folder: Path) -> Till:
    """A ledger as an office leaves it: a quarter run, paid and seen on a statement, the next one due and not run."""
    (folder / "book").mkdir()
    till = open_till(folder / "book", anchor=folder / "anchor")
    till.on("2024-04-02").report("2024-03-31", SECOND)
    till.run("2024-03")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.on("2024-04-10")
    rows = f"2024-04-03,,16862.50,50000.00,补助,{item},,\n2024-04-04,0.01,,50000.01,利息,,,\n"
    file = write(till.folder, "flow.csv", f"账号：{WALLET}\n共2笔\n{TABLE}{rows}")
    till.do("reconcile", "import", str(file))
    till.do("reconcile", "match")
    till.on("2024-07-02").report("2024-06-30")
    return till


def pack(archive: Path) -> None:
    """Make the ledger of the present release and pack it."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        till = used(folder)
        (folder / "left.json").write_text(json.dumps({"day": till.day}), "utf-8")
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
            for path in [
                folder / "left.json",
                *sorted(folder.glob("book/*.db")),
                *sorted((folder / "anchor").iterdir()),
            ]:
                packed.write(path, path.relative_to(folder))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    number = int(kept()[-1].stem) + 1 if kept() else 1
    pack(FOLDER / f"{number}.zip")
    sys.stdout.write(f"{FOLDER / f'{number}.zip'}\n")
