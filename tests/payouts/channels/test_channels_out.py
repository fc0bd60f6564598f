"""What channels are told: the e-CNY request, pain.001 against the official schema, and the sheet for a counter."""

import csv
import io
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from ledger.payouts.channels import ecny, pain001, sheet
from ledger.payouts.channels.instruction import memo, memo_of
from tests.payouts.orders import FIRST, SECOND, accounts, wallets

SCHEMA = Path(__file__).parent / "schemas" / "pain.001.001.09.xsd"


def test_the_wallet_batch_is_the_request_of_the_contract() -> None:
    # 33,725.00 + 1,120.05 = 34,845.05
    assert json.loads(ecny.write(wallets())) == {
        "request_no": "B2025070100010A1B2C3D",
        "payer_institution": "C1010211000012",
        "payer_wallet": "0012345678905678",
        "total_amount": "34845.05",
        "total_number": 2,
        "items": [
            {
                "item_no": FIRST,
                "amount": "33725.00",
                "payee_institution": "C1010411000013",
                "payee_wallet": "0098765432101234",
                "payee_name": "北京示例一有限公司",
                "memo": "PF1 贴息",
            },
            {
                "item_no": SECOND,
                "amount": "1120.05",
                "payee_institution": "C1010211000012",
                "payee_wallet": "0011112222333344",
                "payee_name": "=示例二",
                "memo": "PF2 贴息",
            },
        ],
    }


def test_keys_are_letters_and_digits_only() -> None:
    request = json.loads(ecny.write(wallets()))
    for key in (request["request_no"], *(item["item_no"] for item in request["items"])):
        assert key.isascii()
        assert key.isalnum()


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("批〔2024〕1号 PF1", "批〔2024〕1号 PF1"),
        ("a/b=c&d<e>f", "a-b c d e f"),
        ("line\nbreak\tand\x00control", "line break and control"),
        ("字" * 61, "字" * 60),
        ("", ""),
    ],
)
def test_a_memo_holds_nothing_that_operators_refuse(text: str, written: str) -> None:
    assert memo(text) == written
    assert not set(memo(text)) & set("/=&<>")


def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(SCHEMA))


def test_the_transfer_is_valid_against_the_official_schema() -> None:
    document = etree.fromstring(pain001.write(accounts()))
    schema().assertValid(document)


ORDER_OF_ELEMENTS = """
GrpHdr
  MsgId=B2025070100010A1B2C3D
  CreDtTm=2025-07-01T09:30:00+08:00
  NbOfTxs=2
  CtrlSum=34845.05
  InitgPty
    Nm=示例专户
PmtInf
  PmtInfId=B2025070100010A1B2C3D
  PmtMtd=TRF
  NbOfTxs=2
  CtrlSum=34845.05
  ReqdExctnDt
    Dt=2025-07-01
  Dbtr
    Nm=示例专户
  DbtrAcct
    Id
      Othr
        Id=0200001234567890123
  DbtrAgt
    FinInstnId
      ClrSysMmbId
        ClrSysId
          Cd=CNAPS
        MmbId=102100000021
  CdtTrfTxInf
    PmtId
      InstrId=S0123456789ABCDEF0123456
      EndToEndId=S0123456789ABCDEF0123456
    Amt
      InstdAmt=33725.00
    CdtrAgt
      FinInstnId
        ClrSysMmbId
          ClrSysId
            Cd=CNAPS
          MmbId=102100000056
    Cdtr
      Nm=北京示例一有限公司
    CdtrAcct
      Id
        Othr
          Id=6200010000123456
    RmtInf
      Ustrd=PF1 贴息
"""


def outline(element: etree._Element, depth: int = 0) -> list[str]:
    text = (element.text or "").strip()
    name = etree.QName(element).localname
    lines = ["  " * depth + (f"{name}={text}" if text else name)]
    for child in element:
        lines += outline(child, depth + 1)
    return lines


def test_the_elements_stand_in_the_order_of_the_schema() -> None:
    document = etree.fromstring(pain001.write(accounts()))
    lines = [line for child in document[0] for line in outline(child)]
    assert lines[: ORDER_OF_ELEMENTS.count("\n") - 1] == ORDER_OF_ELEMENTS.strip("\n").splitlines()
    assert document.findall(".//{*}InstdAmt")[0].get("Ccy") == "CNY"
    assert [one.text for one in document.findall(".//{*}Cdtr/{*}Nm")] == ["北京示例一有限公司", "示例&二"]


def write(info: etree._Element, path: str, text: str) -> None:
    found = info.find(f".//{path}")
    assert found is not None
    found.text = text


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("two elements in the wrong order", lambda info: info.insert(0, info[1])),
        ("an account number of 35 signs", lambda info: write(info, "{*}CdtrAcct/{*}Id/{*}Othr/{*}Id", "1" * 35)),
        ("an amount of six decimals", lambda info: write(info, "{*}InstdAmt", "1.000001")),
        ("an end-to-end id of 36 signs", lambda info: write(info, "{*}EndToEndId", "S" * 36)),
    ],
)  # fmt: skip
def test_the_schema_says_no_where_it_should(name: str, change: Callable[[etree._Element], object]) -> None:
    document = etree.fromstring(pain001.write(accounts()))
    (info,) = document.findall(".//{*}PmtInf")
    change(info)
    assert not schema().validate(document), name


SHEET = [
    ["批次号", "B2025070100010A1B2C3D", "付款日期", "2025-07-01"],
    ["付款机构代码", "102100000021", "付款账号", "0200001234567890123", "付款户名", "示例专户"],
    ["序号", "明细号", "收款机构代码", "收款账号", "收款户名", "金额（元）", "附言"],
    ["1", FIRST, "102100000056", "6200010000123456", "北京示例一有限公司", "33725.00", "PF1 贴息"],
    ["2", SECOND, "308584000013", "6200020000123456", "示例&二", "1120.05", "PF2 贴息"],
    ["合计", "2", "", "", "", "34845.05", ""],
    # The yuan digit is 5 and there are no 角: 零 before 分.
    ["合计（大写）", "叁万肆仟捌佰肆拾伍元零伍分"],
]


