"""A small office for tests: a real ledger in a folder, used only through the command line and at a given time."""

import json
import re
from copy import copy
from pathlib import Path
from typing import Any, Self

from click.testing import CliRunner, Result

from cli import cli
from ledger.resources import fixture
from tests.support.clock import at_noon
from tests.support.copies import built_once
from tests.support.opened import open_ledger

NOTICE = "example-loan-interest-discount"
USCC = "91310115591693856A"
LENDER = "Bank A"
# After the decision of 15 March.
GRANTED = "2024-03-18"


class Office:
    """Officer 1001 at the command line; `on` says the day on which the next commands are given (noon, Shanghai)."""

    def __init__(self, folder: Path, day: str, anchor: Path | None = None) -> None:
        self.folder = folder
        # One that outlives a test has an anchor of its own.
        self.anchor = anchor
        self.database = "book.db"
        self.day = day
        self.files = 0

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/{self.database}"

    @property
    def environment(self) -> dict[str, str]:
        return {"SUBSIDY_ANCHOR": str(self.anchor)} if self.anchor else {}

    def at(self, folder: Path, anchor: Path | None) -> Self:
        """The same office over a copy of its ledger."""
        moved = copy(self)
        moved.folder, moved.anchor = folder, anchor
        return moved

    def on(self, day: str) -> "Office":
        self.day = day
        return self

    def say(self, *words: str, actor: str | None = "1001") -> Result:
        """A command line as typed; its result, whatever it is. Without `actor` the officer says who it is in it."""
        environment = {**self.environment, "SUBSIDY_ACTOR": actor}
        with at_noon(self.day):
            result = CliRunner().invoke(cli, ["--db", self.url, *words], env=environment, prog_name="subsidy")
        # No refusal is said with a value that nobody gave.
        assert not re.search(r"\bNone\b", result.stderr), result.stderr
        return result

    def do(self, *words: str) -> str:
        """A command that must go through; what it printed."""
        result = self.say(*words)
        assert result.exit_code == 0, f"{words}: exit {result.exit_code}\n{result.output}\n{result.exception!r}"
        return result.stdout

    def begin(self) -> None:
        """Make the ledger, with officer 1001."""
        open_ledger(self.url, self.day, self.anchor)

    def read(self, *words: str) -> Any:
        """What a reading command says as JSON."""
        return json.loads(self.do(*words, "--json"))

    def take(self, register: str, text: str, *words: str) -> str:
        """Import a CSV register written here."""
        self.files += 1
        path = self.folder / f"{self.files:02d}-{register}.csv"
        path.write_text(text, encoding="utf-8")
        return self.do("import", register, str(path), *(words or ("--mode", "delta")))

    def opening(self, *words: str) -> str:
        """Say what was paid before this ledger, and let officer 1002 agree; what it printed."""
        said = self.do("opening", *words)
        self.do("people", "add", "1002", "--document", "A-2", "--post", "officer")
        (number,) = re.findall(r"subsidy approve (\d+)", said)
        agreed = self.say("approve", number, actor="1002")
        assert agreed.exit_code == 0, agreed.output
        return said

    def report(self, through: str, events: str = "", lender: str = LENDER) -> str:
        """The lender's report of events through a day; without rows it reports nothing."""
        heading = "contract_no,kind,date,end_date,amount,rate\n"
        return self.take("events", heading + events, "--mode", "delta", "--lender", lender, "--through", through)

    def run(self, month: str) -> dict[str, Any]:
        """Run a month for good."""
        outcome: dict[str, Any] = self.read("run", "interest", "--month", month)
        return outcome

    def posted(self, month: str) -> list[tuple[str, str]]:
        """Run a month; what was posted as (due period's end, yuan)."""
        return [(one["due"], one["amount"]) for one in self.run(month)["posted"]]


def beijing_only(folder: Path) -> Path:
    """The example notice with one condition more: registered in Haidian."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    condition = "  - {kind: registered_in, districts: [海淀区], basis: guide.III.2.2}\n"
    path = folder / "beijing-only.yaml"
    path.write_text(text.replace("eligibility:\n", "eligibility:\n" + condition), encoding="utf-8")
    return path


@built_once
def open_office(
    folder: Path,
    loans: str = "",
    ceiling: str = "500000",
    day: str = "2024-01-05",
    notice: Path | None = None,
    anchor: Path | None = None,
) -> Office:
    """An office with the example notice, a budget, and the loan of the design's example granted as PF1.

    It begins on `day`; its registers are brought on GRANTED, when all that they say has happened.
    Three drawdowns of 10, 8 and 12 million at 3.55 %, ACT/360, settled quarterly on the 20th, not counted.
    """
    office = Office(folder, day, anchor)
    office.begin()
    office.do("notice", "add", str(notice or fixture(f"notices/{NOTICE}.yaml")))
    for path, document in (("2024", "BUD-2024-1"), ("2024/loan-interest", "BUD-2024-2")):
        office.do("budget", "issue", path, "2000000", "--document", document, "--on", "2024-01-01")
    office.on(max(day, GRANTED))
    office.take("entities", f"uscc,name,district,district_from\n{USCC},示例企业,海淀区,2015-03-02\n")
    office.take(
        "payees",
        "uscc,channel,institution,wallet_type,number,holder\n"
        f"{USCC},ecny,C1010211000012,WT09,0012345678901234,示例企业\n",
    )
    office.take(
        "loans",
        loans
        or "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate\n"
        f"HT1,{LENDER},{USCC},2024-01-08,2026-01-10,30000000,ACT/360,quarter,20,no,3.55%\n",
    )
    office.report(
        "2024-01-31",
        "HT1,drawdown,2024-01-10,,10000000,\n",
    )
    office.take("applications", f"application_no,uscc,notice,item,applied_on\nSB1,{USCC},{NOTICE},HT1,2024-03-01\n")
    office.take(
        "grants",
        "grant_no,application_no,outcome,granted_on,document,ceiling,payee\n"
        f"PF1,SB1,granted,2024-03-15,批〔2024〕1号,{ceiling},ecny\n",
    )
    return office
