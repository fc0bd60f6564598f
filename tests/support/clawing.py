"""A till with findings of inspections: the first quarter run and not paid, and how money is clawed back there."""

from pathlib import Path

from tests.support.copies import built_once
from tests.support.till import Till, quarters_till

HEADINGS = "inspection_no,grant_no,inspected_on,finding,detail,due_on,settled_on\n"
FOUND = HEADINGS + (
    "JC1,PF1,2024-04-01,claw_back,half of the equipment sold,2024-06-30,\n"
    "JC2,PF1,2024-04-01,rectify,no separate account,2024-06-30,\n"
    "JC3,PF1,2024-03-01,claw_back,no invoice,2024-06-30,2024-04-02\n"
)


@built_once
def clawing_till(folder: Path, anchor: Path | None = None) -> Till:
    """The first quarter run and not paid, on 2 April 2024, with what inspections found."""
    till = quarters_till(folder, anchor=anchor)
    till.take("inspections", FOUND)
    return till


def pay(till: Till, month: str = "2024-03") -> str:
    """Pay a run's batch whole; the amount."""
    [batch] = till.prepare(month)["batches"]
    till.go(batch["batch"])
    assert till.answer(batch["batch"], (till.items(batch["batch"])[0], "SUCCESS")).exit_code == 0
    return str(batch["total"])


def request(number: str, amount: str, *ground: str, line: str = "PF1") -> tuple[str, ...]:
    """The command that asks for a claw-back."""
    return ("clawback", "request", number, "--line", line, "--amount", amount, *ground, "--reason", "equipment sold")


def ask(amount: str, number: str = "ZH-1", inspection: str = "JC1", line: str = "PF1") -> tuple[str, ...]:
    """The command that asks for it on a finding."""
    return request(number, amount, "--inspection", inspection, line=line)


def agree(till: Till, number: str = "ZH-1") -> str:
    """Agreed by officer 1002; what it printed."""
    said = till.as_second("clawback", "agree", number, "--document", f"追〔2024〕{number}")
    assert said.exit_code == 0, said.output
    return said.stdout


def take(till: Till, amount: str, number: str = "ZH-1") -> None:
    """Requested and agreed."""
    till.do(*ask(amount, number))
    agree(till, number)
