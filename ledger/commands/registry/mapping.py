"""`subsidy import map`: how a lender's own files are read, proposed by one officer and agreed to by another."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import rich_click as click

from calculators.problems import N_, Problem, Refused, refuse
from ledger.audit.ledger import Ledger
from ledger.commands.ui.command import command
from ledger.commands.ui.context import (
    Settings,
    actor_if_written,
    json_option,
    money,
    pass_settings,
    print_json,
    table,
    warn,
)
from ledger.commands.ui.signing import opened
from ledger.log import kinds
from ledger.office.mappings import propose
from ledger.office.signing import signer_for
from ledger.registry.drafts import Scope
from ledger.registry.imports import Comparison
from ledger.registry.mapping_proposals import Answers, Proposal
from ledger.registry.mapping_proposals import propose as read_form
from ledger.registry.mappings import MAPPED, Kept, in_force, versions, waits
from ledger.sheets.columns import columns, guarded
from ledger.sheets.forms import UNTYPED
from ledger.sheets.grids import clean
from ledger.sheets.names import RegisterName
from ledger.store.ledger import View
from ledger.words import _, listed

STATES = {
    "proposed": N_("waits for a second person"),
    "confirmed": N_("confirmed"),
    "rejected": N_("rejected"),
    "in_force": N_("in force"),
}


@dataclass(frozen=True)
class Asked:
    """How far a file is said to speak on the command line; a mapping may say the mode instead."""

    mode: str | None
    lender: str
    through: date | None

    def scope(self, view: View, register: str) -> Scope:
        """How far the file speaks; refuses a command without mode where no mapping says one."""
        mode = self.mode
        if mode is None and self.lender:
            mapping = in_force(view, register, self.lender)
            mode = mapping.rules["mode"] if mapping else None
            problem = waits(view, register, self.lender) if register in MAPPED else None
            if mode is None and problem:
                raise Refused([problem])
        if mode is None and self.lender and register in MAPPED:
            raise refuse(
                "mapping_none",
                N_("the command says no --mode, and no mapping says how the files of {lender} are read"),
                N_(
                    "for a file with the register's own headings give --mode full or delta; else say once what the "
                    "lender's mean: `subsidy import map {typed} {file} --register {register} --preview`"
                ),
                lender=self.lender,
                typed=as_typed(self.lender),
                file=UNTYPED["file"],
                register=register,
            )
        if mode is None:
            raise click.MissingParameter(param_hint="--mode", param_type="option")
        return Scope(mode == "full", self.lender, self.through)


def as_typed(text: str) -> str:
    """A name as it stands in a command line: in quotes where it has blanks."""
    return f'"{text}"' if " " in text else text


def lender_of(key: str) -> str:
    """The lender of a mapping's key, as it is typed."""
    return as_typed(key.partition("/")[2])


def print_used(found: Comparison) -> None:
    """Say under which mapping a file was read, and how far it speaks by it."""
    if found.mapping:
        click.echo(
            _("Read under mapping {version} of {lender} ({sha256}), --mode {mode}, through {day}.").format(
                version=found.mapping.version,
                lender=found.scope.lender,
                sha256=found.mapping.rules_sha256[:16],
                mode="full" if found.scope.full else "delta",
                day=found.scope.through or "-",
            )
        )
        _print_rules(found.register.name, found.mapping.rules)


def used_json(found: Comparison) -> dict[str, Any]:
    """The mapping that a file was read under, for JSON; nothing where there was none."""
    if found.mapping is None:
        return {}
    return {
        "mapping": {
            "version": found.mapping.version,
            "rules_sha256": found.mapping.rules_sha256,
            "record": found.mapping.proposal.seq,
            "rules": found.mapping.rules,
        }
    }


def _pairs(sign: str, last: bool = False) -> Any:
    """A callback that splits every `A=B` of an option at the first sign, or at the last."""

    def split(ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]) -> dict[str, str]:
        del ctx, param
        pairs = [text.rpartition(sign) if last else text.partition(sign) for text in texts]
        for text, (first, found, _rest) in zip(texts, pairs, strict=True):
            if not found or not first.strip():
                raise click.BadParameter(
                    _("{text!r} is not two parts with {sign} between them").format(text=text, sign=sign)
                )
        return {first.strip(): rest.strip() for first, _sign, rest in pairs}

    return split


