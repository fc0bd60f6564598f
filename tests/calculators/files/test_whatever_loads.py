"""Whatever facts a file may state, every notice that ships calculates them or says by name why it does not.

The cases beside the notices are changed at random: days, amounts, rates and words moved, rows taken out, repeated and
given another day. What no door refuses goes to every notice of its type. A failing test prints the seed of the run;
`SUBSIDY_TEST_SEED` runs the same files again.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest

from calculators.awards.versions import NoticeVersion
from calculators.files.cases import calculate_facts
from calculators.files.facts import Facts, load_facts
from calculators.files.yaml import load_notice, notice_ref, read_file, read_yaml
from calculators.interest.loan import Loan
from calculators.notices.loan import LoanNotice
from calculators.problems import Refused
from ledger.registry.benchmarks import shipped
from ledger.resources import fixture
from tests.support.seeds import SEED

REF, LPR = shipped()
AMOUNTS = ("0", "0.01", "0.03", "1", "99.99", "1,000,000", "12,345,678.91", "9,999,999,999.99", "1,000,000,000,000")
# Days at which months, years and leap years end or begin, and settlement days.
EDGES = ("2023-02-28", "2024-02-29", "2024-03-01", "2024-03-31", "2024-06-20", "2024-12-31", "2025-01-01", "2028-02-29")
RATES = ("0%", "0.01%", "3.55%", "4.35%", "LPR1Y", "LPR1Y+25BP", "LPR1Y-200BP", "LPR5Y-10BP", "24%")
SHARES = ("0%", "0.5%", "33.33%", "50%", "100%")
WORDS = {
    "day_count": ("ACT/360", "ACT/365F", "30E/360", "30/360", "ACT/ACT.ISDA", "NOMINAL_MONTH"),
    "due_every": ("month", "quarter"),
    "due_day": ("1", "15", "20", "28", "29", "31"),
    "due_counted": ("yes", "no"),
    "kind": ("drawdown", "repayment", "rate", "overdue", "extension"),
    "repriced": ("fixed", "january_1", "anniversary", "quarter", "publication"),
    "purpose": ("fixed_asset", "working_capital", "equipment", "research_development"),
    "units": ("0.01", "1", "12.5", "1000000"),
    "score": ("0", "59.9", "87.5", "100"),
    "cover_year": ("1", "2", "3", "9"),
    "done": SHARES,
}


FOLDER = Path(str(fixture("notices")))
NAMES = sorted(file.name.removesuffix(".cases.yaml") for file in FOLDER.glob("*.cases.yaml"))


@cache
def version(name: str) -> NoticeVersion:
    text = read_file(FOLDER / f"{name}.yaml")
    notice = load_notice(text, name)
    return NoticeVersion(notice_ref(notice, text), notice)


@cache
def raw_cases(name: str) -> list[dict[str, Any]]:
    """The facts of the cases beside a notice, as written."""
    text = read_file(FOLDER / f"{name}.cases.yaml")
    return [case["facts"] for case in read_yaml(text, name).data["cases"]]


@cache
def of_type(name: str) -> list[str]:
    """The notices of the same type, by the line that says it."""
    types = {one: re.search(r"^type: (\w+)", read_file(FOLDER / f"{one}.yaml"), re.MULTILINE) for one in NAMES}
    said = {one: found[1] for one, found in types.items() if found}
    return [one for one in NAMES if said[one] == said[name]]


def leaves(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every text, and of every list."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from leaves(value, (*path, key))
    elif isinstance(part, list):
        yield path
        for place, value in enumerate(part):
            yield from leaves(value, (*path, place))
    else:
        yield path


def other(random: Random, key: str, text: str) -> str:
    """Something else that a cell of the kind may say."""
    if key in WORDS:
        return random.choice(WORDS[key])
    try:
        day = date.fromisoformat(text)
    except ValueError:
        pass
    else:
        moved = (day + timedelta(days=random.choice([-400, -31, -1, 0, 1, 2, 30, 59, 365, 1000]))).isoformat()
        return random.choice([moved, moved, random.choice(EDGES)])
    if key == "rate":
        return random.choice(RATES)
    if text.replace(",", "").replace(".", "", 1).isdigit():
        return random.choice(AMOUNTS)
    return text


def change(random: Random, facts: dict[str, Any]) -> None:
    """One change somewhere: another value, a row more, a row less, a key less."""
    path = random.choice(list(leaves(facts)))
    around: Any = facts
    for step in path[:-1]:
        around = around[step]
    found = around[path[-1]]
    if isinstance(found, list) and found:
        rows: list[Any] = found
        if random.random() < 0.3:
            rows.pop(random.randrange(len(rows)))
        else:
            row = deepcopy(random.choice(rows))
            for key, value in row.items() if isinstance(row, dict) else ():
                if isinstance(value, str) and random.random() < 0.7:
                    row[key] = other(random, key, value)
            rows.append(row)
    elif isinstance(found, str) and random.random() < 0.9:
        around[path[-1]] = other(random, str(path[-1]), found)
    elif isinstance(around, dict):
        del around[path[-1]]


def calculated(name: str, random: Random, files: int) -> Counter[str]:
    """What became of a notice's first case and so many changed ones, under it and another notice of its type."""
    outcomes: Counter[str] = Counter()
    for place in range(files + 1):
        facts = deepcopy(random.choice(raw_cases(name)) if place else raw_cases(name)[0])
        for _ in range(random.choice([1, 1, 2, 3, 5]) if place else 0):
            change(random, facts)
        text = json.dumps(facts, ensure_ascii=False)
        try:
            loaded = load_facts(text, "facts.yaml", LPR)
        except Refused as refused:
            outcomes[said(refused)] += 1
            continue
        for notice in (name, random.choice(of_type(name))) if place else (name,):
            outcomes[judge(version(notice), loaded, text)] += 1
    return outcomes


