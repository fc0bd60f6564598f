"""`make mutants`: change the program in one small place at a time and ask whether something notices; docs/mutation.md.

`python -m tests.mutants [AREA...]` tries the mutants of the areas named, all without a name, in a copy of the checkout
under `mutants/`, and prints counts by module. A run goes on where the last one stopped: what was noticed is not tried
again until its function changes; what survived is, because tests may have come. `--sample N` draws mutants of each
module with `--seed S` (1) until N are left by mypy; a larger N goes on with the same draw. `--only PATH`
takes the modules that a pattern names, and `--tests PATH...` asks fewer tests than the area's. `--survivors` runs
nothing and prints what was tried and not noticed.
"""

import argparse
import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import zip_longest
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import NamedTuple

from mutmut import __main__ as mutmut
from mutmut.configuration import config
from mutmut.mutation import file_mutation
from mutmut.mutation.data import MutantLineSpans, SourceFileMutationData
from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.type_checking import run_type_checker
from mutmut.utils.file_utils import walk_mutatable_files, walk_source_files
from mutmut.utils.format_utils import get_mutant_name, mangled_name_from_mutant_name

from tests.mutant_lines import changed_lines

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "mutants"
MEMORY = "/dev/shm"
VERDICTS = PLACE / "verdicts.jsonl"
UNJUDGED, TYPED, UNTRIED, KILLED = "not judged", "refused by mypy", "not tried", ("killed", "timeout")
# So many are drawn for one that mypy leaves, a little more than it mostly takes.
PER_LEFT = 4


class Mutant(NamedTuple):
    """A change: its name, and the hash of the function as it is unchanged."""

    name: str
    function: str


class Asked(NamedTuple):
    """A mutant that tests are asked about: its name, its function's hash, its module, and the lines that it changes."""

    name: str
    function: str
    module: str
    lines: list[int]


# Module -> mutant -> what became of it.
Fates = dict[str, dict[Mutant, str]]


@dataclass(frozen=True)
class Area:
    """Modules that are changed (patterns of paths, whose stars take folders too), and the tests asked about them."""

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
    "payouts": Area(
        ("ledger/payouts/*.py",),
        (
            "tests/payouts",
            "tests/test_gallery_payout.py",
            "tests/test_gallery_clawback.py",
            "tests/audit/test_paid_rules.py",
            "tests/audit/test_published_rules.py",
            "tests/audit/test_settled_rules.py",
            "tests/audit/test_vault.py",
            "tests/reconcile/test_reversals.py",
            "tests/reconcile/test_vouchers.py",
        ),
    ),
    "notices": Area(
        ("calculators/notices/*.py", "calculators/facts/*.py"),
        (
            "tests/calculators",
            "tests/test_gallery_notice.py",
            "tests/test_gallery_facts.py",
            "tests/test_policy_cases.py",
        ),
    ),
    "matching": Area(("ledger/reconcile/matching/*.py",), ("tests/reconcile/matching",)),
}