@command("map")
@click.argument("lender")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--register", type=click.Choice(list(MAPPED)), help=N_("The register, where the headings fit several."))
@click.option("--sheet", default="", metavar="NAME", help=N_("The sheet, where several could be the register."))
@click.option("--mode", type=click.Choice(["full", "delta"]), help=N_("The mode of the lender's imports."))
@click.option(
    "--through",
    type=click.Choice(["file", "asked"]),
    help=N_("file: the file tells the day up to which it speaks; asked: `import` is told it each time."),
)
@click.option(
    "--heading",
    "headings",
    multiple=True,
    metavar="HEADING=COLUMN",
    callback=_pairs("=", last=True),
    help=N_("What a heading means; nothing after the sign passes its cells over."),
)
@click.option(
    "--unit",
    "units",
    multiple=True,
    metavar="HEADING=UNIT",
    callback=_pairs("=", last=True),
    help=N_("The unit of amounts (万元) or rates (%) that the file does not state."),
)
@click.option(
    "--word",
    "words",
    multiple=True,
    metavar="COLUMN:WORD=VALUE",
    callback=_pairs("=", last=True),
    help=N_("What a word of the lender stands for."),
)
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="COLUMN=VALUE",
    callback=_pairs("="),
    help=N_("What every row has in a column that the file lacks."),
)
@click.option(
    "--same",
    multiple=True,
    metavar="COLUMN=HEADING",
    callback=_pairs("="),
    help=N_("A column that is the same as what stands under a heading of another meaning."),
)
@click.option(
    "--preview", is_flag=True, help=N_("Show how the file would be read and what is still to say; write nothing.")
)
@click.option("--show", is_flag=True, help=N_("Show every mapping of the lender."))
@actor_if_written(N_("Staff number; not needed to look."))
@json_option
@pass_settings
def map_(
    settings: Settings,
    /,
    lender: str,
    file: Path | None,
    preview: bool,
    show: bool,
    actor: str | None,
    as_json: bool,
    **said: Any,
) -> None:
    """Say once how a lender's own form of file is read: headings, units, words, and what the file lacks.

    The file is looked at, and what it does not say is asked for by name; say it with the options and give the command
    again. Another officer agrees to the mapping; from then on `subsidy import` with --lender reads the files under it.

    Example:
      subsidy import map "Bank A" loans.xlsx --preview
      subsidy import map "Bank A" loans.xlsx --set day_count=ACT/360 --same signed_on=放款日期 --actor 1001
      subsidy approve 64 --actor 1002
      subsidy import map --show "Bank A"
    """
    lender = clean(lender)
    ledger = opened(settings)
    if (file is not None) == show:
        raise click.UsageError(_("give a FILE or --show, one of them"))
    if show:
        with ledger.read() as view:
            _show(view, lender, as_json)
    elif preview and file is not None:
        with ledger.read() as view:
            proposal = read_form(file, lender, _answers(said), _before(view, lender))
        _print_proposal(proposal, as_json, kept=None, preview=True)
        if not as_json:
            click.echo(_("Next: {command}").format(command=_command(lender, file, said, proposal)))
    elif actor is None:
        raise click.MissingParameter(param_hint="--actor", param_type="option")
    elif file is not None:
        _propose(ledger, lender, file, _answers(said), actor, as_json)


def _answers(said: dict[str, Any]) -> Answers:
    words = {}
    for text, value in said["words"].items():
        column, _sign, word = text.partition(":")
        if not _sign or not word.strip():
            raise click.BadParameter(_("{text!r} is not COLUMN:WORD").format(text=text), param_hint="--word")
        words[column.strip(), word.strip()] = value
    through: Literal["file", "asked"] | None = said["through"]
    return Answers(
        register=said["register"] or "",
        sheet=said["sheet"],
        mode=said["mode"],
        through=through,
        headings=said["headings"],
        units=said["units"],
        words=words,
        given=said["given"],
        same=said["same"],
    )


