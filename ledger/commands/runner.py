"""Commands of people elsewhere, run beside the ledger: each in a process and in a folder of its own.

What may be run, and what of it are files, is told from the declaration of the command; nothing else is run.
"""

import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from calculators.clear import unprintable
from calculators.problems import N_, Place, Refused, refuse
from ledger.audit.ledger import Ledger
from ledger.commands.answered import Answered
from ledger.commands.computing import ENGINE, JOBS
from ledger.commands.ui.helptext import in_language
from ledger.commands.ui.lazy import LazyGroup
from ledger.commands.ui.spoken import CHALLENGE, KEY, SECRET, SIGNATURE, WRITTEN, Spoken, command_of, name_of, spoken
from ledger.commands.ui.usage import usage_lines
from ledger.labels.arguments import argument
from ledger.log import kinds
from ledger.office.signing import by_acts
from ledger.web.runner import ACTOR, CHALLENGE_FILE, SIGNATURE_FILE, Done, Field, Form, Sort
from ledger.words import _, language

__all__ = ["CLOSED", "MOST_BYTES", "Beside", "beside", "refuse_secrets"]

# What only the service account does itself, on its own machine.
CLOSED = frozenset(
    {
        ("init",),
        ("upgrade",),
        ("backup",),
        ("restore",),
        ("demo",),
        ("console",),
        ("serve",),
        ("sign",),
        ("sign-in",),
        ("sign-out",),
        ("commands",),
        ("people", "key"),
        ("audit", "cut"),
        ("audit", "log-key"),
        ("audit", "rebuild"),
        ("evidence", "check"),
        ("witness", "new"),
        ("witness", "ask"),
        ("witness", "sign"),
        ("witness", "take"),
    }
)
MOST_BYTES = 32 * 1024 * 1024
# In the anchor's folder: it is the service account's.
ANSWERS = "answers.db"
_SECONDS = 900
_READERS = 4
_LONGEST = 200
# Of one word, and of all: what every system gives to a process.
_MOST_WORD, _MOST_WORDS = 100_000, 1_000_000
# Of no use in a form: pages are for people, and every command has a folder of its own.
_NOT_ASKED = ("as_json", "force", "help", JOBS, ENGINE)
# What stands in a hint for what is to be put in its place.
_TO_FILL = re.compile(r"[A-Z]{2,}(?:[_-][A-Z]+)*|YYYY-MM(?:-DD)?")
_PLAIN = re.compile(r"[^./\\\x00-\x1f\ud800-\udfff][^/\\\x00-\x1f\ud800-\udfff]*")
# What is a matter of who asks, and of no service account.
_OF_WHO_ASKS = ("ACTOR", "KEY", "DB", "LANG", "SERVER", "TOKEN")


