"""The batch payout of digital renminbi wallets as JSON, out and back (docs/contracts.md, 12).

The shape follows public descriptions of operators' batch interfaces; there is no public sandbox to try it against. Keys
are letters and digits, amounts yuan as text with two decimals.
"""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import orjson

from calculators.money import plain_yuan
from calculators.problems import N_, Place, refuse
from ledger.payouts.channels.instruction import Instruction
from ledger.payouts.channels.result import ItemResult, Reader, Result, check_size
from ledger.payouts.states import State

STATES = {
    "INIT": State.PROCESSING,
    "PROCESSING": State.PROCESSING,
    "SUCCESS": State.SUCCESS,
    "FAIL": State.FAIL,
    "PRESUMED_SUCCESS": State.PRESUMED_SUCCESS,
    "PRESUMED_FAIL": State.PRESUMED_FAIL,
    "PARTIAL": State.PARTIAL,
    "RETURNED": State.RETURNED,
}
# What is said of the batch; items speak for themselves unless the batch was never taken.
BATCH_STATES: dict[str, State | None] = {"ACCEPTING": None, "FINISH": None, "ACCEPT_FAIL": State.FAIL}


def write(instruction: Instruction) -> bytes:
    """The request that pays a batch."""
    request = {
        "request_no": instruction.batch,
        "payer_institution": instruction.payer.institution,
        "payer_wallet": instruction.payer.number,
        "total_amount": plain_yuan(instruction.total_fen),
        "total_number": len(instruction.orders),
        "items": [
            {
                "item_no": order.key,
                "amount": plain_yuan(order.amount_fen),
                "payee_institution": order.payee.institution,
                "payee_wallet": order.payee.number,
                "payee_name": order.payee.name,
                "memo": order.memo,
            }
            for order in instruction.orders
        ],
    }
    return orjson.dumps(request, option=orjson.OPT_INDENT_2) + b"\n"


def read(content: bytes, source: str) -> Result:
    """The answer to a batch; refuses with every problem of it."""
    check_size(content, source)
    reader = Reader(source)
    answer = _parse(content, source, reader)
    if not isinstance(answer, dict):
        reader.refuse(
            "result_shape", N_("the file is not a JSON object"), N_("take the operator's whole answer"), 0, ""
        )
        reader.finish()
    batch = _text(reader, answer, 0, "request_no")
    said = _text(reader, answer, 0, "batch_state")
    if said and said not in BATCH_STATES:
        reader.state_unknown(said, 0, "batch_state", ", ".join(BATCH_STATES))
    given = answer.get("items", [])
    if not isinstance(given, list):
        reader.refuse("result_shape", N_("items is not a list"), N_("take the operator's whole answer"), 0, "items")
        given = []
    items = [item_result for row, raw in enumerate(given, 1) if (item_result := _item(reader, raw, row))]
    reader.once(items)
    reader.finish()
    return Result(batch, tuple(items), BATCH_STATES[said], str(answer.get("reason", "")))


def parsed(content: bytes, twice: Callable[[str, str], None]) -> Any:
    """What the bytes say; `twice` hears of a key that one object has twice: which of the two is meant is not guessed.

    It hears " of ITEM" (or "") and the key. Raises JSONDecodeError, UnicodeDecodeError and RecursionError.
    """

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        for key in sorted(key for key, times in Counter(key for key, _value in pairs).items() if times > 1):
            twice(next((f" of {value}" for name, value in pairs if name == "item_no"), ""), key)
        return dict(pairs)

    return json.loads(content, object_pairs_hook=fields)


def _parse(content: bytes, source: str, reader: Reader) -> Any:
    def note(about: str, key: str) -> None:
        reader.refuse(
            "result_key_twice",
            N_("{key}{about} stands twice"),
            N_("ask the channel for an answer that says each thing once; nothing of the file was taken"),
            0,
            key,
            key=key,
            about=about,
        )

    try:
        return parsed(content, note)
    except json.JSONDecodeError as error:
        raise refuse(
            "result_unreadable",
            N_("the file is not JSON ({reason})"),
            N_("take the answer as the operator's interface gave it"),
            Place(source, error.lineno, error.colno),
            reason=error.msg,
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise refuse(
            "result_unreadable",
            N_("the file is not JSON ({reason})"),
            N_("take the answer as the operator's interface gave it"),
            Place(source),
            reason=type(error).__name__,
        ) from error


def _item(reader: Reader, raw: Any, row: int) -> ItemResult | None:
    if not isinstance(raw, dict):
        reader.refuse(
            "result_shape", N_("an item is not a JSON object"), N_("take the operator's whole answer"), row, ""
        )
        return None
    key, said = _text(reader, raw, row, "item_no"), _text(reader, raw, row, "state")
    if said and said not in STATES:
        reader.state_unknown(said, row, "state", ", ".join(STATES))
    amount = reader.amount(raw["amount"], row, "amount") if "amount" in raw else None
    day = reader.day(raw["on"], row, "on") if "on" in raw else None
    if not key or said not in STATES:
        return None
    voucher = _text(reader, raw, row, "voucher") if "voucher" in raw else ""
    return ItemResult(key, STATES[said], row, amount, day, str(raw.get("reason", "")), voucher)


def _text(reader: Reader, raw: dict[str, Any], row: int, key: str) -> str:
    value = raw.get(key)
    if isinstance(value, str) and value:
        return value
    reader.refuse(
        "result_shape", N_("{key} is missing or not text"), N_("take the operator's whole answer"), row, key, key=key
    )
    return ""
