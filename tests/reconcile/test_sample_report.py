"""The statement of a month that docs/reconciling.md shows is the one that the program prints."""

import re
from pathlib import Path

from tests.reconcile.test_deciding import AWARD, bring, match, sent, till
from tests.support.till import Till

__all__ = ["till"]

PAGE = Path(__file__).parents[2] / "docs" / "reconciling.md"
COMMAND = "subsidy reconcile report --month 2024-04"
ITEM = "S0123456789ABCDEF0123456"


def shown() -> str:
    """The block of the page that begins with the command, without it."""
    (block,) = re.findall(rf"^```text\n\$ {COMMAND}\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    return str(block)


def test_the_page_shows_what_is_printed(till: Till) -> None:
    batch, item = sent(till)
    till.on("2024-05-06")
    # The channel says that it paid on 30 April, and the bank has not booked it: 33,137.50 by the book. By the bank
    # 50,000.00 - 20.00 + 0.35 - 1.00 = 49,979.35; the difference is 16,862.50 + 0.35 - 1.00 - 20.00 = 16,841.85.
    till.answer(batch, (item, "SUCCESS", AWARD, "2024-04-30"))
    bring(
        till,
        "2024-04-03,,20.00,49980.00,转账,,,",
        "2024-04-21,0.35,,49980.35,利息,,,",
        "2024-04-22,,1.00,49979.35,手续费,,,",
    )
    match(till)
    answer = till.say(*COMMAND.split()[1:])
    printed = [line.rstrip() for line in answer.stdout.replace(item, ITEM).splitlines()]
    assert (answer.exit_code, printed) == (1, [line.rstrip() for line in shown().splitlines()])
    for figure in ("49,979.35", "33,137.50", "16,841.85", "-20.00"):
        assert figure in shown()