def test_the_sheet_as_csv() -> None:
    text = sheet.write_csv(accounts())
    assert text.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(text.decode("utf-8-sig")))) == SHEET


def test_the_sheet_as_workbook_keeps_every_digit_as_text() -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.write_xlsx(accounts()))).get_sheet_by_index(0).to_python()
    assert [list(row) for row in rows] == [row + [""] * (7 - len(row)) for row in SHEET]
    assert all(isinstance(cell, str) for row in rows for cell in row)


def test_the_sheet_is_named_after_its_batch() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(sheet.write_xlsx(accounts())))
    assert book.sheet_names == ["B2025070100010A1B2C3D"]


def part(name: str) -> etree._Element:
    """A part of the workbook."""
    with ZipFile(io.BytesIO(sheet.write_xlsx(accounts()))) as book:
        return etree.fromstring(book.read(name))


def test_how_the_workbook_looks_at_a_counter() -> None:
    """What stands above the orders, and their sum, is bold; the rest is text, also in the columns' empty cells."""
    sheet_styles = part("xl/styles.xml")
    fonts = [font.find("{*}b") is not None for font in sheet_styles.iterfind("{*}fonts/{*}font")]
    formats = {one.get("numFmtId"): one.get("formatCode") for one in sheet_styles.iterfind("{*}numFmts/{*}numFmt")}
    styles = [
        (fonts[int(style.get("fontId"))], formats.get(style.get("numFmtId"), ""))
        for style in sheet_styles.iterfind("{*}cellXfs/{*}xf")
    ]
    look = part("xl/worksheets/sheet1.xml")
    rows = look.findall("{*}sheetData/{*}row")
    bold, text = (True, ""), (False, "@")
    # Batch, payer and headings; two orders; the total, and the same in capitals.
    assert [{styles[int(cell.get("s"))] for cell in row} for row in rows] == [
        *[{bold}] * 3,
        *[{text}] * 2,
        *[{bold}] * 2,
    ]
    widths = [(one.get("min"), one.get("max"), int(float(one.get("width")))) for one in look.iterfind("{*}cols/{*}col")]
    # Serial no., item no., institution, account, holder, amount, memo; a width in signs and a margin below one sign.
    assert widths == [(str(n), str(n), width) for n, width in enumerate((6, 28, 18, 30, 36, 18, 40), 1)]
    assert {styles[int(one.get("style"))] for one in look.iterfind("{*}cols/{*}col")} == {text}
    # The headings stay in sight.
    assert [one.get("topLeftCell") for one in look.iterfind("{*}sheetViews/{*}sheetView/{*}pane")] == ["A4"]


def test_the_workbook_is_of_the_time_at_which_the_order_went_out() -> None:
    # 2025-07-01 09:30 in Beijing; a workbook names no zone.
    assert part("docProps/core.xml").findtext("{*}created") == "2025-07-01T09:30:00Z"


def test_a_workbook_leaves_no_number_on_the_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    assert sheet.write_xlsx(accounts())


def test_a_transfer_says_what_it_is_written_in() -> None:
    # Its elements without a prefix, each on a line of its own: people read it too.
    assert pain001.write(accounts()).startswith(
        b"<?xml version='1.0' encoding='UTF-8'?>\n"
        b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.09">\n'
        b"  <CstmrCdtTrfInitn>\n    <GrpHdr>\n      <MsgId>B2025070100010A1B2C3D</MsgId>\n"
    )


def test_a_wallet_batch_has_a_line_for_each_thing() -> None:
    assert ecny.write(wallets()).startswith(b'{\n  "request_no": "B2025070100010A1B2C3D",\n  "payer_institution": ')
    assert ecny.write(wallets()).endswith(b"\n  ]\n}\n")


def test_a_memo_says_which_batch_and_which_place_and_whether_it_is_practice() -> None:
    assert memo_of("B1", 12) == "B1 12"
    assert memo_of("B1", 12, practice=True) == "练习 PRACTICE B1 12"


def test_a_memo_ends_with_a_letter_and_not_with_a_space() -> None:
    # The 60th sign is the space: 59 are left.
    assert memo("x" * 59 + " y") == "x" * 59


def test_a_name_that_begins_like_a_formula_stays_a_name() -> None:
    rows = CalamineWorkbook.from_filelike(io.BytesIO(sheet.write_xlsx(wallets()))).get_sheet_by_index(0).to_python()
    assert rows[4][4] == "=示例二"


def test_no_cell_of_a_csv_order_is_a_formula() -> None:
    """A workbook says of each cell that it is text; a CSV cannot, and has an apostrophe before it."""
    rows = list(csv.reader(io.StringIO(sheet.write_csv(wallets()).decode("utf-8-sig"))))
    assert rows[4][4] == "'=示例二"
    assert [row for row in rows if any(cell[:1] in ("=", "+", "@", "\t") for cell in row)] == []


@pytest.mark.parametrize("write", [ecny.write, pain001.write, sheet.write_csv, sheet.write_xlsx])
def test_the_same_batch_gives_the_same_bytes(write: Callable[..., object]) -> None:
    assert write(accounts()) == write(accounts())


def test_an_instruction_never_shows_its_numbers() -> None:
    assert "0098765432101234" not in repr(wallets())
    assert "0098765432101234" not in repr(wallets().orders[0])
    assert "0098765432101234" not in repr(wallets().orders[0].payee)
