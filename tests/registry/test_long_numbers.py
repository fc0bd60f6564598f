"""A number of an account or an identity card that stands where it should not is masked wherever it could come out.

Such a number is planted in every place of a bank's file, and looked for in everything that the commands print, in the
file that goes back, and in the records.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from tests.support.desk import ENTITIES, FIRM, Desk, call
from tests.support.mapped import two_officers

# The check of no bank and no person: invented.
NUMBER = "6222021234567890123"
HEADINGS = ["合同编号", "社会信用代码", "贷款金额（万元）", "执行利率", "签订日期", "到期日期", "结息方式", "备注"]
ROW = ["LN-1", FIRM, "1000", "3.45%", "2026-01-12", "2027-01-12", "按季", "续贷"]
TERMS = ["--set", "day_count=ACT/360", "--set", "due_day=20", "--set", "due_counted=yes"]
TEMPLATE = {
    "借款合同号": "LN-2",
    "贷款银行": "示例银行",
    "统一社会信用代码": FIRM,
    "合同签订日": "2026-01-12",
    "到期日": "2027-01-12",
    "合同金额": "1000",
    "计息基准": "ACT/360",
    "结息周期": "按季",
    "结息日": "20",
    "结息日计息": "是",
    "年利率": "3.45%",
    "重定价方式": "不调整",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A ledger with its firms; nothing of these files is taken into it but what a test says."""
    desk = two_officers(tmp_path_factory.mktemp("numbers"))
    desk.take("entities", ENTITIES)
    return desk


def book(path: Path, *sheets: tuple[str, list[list[str]]]) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        for name, lines in sheets:
            page = book.add_worksheet(name)
            for line, row in enumerate(lines):
                for place, text in enumerate(row):
                    page.write_string(line, place, text)
    return path


def instead(row: list[str], place: int, text: str = NUMBER) -> list[str]:
    return [text if number == place else cell for number, cell in enumerate(row)]


def files(folder: Path) -> Iterator[Path]:
    title = ["贷款明细表（单位：万元）"]
    for place in range(len(HEADINGS)):
        yield book(folder / f"cell{place}.xlsx", ("台账", [title, HEADINGS, instead(ROW, place)]))
        yield book(folder / f"heading{place}.xlsx", ("台账", [title, instead(HEADINGS, place), ROW]))
    yield book(folder / "title.xlsx", ("台账", [[f"账号{NUMBER} 单位：{NUMBER}"], HEADINGS, ROW]))
    yield book(folder / "note.xlsx", ("台账", [HEADINGS, ROW, [f"备注：{NUMBER}"], ["合计", "", NUMBER]]))
    yield book(folder / "sheets.xlsx", (f"账号{NUMBER}", [HEADINGS, ROW]), (f"户{NUMBER}", [HEADINGS, ROW]))
    yield book(folder / f"{NUMBER}.xlsx", ("台账", [title, HEADINGS, instead(ROW, 2, "千")]))


def said_of(desk: Desk, *words: str) -> str:
    answer = call(desk, *words)
    assert answer.exit_code in (0, 2), repr(answer.exception)
    return answer.stdout + answer.stderr


def told_back(out: Path) -> str:
    """The column that the program adds to a file that goes back, and the coloured sheet's name."""
    pages = CalamineWorkbook.from_path(str(out))
    rows: list[list[Any]] = [row for name in pages.sheet_names for row in pages.get_sheet_by_name(name).to_python()]
    return "\n".join(str(row[-1]) for row in rows if len(row) > len(HEADINGS))


def test_what_a_banks_own_file_holds_in_a_wrong_place_is_never_repeated(desk: Desk, tmp_path: Path) -> None:
    for file in files(tmp_path):
        for lang in ("en", "zh"):
            for words in (
                ("import", "loans", str(file), "--mode", "delta", "--preview"),
                ("import", "map", "示例银行", str(file), "--preview", *TERMS),
                ("import", "map", "示例银行", str(file), "--preview", "--json", *TERMS),
            ):
                assert NUMBER not in said_of(desk, "--lang", lang, *words), (file.name, words)


def test_nor_what_stands_in_a_wrong_column_of_the_template(desk: Desk, tmp_path: Path) -> None:
    size = desk.size
    for place, heading in enumerate(TEMPLATE):
        if heading == "借款合同号":
            # A contract has the number that its bank gives it.
            continue
        row = instead(list(TEMPLATE.values()), place)
        file = book(tmp_path / f"row{place}.xlsx", ("台账", [list(TEMPLATE), row]))
        out = tmp_path / f"back{place}.xlsx"
        for words in ((), ("--hold-bad", "--returned", str(out)), ("--json",)):
            said = said_of(desk, "import", "loans", str(file), "--mode", "delta", "--preview", *words)
            # Who the lender is, is shown as written: another text is another lender.
            assert NUMBER not in said or heading == "贷款银行", (heading, words)
        if out.exists():
            assert NUMBER not in told_back(out)
    assert desk.size == size


def test_nor_the_name_of_a_file_in_the_record_of_its_import(desk: Desk, tmp_path: Path) -> None:
    bad = {**TEMPLATE, "借款合同号": "LN-3", "年利率": NUMBER}
    lines = [list(TEMPLATE), list(TEMPLATE.values()), list(bad.values())]
    file = book(tmp_path / f"明细{NUMBER}.xlsx", ("台账", lines))
    answer = call(desk, "import", "loans", str(file), "--mode", "delta", "--hold-bad")
    assert answer.exit_code == 0, answer.output
    shown = call(desk, "import", "list", "--json").stdout + call(desk, "import", "holds", "--json").stdout
    assert ("LN-3" in shown, "****0123" in shown, NUMBER in shown) == (True, True, False)
    database = desk.folder / "book.db"
    kept = b"".join(path.read_bytes() for path in desk.folder.glob(f"{database.name}*"))
    assert b"LN-3" in kept
    assert NUMBER.encode() not in kept


@pytest.mark.parametrize(
    "words",
    [
        ("--heading", f"{NUMBER}=amount"),
        ("--heading", f"合同编号={NUMBER}"),
        ("--unit", f"{NUMBER}=万元"),
        ("--word", f"due_every:按季={NUMBER}"),
        ("--set", f"day_count={NUMBER}"),
        ("--set", f"{NUMBER}=1"),
        ("--same", f"signed_on={NUMBER}"),
        ("--sheet", NUMBER),
    ],
)
def test_nor_what_was_typed(words: tuple[str, str], desk: Desk, tmp_path: Path) -> None:
    file = book(tmp_path / "loans.xlsx", ("台账", [HEADINGS, ROW]))
    answer = call(desk, "import", "map", "示例银行", str(file), "--preview", *words)
    assert (answer.exit_code, NUMBER in answer.output) == (2, False), answer.output
