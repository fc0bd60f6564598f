"""The command line `subsidy`: it parses, calls and prints, and holds no rule of the subject.

Commands live in `ledger/commands`, one module per family, and are named here without being imported. A user's mistake
ends as lines on standard error and exit code 2, never as a traceback; a command may return another exit code.
"""

import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import click

from calculators.clear import unclear
from calculators.problems import N_, Place, Problem, Refused
from ledger.commands.ui.context import Settings
from ledger.commands.ui.helptext import THEME
from ledger.commands.ui.lazy import LazyGroup, Mount
from ledger.commands.ui.usage import usage_lines
from ledger.store import committed
from ledger.words import _, language, set_language, speaks

MOUNTS = {
    "init": Mount("ledger.commands.init:init", N_("Make a new, empty ledger.")),
    "demo": Mount("ledger.commands.demo:demo", N_("Run an invented fund year from its input files to the audit.")),
    "notice": Mount("ledger.commands.registry.notice:notice", N_("Check, add, list and read back notices.")),
    "calc": Mount("ledger.commands.calc:calc", N_("Calculate from files, without a ledger.")),
    "import": Mount("ledger.commands.registry.imports:imports", N_("Take in registers from CSV and XLSX files.")),
    "facts": Mount("ledger.commands.registry.facts:facts", N_("Write a register into a file as it stands.")),
    "template": Mount("ledger.commands.registry.template:template", N_("Write an empty XLSX register to fill in.")),
    "console": Mount("ledger.commands.console:console", N_("Open the ledger in a browser on this machine.")),
    "serve": Mount("ledger.commands.serve:serve", N_("Answer officers and programs: a server of the ledger.")),
    "month": Mount("ledger.commands.month:month", N_("Show where a month stands, and what to do next.")),
    "run": Mount("ledger.commands.run.run:run", N_("Run a month: calculate, explain and post what is due.")),
    "approve": Mount("ledger.commands.office.approve:approve", N_("Sign the next step of a run, or a budget order.")),
    "reject": Mount(
        "ledger.commands.office.approve:reject", N_("Sign against a run or a budget order, which ends it.")
    ),
    "sign": Mount("ledger.commands.office.sign:sign", N_("Show what a challenge asks for, and sign it.")),
    "sign-in": Mount("ledger.commands.sign_in:sign_in", N_("Sign in to a server with your own key.")),
    "sign-out": Mount("ledger.commands.sign_in:sign_out", N_("Sign out of a server.")),
    "approvals": Mount("ledger.commands.office.approve:approvals", N_("Show who signed what, and what waits.")),
    "public-notice": Mount(
        "ledger.commands.office.public_notice:public_notice",
        N_("Put awards on public notice and record what comes of it."),
    ),
    "what-if": Mount(
        "ledger.commands.run.what_if:what_if", N_("Calculate a draft of a notice over the registered facts.")
    ),
    "explain": Mount("ledger.commands.run.explain:explain", N_("Show the worksheet behind a posting or a loan.")),
    "entity": Mount("ledger.commands.registry.entity:entity", N_("Show all that the ledger knows of a firm.")),
    "inspections": Mount(
        "ledger.commands.registry.inspections:inspections",
        N_("List what inspections found and is still to be put right."),
    ),
    "evidence": Mount("ledger.commands.office.evidence:evidence", N_("Attach files by their hash, and check them.")),
    "pay": Mount("ledger.commands.pay.batches:pay", N_("Pay what was run, and take in what the channel answers.")),
    "clawback": Mount(
        "ledger.commands.pay.clawback:clawback", N_("Take money back: ask, agree, see what became of it.")
    ),
    "payee": Mount("ledger.commands.pay.payee:payee", N_("Agree to a changed payee.")),
    "operator": Mount(
        "ledger.commands.office.operators:operator", N_("List and add operators of digital renminbi wallets.")
    ),
    "decide": Mount("ledger.commands.office.decide:decide", N_("Record a decision that a run or an import waits for.")),
    "report": Mount("ledger.commands.report:report", N_("Report how the budget is carried out.")),
    "budget": Mount("ledger.commands.budget:budget", N_("Issue, adjust, transfer and freeze budget indicators.")),
    "people": Mount("ledger.commands.office.people:officers", N_("Record officers, substitutes and keys.")),
    "duties": Mount(
        "ledger.commands.office.duties:duties", N_("Show who signs what, and whether the people can do it.")
    ),
    "witness": Mount("ledger.commands.witness:witness", N_("Let somebody elsewhere sign heads of the log.")),
    "opening": Mount("ledger.commands.run.opening:opening", N_("Enter awards that were paid before this ledger.")),
    "book": Mount("ledger.commands.book:book", N_("Show the trial balance, an account or an entry.")),
    "reconcile": Mount(
        "ledger.commands.reconcile.statements:reconcile", N_("Read statements and hold them against the book.")
    ),
    "upgrade": Mount("ledger.commands.upgrade:upgrade", N_("Carry a ledger of an earlier release over to this one.")),
    "backup": Mount("ledger.commands.backup:backup", N_("Copy the ledger so that the copy proves itself.")),
    "restore": Mount(
        "ledger.commands.restore:restore", N_("Put the ledger back from a backup, and say what was lost.")
    ),
    "audit": Mount("ledger.commands.audit:audit", N_("Verify, rebuild and replay the ledger.")),
    "commands": Mount("ledger.commands.commands:commands", N_("List every command.")),
}
# What an officer, a bureau and an auditor type day by day, in the order of the list above: the help shows these and
# says how to see the rest.
EVERYDAY = ("import", "month", "run", "approve", "entity", "pay", "reconcile", "audit")


