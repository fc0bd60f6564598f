"""An office that pays: the small office of the runs with a wallet to pay from, and a second officer, 1002."""

import json
from pathlib import Path
from typing import Any

from click.testing import Result

from ledger.log import kinds
from ledger.store.ledger import Ledger
from tests.support.clock import at_noon
from tests.support.copies import built_once
from tests.support.office import Office, open_office

PAYER = "payer/ecny/C1010211000012/000001"
WALLET = "0012345678905678"
PAYERS = (
    f"channel,institution,wallet_type,number,holder,funding\necny,C1010211000012,WT09,{WALLET},示例专户,zero_balance\n"
)
# Awards as the runs' own tests work them out: 16,862.50, 106,500.00 and 136,083.34 yuan by quarter.
SECOND, THIRD = "HT1,drawdown,2024-02-26,,8000000,\n", "HT1,drawdown,2024-05-09,,12000000,\n"
QUARTERS = (("2024-03", "2024-04-02", SECOND), ("2024-06", "2024-07-02", THIRD), ("2024-09", "2024-10-09", ""))


class Till(Office):
    """The office with what it needs to pay."""

    def as_second(self, *words: str) -> Result:
        """A command given by officer 1002."""
        return self.say(*words, "--actor", "1002")

    def prepare(self, *runs: str) -> dict[str, Any]:
        """Prepare the runs; what it came to."""
        prepared: dict[str, Any] = self.read("pay", "prepare", *runs)
        return prepared

    def go(self, batch: str, form: str = "") -> Path:
        """Approve and export a batch; the file."""
        approved = self.as_second("pay", "approve", batch)
        assert approved.exit_code == 0, approved.output
        return self.export(batch, form)

    def export(self, batch: str, form: str = "") -> Path:
        """Export a batch; the file."""
        self.files += 1
        out = self.folder / f"{self.files:02d}-order"
        self.do("pay", "export", batch, "--out", str(out), *(("--format", form) if form else ()))
        return out

    def answer(self, batch: str, *items: tuple[str, ...], state: str = "FINISH", name: str = "") -> Result:
        """Take in an operator's answer: (item no., state, amount?, day?) each."""
        self.files += 1
        path = self.folder / (name or f"{self.files:02d}-answer.json")
        names = ("item_no", "state", "amount", "on")
        said = {
            "request_no": batch,
            "batch_state": state,
            "items": [{key: value for key, value in zip(names, one, strict=False) if value} for one in items],
        }
        path.write_text(json.dumps(said), encoding="utf-8")
        return self.say("pay", "import-result", str(path), "--json")

    def sure(self, item: str, *words: str) -> None:
        """The other officer makes sure of a failure that only the channel has said; of a part, as `words` say."""
        said = self.as_second("pay", "resolve", item, "--reason", "asked the bank", "--state", *(words or ("fail",)))
        assert said.exit_code == 0, said.output

    def states(self, batch: str) -> list[str]:
        """The states of a batch's payouts in order."""
        return [one["state"] for one in self.read("pay", "status", batch)["items"]]

    def items(self, batch: str) -> list[str]:
        """The item numbers of a batch in order."""
        return [one["item"] for one in self.read("pay", "status", batch)["items"]]

    def balances(self, *accounts: str) -> dict[str, str]:
        """Debits less credits of accounts (`fin/2303`), in yuan."""
        said = self.read("book", "trial-balance")["accounts"]
        lines = {f"{one['chart']}/{one['code']}": one["balance"] for one in said}
        return {account: lines[account] for account in accounts}

    def verify(self) -> int:
        """The size of the log, after checking that `audit verify` finds nothing wrong with it."""
        said = self.say("audit", "verify", "--json")
        report = json.loads(said.stdout)
        assert (said.exit_code, report["damages"]) == (3, [])
        return int(report["size"])

    @property
    def ledger(self) -> Ledger:
        """The ledger itself, for what no command does."""
        return Ledger.open(self.url, anchor=self.anchor)


@built_once
def open_till(folder: Path, funding: str = "zero_balance", anchor: Path | None = None, **office: Any) -> Till:
    """A till that began on 5 January 2024, on 18 March; nothing has been run yet."""
    small = open_office(folder, anchor=anchor, **office)
    till = Till(folder, small.day, anchor)
    till.files = small.files
    staff(till)
    till.take("payers", PAYERS.replace("zero_balance", funding))
    return till


def staff(till: Till) -> None:
    """Officers 1002 and 1003."""
    with at_noon(till.day), till.ledger.write("1001") as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1003", role="officer"))


def run_quarters(till: Till, count: int = 1) -> Till:
    """The first quarters of 2024, each run on an early day after it."""
    for month, day, events in QUARTERS[:count]:
        till.on(day)
        till.report(f"{month}-{30 if month != '2024-03' else 31}", events)
        till.run(month)
    return till


@built_once
def quarters_till(folder: Path, count: int = 1, anchor: Path | None = None, **till: Any) -> Till:
    """A till with its first quarters run, and nothing paid."""
    return run_quarters(open_till(folder, anchor=anchor, **till), count)
