"""What `make mutants` has found, as tables for docs/mutation.md: counts by module, and each mutant that survived.

`python -m tests.mutants` reads the results that mutmut keeps in `mutants/`; `--survivors` shows the changes as well.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mutmut.mutation.diff_apply import get_diff_for_mutant
from mutmut.stats import status_by_exit_code

ROOT = Path(__file__).parents[1]


def found() -> dict[str, dict[str, str]]:
    """Module -> mutant -> what became of it: `killed`, `caught by type check`, `survived`, `timeout`, `no tests` ..."""
    results = {}
    for path in sorted((ROOT / "mutants" / "calculators").glob("*.py.meta")):
        codes = json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
        results[path.name.removesuffix(".py.meta")] = {name: status_by_exit_code[code] for name, code in codes.items()}
    return results


def table(results: dict[str, dict[str, str]]) -> Iterator[str]:
    """A row per module and one for all: mutants, refused by mypy, killed by a test, survived, per cent survived."""
    yield "| module | mutants | refused by mypy | killed by a test | survived | % |"
    yield "|---|---:|---:|---:|---:|---:|"
    whole: Counter[str] = Counter()
    for module, fates in results.items():
        counts = Counter(fates.values())
        whole += counts
        yield row(f"`{module}`", counts)
    yield row("all", whole)


def row(name: str, counts: Counter[str]) -> str:
    """What a test killed includes what it ran out of time on; whatever else is not killed counts as survived."""
    total, typed, killed = counts.total(), counts["caught by type check"], counts["killed"] + counts["timeout"]
    survived = total - typed - killed
    return f"| {name} | {total:,} | {typed:,} | {killed:,} | {survived:,} | {100 * survived / max(1, total):.1f} |"


def survivors(results: dict[str, dict[str, str]]) -> Iterator[str]:
    """Every mutant that neither mypy nor a test found, with the lines it changes."""
    for module, fates in results.items():
        for name, fate in fates.items():
            if fate in ("caught by type check", "killed", "timeout"):
                continue
            diff = get_diff_for_mutant(name, path=Path("calculators", f"{module}.py")).splitlines()
            yield f"{name}: {fate}"
            yield from (f"    {line}" for line in diff if line[:1] in "+-" and line[:3] not in ("+++", "---"))


if __name__ == "__main__":
    everything = found()
    print("\n".join(table(everything)))
    if "--survivors" in sys.argv:
        print("\n".join(survivors(everything)))