_LANG, _WIDE = "--lang", "--wide"


class Root(LazyGroup):
    """The root group: it words every refusal and every usage error, and turns them into exit codes."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take the words of a command line, all of them, whatever command they are for."""
        _check_clear(args)
        return super().parse_args(ctx, _moved_first(args))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command for a call; with `--server` one that sends it there."""
        server = ctx.params.get("server")
        if server:
            from ledger.commands.remote import sent

            there = sent(self, args, server, ctx.params["token"])
            if there:
                return there.name, there, []
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run the command line and exit with its code."""
        set_language(None)
        committed.begin()
        try:
            outcome = super().main(*args, **{**extra, "standalone_mode": False})
            sys.stdout.flush()
        except Refused as refused:
            outcome = _complain([*_lines(refused), *_standing()], 2)
        except click.ClickException as error:
            outcome = _complain(usage_lines(error), error.exit_code)
        except click.Abort:
            outcome = _complain([_("Aborted.")], 1)
        except BrokenPipeError:
            # The reader (`| head`) has gone.
            _leave_stdout()
            outcome = 1
        except OSError as error:
            # Disks that are full or read-only, folders without the right to write: the system's, not a mistake of ours.
            _leave_stdout()
            outcome = _complain([_place_unusable(error).render(_), *_standing(or_nothing=True)], 2)
        sys.exit(outcome)


def _moved_first(words: list[str]) -> list[str]:
    """The words with `--lang` and `--wide` before all others: they may stand anywhere, and help follows them."""
    end = words.index("--") if "--" in words else len(words)
    first, rest = [], words[end:]
    before = iter(words[:end])
    kept = []
    for word in before:
        name, equals, _value = word.partition("=")
        if word == _WIDE:
            first.append(word)
        elif name == _LANG:
            first += [word] if equals else [word, *islice(before, 1)]
        else:
            kept.append(word)
    return [*first, *kept, *rest]


def _check_clear(words: Sequence[str]) -> None:
    """Refuse a command line with signs that nobody sees, or with a text beyond reason; every place of it at once.

    What the surroundings say for an option is said as well: a folder under another name than it shows is another one.
    """
    given = [(_place_of(words, number), word) for number, word in enumerate(words)]
    given += [(name, value) for name, value in sorted(os.environ.items()) if name.startswith("SUBSIDY_")]
    problems = [problem for name, word in given if (problem := unclear(word, Place(name)))]
    if problems:
        raise Refused(problems)


