"""Read ISO 20022 account statements: camt.053 (statement) and camt.054 (debit and credit notification).

Versions differ by namespace and in few elements: `Sts` holds text in the early ones and `Cd` in the later ones, parties
stand in `Pty` in the later ones, a detail has an `Amt` of its own there. Every form is looked for in every version.

Signs: `CdtDbtInd` is the direction of this very entry, of a reversal too. "If the CreditDebitIndicator is DBIT and
ReversalIndicator is Yes, the original operation was a credit entry" (definition of RvslInd), so `RvslInd` marks and
does not invert.
"""

import re
from collections.abc import Iterator
from typing import Any

from calculators.problems import N_
from ledger.reconcile.order import in_its_days
from ledger.reconcile.readers.xml import is_xml, walk
from ledger.reconcile.source import Findings, Source
from ledger.reconcile.statements import Batch, Declared, Detail, Line, Statement
from ledger.sheets.moments import beijing_day

_MESSAGE = re.compile(r"camt\.(\d{3})\.\d{3}\.\d{2}")
_ROOTS = {"BkToCstmrStmt": "053", "BkToCstmrDbtCdtNtfctn": "054"}
# Not booked: pending, for information, dated in the future.
_BOOKED, _NOT_BOOKED = "BOOK", {"PDNG", "INFO", "FUTR"}
# What XML Schema writes for true and false.
_TRUE, _FALSE = ("true", "1"), ("", "false", "0")
# Families of transactions that are returns: reversal due to a payment return.
_RETURNED = {"RRTN"}
_NOT_GIVEN = {"NOTPROVIDED", "NONREF", "NOT PROVIDED"}
# Amounts here have a point; commas, which would be read as thousands, do not occur.
_AMOUNT = re.compile(r"\d{1,18}(\.\d{1,5})?")


def message(source: Source) -> str:
    """`053`, `054`, another number of the camt family, or "" where the file is none."""
    if not is_xml(source):
        return ""
    found = _MESSAGE.search(source.head)
    if found:
        return found[1]
    return next((number for root, number in _ROOTS.items() if f"<{root}" in source.head), "")


def detect(source: Source) -> bool:
    """Whether the file is a camt.053 or camt.054."""
    return message(source) in _ROOTS.values()


def read(source: Source) -> list[Statement]:
    """The statements of the file."""
    findings = Findings(source)
    statements = []
    entries: list[Any] = []
    for element in walk(source, ("Stmt", "Ntfctn", "Ntry")):
        if element.tag.endswith("Ntry"):
            if element.getparent() is None:
                break
            entries.append(_Entry(element, findings))
            element.clear()
        else:
            statements.append(_statement(element, entries, findings))
            entries = []
            element.clear()
    if not statements:
        findings.add(
            "statement_missing",
            N_("there is no statement in the message"),
            N_("bring a camt.053 or camt.054; other messages do not list booked entries"),
        )
    findings.finish()
    return statements


class _Node:
    """An element whose children are found by path, whatever its namespace."""

    def __init__(self, element: Any) -> None:
        self.element = element
        tag = str(element.tag)
        self.space = tag[: tag.index("}") + 1] if "}" in tag else ""

    def path(self, path: str) -> str:
        return "/".join(self.space + step for step in path.split("/"))

    def text(self, *paths: str) -> str:
        """The text at the first of the paths where there is one."""
        for path in paths:
            found = self.element.findtext(self.path(path))
            if found is not None and found.strip():
                return " ".join(found.split())
        return ""

    def texts(self, path: str) -> list[str]:
        return [" ".join(found.text.split()) for found in self.element.iterfind(self.path(path)) if found.text]

    def nodes(self, path: str) -> list["_Node"]:
        return [_Node(found) for found in self.element.iterfind(self.path(path))]

    def first(self, *paths: str) -> "_Node | None":
        for path in paths:
            found = self.element.find(self.path(path))
            if found is not None:
                return _Node(found)
        return None

    @property
    def line(self) -> int:
        return int(self.element.sourceline or 0)


