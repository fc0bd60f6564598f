"""ISO 20022 pain.001.001.09, a customer credit transfer initiation, for banks reached through CNAPS.

Banks are named by ClrSysMmbId with the 12-digit CNAPS code, accounts by Othr/Id. Elements stand in the order of the
schema, which an XML schema makes part of the format.
"""

from lxml import etree

from calculators.money import plain_yuan
from ledger.payouts.channels.instruction import Instruction, Order, Party

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
# The longest account number the schema takes.
ACCOUNT_LENGTH = 34
_CLEARING_SYSTEM = "CNAPS"


def write(instruction: Instruction) -> bytes:
    """The message as UTF-8 XML."""
    document = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    initiation = _add(document, "CstmrCdtTrfInitn")
    count, total = str(len(instruction.orders)), plain_yuan(instruction.total_fen)
    header = _add(initiation, "GrpHdr")
    _add(header, "MsgId", instruction.batch)
    _add(header, "CreDtTm", instruction.made_at.isoformat(timespec="seconds"))
    _add(header, "NbOfTxs", count)
    _add(header, "CtrlSum", total)
    _add(_add(header, "InitgPty"), "Nm", instruction.payer.name)
    payment = _add(initiation, "PmtInf")
    _add(payment, "PmtInfId", instruction.batch)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "NbOfTxs", count)
    _add(payment, "CtrlSum", total)
    _add(_add(payment, "ReqdExctnDt"), "Dt", instruction.pay_on.isoformat())
    _add(_add(payment, "Dbtr"), "Nm", instruction.payer.name)
    _account(payment, "DbtrAcct", instruction.payer)
    _agent(payment, "DbtrAgt", instruction.payer)
    for order in instruction.orders:
        _transaction(payment, order)
    return bytes(etree.tostring(document, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _transaction(payment: etree._Element, order: Order) -> None:
    transaction = _add(payment, "CdtTrfTxInf")
    identification = _add(transaction, "PmtId")
    _add(identification, "InstrId", order.key)
    _add(identification, "EndToEndId", order.key)
    _add(_add(transaction, "Amt"), "InstdAmt", plain_yuan(order.amount_fen)).set("Ccy", "CNY")
    _agent(transaction, "CdtrAgt", order.payee)
    _add(_add(transaction, "Cdtr"), "Nm", order.payee.name)
    _account(transaction, "CdtrAcct", order.payee)
    if order.memo:
        _add(_add(transaction, "RmtInf"), "Ustrd", order.memo)


def _agent(parent: etree._Element, name: str, party: Party) -> None:
    member = _add(_add(_add(parent, name), "FinInstnId"), "ClrSysMmbId")
    _add(_add(member, "ClrSysId"), "Cd", _CLEARING_SYSTEM)
    _add(member, "MmbId", party.institution)


def _account(parent: etree._Element, name: str, party: Party) -> None:
    _add(_add(_add(_add(parent, name), "Id"), "Othr"), "Id", party.number)


def _add(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    child = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    child.text = text
    return child
