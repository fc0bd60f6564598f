"""Notices and their cases: the shipped ones, one test notice per rate rule, and the published policy examples.

The cases are documents with their arithmetic in comments: `fixtures/notices/*.cases.yaml` and
`tests/calculators/data/notices/*.cases.yaml`.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from calculators.awards.versions import NoticeVersion
from calculators.files.cases import Calculated, calculate_facts, difference
from calculators.files.facts import Case, load_cases
from calculators.files.yaml import load_notice, notice_ref, read_file
from calculators.notices.item import AttributeIn
from calculators.problems import Refused
from ledger.registry.benchmarks import shipped
from ledger.words import in_chinese

ROOT = Path(__file__).parents[3]
SHIPPED = ROOT / "fixtures" / "notices"
RULES = Path(__file__).parents[1] / "data" / "notices"
REF, LPR = shipped()


def notice_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.yaml") if not path.name.endswith(".cases.yaml"))


@cache
def version(file: Path) -> NoticeVersion:
    text = read_file(file)
    notice = load_notice(text, file.name)
    return NoticeVersion(notice_ref(notice, text), notice)


@cache
def cases(file: Path) -> list[Case]:
    beside = file.with_suffix(".cases.yaml")
    return load_cases(read_file(beside), beside.name)


def case_of(folder: Path, notice: str, origin: str) -> Calculated:
    """The result of the one case of a notice that comes from `origin`."""
    file = folder / f"{notice}.yaml"
    (case,) = (case for case in cases(file) if case.origin == origin)
    return calculate_facts(version(file), case.facts, LPR, REF)


def names(file: Path) -> list[str]:
    """What the cases of a notice are called, without reading them: each process collects all tests, and runs a few."""
    return re.findall(r"^  - name: (.+)$", read_file(file.with_suffix(".cases.yaml")), re.MULTILINE)


FILES = (*notice_files(SHIPPED), *notice_files(RULES))
ALL = [
    pytest.param(file, number, id=f"{file.stem}: {name}") for file in FILES for number, name in enumerate(names(file))
]


@pytest.mark.parametrize(("file", "number"), ALL)
def test_a_case_comes_out_as_its_arithmetic_says(file: Path, number: int) -> None:
    assert difference(version(file), cases(file)[number], LPR, REF) is None


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_case_is_left_out(file: Path) -> None:
    assert [case.name for case in cases(file)] == names(file)


@pytest.mark.parametrize("file", notice_files(SHIPPED), ids=lambda file: file.stem)
def test_a_shipped_notice_has_accepted_and_refused_cases(file: Path) -> None:
    expected = [case.expected for case in cases(file)]
    assert file.stem == version(file).notice.id
    assert len(expected) >= 4
    assert any(one.award_fen > 0 for one in expected)
    assert any(one.refused and one.award_fen == 0 for one in expected)


def test_every_condition_has_a_name_in_chinese() -> None:
    """But for an attribute, which is called as its notice calls it."""
    names = set[str]()
    for file in notice_files(SHIPPED):
        rules = version(file)
        for case in cases(file):
            try:
                found = calculate_facts(rules, case.facts, LPR, REF).digest["conditions"]
            except Refused:
                continue
            own = {rule.attribute for rule in rules.notice.eligibility if isinstance(rule, AttributeIn)}
            names |= {one["name"] for one in found} - own
    assert len(names) > 15
    assert {name for name in names if in_chinese(name) == name} == set()


def test_a_chinese_worksheet_labels_its_lines_in_chinese() -> None:
    """But for a component, which is called as its notice calls it."""
    labels, own = set[str](), set[str]()
    for file in notice_files(SHIPPED):
        rules = version(file)
        own |= {component.id for component in getattr(rules.notice, "components", ())}
        for case in cases(file):
            try:
                sheet = calculate_facts(rules, case.facts, LPR, REF).worksheet(in_chinese)
            except Refused:
                continue
            labels |= {line.split()[0] for line in sheet.splitlines()[1:] if line[1] != " "}
    assert len(labels - own) > 15
    assert {label for label in labels - own if label.isascii()} == set()


def test_the_shipped_notices_are_those_of_the_domain() -> None:
    assert {file.stem for file in notice_files(SHIPPED)} == {
        "bj-equipment-loan-2024",
        "bj-first-loan-2025",
        "district-investment-bands",
        "example-allocated-50-80-rest",
        "example-allocated-60-40",
        "example-benchmark-factory",
        "example-computing-power",
        "example-data-assets",
        "example-designated-size",
        "example-disaster-recovery",
        "example-environmental-upgrade",
        "example-first-scheme",
        "example-first-use",
        "example-green-diagnosis",
        "example-green-factory",
        "example-hydrogen-storage-ccus",
        "example-idle-plant",
        "example-innovation-platform",
        "example-key-technology",
        "example-loan-interest-discount",
        "example-national-project-share",
        "example-open-source",
        "example-robot",
        "example-short-supply-drug",
        "example-startup-guarantee",
        "first-set-equipment-insurance",
        "gjj-2023-batch-2-direction-2",
        "gjj-2023-batch-2-direction-2-chain-leader",
        "gjj-2023-tape-out",
        "gjj-2024-batch-1-space-insurance",
        "gjj-2024-batch-5-smart-factory",
        "hubei-space-ladder",
        "national-service-loan-2025",
        "national-sme-fixed-asset-2026",
        "new-material-insurance",
        "zhejiang-2024-technology-insurance",
    }


@pytest.mark.parametrize("file", notice_files(SHIPPED), ids=lambda file: file.stem)
def test_only_clauses_of_the_guide_are_said_to_be_read(file: Path) -> None:
    for basis in version(file).notice.basis:
        if basis.verified:
            assert basis.document.startswith("Implementation Guide to the 2024")
        elif not basis.document.endswith("(invented)"):
            assert (basis.clause, basis.quote) == ("unknown", None)


@pytest.mark.parametrize("file", notice_files(SHIPPED), ids=lambda file: file.stem)
def test_a_case_that_awards_shows_its_arithmetic(file: Path) -> None:
    """A comment stands between the name of the case and its facts, or beside its figures."""
    _head, *written = re.split(r"^  - name: .*\n", read_file(file.with_suffix(".cases.yaml")), flags=re.MULTILINE)
    bare = [case.name for case, text in zip(cases(file), written, strict=True) if not re.search(r"# .*\d", text)]
    assert [case.name for case in cases(file) if case.name in bare and case.expected.award_fen] == []


EXAMPLES = [file for file in notice_files(SHIPPED) if "Every figure is invented" in read_file(file)]


def test_the_examples_with_invented_figures_are_found() -> None:
    # One for each subject that the guide names and no other notice covers, one for key technologies.
    assert len(EXAMPLES) == 18


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_what_an_example_takes_from_the_guide_holds_no_figure(file: Path) -> None:
    """But for the three years without dishonesty, which the guide states: so every other figure is an assumption."""
    stated = [scalar for part in sourced(YAML(typ="safe").load(read_file(file))) for scalar in scalars(part)]
    assert stated.count(("years", 3)) == 1
    assert [(key, value) for key, value in stated if re.search(r"\d", str(value)) and key != "years"] == []


def sourced(part: Any) -> Iterator[dict[str, Any]]:
    """The parts that rest on a source, wherever they stand."""
    if isinstance(part, dict):
        if "basis" in part and isinstance(part["basis"], str):
            yield {key: value for key, value in part.items() if key != "basis"}
        for value in part.values():
            yield from sourced(value)
    elif isinstance(part, list):
        for value in part:
            yield from sourced(value)


def scalars(part: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """The single values of a part with their keys."""
    if isinstance(part, dict):
        for name, value in part.items():
            yield from scalars(value, name)
    elif isinstance(part, list):
        for value in part:
            yield from scalars(value, key)
    else:
        yield key, part


def test_a_case_that_differs_names_the_first_figure_and_marks_its_line() -> None:
    file = SHIPPED / "example-loan-interest-discount.yaml"
    text = read_file(file.with_suffix(".cases.yaml"))
    wrong = load_cases(text.replace('award: "106,500.00"', 'award: "106,500.01"'), "wrong.cases.yaml")[0]
    found = difference(version(file), wrong, LPR, REF)
    assert found is not None
    assert found.what.format_map(found.values) == (
        "award of the period before 2024-06-20: expected 106,500.01, came out 106,500.00"
    )
    assert found.sheet[found.marked] == " award         394,050.00"


def test_a_period_is_either_awarded_or_taken_back() -> None:
    text = read_file(SHIPPED / "example-loan-interest-discount.cases.yaml")
    both = text.replace('award: "106,500.00"}', 'award: "106,500.00", taken_back: "1.00"}')
    assert both != text
    with pytest.raises(Refused, match=r"\[award_unclear\]"):
        load_cases(both, "wrong.cases.yaml")


def test_a_worksheet_that_differs_is_marked_at_its_first_differing_line() -> None:
    file = SHIPPED / "example-loan-interest-discount.yaml"
    text = read_file(file.with_suffix(".cases.yaml"))
    wrong = load_cases(text.replace("x 42 d x 3.55%/360 =    124", "x 43 d x 3.55%/360 =    124"), "wrong.cases.yaml")[
        0
    ]
    found = difference(version(file), wrong, LPR, REF)
    assert found is not None
    assert found.values["line"] == 5
    assert found.sheet[found.marked] == "               06-20   30,000,000 x 42 d x 3.55%/360 =    124,250.00"


def test_the_worksheet_of_the_design_is_printed_byte_for_byte() -> None:
    file = SHIPPED / "example-loan-interest-discount.yaml"
    sheet = case_of(SHIPPED, file.stem, "section 4 of the design of this product").worksheet(str)
    lines = sheet.splitlines()
    assert lines[0] == f"E1 / loan L-77 / {version(file).ref}"
    assert lines[1:3] == [
        " eligible      one_support_per_year: 0 <= 0                        guide.III.2.2",
        " interest      03-20   18,000,000 x 19 d x 3.55%/360 =     33,725.00",
    ]
    assert lines[-6:] == [
        "                                                            total 788,100.00",
        " points        7,992,000,000 yuan-days x 2.0%/360      =    444,000.00  n3.2",
        " share         50% of 788,100.00                       =    394,050.00  n3.2",
        " combine       lowest (to date) -> share                    394,050.00",
        " cap           entity_year 30,000,000, used 0: not binding",
        " award         394,050.00",
    ]
