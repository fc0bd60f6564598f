"""`subsidy notice`: check notices and their cases, register them, and read them back in plain sentences."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rich_click as click

from calculators.awards.versions import NoticeVersion
from calculators.explain.read_back import read_back as sentences
from calculators.files.cases import Difference, difference
from calculators.files.facts import load_cases
from calculators.files.yaml import load_notice, notice_ref, read_file
from calculators.problems import N_, Place, Problem, Refused
from ledger.commands.ui.answers import answer_options
from ledger.commands.ui.command import group
from ledger.commands.ui.context import Settings, actor_option, json_option, pass_settings, print_json, spare, table
from ledger.commands.ui.signing import opened
from ledger.registry.benchmarks import shipped
from ledger.registry.notices import add_notices, notice_text, notices
from ledger.words import _

FILE = click.Path(path_type=Path)
CASES = ".cases.yaml"


@group()
def notice() -> None:
    """Check, add, list and read back notices.

    Example:
      subsidy notice check fixtures/notices/bj-first-loan-2025.yaml
    """


@notice.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@json_option
def check(files: tuple[Path, ...], as_json: bool) -> int:
    """Check notices without a ledger: every problem of each file at once, then its cases.

    The cases of `x.yaml` stand in `x.cases.yaml` beside it. A case that does not come out as expected is shown as a
    worksheet with the first differing line marked; then the exit code is 1. A file that cannot be taken gives 2.

    Example:
      subsidy notice check fixtures/notices/bj-first-loan-2025.yaml
    """
    checked = [_checked(file) for file in files if not _with_its_notice(file, files)]
    bad = [problem for one in checked for problem in one.problems]
    failed = any(checked_file.differences for checked_file in checked)
    if as_json:
        print_json([_findings(checked_file) for checked_file in checked])
        return 2 if bad else 1 if failed else 0
    for checked_file in checked:
        _print(checked_file)
    if bad:
        raise Refused(bad)
    return 1 if failed else 0


@notice.command()
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE...")
@actor_option
@pass_settings
def add(settings: Settings, files: tuple[Path, ...], actor: str) -> None:
    """Register notices by their content, all of them or none; a registered one stays as it is for ever.

    A change is a new version: a file with the same id whose `amends` names the hash of the version it changes. Notices
    that name each other in a cap state it alike; where both change, name both files.

    Example:
      subsidy notice add fixtures/notices/bj-first-loan-2025.yaml --actor 1001
    """
    texts = [(read_file(file), str(file)) for file in files]
    _refuse_unreadable(texts)
    with opened(settings).write(actor) as writer:
        found = add_notices(writer, texts)
    for added in found:
        line = _("{ref}: registered before, nothing changed") if added.same else _("{ref}: registered")
        click.echo(line.format(ref=added.ref))


def _refuse_unreadable(texts: Iterable[tuple[str, str]]) -> None:
    """Every problem of all files at once, before a ledger is opened."""
    problems: list[Problem] = []
    for text, source in texts:
        try:
            load_notice(text, source)
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)


@notice.command(name="list")
@answer_options
@pass_settings
def list_(settings: Settings, as_json: bool) -> None:
    """List the registered notices, every version of each.

    Example:
      subsidy notice list
    """
    with opened(settings).read() as view:
        versions = [version for _id, versions in sorted(notices(view).items()) for version in versions]
    if as_json:
        print_json([_summary(version) for version in versions])
        return
    table(
        [
            _("Notice"),
            _("Title"),
            _("Fund year"),
            _("In force from"),
            spare(_("to"), 2),
            spare(_("Version"), 1),
            spare(_("Amends"), 3),
        ],
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
    with opened(settings).read() as view:
        _version, text = notice_text(view, name)
    click.echo(text, nl=False)


@notice.command(name="read-back")
@click.argument("name", metavar="ID|FILE")
@json_option
@pass_settings
def read_back(settings: Settings, name: str, as_json: bool) -> None:
    """Read a notice back in plain sentences, each with its clause, for a leader to sign.

    What no source says and what nobody has checked is listed at the end.

    Example:
      subsidy notice read-back fixtures/notices/bj-first-loan-2025.yaml
      subsidy --lang zh_CN notice read-back bj-first-loan-2025
    """
    if Path(name).suffix == ".yaml":
        version = _version(Path(name))
    else:
        with opened(settings).read() as view:
            version, _text = notice_text(view, name)
    lines = list(sentences(version, _title(version, settings.lang), _))
    if as_json:
        print_json({"ref": version.ref, "lines": lines})
        return
    for line in lines:
        click.echo(line)


def _version(file: Path) -> NoticeVersion:
    text = read_file(file)
    loaded = load_notice(text, str(file))
    return NoticeVersion(notice_ref(loaded, text), loaded)


def _notice_of(cases: Path) -> Path:
    return cases.with_name(cases.name.removesuffix(CASES) + ".yaml")


def _with_its_notice(file: Path, files: tuple[Path, ...]) -> bool:
    """Whether a file holds cases that are calculated with their notice: a pattern such as *.yaml names both."""
    return file.name.endswith(CASES) and _notice_of(file) in files


def _cases_alone(file: Path) -> Problem:
    return Problem(
        "cases_not_notice",
        N_("this file holds the cases of a notice and is not a notice itself"),
        N_("name {notice}; its cases are calculated with it"),
        Place(str(file)),
        {"notice": _notice_of(file).name},
    )


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found: problems, or the notice's version with how many cases it has and which came out otherwise."""

    file: Path
    ref: str = ""
    problems: tuple[Problem, ...] = ()
    cases: int = 0
    differences: tuple[tuple[str, Difference], ...] = ()


def _checked(file: Path) -> Checked:
    if file.name.endswith(CASES):
        return Checked(file, problems=(_cases_alone(file),))
    try:
        version = _version(file)
        beside = _cases_of(file)
        benchmark_ref, benchmark = shipped()
        cases = load_cases(read_file(beside), str(beside), benchmark) if beside.exists() else []
        found = [(case.name, difference(version, case, benchmark, benchmark_ref, _)) for case in cases]
    except Refused as refused:
        return Checked(file, problems=tuple(refused.problems))
    differences = tuple((name, gap) for name, gap in found if gap)
    return Checked(file, version.ref, cases=len(cases), differences=differences)


def _print(checked: Checked) -> None:
    for name, found in checked.differences:
        click.echo(_("{file}: case {name}").format(file=_cases_of(checked.file), name=name))
        click.echo(_what(found))
        for place, line in enumerate(found.sheet):
            click.echo(f"{'>' if place == found.marked else ' '} {line}")
    if not checked.problems and not checked.cases:
        click.echo(
            _("{ref}: well formed; no worked case shows what it pays: write some into {file}").format(
                ref=checked.ref, file=_cases_of(checked.file)
            )
        )
    elif not checked.problems:
        click.echo(
            _("{ref}: well formed; cases that agree: {agree} of {total}").format(
                ref=checked.ref, agree=checked.cases - len(checked.differences), total=checked.cases
            )
        )


def _findings(checked: Checked) -> dict[str, Any]:
    return {
        "file": str(checked.file),
        "ref": checked.ref,
        "problems": [problem.render(_) for problem in checked.problems],
        "cases": checked.cases,
        "differ": [
            {"case": name, "what": _what(found), "worksheet": found.sheet} for name, found in checked.differences
        ],
    }


def _what(found: Difference) -> str:
    return _(found.what).format_map(found.values)


def _cases_of(file: Path) -> Path:
    return file.with_suffix(CASES)


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
