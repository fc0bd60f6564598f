"""A ledger of granted loans as an office has it: every row in an import that announces it, judged by the rule book.

Half as many firms as loans, each with a wallet; three events per loan, quarterly due, the example notice with its cap
per firm and year; the budget is just enough.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from calculators.awards.all import CALCULATORS
from ledger.audit.ledger import Ledger
from ledger.book import charts
from ledger.book.envelopes import issue
from ledger.book.posting import post
from ledger.log import kinds
from ledger.office.agreements import agree
from ledger.registry import benchmarks
from ledger.registry.notices import add_notice
from ledger.registry.payees import HOLDER, NUMBER
from ledger.resources import fixture
from ledger.runs.grants import moved, reservation
from ledger.runs.occasion import Month
from ledger.store.ledger import Stored, Vault, Writer, local_day

ACTOR, OTHER = "1001", "1002"
NOTICE = "example-loan-interest-discount"
INSTITUTION = "C1010211000012"
LENDERS = 7
SEED = 20240601


def nothing_before(ledger: Ledger, notice: str) -> None:
    """Two officers say that nothing was paid under a notice before this ledger."""
    with ledger.write(ACTOR) as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key=OTHER, role="officer"))
        number = writer.append(kinds.OPENING, kinds.OpeningBody(key=notice, rows=[]))
    with ledger.write(OTHER) as writer:
        agree(writer, number)


def granted(folder: Path, loans: int) -> Ledger:
    """A new ledger with `loans` granted loans, none of them run."""
    (folder / "ledger").mkdir()
    ledger = Ledger.create(
        f"sqlite:///{folder}/ledger/ledger.db",
        actor=ACTOR,
        calculators=CALCULATORS,
        purpose="demo",
        clock=lambda: datetime(2025, 1, 6, 2, tzinfo=UTC),
        anchor=folder / "anchor",
    )
    draw = random.Random(SEED)
    with ledger.write(ACTOR) as writer:
        charts.seed(writer)
        benchmarks.seed(writer)
        add_notice(writer, fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8"), NOTICE)
    nothing_before(ledger, NOTICE)
    with ledger.write(ACTOR) as writer:
        _take(writer, kinds.ENTITY, [_entity(number) for number in range(loans // 2)])
        _take(writer, kinds.PAYEE, list(_payees(ledger.vault, loans // 2)))
        _take(writer, kinds.LOAN, [_loan(number) for number in range(loans)])
        _take(writer, kinds.EVENT, [event for number in range(loans) for event in _events(number, draw)])
        _take(writer, kinds.APPLICATION, [_application(number) for number in range(loans)])
        _reserve(writer, [_grant(number) for number in range(loans)])
    return ledger


def report_through(ledger: Ledger, month: Month) -> None:
    """Every lender says that nothing more happened through the month's end."""
    with ledger.write(ACTOR) as writer:
        for place in range(LENDERS):
            _announce(writer, "event", 0, lender=_lender(place), through=month.last_day)


def correct_rates(ledger: Ledger, loans: int) -> None:
    """Every lender corrects the rate that its loans had from spring on: 2.90 % where it said 3.00 %."""
    draw = random.Random(SEED)
    events = [event for number in range(loans) for event in _events(number, draw) if event["data"]["kind"] == "rate"]
    with ledger.write(ACTOR) as writer:
        for lender, own in groupby(sorted(events, key=_lender_of), key=_lender_of):
            some = [{**event, "data": {**event["data"], "rate": "2.90%"}} for event in own]
            _announce(writer, "event", 0, changed=len(some), lender=lender)
            writer.extend(kinds.EVENT, some)


def wallet(number: int) -> str:
    """The clear number of a wallet: that of firm `number`, and behind all firms the bureau's own."""
    return f"{number:016d}"


def _take(writer: Writer, kind: kinds.Kind[Any], rows: Sequence[Any]) -> list[Stored]:
    """The rows of a register, each lender's behind an import of its own."""
    stored: list[Stored] = []
    for lender, own in groupby(sorted(rows, key=_lender_of), key=_lender_of):
        some = list(own)
        _announce(writer, kind.register, len(some), lender=lender)
        stored += writer.extend(kind, some)
    return stored


def _lender_of(row: Any) -> str:
    return str(row.get("lender", ""))


