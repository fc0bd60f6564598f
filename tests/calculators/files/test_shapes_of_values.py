"""A list or a mapping where a word is meant is refused at its place, in every part of a notice and of its facts.

One file of each type has every part once; a part of the same path is tried in the first file that has it.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import orjson
import pytest

from calculators.files.facts import load_facts
from calculators.files.yaml import load_notice, read_file, read_yaml
from calculators.problems import Refused
from ledger.resources import fixture

FOLDER = Path(str(fixture("notices")))
# JSON is YAML; the values are texts, as people write them.
WRONG: tuple[Any, ...] = ({}, [[]])
Trail = tuple[str | int, ...]


def plain(value: Any) -> Any:
    """What a file says, in plain lists, mappings and texts."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list) else value


def leaves(value: Any, trail: Trail = ()) -> Iterator[Trail]:
    """Where texts stand."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*trail, key))
    else:
        yield trail


def changed(document: Any, trail: Trail, value: Any) -> str:
    new = deepcopy(document)
    place = new
    for key in trail[:-1]:
        place = place[key]
    place[trail[-1]] = value
    return orjson.dumps(new).decode()


def notices() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.yaml")):
        if not file.name.endswith(".cases.yaml"):
            yield plain(read_yaml(read_file(file), file.name).data)


def facts() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.cases.yaml")):
        for case in plain(read_yaml(read_file(file), file.name).data)["cases"]:
            yield case["facts"]


def tried(documents: Iterator[Any]) -> Iterator[str]:
    """The files with one word replaced, each kind of place once."""
    seen = set()
    for document in documents:
        for trail in leaves(document):
            kind = str(document.get("type", "")), *("#" if isinstance(key, int) else key for key in trail)
            if kind not in seen:
                seen.add(kind)
                yield from (changed(document, trail, value) for value in WRONG)


def test_words_that_rules_look_up_are_texts() -> None:
    """Each of these was once looked up before anybody had asked whether it is a text."""
    for name, trail in (
        ("gjj-2023-tape-out", ("type",)),
        ("example-idle-plant", ("figures", 0, "id")),
        ("example-allocated-60-40", ("stages", 0, "on")),
    ):
        document = plain(read_yaml(read_file(FOLDER / f"{name}.yaml"), name).data)
        for value in WRONG:
            with pytest.raises(Refused) as refused:
                load_notice(changed(document, trail, value), "n.yaml")
            assert any(str(trail[-1]) in problem.place.key for problem in refused.value.problems)


@pytest.mark.nightly
def test_no_notice_with_a_list_for_a_word_loads_and_none_is_a_crash() -> None:
    for text in tried(notices()):
        with pytest.raises(Refused):
            load_notice(text, "n.yaml")


def test_no_facts_with_a_list_for_a_word_load_and_none_is_a_crash() -> None:
    for text in tried(facts()):
        with pytest.raises(Refused):
            load_facts(text, "f.yaml")
