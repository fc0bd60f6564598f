"""`subsidy calc interest-discount`: what one loan is due under a notice, from two files and without a ledger."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import rich_click as click

from calculators.amounts import plain_yuan
from calculators.facts_file import Facts, load_facts
from calculators.load import load_notice, notice_ref, read_file
from calculators.notice_cases import reckon
from calculators.problems import N_, Problem, Refused
from calculators.versions import NoticeVersion
from calculators.worksheet import render
from ledger.commands.context import json_option, print_json
from ledger.registry.benchmarks import shipped
from ledger.words import _

FILE = click.Path(path_type=Path)
Loaded = TypeVar("Loaded")


@click.command(name="interest-discount")
@click.option("--notice", "notice_file", type=FILE, required=True, metavar="FILE", help=N_("The notice, YAML."))
@click.option("--facts", "facts_file", type=FILE, required=True, metavar="FILE", help=N_("The facts, YAML."))
@json_option
def interest_discount(notice_file: Path, facts_file: Path, as_json: bool) -> None:
    """Say what a loan is due under a notice, as a worksheet that explains itself.

    The facts are those of one loan: entity, application, grant, loan with its events and receipts, and the last day
    reckoned. LPR is the table that this product ships.

    Example:
      subsidy calc interest-discount --notice first-loan.yaml --facts facts.yaml
    """
    bad: list[Problem] = []
    version = _taken(_version, notice_file, bad)
    facts = _taken(_facts, facts_file, bad)
    if version is None or facts is None:
        raise Refused(bad)
    benchmark_ref, benchmark = shipped()
    result = reckon(version, facts, benchmark, benchmark_ref)
    if not as_json:
        click.echo(render(result, _))
        return
    print_json(
        {
            "award": plain_yuan(result.digest["award_fen"]),
            "digest": result.digest,
            "worksheet": render(result, _).splitlines(),
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
