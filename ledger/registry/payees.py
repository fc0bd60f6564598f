"""The registers of payees and payers: wallets and bank accounts of firms, and those that the unit pays from.

Numbers and holders stand in the vault; records hold commitments, and outputs at most the last four signs. A payee is
known again by firm, institution and number, a payer by channel, institution and number, so importing a file twice makes
no second one. Who runs wallets is data with its sources.
"""

import re
from collections.abc import Collection, Iterator
from typing import Any

from stdnum.iso7064 import mod_11_10

from calculators.problems import N_
from ledger.log import kinds
from ledger.registry.drafts import Draft, Register, Task
from ledger.registry.operators import operators, shown_code
from ledger.sheets.columns import fold, mask
from ledger.sheets.rows import Reading, Values, only_with
from ledger.store.ledger import Row, View

_CNAPS = re.compile(r"[0-9]{12}")


def is_cnaps(code: str) -> bool:
    """Whether `code` is a 12-digit CNAPS bank code; the last digit checks the others (ISO 7064, MOD 11,10)."""
    return bool(_CNAPS.fullmatch(code)) and bool(mod_11_10.is_valid(code))


NUMBER, HOLDER = "payee.number", "payee.holder"
PERSONAL_WALLETS = frozenset({"WT01", "WT02", "WT03"})
USUAL_WALLET_DIGITS = 16


def _payee_drafts(task: Task) -> list[Draft]:
    """One draft per payee; a new one takes the next number of the ledger."""
    reading, view = task.reading, task.view
    names = {row.key: row.body["name"] for row in view.rows(kinds.ENTITY)}
    recorded = {_identity(row.body, row.body["number"]): row for row in view.rows(kinds.PAYEE)}
    following = iter(range(_highest(view) + 1, _highest(view) + len(reading.rows) + 1))
    numbers = task.vault.find(NUMBER, (row.cells["number"] for row in reading.rows))
    holders = task.vault.find(HOLDER, (row.cells["holder"] for row in reading.rows))
    known_operators = operators(view)
    lines: dict[tuple[str, ...], int] = {}
    made = []
    for row in reading.rows:
        _check_firm(reading, row, names)
        check_institution(reading, row, known_operators)
        _check_number(reading, row)
        identity = _identity(row.cells, row.cells["number"])
        first = lines.setdefault(identity, row.line)
        if first != row.line:
            reading.refuse(
                "key_twice",
                N_("{number} stands in row {first} too"),
                N_("remove one of the two rows"),
                row.line,
                "number",
                number=mask(row.cells["number"]),
                first=first,
            )
        made.append(_draft(row, recorded, numbers, holders, following))
    return made


def _identity(body: Any, number: str) -> tuple[str, ...]:
    return (body["uscc"], body["channel"], body["institution"], number)


def _highest(view: View) -> int:
    """The last number given to a payee, fallen ones included: a reference is never used again."""
    return max((int(row.key.rpartition("/")[2]) for row in view.records(kinds.PAYEE)), default=0)


def _draft(
    row: Values,
    recorded: dict[tuple[str, ...], Row[Any]],
    numbers: dict[str, set[str]],
    holders: dict[str, set[str]],
    following: Iterator[int],
) -> Draft:
    """The payee as recorded where it is known again by its number, else a new one."""
    cells = dict(row.cells)
    number, holder = cells.pop("number"), cells.pop("holder")
    secrets = {"number": (NUMBER, number), "holder": (HOLDER, holder)}
    for commitment in numbers.get(number, ()):
        known = recorded.get(_identity(cells, commitment))
        if known is not None:
            cells["number"] = commitment
            del secrets["number"]
            if known.body["holder"] in holders.get(holder, ()):
                cells["holder"] = known.body["holder"]
                del secrets["holder"]
            return Draft(known.key, cells, row.line, secrets)
    key = f"{cells['channel']}/{cells['institution']}/{next(following):06d}"
    return Draft(key, cells, row.line, secrets)


def _check_firm(reading: Reading, row: Values, names: dict[str, str]) -> None:
    code = row.cells["uscc"]
    if code not in names:
        reading.refuse(
            "entity_unknown",
            N_("the firm {code} is not registered"),
            N_("import the register of entities first, or correct the code"),
            row.line,
            "uscc",
            code=code,
        )
    elif fold(row.cells["holder"]) != fold(names[code]):
        reading.warn(
            "holder_differs",
            N_("the holder is not the registered name {name}"),
            N_("correct one of the two; a payment to this payee will be held"),
            row.line,
            "holder",
            name=names[code],
        )


