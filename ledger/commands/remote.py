"""`subsidy --server URL`: commands that run beside the ledger on a server, signed here, where the key is."""

import secrets
import sys
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import click
import httpx
import orjson

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.commands.runner import MOST_BYTES, refuse_secrets
from ledger.commands.ui.command import Command
from ledger.commands.ui.lazy import LazyGroup
from ledger.commands.ui.spoken import CHALLENGE, KEY, SIGNATURE, WRITTEN, Spoken, spoken, surroundings
from ledger.engines.loopback import is_loopback
from ledger.office import sign as signing
from ledger.sheets.files import Target, read_file
from ledger.store.places import check_private
from ledger.web.runner import CHALLENGE_FILE, SIGNATURE_FILE, Done
from ledger.words import language

__all__ = ["Sent", "Server", "sent"]

AnswerT = TypeVar("AnswerT")
# Commands that need no ledger, or only what lies here: they are never sent.
HERE = frozenset(
    {("sign",), ("sign-in",), ("sign-out",), ("commands",), ("demo",), ("calc",), ("template",), ("notice", "check")}
)
# Commands that need the files of a ledger, which nobody has who names a server.
OF_FILES = frozenset({("console",), ("serve",), ("init",), ("people", "key")})
_CONNECT_SECONDS, _SECONDS = 10, 960
# A request whose answer was lost is sent again under the same key: the server answers what it answered.
_TIMES = 2
_SHOWN = 200


@dataclass(frozen=True)
class Server:
    """A server by its address, with the file of the token that it asks for."""

    url: str
    token: Path

    def ask(self, words: Sequence[str], files: Mapping[str, bytes]) -> Done:
        """What the server answers a command.

        Refuses what the server refuses, `server_unreachable`, `answer_malformed` and `tls_needed`.
        """
        check_private(self.token)
        asked = {"words": list(words), "files": {name: b64encode(content).decode() for name, content in files.items()}}
        headers = {**self._shown(), "Idempotency-Key": secrets.token_hex(16)}
        return self._said("POST", "commands", asked, headers, _done)

    def enter(self, key: Path) -> str | None:
        """Sign in with the key in a file, and keep the token in its file; who is in, None where it was not wanted.

        Refuses what the server refuses; raises `Unsignable` for what this key does not sign.
        """
        actor = signing.read_key(key).name.partition("@")[0]
        challenge = self._said("POST", "sign-in", {"actor": actor}, {}, lambda said: b64decode(said["challenge"]))
        signed = signing.shown_and_signed(challenge, key)
        if signed is None:
            return None
        given = {"signature": b64encode(signed).decode()}
        token, actor = self._said("POST", "sessions", given, {}, lambda said: (str(said["token"]), str(said["actor"])))
        check_private(self.token)
        Target(self.token, force=True).write(f"{token}\n".encode(), private=True)
        return actor

    def leave(self) -> None:
        """End the token in the file, and take the file away; refuses what the server refuses."""
        check_private(self.token)
        self._said("DELETE", "sessions", None, self._shown(), lambda said: said["ended"])
        self.token.unlink()

    def _shown(self) -> dict[str, str]:
        """The token as a header."""
        return {"Authorization": f"Bearer {self.token.read_text(encoding='ascii', errors='replace').strip()}"}

    def _said(
        self, method: str, path: str, asked: object, headers: Mapping[str, str], read: Callable[[Any], AnswerT]
    ) -> AnswerT:
        """What `read` makes of the answer; asked again under the same headers where it was lost."""
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL as error:
            raise _unreachable(self.url, error) from error
        if url.scheme != "https" and not is_loopback(url.host):
            raise refuse(
                "tls_needed",
                N_("{host} can be reached from other machines, and nothing would be encrypted"),
                N_("give its address with https://"),
                Place("--server"),
                host=url.host,
            )
        told = {**headers, "Accept-Language": language().replace("_", "-"), "Content-Type": "application/json"}
        for left in reversed(range(_TIMES)):
            try:
                answer = httpx.request(
                    method,
                    f"{self.url.rstrip('/')}/api/v1/{path}",
                    content=None if asked is None else orjson.dumps(asked),
                    headers=told,
                    timeout=httpx.Timeout(_SECONDS, connect=_CONNECT_SECONDS),
                )
                said = orjson.loads(answer.content)
                break
            except (httpx.HTTPError, orjson.JSONDecodeError) as error:
                if left:
                    continue
                raise _unreachable(self.url, error) from error
        try:
            if answer.is_error:
                raise Refused([_told(problem) for problem in said["problems"]])
            return read(said)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise refuse(
                "answer_malformed",
                N_("what answers at this address is no server of a ledger, or one of another release"),
                N_("see with `subsidy --server {url} month` whether the command stands before giving it again"),
                Place("--server"),
                url=self.url,
            ) from error


class Sent(Command):
    """Stands for a command that a server runs: takes its words as they are."""

    def __init__(self, server: Server, said: Spoken) -> None:
        super().__init__(name=said.names[0], add_help_option=False)
        self.server, self.said = server, said

    def parse_args(self, _ctx: click.Context, _args: list[str]) -> list[str]:
        """Nothing is left to take apart."""
        return []

    def invoke(self, _ctx: click.Context) -> int:
        """Give it to the server; its exit code."""
        return give(self.server, self.said)


