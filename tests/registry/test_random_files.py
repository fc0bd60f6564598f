"""Files with cells thrown about: whatever stands in them, the answer is a comparison or a list of problems."""

import random
from datetime import date
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.registry.drafts import Scope
from ledger.registry.imports import REGISTERS, compare
from ledger.sheets.columns import columns
from tests.support import gallery
from tests.support.desk import BANK, Desk

CELLS = (
    "", " ", "0", "-1", "1e5", "NaN", "1,000", "9" * 40, "=1+1", "'", "\u200b", "\u3000", "甲公司", "\U00020000",
    "2024-02-30", "2024-01-10", "9999-12-31", "%", "3.55%", "LPR1Y", "LPR1Y+", "LPR1Y+25", "lpr5y-10bp", "/", "HT1",
    "yes", "是", "drawdown", "rate", "overdue", "granted", "refused", "ecny", "bank", ";", "2024-01-01;2024-02-01",
    "91310115591693856A", "SB1", "PF1", "a\tb", '"', "\x00", "３.５５％", "①", "1000", "Bank A", "custom", "quarter",
)  # fmt: skip
FILES = 150


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("office")).equip()
    for register in (
        "entities",
        "payees",
        "loans",
        "events",
        "policies",
        "premiums",
        "projects",
        "applications",
        "grants",
    ):
        desk.take(register, gallery.WRONG / "import" / "ledger" / f"{register}.csv")
    return desk


@pytest.mark.parametrize("register", REGISTERS)
def test_no_file_makes_a_traceback(register: str, office: Desk, tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    columns_ = columns(register)
    path = tmp_path / "random.csv"
    outcomes = set()
    with office.ledger.read() as view:
        for _file in range(FILES):
            rows = [
                # Mostly the example, so that rows get past the first check.
                [column.example if chance.random() < 0.8 else chance.choice(CELLS) for column in columns_]
                for _row in range(chance.randrange(1, 4))
            ]
            lines = [[column.name for column in columns_], *rows]
            text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
            path.write_bytes(text.encode(chance.choice(["utf-8", "gb18030"])))
            by_lender = REGISTERS[register].by_lender
            scope = Scope(chance.random() < 0.5, BANK if by_lender else "", date(2025, 1, 1) if by_lender else None)
            try:
                found = compare(view, office.ledger.vault, register, path, scope)
            except Refused as refused:
                outcomes.add("refused")
                rendered = [problem.render() for problem in refused.problems]
            else:
                outcomes.add("taken")
                rendered = [problem.render() for problem in found.warnings]
            assert all(rendered)
    assert "refused" in outcomes