class _Entry:
    """One `Ntry`: its currency, its line, whether it is booked, and the batches in it."""

    def __init__(self, element: Any, findings: Findings) -> None:
        node = _Node(element)
        self.place = node.line
        self.currency, amount = _amount(node.first("Amt"), findings, self.place, "Ntry/Amt")
        sign = _sign(node, findings, "Ntry")
        self.booked = _state(node, findings) == _BOOKED
        self.by_value = not node.text("BookgDt/Dt", "BookgDt/DtTm")
        self.batches: list[Batch] = []
        amount_fen = sign * (amount or 0)
        reversal = _reversal(node, findings)
        details = self._details(node, findings, amount_fen, reversal)
        only = details[0] if len(details) == 1 else None
        references = [reference for detail in details[:1] for reference in detail.references if only]
        references += [node.text("AcctSvcrRef"), node.text("NtryRef"), *node.texts("NtryDtls/Btch/PmtInfId")]
        known = _distinct(references)
        texts = [only.text if only else "", node.text("AddtlNtryInf")]
        self.line = Line(
            place=self.place,
            booked_on=_day(node, findings, "Ntry/BookgDt", "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm"),
            amount_fen=amount_fen,
            reversal=reversal,
            returned=any(detail.returned for detail in details) or _is_return(node),
            reference=known[0] if known else "",
            counterparty=only.counterparty if only else "",
            text=" ".join(_distinct(texts)),
            details=tuple(details),
            references=known,
            number=only.number if only else "",
        )

    def _details(self, node: _Node, findings: Findings, amount_fen: int, reversal: bool) -> list[Detail]:
        made: list[Detail] = []
        groups = node.nodes("NtryDtls")
        alone = sum(len(group.nodes("TxDtls")) for group in groups) == 1
        account = _account(_Node(node.element.getparent()))
        for group in groups:
            inside = [
                _detail(transaction, findings, self.currency, amount_fen, reversal, alone, account)
                for transaction in group.nodes("TxDtls")
            ]
            made += inside
            batch = group.first("Btch")
            if batch is not None and inside:
                self.batches.append(_batch(batch, inside, findings, self.currency))
        return _directed(made, amount_fen)


def _detail(
    node: _Node, findings: Findings, currency: str, amount_fen: int, reversal: bool, alone: bool, account: str
) -> Detail:
    own = node.text("CdtDbtInd")
    sign = {"CRDT": 1, "DBIT": -1}.get(own, -1 if amount_fen < 0 else 1)
    given = node.first("Amt", "AmtDtls/TxAmt/Amt")
    other, amount = _amount(given, findings, node.line, "TxDtls/Amt") if given is not None else (currency, None)
    if given is None and alone:
        amount, sign = abs(amount_fen), -1 if amount_fen < 0 else 1
    counterparty, number = _other_side(node, sign, account)
    reason = node.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")
    references = _distinct(
        node.text(f"Refs/{name}")
        for name in ("EndToEndId", "InstrId", "TxId", "UETR", "ChqNb", "AcctSvcrRef", "MndtId", "PmtInfId", "MsgId")
    )
    structured = [*node.texts("RmtInf/Strd/CdtrRefInf/Ref"), *node.texts("RmtInf/Strd/AddtlRmtInf")]
    texts = [*node.texts("RmtInf/Ustrd"), *structured, node.text("AddtlTxInf")]
    return Detail(
        amount_fen=None if amount is None else sign * amount,
        reversal=reversal,
        returned=node.first("RtrInf") is not None or _is_return(node),
        reference=references[0] if references else "",
        counterparty=counterparty,
        text=" ".join(_distinct(texts)),
        currency=other if other != currency else "",
        reason=reason,
        references=references,
        number=number,
    )


def _directed(details: list[Detail], amount_fen: int) -> list[Detail]:
    """The details by their own marks where these add up to the entry (returns inside a batch), else by the entry's.

    Some banks mark the payments of a debited batch as credit transfers, whatever they do to the account.
    """
    if not details or sum(detail.amount_fen or 0 for detail in details) == amount_fen:
        return details
    sign = -1 if amount_fen < 0 else 1
    return [
        detail if detail.amount_fen is None else detail._replace(amount_fen=sign * abs(detail.amount_fen))
        for detail in details
    ]


def _account(node: _Node) -> str:
    return node.text("Acct/Id/IBAN", "Acct/Id/Othr/Id").replace(" ", "")


