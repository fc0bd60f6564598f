"""The bar of long work: seen on a terminal once two seconds have passed, and nowhere else."""

import os
import pty
import subprocess
import sys

WORK = """
import time
from ledger.commands.ui.progress import progress
with progress("Calculating"):
    time.sleep({seconds})
"""


def shown(seconds: int) -> str:
    """What work of so many seconds leaves on a terminal's standard error."""
    ours, theirs = pty.openpty()
    subprocess.run([sys.executable, "-c", WORK.format(seconds=seconds)], stderr=theirs, check=True)
    os.write(theirs, b"END")
    found = b""
    while not found.endswith(b"END"):
        found += os.read(ours, 65536)
    os.close(ours)
    os.close(theirs)
    return found.decode("utf-8").removesuffix("END")


def test_slow_work_shows_a_bar_and_quick_work_none() -> None:
    assert "Calculating" in shown(3)
    assert shown(0) == ""


def test_no_bar_where_there_is_no_terminal() -> None:
    made = subprocess.run([sys.executable, "-c", WORK.format(seconds=3)], capture_output=True, check=True)
    assert (made.stdout, made.stderr) == (b"", b"")
