"""A desk for tests of the registers: a real ledger in a folder, files written and imported as an officer would."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from click.testing import CliRunner, Result

from calculators.awards.all import CALCULATORS
from calculators.problems import Problem, Refused
from cli import cli
from ledger.book import charts, envelopes
from ledger.log import kinds
from ledger.registry import benchmarks
from ledger.registry.drafts import Scope
from ledger.registry.imports import Comparison, compare, record
from ledger.registry.notices import add_notice
from ledger.resources import fixture
from ledger.runs.grants import record_grants
from ledger.store.ledger import Ledger
from tests.support.clock import at_noon
from tests.support.copies import built_once

OFFICER = "1001"
NOTICE = "example-loan-interest-discount"
BANK = "Bank A"
# Rows U01 and U02 of the policy cases (open data): both pass the check of GB 32100.
FIRM, OTHER_FIRM = "91310115591693856A", "91310110666007217T"

ENTITIES = f"uscc,name,district,district_from\n{FIRM},甲公司,海淀区,2015-03-02\n{OTHER_FIRM},乙公司,上海市,2016-01-01\n"
PAYEES = (
    f"uscc,channel,institution,wallet_type,number,holder\n{FIRM},ecny,C1010211000012,WT09,0012345678901234,甲公司\n"
)
LOANS = (
    "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_counted,rate\n"
    f"HT1,{BANK},{FIRM},2024-01-08,2026-01-10,30000000,ACT/360,quarter,yes,3.55%\n"
)
APPLICATIONS = f"application_no,uscc,notice,item,applied_on\nSB1,{FIRM},{NOTICE},HT1,2024-03-01\n"
GRANTS = (
    "grant_no,application_no,outcome,granted_on,document,ceiling,envelope,payee\n"
    "PF1,SB1,granted,2024-03-15,DOC-1,500000,2024/loan,ecny\n"
)


def noon() -> datetime:
    return datetime(2026, 7, 1, 4, tzinfo=UTC)


class Desk:
    """Officer 1001 with a ledger, at noon in Shanghai on a day that does not pass."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder / 'book.db'}"

    @property
    def anchor(self) -> Path:
        """Beside the folder, so that a copy has its own."""
        return self.folder.with_name(f"{self.folder.name}-anchor")

    @property
    def ledger(self) -> Ledger:
        return Ledger.open(self.url, clock=noon, anchor=self.anchor)

    def at(self, folder: Path, _anchor: Path | None) -> "Desk":
        """The same officer at a copy of the ledger."""
        return Desk(folder)

    def equip(self, *others: str) -> "Desk":
        """Charts, the LPR, the example notice and `others` that ship, a budget of two million for `2024/loan`."""
        with self.ledger.write(OFFICER) as writer:
            charts.seed(writer)
            benchmarks.seed(writer)
            for name in (NOTICE, *others):
                path = fixture(f"notices/{name}.yaml")
                add_notice(writer, path.read_text(encoding="utf-8"), path.name)
            envelopes.issue(writer, "2024", 200_000_000, "B-1", date(2024, 1, 1))
            envelopes.issue(writer, "2024/loan", 200_000_000, "B-2", date(2024, 1, 1))
        return self

    def file(self, content: str | bytes, name: str = "register.csv") -> Path:
        """A file in the folder."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def take(
        self,
        register: str,
        content: str | bytes | Path,
        *,
        full: bool = False,
        lender: str = "",
        through: str = "",
        hold_bad: bool = False,
    ) -> Comparison:
        """Import a file, or text written into one; what it changed."""
        path = content if isinstance(content, Path) else self.file(content)
        scope = Scope(full, lender, date.fromisoformat(through) if through else None)
        with self.ledger.write(OFFICER) as writer:
            found = compare(writer, self.ledger.vault, register, path, scope, hold_bad=hold_bad)
            (record_grants if register == "grants" else record)(writer, self.ledger.vault, found)
        return found

    def counts(self, register: str, content: str | bytes | Path, **options: Any) -> list[int]:
        """Import; how many are [new, changed, same, void]."""
        return list(self.take(register, content, **options).counts.values())

    def refusals(self, register: str, content: str | bytes | Path, **options: Any) -> list[Problem]:
        """Import a file that must be refused and must leave the log as it was; the problems."""
        before = self.size
        try:
            self.take(register, content, **options)
        except Refused as refused:
            assert self.size == before
            return list(refused.problems)
        raise AssertionError("the file was taken")

    def codes(self, register: str, content: str | bytes | Path, **options: Any) -> list[str]:
        """The codes of a refusal, each with row and column: `uscc_malformed 3:1`."""
        problems = self.refusals(register, content, **options)
        return [f"{one.code} {one.place.line}:{one.place.column}" for one in problems]

    @property
    def size(self) -> int:
        """The number of records in the log."""
        with self.ledger.read() as view:
            return view.size

    def body(self, register: str, key: str) -> dict[str, Any]:
        """The current version of a thing."""
        with self.ledger.read() as view:
            row = view.current(kinds.REGISTERS[register], key)
        assert row is not None
        return row.body

    def keys(self, register: str) -> list[str]:
        """The keys in force in a register."""
        with self.ledger.read() as view:
            return [row.key for row in view.rows(kinds.REGISTERS[register])]


@built_once
def open_desk(folder: Path, anchor: Path | None = None) -> Desk:  # noqa: ARG001 - it stands beside the folder
    """A desk with an empty ledger."""
    desk = Desk(folder)
    Ledger.create(desk.url, actor=OFFICER, calculators=CALCULATORS, purpose="demo", clock=noon, anchor=desk.anchor)
    return desk


@built_once
def equipped_desk(folder: Path, *others: str, anchor: Path | None = None) -> Desk:
    """A desk with what `Desk.equip` gives it."""
    return open_desk(folder, anchor=anchor).equip(*others)


def call(desk: Desk, *words: str) -> Result:
    """What a command typed by officer 1001 answered; its anchor is the desk's own."""
    environment = {**os.environ, "SUBSIDY_ACTOR": OFFICER, "SUBSIDY_ANCHOR": str(desk.anchor)}
    with at_noon(noon().date().isoformat()):
        return CliRunner().invoke(cli, ["--db", desk.url, *words], env=environment)


def workbook(path: Path, rows: list[list[Any]]) -> Path:
    """An XLSX file with these cells: text as text, numbers as numbers, days as real dates."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as book:
        sheet = book.add_worksheet()
        for line, row in enumerate(rows):
            for place, value in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(line, place, value)
                elif isinstance(value, date):
                    sheet.write_datetime(line, place, value)
                else:
                    sheet.write_number(line, place, value)
    return path
