"""Workbooks that ask for more than a register can be, and cells that say something else than they show."""

import io
import resource
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from calculators.problems import Refused
from ledger.sheets import xlsx
from ledger.sheets.columns import columns
from ledger.sheets.grids import sheets
from ledger.sheets.read import Sheet, read_sheet

BOOK = (
    '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
PARTS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
SHARED = (
    '<Relationship Id="rId2" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
    'Target="sharedStrings.xml"/></Relationships>'
)
ROOT = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def packed(rows: str, **parts: str) -> bytes:
    """A workbook of one sheet with these rows, and further parts under `xl/`."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", BOOK)
        listed = PARTS.replace("</Relationships>", SHARED) if "sharedStrings" in parts else PARTS
        archive.writestr("xl/_rels/workbook.xml.rels", listed)
        archive.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        )
        for name, text in parts.items():
            archive.writestr(f"xl/{name}.xml", text)
    return content.getvalue()


def inline(place: str, text: str = "x") -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def refusals(content: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        list(sheets(content, "a.xlsx"))
    return [problem.render() for problem in refused.value.problems]


def test_a_small_workbook_reads() -> None:
    (grid,) = sheets(packed(f'<row r="1">{inline("A1")}{inline("C1", "y")}</row>'), "a.xlsx")
    assert grid.rows == [(1, ["x", "", "y"])]


def test_a_stray_cell_far_from_the_others_is_named() -> None:
    rows = f'<row r="1">{inline("A1")}</row><row r="1048576">{inline("AO1048576")}</row>'
    assert refusals(packed(rows)) == [
        "a.xlsx:1048576:41: the sheet reaches to row 1048576 and column 41, more than 5000000 cells; "
        "delete all rows below the last one and all columns right of the last one, and save it again [sheet_too_large]"
    ]


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1">{inline("A1")}</row><row r="1048576">{inline("XFD1048576")}</row>',
        # The row says 1, the cell another.
        f'<row r="1">{inline("A1")}{inline("XFD1048576")}</row>',
        # A reference beyond what a spreadsheet has.
        f'<row r="1">{inline("ZZZ9999999")}</row>',
    ],
)
def test_no_reference_costs_memory(rows: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusals(packed(rows))[0].endswith("[sheet_too_large]")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024, "kilobytes"


def test_a_sheet_that_the_workbook_does_not_list_is_measured_too() -> None:
    hidden = f'<worksheet xmlns="{MAIN}"><sheetData>{inline("XFD1048576")}</sheetData></worksheet>'
    assert refusals(packed(f'<row r="1">{inline("A1")}</row>', other=hidden))[0].endswith("[sheet_too_large]")


def test_a_text_repeated_in_every_cell_counts_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_TEXT", 100_000)
    shared = f'<sst xmlns="{MAIN}"><si><t>{"x" * 1000}</t></si><si><t>y</t></si></sst>'

    def rows(text: int) -> str:
        return "".join(f'<row r="{line}"><c r="A{line}" t="s"><v>{text}</v></c></row>' for line in range(1, 201))

    assert refusals(packed(rows(0), sharedStrings=shared))[0].endswith("[sheet_too_large]")
    # The long text is there, and no cell shows it.
    (grid,) = sheets(packed(rows(1), sharedStrings=shared), "a.xlsx")
    assert len(grid.rows) == 200


def test_what_unpacks_to_more_than_any_register_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MAX_UNPACKED", 1_000_000)
    assert refusals(packed("", media=" " * 1_000_000))[0].endswith("[workbook_too_large]")


def test_an_archive_that_lies_about_a_size_is_not_read_on() -> None:
    content = packed("", media="y" * 50_000)
    # The size stands in the part's own header and in the directory at the end.
    lied = content.replace((50_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert lied != content
    assert refusals(lied) == [
        "a.xlsx: the workbook cannot be read; save it again as XLSX without a password [workbook_unreadable]"
    ]


@pytest.mark.parametrize("name", ["content.xml", "xl/workbook.bin", "word/document.xml"])
def test_another_kind_of_document_is_named_as_one(name: str) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, "<x/>")
    assert refusals(content.getvalue()) == ["a.xlsx: this is no XLSX workbook; save it as XLSX [workbook_other]"]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04",
        packed("<row r='1'><c><v>1</v></c></row>"),
        packed("<row r='1'").replace(b"PK\x05\x06", b"PK\x05\x07"),
        b"\xd0\xcf\x11\xe0" + b"\0" * 600,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 8,
    ],
)
def test_bytes_that_make_no_sense_are_refused_and_not_more(content: bytes) -> None:
    assert refusals(content)[0].endswith("[workbook_unreadable]")


HEADINGS = ["contract_no", "kind", "date", "amount", "rate", "repriced"]


def events(folder: Path, *cells: tuple[object, str]) -> Sheet:
    """An events register with one row, cells given as (value, number format)."""
    path = folder / "events.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADINGS)
        for place, (value, shown) in enumerate(cells):
            page.write(1, place, value, book.add_format({"num_format": shown}))
    return read_sheet(path, columns("events"))


@pytest.mark.parametrize(
    ("value", "shown", "text"),
    [
        (0.0345, "0.00%", "3.45%"),
        (0.0345, "0%", "3.45%"),
        (0.031, '0.0%_);[Red]"-"0.0%', "3.1%"),
        # A per cent sign in quotes is a word, and the number stands as it is.
        (3.45, '0.00"%"', "3.45"),
    ],
)
def test_a_rate_is_read_as_its_cell_shows_it(value: float, shown: str, text: str, tmp_path: Path) -> None:
    read = events(tmp_path, ("HT1", "@"), ("rate", "@"), ("2026-06-20", "@"), ("", "@"), (value, shown))
    assert read.rows[0].cells["rate"] == text


@pytest.mark.parametrize("shown", ['0.00"万元"', "0!.0000", '0!.0,"万"'])
def test_a_format_in_units_of_10000_is_refused(shown: str, tmp_path: Path) -> None:
    read = events(tmp_path, ("HT1", "@"), ("drawdown", "@"), ("2026-06-20", "@"), (1000, shown))
    assert [one.render() for one in read.problems] == [
        "events.xlsx:2:4 amount: the format of the cell shows thousands or units of 10,000, and its value may be "
        "yuan or not; format the column as a plain number, and write the unit into its heading [format_scaled]"
    ]


def test_a_formula_that_nobody_calculated_is_named(tmp_path: Path) -> None:
    row = (
        f'<row r="1">{inline("A1", "contract_no")}{inline("B1", "kind")}{inline("C1", "date")}{inline("D1", "amount")}'
        f'</row><row r="2">{inline("A2", "HT1")}{inline("B2", "drawdown")}{inline("C2", "2026-06-20")}'
        '<c r="D2"><f>SUM(E2:F2)</f></c><c r="E2" s="0"/><c r="F2"><f>1+1</f><v>2</v></c></row>'
    )
    path = tmp_path / "events.xlsx"
    path.write_bytes(packed(row))
    with pytest.raises(Refused) as refused:
        read_sheet(path, columns("events"))
    assert [one.render() for one in refused.value.problems] == [
        "events.xlsx:2:4: the cell holds a formula that was never calculated; open the file in the spreadsheet, let it "
        "calculate, and save it again [formula_without_value]"
    ]
