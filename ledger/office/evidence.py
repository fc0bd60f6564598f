"""Evidence files (证明材料): which files the records name by hash, and whether a folder holds them unchanged.

The ledger keeps no file, only what proves one: its SHA-256, its base name and its length. An application may name
hashes itself, as its register came with them; everything else is attached by an `evidence` record.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest
from pathlib import Path
from typing import Any

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.registry.agreements import agreed
from ledger.store.ledger import Row, View, Writer
from ledger.store.places import composed

# What files can be attached to: facts, and what people asked for and decided.
REGISTERS = ("application", "grant", "decision", "inspection", *(kind.register for kind in kinds.FACTS))


@dataclass(frozen=True, slots=True)
class Item:
    """A file on disk: `file` as it is shown (its base name, or its path inside a folder), its length, its SHA-256."""

    file: str
    bytes: int
    sha256: str

    @property
    def name(self) -> str:
        """The base name."""
        return self.file.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Named:
    """A file that a record in force names: which record, the hash, the base name where it is known."""

    register: str
    key: str
    sha256: str
    file: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A folder against what the records name.

    `present` are there, to the byte. Of `differing` a file of that name is there that has another content and is named
    nowhere; `missing` are not there under any name. `unnamed` are files that no record names, without those that
    differ.
    """

    present: tuple[Named, ...]
    differing: tuple[tuple[Named, tuple[str, ...]], ...]
    missing: tuple[Named, ...]
    unnamed: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether every file that is named is there, to the byte."""
        return not self.differing and not self.missing


def read_files(paths: Iterable[Path]) -> list[Item]:
    """The length and the hash of files; refuses `file_unreadable`, with every file that cannot be read."""
    return _read((path.name, path) for path in paths)


def read_folder(folder: Path) -> list[Item]:
    """Every file below a folder, in order of its path inside it; refuses `folder_missing` and `file_unreadable`."""
    if not folder.is_dir():
        raise refuse(
            "folder_missing",
            N_("there is no folder of this name"),
            N_("name the folder that the evidence lies in"),
            Place(str(folder)),
        )
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return _read((path.relative_to(folder).as_posix(), path) for path in files)


def _read(files: Iterable[tuple[str, Path]]) -> list[Item]:
    items, problems = [], []
    for name, path in files:
        shown = composed(name)
        try:
            with path.open("rb") as source:
                digest = file_digest(source, "sha256").hexdigest()
                items.append(Item(shown, source.tell(), digest))
        except OSError as error:
            problems.append(
                Problem(
                    "file_unreadable",
                    N_("the file cannot be read ({error})"),
                    N_("check its name and place"),
                    Place(shown),
                    {"error": error.strerror},
                )
            )
    if problems:
        raise Refused(problems)
    return items


def attach(writer: Writer, register: str, key: str, files: list[Item]) -> list[bool]:
    """Record files as evidence for the version of (register, key) in force; per file, whether it was not there yet.

    All files or none. Refuses `evidence_of_nothing`, and files of no bytes with `evidence_empty`.
    """
    about = writer.current(kinds.REGISTERS[register], key)
    if about is None:
        raise refuse(
            "evidence_of_nothing",
            N_("there is no {register} {key} in force"),
            N_("write its key as the ledger shows it: the number of an application, TYPE/SUBJECT of a decision"),
            register=register,
            key=key,
        )
    check_bytes(files)
    written = []
    for file in files:
        name = f"{register}/{key}/{file.sha256}"
        known = writer.current(kinds.EVIDENCE, name)
        written.append(known is None or known.body["about"] != about.seq)
        if written[-1]:
            writer.append(
                kinds.EVIDENCE,
                kinds.EvidenceBody(key=name, about=about.seq, file=file.name, bytes=file.bytes, sha256=file.sha256),
            )
    return written


def check(view: View, items: list[Item]) -> Finding:
    """Hold the files of a folder against what applications, facts and decisions in force name."""
    wanted = list(named(view))
    known = {file.sha256 for file in wanted}
    there = {payout.sha256 for payout in items}
    strangers: dict[str, list[str]] = defaultdict(list)
    for item in items:
        if item.sha256 not in known:
            strangers[item.name].append(item.file)
    absent = [file for file in wanted if file.sha256 not in there]
    differing = tuple((file, tuple(strangers[file.file])) for file in absent if file.file in strangers)
    taken = {file.file for file, _files in differing}
    return Finding(
        present=tuple(file for file in wanted if file.sha256 in there),
        differing=differing,
        missing=tuple(file for file in absent if file.file not in strangers),
        unnamed=tuple(item.file for item in items if item.sha256 not in known and item.name not in taken),
    )


def named(view: View) -> Iterator[Named]:
    """Every file that a record in force names, once per record: by register, key, base name and hash."""
    names: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for row in view.rows(kinds.EVIDENCE):
        register, _, rest = row.key.partition("/")
        names[register, rest.rpartition("/")[0]][row.body["sha256"]] = row.body["file"]
    for register in REGISTERS:
        for row in view.rows(kinds.REGISTERS[register]):
            files = dict.fromkeys(_own(register, row), "") | names.get((register, row.key), {})
            for sha256, file in sorted(files.items(), key=lambda pair: (pair[1], pair[0])):
                yield Named(register, row.key, sha256, file)
    for paper in agreed(view, kinds.PAPER):
        yield Named(kinds.PAPER.name, paper.key, paper.body["sha256"], paper.body["file"])


def _own(register: str, row: Row[Any]) -> list[str]:
    """The hashes that a record names itself: an application's."""
    return row.body["evidence"] if register == "application" else []


def check_bytes(files: list[Item]) -> None:
    """Refuse files of no bytes with `evidence_empty`."""
    problems = [
        Problem(
            "evidence_empty",
            N_("the file is empty, and an empty file proves nothing"),
            N_("name the file that was meant; a scan or a download may have failed"),
            Place(file.file),
        )
        for file in files
        if not file.bytes
    ]
    if problems:
        raise Refused(problems)
