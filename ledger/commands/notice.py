"""`subsidy notice`: check notices and their cases, register them, and read them back in plain sentences."""

from pathlib import Path
from typing import Any

import rich_click as click

from calculators.facts_file import load_cases
from calculators.load import load_notice, notice_ref, read_file
from calculators.notice_cases import Difference, difference
from calculators.problems import N_, Place, Problem, Refused
from calculators.read_back import read_back as sentences
from calculators.versions import NoticeVersion
from ledger.commands.context import Settings, actor_option, json_option, pass_settings, print_json, table
from ledger.registry.benchmarks import shipped
from ledger.registry.notices import add_notice, notice_text, notices
from ledger.store.ledger import Ledger
from ledger.words import _

FILE = click.Path(path_type=Path)
CASES = ".cases.yaml"


@click.group()
def notice() -> None:
    """Check, add, list and read back notices."""


@notice.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
def check(files: tuple[Path, ...]) -> int:
    """Check notices without a ledger: every problem of each file at once, then its cases.

    The cases of `x.yaml` stand in `x.cases.yaml` beside it. A case that does not come out as expected is shown as a
    worksheet with the first differing line marked; then the exit code is 1. A file that cannot be taken gives 2.

    Example:
      subsidy notice check fixtures/notices/bj-first-loan-2025.yaml
    """
    bad: list[Problem] = []
    failed = 0
    for file in files:
        if file.name.endswith(CASES):
            # A pattern such as *.yaml names the cases too; they are reckoned with their notice.
            if _notice_of(file) not in files:
                bad.append(_cases_alone(file))
            continue
        try:
            failed += _check(file)
        except Refused as refused:
            bad += refused.problems
    if bad:
        raise Refused(bad)
    return 1 if failed else 0


@notice.command()
@click.argument("file", type=FILE)
@actor_option
@pass_settings
def add(settings: Settings, file: Path, actor: str) -> None:
    """Register a notice by its content; a registered one stays as it is for ever.

    A change is a new version: a file with the same id whose `amends` names the hash of the version it changes.

    Example:
      subsidy notice add fixtures/notices/bj-first-loan-2025.yaml --actor 1001
    """
    text = read_file(file)
    load_notice(text, str(file))
    with Ledger.open(settings.db_url).write(actor) as writer:
        added = add_notice(writer, text, str(file))
    line = _("{ref}: registered before, nothing changed") if added.same else _("{ref}: registered")
    click.echo(line.format(ref=added.ref))


@notice.command(name="list")
@json_option
@pass_settings
def list_(settings: Settings, as_json: bool) -> None:
    """List the registered notices, every version of each.

    Example:
      subsidy notice list
    """
    with Ledger.open(settings.db_url).read() as view:
        versions = [version for _id, versions in sorted(notices(view).items()) for version in versions]
    if as_json:
        print_json([_summary(version) for version in versions])
        return
    table(
        [_("Notice"), _("Title"), _("Fund year"), _("In force from"), _("to"), _("Version"), _("Amends")],
        [
            (
                version.notice.id,
                _title(version, settings.lang),
                version.notice.fund_year,
                version.notice.effective.starts_on,
                version.notice.effective.last_day or "",
                version.hash[:19],
                (version.notice.amends or "")[:19],
            )
            for version in versions
        ],
    )


@notice.command()
@click.argument("name", metavar="ID")
@pass_settings
def show(settings: Settings, name: str) -> None:
    """Print a registered notice as it was registered, byte for byte; of several versions the latest.

    ID is a notice's id, or a reference id@sha256:... for one version.

    Example:
      subsidy notice show bj-first-loan-2025
    """
    with Ledger.open(settings.db_url).read() as view:
        _version, text = notice_text(view, name)
    click.echo(text, nl=False)


@notice.command(name="read-back")
@click.argument("name", metavar="ID|FILE")
@pass_settings
def read_back(settings: Settings, name: str) -> None:
    """Read a notice back in plain sentences, each with its clause, for a leader to sign.

    What no source says and what nobody has checked is listed at the end.

    Example:
      subsidy notice read-back fixtures/notices/bj-first-loan-2025.yaml
      subsidy --lang zh_CN notice read-back bj-first-loan-2025
    """
    if Path(name).suffix == ".yaml":
        version = _version(Path(name))
    else:
        with Ledger.open(settings.db_url).read() as view:
            version, _text = notice_text(view, name)
    for line in sentences(version, _title(version, settings.lang), _):
        click.echo(line)


def _version(file: Path) -> NoticeVersion:
    text = read_file(file)
    loaded = load_notice(text, str(file))
    return NoticeVersion(notice_ref(loaded, text), loaded)


def _notice_of(cases: Path) -> Path:
    return cases.with_name(cases.name.removesuffix(CASES) + ".yaml")


def _cases_alone(file: Path) -> Problem:
    return Problem(
        "cases_not_notice",
        N_("this file holds the cases of a notice and is no notice itself"),
        N_("name {notice}; its cases are reckoned with it"),
        Place(str(file)),
        {"notice": _notice_of(file).name},
    )


def _check(file: Path) -> int:
    """Print how the cases of one notice came out; the number of those that did not."""
    version = _version(file)
    beside = file.with_suffix(CASES)
    cases = load_cases(read_file(beside), str(beside)) if beside.exists() else []
    benchmark_ref, benchmark = shipped()
    failed = 0
    for case in cases:
        found = difference(version, case, benchmark, benchmark_ref, _)
        if found:
            failed += 1
            click.echo(_("{file}: case {name}").format(file=beside, name=case.name))
            _print(found)
    click.echo(
        _("{ref}: well formed; cases that agree: {agree} of {total}").format(
            ref=version.ref, agree=len(cases) - failed, total=len(cases)
        )
    )
    return failed


def _print(found: Difference) -> None:
    click.echo(_(found.what).format_map(found.values))
    for place, line in enumerate(found.sheet):
        click.echo(f"{'>' if place == found.marked else ' '} {line}")


def _title(version: NoticeVersion, lang: str) -> str:
    return version.notice.title.zh if lang == "zh_CN" else version.notice.title.en


def _summary(version: NoticeVersion) -> dict[str, Any]:
    effective = version.notice.effective
    summary = {
        "id": version.notice.id,
        "ref": version.ref,
        "title_en": version.notice.title.en,
        "title_zh": version.notice.title.zh,
        "fund_year": version.notice.fund_year,
        "effective_from": str(effective.starts_on),
        "unverified": [basis.id for basis in version.notice.basis if not basis.verified],
    }
    if effective.last_day:
        summary["effective_to"] = str(effective.last_day)
    if version.notice.amends:
        summary["amends"] = version.notice.amends
    return summary
