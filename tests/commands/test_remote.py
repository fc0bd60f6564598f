"""`subsidy --server`: a real server beside the ledger, an officer who has nothing but a key, and what goes between."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from click.testing import CliRunner, Result
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cli import cli
from ledger.web.api.app import create_api
from ledger.web.api.gate import Gate
from tests.support.runner import runner
from tests.support.three_office import MAKER, Three, three_office

TOKEN = "0" * 64
ISSUE = ["budget", "issue", "2031", "10.00", "--document", "示例指1号", "--actor", MAKER]


class Heard:
    """Keeps everything that a server is sent."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def kept() -> Message:
            message = await receive()
            self.bodies.append(message.get("body", b""))
            return message

        await self.app(scope, kept, send)


class Elsewhere:
    """An officer's machine: a folder with a token, the address of a server, and no ledger."""

    def __init__(self, folder: Path, url: str, heard: Heard) -> None:
        self.folder, self.url, self.heard = folder, url, heard
        self.token = folder / "api.token"
        self.token.write_text(TOKEN, encoding="ascii")
        self.token.chmod(0o600)

    def say(self, *words: str, text: str = "") -> Result:
        """A command given to the server, with `text` typed while it runs."""
        server = ["--lang", "en", "--server", self.url, "--token", str(self.token)]
        return CliRunner().invoke(cli, [*server, *words], input=text)


@contextmanager
def serving(office: Three, folder: Path) -> Iterator[Elsewhere]:
    heard = Heard(Gate(create_api(office.ledger, runner(office.ledger, proved=True)), TOKEN))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(heard, log_config=None, access_log=False, lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        try:
            yield Elsewhere(folder, f"http://127.0.0.1:{listening.getsockname()[1]}", heard)
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture
def office(tmp_path: Path) -> Three:
    (tmp_path / "book").mkdir()
    return three_office(tmp_path / "book")


def size(office: Three) -> int:
    with office.ledger.read() as view:
        return view.size


def test_a_command_is_signed_where_the_key_is_and_done_where_the_ledger_is(office: Three, tmp_path: Path) -> None:
    before = size(office)
    with serving(office, tmp_path) as there:
        refused = there.say(*ISSUE, "--key", office.key(MAKER), text="no\n")
        assert (refused.exit_code, size(office)) == (1, before)
        given = there.say(*ISSUE, "--key", office.key(MAKER), text="yes\n")
        assert given.exit_code == 0, given.output
        # What is signed is shown in figures and in capitals: ten yuan.
        assert "10.00 元（人民币壹拾元整）" in given.stdout
        assert "示例指1号" in given.stdout
        assert size(office) > before
        secret = Path(office.key(MAKER)).read_bytes().strip().rsplit(b"+", 1)[1]
        assert secret not in b"".join(there.heard.bodies)


def test_files_go_along_and_come_back_where_they_were_asked_for(office: Three, tmp_path: Path) -> None:
    wrong = tmp_path / "registers" / "entities.csv"
    wrong.parent.mkdir()
    wrong.write_text("credit code,name\n91110108MA0000777Z,某某\n", encoding="utf-8")
    back, firms = tmp_path / "registers" / "back.xlsx", tmp_path / "firms.xlsx"
    with serving(office, tmp_path) as there:
        said = there.say("import", "entities", str(wrong), "--mode", "delta", "--actor", MAKER, "--returned", str(back))
        assert (said.exit_code, said.stdout) == (2, "")
        assert "entities.csv:1:1: the column district is missing" in said.stderr
        assert back.read_bytes()[:2] == b"PK"
        assert there.say("entity", "list", "--xlsx", str(firms)).exit_code == 0
        assert firms.stat().st_mode & 0o777 == 0o600
        again = there.say("entity", "list", "--xlsx", str(firms))
        assert (again.exit_code, "[file_exists]" in again.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--server", "http://10.0.0.1:8765", "month"], "tls_needed"),
        (["--server", "http://127.0.0.1:1", "month"], "server_unreachable"),
    ],
)
def test_what_cannot_be_sent_says_why(tmp_path: Path, words: list[str], code: str) -> None:
    token = tmp_path / "api.token"
    token.write_text(TOKEN, encoding="ascii")
    token.chmod(0o600)
    said = CliRunner().invoke(cli, ["--lang", "en", "--token", str(token), *words])
    assert (said.exit_code, f"[{code}]" in said.stderr) == (2, True)


def test_a_token_that_others_can_read_is_not_sent(tmp_path: Path) -> None:
    token = tmp_path / "api.token"
    token.write_text(TOKEN, encoding="ascii")
    token.chmod(0o644)
    said = CliRunner().invoke(cli, ["--server", "http://127.0.0.1:1", "--token", str(token), "month"])
    assert (said.exit_code, "[ledger_exposed]" in said.stderr) == (2, True)


def test_what_needs_no_ledger_is_done_here() -> None:
    said = CliRunner().invoke(cli, ["--lang", "en", "--server", "http://127.0.0.1:1", "calc", "--help"])
    assert said.exit_code == 0
