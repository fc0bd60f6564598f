"""Files with cells thrown about: whatever stands in them, the answer is a comparison or a list of problems."""

import random
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from calculators.problems import Problem, Refused
from ledger.log import kinds
from ledger.log.canonical import canonical, parse
from ledger.log.kinds import check_record
from ledger.registry.drafts import Scope
from ledger.registry.holds import ABOUT, sentences
from ledger.registry.imports import REGISTERS, compare
from ledger.sheets.columns import columns
from ledger.sheets.headings import Template, is_returned
from ledger.sheets.read import table_of
from ledger.sheets.returned import returned
from tests.support import gallery
from tests.support.desk import BANK, Desk, equipped_desk
from tests.support.seeds import SEED, examples

CELLS = (
    "", " ", "0", "-1", "1e5", "NaN", "1,000", "9" * 40, "=1+1", "'", "\u200b", "\u3000", "甲公司", "\U00020000",
    "2024-02-30", "2024-01-10", "9999-12-31", "%", "3.55%", "LPR1Y", "LPR1Y+", "LPR1Y+25", "lpr5y-10bp", "/", "HT1",
    "yes", "是", "drawdown", "rate", "overdue", "granted", "refused", "ecny", "bank", ";", "2024-01-01;2024-02-01",
    "91310115591693856A", "SB1", "PF1", "a\tb", '"', "\x00", "３.５５％", "①", "1000", "Bank A", "custom", "quarter",
)  # fmt: skip
FILES = examples(150)
# What a row is about has to be known where it is to be held.
KNOWN = {"contract_no": "HT1", "slip_no": "", "policy_no": "BD1", "project_no": "XM1"}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = equipped_desk(tmp_path_factory.mktemp("office"))
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


def recorded(hold: kinds.HoldBody) -> list[str]:
    """What a hold says of its row, after its record was found to be one."""
    head = {"$schema": kinds.HOLD.schema, "actor": "1001", "recorded_at": "2025-07-01T01:02:03Z"}
    assert check_record(parse(canonical({**head, **hold}))) == []
    return [" ".join((what, remedy)) for _code, _column, what, remedy in sentences(hold, str)]


def give_back(path: Path, register: str, problems: Sequence[Problem]) -> None:
    """The file as it goes back has its table where it was, with one column that is ours."""
    template = Template(columns(register))
    try:
        content = returned(path, [template], "", problems, str)
    except Refused:
        return
    table = table_of(content, "back.xlsx", template)
    assert sum(is_returned(str(cell)) for cell in table.grid.rows[table.heading][1]) == 1


@pytest.mark.parametrize("register", REGISTERS)
def test_no_file_makes_a_traceback(register: str, office: Desk, tmp_path: Path) -> None:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    chance = random.Random(f"{SEED} {register}")
    columns_ = columns(register)
    path = tmp_path / "random.csv"
    outcomes = set()
    with office.ledger.read() as view:
        for _file in range(FILES):
            rows = [
                # Mostly the example, so that rows get past the first check.
                [
                    KNOWN.get(column.name, column.example) if chance.random() < 0.8 else chance.choice(CELLS)
                    for column in columns_
                ]
                for _row in range(chance.randrange(1, 4))
            ]
            lines = [[column.name for column in columns_], *rows]
            text = "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
            path.write_bytes(text.encode(chance.choice(["utf-8", "gb18030"])))
            by_lender = REGISTERS[register].by_lender
            scope = Scope(chance.random() < 0.5, BANK if by_lender else "", date(2025, 1, 1) if by_lender else None)
            hold_bad = register in ABOUT and chance.random() < 0.5
            try:
                found = compare(view, office.ledger.vault, register, path, scope, hold_bad=hold_bad)
            except Refused as refused:
                outcomes.add("refused")
                rendered = [problem.render() for problem in refused.problems]
                problems = list(refused.problems)
            else:
                outcomes.add("held" if found.held.holds else "taken")
                rendered = [problem.render() for problem in found.warnings]
                rendered += [said for hold in found.held.holds for said in recorded(hold)]
                problems = list(found.held.problems)
            assert all(rendered)
            if chance.random() < 0.1:
                give_back(path, register, problems)
    assert "refused" in outcomes
    assert ("held" in outcomes) == (register in ABOUT)
