"""`subsidy --server`: a real server beside the ledger, an officer who has nothing but a key, and what goes between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import orjson
import pytest
from click.testing import CliRunner, Result
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cli import cli
from ledger.commands.remote import _packed
from ledger.commands.ui.spoken import spoken
from ledger.web.api.app import create_api
from ledger.web.api.gate import Gate
from ledger.web.door import sign_in_of
from ledger.web.runner import CHALLENGE_FILE, SIGNATURE_FILE
from tests.support.port import at_port
from tests.support.runner import runner
from tests.support.three_office import MAKER, Three, three_office

TOKEN = "0" * 64
ISSUE = ["budget", "issue", "2025", "10.00", "--document", "示例指1号", "--actor", MAKER]


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

    def sign_in(self, key: str) -> Result:
        """Come in with a key: the token of the server gives way to the officer's own."""
        return self.say("sign-in", "--key", key, text="yes\n")

    def say(self, *words: str, text: str = "") -> Result:
        """A command given to the server, with `text` typed while it runs."""
        server = ["--lang", "en", "--server", self.url, "--token", str(self.token)]
        return CliRunner().invoke(cli, [*server, *words], input=text)


@contextmanager
def serving(office: Three, folder: Path) -> Iterator[Elsewhere]:
    ledger = office.ledger
    heard = Heard(Gate(create_api(ledger, runner(ledger, proved=True), sign_in_of(ledger)), TOKEN))
    with at_port(lambda _: heard) as host:
        yield Elsewhere(folder, f"http://{host}", heard)


@pytest.fixture
def office(tmp_path: Path) -> Three:
    (tmp_path / "book").mkdir()
    return three_office(tmp_path / "book").awake()


def size(office: Three) -> int:
    with office.ledger.read() as view:
        return view.size


def test_a_command_is_signed_where_the_key_is_and_done_where_the_ledger_is(office: Three, tmp_path: Path) -> None:
    before = size(office)
    with serving(office, tmp_path) as there:
        nobody = there.say(*ISSUE, "--key", office.key(MAKER), text="yes\n")
        assert (nobody.exit_code, "[officer_unnamed]" in nobody.stderr, size(office)) == (2, True, before)
        assert there.sign_in(office.key(MAKER)).exit_code == 0
        refused = there.say(*ISSUE, "--key", office.key(MAKER), text="no\n")
        assert (refused.exit_code, size(office)) == (1, before)
        given = there.say(*ISSUE, "--key", office.key(MAKER), text="yes\n")
        assert given.exit_code == 0, given.output
        # What is signed is shown in figures and in capitals: ten yuan.
        assert "10.00 元（人民币壹拾元整）" in given.stdout
        assert "示例指1号" in given.stdout
        # Where it was signed in passing is nobody's file.
        assert "act.signature" not in given.stdout
        assert size(office) > before
        # The key file has five parts between plus signs; the last is base64, which has plus signs too.
        secret = Path(office.key(MAKER)).read_bytes().strip().split(b"+", 4)[4]
        assert len(secret) == 44  # a byte for the kind and 32 of the seed, in base64
        assert secret not in b"".join(there.heard.bodies)


def test_files_go_along_and_come_back_where_they_were_asked_for(office: Three, tmp_path: Path) -> None:
    wrong = tmp_path / "registers" / "entities.csv"
    wrong.parent.mkdir()
    wrong.write_text("credit code,name\n91110108MA0000777Z,某某\n", encoding="utf-8")
    back, firms = tmp_path / "registers" / "back.xlsx", tmp_path / "firms.xlsx"
    with serving(office, tmp_path) as there:
        there.sign_in(office.key(MAKER))
        said = there.say("import", "entities", str(wrong), "--mode", "delta", "--actor", MAKER, "--returned", str(back))
        assert (said.exit_code, said.stdout) == (2, "")
        assert "entities.csv:1:1: the column district is missing" in said.stderr
        assert back.read_bytes()[:2] == b"PK"
        assert there.say("entity", "list", "--xlsx", str(firms)).exit_code == 0
        assert firms.stat().st_mode & 0o777 == 0o600
        again = there.say("entity", "list", "--xlsx", str(firms))
        assert (again.exit_code, "[file_exists]" in again.stderr) == (2, True)


def test_a_passphrase_is_sent_nowhere(office: Three, tmp_path: Path) -> None:
    word = tmp_path / "word"
    word.write_bytes(b"twelve letters!\n")
    word.chmod(0o600)
    words = ("--out", str(tmp_path / "one.enc"), "--passphrase-file", str(word), "--reason", "letter 7")
    with serving(office, tmp_path) as there:
        said = there.say("payee", "reveal", "ecny/C1010211000012/000001", *words, "--actor", MAKER)
        assert (said.exit_code, "[passphrase_stays]" in said.stderr, said.stdout) == (2, True, "")
        # Not a byte: what is refused here asks the server nothing.
        assert there.heard.bodies == []
    assert not (tmp_path / "one.enc").exists()


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


