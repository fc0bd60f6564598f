"""Print every figure: `python -m tests.benchmarks`, or some of them by name."""

import sys
from importlib import import_module

BENCHMARKS = (
    "posting",
    "verifying",
    "signing",
    "columns",
    "month",
    "paying",
    "batch",
    "matching",
    "reconciling",
    "pages",
    "reading",
    "commands",
)


def main(names: list[str]) -> None:
    for name in names or BENCHMARKS:
        for line in import_module(f"tests.benchmarks.{name}").lines():
            print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
