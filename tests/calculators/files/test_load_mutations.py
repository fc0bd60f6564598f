"""Throw a notice and its cases about: they load or are refused with places, never a traceback."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from calculators.files.facts import load_cases
from calculators.files.yaml import load_notice
from calculators.problems import Problem, Refused
from tests.support.seeds import SEED

NOTICES = Path(__file__).parents[3] / "fixtures" / "notices"
SCRAPS = [
    *("", " ", "\t", ":", ": ", "-", "- ", "{", "}", "[", "]", "&a ", "*a", "!!str ", "'", '"', "#", "|\n", "%", ","),
    *("null", "~", "0", "-1", "1e9", "\n", "\n---\n", "\x01", "e\u0301", "kind", "basis: x", "?", "<<", "\U0001f600"),
    "：",
]
ROUNDS = [60, pytest.param(400, marks=pytest.mark.nightly)]


def mutated(text: str, dice: random.Random) -> str:
    """The text with one to three cuts, insertions or doubled lines."""
    for _ in range(dice.randint(1, 3)):
        text = text or "x"
        first = dice.randrange(len(text))
        match dice.randrange(4):
            case 0:
                text = text[:first] + dice.choice(SCRAPS) + text[first:]
            case 1:
                text = text[:first] + dice.choice(SCRAPS) + text[first + dice.randint(1, 20) :]
            case 2:
                lines = text.splitlines(keepends=True)
                at = dice.randrange(len(lines))
                text = "".join([*lines[:at], *lines[at : at + 1] * dice.choice([0, 2]), *lines[at + 1 :]])
            case _:
                text = text[:first]
    return text


def problems_of(load: Callable[[str, str], object], text: str) -> Sequence[Problem]:
    """What the text is refused with; nothing where it loads."""
    try:
        load(text, "f.yaml")
    except Refused as refused:
        return refused.problems
    return ()


@pytest.mark.parametrize("rounds", ROUNDS)
@pytest.mark.parametrize(("ending", "load"), [(".yaml", load_notice), (".cases.yaml", load_cases)])
def test_a_damaged_file_loads_or_is_refused(ending: str, load: Callable[[str, str], object], rounds: int) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    dice = random.Random(SEED)
    names = ("bj-first-loan-2025", "example-startup-guarantee", "national-service-loan-2025")
    originals = [(NOTICES / f"{name}{ending}").read_text(encoding="utf-8") for name in names]
    refused = [
        problems for _ in range(rounds) if (problems := problems_of(load, mutated(dice.choice(originals), dice)))
    ]
    for problem in (one for problems in refused for one in problems):
        assert problem.place.line >= 1, problem
        assert problem.render().endswith(f"[{problem.code}]")
    # Most damage is seen; some falls into a comment or a text.
    assert len(refused) > rounds // 2
