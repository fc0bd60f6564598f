"""`subsidy calc <type of support>`: what one item is due under a notice, from two files and without a ledger."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from calculators.awards.versions import NoticeVersion
from calculators.files.cases import reckon
from calculators.files.facts import Facts, load_facts
from calculators.files.yaml import load_notice, notice_ref, read_file
from calculators.money import plain_yuan
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.commands.ui.context import json_option, print_json
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


@click.command(name="interest-discount")
@_two_files
def interest_discount(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what a loan is due under a notice, as a worksheet that explains itself.

    The facts are those of one loan: entity, application, grant, loan with its events and receipts, and the last day
    reckoned. LPR is the table that this product ships.

    Example:
      subsidy calc interest-discount --notice first-loan.yaml --facts facts.yaml
    """
    _answer("loan_interest_discount", notice_file, facts_file, as_json)


@click.command(name="insurance-premium")
@_two_files
def insurance_premium(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what the premium of a policy is due under a notice, as a worksheet that explains itself.

    The facts are those of one policy: entity, application, grant, the policy with what was paid to the insurer and
    returned by it, and the last day reckoned.

    Example:
      subsidy calc insurance-premium --notice space-insurance.yaml --facts facts.yaml
    """
    _answer("insurance_premium", notice_file, facts_file, as_json)


@click.command(name="incentive")
@_two_files
def incentive(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what a claim for an incentive is due under a notice, as a worksheet that explains itself.

    The facts are those of one claim: entity, application, grant, what was achieved and when, what was paid outside, and
    the last day reckoned.

    Example:
      subsidy calc incentive --notice tape-out-2023.yaml --facts facts.yaml
    """
    _answer("incentive", notice_file, facts_file, as_json)


@click.command(name="allocated-subsidy")
@_two_files
def allocated_subsidy(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what a project is due under a notice that pays in stages, as a worksheet that explains itself.

    The facts are those of one project: entity, application, grant, investment claimed and audited, the stages reached,
    acceptance, what was paid outside, and the last day reckoned.

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
    result = reckon(version, facts, benchmark, benchmark_ref)
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
    return load_facts(read_file(file), str(file))


def _taken(load: Callable[[Path], Loaded], file: Path, bad: list[Problem]) -> Loaded | None:
    """What a file holds; None, its problems put to the others, when it is refused."""
    try:
        return load(file)
    except Refused as refused:
        bad += refused.problems
        return None
