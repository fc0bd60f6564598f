"""Every command over a register and over four times as many loans: seconds of a processor and memory.

Commands that cost alike stand together, and some of them are measured for all; what another benchmark measures is
named. `tests/test_benchmarked.py` holds that no command is left out.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ledger.runs.interest import run_interest
from tests.benchmarks.month import FIRST
from tests.benchmarks.register import ACTOR, code, granted, report_through

LOANS = 20_000
TIMES = 4
_PROGRAM = "import cli, sys; sys.argv[0] = 'subsidy'; cli.main()"


@dataclass(frozen=True, slots=True)
class Cost:
    """What some commands cost: `lines` are measured here, `by` are the benchmarks that measure the others."""

    what: str
    commands: tuple[str, ...]
    lines: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


COSTS = (
    Cost(
        "no ledger",
        (
            *("init", "demo", "notice check", "calc accrual", "calc interest-discount", "calc insurance-premium"),
            *(
                "calc incentive",
                "calc allocated-subsidy",
                "template",
                "sign",
                "witness new",
                "witness sign",
                "reconcile read",
                "commands",
            ),
        ),
        ("template loans --help", "sign --help", "commands", "notice check --help"),
    ),
    Cost(
        "one thing, whatever there is besides",
        (
            *("explain", "entity show", "entity money", "notice list", "notice show", "notice read-back", "book entry"),
            *("evidence check", "inspections", "import list", "import holds", "public-notice show", "pay owed"),
            *(
                "clawback list",
                "payee reveal",
                "operator list",
                "people list",
                "people signed",
                "witness show",
                "duties show",
                "duties check",
            ),
            "pay bound",
            "opening items",
            *("budget show", "report budget", "report channels", "reconcile codes", "reconcile explain"),
            *("reconcile statements", "reconcile status", "approvals", "run list", "book trial-balance"),
        ),
        (
            *(
                "explain HT000500",
                f"entity show {code(250)}",
                f"entity money {code(250)}",
                "notice list",
                "book entry 1",
            ),
            *("inspections", "import holds", "clawback list", "budget show", "run list", "book trial-balance"),
            "reconcile status",
        ),
    ),
    Cost(
        "a list, or sums over the register",
        (
            *(
                "month",
                "run show",
                "run compare",
                "entity list",
                "entity find",
                "book account",
                "pay status",
                "what-if",
            ),
            *("reconcile report", "reconcile worklist", "import map", "facts export"),
        ),
        ("month 2024-06", "run show 2024-06", "entity list", "entity find HT000500", "book account fin/2303"),
    ),
    Cost("a run, or one made again", ("run interest", "run withdraw", "audit replay"), by=("month",)),
    Cost("a batch", ("run batch",), by=("batch",)),
    Cost(
        "every record",
        ("audit verify", "audit rebuild", "audit cut", "audit log-key", "witness ask", "backup", "restore", "upgrade"),
        ("audit verify",),
        by=("verifying",),
    ),
    Cost(
        "rows of a file",
        (
            *("import entities", "import dishonesty", "import payees", "import payers", "import wallets"),
            *("import wallet-requests", "import loans", "import events", "import receipts", "import policies"),
            *("import premiums", "import claims", "import projects", "import milestones", "import applications"),
            *("import grants", "import inspections", "import withdraw", "opening import"),
        ),
        by=("reading",),
    ),
    Cost(
        "payouts",
        (
            *("pay prepare", "pay approve", "pay export", "pay import-result", "pay cancel", "pay resolve"),
            *("pay channel", "pay send", "pay ask", "pay recall", "pay reopen", "pay refund"),
        ),
        by=("paying",),
    ),
    Cost(
        "lines of a statement",
        (
            *("reconcile import", "reconcile withdraw", "reconcile match", "reconcile confirm", "reconcile undo"),
            *("reconcile sign-off",),
        ),
        by=("reconciling", "matching"),
    ),
    Cost(
        "a few records",
        (
            *("notice add", "approve", "reject", "public-notice start", "public-notice object"),
            *(
                "public-notice withdraw-application",
                "public-notice settle",
                "entity end",
                "evidence attach",
                "evidence scan",
                "pay fund",
            ),
            *("pay wallet-interest", "pay recover", "pay write-off", "pay correct", "clawback request"),
            *("pay bind", "pay unbind", "pay lapse", "opening item"),
            *("clawback agree", "clawback refuse", "payee approve", "operator add", "decide", "budget issue"),
            *("witness policy", "witness take"),
            *("budget adjust", "budget transfer", "budget freeze", "budget unfreeze", "budget year-end", "people add"),
            *(
                "people end",
                "people substitute",
                "people key",
                "people enrol",
                "people compromised",
                "people cleared",
                "duties change",
                "opening none",
            ),
            "reconcile bounds",
        ),
        by=("posting",),
    ),
    Cost("pages, as long as somebody looks", ("console", "serve", "sign-in", "sign-out"), by=("pages",)),
)


class Taken(NamedTuple):
    """Seconds of a processor and the most memory, in MB, of a command in a process of its own."""

    seconds: float
    megabytes: float


def lines() -> Iterator[str]:
    """Each command line over the whole register, and how much more that is than over a quarter of it."""
    asked = [line for cost in COSTS for line in cost.lines]
    quarter, whole = measure(LOANS // TIMES, asked), measure(LOANS, asked)
    for cost in COSTS:
        for line in cost.lines:
            few, many = quarter[line], whole[line]
            yield (
                f"commands: {cost.what}: {line}: {LOANS} loans {many.seconds:.2f} s, {many.megabytes:.0f} MB; "
                f"{many.seconds / few.seconds:.2f} times the seconds and {many.megabytes / few.megabytes:.2f} "
                f"times the memory of {LOANS // TIMES}"
            )


def measure(loans: int, asked: list[str]) -> dict[str, Taken]:
    """What each command line takes on a ledger of so many loans of which a month was run."""
    with TemporaryDirectory() as name:
        ledger = granted(Path(name), loans)
        report_through(ledger, FIRST)
        run_interest(ledger, FIRST, ACTOR)
        return {line: taken(ledger.path, Path(name) / "anchor", line) for line in asked}


def taken(ledger: Path, anchor: Path, line: str) -> Taken:
    """One command line, run to its end; one that is refused measures nothing and fails."""
    words = [sys.executable, "-c", _PROGRAM, "--db", f"sqlite:///{ledger}", *line.split()]
    with Popen(words, env={**os.environ, "SUBSIDY_ANCHOR": str(anchor)}, stdout=DEVNULL) as process:
        _pid, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    # Verification that is given no checkpoint ends in 3.
    if process.returncode not in (0, 3):
        raise AssertionError(f"{line}: exit {process.returncode}")
    return Taken(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
