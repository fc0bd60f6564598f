"""What was seen of firms' digital renminbi wallets, and of wallets that are being opened: each with its day.

A state is no part of the payee: that it was seen again changes nobody's account, so it asks for no second person and no
waiting time. What it says may hold a payment back; whether it does is one function for who pays and for the rule book.
"""

import csv
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from calculators.money import format_yuan, parse_yuan
from calculators.problems import N_
from ledger.log import kinds
from ledger.registry.drafts import Draft, Register, Task, refuse_twice
from ledger.registry.operators import operators
from ledger.registry.payees import check_operator
from ledger.resources import fixture
from ledger.sheets.columns import mask
from ledger.store.ledger import Row, View

NORMAL = "normal"
# Kinds of freeze under which nothing comes in.
_CLOSED_TO_MONEY = frozenset({"credit", "all"})
# Whose limits a wallet has that its operator controls.
ANONYMOUS = "4"
OPENED, REFUSED = "opened", "refused"


class WalletHold(NamedTuple):
    """Why a wallet is not paid: the code, and what fills its text."""

    code: str
    values: Mapping[str, object]


class Limits(NamedTuple):
    """What a class of wallets can hold, take in one payment and take in a day, in fen; None where there is no limit."""

    balance_fen: int | None
    single_fen: int | None
    day_fen: int | None


def stands_against(
    wallet: Mapping[str, Any], day: date, within_days: int, fen: int, of_day_fen: int
) -> WalletHold | None:
    """Why a payment of `fen` to a wallet of this state is not made on `day`, with `of_day_fen` paid to it that day.

    A state that was seen more than `within_days` days before says nothing any more.
    """
    seen_on = date.fromisoformat(wallet["seen_on"])
    if wallet["status"] != NORMAL:
        return WalletHold(f"wallet_{wallet['status']}", {"seen_on": seen_on})
    if wallet["freeze"] in _CLOSED_TO_MONEY:
        return WalletHold("wallet_frozen", {"seen_on": seen_on})
    last_day = seen_on + timedelta(days=within_days)
    if last_day < day:
        return WalletHold("wallet_state_stale", {"seen_on": seen_on, "last_day": last_day})
    limits = limits_of(wallet, day)
    over = _over(limits, fen, of_day_fen) if limits else None
    return WalletHold("wallet_limit", over) if over else None


def _over(limits: Limits, fen: int, of_day_fen: int) -> dict[str, object] | None:
    for limit_fen, asked_fen in (
        (limits.balance_fen, fen),
        (limits.single_fen, fen),
        (limits.day_fen, fen + of_day_fen),
    ):
        if limit_fen is not None and asked_fen > limit_fen:
            return {"amount": format_yuan(asked_fen), "limit": format_yuan(limit_fen)}
    return None


def limits_of(wallet: Mapping[str, Any], day: date) -> Limits | None:
    """The limits of a wallet's class on a day; None for one that is neither of a class nor controlled."""
    of_class = ANONYMOUS if wallet["controlled"] else wallet.get("wallet_class", "")
    found = [limits for (name, since), limits in _limits().items() if name == of_class and since <= day]
    return found[-1] if found else None


@cache
def _limits() -> dict[tuple[str, date], Limits]:
    """(Class, first day) -> its limits, as the package ships them."""
    with fixture("reference/wallet_limits.csv").open(encoding="utf-8") as source:
        return {
            (row["class"], date.fromisoformat(row["from"])): Limits(
                *(parse_yuan(row[name]) if row[name] else None for name in ("balance", "single", "day"))
            )
            for row in csv.DictReader(source)
        }


def _wallet_drafts(task: Task) -> list[Draft]:
    """One draft per wallet: what was seen of it last."""
    reading, view = task.reading, task.view
    wallets = {row.key for row in view.rows(kinds.PAYEE) if row.body["channel"] == "ecny"}
    recorded = {row.key: row.body["seen_on"] for row in view.rows(kinds.WALLET)}
    classes = {row.key: row.body["wallet_class"] for row in view.rows(kinds.WALLET) if "wallet_class" in row.body}
    lines: dict[str, int] = {}
    made = []
    for row in reading.rows:
        cells = dict(row.cells)
        key = cells.pop("payee")
        if "wallet_class" not in cells and key in classes:
            # An empty cell says nothing: the class that was seen stays, and so do its limits.
            cells["wallet_class"] = classes[key]
        # Who writes the number instead of the reference is not to see it again.
        shown = key if "/" in key else mask(key)
        refuse_twice(reading, lines, row.line, "payee", shown)
        if key not in wallets:
            reading.refuse(
                "payee_no_wallet",
                N_("{payee} is the reference of no wallet of a firm"),
                N_("`subsidy entity show USCC` lists the references; import the payee first"),
                row.line,
                "payee",
                payee=shown,
            )
        if cells["seen_on"] < recorded.get(key, ""):
            reading.refuse(
                "wallet_seen_before",
                N_("{day} lies before {recorded}, when the wallet was seen last"),
                N_("remove the row, or correct the day"),
                row.line,
                "seen_on",
                recorded=recorded[key],
                day=cells["seen_on"],
            )
        made.append(Draft(key, cells, row.line))
    return made


def _against(view: View) -> Callable[[str], bool]:
    """Whether a state is of a payee who might be paid; of one that is gone it may fall."""
    return view.keys(kinds.PAYEE).__contains__


WALLETS = Register("wallets", kinds.WALLET, _wallet_drafts, against=_against)


def _request_drafts(task: Task) -> list[Draft]:
    """One draft per process of opening a wallet: where it stands."""
    reading, view = task.reading, task.view
    firms = view.keys(kinds.ENTITY)
    recorded = {row.key: row.body for row in view.rows(kinds.WALLET_REQUEST)}
    known_operators = operators(view)
    lines: dict[str, int] = {}
    made = []
    for row in reading.rows:
        cells = dict(row.cells)
        key = cells.pop("process_no")
        refuse_twice(reading, lines, row.line, "process_no", key)
        if cells["uscc"] not in firms:
            reading.refuse(
                "entity_unknown",
                N_("the firm {code} is not registered"),
                N_("import the register of entities first, or correct the code"),
                row.line,
                "uscc",
                code=cells["uscc"],
            )
        check_operator(reading, row, known_operators)
        if key in recorded and recorded[key]["uscc"] != cells["uscc"]:
            reading.refuse(
                "process_of_another",
                N_("{process} is of the firm {uscc}"),
                N_("correct the number or the credit code"),
                row.line,
                "process_no",
                process=key,
                uscc=recorded[key]["uscc"],
            )
        made.append(Draft(key, cells, row.line))
    return made


WALLET_REQUESTS = Register("wallet-requests", kinds.WALLET_REQUEST, _request_drafts)


def latest_requests(view: View) -> dict[str, Row[kinds.WalletRequestBody]]:
    """Firm -> the process of opening a wallet whose state is the latest; none that was refused."""
    found: dict[str, Row[kinds.WalletRequestBody]] = {}
    for row in sorted(view.rows(kinds.WALLET_REQUEST), key=lambda row: (row.body["state_on"], row.seq)):
        found[row.body["uscc"]] = row
    return {uscc: row for uscc, row in found.items() if row.body["state"] != REFUSED}