@dataclass(frozen=True)
class Beside:
    """Runs commands of `root` on the ledger file `path`; what writing ones answered is kept in `answered`.

    `proved`: who writes shows it by a signature, so that nothing is written while the ledger asks for none; one for
    practice never does.
    """

    root: LazyGroup
    path: Path
    answered: Answered
    proved: bool
    writing: threading.Lock = field(default_factory=threading.Lock)
    reading: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(_READERS))

    def form(self, line: str) -> Form:
        """The form of a command line; refuses `command_unknown` and `command_not_here`."""
        try:
            words = shlex.split(line)
            said = spoken(self.root, words[1:] if words[:1] == ["subsidy"] else words)
        except (click.ClickException, ValueError) as error:
            raise _unknown(line) from error
        _refuse_closed(said)
        own = [param for param in said.command.params if param.name not in (KEY, CHALLENGE, SIGNATURE, *_NOT_ASKED)]
        values: dict[str, tuple[str, ...]] = {}
        for param, value in said.less(KEY, CHALLENGE, SIGNATURE).values:
            if not (isinstance(value, str) and _TO_FILL.fullmatch(value)):
                values[str(param.name)] = (*values.get(str(param.name), ()), "on" if value is True else str(value))
        # What is needed comes first, files before all else.
        own.sort(key=lambda param: (not param.required, not isinstance(param.type, click.Path)))
        title = (in_language(said.command).help or "").split("\n\n")[0].replace("\n", " ")
        return Form(said.names, title, said.writes, tuple(map(_field, own)), values)

    def words(self, form: Form, given: Mapping[str, Sequence[str]]) -> list[str]:
        """The words of a form that was filled in."""
        _names, command, _left = command_of(self.root, form.names)
        by_name = {param.name: param for param in command.params}
        values: list[tuple[click.Parameter, str | bool]] = []
        for of in form.fields:
            texts = [text.strip() for text in given.get(of.name, ()) if text.strip()]
            values += [(by_name[of.name], True if of.sort == "flag" else text) for text in texts]
        return Spoken(form.names, command, tuple(values)).words()

    def asking(self, words: Sequence[str]) -> list[str]:
        """The command line that asks for a signature; as it is where none is wanted."""
        said = spoken(self.root, words)
        return said.more(CHALLENGE, CHALLENGE_FILE).words() if said.writes else said.words()

    def signed(self, words: Sequence[str]) -> list[str]:
        """The command line with the signature."""
        return spoken(self.root, words).less(CHALLENGE).more(SIGNATURE, SIGNATURE_FILE).words()

    def run(
        self, words: Sequence[str], files: Mapping[str, bytes], key: str | None = None, *, officer: str = ""
    ) -> Done:
        """Run a command; refuses `command_not_here`, `key_stays`, `actor_differs`, `name_not_plain` and more."""
        try:
            said = spoken(self.root, words)
        except click.ClickException as error:
            return Done(error.exit_code, "", "".join(f"{line}\n" for line in usage_lines(error)), {})
        _refuse_closed(said)
        _refuse_other(said, officer)
        _refuse_files(said, files)
        own = said.words()
        _refuse_words(own)
        if not said.writes:
            with self.reading:
                return self._run(own, files)
        with self.writing:
            self._refuse_unproved(officer)
            if key is None:
                return self._run(own, files)
            done = self.answered.begin(key, own, files)
            if done is None:
                done = self._run(own, files)
                if said.named(CHALLENGE) in done.files:
                    # It asked for a signature and wrote nothing: from what is kept the challenge would not come again.
                    self.answered.forget(key)
                else:
                    self.answered.end(key, done)
            return done

    def _refuse_unproved(self, officer: str) -> None:
        """Where who writes has to show it: refuse what nobody signs, and what nobody by name asks for."""
        if not self.proved:
            return
        with Ledger.open(f"sqlite:///{self.path}").read() as view:
            signed, purpose = by_acts(view), view.body(kinds.GENESIS, 0)["purpose"]
        if signed and not officer:
            raise refuse(
                "officer_unnamed",
                N_("whoever writes signs in first: the token of the server says nothing of who asks"),
                N_(
                    "give `subsidy --server URL --token FILE sign-in --key FILE`, and the command again with that token"
                ),
                Place("--token"),
            )
        if not signed and purpose != "practice":
            raise refuse(
                "writer_unproved",
                N_("this ledger asks for no signatures, so nobody shows who writes from another machine"),
                N_("enter people with keys by two (`subsidy people enrol`) on the machine of the ledger first"),
            )

    def _run(self, words: Sequence[str], files: Mapping[str, bytes]) -> Done:
        with TemporaryDirectory() as name:
            folder = Path(name)
            for plain, content in files.items():
                (folder / plain).write_bytes(content)
                (folder / plain).chmod(0o600)
            ran = self._ended([f"--db=sqlite:///{self.path}", f"--lang={language()}", *words], folder)
            back = {
                file.name: file.read_bytes()
                for file in sorted(folder.iterdir())
                if file.is_file() and not file.is_symlink()
            }
        changed = {plain: content for plain, content in back.items() if files.get(plain) != content}
        return Done(
            ran.returncode, ran.stdout.decode("utf-8", "replace"), ran.stderr.decode("utf-8", "replace"), changed
        )

    def _ended(self, words: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
        """What a process of its own came to that ran the command line in `folder`."""
        try:
            return subprocess.run(
                # `-P`: nothing that was sent is imported.
                [sys.executable, "-P", "-m", "cli", *words],
                cwd=folder,
                env=environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise refuse(
                "command_too_slow",
                N_("the command was ended after {seconds} seconds; it wrote all that it had to write or nothing"),
                N_("see with `subsidy month` where things stand, and give it on the server itself"),
                seconds=_SECONDS,
            ) from error


def beside(ledger: Ledger, *, proved: bool) -> Beside:
    """Who runs commands on a ledger, for the program that is running."""
    root = click.get_current_context().find_root().command
    assert isinstance(root, LazyGroup)
    return Beside(root, ledger.path.absolute(), Answered(ledger.anchor.folder / ANSWERS, ledger.clock), proved)


def environment() -> dict[str, str]:
    """What a command is surrounded by: all that this process is, but for what is a matter of who asks."""
    kept = {name: value for name, value in os.environ.items() if name not in {f"SUBSIDY_{own}" for own in _OF_WHO_ASKS}}
    if "SUBSIDY_ANCHOR" in kept:
        kept["SUBSIDY_ANCHOR"] = str(Path(kept["SUBSIDY_ANCHOR"]).absolute())
    return {**kept, "PYTHONIOENCODING": "utf-8", "COLUMNS": "120"}


def _field(param: click.Parameter) -> Field:
    sort: Sort = "text"
    if isinstance(param, click.Option) and param.is_flag:
        sort = "flag"
    elif isinstance(param.type, click.Choice):
        sort = "choice"
    elif isinstance(param.type, click.Path):
        sort = "written" if param.name in WRITTEN else "read"
    choices = tuple(map(str, param.type.choices)) if isinstance(param.type, click.Choice) else ()
    text = _(param.help) if isinstance(param, click.Option) and param.help else argument(_hint(param))
    several = param.nargs != 1 or param.multiple
    return Field(str(param.name), text, _hint(param), sort, param.required, choices, several)


def _hint(param: click.Parameter) -> str:
    option = isinstance(param, click.Option)
    return f"{name_of(param)} {param.metavar or ''}".strip() if option else param.human_readable_name


def _unknown(line: str) -> Refused:
    return refuse(
        "command_unknown",
        N_("there is no command {line}"),
        N_("see `subsidy commands` for all of them"),
        line=line[:_LONGEST],
    )


def _refuse_closed(said: Spoken) -> None:
    if said.names in CLOSED or isinstance(said.command, click.Group):
        raise refuse(
            "command_not_here",
            N_("{command} is not run for somebody elsewhere"),
            N_("give it on the machine of the ledger, or a command with all of its words"),
            command=" ".join(said.names),
        )
    if said.named(KEY) is not None:
        raise refuse(
            "key_stays",
            N_("a private key does not leave the machine of its officer"),
            N_("give --challenge FILE, sign that file where the key is, and give --signature FILE"),
            Place("--key"),
        )
    for name in (JOBS, ENGINE):
        if said.named(name) is not None:
            raise refuse(
                "engine_stays",
                N_("who calculates for this ledger is a matter of its own machine, and what it is told stays there"),
                N_("leave it out; whoever keeps the server names its cluster in SUBSIDY_ENGINE"),
                Place(f"--{name}"),
            )
    refuse_secrets(said)


def _refuse_other(said: Spoken, officer: str) -> None:
    """Refuse what an officer asks for in the name of another."""
    actor = said.named(ACTOR)
    if officer and actor not in (None, officer):
        raise refuse(
            "actor_differs",
            N_("{officer} is signed in, and the command is given in the name of {actor}"),
            N_("give your own staff number; who stands in for somebody acts under the own number too"),
            Place("--actor"),
            officer=officer,
            actor=actor,
        )


def refuse_secrets(said: Spoken) -> None:
    """Refuse what takes a secret of the officer's: who asks from elsewhere would hand it over with the command."""
    secret = next((param for param in said.command.params if param.name in SECRET), None)
    if secret is not None:
        raise refuse(
            "passphrase_stays",
            N_("a passphrase does not leave the machine of its officer, and {command} needs it beside the ledger"),
            N_("give `{command}` on the machine of the ledger, without --server; take the sealed file from there"),
            Place(name_of(secret)),
            command=" ".join(("subsidy", *said.names)),
        )


def _refuse_words(words: Sequence[str]) -> None:
    """Refuse what no process can be given: a sign that ends a text, half of a sign, and more than the system takes."""
    if any(re.search("[\0\ud800-\udfff]", word) for word in words):
        raise Refused([unprintable(Place())])
    sizes = [len(word.encode()) for word in words]
    if max(sizes) > _MOST_WORD or sum(sizes) + len(sizes) > _MOST_WORDS:
        raise refuse(
            "words_too_long",
            N_("a word of the command has more than {one} bytes, or all of them more than {limit}"),
            N_("say it shorter, or put it into a file"),
            one=_MOST_WORD,
            limit=_MOST_WORDS,
        )


def _refuse_files(said: Spoken, files: Mapping[str, bytes]) -> None:
    """Refuse names that lead out of the folder, and files that were not sent; every one at once."""
    with _problems() as problems:
        read = {value for param, value in said.files() if param.name not in WRITTEN}
        named = {value for _param, value in (*said.files(), *said.perhaps_files())}
        for name in sorted(named | files.keys()):
            if len(name.encode(errors="replace")) > _LONGEST or not _PLAIN.fullmatch(name):
                problems.append(_not_plain(name))
            elif name in read and name not in files:
                problems.append(_not_sent(name))
    if sum(map(len, files.values())) > MOST_BYTES:
        raise refuse(
            "files_too_large",
            N_("the files have more than {limit} bytes together"),
            N_("split the file, or give the command on the server itself"),
            limit=MOST_BYTES,
        )


@contextmanager
def _problems() -> Iterator[list[Refused]]:
    found: list[Refused] = []
    yield found
    if found:
        raise Refused([problem for refused in found for problem in refused.problems])


def _not_plain(name: str) -> Refused:
    return refuse(
        "name_not_plain",
        N_("{name} is no plain name of a file"),
        N_("give the name alone, without a folder and without a dot in front"),
        name=name[:_LONGEST],
    )


def _not_sent(name: str) -> Refused:
    return refuse(
        "file_not_sent",
        N_("the file {name} did not come with the command"),
        N_("send it along under this name"),
        name=name,
    )
