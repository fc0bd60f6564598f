"""The invented year as `subsidy demo` tells it: told once in a session, also where processes share the tests."""

import fcntl
import pickle
import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import process_time
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from cli import cli
from ledger.commands import demo as command
from ledger.demo.payments import Booked
from ledger.demo.story import Demo, anchor_of, run_year
from ledger.runs.interest import Outcome


class Year(NamedTuple):
    """What was told while the twelve months ran, and what the banks had booked by then."""

    text: list[str]
    booked: list[Booked]


@dataclass(frozen=True)
class Told:
    """A demo's folder, what it printed, and the seconds of computing it took. Nobody writes to it."""

    out: Path
    text: str
    seconds: float
    # A demo's folder, with its anchor beside it, from when the twelve months had run: before batches, before the last
    # statements.
    year: Path

    def told_of_year(self) -> Year:
        found: Year = pickle.loads(self.year.with_name("year").read_bytes())
        return found

    def part(self, heading: str) -> str:
        """What stands from a heading to the next blank line."""
        return self.text.partition(heading)[2].partition("\n\n")[0]


def told_in(place: Path) -> Told:
    """The demo in `place`/demo; who comes first tells it, and the others wait for that and read it."""
    place.mkdir(exist_ok=True)
    text, seconds = place / "text", place / "seconds"
    with (place / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not seconds.exists():
            started = process_time()
            with pytest.MonkeyPatch.context() as patched:
                patched.setattr(command, "run_year", partial(_run_and_keep_year, place))
                answer = CliRunner().invoke(cli, ["--lang", "en", "demo", "--out", str(place / "demo")])
            assert answer.exit_code == 0, answer.output
            text.write_text(answer.output, encoding="utf-8")
            seconds.write_text(str(process_time() - started), encoding="utf-8")
    spent = float(seconds.read_text(encoding="utf-8"))
    return Told(place / "demo", text.read_text(encoding="utf-8"), spent, place / "kept" / "demo")


def _run_and_keep_year(place: Path, story: Demo) -> list[Outcome]:
    """Run the twelve months, and keep a copy of what there is then."""
    lines: list[str] = []
    tell = story.tell

    def tell_and_note(text: str) -> None:
        lines.append(text)
        tell(text)

    story.tell = tell_and_note
    outcomes = run_year(story)
    story.tell = tell
    kept = place / "kept" / "demo"
    shutil.copytree(story.out, kept)
    shutil.copytree(anchor_of(story.out), anchor_of(kept))
    (place / "kept" / "year").write_bytes(pickle.dumps(Year(lines, story.booked)))
    return outcomes
