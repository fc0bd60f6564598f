"""Reading YAML with places: what is kept as written, where things stand, and what is not read at all."""

import re
from pathlib import Path

import pytest

from calculators.files.yaml import load_notice, notice_ref, read_file, read_yaml
from calculators.money import Exact
from calculators.notices.loan import LoanCap
from calculators.notices.loan_components import Points
from calculators.problems import Place, Refused
from ledger.resources import fixture

NOTICE = """id: small
type: loan_interest_discount
programme: example
title: {zh: 小, en: Small}
fund_year: 2024
effective: {from: 2024-01-01, to: 2024-12-31, assumption: true}
governed_by: drawdown
basis:
  - {id: n1, document: an invented notice}
base: {interest: accrued, assumption: true}
components:
  - id: points
    rule: {kind: points, points: 35.5BP, basis: n1}
combine: {kind: single, assumption: true}
caps:
  - {id: entity_year, per: [entity, year], year_of: fund, amount: 0.10, assumption: true}
envelope: {path: 2024, when_short: refuse, assumption: true}
payers:
  - {level: central, share: 33.3%, assumption: true}
  - {level: city, share: 66.7%, assumption: true}
payment: {path: firm_paid, assumption: true}
rounding:
  interest: {mode: half_up, assumption: true}
  award: {mode: down, assumption: true}
tolerance: {receipt: 1, assumption: true}
classification: {function: "2150517", economic_government: "50702", economic_unit: "31205", assumption: true}
"""


def codes(text: str) -> list[str]:
    """The codes of all problems that a notice is refused with."""
    with pytest.raises(Refused) as refused:
        load_notice(text, "n.yaml")
    return [problem.code for problem in refused.value.problems]


def problem(text: str) -> str:
    """The one problem a notice is refused with, as it is printed."""
    with pytest.raises(Refused) as refused:
        load_notice(text, "n.yaml")
    (found,) = refused.value.problems
    return found.render()


def test_values_are_kept_as_they_are_written() -> None:
    document = read_yaml("a: 0.10\nb: {c: [on, 1e3, 007, 2024-01-01, 'x']}\n", "f.yaml")
    assert document.data == {"a": "0.10", "b": {"c": ["on", "1e3", "007", "2024-01-01", "x"]}}


def test_every_key_path_has_its_place() -> None:
    document = read_yaml("a: 1\nlist:\n  - name: x\n    amount: 2\n  - [y, z]\n", "f.yaml")
    assert str(document.place(("a",))) == "f.yaml:1:4 a"
    assert str(document.place(("list",))) == "f.yaml:2:1 list"
    assert str(document.place(("list", 0, "amount"))) == "f.yaml:4:13 list[1].amount"
    assert str(document.place(("list", 1, 1))) == "f.yaml:5:9 list[2][2]"
    # What is not there stands where the part around it stands.
    assert str(document.place(("list", 0, "date"))) == "f.yaml:3:5 list[1].date"
    assert document.place(("nothing",)) == Place("f.yaml", 1, 1, "nothing")


def test_numbers_of_a_notice_are_exact() -> None:
    notice = load_notice(NOTICE, "n.yaml")
    rule = notice.components[0].rule
    assert isinstance(rule, Points)
    assert rule.points == Exact(355, 100_000)
    cap = notice.caps[0]
    assert isinstance(cap, LoanCap)
    assert cap.amount == 10
    assert sum(payer.share for payer in notice.payers) == 1


def test_the_last_day_of_a_span_is_made_exclusive_once() -> None:
    effective = load_notice(NOTICE, "n.yaml").effective
    assert (str(effective.last_day), str(effective.ends_before)) == ("2024-12-31", "2025-01-01")


