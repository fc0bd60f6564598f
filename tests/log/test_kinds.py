"""The kinds of records: golden bytes of each, and the table in the contracts that they must agree with."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ledger.log.canonical import canonical, parse
from ledger.log.kinds import KINDS, RESERVED, check_record, kind_of, well_formed
from ledger.log.tree import leaf_hash

GOLDEN = Path(__file__).parent / "golden"
CONTRACTS = Path(__file__).parents[2] / "docs" / "contracts.md"

# leaves.txt was not written by our code, but by the shell, in the folder `golden`:
#   for f in *.json; do
#     printf '%s  %s\n' "$( (printf '\000'; cat "$f") | sha256sum | cut -d' ' -f1)" "${f%.json}"
#   done > leaves.txt
FIELDS = {name: kind.fields for name, kind in KINDS.items()}

LEAVES = {
    kind: leaf for leaf, kind in (line.split() for line in (GOLDEN / "leaves.txt").read_text("utf-8").splitlines())
}


def golden(kind: str) -> bytes:
    return (GOLDEN / f"{kind}.json").read_bytes()


def test_every_kind_has_a_golden_record() -> None:
    assert sorted(LEAVES) == sorted(FIELDS)
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == sorted(FIELDS)


@pytest.mark.parametrize("kind", FIELDS)
def test_golden_bytes_and_leaf(kind: str) -> None:
    body = golden(kind)
    said = parse(body)
    assert kind_of(said) == kind
    assert canonical(said) == body
    assert leaf_hash(body).hex() == LEAVES[kind]
    assert check_record(said) == []


@pytest.mark.parametrize("kind", FIELDS)
def test_a_missing_field_is_named_unless_it_may_be_absent(kind: str) -> None:
    said = parse(golden(kind))
    optional = {name.removesuffix("?") for name in FIELDS[kind] if name.endswith("?")}
    needed = {"actor", "recorded_at"} | ({name.removesuffix("?") for name in FIELDS[kind]} - optional)
    for name in needed:
        without = {key: value for key, value in said.items() if key != name}
        assert check_record(without) == [f"{name}: absent"]
    for name in optional:
        assert check_record({key: value for key, value in said.items() if key != name}) == []


@pytest.mark.parametrize("kind", FIELDS)
def test_no_field_of_any_kind_holds_a_value_that_has_no_canonical_bytes(kind: str) -> None:
    """So whoever has asked all fields needs not ask for types once more (`parse_all`)."""
    said = parse(golden(kind))
    assert well_formed(kind, [said])
    changed = [body for value in (1.0, None) for body in _with_another(said, value)]
    assert len(changed) >= 2 * len(said)
    for body in changed:
        assert not well_formed(kind, [said, body])


def _with_another(value: Any, other: object) -> Iterator[Any]:
    """A value with each value in it changed to another, one at a time."""
    places = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for place, inner in places:
        for changed in (other, *_with_another(inner, other)):
            copy = value.copy()
            copy[place] = changed
            yield copy


@pytest.mark.parametrize("kind", FIELDS)
def test_a_field_of_another_type_is_named(kind: str) -> None:
    said = parse(golden(kind))
    for name in said.keys() - {"$schema"}:
        problems = check_record({**said, name: 1.5})
        assert len(problems) == 1
        assert problems[0].startswith(f"{name}: not ")


@pytest.mark.parametrize(
    ("kind", "changes", "problem"),
    [
        ("entry", {"memo": "x"}, "memo: unknown field"),
        ("entry", {"effective_on": "2025-6-30"}, "effective_on: not a day: '2025-6-30'"),
        ("entry", {"recorded_at": "2025-06-30 00:00:00"}, "recorded_at: not a UTC time: '2025-06-30 00:00:00'"),
        ("entry", {"digest_of": "A" * 64}, f"digest_of: not a SHA-256 in lower-case hex: {'A' * 64!r}"),
        ("entry", {"terms": {"colour": "red"}}, "terms.colour: unknown field"),
        ("entry", {"$schema": "subsidy/entry/1"}, "$schema: not one of subsidy/entry/2: 'subsidy/entry/1'"),
        ("rules", {"book": "1"}, "book: not a name with its version: '1'"),
        ("entry", {"actor": ""}, "actor: not a text: ''"),
        ("entry", {"award_fen": True}, "award_fen: not an integer: True"),
        ("entry", {"postings": []}, "postings: fewer than two"),
        ("entry", {"postings": {}}, "postings: not an array"),
        (
            "entry",
            {"postings": [{"chart": "fin", "account": "5001", "amount_fen": 0}, {"chart": "gl", "account": "1"}]},
            "postings[0].amount_fen: not an amount other than 0: 0; postings[1].amount_fen: absent; "
            "postings[1].chart: not one of fin, bud, ind: 'gl'",
        ),
        ("run_closed", {"count": -1}, "count: not a count: -1"),
        ("account", {"verified": 1}, "verified: not true or false: 1"),
        ("benchmark", {"rows": [["2024-10-21", "3.10"]]}, "rows[0]: not [effective from, one-year rate, five-year "
         "rate]: ['2024-10-21', '3.10']"),
        ("fact", {"register": "grant"}, "register: not one of loan, event, receipt, policy, premium, claim, project, "
         "milestone, dishonesty: 'grant'"),
        ("fact", {"data": "x"}, "data: not an object"),
        ("actor", {"$schema": "subsidy/seal/1"}, "$schema: seal is a reserved name"),
        ("actor", {"$schema": "subsidy/actor/2"}, "$schema: no kind of record: 'subsidy/actor/2'"),
        ("actor", {"$schema": 1}, "$schema: no kind of record: 1"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(kind: str, changes: dict[str, Any], problem: str) -> None:
    assert "; ".join(check_record({**parse(golden(kind)), **changes})) == problem


def changed(value: Any) -> Iterator[Any]:
    """The value with one place in it changed to something else, added or left out, one place after the other."""
    if type(value) is dict:
        yield {**value, "unknown": "x"}
        for name, inner in value.items():
            yield {key: one for key, one in value.items() if key != name}
            for other in changed(inner):
                yield {**value, name: other}
    if type(value) is list:
        yield []
        yield value * 2
        for place, inner in enumerate(value):
            for other in changed(inner):
                yield [*value[:place], other, *value[place + 1 :]]
    yield from ("", "x", "2025-06-30", "0" * 64, 0, -1, 7, 1.5, True, False, None, [], {}, ["x"], [None], {"x": 1})


@pytest.mark.parametrize("kind", FIELDS)
def test_many_at_once_are_right_where_each_is(kind: str) -> None:
    said = parse(golden(kind))
    assert well_formed(kind, [])
    assert well_formed(kind, [said, said])
    verdicts = set()
    for other in changed(said):
        if type(other) is not dict:
            continue
        right = check_record(other) == [] and kind_of(other) == kind
        verdicts.add(right)
        # Between others and alone, of whatever shape.
        assert well_formed(kind, [said, other, said]) == right, other
        assert well_formed(kind, [other]) == right, other
    assert False in verdicts


def test_records_of_another_kind_or_none_are_not_well_formed() -> None:
    entry = parse(golden("entry"))
    assert not well_formed("actor", [entry])
    assert not well_formed("seal", [entry])
    assert not well_formed("entry", [entry, parse(golden("actor"))])


def contract_fields(cell: str) -> dict[str, bool]:
    """Field -> may be absent, from a row such as `key = path, codes[] of {code, clause}, due? (day)`."""
    while re.search(r"\([^()]*\)|\{[^{}]*\}|\[[^\[\]]*\]", cell):
        cell = re.sub(r"\([^()]*\)|\{[^{}]*\}|\[[^\[\]]*\]", "", cell)
    words = [re.match(r"\s*(\w+)(\??)", part) for part in cell.split(",")]
    return {word[1]: word[2] == "?" for word in words if word}


def contract_table() -> dict[str, str]:
    text = CONTRACTS.read_text(encoding="utf-8").partition("## 1. The log")[2].partition("## 2.")[0]
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", text, re.MULTILINE)
    return {kind: cell for kind, cell in rows if kind != "kind"}


def test_the_contracts_list_the_kinds() -> None:
    text = CONTRACTS.read_text(encoding="utf-8")
    reserved = re.search(r"^Reserved names: (.*)\.$", text, re.MULTILINE)
    assert reserved is not None
    assert set(reserved[1].split(", ")) == RESERVED
    assert sorted(contract_table()) == sorted(FIELDS)


@pytest.mark.parametrize("kind", sorted(FIELDS.keys() - {"entry"}))
def test_the_contracts_list_the_fields(kind: str) -> None:
    written = contract_fields(contract_table()[kind])
    assert written == {name.removesuffix("?"): name.endswith("?") for name in FIELDS[kind]}


def test_a_schema_is_named_after_its_kind() -> None:
    assert KINDS["entry"].schema == "subsidy/entry/2"
