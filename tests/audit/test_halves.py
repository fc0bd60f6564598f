"""A large ledger is verified in two processes: the same verdict as in one, whatever is wrong, and whoever is killed."""

from collections.abc import Callable
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pytest

from ledger.audit import halves
from ledger.audit.verify import Report, Trust, verify
from ledger.log.checkpoint import VerifierKey
from ledger.runs.interest import run_interest
from tests.audit.attacker import Body, altered, stealthily
from tests.audit.seen import ANCHORED, seen
from tests.benchmarks.month import FIRST
from tests.benchmarks.register import ACTOR, granted, report_through
from tests.support.copies import copied


def six_loans(folder: Path) -> None:
    ledger = granted(folder, 6)
    report_through(ledger, FIRST)
    run_interest(ledger, FIRST, ACTOR)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied(six_loans, tmp_path)
    monkeypatch.setattr("ledger.audit.verify.worth_two", lambda size: size > 100)
    return tmp_path / "ledger" / "ledger.db"


@pytest.fixture
def trust(path: Path) -> Trust:
    anchor = path.parent.parent / "anchor"
    return Trust((anchor / "checkpoint").read_text(), VerifierKey.parse((anchor / "log.vkey").read_text()))


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> list[halves.Whole | None]:
    """What two processes came to, each time that they were asked."""
    found: list[halves.Whole | None] = []

    def asked(*of: Any) -> halves.Whole | None:
        found.append(halves.verified_in_two(*of))
        return found[-1]

    monkeypatch.setattr("ledger.audit.verify.verified_in_two", asked)
    return found


def in_one(path: Path, trust: Trust | None, monkeypatch: pytest.MonkeyPatch) -> Report:
    with monkeypatch.context() as one:
        one.setattr("ledger.audit.verify.worth_two", lambda _size: False)
        return verify(path, trust)


def another_key(log: list[Body]) -> None:
    """The first award that is booked says another number of its line; everything above it is computed again."""
    award = next(body for body in log if body.get("reason") == "award")
    award["key"] = award["key"].removesuffix("0") + "7"


ATTACKS: dict[str, tuple[Callable[[Path], None], str]] = {
    "the rules find it": (altered(another_key), "effect_differs"),
    "the bytes show it": (stealthily("UPDATE record SET leaf = zeroblob(32) WHERE seq = 60"), "leaf_changed"),
    "the tables show it": (
        stealthily("UPDATE posting SET amount_fen = amount_fen + 1 WHERE n = 1"),
        "projection_differs",
    ),
    "both stop at it": (stealthily("UPDATE record SET body = x'5b5d' WHERE seq = 60"), "body_changed"),
}


def test_what_is_whole_is_found_whole(
    path: Path, trust: Trust, two: list[halves.Whole | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    report = verify(path, trust)
    assert seen(report) == ANCHORED
    assert two == [halves.Whole(report.size, report.entries, report.root)]
    assert report == in_one(path, trust, monkeypatch)


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_wrong_is_named_as_by_one(
    path: Path, trust: Trust, two: list[halves.Whole | None], monkeypatch: pytest.MonkeyPatch, attack: str
) -> None:
    do, code = ATTACKS[attack]
    do(path)
    report = verify(path, trust)
    assert two == [None]
    assert report.damages[0].code == code
    assert report == in_one(path, trust, monkeypatch)


def test_who_kills_the_other_process_changes_nothing(
    path: Path, trust: Trust, two: list[halves.Whole | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = halves.read_stretch

    def killed(*of: Any) -> Any:
        for process in active_children():
            process.kill()
            process.join()
        return read(*of)

    monkeypatch.setattr(halves, "read_stretch", killed)
    assert seen(verify(path, trust)) == ANCHORED
    assert two == [None]


def test_a_small_ledger_is_verified_by_one() -> None:
    assert not halves.worth_two(halves.LARGE - 1)