def _other_side(node: _Node, sign: int, account: str) -> tuple[str, str]:
    """(name, account) of the party across: the debtor of a credit, the creditor of a debit, never ourselves."""
    for party in ("Dbtr", "Cdtr") if sign > 0 else ("Cdtr", "Dbtr"):
        name = node.text(f"RltdPties/{party}/Nm", f"RltdPties/{party}/Pty/Nm", f"RltdPties/{party}/Agt/FinInstnId/Nm")
        number = node.text(f"RltdPties/{party}Acct/Id/IBAN", f"RltdPties/{party}Acct/Id/Othr/Id").replace(" ", "")
        if (name or number) and not (number and number == account):
            return name, number
    return "", ""


def _batch(node: _Node, inside: list[Detail], findings: Findings, currency: str) -> Batch:
    count = node.text("NbOfTxs")
    total = node.first("TtlAmt")
    other, declared_fen = _amount(total, findings, node.line, "Btch/TtlAmt") if total is not None else ("", None)
    # Amounts are compared where all are known and in the batch's own currency.
    listed = [detail.amount_fen for detail in inside if (detail.currency or currency) == other]
    comparable = declared_fen is not None and len(listed) == len(inside) and None not in listed
    return Batch(
        place=node.line,
        declared=int(count) if count.isdecimal() else None,
        listed=len(inside),
        declared_fen=declared_fen,
        listed_fen=abs(sum(amount or 0 for amount in listed)) if comparable else None,
    )


_Balance = tuple[str, str, int, str]


def _state(node: _Node, findings: Findings) -> str:
    """Whether an entry is booked; early versions leave nothing out, so one without a word is. Notes another word."""
    said = node.text("Sts/Cd", "Sts/Prtry", "Sts") or _BOOKED
    if said != _BOOKED and said not in _NOT_BOOKED:
        findings.add(
            "camt_status_unknown",
            N_("{text!r} does not say whether the entry is booked"),
            N_("ask the bank what it means; BOOK, PDNG, INFO and FUTR are known"),
            node.line,
            "Ntry/Sts",
            text=said,
        )
    return said


def _reversal(node: _Node, findings: Findings) -> bool:
    """Whether an entry takes another back; notes what is neither yes nor no."""
    said = node.text("RvslInd")
    if said not in (*_TRUE, *_FALSE):
        findings.add(
            "camt_reversal_unclear",
            N_("{text!r} does not say whether the entry takes another one back"),
            N_("download the file again; it reads true or false"),
            node.line,
            "Ntry/RvslInd",
            text=said,
        )
    return said in _TRUE


def _check_balances(node: _Node, balances: list[_Balance], findings: Findings) -> None:
    """Note a statement that opens or closes on two amounts: which of them its lines begin at, nothing tells."""
    for kind in ("OPBD", "PRCD", "CLBD"):
        if len({balance[1:3] for balance in balances if balance[0] == kind}) > 1:
            findings.add(
                "balance_twice",
                N_("the statement has two balances {kind} that differ"),
                N_("ask the bank which of them is right, and for a file with one"),
                node.line,
                node.text("Id"),
                kind=kind,
            )


def _statement(element: Any, entries: list[_Entry], findings: Findings) -> Statement:
    node = _Node(element)
    balances = list(_balances(node, findings))
    _check_balances(node, balances, findings)
    currencies = _distinct(
        [node.text("Acct/Ccy"), *(balance[1] for balance in balances), *(entry.currency for entry in entries)]
    )
    if len(currencies) > 1:
        findings.add(
            "currency_mixed",
            N_("one statement holds amounts in {currencies}"),
            N_("ask the bank for a statement per account and currency"),
            node.line,
            node.text("Id"),
            currencies=", ".join(currencies),
        )
    currency = currencies[0] if currencies else "CNY"
    opening, closing = _opening(balances), _closing(balances)
    return Statement(
        account=_account(node),
        currency=currency,
        digits=findings.digits(currency, node.line, "Ccy"),
        place=node.line,
        name=node.text("Id"),
        opening_fen=opening[2] if opening else None,
        closing_fen=closing[2] if closing else None,
        opens_on=opening[3] if opening else "",
        closes_on=closing[3] if closing else "",
        lines=[
            in_its_days(entry.line, opening[3], closing[3]) if entry.by_value and opening and closing else entry.line
            for entry in entries
            if entry.booked
        ],
        pending=[entry.line for entry in entries if not entry.booked],
        declared=_declared(node, findings, currency),
        batches=[batch for entry in entries for batch in entry.batches],
    )