def sent(root: LazyGroup, words: Sequence[str], url: str, token: Path | None) -> Sent | None:
    """The command of these words for the server at `url`; None for what is done here."""
    said = spoken(root, words, surroundings())
    if said.helps or said.names in HERE or said.names[:1] in HERE or isinstance(said.command, click.Group):
        return None
    if said.names in OF_FILES:
        raise refuse(
            "command_of_files",
            N_("{command} works on the files of a ledger, and --server names one that lies elsewhere"),
            N_(
                "leave out --server (and SUBSIDY_SERVER), and name with --db a ledger of this machine; for a key that "
                "you keep yourself there is `subsidy sign --new-key STAFFNO@LEDGER --key FILE`"
            ),
            Place("--server"),
            command=" ".join(said.names),
        )
    if token is None:
        raise click.MissingParameter(param_hint="--token", param_type="option")
    return Sent(Server(url, token), said)


def give(server: Server, said: Spoken) -> int:
    """Give a command to a server, sign it here where it names a key, and write what comes back; its exit code."""
    refuse_secrets(said)
    key = said.named(KEY)
    sent, files, back = _packed(said.less(KEY))
    if not said.writes or key is None:
        return _ended(server.ask(sent.words(), files), back)
    first = sent.less(CHALLENGE, SIGNATURE).more(CHALLENGE, CHALLENGE_FILE)
    answer = server.ask(first.words(), files)
    challenge = answer.files.get(CHALLENGE_FILE)
    if challenge is None:
        return _ended(answer, back)
    try:
        signed = signing.shown_and_signed(challenge, Path(key))
    except (signing.Unsignable, OSError) as error:
        click.echo(str(error), err=True)
        return 2
    if signed is None:
        return 1
    second = sent.less(CHALLENGE, SIGNATURE).more(SIGNATURE, SIGNATURE_FILE)
    return _ended(server.ask(second.words(), {**files, SIGNATURE_FILE: signed}), back)


def _packed(said: Spoken) -> tuple[Spoken, dict[str, bytes], dict[str, Target]]:
    """The command with plain names of files, the files that go along, and where those go that come back."""
    names: dict[str, str] = {}
    # Under these two the server writes and reads what is signed.
    taken = {CHALLENGE_FILE, SIGNATURE_FILE}
    files: dict[str, bytes] = {}
    back: dict[str, Target] = {}
    force = said.named("force") is not None
    perhaps = [(param, value) for param, value in said.perhaps_files() if Path(value).is_file()]
    for param, value in (*said.files(), *perhaps):
        plain = Path(value).name
        while plain in taken and names.get(value) != plain:
            plain = f"{len(names)}-{plain}"
        names[value] = plain
        taken.add(plain)
        if param.name in WRITTEN:
            back[plain] = Target(Path(value), force)
            back[plain].check()
        else:
            _name, files[plain] = read_file(Path(value), MOST_BYTES)
    return said.renamed(names), files, back


def _ended(answer: Done, back: Mapping[str, Target]) -> int:
    """Write the files that came back, then print what the command printed.

    Refuses `file_not_asked`, and `files_not_again` where those that were asked for did not come a second time.
    """
    unasked = sorted(answer.files.keys() - back.keys())
    if unasked:
        raise refuse(
            "file_not_asked",
            N_("the server sent a file {name} that nobody asked for; nothing was written here"),
            N_("ask who keeps the server what it is; see with `subsidy month` whether the command stands"),
            name=unasked[0][:_SHOWN],
        )
    for name, content in answer.files.items():
        back[name].write(content, private=True)
    click.echo(answer.out, nl=False)
    sys.stdout.flush()
    click.echo(answer.err, nl=False, err=True)
    missing = sorted(back.keys() - answer.files.keys())
    if answer.again and not answer.code and missing:
        raise refuse(
            "files_not_again",
            N_("the command is done, and its first answer was lost with the file {name}"),
            N_("give the command again: what was handed over comes again with the same bytes"),
            name=missing[0],
        )
    return answer.code


def _done(said: dict[str, Any]) -> Done:
    """An answer by its fields; raises the usual errors where it is none."""
    files = {name: b64decode(content, validate=True) for name, content in said["files"].items()}
    done = Done(said["code"], said["out"], said["err"], files, said["again"])
    if [type(value) for value in done] != [int, str, str, dict, bool]:
        raise TypeError("fields")
    return done


def _unreachable(url: str, error: Exception) -> Refused:
    return refuse(
        "server_unreachable",
        N_("the server did not answer ({reason})"),
        N_("see with `subsidy --server {url} month` whether the command stands before giving it again"),
        Place("--server"),
        reason=str(error) or type(error).__name__,
        url=url,
    )


def _told(problem: Mapping[str, Any]) -> Problem:
    """A problem of the server's, in its words."""
    own = {name: problem[name].replace("{", "{{").replace("}", "}}") for name in ("what", "remedy")}
    return Problem(problem["code"], own["what"], own["remedy"], Place(problem["place"]))
