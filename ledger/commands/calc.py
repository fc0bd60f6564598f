"""`subsidy calc`: interest, or what one item is due under a notice, from files and without a ledger."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from calculators.awards.versions import NoticeVersion
from calculators.files.accrual import period_interest
from calculators.files.cases import calculate_facts
from calculators.files.facts import Facts, load_facts
from calculators.files.yaml import load_notice, notice_ref, read_file
from calculators.money import format_yuan, plain_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.commands.ui.command import command, group
from ledger.commands.ui.context import json_option, money, print_json, table
from ledger.registry.benchmarks import shipped
from ledger.words import _

FILE = click.Path(path_type=Path)
Loaded = TypeVar("Loaded")
Command = TypeVar("Command", bound=Callable[..., Any])


def _two_files(command: Command) -> Command:
    """The options of every calculator: the notice, the facts, and the form of the answer."""
    facts = click.option("--facts", "facts_file", type=FILE, required=True, metavar="FILE", help=N_("The facts, YAML."))
    notice = click.option(
        "--notice", "notice_file", type=FILE, required=True, metavar="FILE", help=N_("The notice, YAML.")
    )
    return notice(facts(json_option(command)))


@command(name="interest-discount")
@_two_files
def interest_discount(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what a loan is due under a notice, as a worksheet that explains itself.

    The facts are those of one loan: entity, application, grant, loan with its events and receipts, and the last day
    calculated. LPR is the table that this product ships.

    Example:
      subsidy calc interest-discount --notice first-loan.yaml --facts facts.yaml
    """
    _answer("loan_interest_discount", notice_file, facts_file, as_json)


@command(name="insurance-premium")
@_two_files
def insurance_premium(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what the premium of a policy is due under a notice, as a worksheet that explains itself.

    The facts are those of one policy: entity, application, grant, the policy with what was paid to the insurer and
    returned by it, and the last day calculated.

    Example:
      subsidy calc insurance-premium --notice space-insurance.yaml --facts facts.yaml
    """
    _answer("insurance_premium", notice_file, facts_file, as_json)


@command(name="incentive")
@_two_files
def incentive(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what a claim for an incentive is due under a notice, as a worksheet that explains itself.

    The facts are those of one claim: entity, application, grant, what was achieved and when, what was paid outside, and
    the last day calculated.

    Example:
      subsidy calc incentive --notice tape-out-2023.yaml --facts facts.yaml
    """
    _answer("incentive", notice_file, facts_file, as_json)


@command(name="allocated-subsidy")
@_two_files
def allocated_subsidy(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what a project is due under a notice that pays in stages, as a worksheet that explains itself.

    The facts are those of one project: entity, application, grant, investment claimed and audited, the stages reached,
    acceptance, what was paid outside, and the last day calculated.

    Example:
      subsidy calc allocated-subsidy --notice staged-2024.yaml --facts facts.yaml
    """
    _answer("allocated_subsidy", notice_file, facts_file, as_json)


def _answer(kind: str, notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Print what a notice of type `kind` comes to on the facts."""
    bad: list[Problem] = []
    version = _taken(_version, notice_file, bad)
    facts = _taken(_facts, facts_file, bad)
    if version is None or facts is None:
        raise Refused(bad)
    if version.notice.type != kind:
        raise refuse(
            "notice_other_type",
            N_("this notice is of type {type}, not {kind}"),
            N_("take the calculator of its type: subsidy calc --help lists them"),
            Place(str(notice_file), key="type"),
            type=version.notice.type,
            kind=kind,
        )
    benchmark_ref, benchmark = shipped()
    result = calculate_facts(version, facts, benchmark, benchmark_ref)
    worksheet = result.worksheet(_)
    if not as_json:
        click.echo(worksheet)
        return
    print_json(
        {
            "award": plain_yuan(result.digest["award_fen"]),
            "digest": result.digest,
            "worksheet": worksheet.splitlines(),
        }
    )


def _version(file: Path) -> NoticeVersion:
    text = read_file(file)
    notice = load_notice(text, str(file))
    return NoticeVersion(notice_ref(notice, text), notice)


def _facts(file: Path) -> Facts:
    return load_facts(read_file(file), str(file), shipped()[1])


def _taken(load: Callable[[Path], Loaded], file: Path, bad: list[Problem]) -> Loaded | None:
    """What a file holds; None, its problems put to the others, when it is refused."""
    try:
        return load(file)
    except Refused as refused:
        bad += refused.problems
        return None


@group()
def calc() -> None:
    """Calculate from files, without a ledger.

    Example:
      subsidy calc accrual loan.json
    """


@calc.command()
@click.argument("file", type=click.Path(path_type=Path))
@json_option
def accrual(file: Path, as_json: bool) -> None:
    """Say what interest each due period of a loan bears.

    FILE is a JSON object with the loan's cash events, rates, day count, due dates (the first day that no longer
    counts) and rounding; amounts and rates are texts in quotes.

    Example:
      subsidy calc accrual loan.json
      subsidy calc accrual loan.json --json
    """
    periods = period_interest(read_file(file), str(file))
    if as_json:
        rows = [{"due": str(period.ends_before), "interest": plain_yuan(fen)} for period, fen in periods]
        print_json({"periods": rows})
        return
    lines = [
        (period.starts_on, period.ends_before, (period.ends_before - period.starts_on).days, format_yuan(fen))
        for period, fen in periods
    ]
    total = (
        "",
        _("total"),
        sum(days for _from, _due, days, _yuan in lines),
        format_yuan(sum(fen for _p, fen in periods)),
    )
    table([_("from"), _("due"), money(_("days")), money(_("interest, yuan"))], [*lines, total])


calc.add_command(interest_discount)
calc.add_command(insurance_premium)
calc.add_command(incentive)
calc.add_command(allocated_subsidy)
