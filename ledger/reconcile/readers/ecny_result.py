"""Read the result of an e-CNY payment batch as a statement of the payer's wallet: one line per item that moved money.

The shape is that of docs/contracts.md, section 12: {request_no, batch_state, items[] {item_no, state, amount?, on?,
reason?}}. A success or a part paid is a debit, a return a credit; items in any other known state are not booked, one in
an unknown state is refused. A result shows no balances.
"""

import json
from typing import Any

from calculators.problems import N_, Place, refuse
from ledger.payouts.channels.ecny import STATES, parsed
from ledger.reconcile.source import Findings, Source
from ledger.reconcile.statements import Line, Statement
from ledger.sheets.moments import beijing_day

_DIGITS = 2
_SIGNS = {"SUCCESS": -1, "PARTIAL": -1, "RETURNED": 1}


def detect(source: Source) -> bool:
    """Whether the file is the result of a batch."""
    return source.head.lstrip("\ufeff \t\r\n").startswith("{") and '"batch_state"' in source.head


def read(source: Source) -> list[Statement]:
    """The one statement of the file."""
    findings = Findings(source)

    def note(about: str, key: str) -> None:
        findings.add(
            "result_key_twice",
            N_("{key}{about} stands twice"),
            N_("ask the channel for an answer that says each thing once; nothing of the file was taken"),
            0,
            key,
            key=key,
            about=about,
        )

    try:
        content = parsed(source.content.removeprefix(b"\xef\xbb\xbf"), note)
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        told = error if isinstance(error, json.JSONDecodeError) else None
        raise refuse(
            "json_malformed",
            N_("this is not JSON ({reason})"),
            N_("download the file again; do not edit a statement by hand"),
            Place(source.name, told.lineno, told.colno) if told else Place(source.name),
            reason=told.msg if told else type(error).__name__,
        ) from error
    items = content.get("items") if isinstance(content, dict) else None
    if not isinstance(items, list):
        findings.add(
            "statement_missing",
            N_("the result has no list of items"),
            N_("bring the operator's result of a batch: request_no, batch_state, items"),
        )
        findings.finish()
        return []
    lines = [line for place, item in enumerate(items) if (line := _line(f"/items/{place}", item, findings)) is not None]
    findings.finish()
    request = str(content.get("request_no") or "")
    return [Statement(account="", currency="CNY", digits=_DIGITS, name=request, lines=lines)]


def _line(pointer: str, item: Any, findings: Findings) -> Line | None:
    state = item.get("state") if isinstance(item, dict) else None
    if state not in STATES:
        findings.add(
            "item_state_unknown",
            N_("the item's state {text!r} is none that is known, so nothing says whether money moved"),
            N_("take the operator's answer as it came; its states are: {states}"),
            0,
            f"{pointer}/state",
            text=str(state or ""),
            states=", ".join(STATES),
        )
        return None
    if state not in _SIGNS:
        return None
    amount, day, number = (item.get(name) for name in ("amount", "on", "item_no"))
    fen = findings.amount(amount, _DIGITS, 0, f"{pointer}/amount") if isinstance(amount, str) else None
    if not isinstance(amount, str):
        findings.no_amount(str(amount or ""), _DIGITS, 0, f"{pointer}/amount")
    try:
        booked_on = beijing_day(day if isinstance(day, str) else "").isoformat()
    except ValueError:
        findings.no_day(str(day or ""), 0, f"{pointer}/on")
        return None
    if fen is None:
        return None
    reference = str(number or "")
    return Line(
        place=0,
        booked_on=booked_on,
        amount_fen=_SIGNS[state] * fen,
        returned=state == "RETURNED",
        reference=reference,
        text=str(item.get("reason") or ""),
        references=(reference,) if reference else (),
    )
