"""A channel's answer taken in: the file read by its kind, and what it says of each payout settled."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

from calculators.clear import unclear
from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.payouts.batches import batch
from ledger.payouts.channels import ecny, pain002, result_sheet
from ledger.payouts.channels.result import ItemResult, Result
from ledger.payouts.settle import Finding, Settled, settle
from ledger.payouts.states import OPEN, VAGUE, Source, State
from ledger.store.ledger import View, Writer


def read_result(path: Path, sheet: str = "") -> tuple[Result, str]:
    """The answer in a file, by its ending (.json e-CNY, .xml pain.002, else a sheet), and the SHA-256 of its bytes.

    `sheet` is the one that is meant where several could be. Refuses with every problem of the file, and
    `option_not_used` for a sheet of a file that has none.
    """
    if sheet and path.suffix.lower() in (".json", ".xml"):
        raise refuse(
            "option_not_used",
            N_("a file of this kind has no sheets"),
            N_("leave --sheet out"),
            Place(path.name),
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refuse(
            "file_unreadable",
            N_("the file cannot be read ({error})"),
            N_("check its name and place"),
            Place(path.name),
            error=error.strerror,
        ) from error
    ending = path.suffix.lower()
    if ending == ".json":
        result = ecny.read(content, path.name)
    elif ending == ".xml":
        result = pain002.read(content, path.name)
    else:
        result = result_sheet.read(path, sheet)
    return result, digest_of(content)


def digest_of(content: bytes) -> str:
    """SHA-256 of an answer's bytes in hex, as its outcomes name it."""
    return sha256(content).hexdigest()


def take_result(writer: Writer, result: Result, name: str, digest: str) -> tuple[str, Settled]:
    """Settle what an answer says; the number of its batch, and the effects.

    Refuses `text_unprintable`, `text_too_long`, `batch_unknown`, `results_of_several_batches`,
    `result_contradicts_itself` and what `settle` refuses.
    """
    _check_clear(result, name)
    key = result.batch or _batch_of(writer, result, name)
    said = kinds.Source(kind=Source.RESULT.value, name=name, sha256=digest)
    _check_rejected(result, name)
    findings = [
        Finding(item.item, _state_of(result, item), said | {"row": item.row}, item.on, item.amount_fen, item.reason)
        for item in result.items
    ]
    if result.everything is not None:
        named = {item.item for item in result.items}
        findings += [
            Finding(item.key, result.everything, said, reason=result.reason)
            for item in batch(writer, key).items
            if item.key not in named and item.state in OPEN
        ]
    return key, settle(writer, key, findings)


def _state_of(result: Result, item_result: ItemResult) -> State:
    """What an answer says of an item: a batch that was never taken pays none, whatever was not known of it yet."""
    return State.FAIL if result.everything is State.FAIL and item_result.state in VAGUE else item_result.state


def _check_rejected(result: Result, name: str) -> None:
    """Refuse an answer that the batch was never taken and that some item of it was paid, every item at once."""
    if result.everything is not State.FAIL:
        return
    wrong = [item for item in result.items if item.state not in VAGUE | {State.FAIL}]
    if wrong:
        raise Refused(
            [
                Problem(
                    "result_contradicts_itself",
                    N_("the batch was not taken, and {item} is {state}"),
                    N_("ask the channel which of the two holds; nothing of the file was taken"),
                    Place(name, key=f"item {item_result.row}"),
                    {"item": item_result.item, "state": item_result.state.value},
                )
                for item_result in wrong
            ]
        )


def _batch_of(view: View, result: Result, name: str) -> str:
    found = {_batch_of_item(view, item.item) for item in result.items} - {""}
    if len(found) > 1:
        raise refuse(
            "results_of_several_batches",
            N_("the file answers for several batches: {batches}"),
            N_("take in one file per batch"),
            Place(name),
            batches=_list(found),
        )
    if not found:
        raise refuse(
            "item_unknown",
            N_("there is no payout {item}"),
            N_("`subsidy pay status BATCH` lists the payouts of a batch"),
            Place(name),
            item=result.items[0].item,
        )
    return found.pop()


def _batch_of_item(view: View, item: str) -> str:
    row = view.current(kinds.PAYOUT, item)
    return str(row.body["batch"]) if row else ""


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _check_clear(result: Result, name: str) -> None:
    """Refuse an answer whose words could not be shown as they are, every place of it at once."""
    said = [("reason", result.reason), *((f"item {item.row} reason", item.reason) for item in result.items)]
    problems = [problem for key, text in said if (problem := unclear(text, Place(name, key=key)))]
    if problems:
        raise Refused(problems)
