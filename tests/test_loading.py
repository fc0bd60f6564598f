"""What a command does not use is not loaded: nobody waits for a month's run who asks for a balance."""

import subprocess
import sys
from importlib.util import find_spec
from textwrap import dedent

import pytest

# The rule book, what calculates, and what reads and writes files.
HEAVY = {
    "calculators.awards.all",
    "calculators.notices.model",
    "jinja2",
    "ledger.reconcile.matching",
    "ledger.rules.judge",
    "ledger.runs.plan",
    "lxml",
    "numpy",
    "python_calamine",
    "rich.progress",
    "ruamel.yaml",
    "xlsxwriter",
}


def loaded(*words: str) -> set[str]:
    """The modules that are loaded when a command has ended, in a process of its own."""
    program = """
        import sys
        import cli
        try:
            cli.cli.main(sys.argv[1:], prog_name="subsidy")
        finally:
            print(*sys.modules, sep="\\n", file=sys.stderr)
    """
    done = subprocess.run(
        [sys.executable, "-c", dedent(program), *words], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    return set(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "not_loaded"),
    [(["commands"], HEAVY | {"sqlalchemy"}), (["book", "trial-balance", "--help"], HEAVY)],
    ids=["commands", "a question to the book"],
)
def test_a_small_command_loads_nothing_heavy(words: list[str], not_loaded: set[str]) -> None:
    modules = loaded(*words)
    assert "cli" in modules
    assert not modules & not_loaded


def test_every_heavy_module_is_one_that_some_command_loads() -> None:
    """A name of the list that no module has any more would hold nothing."""
    assert [name for name in sorted(HEAVY) if find_spec(name) is None] == []
