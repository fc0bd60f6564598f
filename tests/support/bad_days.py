"""Give every command of a story first on copies of the ledger whose disk fails, and ask what must hold of it.

Each command is given for good; then, on copies of what was there before it, with a disk that fails at one of the
command's writes. However that ends: exit code 0 or 2 and no traceback; what is said to stand stands, and where nothing
is said nothing was written; no number of a wallet or an account is told; on a sound disk the ledger verifies, the
signed head moves on, and what was not written can be done.
"""

import random
import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from ledger.store.ledger import Ledger
from tests.support.clock import at_noon
from tests.support.copies import copy_ledger
from tests.support.faults import Disk, failing
from tests.support.office import Office

STANDING = re.compile(r"^Written before this, and standing: records (\d+) to (\d+) of .*\.$", re.MULTILINE)
CODE = re.compile(r"\[(\w+)\]$", re.MULTILINE)


@dataclass
class Trials:
    """What is tried: every failure of every command, or of some (`share` of the commands) one that `dice` draw."""

    folder: Path
    dice: random.Random
    share: float = 1.0
    every: bool = False
    commands: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    _number: int = 0

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """From now on, what offices are told to do is tried."""
        told = Office.say

        def say(office: Office, *words: str, actor: str | None = "1001") -> Result:
            begun = (office.folder / office.database).exists()
            if not begun or (not self.every and self.dice.random() >= self.share):
                return told(office, *words, actor=actor)
            kept = self._fresh()
            copy_ledger(office.folder, self._anchor(office), kept / "ledger", kept / "anchor")
            result = told(office, *words, actor=actor)
            # Refused on a sound disk as well: nothing was to be written.
            if result.exit_code != 2:
                with monkeypatch.context() as plain:
                    plain.setattr(Office, "say", told)
                    self._try(office.at(kept / "ledger", kept / "anchor"), office.folder, words, actor, result)
            shutil.rmtree(kept)
            return result

        monkeypatch.setattr(Office, "say", say)

    def _try(self, kept: Office, folder: Path, words: tuple[str, ...], actor: str | None, sound: Result) -> None:
        doors = Disk()
        self._once(kept, folder, words, actor, sound, doors)
        if doors.doors:
            self.commands[" ".join(word for word in words[:2] if not word.startswith("-"))] += 1
        for disk in self._disks(len(doors.doors)):
            self._once(kept, folder, words, actor, sound, disk)

    def _disks(self, doors: int) -> Iterator[Disk]:
        kinds = [(at, full) for at in range(1, doors + 1) for full in (False, True)]
        for at, full in kinds if self.every else self.dice.sample(kinds, min(1, len(kinds))):
            yield Disk(at, full, for_good=self.dice.random() < 0.5)

    def _once(
        self, kept: Office, folder: Path, words: tuple[str, ...], actor: str | None, sound: Result, disk: Disk
    ) -> None:
        place = self._fresh()
        assert kept.anchor
        copy_ledger(kept.folder, kept.anchor, place / "ledger", place / "anchor")
        office = kept.at(place / "ledger", place / "anchor")
        moved = [word.replace(str(folder), str(office.folder)) for word in words]
        before = _size(office)
        with failing(disk):
            result = office.say(*moved, actor=actor)
        told = f"{words} at door {disk.at} of {disk.doors}, {disk}: exit {result.exit_code}\n{result.output}"
        _check(office, result, sound, before, told)
        if result.exit_code == 2:
            self.codes.update(CODE.findall(result.stderr))
            if not STANDING.search(result.stderr):
                again = office.say(*moved, actor=actor)
                # A disk that would not even take the new key's file away leaves it, and a key is never written over.
                left = "os unlink" in disk.doors and "[signing_key_exists]" in again.stderr
                assert left or again.exit_code == sound.exit_code, f"{told}\nand again: {again.output}"
        _check_sound(office, told)
        shutil.rmtree(place)

    def _anchor(self, office: Office) -> Path:
        return office.anchor or Ledger.open(office.url).anchor.folder

    def _fresh(self) -> Path:
        self._number += 1
        place = self.folder / f"trial-{self._number}"
        place.mkdir()
        return place


def _size(office: Office) -> int:
    with Ledger.open(office.url, anchor=office.anchor).read() as view:
        return view.size


def _check(office: Office, result: Result, sound: Result, before: int, told: str) -> None:
    if result.exit_code != 2:
        # A disk that fails where nothing hangs on it: the database goes on without.
        assert result.exit_code == sound.exit_code, f"{told}\n{result.exception!r}"
        return
    assert isinstance(result.exception, SystemExit), f"{told}\n{result.exception!r}"
    assert CODE.search(result.stderr), told
    standing = [(int(first), int(last)) for first, last in STANDING.findall(result.stderr)]
    assert standing in ([], [(before, _size(office) - 1)]), told
    assert standing or _size(office) == before, told
    assert not [number for number in _numbers(office) if number in result.output], told


def _numbers(office: Office) -> list[str]:
    """The numbers of wallets and accounts in the vault."""
    with closing(sqlite3.connect(office.folder / "vault.db")) as vault:
        return [value for (value,) in vault.execute("SELECT value FROM secret WHERE tag LIKE '%number'")]


def _check_sound(office: Office, told: str) -> None:
    """On a sound disk: the next write signs what stands, and the ledger verifies against the head in its anchor."""
    ledger = Ledger.open(office.url, anchor=office.anchor)
    with at_noon(office.day), ledger.write("1001"):
        pass
    anchor = ledger.anchor
    note: Any = anchor.checkpoint_file.read_text("utf-8").splitlines()
    assert int(note[1]) == _size(office), told
    key = ("--checkpoint", str(anchor.checkpoint_file), "--key", str(anchor.verifier_file))
    verified = office.say("audit", "verify", *key)
    assert verified.exit_code == 0, f"{told}\n{verified.output}"