def test_a_reference_is_the_hash_of_the_bytes() -> None:
    # printf '%s' abc | sha256sum
    notice = load_notice(NOTICE, "n.yaml")
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert notice_ref(notice, "abc") == f"small@sha256:{known}"


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "yaml_empty", "f.yaml:1:1"),
        ("- a\n- b\n", "yaml_not_mapping", "f.yaml:1:1"),
        ("just words\n", "yaml_not_mapping", "f.yaml:1:1"),
        ("a: 1\n---\nb: 2\n", "yaml_two_documents", "f.yaml:3:1"),
        ("a:\n\t- b\n", "yaml_tab", "f.yaml:2:1"),
        ("a: `x`\n", "yaml_quotes", "f.yaml:1:4"),
        ("a: b: c\n", "yaml_colon", "f.yaml:1:5"),
        ("a: [1\nb: 2\n", "yaml_open", "f.yaml:2:2"),
        ("a: 'x\n", "yaml_open", "f.yaml:2:1"),
        ("a: 1\nb\n", "yaml_no_colon", "f.yaml:2:1"),
        ('a: "\\q"\n', "yaml_escape", "f.yaml:1:6"),
        ("a:\n  b: 1\n c: 2\n", "yaml_indentation", "f.yaml:3:2"),
        ("? [a]\n: 1\n", "yaml_key", "f.yaml:1:3"),
        ("a: 1\nb: x\x01y\n", "text_unprintable", "f.yaml:2:5"),
        ("a: 1\nb: e\u0301\n", "text_not_composed", "f.yaml:2:1"),
        ("a: " + "[" * 40 + "]" * 40, "yaml_deep", "f.yaml:1:35"),
    ],
)
def test_a_text_that_cannot_be_read_on_says_where_and_why(text: str, code: str, place: str) -> None:
    with pytest.raises(Refused) as refused:
        read_yaml(text, "f.yaml")
    (found,) = refused.value.problems
    assert (found.code, str(found.place)) == (code, place)


@pytest.mark.parametrize("nothing", ["", "~", "null", "Null", "NULL"])
def test_nothing_is_not_a_value(nothing: str) -> None:
    found = problem(NOTICE.replace("programme: example", f"programme: {nothing}"))
    assert found == "n.yaml:3:1 programme: there is no value; write one, or take the key out [value_missing]"


def test_null_in_quotes_is_a_word() -> None:
    assert load_notice(NOTICE.replace("programme: example", "programme: 'null'"), "n.yaml").programme == "null"


def test_problems_of_text_values_and_rules_come_together_in_reading_order() -> None:
    text = NOTICE.replace("programme: example", "programme: !!str example")
    text = text.replace("35.5BP", "0.355").replace("33.3%", "30%").replace("mode: down", "mode: up")
    assert codes(text) == ["yaml_tag", "rate_without_unit", "payers_not_whole", "choice_unknown"]


