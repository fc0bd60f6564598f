"""A text of many events read as a register's rows, and whether four times as many take more than that."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from ledger.sheets.columns import columns
from ledger.sheets.read import read_sheet
from ledger.sheets.rows import read_rows

ROWS = 200_000
TIMES = 4


def lines() -> Iterator[str]:
    with TemporaryDirectory() as name:
        quarter, whole = measure(Path(name), ROWS // TIMES), measure(Path(name), ROWS)
    yield (
        f"reading: {ROWS} rows of events in {whole:.2f} s of processor time, {ROWS / whole:.0f} a second; "
        f"{whole / quarter:.2f} times the seconds of {ROWS // TIMES}"
    )


def measure(folder: Path, rows: int) -> float:
    """Processor seconds of reading so many rows, each repayment after its drawdown."""
    path = folder / f"events-{rows}.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("contract_no,kind,date,amount\n")
        for number in range(rows):
            kind, day = (("drawdown", "2024-01-10"), ("repayment", "2024-05-20"))[number % 2]
            file.write(f"HT{number // 2:06d},{kind},{day},{1_000_000 + number}.50\n")
    began = process_time()
    found = read_rows(read_sheet(path, columns("events")), columns("events"), twins=True)
    seconds = process_time() - began
    assert (len(found.rows), found.problems) == (rows, [])
    return seconds
