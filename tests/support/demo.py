"""The invented year as `subsidy demo` tells it: told once in a session, also where processes share the tests."""

import fcntl
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from click.testing import CliRunner

from cli import cli


@dataclass(frozen=True)
class Told:
    """A demo's folder, what it printed, and the seconds of computing it took. Nobody writes to it."""

    out: Path
    text: str
    seconds: float

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
            answer = CliRunner().invoke(cli, ["--lang", "en", "demo", "--out", str(place / "demo")])
            assert answer.exit_code == 0, answer.output
            text.write_text(answer.output, encoding="utf-8")
            seconds.write_text(str(process_time() - started), encoding="utf-8")
    return Told(place / "demo", text.read_text(encoding="utf-8"), float(seconds.read_text(encoding="utf-8")))