def generate() -> None:
    """Make the mutants of the checkout as it stands."""
    # A changed text needs no test of its own: tests/test_words.py knows every one of them.
    file_mutation.NEVER_MUTATE_FUNCTION_CALLS.add("N_")
    PLACE.mkdir(exist_ok=True)
    chosen = {PLACE / path for path in walk_mutatable_files()}
    for path in PLACE.rglob("*.py"):
        meta = path.with_name(f"{path.name}.meta")
        # mutmut takes a copy as it stands for the mutants of a module, and knows no module that is no longer changed.
        if not (ROOT / path.relative_to(PLACE)).exists() or meta.exists() != (path in chosen):
            path.unlink()
            meta.unlink(missing_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.create_mutants(1)


def judge(found: Fates, sample: int | None, seed: int) -> None:
    """Let mypy say which it refuses of a sample's mutants, or of all, as far as nothing is known of them."""
    while new := {module: due for module, judged in found.items() if (due := _unjudged(module, judged, sample, seed))}:
        typed = refused_by_mypy(new)
        with VERDICTS.open("a", encoding="utf-8") as file:
            for module, due in new.items():
                for mutant in due:
                    found[module][mutant] = TYPED if mutant.name in typed else UNTRIED
                    print(json.dumps([*mutant, found[module][mutant]]), file=file)


def _unjudged(module: str, judged: dict[Mutant, str], sample: int | None, seed: int) -> list[Mutant]:
    """Those that mypy has to look at before a sample is full."""
    if sample is None:
        return [mutant for mutant, fate in judged.items() if fate == UNJUDGED]
    chosen = draw(module, judged, sample, seed)
    missing = sample - sum(judged[mutant] not in (UNJUDGED, TYPED) for mutant in chosen)
    return [mutant for mutant in in_order(module, judged, seed) if judged[mutant] == UNJUDGED][: PER_LEFT * missing]


def refused_by_mypy(asked: dict[str, list[Mutant]]) -> set[str]:
    """The mutants in whose lines mypy finds something, of those that are asked about in each module."""
    # Nobody waits for it to read what lies above the area: nothing said of that can be laid to a mutant.
    packages = sorted({path.parts[0] for path in walk_mutatable_files()})
    with TemporaryDirectory() as folder:
        shadows = []
        for number, (module, due) in enumerate(asked.items()):
            shadow = Path(folder, f"{number}.py")
            shadow.write_text(without_the_others(module, {mutant.name for mutant in due}), encoding="utf-8")
            shadows += ["--shadow-file", module, str(shadow)]
        with chdir(PLACE):
            errors = run_type_checker([*config().type_check_command, *shadows, *packages])
    lines: dict[Path, set[int]] = defaultdict(set)
    for error in errors:
        lines[error.file_path.relative_to(PLACE)].add(error.line_number)
    found = set()
    # mutmut's own search for them parses the changed modules, which takes longer than mypy did.
    for path, wrong in lines.items():
        index = MutantLineSpans.load(path)
        if not index:
            # What is said of a module that has no mutants cannot be laid to one of them.
            continue
        spans = index.span_by_function_name.items()
        found |= {get_mutant_name(path, name) for name, at in spans if wrong & {*range(at.start, at.end + 1)}}
    return found


def without_the_others(module: str, names: set[str]) -> str:
    """A changed module whose other mutants are left blank, so that every line stands where it stood."""
    index = MutantLineSpans.load(module)
    assert index, f"{module} has no mutants"
    lines = (PLACE / module).read_text(encoding="utf-8").split("\n")
    for name, at in index.span_by_function_name.items():
        if get_mutant_name(Path(module), name) not in names:
            lines[at.start - 1 : at.end] = [""] * (at.end - at.start + 1)
    return "\n".join(lines)


def mutants() -> dict[str, list[Mutant]]:
    """The mutants of each module."""
    found = {}
    for path in sorted(walk_mutatable_files()):
        data = SourceFileMutationData(path=path)
        data.load()
        hashes = data.hash_by_function_name
        names = [(name, mangled_name_from_mutant_name(name).rpartition(".")[2]) for name in data.exit_code_by_key]
        found[str(path)] = [Mutant(name, hashes[function]) for name, function in names]
    return found


def verdicts() -> dict[Mutant, str]:
    """What became of each mutant when it was judged last."""
    if not VERDICTS.exists():
        return {}
    with VERDICTS.open(encoding="utf-8") as file:
        return {Mutant(name, function): fate for name, function, fate, *_ in map(json.loads, file)}


def fates(area: Area, only: str) -> Fates:
    """What became of the mutants of an area's modules."""
    known = verdicts()
    return {
        module: {mutant: known.get(mutant, UNJUDGED) for mutant in found}
        for module, found in mutants().items()
        if found and fnmatch(module, only) and any(fnmatch(module, pattern) for pattern in area.modules)
    }


def in_order(module: str, judged: dict[Mutant, str], seed: int) -> list[Mutant]:
    """All mutants of a module in the order of a draw."""
    order = sorted(judged)
    Random(f"{seed} {module}").shuffle(order)
    return order


def draw(module: str, judged: dict[Mutant, str], sample: int | None, seed: int) -> list[Mutant]:
    """The first of a draw, as far as the one with which mypy has left so many, or as mypy has judged; or all."""
    order = in_order(module, judged, seed)
    if sample is None:
        return order
    left = [at for at, mutant in enumerate(order) if judged[mutant] not in (UNJUDGED, TYPED)]
    last = left[sample - 1] + 1 if len(left) >= sample else len(order)
    return order[: next((at for at in range(last) if judged[order[at]] == UNJUDGED), last)]


def of_the_draw(found: Fates, sample: int | None, seed: int) -> Fates:
    """What a draw says so far: the mutants before the first that was not tried, in its order.

    What was tried of others has no say: only some of the tests may have been asked.
    """
    counted: Fates = {}
    for module, judged in found.items():
        chosen = draw(module, judged, sample, seed)
        tried = next((at for at, mutant in enumerate(chosen) if judged[mutant] in (UNJUDGED, UNTRIED)), len(chosen))
        counted[module] = {mutant: judged[mutant] for mutant in chosen[:tried]}
    return counted


def in_turn(found: Fates, sample: int | None, seed: int) -> list[Asked]:
    """Those of the draw that nothing has noticed so far, the first of each module, then the second of each."""
    turns = []
    for module, judged in found.items():
        settled = (UNJUDGED, TYPED, *KILLED)
        asked = [mutant for mutant in draw(module, judged, sample, seed) if judged[mutant] not in settled]
        lines = changed_lines(module, (mutant.name for mutant in asked))
        turns.append([Asked(*mutant, module, lines[mutant.name]) for mutant in asked])
    return [mutant for turn in zip_longest(*turns) for mutant in turn if mutant]


def ask(tests: Sequence[str], asked: list[Asked], folder: str) -> None:
    """Let tests judge mutants, in the copy of the checkout; what they write stands in `folder`."""
    (PLACE / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    options = [
        "--import-mode=importlib",
        "--capture=no",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "-p",
        "tests.mutant_turns",
        "--mutants=asked.json",
        f"--verdicts={VERDICTS.name}",
        f"--basetemp={folder}/tests",
        # The killers are examples whose figures stand in the test: a mutant that only chance finds has no test.
        "-m",
        "not nightly and not hypothesis",
        "--ignore-glob=*_properties.py",
        "--ignore-glob=*_mutations.py",
        "--ignore-glob=*_any_order.py",
        # Minutes each.
        "-k",
        "not kill",
    ]
    environment = {**os.environ, "SUBSIDY_TEST_SEED": "1"}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", "pytest", *options, *tests]
    subprocess.run(command, cwd=PLACE, env=environment, check=True)


def table(found: Fates, drawn: Fates) -> Iterator[str]:
    """A row per module and one for all: mutants, drawn, refused by mypy, killed, survived, per cent that survive.

    What a test killed includes what it ran out of time on; whatever else was drawn and tried has survived.
    """
    yield "| module | mutants | drawn | refused by mypy | killed by a test | survived | % |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    every: Counter[str] = Counter()
    surviving, size = 0.0, 0
    for module, judged in drawn.items():
        counted = Counter(
            TYPED if fate == TYPED else "killed" if fate in KILLED else "lives" for fate in judged.values()
        )
        rate = counted["lives"] / max(1, counted.total())
        yield row(f"`{module}`", len(found[module]), counted, rate)
        # Of small modules a larger part is drawn than of large ones.
        every, surviving, size = every + counted, surviving + rate * len(found[module]), size + len(found[module])
    yield row("all", size, every, surviving / max(1, size))


def row(name: str, size: int, drawn: Counter[str], rate: float) -> str:
    """The rate is of all that were drawn."""
    columns = (size, drawn.total(), drawn[TYPED], drawn["killed"], drawn["lives"])
    return f"| {name} | {' | '.join(f'{count:,}' for count in columns)} | {100 * rate:.1f} |"


def survivors(found: Fates) -> Iterator[str]:
    """Every mutant that was tried and not noticed, with the lines it changes."""
    for module, judged in found.items():
        for mutant, fate in judged.items():
            if fate not in (TYPED, *KILLED):
                yield f"{mutant.name}: {fate}"
                diff = get_diff_for_mutant(mutant.name, path=Path(module)).splitlines()
                yield from (f"    {line}" for line in diff if line[:1] in "+-" and line[:3] not in ("+++", "---"))


def main() -> None:
    """Run or show the areas that are named."""
    parser = argparse.ArgumentParser()
    parser.add_argument("areas", nargs="*", default=list(AREAS))
    parser.add_argument("--survivors", action="store_true")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="*")
    parser.add_argument("--tests", nargs="+")
    told = parser.parse_args()
    os.chdir(ROOT)
    # mypy is called by its name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    # Nobody waits for mypy to read the mutants of a module that is not asked for.
    asked_for = [pattern for name in told.areas for pattern in AREAS[name].modules]
    config().only_mutate = [
        path
        for path in map(str, walk_source_files())
        if fnmatch(path, told.only) and any(fnmatch(path, pattern) for pattern in asked_for)
    ]
    if not config().only_mutate:
        parser.error(f"no module of {', '.join(told.areas)} is called {told.only}")
    if not told.survivors:
        generate()
    for name in told.areas:
        found = fates(AREAS[name], told.only)
        if told.survivors:
            print("\n".join(survivors(of_the_draw(found, told.sample, told.seed))))
            continue
        judge(found, told.sample, told.seed)
        asked = in_turn(found, told.sample, told.seed)
        if asked:
            with TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder:
                ask(told.tests or AREAS[name].tests, asked, folder)
        found = fates(AREAS[name], told.only)
        print("\n".join(table(found, of_the_draw(found, told.sample, told.seed))))


if __name__ == "__main__":
    main()
