"""A channel's answer taken in: the file read by its kind, and what it says of each payout settled."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
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
from ledger.sheets.files import read_file
from ledger.sheets.grids import has_sheets, sheets
from ledger.store.ledger import Vault, View, Writer, local_time

_READERS = {".json": ecny.read, ".xml": pain002.read}
# Letters and digits of a number that names one payment; what is shorter may be any day's running number.
_TELLS = 8


def read_result(path: Path, sheet: str = "") -> tuple[Result, bytes]:
    """The answer in a file, by its ending (.json e-CNY, .xml pain.002, else a sheet), and its bytes.

    `sheet` is the one that is meant where several could be. Refuses `file_unreadable`, `file_too_large` and every
    problem of the file, and `option_not_used` for a sheet of a file that has none.
    """
    source, content = read_file(path)
    if sheet and path.suffix.lower() in _READERS:
        raise refuse("option_not_used", N_("a file of this kind has no sheets"), N_("leave --sheet out"), Place(source))
    return read_answer(content, source, sheet), content


def check_not_ours(view: View, path: Path) -> None:
    """Refuse `result_own_order` where the file is an order that went out, and no channel's answer to it."""
    source, content = read_file(path)
    digest = sha256(content).hexdigest()
    for row in view.records(kinds.OUTCOME):
        if row.body["source"]["kind"] == Source.EXPORT and row.body["source"].get("sha256") == digest:
            raise refuse(
                "result_own_order",
                N_("this is the order itself, which went out at {time}, and not the answer to it"),
                N_(
                    "give the order to the bank or operator and take in the file that it answers with; what it answers "
                    "on paper goes into the sheet that `subsidy template payout-results` writes"
                ),
                Place(source),
                time=local_time(datetime.fromisoformat(row.body["recorded_at"])).strftime("%Y-%m-%d %H:%M"),
            )


def read_answer(content: bytes, source: str, sheet: str = "") -> Result:
    """The answer in the bytes of a file of this name; refuses with every problem of it."""
    read = _READERS.get(Path(source).suffix.lower())
    return read(content, source) if read else result_sheet.read(content, source, sheet)


def take_result(writer: Writer, vault: Vault, result: Result, name: str, content: bytes) -> tuple[str, Settled]:
    """Settle what an answer says; the number of its batch, and the effects. Its bytes are kept in the vault.

    Refuses `text_unprintable`, `text_too_long`, `batch_unknown`, `results_of_several_batches`,
    `result_contradicts_itself` and what `settle` refuses.
    """
    _check_clear(result, name)
    key = result.batch or _batch_of(writer, result, name)
    said = kinds.Source(kind=Source.RESULT.value, name=name, sha256=sha256(content).hexdigest())
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
    settled = settle(writer, key, findings)
    vault.keep(content)
    return key, settled


def vouchers(view: View, vault: Vault) -> dict[str, tuple[str, ...]]:
    """Item no. -> the numbers under which channels say that they have carried it out.

    Read from the answers as the vault keeps them; one that was erased or never kept says nothing.
    """
    answers: dict[tuple[str, str], set[tuple[int, str]]] = defaultdict(set)
    for row in view.records(kinds.OUTCOME):
        source = row.body["source"]
        if source["kind"] == Source.RESULT and "sha256" in source and "name" in source:
            told = answers[source["sha256"], source["name"]]
            if "row" in source:
                told.add((source["row"], row.body["about"]))
    found: dict[str, set[str]] = {}
    for (digest, name), told in sorted(answers.items()):
        content = vault.kept(digest)
        for said in _said_again(content, name, told) if content is not None else ():
            if sum(map(str.isalnum, said.voucher)) >= _TELLS:
                found.setdefault(said.item, set()).add(said.voucher)
    return {item: tuple(sorted(numbers)) for item, numbers in found.items()}


def _said_again(content: bytes, name: str, told: set[tuple[int, str]]) -> tuple[ItemResult, ...]:
    """What an answer that was taken in says; `told` are rows and items of it that stand in the log.

    Which sheet of a workbook was read stands in no record: it is the one that says all of `told` in its rows. Where two
    sheets do, nobody can say which was meant.
    """
    if Path(name).suffix.lower() in _READERS or not has_sheets(content):
        return read_answer(content, name).items
    fitting = []
    for grid in sheets(content, name):
        try:
            items = read_answer(content, name, grid.name).items
        except Refused:
            # Another sheet of the workbook, which is no answer.
            continue
        if told <= {(item.row, item.item) for item in items}:
            fitting.append(items)
    return fitting[0] if len(fitting) == 1 else ()


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
