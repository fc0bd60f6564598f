"""Tables fit 80 columns: texts fold, spare columns go, at the last rows become blocks; numbers stay whole."""

from collections.abc import Sequence

import pytest
from click.testing import CliRunner
from rich.cells import cell_len

from cli import cli
from ledger.commands.ui.context import Column, money, spare, table_text
from ledger.commands.ui.fitting import folded
from tests.support.demo import Told

FIRM, SUM = "北京示例科技有限公司", "16,862.50"


def lines(heads: Sequence[str | Column], rows: Sequence[Sequence[str]], room: int | None = None) -> list[str]:
    return table_text(heads, rows, room).splitlines()


def test_what_fits_is_not_touched() -> None:
    heads, rows = ["Firm", money("Yuan")], [[FIRM, SUM]]
    # Ten Chinese signs are 20 cells, a gap of 2, nine figures: 31.
    assert lines(heads, rows, 31) == lines(heads, rows)
    assert max(map(cell_len, lines(heads, rows, 30))) <= 30


def test_a_text_goes_on_below_and_a_number_is_never_broken() -> None:
    assert lines(["Firm", money("Yuan")], [[FIRM, SUM], ["Beta", "1.00"]], 21) == [
        "Firm             Yuan",
        "----------  ---------",
        "北京示例科  16,862.50",
        "技有限公司",
        "Beta             1.00",
    ]


def test_a_spare_column_goes_first_and_is_named() -> None:
    heads = ["Batch", spare("Channel", 1), spare("Payouts", 2, right=True), money("Yuan")]
    rows = [["B20250202", "bank", "4", SUM]]
    # All: 9 + 7 + 7 + 9 and three gaps of 2 are 38; without payouts 29, without the channel 20.
    assert lines(heads, rows, 38)[0] == "Batch      Channel  Payouts       Yuan"
    assert lines(heads, rows, 37) == [
        "Batch      Channel       Yuan",
        "---------  -------  ---------",
        "B20250202  bank     16,862.50",
        "Left out, --wide shows it: Payouts",
    ]
    assert lines(heads, rows, 20)[3:] == ["Left out, --wide", "shows it: Channel,", "Payouts"]


def test_what_cannot_be_narrow_enough_becomes_blocks() -> None:
    assert lines(["Batch", money("Yuan")], [["B20250202", SUM]], 18) == [
        "------------------",
        "Batch  B20250202",
        "Yuan   16,862.50",
    ]


def test_a_long_name_is_broken_between_its_parts() -> None:
    heads, rows = ["Notice", money("Yuan")], [["gjj-2024-batch-1-space-insurance", SUM]]
    assert lines(heads, rows, 32)[2:] == ["gjj-2024-batch-1-      16,862.50", "space-insurance"]


# What prints the widest tables of the invented year.
WIDE = (
    "pay status",
    "run list",
    "run show 2025-12",
    "reconcile statements",
    "reconcile report --month 2025-12",
    "import list",
    "notice list",
    "report budget --month 2025-12",
    "book account fin/1201",
    "book entry 1",
    "duties show three",
    "entity find 示例01",
)


@pytest.mark.parametrize("lang", ["en", "zh_CN"])
def test_every_table_of_the_invented_year_fits(told: Told, lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUBSIDY_WIDE")
    root = ["--db", f"sqlite:///{told.out}/ledger.db", "--lang", lang]
    for words in WIDE:
        said = CliRunner().invoke(cli, [*root, *words.split()])
        assert said.exit_code == 0, said.output
        assert [line for line in said.stdout.splitlines() if cell_len(line) > 80] == [], words


def test_wide_may_stand_anywhere(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUBSIDY_WIDE")
    said = CliRunner().invoke(cli, ["--db", f"sqlite:///{told.out}/ledger.db", "run", "list", "--wide", "--lang", "zh"])
    assert max(map(cell_len, said.stdout.splitlines())) > 80
    assert said.stdout.startswith("核算")


def test_commands_are_never_broken() -> None:
    command = "subsidy decide bound --about wallet_state --days 30 --document B-1"
    heads, rows = ["Firm", money("Yuan"), "Next"], [[FIRM, SUM, command], ["Beta", "1.00", ""]]
    # Side by side: 20 + 9 + 66 and two gaps of 2 are 99; the name can be folded, to two cells.
    assert lines(heads, rows, 99)[2].endswith(command)
    assert lines(heads, rows, 89)[2].endswith(command)
    assert lines(heads, rows, 80) == [
        "Firm                       Yuan",
        "--------------------  ---------",
        f"{FIRM}  {SUM}",
        f"  {command}",
        "Beta                       1.00",
    ]
    told = f"prepare again after (`{command}`), or wait"
    assert [line for line in folded(told, 40) if command in line] == [f"(`{command}`),"]


def test_an_empty_table_says_so() -> None:
    assert lines(["Firm"], []) == ["Firm", "----", "(none)"]