def test_a_slip_of_the_pen_is_one_problem() -> None:
    # The misspelt key is not also reported as missing, nor the cap as having no limit or no source.
    assert codes(NOTICE.replace("amount: 0.10, assumption", "amuont: 0.10, assumption")) == ["key_unknown"]
    assert codes(NOTICE.replace("0.10, assumption", "0.10, asumption")) == ["key_unknown"]
    assert codes(NOTICE.replace("governed_by", "goverend_by")) == ["key_unknown"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("35.5BP", "0%", "share_out_of_range"),
        ("35.5BP", "100.1%", "share_out_of_range"),
        ("35.5BP", "-1%", "share_out_of_range"),
        ("35.5BP", "a lot", "rate_malformed"),
        ("35.5BP", "1,00%", "yaml_comma"),
        ("amount: 0.10", "amount: 0.105", "amount_malformed"),
        ("amount: 0.10", "amount: -1", "amount_malformed"),
        ("amount: 0.10", "amount: 1e6", "amount_malformed"),
        ("amount: 0.10", "amount: 90071992547410.00", "amount_malformed"),
        ("from: 2024-01-01", "from: 20240101", "date_malformed"),
        ("from: 2024-01-01", "from: 2024-1-1", "date_malformed"),
        ("from: 2024-01-01", "from: 0204-01-01", "date_malformed"),
        ("to: 2024-12-31", "to: 2023-12-31", "span_backward"),
        ("fund_year: 2024", "fund_year: 2,024", "count_malformed"),
        ("fund_year: 2024", "fund_year: \u00b2", "count_malformed"),
        ("fund_year: 2024", f"fund_year: {'9' * 10_000}", "text_too_long"),
        ("payers:\n", "payers: none\nx:\n", "list_expected"),
        ("base: {interest: accrued, assumption: true}", "base: accrued", "part_expected"),
        ("zh: 小", "zh: ''", "value_missing"),
        ("zh: 小", "zh: [小]", "value_not_plain"),
        ("assumption: true}\ncaps", "assumption: True}\ncaps", "flag_malformed"),
        ("level: city", "level: central", "name_twice"),
        ("per: [entity, year]", "per: [entity, year, entity]", "name_twice"),
        ('"50702"', "507", "text_malformed"),
        ("{kind: single, ", "{", "key_missing"),
        ("programme", "retroactive: true\nprogramme", "retroactive_idle"),
        ("fund_year: 2024", "fund_year: 204", "fund_year_implausible"),
        ("year_of: fund, amount", "year_of: fund, shared_with: [small], amount", "cap_shared_with_itself"),
        ("amount: 0.10,", "amount: 0.10, when_status: {status: a, assumption: true},", "cap_status_other_limit"),
        ("amount: 0.10,", "amount: 0.10, share_of_drawdown: 1%,", "cap_with_two_limits"),
        ("per: [entity, year], year_of: fund,", "per: [entity], year_of: fund,", "year_of_idle"),
        ("kind: single,", "kind: single, compare_over: to_date,", "compare_over_idle"),
        ("governed_by", f"amends: sha256:{'a' * 64}\ngoverned_by", "amendment_unpublished"),
    ],
)
def test_what_a_notice_may_not_say(old: str, new: str, code: str) -> None:
    assert NOTICE.count(old) == 1 or old in ("from: 2024-01-01",)
    assert code in codes(NOTICE.replace(old, new, 1))


def test_a_retroactive_amendment_names_its_source() -> None:
    amends = f"published: 2024-06-01\namends: sha256:{'a' * 64}\nretroactive: true\n"
    assert codes(NOTICE.replace("governed_by", f"{amends}governed_by")) == ["retroactive_without_source"]
    whole = NOTICE.replace("governed_by", f"{amends}retroactive_basis: n1\ngoverned_by")
    assert load_notice(whole, "n.yaml").retroactive


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "n.yaml").write_bytes(b"\xef\xbb\xbfid: x\n")
    assert read_file(tmp_path / "n.yaml") == "id: x\n"


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_is_not_there(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_file(tmp_path / name)
    assert refused.value.problems[0].code == "file_missing"


def test_a_full_width_colon_is_named_wherever_a_key_can_stand() -> None:
    text = read_file(fixture("notices/example-open-source.yaml"))
    lines = text.splitlines()
    keys = [
        (number, key)
        for number, line in enumerate(lines)
        if not line.startswith("#")
        for key in re.finditer(r"[a-z_]+(: ?)(?=\S|$)", line)
        if line.count('"', 0, key.start()) % 2 == 0
    ]
    assert len(keys) > 90
    for number, key in keys:
        wrong = lines[number][: key.start(1)] + "：" + lines[number][key.end(1) :]
        with pytest.raises(Refused) as refused:
            load_notice("\n".join([*lines[:number], wrong, *lines[number + 1 :]]), "n.yaml")
        [problem] = refused.value.problems
        where = (problem.place.line, problem.place.column)
        assert (problem.code, where) == ("yaml_wide_colon", (number + 1, key.start(1) + 1)), wrong


def test_a_full_width_colon_inside_a_text_is_a_sign_like_any_other() -> None:
    text = read_file(fixture("notices/example-open-source.yaml"))
    title = "zh: 示例：开源组织落户奖励"
    assert title in text
    assert load_notice(text.replace(title, "zh: mpw：多项目晶圆"), "n.yaml").title.zh == "mpw：多项目晶圆"
    assert load_notice(text.replace(title, 'zh: "甲 mpw：乙"'), "n.yaml").title.zh == "甲 mpw：乙"
