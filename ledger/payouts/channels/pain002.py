"""ISO 20022 pain.002, a customer payment status report, of any version: the state of each transfer of a pain.001.

Read with a parser that loads nothing, expands no entity and refuses a document type.
"""

import re

from lxml import etree

from calculators.problems import N_, Place, refuse
from ledger.payouts.channels.result import ItemResult, Reader, Result, check_size
from ledger.payouts.states import State

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.\d{3}\.\d{2}")
# Settled at the debtor's side or credited is paid; accepted, received and pending is not known yet.
STATES = {
    "ACSC": State.SUCCESS,
    "ACCC": State.SUCCESS,
    "RJCT": State.FAIL,
    "PDNG": State.PROCESSING,
    "ACTC": State.PROCESSING,
    "ACCP": State.PROCESSING,
    "ACSP": State.PROCESSING,
    "RCVD": State.PROCESSING,
}
GROUP_STATES = (*STATES, "PART", "ACWC")


def read(content: bytes, source: str) -> Result:
    """The report on a batch; refuses with every problem of it."""
    check_size(content, source)
    root = _parse(content, source)
    group = root.find("{*}CstmrPmtStsRpt/{*}OrgnlGrpInfAndSts")
    if group is None:
        raise refuse(
            "result_shape",
            N_("{key} is missing"),
            N_("take the bank's whole status report"),
            Place(source, key="OrgnlGrpInfAndSts"),
            key="OrgnlGrpInfAndSts",
        )
    reader = Reader(source)
    payments = root.findall("{*}CstmrPmtStsRpt/{*}OrgnlPmtInfAndSts")
    batch = _text(group, "OrgnlMsgId")
    if not batch:
        reader.refuse(
            "result_shape",
            N_("{key} is missing"),
            N_("take the bank's whole status report"),
            0,
            "OrgnlMsgId",
            key="OrgnlMsgId",
        )
    transactions = [transaction for payment in payments for transaction in payment.findall("{*}TxInfAndSts")]
    items = [item_result for row, tx in enumerate(transactions, 1) if (item_result := _item(reader, tx, row))]
    reader.once(items)
    everything, reasons = None, []
    for part, key in [(group, "GrpSts"), *((payment, "PmtInfSts") for payment in payments)]:
        said = _text(part, key)
        if said and said not in GROUP_STATES:
            reader.state_unknown(said, 0, key, ", ".join(GROUP_STATES))
        elif said == "RJCT":
            # Only a refusal of the whole says something of items that are not named, whatever is said of others.
            everything = State.FAIL
            reasons.append(_reason(part))
    reader.finish()
    return Result(batch, tuple(items), everything, " ".join(filter(None, reasons)))


def _parse(content: bytes, source: str) -> etree._Element:
    try:
        # It loads no document type and asks no network unless it is told to.
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
    except etree.XMLSyntaxError as error:
        raise refuse(
            "result_unreadable",
            N_("the file is not well-formed XML ({reason})"),
            N_("take the answer as the bank sent it"),
            Place(source, *error.position),
            reason=error.msg,
        ) from error
    if root.getroottree().docinfo.doctype:
        raise refuse(
            "result_doctype",
            N_("the file declares a document type, which a bank's answer never does"),
            N_("do not use it; ask the bank where it comes from"),
            Place(source),
        )
    namespace = etree.QName(root).namespace or ""
    if not _NAMESPACE.fullmatch(namespace):
        raise refuse(
            "result_other_message",
            N_("this is not a payment status report pain.002, but {namespace}"),
            N_("take the bank's answer to the payment order"),
            Place(source),
            namespace=namespace or etree.QName(root).localname,
        )
    return root


def _item(reader: Reader, transaction: etree._Element, row: int) -> ItemResult | None:
    key, said = _text(transaction, "OrgnlEndToEndId"), _text(transaction, "TxSts")
    if not key:
        reader.refuse(
            "result_shape",
            N_("{key} is missing"),
            N_("take the bank's whole status report"),
            row,
            "OrgnlEndToEndId",
            key="OrgnlEndToEndId",
        )
    if said not in STATES:
        reader.state_unknown(said, row, "TxSts", ", ".join(STATES))
        return None
    amount = transaction.find("{*}OrgnlTxRef/{*}Amt/{*}InstdAmt")
    amount_fen = None
    if amount is not None:
        if amount.get("Ccy") != "CNY":
            reader.refuse(
                "result_currency",
                N_("the amount is in {currency}, and all payouts are in CNY"),
                N_("check that it is the answer to this batch"),
                row,
                "InstdAmt",
                currency=amount.get("Ccy", "-"),
            )
        amount_fen = reader.amount(amount.text, row, "InstdAmt")
    accepted = _text(transaction, "AccptncDtTm")
    day = reader.day(accepted, row, "AccptncDtTm") if accepted else None
    voucher = _text(transaction, "AcctSvcrRef")
    return ItemResult(key, STATES[said], row, amount_fen, day, _reason(transaction), voucher) if key else None


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{*}}{name}") or "").strip()


def _reason(parent: etree._Element) -> str:
    """The reason as code and the bank's own words."""
    found = [(one.text or "").strip() for one in parent.iterfind("{*}StsRsnInf/{*}Rsn/*")]
    found += [(one.text or "").strip() for one in parent.iterfind("{*}StsRsnInf/{*}AddtlInf")]
    return " ".join(text for text in found if text)