def _announce(
    writer: Writer, register: str, new: int, *, changed: int = 0, lender: str = "", through: date | None = None
) -> None:
    body = kinds.ImportBody(
        register=register, mode="delta", file="rows.csv", sha256="0" * 64, new=new, changed=changed, same=0, void=0
    )
    if lender:
        body["lender"] = lender
    if through:
        body["through"] = through.isoformat()
    writer.append(kinds.IMPORT, body)


def _payees(vault: Vault, firms: int) -> Iterator[kinds.PayeeBody]:
    """A wallet per firm under its registered name."""
    numbers = vault.commit_many((NUMBER, wallet(place)) for place in range(firms))
    holders = vault.commit_many((HOLDER, _entity(place)["name"]) for place in range(firms))
    for place, (number, holder) in enumerate(zip(numbers, holders, strict=True)):
        yield kinds.PayeeBody(
            key=f"ecny/{INSTITUTION}/{place + 1:06d}",
            uscc=code(place),
            channel="ecny",
            institution=INSTITUTION,
            wallet_type="WT09",
            number=number,
            holder=holder,
        )


def _lender(number: int) -> str:
    return f"Bank {number % LENDERS + 1}"


def code(number: int) -> str:
    stem = f"91110108MA{number:07d}"
    return stem + uscc.calc_check_digit(stem)


def _entity(number: int) -> dict[str, Any]:
    districts = [{"from": "2015-03-02", "name": "海淀区"}]
    return {"key": code(number), "name": f"Firm {number}", "check": "passed", "districts": districts, "statuses": []}


def _loan(number: int) -> dict[str, Any]:
    contract = f"HT{number:06d}"
    data = {
        "contract_no": contract,
        "lender": _lender(number),
        "uscc": code(number // 2),
        "signed_on": "2024-01-08",
        "matures_on": "2026-01-10",
        "amount_fen": 3_000_000_000,
        "day_count": "ACT/360",
        "due_every": "quarter",
        "due_day": 20,
        "due_counted": True,
        "rate": ("3.55%", "3.10%", "4.20%")[number % 3],
    }
    return {"register": "loan", "key": contract, "lender": data["lender"], "data": data}


def _events(number: int, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Drawn in January, some of it paid back and the rate lowered on two days of spring."""
    contract = f"HT{number:06d}"
    day = datetime(2024, 3, 1) + timedelta(days=draw.randrange(100))
    drawn_fen = draw.randrange(100_000_000, 3_000_000_000, 100)
    for kind, on, more in (
        ("drawdown", "2024-01-10", {"amount_fen": drawn_fen}),
        ("repayment", day.date().isoformat(), {"amount_fen": drawn_fen // 10}),
        ("rate", (day + timedelta(days=9)).date().isoformat(), {"rate": "3.00%"}),
    ):
        data = {"contract_no": contract, "kind": kind, "date": on, **more}
        yield {"register": "event", "key": f"{contract}//{kind}/{on}/1", "lender": _lender(number), "data": data}


def _application(number: int) -> dict[str, Any]:
    asked = {"uscc": code(number // 2), "notice": NOTICE, "item": f"HT{number:06d}", "applied_on": "2024-03-01"}
    return {"key": f"SB{number:06d}", **asked, "evidence": []}


def _grant(number: int) -> dict[str, Any]:
    return {
        "key": f"PF{number:06d}",
        "application": f"SB{number:06d}",
        "outcome": "granted",
        "granted_on": "2024-03-15",
        "document": f"GRANT-{number}",
        "ceiling_fen": 60_000_000,
        "envelope": "2024/loan-interest",
        "payee": f"ecny/C1010211000012/{number // 2 + 1:06d}",
    }


def _reserve(writer: Writer, grants: list[dict[str, Any]]) -> None:
    """The grants with what they reserve."""
    needed_fen = sum(grant["ceiling_fen"] for grant in grants)
    for path in ("2024", "2024/loan-interest"):
        issue(writer, path, needed_fen, "BUDGET-1", date(2024, 1, 1))
    stored = _take(writer, kinds.GRANT, grants)
    today = local_day(writer.now)
    post(writer, _reservations(grants, stored, today))


def _reservations(grants: Iterable[dict[str, Any]], stored: Iterable[Stored], today: date) -> Iterator[Any]:
    for grant, (record, _leaf) in zip(grants, stored, strict=True):
        yield reservation(grant["key"], 0, record, grant, today, tuple(moved(None, grant, 0)))
