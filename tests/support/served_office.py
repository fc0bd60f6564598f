"""An office at a server, for real browsers: commands run in this process, under the clock of the test."""

import contextlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import CompletedProcess

from click.testing import CliRunner

from cli import cli
from ledger.commands.answered import Answered
from ledger.commands.runner import ANSWERS, Beside
from ledger.web.server import create_server
from tests.support.clock import at_noon
from tests.support.port import at_port
from tests.support.three_office import Three

TOKEN = "0" * 64


class Here(Beside):
    """Runs commands as `Beside` does, only in this process, on the office's day."""

    office: Three

    def _ended(self, words: Sequence[str], folder: Path) -> CompletedProcess[bytes]:
        with contextlib.chdir(folder), at_noon(self.office.day):
            said = CliRunner().invoke(cli, words, env={**self.office.environment, "SUBSIDY_ACTOR": None})
        return CompletedProcess(words, said.exit_code, said.stdout_bytes, said.stderr_bytes)


@contextmanager
def at_server(office: Three) -> Iterator[str]:
    """`subsidy serve` over an office's ledger, on its day; the address."""
    ledger = office.ledger
    beside = Here(cli, ledger.path.absolute(), Answered(ledger.path.with_name(ANSWERS), ledger.clock), proved=True)
    object.__setattr__(beside, "office", office)
    with at_port(lambda host: create_server(ledger, beside, hosts={host}, token=TOKEN)) as host:
        yield f"http://{host}"
