"""Who runs commands of people elsewhere, for tests: as `subsidy serve` does, in forked processes.

To load it afresh takes a second each time. That an office does is tested in tests/commands/test_runner.py.
"""

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess

from cli import cli, main
from ledger.audit.ledger import Ledger
from ledger.commands.answered import Answered
from ledger.commands.runner import ANSWERS, Beside, environment
from tests.support.processes import process


class Forked(Beside):
    """Runs commands as `Beside` does, in processes of a server that has the program loaded."""

    def _ended(self, words: Sequence[str], folder: Path) -> CompletedProcess[bytes]:
        # Beside the folder, in which nothing may lie but what was sent and what is sent back.
        said = [folder.with_name(f"{folder.name}-{stream}") for stream in ("out", "err")]
        child = process(_command, environment(), folder, words, said)
        child.start()
        child.join()
        out, err = (file.read_bytes() for file in said)
        for file in said:
            file.unlink()
        assert child.exitcode is not None
        return CompletedProcess(words, child.exitcode, out, err)


def _command(surroundings: Mapping[str, str], folder: Path, words: Sequence[str], said: Sequence[Path]) -> None:
    """What the forked process does: its streams are files, then it is `subsidy`."""
    os.environ.clear()
    os.environ.update(surroundings)
    os.chdir(folder)
    sys.stdout, sys.stderr = (file.open("w", encoding="utf-8") for file in said)
    sys.argv = ["subsidy", *words]
    main()


def runner(ledger: Ledger, *, proved: bool = False) -> Beside:
    """Runs commands on a ledger; its answers are kept beside it, where no test looks for an anchor."""
    return Forked(cli, ledger.path.absolute(), Answered(ledger.path.with_name(ANSWERS), ledger.clock), proved)