# What is said in options, by the name that click gives it.
_SAID = {"headings": "heading", "units": "unit", "words": "word", "given": "set", "same": "same"}
# The option that answers what a file does not say, by code; its capitals are to be replaced.
_ASKED = {
    "mapping_heading_unclear": "--heading {heading}=COLUMN",
    "mapping_heading_double": "--heading {heading}=",
    "mapping_column_lacking": "--set {column}=VALUE",
    "mapping_unit_unclear": "--unit {heading}=UNIT",
    "mapping_word_unclear": "--word {column}:{text}=VALUE",
}


def _command(lender: str, file: Path, said: dict[str, Any], proposal: Proposal) -> str:
    """The command that proposes what a preview showed, with a place for each answer that is still wanted."""
    # A file may be called by an account's number.
    typed = str(file) if guarded(str(file)) == str(file) else UNTYPED["file"]
    words = ["subsidy import map", _quoted(lender), _quoted(typed), "--register", proposal.register]
    for name in ("sheet", "mode", "through"):
        words += [f"--{name}", _quoted(said[name])] if said[name] else []
    for name, option in (
        ("headings", "heading"),
        ("units", "unit"),
        ("words", "word"),
        ("given", "set"),
        ("same",) * 2,
    ):
        words += [part for key, value in said[name].items() for part in (f"--{option}", _quoted(f"{key}={value}"))]
    for problem in proposal.lacks:
        option, _space, answer = _ASKED.get(problem.code, "").partition(" ")
        words += [option, _quoted(answer.format_map(problem.values))] if option else []
    return " ".join(words)


def _quoted(text: str) -> str:
    """A word of a command line as it is typed, in quotes where it has signs that a shell reads."""
    return text if re.fullmatch(r"[\w./:=-]+", text) else f'"{text}"'


def _before(view: View, lender: str) -> dict[str, kinds.MappingRules]:
    kept = {register: in_force(view, register, lender) for register in MAPPED}
    return {register: item.rules for register, item in kept.items() if item}


def _propose(ledger: Ledger, lender: str, file: Path, answers: Answers, actor: str, as_json: bool) -> None:
    with ledger.write(actor) as writer:
        proposal = read_form(file, lender, answers, _before(writer, lender))
        if proposal.lacks:
            raise Refused(proposal.lacks)
        kept = propose(writer, lender, proposal, signer_for(writer, ledger.signer))
    _print_proposal(proposal, as_json, kept)
    if as_json:
        return
    if kept is None:
        click.echo(_("The same mapping is in force or waits already; nothing was written."))
    else:
        click.echo(
            _("Mapping {version} is proposed. Next, by somebody else: subsidy approve {n}").format(
                version=kept.version, n=kept.proposal.seq
            )
        )


def _print_proposal(proposal: Proposal, as_json: bool, kept: Kept | None, preview: bool = False) -> None:
    if as_json:
        print_json(
            {
                "register": proposal.register,
                "file": proposal.file,
                "sha256": proposal.sha256,
                "rules": proposal.rules,
                "lacks": [
                    {**said, "answers": _answers_json(problem, proposal)}
                    for problem, said in zip(proposal.lacks, _problems_json(proposal.lacks), strict=True)
                ],
                "problems": _problems_json(proposal.problems),
                "written": kept is not None,
                **({"number": kept.proposal.seq, "version": kept.version} if kept else {}),
            }
        )
        return
    _print_rules(proposal.register, proposal.rules, proposal)
    warn(proposal.problems)
    if preview:
        for problem in proposal.lacks:
            click.echo(_("To say: {text}").format(text=problem.render(_)))
        click.echo(_("Nothing was written."))


