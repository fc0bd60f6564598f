"""An office at a server, for real browsers: commands run in this process, under the clock of the test."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from click.testing import CliRunner

from cli import cli
from ledger.commands.answered import Answered
from ledger.commands.runner import ANSWERS, Beside
from ledger.web.runner import Done
from ledger.web.server import create_server
from ledger.words import language
from tests.support.clock import at_noon
from tests.support.three_office import Three

TOKEN = "0" * 64


class Here(Beside):
    """Runs commands as `Beside` does, only in this process, on the office's day."""

    office: Three

    def _run(self, words: Sequence[str], files: Mapping[str, bytes]) -> Done:
        lang = language()
        with TemporaryDirectory() as name, contextlib.chdir(name), at_noon(self.office.day):
            folder = Path(name)
            for plain, content in files.items():
                (folder / plain).write_bytes(content)
            environment = {**self.office.environment, "SUBSIDY_ACTOR": None}
            said = CliRunner().invoke(cli, ["--db", self.office.url, "--lang", lang, *words], env=environment)
            back = {file.name: file.read_bytes() for file in sorted(folder.iterdir())}
        changed = {plain: content for plain, content in back.items() if files.get(plain) != content}
        return Done(said.exit_code, said.stdout, said.stderr, changed)


@contextmanager
def at_server(office: Three) -> Iterator[str]:
    """`subsidy serve` over an office's ledger, on its day; the address."""
    ledger = office.ledger
    beside = Here(cli, ledger.path.absolute(), Answered(ledger.path.with_name(ANSWERS), ledger.clock), proved=True)
    object.__setattr__(beside, "office", office)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host = f"127.0.0.1:{listening.getsockname()[1]}"
        app = create_server(ledger, beside, hosts={host}, token=TOKEN)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield f"http://{host}"
        finally:
            server.should_exit = True
            thread.join()