ANSWER = {"code": 0, "out": "done\n", "err": "", "files": {}, "again": False}


@pytest.fixture
def answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A command given to a server that answers so; it is typed in an empty folder."""
    token, here = tmp_path / "api.token", tmp_path / "here"
    token.write_text(TOKEN, encoding="ascii")
    token.chmod(0o600)
    here.mkdir()
    monkeypatch.chdir(here)

    def given(content: bytes, *words: str, status: int = 200, server: str = "http://127.0.0.1:1") -> Result:
        monkeypatch.setattr(httpx, "request", lambda *_args, **_named: httpx.Response(status, content=content))
        return CliRunner().invoke(cli, ["--lang", "en", "--server", server, "--token", str(token), *words])

    return given


@pytest.mark.parametrize("name", ["../evil", "/{}/evil", ".bashrc", "cli.py"])
def test_a_server_writes_no_file_that_nobody_asked_for(
    answers: Callable[..., Result], tmp_path: Path, name: str
) -> None:
    before = sorted(tmp_path.rglob("*"))
    said = answers(orjson.dumps({**ANSWER, "files": {name.format(tmp_path): "eA=="}}), "people", "list")
    assert (said.exit_code, "[file_not_asked]" in said.stderr) == (2, True)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"[]", 200),
        (b"{}", 200),
        (b"{}", 500),
        (b'{"problems": [{"code": "x", "what": "w", "remedy": "r"}]}', 422),
        (orjson.dumps({**ANSWER, "files": {"l.xlsx": "###"}}), 200),
        (orjson.dumps({**ANSWER, "code": "0"}), 200),
    ],
)
def test_an_answer_that_is_none_says_so(answers: Callable[..., Result], content: bytes, status: int) -> None:
    said = answers(content, "entity", "list", "--xlsx", "l.xlsx", status=status)
    assert (said.exit_code, "[answer_malformed]" in said.stderr) == (2, True)


def test_an_address_that_is_none_says_so(answers: Callable[..., Result]) -> None:
    said = answers(b"", "people", "list", server="http://[::1")
    assert (said.exit_code, "[server_unreachable]" in said.stderr) == (2, True)


def test_files_that_do_not_come_a_second_time_are_missed(answers: Callable[..., Result], tmp_path: Path) -> None:
    """The answer was lost, and the same request is answered again: the order itself is not there."""
    words = ["pay", "export", "B1", "--out", str(tmp_path / "order"), "--actor", MAKER]
    said = answers(orjson.dumps({**ANSWER, "again": True}), *words)
    assert (said.exit_code, said.stdout, "[files_not_again]" in said.stderr) == (2, "done\n", True)


def test_a_request_for_a_signature_is_answered_anew(office: Three) -> None:
    """It wrote nothing; from what was kept its challenge would be missing, and the command would seem done."""
    beside = runner(office.ledger, proved=True)
    asked = [
        beside.run([*ISSUE, "--challenge", CHALLENGE_FILE], {}, "key-00000001", officer=MAKER) for _time in range(2)
    ]
    assert [(done.again, list(done.files)) for done in asked] == [(False, [CHALLENGE_FILE])] * 2


def test_a_file_of_the_name_of_a_signature_goes_under_another(tmp_path: Path) -> None:
    loans = tmp_path / SIGNATURE_FILE
    loans.write_text("x", encoding="utf-8")
    said = spoken(cli, ["import", "loans", str(loans), "--mode", "full", "--actor", MAKER])
    words, files, _back = _packed(said)
    assert list(files) == [f"0-{SIGNATURE_FILE}"]
    assert words.words()[-1] == f"0-{SIGNATURE_FILE}"


def test_a_token_that_others_can_read_is_not_sent(tmp_path: Path) -> None:
    token = tmp_path / "api.token"
    token.write_text(TOKEN, encoding="ascii")
    token.chmod(0o644)
    said = CliRunner().invoke(cli, ["--server", "http://127.0.0.1:1", "--token", str(token), "month"])
    assert (said.exit_code, "[ledger_exposed]" in said.stderr) == (2, True)


def test_what_needs_no_ledger_is_done_here() -> None:
    said = CliRunner().invoke(cli, ["--lang", "en", "--server", "http://127.0.0.1:1", "calc", "--help"])
    assert said.exit_code == 0


@pytest.mark.parametrize("words", ["console", "serve --token t", "init --practice", "people key 1 --file k"])
def test_what_works_on_files_is_not_done_here_in_silence(tmp_path: Path, words: str) -> None:
    """With a server named, nothing is opened or made on this machine."""
    named = ["--lang", "en", "--server", "https://books.example", "--db", f"sqlite:///{tmp_path}/l.db"]
    result = CliRunner().invoke(cli, [*named, *words.split()])
    assert (result.exit_code, "[command_of_files]" in result.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []
