"""Every command has a figure: it stands in one row of `tests/benchmarks/commands.py`, and what it names is measured."""

from collections import Counter

import click

from tests.benchmarks.__main__ import BENCHMARKS
from tests.benchmarks.commands import COSTS
from tests.catalogues import commands

LEAVES = {words.removeprefix("subsidy ") for words, command in commands() if not isinstance(command, click.Group)}


def test_every_command_stands_in_one_row() -> None:
    named = Counter(command for cost in COSTS for command in cost.commands)
    assert [command for command, times in named.items() if times > 1] == []
    assert sorted(LEAVES - named.keys()) == []
    assert sorted(named.keys() - LEAVES) == []


def test_every_row_is_measured_by_command_lines_of_its_own_or_by_a_benchmark() -> None:
    for cost in COSTS:
        assert cost.lines or cost.by, cost.what
        assert set(cost.by) <= set(BENCHMARKS), cost.what
        for line in cost.lines:
            words = line.split()
            assert {" ".join(words[:1]), " ".join(words[:2])} & set(cost.commands), line