def said(refused: Refused) -> str:
    """That every problem can be printed."""
    return "refused" if all(problem.render() for problem in refused.problems) else "mute"


def judge(ruled: NoticeVersion, loaded: Facts, text: str) -> str:
    """What a notice makes of the facts; what must hold of every digest holds."""
    try:
        found = calculate_facts(ruled, loaded, LPR, REF)
    except Refused as refused:
        return said(refused)
    digest = found.digest
    found.worksheet(str).encode("gbk")
    held = [one for one in digest["held"] if one["code"] == "line_failed"]
    awards = [period["award_fen"] for period in digest["periods"]]
    assert sum(awards) == digest["award_fen"], text
    assert 0 <= digest["award_fen"] <= loaded.grant.ceiling_fen, text
    assert digest["withheld_fen"] >= 0, text
    if isinstance(loaded.item, Loan):
        assert isinstance(ruled.notice, LoanNotice)
        assert digest["award_fen"] <= sum(period["interest_fen"] for period in digest["periods"]), text
    if held:
        assert (digest["periods"], digest["award_fen"], digest["refused"]) == ([], 0, []), text
        return "held"
    return "awarded" if digest["award_fen"] else "nothing due"


def look(names: Iterable[str], files: int, random: Random) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    for name in names:
        outcomes = calculated(name, random, files)
        # Something of every notice came out, or the test looked at nothing.
        assert outcomes["awarded"], (name, outcomes)
        assert not outcomes["mute"], (name, outcomes)


def test_whatever_loads_is_calculated_or_refused_by_name() -> None:
    """Of some notices; which ones is drawn again in each run."""
    random = Random(SEED)
    look(random.sample(NAMES, 6), 12, random)


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_whatever_loads_is_calculated_or_refused_by_name_at_length(name: str) -> None:
    look([name], 250, Random(f"{SEED} {name}"))
