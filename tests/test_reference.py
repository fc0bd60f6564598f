"""The pages that are made: they are as their sources have them, and their sources are whole."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ledger.log import kinds
from tests import guide, records, reference, refusals
from tests.catalogues import commands
from tests.support import gallery

ROOT = Path(__file__).parents[1]
ROWS = guide.rows()
ANSWERED = [row for row in ROWS if row["type"] != guide.NOT_SOFTWARE]


@pytest.mark.parametrize("page", reference.PAGES, ids=lambda page: page.name)
def test_a_page_is_as_its_source_has_it(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == reference.PAGES[page](), "run `make pages`"


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_field_of_a_record_has_a_meaning(kind: str) -> None:
    fields = list(records.fields(kinds.KINDS[kind].body))
    if kind == "fact":
        fields = [field for field in fields if not field.name.startswith("data.")]
        fields += [field for register in kinds.FACTS for field in records.columns(register)]
    assert [field.name for field in fields if not field.meaning] == []


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_the_page_of_records_has_every_field(kind: str) -> None:
    """Of the kind's own fields, by the names and in the order in which its check has them."""
    shown = [field.name.replace("[]", "") for field in records.fields(kinds.KINDS[kind].body)]
    assert [name for name in shown if "." not in name] == list(kinds.KINDS[kind].fields)


def test_the_guide_has_a_row_for_every_sentence() -> None:
    wanted = [f"{clause}/{number}" for clause, count in guide.SENTENCES.items() for number in range(1, count + 1)]
    assert [row["clause"] for row in ROWS] == wanted


def answered(row: dict[str, str]) -> bool:
    """Whether a sentence is answered, or says why not."""
    if row["type"] == guide.NOT_SOFTWARE:
        return bool(row["note"]) and {row["notice"], row["command"], row["test"]} == {""}
    return bool(row["command"] and row["test"] and (row["notice"] or row["type"] == "all four"))


def test_a_sentence_is_answered_or_says_why_not() -> None:
    assert [row["clause"] for row in ROWS if not (row["says"] and answered(row))] == []


def test_a_notice_of_the_guide_is_shipped_and_of_its_type() -> None:
    named = {row["notice"] for row in ROWS} - {""}
    types = {name: YAML().load(ROOT / "fixtures" / "notices" / f"{name}.yaml")["type"] for name in named}
    wrong = [row["clause"] for row in ROWS if row["notice"] and row["type"] not in (types[row["notice"]], "all four")]
    assert wrong == []


def test_commands_of_the_guide_exist() -> None:
    assert {row["command"] for row in ANSWERED} <= {words for words, _command in commands()}


def test_tests_of_the_guide_exist() -> None:
    written = {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {name for row in ROWS for name in re.findall(r"\btest_\w+", f"{row['test']} {row['note']}")}
    assert named - written == set()


def test_the_four_types_are_answered_by_a_notice_each() -> None:
    assert {row["type"] for row in ANSWERED if row["notice"]} - {"all four"} == {
        "loan_interest_discount",
        "insurance_premium",
        "incentive",
        "allocated_subsidy",
    }


def test_every_refusal_says_what_to_do() -> None:
    assert [refusal.code for refusal in refusals.catalogue() if not refusal.remedy] == []


def test_every_code_of_the_gallery_is_in_the_catalogue() -> None:
    known = {refusal.code for refusal in refusals.catalogue()} | {*refusals.IN_THE_LOG["Why a line is not supported"]}
    assert sorted(reference.examples().keys() - known) == []


def test_a_code_is_told_once_per_room() -> None:
    told = re.findall(r"^\| `(\w+)` \|", reference.refusals_page(), re.MULTILINE)
    assert len(told) == len(refusals.catalogue()) + sum(map(len, refusals.IN_THE_LOG.values()))


SOURCE = """
def plain():
    raise refuse("a_plain", N_("it is wrong"), N_("do it right"), Place("x"))

def chosen(row, text):
    reading.refuse("b_" + row, N_("no"), N_("code"))
    Problem("b_chosen", N_("too few") if row else N_("too many"), TODO, values={})
    fault("key", "c_inner", text, N_("take it out"))

TODO = N_("count again")
TABLE = {"d_held": (N_("it waits"), N_("wait"))}
LABELS = {"e_label": N_("no remedy")}

def calls():
    chosen(1, N_("said by a caller"))
"""


def test_how_refusals_are_read_from_a_source(tmp_path: Path) -> None:
    path = tmp_path / "source.py"
    path.write_text(SOURCE, encoding="utf-8")
    module = refusals.Module.of(path)
    made = {code: (list(what), list(remedy)) for code, what, remedy in refusals.made_in(module)}
    given = refusals.Parameter("chosen", "text", 1)
    assert made == {
        "a_plain": (["it is wrong"], ["do it right"]),
        "b_chosen": (["too few", "too many"], ["count again"]),
        "c_inner": ([given], ["take it out"]),
        "d_held": (["it waits"], ["wait"]),
    }
    assert list(refusals.given([module], given)) == ["said by a caller"]


def test_examples_are_those_of_the_gallery() -> None:
    shown = {name for names in reference.examples().values() for name in names}
    assert shown <= {
        f"{path.name}/{name}" for path in gallery.WRONG.iterdir() if path.is_dir() for name in gallery.names(path.name)
    }
