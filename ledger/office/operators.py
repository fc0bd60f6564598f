"""Adding an operator of digital renminbi wallets: one person records it with its source, another one agrees."""

import re

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.approvals import refuse_maker
from ledger.office.signing import PrivateKey, append_signed
from ledger.registry.operators import AGREED, Operator, waiting
from ledger.sheets.columns import mask
from ledger.store.ledger import Writer

_CODE = re.compile(r"[0-9A-Z]{14}", re.ASCII)


def add(writer: Writer, operator: Operator, key: PrivateKey | None = None) -> bool:
    """Record an operator, signed where keys are in use; False where the last record says the very same.

    Refuses `operator_malformed` and `dates_reversed`.
    """
    if not _CODE.fullmatch(operator.code):
        raise refuse(
            "operator_malformed",
            N_("the code of an operator has 14 capital letters and digits"),
            N_("copy it from the document that publishes it"),
            Place(mask(operator.code)),
        )
    if operator.last_day < operator.starts_on:
        raise refuse(
            "dates_reversed",
            N_("the last day {end} lies before the first, {start}"),
            N_("correct one of the two days"),
            Place(operator.code),
            start=operator.starts_on,
            end=operator.last_day,
        )
    body: kinds.OperatorBody = {
        "key": operator.code,
        "name_zh": operator.name_zh,
        "from": operator.starts_on.isoformat(),
        "source": operator.source,
    }
    if operator.name_en:
        body["name_en"] = operator.name_en
    if operator.last_day != operator.last_day.max:
        body["to"] = operator.last_day.isoformat()
    known = writer.current(kinds.OPERATOR, operator.code)
    if known is not None and {**kinds.own(known.body), "signature": ""} == {**body, "signature": ""}:
        return False
    append_signed(writer, key, kinds.OPERATOR, body)
    return True


def agree(writer: Writer, code: str, reason: str, key: PrivateKey | None = None) -> None:
    """Agree to an operator that somebody else has recorded, signed where keys are in use.

    Refuses `operator_not_waiting` and `approver_is_maker`.
    """
    row = next((row for row in waiting(writer) if row.key == code), None)
    if row is None:
        raise refuse(
            "operator_not_waiting",
            N_("no operator of this code waits for a second person"),
            N_("`subsidy operator list` shows them; `subsidy operator add` records one"),
            Place(code),
        )
    refuse_maker(writer.actor, row.body["actor"], Place(code))
    body = kinds.DecisionBody(key=f"{AGREED}/{code}", type=AGREED, about=code, reason=reason)
    append_signed(writer, key, kinds.DECISION, body)