def _place_of(words: Sequence[str], number: int) -> str:
    """The option that a word of the command line belongs to, or which word it is."""
    name, equals, _value = words[number].partition("=")
    if name.startswith("--") and equals:
        return name
    before = words[number - 1] if number else ""
    return before if before.startswith("--") and not words[number].startswith("--") else f"({number + 1})"


def _lines(refused: Refused) -> list[str]:
    """What was refused, problem by problem, then what else the command has to say of it."""
    return [*(problem.render(_) for problem in refused.problems), *getattr(refused, "__notes__", ())]


def _complain(lines: Iterable[str], outcome: int) -> int:
    """Print lines on standard error; the exit code, which stays the same where nobody can be told."""
    try:
        for line in lines:
            click.echo(line, err=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stderr.fileno())
    return outcome


def _standing(*, or_nothing: bool = False) -> Iterator[str]:
    """What a command that failed has written in spite of it, and, where asked, that it has written nothing."""
    spans = committed.spans()
    for path, first, last in spans:
        text = _("Written before this, and standing: records {first} to {last} of {path}.")
        yield text.format(first=first, last=last, path=path)
    if or_nothing and not spans:
        yield _("Nothing was written to a ledger.")


def _leave_stdout() -> None:
    """Let go of what could not be printed: the interpreter would complain when it flushes at exit."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _place_unusable(error: OSError) -> Problem:
    return Problem(
        "place_unusable",
        N_("the system does not let this be read or written ({reason})"),
        N_("check the folder, its disk and your rights to it, or name another place"),
        Place(str(error.filename or "")),
        {"reason": error.strerror or str(error)},
    )


def _choose_language(_ctx: click.Context, _param: click.Parameter, lang: str | None) -> str | None:
    set_language(lang)
    if lang and not speaks(lang):
        raise click.BadParameter(_("{lang!r} is no language that there is; choose en or zh_CN").format(lang=lang))
    return lang


@click.group(
    cls=Root,
    mounts=MOUNTS,
    everyday=EVERYDAY,
    context_settings={"help_option_names": ["-h", "--help"], "rich_help_config": THEME},
)
@click.option(
    "--db",
    "db_url",
    envvar="SUBSIDY_DB",
    show_envvar=True,
    default="sqlite:///subsidy.db",
    show_default=True,
    metavar="URL",
    help=N_("The ledger."),
)
@click.option(
    "--server",
    envvar="SUBSIDY_SERVER",
    show_envvar=True,
    metavar="URL",
    help=N_("The server that has the ledger (`subsidy serve`); keys stay here."),
)
@click.option(
    "--token",
    envvar="SUBSIDY_TOKEN",
    show_envvar=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help=N_("The file of the token that the server asks for."),
)
@click.option(
    _LANG,
    envvar="SUBSIDY_LANG",
    show_envvar=True,
    is_eager=True,
    expose_value=False,
    callback=_choose_language,
    metavar="en|zh_CN",
    help=N_("The language of texts; without it the locale decides."),
)
@click.option(
    _WIDE,
    is_flag=True,
    envvar="SUBSIDY_WIDE",
    show_envvar=True,
    help=N_("Print tables as wide as they are; without it they fit 80 columns, or a wider window."),
)
@click.version_option(
    package_name="subsidy-ledger", message="%(package)s %(version)s", help=N_("Show the version and stop.")
)
@click.pass_context
def cli(
    ctx: click.Context,
    db_url: str,
    wide: bool,
    server: str | None,  # noqa: ARG001 - read by `Root`
    token: Path | None,  # noqa: ARG001 - read by `Root`
) -> None:
    """Calculate subsidies clause by clause and keep them in an append-only double-entry ledger.

    Example:
      subsidy --db sqlite:///2025.db init --practice --actor 1001
      subsidy --lang zh_CN run interest --month 2025-06 --actor 1001
    """
    ctx.obj = Settings(db_url=db_url, lang=language(), wide=wide)


def main() -> NoReturn:
    """The console command `subsidy`."""
    for stream in (sys.stdout, sys.stderr):
        # Our own texts are all in GBK; a rare character in somebody's name must not stop the printing of a run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    cli.main(prog_name="subsidy")


if __name__ == "__main__":
    main()
