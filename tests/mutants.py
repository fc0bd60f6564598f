"""`make mutants`: change the program in one small place at a time and ask whether something notices; docs/mutation.md.

`python -m tests.mutants [AREA...]` runs the areas named, all without a name, each in a copy of the checkout under
`mutants/` (mutmut knows one choice of tests per working folder), goes on where it stopped, and prints counts by module.
`--sample N` tries only N mutants of each module, drawn with `--seed S` (1) from what mypy leaves: a rate for every
module in a tenth of the time. A larger N later goes on with the same draw. `--survivors` runs nothing and prints every
mutant that nobody noticed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from configparser import ConfigParser
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from random import Random
from shutil import copy2

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "mutants"
# What mypy and a test refuse; whatever became of the others that were tried, nobody noticed them.
NOTICED = ("caught by type check", "killed", "timeout")
UNTRIED = "not checked"


@dataclass(frozen=True)
class Area:
    """Modules that are changed (patterns of paths), and the tests that are asked about them."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]


AREAS = {
    "calculators": Area(
        ("calculators/money.py", "calculators/interest/*.py", "calculators/awards/*.py"), ("tests/calculators",)
    ),
    "book": Area(
        ("ledger/book/*.py",),
        (
            "tests/book",
            "tests/audit/test_period_rules.py",
            "tests/payouts/test_budget_report.py",
            "tests/payouts/test_figures.py",
            "tests/registry/test_grants_register.py",
            "tests/runs/test_budget_orders.py",
            "tests/store/test_projection.py",
        ),
    ),
    "payouts": Area(("ledger/payouts/*.py",), ("tests/payouts",)),
    "matching": Area(("ledger/reconcile/matching/*.py",), ("tests/reconcile/matching",)),
}


def run(name: str, sample: int | None, seed: int) -> None:
    """Try every mutant of the area that has not been tried, or those of a sample."""
    folder = PLACE / name
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for path in filter(None, listed.split("\0")):
        copy = folder / path
        # An unchanged file keeps its time, by which mutmut knows what it need not try again.
        if not copy.exists() or copy.read_bytes() != (ROOT / path).read_bytes():
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy2(ROOT / path, copy)
    with open(folder / "setup.cfg", "w", encoding="utf-8") as file:
        settings(AREAS[name]).write(file)
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # One seed: a mutant that only chance finds has no test.
    environment = {**os.environ, "SUBSIDY_TEST_SEED": "1", "PATH": programs}
    environment.pop("PYTHONPATH", None)
    sampled = ["tests.mutants", "--within", "--sample", str(sample), "--seed", str(seed)]
    command = [sys.executable, "-m", *(sampled if sample else ("mutmut", "run"))]
    subprocess.run(command, cwd=folder, env=environment, check=True)


def try_sample(sample: int, seed: int) -> None:
    """In an area's folder: let mypy judge every mutant at once, and the tests as many of each module's others."""
    # Here, because it reads the settings of the folder that it is imported in.
    from mutmut import __main__ as mutmut

    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.create_mutants(1)
    typed = mutmut.filter_mutants_with_type_checker()
    names: list[str] = []
    for module, fates in found(Path.cwd()).items():
        left = sorted(fates.keys() - typed.keys())
        Random(f"{seed} {module}").shuffle(left)
        names += [mutant for mutant in (*left[:sample], *(fates.keys() & typed.keys())) if fates[mutant] == UNTRIED]
    if names:
        mutmut._run(names, 1)


def settings(area: Area) -> ConfigParser:
    """What mutmut reads of an area: the killers are examples whose figures stand in the test, not the properties."""
    sources = sorted({pattern.partition("/")[0] for pattern in area.modules})
    values = {
        "source_paths": sources,
        "only_mutate": area.modules,
        "also_copy": sorted({"cli.py", "docs", "fixtures", "ledger", "calculators"} - set(sources)),
        # Lines that are one text each: tests/test_words.py knows every text, and one that differs is none of them.
        "do_not_mutate_patterns": [r'^\s*N_\(".*"\),?$'],
        # What `mypy --strict` refuses needs no test to be found: both are part of `make test`.
        "type_check_command": ["python", "-m", "mypy", "--output=json", "--no-warn-unused-ignores", *sources],
        "pytest_add_cli_args_test_selection": area.tests,
        "pytest_add_cli_args": [
            "-p",
            "no:cacheprovider",
            "-p",
            "no:xdist",
            "--ignore-glob=*_properties.py",
            "--ignore-glob=*_mutations.py",
            "--ignore-glob=*test_kill*",
        ],
    }
    parser = ConfigParser()
    parser["mutmut"] = {key: "\n" + "\n".join(lines) for key, lines in values.items()}
    return parser


def found(folder: Path) -> dict[str, dict[str, str]]:
    """Module -> mutant -> what became of it: `killed`, `caught by type check`, `survived`, `timeout`, `no tests` ..."""
    mutated = folder / "mutants"
    results = {}
    for path in sorted(mutated.rglob("*.py.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        if codes:
            module = str(path.relative_to(mutated)).removesuffix(".meta")
            results[module] = {mutant: status_by_exit_code[code] for mutant, code in codes.items()}
    return results


def table(results: dict[str, dict[str, str]]) -> Iterator[str]:
    """A row per module and one for all: mutants, refused by mypy, tried, killed, survived, per cent that survive."""
    yield "| module | mutants | refused by mypy | tried | killed by a test | survived | % |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    whole: Counter[str] = Counter()
    for module, fates in results.items():
        counts = Counter(fates.values())
        whole += counts
        yield row(f"`{module}`", counts)
    yield row("all", whole)


def row(name: str, counts: Counter[str]) -> str:
    """What a test killed includes what it ran out of time on; whatever else was tried and not killed has survived.

    The rate is of all mutants. Of those that mypy leaves and nobody tried, as many survive as of those tried.
    """
    total, typed, killed = counts.total(), counts["caught by type check"], counts["killed"] + counts["timeout"]
    tried = total - typed - counts[UNTRIED]
    survived = tried - killed
    rate = 100 * survived * (total - typed) / max(1, tried * total)
    return f"| {name} | {total:,} | {typed:,} | {tried:,} | {killed:,} | {survived:,} | {rate:.1f} |"


def survivors(name: str) -> Iterator[str]:
    """Every mutant that neither mypy nor a test found, with the lines it changes."""
    for module, fates in found(PLACE / name).items():
        for mutant, fate in fates.items():
            if fate in (*NOTICED, UNTRIED):
                continue
            with chdir(PLACE / name):
                diff = get_diff_for_mutant(mutant, path=Path(module)).splitlines()
            yield f"{mutant}: {fate}"
            yield from (f"    {line}" for line in diff if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def main() -> None:
    """Run or show the areas that are named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("areas", nargs="*", default=list(AREAS))
    parser.add_argument("--survivors", action="store_true")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--within", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.within:
        try_sample(asked.sample, asked.seed)
        return
    for name in asked.areas:
        if asked.survivors:
            print("\n".join(survivors(name)))
        else:
            run(name, asked.sample, asked.seed)
            print("\n".join(table(found(PLACE / name))))


if __name__ == "__main__":
    main()