def _balances(node: _Node, findings: Findings) -> Iterator[_Balance]:
    """(type, currency, amount, day) of every balance."""
    for balance in node.nodes("Bal"):
        kind = balance.text("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry")
        if kind in ("OPBD", "PRCD", "CLBD", "ITBD"):
            currency, amount = _amount(balance.first("Amt"), findings, balance.line, "Bal/Amt")
            day = _day(balance, findings, "Bal/Dt", "Dt/Dt", "Dt/DtTm") if balance.text("Dt/Dt", "Dt/DtTm") else ""
            yield kind, currency, _sign(balance, findings, "Bal") * (amount or 0), day


def _opening(balances: list[_Balance]) -> _Balance | None:
    """The opening balance, or the close of the day before, or the first interim one of a page that has two."""
    for wanted in ("OPBD", "PRCD"):
        found = [balance for balance in balances if balance[0] == wanted]
        if found:
            return found[0]
    interim = [balance for balance in balances if balance[0] == "ITBD"]
    needed = 1 if any(balance[0] == "CLBD" for balance in balances) else 2
    return interim[0] if len(interim) >= needed else None


def _closing(balances: list[_Balance]) -> _Balance | None:
    found = [balance for balance in balances if balance[0] == "CLBD"] or [
        balance for balance in balances if balance[0] == "ITBD"
    ]
    return found[-1] if found else None


def _declared(node: _Node, findings: Findings, currency: str) -> Declared:
    def count(path: str) -> int | None:
        text = node.text(f"TxsSummry/{path}/NbOfNtries")
        return int(text) if text.isdecimal() else None

    def total(path: str) -> int | None:
        text = node.text(f"TxsSummry/{path}")
        return findings.amount(text, findings.digits(currency, node.line), node.line, path) if text else None

    net = total("TtlNtries/TtlNetNtry/Amt")
    way = node.text("TxsSummry/TtlNtries/TtlNetNtry/CdtDbtInd", "TxsSummry/TtlNtries/CdtDbtInd")
    if net is None:
        # In the early versions the net amount and its direction stand beside the sum.
        net = total("TtlNtries/TtlNetNtryAmt")
    return Declared(
        lines=count("TtlNtries"),
        credits=count("TtlCdtNtries"),
        debits=count("TtlDbtNtries"),
        credit_fen=total("TtlCdtNtries/Sum"),
        debit_fen=total("TtlDbtNtries/Sum"),
        net_fen=None if net is None or not way else (-net if way == "DBIT" else net),
    )


def _amount(node: "_Node | None", findings: Findings, line: int, key: str) -> tuple[str, int | None]:
    """(currency, amount in minor units without a sign) of an `Amt`."""
    if node is None:
        findings.add(
            "camt_element_missing",
            N_("the element is missing"),
            N_("download the file again; do not edit a statement by hand"),
            line,
            key,
        )
        return "", None
    currency = str(node.element.get("Ccy") or "")
    text = " ".join((node.element.text or "").split())
    digits = findings.digits(currency, node.line, f"{key}@Ccy")
    if not _AMOUNT.fullmatch(text):
        findings.no_amount(text, digits, node.line, key)
        return currency, None
    return currency, findings.amount(text, digits, node.line, key)


def _sign(node: _Node, findings: Findings, key: str) -> int:
    way = node.text("CdtDbtInd")
    if way not in ("CRDT", "DBIT"):
        findings.add(
            "camt_direction_missing",
            N_("CdtDbtInd is neither CRDT nor DBIT"),
            N_("download the file again; do not edit a statement by hand"),
            node.line,
            key,
        )
    return -1 if way == "DBIT" else 1


def _day(node: _Node, findings: Findings, name: str, *paths: str) -> str:
    """The day in Beijing of the first of these that says one; `name` is the field's for who reads a refusal."""
    text = node.text(*paths)
    try:
        return beijing_day(text).isoformat()
    except ValueError:
        findings.no_day(text, node.line, name)
        return ""


def _is_return(node: _Node) -> bool:
    return node.text("BkTxCd/Domn/Fmly/SubFmlyCd") in _RETURNED


def _distinct(texts: Any) -> tuple[str, ...]:
    """The filled texts, each once, in order; words that say "none" are none."""
    return tuple(dict.fromkeys(text for text in texts if text and text.upper() not in _NOT_GIVEN))
