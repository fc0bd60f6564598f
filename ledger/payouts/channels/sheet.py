"""The payout sheet for a bank's counter: XLSX or CSV, one row per order, the total in figures and in capitals."""

import io

import xlsxwriter

from calculators.money import plain_yuan
from ledger.payouts.channels.capitals import capitals
from ledger.payouts.channels.instruction import Instruction
from ledger.sheets.lists import csv_bytes

HEADINGS = ("序号", "明细号", "收款机构代码", "收款账号", "收款户名", "金额（元）", "附言")
_TOTAL, _IN_CAPITALS = "合计", "合计（大写）"
_WIDTHS = (6, 28, 18, 30, 36, 18, 40)


def write_csv(instruction: Instruction) -> bytes:
    """The same rows as a CSV that a spreadsheet on a Chinese desk reads, and takes no cell of for a formula."""
    return csv_bytes(_rows(instruction))


def write_xlsx(instruction: Instruction) -> bytes:
    """A workbook in which every cell is text: a spreadsheet would cut the digits of account numbers."""
    target = io.BytesIO()
    # Numbers in clear text stay off the disk.
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        # The time of making stands in the file, and the file is to follow from the batch alone.
        book.set_properties({"created": instruction.made_at.replace(tzinfo=None)})
        sheet = book.add_worksheet(instruction.batch)
        bold = book.add_format({"bold": True})
        text = book.add_format({"num_format": "@"})
        for place, width in enumerate(_WIDTHS):
            sheet.set_column(place, place, width, text)
        sheet.freeze_panes(3, 0)
        for line, row in enumerate(_rows(instruction)):
            heading = line < 3 or row[0] in (_TOTAL, _IN_CAPITALS)
            for place, cell in enumerate(row):
                sheet.write_string(line, place, cell, bold if heading else text)
    return target.getvalue()


def _rows(instruction: Instruction) -> list[tuple[str, ...]]:
    payer = instruction.payer
    total = plain_yuan(instruction.total_fen)
    return [
        ("批次号", instruction.batch, "付款日期", instruction.pay_on.isoformat()),
        ("付款机构代码", payer.institution, "付款账号", payer.number, "付款户名", payer.name),
        HEADINGS,
        *(
            (
                str(order.n),
                order.key,
                order.payee.institution,
                order.payee.number,
                order.payee.name,
                plain_yuan(order.amount_fen),
                order.memo,
            )
            for order in instruction.orders
        ),
        (_TOTAL, str(len(instruction.orders)), "", "", "", total, ""),
        (_IN_CAPITALS, capitals(instruction.total_fen)),
    ]