def _print_rules(register: str, rules: kinds.MappingRules, proposal: Proposal | None = None) -> None:
    """What a mapping says, a row for each heading, word and value; with what stands first under a heading."""
    known = {column.name: column for column in columns(register)}
    titles = {name: column.title for name, column in known.items()}
    also: dict[str, list[str]] = {}
    for same in rules["same"]:
        also.setdefault(same["heading"], []).append(same["column"])
    rows = []
    for rule in rules["headings"]:
        read = [name for name in (rule.get("column"), *also.get(rule["heading"], [])) if name]
        rows.append(
            (
                rule["at"],
                rule["heading"],
                listed(titles[name] for name in read) or _("(passed over)"),
                rule.get("unit", ""),
                # What nobody reads may be a number or a name that is nobody's business.
                *([proposal.examples.get(rule["at"], "") if read else ""] if proposal else []),
            )
        )
    table(
        [money(_("Column")), _("Heading"), _("Read as"), _("Unit"), *([_("First cell")] if proposal else [])],
        rows,
    )
    for word in rules["words"]:
        click.echo(
            _("{column}: {word} means {value}").format(
                column=titles[word["column"]], word=word["word"], value=known[word["column"]].worded(word["value"])
            )
        )
    for given in rules["given"]:
        value = known[given["column"]].worded(given["value"])
        click.echo(_("{column}: {value} in every row").format(column=titles[given["column"]], value=value))
    if proposal:
        click.echo(
            _("Register {register}, --mode {mode}, --through {through}, sheet {sheet}").format(
                register=RegisterName(register),
                mode=rules["mode"],
                through=rules.get("through", "asked"),
                sheet=rules.get("sheet", "-"),
            )
        )


def _problems_json(problems: Sequence[Problem]) -> list[dict[str, str]]:
    return [{"code": problem.code, "place": str(problem.place), "text": problem.render(_)} for problem in problems]


def _answers_json(problem: Problem, proposal: Proposal) -> dict[str, Any]:
    """What answers a problem: an option, how its text begins, and every text that can follow with its words."""
    option, _space, template = _ASKED.get(problem.code, "").partition(" ")
    if not option:
        return {}
    begins = template.rpartition("=")[0].format_map(problem.values) + "="
    known = {column.name: column for column in columns(proposal.register)}
    column = known.get(str(problem.values.get("column", "")))
    choices: list[dict[str, str]] = []
    if option == "--heading":
        choices = [{"value": "", "text": _("(passed over)")}]
        if problem.code == "mapping_heading_unclear":
            read = {rule.get("column") for rule in proposal.rules["headings"]}
            choices += [{"value": name, "text": one.title} for name, one in known.items() if name not in read]
    elif column is not None:
        choices = [{"value": value, "text": column.worded(value)} for value in column.choices]
    near = problem.values.get("near")
    same = {"same": {"option": "--same", "text": f"{column.name}={near}", "heading": near}} if near and column else {}
    example = {"example": column.example} if column else {}
    return {"option": option, "begins": begins, "choices": choices, **same, **example}


def _show(view: View, lender: str, as_json: bool) -> None:
    found = [
        (register, version, current is not None and version.proposal.seq == current.proposal.seq)
        for register in MAPPED
        for current in [in_force(view, register, lender)]
        for version in versions(view, register, lender)
    ]
    if as_json:
        print_json([_kept_json(register, version, in_force_) for register, version, in_force_ in found])
        return
    if not found:
        click.echo(_("{lender} has no mapping.").format(lender=lender))
        return
    for register, version, in_force_ in found:
        click.echo(
            _("{register}, version {version} (number {n}, {sha256}): {state}").format(
                register=RegisterName(register),
                version=version.version,
                n=version.proposal.seq,
                sha256=version.rules_sha256[:16],
                state=_(STATES[_state(version, in_force_)]),
            )
        )
        click.echo(
            _("proposed by {maker} from {file}, answered by {other}").format(
                maker=version.proposal.body["actor"],
                file=version.proposal.body["file"],
                other=version.answer.body["actor"] if version.answer else "-",
            )
        )
        _print_rules(register, version.rules)


def _state(kept: Kept, in_force_: bool) -> str:
    if kept.answer is None:
        return "proposed"
    return "in_force" if in_force_ else "confirmed" if kept.agreed else "rejected"


def _kept_json(register: str, kept: Kept, in_force_: bool) -> dict[str, Any]:
    body = kept.proposal.body
    shown: dict[str, Any] = {
        "register": register,
        "version": kept.version,
        "number": kept.proposal.seq,
        "state": _state(kept, in_force_),
        "rules_sha256": kept.rules_sha256,
        "rules": kept.rules,
        "file": body["file"],
        "sha256": body["sha256"],
        "proposed_by": body["actor"],
        "recorded_at": body["recorded_at"],
    }
    if kept.answer:
        shown["answered_by"] = kept.answer.body["actor"]
        shown["answer"] = kept.answer.seq
    return shown
