"""Adding an operator of digital renminbi wallets: one person records it with its source; it waits for another one."""

from calculators.problems import N_, Place, refuse
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.registry.agreements import answers
from ledger.registry.operators import Operator, is_code, shown_code
from ledger.store.ledger import Writer


def add(writer: Writer, operator: Operator, signer: Signer | None = None) -> int | None:
    """Record an operator, signed where keys are in use; its log index, None where the last record says the same.

    Refuses `operator_malformed` and `dates_reversed`.
    """
    if not is_code(operator.code):
        raise refuse(
            "operator_malformed",
            N_("the code of an operator has 14 capital letters and digits"),
            N_("copy it from the document that publishes it"),
            Place(shown_code(operator.code)),
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
        said = answers(writer).get(known.seq)
        if said is None or said.body["opinion"] == "approve":
            return None
    return append_signed(writer, signer, kinds.OPERATOR, body)