def check_institution(reading: Reading, row: Values, known_operators: Collection[str]) -> None:
    """Note a bank code that fails its check, a wallet institution nobody knows, a wallet of the wrong type."""
    code = row.cells["institution"]
    if row.cells["channel"] == "bank":
        only_with(reading, row, [], ["wallet_type"], "channel")
        if not is_cnaps(code):
            reading.refuse(
                "cnaps_malformed",
                N_("{code} is not a CNAPS bank code: 12 digits, the last one a check digit"),
                N_("copy the code from the bank's list; it is not the account number"),
                row.line,
                "institution",
                code=mask(code),
            )
        return
    check_operator(reading, row, known_operators)
    wallet_type = row.cells.get("wallet_type")
    if wallet_type in PERSONAL_WALLETS:
        reading.refuse(
            "wallet_personal",
            N_("{wallet_type} is a personal or hardware wallet, which cannot receive a firm's subsidy"),
            N_("ask the firm for its corporate wallet (WT09, WT10)"),
            row.line,
            "wallet_type",
            wallet_type=wallet_type,
        )


def check_operator(reading: Reading, row: Values, known_operators: Collection[str]) -> None:
    """Note a wallet institution nobody knows."""
    code = row.cells["institution"]
    if code not in known_operators:
        reading.refuse(
            "institution_unknown",
            N_("{code} is not the code of an institution that runs digital renminbi wallets"),
            N_(
                "use a 14-character code of `subsidy operator list`; a new operator is added with `subsidy operator "
                "add`, and another person agrees"
            ),
            row.line,
            "institution",
            code=shown_code(code),
        )


def _check_number(reading: Reading, row: Values) -> None:
    number = row.cells["number"]
    if row.cells["channel"] == "ecny" and not (number.isdigit() and len(number) == USUAL_WALLET_DIGITS):
        reading.warn(
            "wallet_number_unusual",
            N_("the wallet number {number} does not have 16 digits"),
            N_("compare it with what the firm sent; it is taken as it is"),
            row.line,
            "number",
            number=mask(number),
        )


def _users(view: View) -> dict[str, str]:
    return {row.body["payee"]: "grant" for row in view.rows(kinds.GRANT) if "payee" in row.body}


PAYEES = Register("payees", kinds.PAYEE, _payee_drafts, users=_users)


def _payer_drafts(task: Task) -> list[Draft]:
    """One draft per payer; a new one takes the next number of the ledger."""
    reading, view = task.reading, task.view
    numbers = task.vault.find(NUMBER, (row.cells["number"] for row in reading.rows))
    holders = task.vault.find(HOLDER, (row.cells["holder"] for row in reading.rows))
    recorded = {
        (row.body["channel"], row.body["institution"], row.body["number"]): row for row in view.rows(kinds.PAYER)
    }
    highest = max((int(row.key.rpartition("/")[2]) for row in view.records(kinds.PAYER)), default=0)
    known_operators = operators(view)
    lines: dict[tuple[str, ...], int] = {}
    made = []
    for row in reading.rows:
        check_institution(reading, row, known_operators)
        cells = dict(row.cells)
        number, holder = cells.pop("number"), cells.pop("holder")
        first = lines.setdefault((cells["channel"], cells["institution"], number), row.line)
        if first != row.line:
            reading.refuse(
                "key_twice",
                N_("{number} stands in row {first} too"),
                N_("remove one of the two rows"),
                row.line,
                "number",
                number=mask(number),
                first=first,
            )
        secrets = {"number": (NUMBER, number), "holder": (HOLDER, holder)}
        known = _known_payer(recorded, cells, numbers.get(number, set()))
        if known is None:
            highest += 1
            key = f"payer/{cells['channel']}/{cells['institution']}/{highest:06d}"
        else:
            key, cells["number"] = known.key, known.body["number"]
            del secrets["number"]
            if known.body["holder"] in holders.get(holder, ()):
                cells["holder"] = known.body["holder"]
                del secrets["holder"]
        made.append(Draft(key, cells, row.line, secrets))
    return made


def _known_payer(
    recorded: dict[tuple[str, str, str], Row[kinds.PayerBody]], cells: dict[str, str], commitments: set[str]
) -> Row[kinds.PayerBody] | None:
    found = (recorded.get((cells["channel"], cells["institution"], commitment)) for commitment in sorted(commitments))
    return next((row for row in found if row is not None), None)


def _payer_users(view: View) -> dict[str, str]:
    return {row.body["payer"]: "payment_batch" for row in view.rows(kinds.PAYMENT_BATCH)}


PAYERS = Register("payers", kinds.PAYER, _payer_drafts, users=_payer_users)
