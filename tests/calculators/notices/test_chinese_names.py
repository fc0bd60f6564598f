"""A notice may call its components, stages, caps, clauses and budget in Chinese, and comes to the same amounts."""

import re
from dataclasses import replace

import pytest

from calculators.awards.versions import NoticeVersion
from calculators.files.cases import calculate_facts, difference
from calculators.files.facts import load_cases
from calculators.files.yaml import load_notice, notice_ref
from calculators.problems import Refused
from ledger.log.canonical import canonical
from ledger.registry.benchmarks import shipped
from ledger.resources import fixture

REF, LPR = shipped()
NAMES = {
    "points": "两个百分点",
    "share": "利息一半",
    "entity_year": "企业年度上限",
    "n3.2": "通知三.二",
    "guide.III.2.2": "指南.三.2.2",
    "2024/loan-interest": "2024/贷款贴息-第一批",
}


def renamed(notice: str, names: dict[str, str]) -> tuple[str, str]:
    """The text of a notice and of its cases with its own names in Chinese."""
    texts = []
    for ending in ("yaml", "cases.yaml"):
        text = fixture(f"notices/{notice}.{ending}").read_text(encoding="utf-8")
        for name, chinese in names.items():
            text = re.sub(rf"(?<=id: ){re.escape(name)}\b|(?<=basis: ){re.escape(name)}\b", chinese, text)
            text = text.replace(f"path: {name}", f"path: {chinese}")
        texts.append(text)
    return texts[0], texts[1]


def test_a_notice_in_chinese_comes_to_the_same_amounts() -> None:
    name = "example-loan-interest-discount"
    text, cases = renamed(name, NAMES)
    assert all(chinese in text for chinese in NAMES.values())
    notice = load_notice(text, "chinese.yaml")
    version = NoticeVersion(notice_ref(notice, text), notice)
    for case in load_cases(cases, "chinese.cases.yaml"):
        # A worksheet has other names in it; its amounts are those of the case.
        bare = replace(case, expected=replace(case.expected, worksheet=None))
        assert difference(version, bare, LPR, REF) is None
        if "notice_not_in_force" not in case.expected.refused:
            digest = calculate_facts(version, case.facts, LPR, REF).digest
            assert canonical({"$schema": "subsidy/digest/1", **digest}), "a record can hold it"


def stages(name: str) -> str:
    return (
        fixture("notices/example-allocated-60-40.yaml")
        .read_text(encoding="utf-8")
        .replace("{id: start,", f"{{id: {name},")
    )


@pytest.mark.parametrize("name", ["设备到位", "一期", "stage_二", "阶段1", "〇期"])
def test_a_stage_has_a_name_in_either_script(name: str) -> None:
    assert name in {stage.id for stage in load_notice(stages(name), "n.yaml").stages}


@pytest.mark.parametrize("name", ["设备 到位", "1期", "阶段！", "全" * 13, "Ａ期"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(Refused, match=r"\[text_malformed\]"):
        load_notice(stages(name), "n.yaml")
