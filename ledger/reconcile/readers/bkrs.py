"""Read the electronic bank statement of the Ministry of Finance (银行电子对账单, `bkrs`), an XBRL instance.

Element names and the meaning of 0 (debit) and 1 (credit) are those of a published example of the ministry's tool kit
and of two programs that read such files. The element list itself was not seen, so the following is `verified: false`:
the namespaces `http://xbrl.mof.gov.cn/taxonomy/<day>/bkrs` (days 2021-11-30 and 2023-05-15); that a detail of amount 0
is a place holder (one bank writes pairs); that a debit with a minus sign is the same debit. The example has no opening
balance: it follows from the first detail's balance, or from `AccountBalanceAtTheBeginningOfReconciliationCycleAmount`
where a file has that name. Banks send it inside an OFD (`ofd`).

A place holder whose balance is neither that before nor that after its neighbours stands for an entry whose amount the
file leaves out: it is refused.
"""

import re
from typing import Any

from calculators.problems import N_
from ledger.reconcile.order import oldest_first
from ledger.reconcile.readers.labels import is_return, is_reversal
from ledger.reconcile.readers.xml import is_xml, walk
from ledger.reconcile.source import Findings, Source
from ledger.reconcile.statements import Line, Statement
from ledger.sheets.columns import iso_date

_NAMESPACE = re.compile(r"http://xbrl\.mof\.gov\.cn/taxonomy/\d{4}-\d{2}-\d{2}/bkrs")
_TUPLE = "InformationOfReconcileDetailsTuple"
_HEADER = (
    "Currency",
    "CustomerSettlementBankAccount",
    "YearOfBankReconciliationStatement",
    "MonthOfBankReconciliationStatement",
    "AccountBalanceAtTheBeginningOfReconciliationCycleAmount",
    "AccountBalanceAtTheEndOfReconciliationCycleAmount",
)
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
DEBIT, CREDIT = "0", "1"


def detect(source: Source) -> bool:
    """Whether the file is a statement of this kind."""
    return is_xml(source) and _NAMESPACE.search(source.head) is not None


def read(source: Source) -> list[Statement]:
    """The one statement of the file."""
    findings = Findings(source)
    header: dict[str, str] = {}
    rows = []
    for element in walk(source, (_TUPLE, *_HEADER)):
        if _name(element) == _TUPLE:
            rows.append((int(element.sourceline or 0), {_name(child): _text(child) for child in element}))
            element.clear()
        else:
            header[_name(element)] = _text(element)
    if not rows and not header.get("CustomerSettlementBankAccount"):
        findings.add(
            "statement_missing",
            N_("the file names neither an account nor an entry"),
            N_("ask the bank for a file whose attachment holds the statement's data"),
        )
        findings.finish()
    currency = header.get("Currency") or "CNY"
    digits = findings.digits(currency, 1, "Currency")
    read_rows = [(place, row, _line(place, row, digits, findings)) for place, row in rows]
    lines = [line for _place, _row, line in read_rows if line is not None]
    if not findings.problems:
        _check_place_holders(read_rows, digits, findings)
    findings.finish()
    return [_statement(header, lines, currency, digits, findings)]


def _statement(header: dict[str, str], lines: list[Line], currency: str, digits: int, findings: Findings) -> Statement:
    def balance(which: str) -> int | None:
        text = header.get(f"AccountBalanceAtThe{which}OfReconciliationCycleAmount", "")
        return findings.amount(text, digits, 1, "AccountBalance") if text else None

    opening, closing = balance("Beginning"), balance("End")
    stated = opening is not None, closing is not None
    ordered = oldest_first(lines, opening)
    if opening is None and ordered and ordered[0].balance_fen is not None:
        opening = ordered[0].balance_fen - ordered[0].amount_fen
    if opening is None and not ordered:
        opening = closing
    month = "-".join(header.get(f"{part}OfBankReconciliationStatement", "") for part in ("Year", "Month"))
    findings.finish()
    return Statement(
        account=header.get("CustomerSettlementBankAccount", ""),
        currency=currency,
        digits=digits,
        name=month.strip("-"),
        opening_fen=opening,
        closing_fen=closing,
        opening_stated=stated[0],
        closing_stated=stated[1],
        opens_on=ordered[0].booked_on if ordered else "",
        closes_on=ordered[-1].booked_on if ordered else "",
        lines=ordered,
    )


def _check_place_holders(rows: list[tuple[int, dict[str, str], Line | None]], digits: int, findings: Findings) -> None:
    """Note a detail without an amount whose balance says that money moved."""
    known = {
        balance
        for _place, _row, line in rows
        if line is not None and line.balance_fen is not None
        for balance in (line.balance_fen, line.balance_fen - line.amount_fen)
    }
    for place, row, line in rows:
        if line is None and known and row.get("AccountBalance"):
            balance = _balance(place, row, digits, findings)
            if balance is not None and balance not in known:
                findings.add(
                    "bkrs_amount_missing",
                    N_("the detail has no amount, and its balance of {balance} follows from no other detail"),
                    N_("ask the bank for a file whose details have their amounts"),
                    place,
                    "TransactionAmount",
                    balance=row["AccountBalance"],
                )


def _balance(place: int, row: dict[str, str], digits: int, findings: Findings) -> int | None:
    given = row.get("AccountBalance", "")
    balance = findings.amount(given, digits, place, "AccountBalance") if given else None
    if balance is not None and row.get("DebitOrCreditOfBalance") == DEBIT:
        return -abs(balance)
    return balance


def _line(place: int, row: dict[str, str], digits: int, findings: Findings) -> Line | None:
    """The entry of a tuple; None for a place holder and for one with a problem."""
    units = findings.amount(row.get("TransactionAmount") or "0", digits, place, "TransactionAmount")
    way = row.get("IdentificationOfCreditOrDebit", "")
    if not units:
        return None
    if way not in (DEBIT, CREDIT):
        findings.add(
            "bkrs_direction",
            N_("{text!r} is neither 0 (debit) nor 1 (credit)"),
            N_("download the file again; do not edit a statement by hand"),
            place,
            "IdentificationOfCreditOrDebit",
            text=way,
        )
        return None
    try:
        booked_on = iso_date(row.get("DateOfBookkeeping", ""))
    except ValueError:
        findings.no_day(row.get("DateOfBookkeeping", ""), place, "DateOfBookkeeping")
        return None
    texts = (row.get(name, "") for name in ("TypesOfBusinessProducts", "NotesOfBankElectronicReceipt"))
    text = " ".join(dict.fromkeys(part for part in texts if part))
    numbers = ("NumberOfSourceDocument", "BusinessSerialNumber", "NumberOfBankElectronicReceipt")
    references = tuple(dict.fromkeys(row[name] for name in numbers if row.get(name)))
    return Line(
        place=place,
        booked_on=booked_on,
        amount_fen=abs(units) if way == CREDIT else -abs(units),
        reversal=is_reversal(text),
        returned=is_return(text),
        reference=references[0] if references else "",
        counterparty=row.get("NameOfCounterparty", ""),
        text=text,
        references=references,
        number=row.get("AccountOfCounterparty", "").replace(" ", ""),
        balance_fen=_balance(place, row, digits, findings),
    )


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Any) -> str:
    return "" if element.get(_NIL) == "true" else " ".join((element.text or "").split())
