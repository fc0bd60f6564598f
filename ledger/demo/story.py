"""The invented year, told: registers in, twelve months run, paid and reconciled, a true-up explained, a forgery found.

Every step goes through the rooms that the commands go through, and says the command that would do the same. Clock,
salts and the log key are fixed, so that two demos are equal to the byte; the first record says `purpose: demo`.
"""

import random
import shutil
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from calculators.awards.lines import Line
from calculators.files.yaml import load_notice
from calculators.money import format_yuan, parse_yuan, plain_yuan
from calculators.notices.model import Notice
from ledger.audit.ledger import Ledger
from ledger.demo.bank import MISPRINTED, misprint, receipts, settlement_day
from ledger.demo.files import write_csv, write_xlsx
from ledger.demo.office import MAKER, PAYER, POSTS, Office, document_of, found
from ledger.demo.payments import HOLDER_MENDED, PAYERS, Cashier
from ledger.demo.statements import Booked
from ledger.demo.year import (
    FAILED_CHECK,
    GAINS_STATUS,
    KINDS,
    LENDERS,
    MERGED,
    MERGED_ON,
    MOVED_ON,
    MOVED_TO_BEIJING,
    SEED,
    SUCCESSOR,
    WRONG_HOLDER,
    Row,
    Year,
    credit_code,
    firm_name,
    invented_year,
)
from ledger.log import kinds
from ledger.office.decisions import Decision, decide
from ledger.office.openings import record_opening
from ledger.office.successions import end
from ledger.payouts import contracts
from ledger.payouts.returns.moves import fund
from ledger.payouts.year_end import close_year
from ledger.registry import benchmarks
from ledger.registry.drafts import Scope
from ledger.registry.imports import Comparison, compare, record
from ledger.registry.notices import add_notice
from ledger.registry.openings import read_opening
from ledger.registry.successions import Ended
from ledger.resources import fixture
from ledger.runs.closing import Outcome, totals
from ledger.runs.grants import record_grants
from ledger.runs.interest import run_interest
from ledger.runs.occasion import Month
from ledger.runs.plan import plan_month
from ledger.words import _

OPENED = date(2025, 1, 2)
# The notice that counts interest paid, so that its loans need receipts, and the one that paid before this ledger.
PAID_INTEREST = "bj-first-loan-2025"
PAID_OUTSIDE = "example-loan-interest-discount"
MISPRINT_MENDED = "2025-08"
# The month in which the payee of the successor of a firm that merged is agreed to.
MERGER_AGREED = "2025-10"
CONTRACT = "ZNHY-2026-1"
CONTRACT_WALLET = {
    "channel": "ecny",
    "institution": "C1010211000012",
    "wallet_type": "WT09",
    "number": "0099000000000033",
    "holder": "示例专项资金合约钱包",
    "funding": "prefunded",
    "envelope": "2026/contract",
}
# The month in which an officer confirms the code that fails its check; until then its firm gets nothing.
CODE_CONFIRMED = "2025-04"
# Registers whose rows count only once another has signed for them.
OF_TWO = frozenset({"grants", "payees", "payers"})
DAY_COLUMN = {"events": "date", "receipts": "due"}
MONTHS = tuple(Month(2025, number) for number in range(1, 13))

Tell = Callable[[str], None]


class Clock:
    """A clock that the story sets: ten in the morning in Shanghai on `day`."""

    def __init__(self, day: date) -> None:
        self.day = day

    def __call__(self) -> datetime:
        return datetime.combine(self.day, time(2), UTC)


@dataclass
class Demo:
    """A demo ledger in the making, and the folder its input files go to."""

    out: Path
    tell: Tell
    office: Office
    clock: Clock
    year: Year
    receipts: list[Row]
    granted: set[str] = field(default_factory=set)
    sent: set[tuple[str, int]] = field(default_factory=set)
    files: int = 0
    new: Counter[str] = field(default_factory=Counter)
    booked: list[Booked] = field(default_factory=list)
    # Commands by which the second person agreed to files, until they are told.
    agreed: list[str] = field(default_factory=list)

    @property
    def ledger(self) -> Ledger:
        """The ledger of the office."""
        return self.office.ledger

    @property
    def cashier(self) -> Cashier:
        """Who pays what was run."""

        def set_day(day: date) -> None:
            self.clock.day = day

        return Cashier(self.office, self.out, self.booked, self.tell, set_day)

    @property
    def url(self) -> str:
        """The ledger as `--db` takes it."""
        return f"sqlite:///{self.out / 'ledger.db'}"


def anchor_of(out: Path) -> Path:
    """Where a demo keeps checkpoint and keys: beside its folder, never inside."""
    return out.with_name(out.name + "-anchor")


def open_demo(out: Path, tell: Tell) -> Demo:
    """A new demo ledger in `out`, with notices, budget, firms, payees and what went before 2025."""
    out.mkdir(parents=True)
    clock = Clock(OPENED)
    salts = random.Random(SEED)
    office = found(f"sqlite:///{out / 'ledger.db'}", anchor_of(out), clock, salts.randbytes)
    year = invented_year()
    _ref, benchmark = benchmarks.shipped()
    asked = {row["item"] for row in year.applications if row["notice"] == PAID_INTEREST}
    demo = Demo(out, tell, office, clock, year, list(receipts(year, asked, benchmark)))
    _introduce(demo)
    notices = _add_notices(demo)
    _issue_budgets(demo, notices)
    _first_registers(demo)
    _open_positions(demo)
    return demo


def run_year(demo: Demo) -> list[Outcome]:
    """Twelve months: what the banks sent for each, its run, what they had paid in it, and what is paid after it."""
    return [_run_month(demo, month) for month in MONTHS]


def explained(year: Year) -> list[tuple[str, str]]:
    """Three loans worth an explanation, each with what there is to see in it."""
    moved, gained = credit_code(MOVED_TO_BEIJING), credit_code(GAINS_STATUS[1])
    asked = {(row["uscc"], row["notice"]): row for row in year.applications}
    early = next(row for row in year.applications if row["uscc"] == moved and row["applied_on"] < MOVED_ON.isoformat())
    return [
        (_("Asked for before the firm moved to Beijing:"), early["item"]),
        (_("A status gained in the middle of a due period:"), asked[gained, PAID_INTEREST]["item"]),
        (_("A prepayment of April reported in August, and its true-up:"), year.late[0][1]["contract_no"]),
    ]


def forge(demo: Demo) -> Path:
    """A copy of the ledger in which one byte is another, a digit of a posted amount; the original stays as it is."""
    with demo.ledger.read() as view:
        last = max(row.seq for row in view.records(kinds.ENTRY) if "award_fen" in row.body)
        body = bytes(view.connection.exec_driver_sql("SELECT body FROM record WHERE seq = ?", (last,)).scalar_one())
    copy = demo.out / "forged.db"
    _backup(demo.out / "ledger.db", copy)
    raw = copy.read_bytes()
    place = raw.index(body) + body.index(b'"award_fen":') + len(b'"award_fen":')
    digit = b"9" if raw[place : place + 1] != b"9" else b"8"
    copy.write_bytes(raw[:place] + digit + raw[place + 1 :])
    return copy


def _backup(source: Path, target: Path) -> None:
    """A whole copy: a file copied while its write-ahead log holds the newest pages would be incomplete."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def _introduce(demo: Demo) -> None:
    """What the year holds, counted from its rows."""
    year = demo.year
    kinds = Counter(row["kind"] for row in year.events)
    demo.tell(
        _(
            "An invented fund year: {firms} firms, {loans} loans of {lenders} lenders, {notices} notices; {prepaid} "
            "prepayments, {rates} new contract rates and {floating} loans repriced with the LPR, {overdue} overdue "
            "spells, {late} facts told late."
        ).format(
            firms=len(year.entities),
            loans=len(year.loans),
            lenders=len({row["lender"] for row in year.loans}),
            notices=len(KINDS),
            prepaid=kinds["repayment"],
            rates=kinds["rate"],
            floating=sum("repriced" in row for row in year.loans),
            overdue=kinds["overdue"],
            late=len(year.late),
        )
    )
    first, second, third = POSTS
    demo.tell(f"$ subsidy init --actor {first} --post {POSTS[first]} --document {document_of(first)}")
    demo.tell(f"$ subsidy init --second --actor {second} --post {POSTS[second]} --document {document_of(second)}")
    demo.tell(f"$ subsidy people enrol {third} --post {POSTS[third]} --document {document_of(third)} --actor {first}")
    demo.tell(
        _(
            "Each of the three signs with a key of their own (--key {file}); commands without --actor are by {maker}, "
            "payments by {payer}."
        ).format(file=f"{anchor_of(demo.out).name}/keys/STAFFNO.key", maker=MAKER, payer=PAYER)
    )


def _add_notices(demo: Demo) -> list[Notice]:
    notices = []
    for kind in KINDS:
        text = fixture(f"notices/{kind.notice}.yaml").read_text(encoding="utf-8")
        source = f"{kind.notice}.yaml"
        with demo.office.write(MAKER) as writer:
            add_notice(writer, text, source)
        notices.append(load_notice(text, source))
        demo.tell(f"$ subsidy notice add {source}")
        demo.tell(demo.office.agree_to_act())
    return notices


def _issue_budgets(demo: Demo, notices: Iterable[Notice]) -> None:
    """A budget for each envelope that holds every ceiling granted from it, and the same for the paths above."""
    paths = {notice.id: notice.envelope.path for notice in notices}
    kinds = {row["application_no"]: row["notice"] for row in demo.year.applications}
    needed: dict[str, int] = defaultdict(int)
    for grant in demo.year.grants:
        path = paths[kinds[grant["application_no"]]]
        while path:
            needed[path] += parse_yuan(grant["ceiling"])
            path = path.rpartition("/")[0]
    for number, (path, fen) in enumerate(sorted(needed.items()), 1):
        document = f"示例指〔2025〕{number}号"
        # What was granted before the ledger was opened stood on the budget of its own day.
        issue(demo, path, fen, document, date(int(path[:4]), 1, 1))
    for earlier in sorted(path for path in needed if "/" not in path and int(path) < OPENED.year):
        end_year(demo, int(earlier))


def issue(demo: Demo, path: str, fen: int, document: str, on: date) -> None:
    """A budget, ordered and carried out."""
    agreed = demo.office.issue(path, fen, document, on)
    demo.tell(f"$ subsidy budget issue {path} {format_yuan(fen)} --document {document} --on {on}")
    demo.tell(agreed)


def end_year(demo: Demo, year: int) -> None:
    """Book what of a year's budget was not drawn; what is paid from it later is drawn from that."""
    book_year_end(demo, year, f"示例结〔{year}〕1号")


def book_year_end(demo: Demo, year: int, document: str) -> None:
    """The same on a document that is named."""
    with demo.office.write(MAKER) as writer:
        close_year(writer, year, document)
    demo.tell(f"$ subsidy budget year-end {year} --document {document}")
    demo.tell(demo.office.agree_to_act())


def _first_registers(demo: Demo) -> None:
    folder, year = demo.out / "inputs", demo.year
    for register, path in (
        ("entities", write_csv(folder / "entities.csv", "entities", year.entities, chinese=True)),
        ("payees", write_xlsx(folder / "payees.xlsx", "payees", year.payees)),
        ("payers", write_csv(folder / "payers.csv", "payers", PAYERS, chinese=True)),
    ):
        found = take(demo, register, path, "full")
        demo.tell(f"$ subsidy import {register} {path.name} --mode full" + by(register))
        tell_agreed(demo)
        for warning in found.warnings:
            demo.tell(_("Warning: {text}").format(text=warning.render(_)))
    _take_new(demo, OPENED, "2024")
    demo.clock.day = OPENED + timedelta(days=4)
    _take_reports(demo, date(2024, 12, 31), "2024")
    _tell_taken(demo, "2024")


def _open_positions(demo: Demo) -> None:
    """Go-live in mid-programme: one notice's awards of 2024 were paid elsewhere, of the others nothing was."""
    for kind in KINDS:
        path = _paid_outside(demo, kind.notice) if kind.notice == PAID_OUTSIDE else None
        with demo.ledger.read() as view:
            body = read_opening(view, path, kind.notice).body if path else kinds.OpeningBody(key=kind.notice, rows=[])
        opened(demo, body)


def opened(demo: Demo, body: kinds.OpeningBody) -> None:
    """What was paid under a notice before this ledger: one officer enters it, the other agrees."""
    with demo.office.write(MAKER) as writer:
        number = record_opening(writer, body)
    assert number is not None, "it was entered for the first time"
    agreed = demo.office.agree(number)
    notice = body["key"]
    words = f"import {body['file']} --notice {notice}" if "file" in body else f"none {notice}"
    demo.tell(f"$ subsidy opening {words}")
    demo.tell(agreed)


def _paid_outside(demo: Demo, notice: str) -> Path:
    """What the desk paid before this ledger, as its own list has it."""
    with demo.ledger.read() as view:
        results = plan_month(view, Month(2024, 12)).results
    rows = []
    for result in results:
        if isinstance(result.line, Line) and result.line.notice_id == notice:
            loan = result.line.loan
            for period in result.digest["periods"]:
                settled = settlement_day(loan, date.fromisoformat(period["due"]))
                award = plain_yuan(period["award_fen"])
                row = {"uscc": loan.uscc, "line": result.line.id, "due": settled.isoformat(), "amount": award}
                rows.append(row)
    return write_csv(demo.out / "inputs" / "paid-before-2025.csv", "opening", rows, chinese=True)


def _take_new(demo: Demo, through: date, name: str) -> None:
    """Loans signed, applications made and grants decided up to a day that were not taken in before."""
    year, folder = demo.year, demo.out / "inputs" / name
    grants = [
        row for row in year.grants if row["grant_no"] not in demo.granted and row["granted_on"] <= through.isoformat()
    ]
    if not grants:
        return
    demo.granted |= {row["grant_no"] for row in grants}
    numbers = {row["application_no"] for row in grants}
    applications = [row for row in year.applications if row["application_no"] in numbers]
    items = {row["item"] for row in applications}
    for place, lender in enumerate(LENDERS, 1):
        loans = [row for row in year.loans if row["contract_no"] in items and row["lender"] == lender]
        if loans:
            path = write_xlsx(folder / f"loans-{place}.xlsx", "loans", loans)
            take(demo, "loans", path, "delta", lender)
    path = write_csv(folder / "applications.csv", "applications", applications, chinese=False)
    take(demo, "applications", path, "delta")
    take(demo, "grants", write_csv(folder / "grants.csv", "grants", grants, chinese=True), "delta")


def _take_changes(demo: Demo, month: Month) -> None:
    """What became of firms in the month, as the desk's register of firms then says."""
    rows = [row for day, row in demo.year.changes if day.strftime("%Y-%m") == str(month)]
    if rows:
        path = write_csv(demo.out / "inputs" / str(month) / "entities.csv", "entities", rows, chinese=True)
        take(demo, "entities", path, "delta")
    for row in rows:
        if "status" in row:
            text = _("{firm} is {status} from {day}").format(
                day=row["status_from"], status=row["status"], firm=row["name"]
            )
        else:
            text = _("{firm} moved to {district} on {day}").format(
                day=row["district_from"], district=row["district"], firm=row["name"]
            )
        demo.tell("  " + text)


def _confirm_code(demo: Demo) -> None:
    code = next(row["uscc"] for row in demo.year.entities if row["uscc"][:-1] == credit_code(FAILED_CHECK)[:-1])
    with demo.office.write(MAKER) as writer:
        decide(writer, Decision("uscc-override", code, "licence seen, early code"))
    demo.tell(f"$ subsidy decide uscc-override --about {code} --reason 'licence seen, early code'")
    demo.tell(demo.office.agree_to_act())


def _run_month(demo: Demo, month: Month) -> Outcome:
    demo.clock.day = month.ends_before + timedelta(days=1)
    _take_changes(demo, month)
    _take_new(demo, month.last_day, str(month))
    _take_reports(demo, month.last_day, str(month))
    _tell_taken(demo, str(month))
    if str(month) == CODE_CONFIRMED:
        _confirm_code(demo)
    if str(month) == HOLDER_MENDED:
        _correct_holder(demo, month)
    if str(month) == f"{MERGED_ON:%Y-%m}":
        _merge(demo, month)
    if str(month) == MERGER_AGREED:
        # Another officer agrees to the payee that the grants of the merged firm name now.
        demo.tell(demo.office.agree_to_what_waits())
    demo.office.signing(MAKER)
    outcome = run_interest(demo.ledger, month, MAKER)
    posted = demo.office.post(outcome.proposal)
    figures = totals(outcome.plan)
    demo.tell(
        _(
            "$ subsidy run interest --month {month}: entries {entries}, {due} yuan, reduced by {reduced}, "
            "true-ups {true_ups}, held {held}, refused {refused}"
        ).format(
            month=month,
            entries=figures["entries"],
            due=format_yuan(figures["credit_fen"]),
            reduced=format_yuan(figures["debit_fen"]),
            true_ups=sum(step.replaces is not None for step in outcome.plan.steps),
            held=len(outcome.plan.held()),
            refused=len(outcome.plan.refused()),
        )
    )
    demo.tell(posted)
    demo.cashier.reconcile(month)
    if demo.clock.day.year > month.last_day.year:
        end_year(demo, month.last_day.year)
    demo.cashier.pay(month, demo.clock.day)
    return outcome


def _correct_holder(demo: Demo, month: Month) -> None:
    """The firm whose wallet came with another holder sends the right one."""
    wrong = next(row for row in demo.year.payees if row["uscc"] == credit_code(WRONG_HOLDER))
    row = {**wrong, "holder": firm_name(WRONG_HOLDER)}
    path = write_csv(demo.out / "inputs" / str(month) / "payees.csv", "payees", [row], chinese=True)
    take(demo, "payees", path, "delta", agreed=False)
    demo.tell("  " + _("{firm} sends a wallet in its own name").format(firm=row["holder"]))


def _merge(demo: Demo, month: Month) -> None:
    """A firm ends by merger: two officers say so, and its grants name the wallet of its successor."""
    firm, heir = credit_code(MERGED), credit_code(SUCCESSOR)
    how = Ended(heir, MERGED_ON.isoformat(), "示例市监〔2025〕9号")
    with demo.office.write(MAKER) as writer:
        number = end(writer, firm, how, "merged")
    assert number is not None, "it was said for the first time"
    said = f"--on {how.on} --document {how.document} --reason merged"
    demo.tell(f"$ subsidy entity end {firm} --into {heir} {said}")
    demo.tell(demo.office.agree(number))
    rows = [row for row in demo.year.grants if row["grant_no"] in _grants_of(demo, firm)]
    path = write_csv(demo.out / "inputs" / str(month) / "grants-of-merged.csv", "grants", rows, chinese=True)
    take(demo, "grants", path, "delta", agreed=False)
    names = {"firm": firm_name(SUCCESSOR), "merged": firm_name(MERGED)}
    demo.tell("  " + _("{firm} is paid for {merged} from now on").format(**names))


def _grants_of(demo: Demo, firm: str) -> set[str]:
    numbers = {row["application_no"] for row in demo.year.applications if row["uscc"] == firm}
    return {row["grant_no"] for row in demo.year.grants if row["application_no"] in numbers} & demo.granted


def bind_money(demo: Demo) -> None:
    """A wallet with money of its own, of which a contract binds a part: let go on its condition, then over."""
    path = write_csv(demo.out / "inputs" / "contract" / "payers.csv", "payers", [CONTRACT_WALLET], chinese=True)
    take(demo, "payers", path, "delta")
    with demo.ledger.read() as view:
        wallet = next(row.key for row in view.rows(kinds.PAYER) if row.body["funding"] == "prefunded")
    day = demo.clock.day
    until = day + timedelta(days=8)
    with demo.office.write(PAYER) as writer:
        fund(writer, wallet, 10_000_000, day, "YK-1")
    demo.tell(f"$ subsidy pay fund {wallet} 100,000.00 --on {day} --document YK-1 --actor {PAYER}")
    terms = ("loan interest", "accepted on site")
    with demo.office.write(PAYER) as writer:
        contracts.load(writer, CONTRACT, wallet, 5_000_000, (*terms, until), day, "HY-1")
    demo.tell(
        f"$ subsidy pay bind {CONTRACT} {wallet} 50,000.00 --purpose '{terms[0]}' --condition '{terms[1]}' "
        f"--until {until} --on {day} --document HY-1 --actor {PAYER}"
    )
    command = f"$ subsidy pay unbind {CONTRACT} 20,000.00 --as released --document YS-1 --reason '{terms[1]}'"
    # Asked for, and carried out once another officer has agreed.
    for _time in range(2):
        with demo.office.write(MAKER) as writer:
            done = contracts.let_go(writer, CONTRACT, "released", 2_000_000, "YS-1", terms[1])
        demo.tell(command)
        if isinstance(done, contracts.Asked):
            demo.tell(demo.office.agree(done.number))
    demo.clock.day = until + timedelta(days=1)
    with demo.office.write(PAYER) as writer:
        contracts.expire(writer, CONTRACT, "HY-2")
    demo.tell(f"$ subsidy pay lapse {CONTRACT} --document HY-2 --actor {PAYER}")
    with demo.ledger.read() as view:
        (bound,) = contracts.contracts(view, demo.clock.day)
    demo.tell(
        "  "
        + _("{contract}: loaded {loaded}, released {released}, expired {expired}, bound {left}").format(
            contract=bound.contract,
            loaded=format_yuan(bound.loaded_fen),
            released=format_yuan(bound.released_fen),
            expired=format_yuan(bound.expired_fen),
            left=format_yuan(bound.left_fen),
        )
    )


def _take_reports(demo: Demo, through: date, name: str) -> None:
    """Every lender's report of events, an empty one too, and its receipts, as far as it has not sent them."""
    known = {row["item"] for row in demo.year.applications if row["application_no"].replace("SB", "PF") in demo.granted}
    folder = demo.out / "inputs" / name
    for place, lender in enumerate(LENDERS, 1):
        mine = {row["contract_no"] for row in demo.year.loans if row["lender"] == lender} & known
        events = _unsent(demo, "events", mine, through, demo.year.events)
        late = [row for month, row in demo.year.late if month == name and row["contract_no"] in mine]
        for row in late:
            demo.tell(
                "  "
                + _("{lender} says late: {kind} of {contract} on {day}").format(
                    lender=lender, kind=row["kind"], contract=row["contract_no"], day=row["date"]
                )
            )
        events += late
        path = write_csv(folder / f"events-{place}.csv", "events", events, chinese=place % 2 == 0)
        take(demo, "events", path, "delta", lender, through)
        paid = [_as_printed(row) for row in _unsent(demo, "receipts", mine, through, demo.receipts)]
        if name == MISPRINT_MENDED:
            paid += [row for row in demo.receipts if _misprinted(row) and row["contract_no"] in mine]
        if paid:
            path = write_csv(folder / f"receipts-{place}.csv", "receipts", paid, chinese=False)
            take(demo, "receipts", path, "delta", lender)


def _unsent(demo: Demo, register: str, contracts: set[str], through: date, rows: list[Row]) -> list[Row]:
    """Rows of these contracts up to a day that stood in no file before; they count as sent from now on."""
    day = DAY_COLUMN[register]
    found = []
    for place, row in enumerate(rows):
        if row["contract_no"] in contracts and row[day] <= through.isoformat() and (register, place) not in demo.sent:
            demo.sent.add((register, place))
            found.append(row)
    return found


def _misprinted(receipt: Row) -> bool:
    return receipt["contract_no"] == MISPRINTED and receipt["due"].startswith("2025-06")


def _as_printed(receipt: Row) -> Row:
    return misprint(receipt) if _misprinted(receipt) else receipt


def take(
    demo: Demo,
    register: str,
    path: Path,
    mode: str,
    lender: str = "",
    through: date | None = None,
    *,
    agreed: bool = True,
) -> Comparison:
    """Take a register file in as an officer does, grants with what they reserve; `agreed` to where that takes two."""
    with demo.office.write(PAYER if register == "payers" else MAKER) as writer:
        found = compare(writer, demo.ledger.vault, register, path, Scope(mode == "full", lender, through))
        (record_grants if register == "grants" else record)(writer, demo.ledger.vault, found)
    demo.files += 1
    demo.new[register] += found.counts["new"]
    if agreed and register in OF_TWO:
        demo.agreed.append(demo.office.agree_to_act())
    return found


def by(register: str) -> str:
    """Who brings a register, where it is not the first of the three."""
    return f" --actor {PAYER}" if register == "payers" else ""


def tell_agreed(demo: Demo) -> None:
    """The commands by which the second person agreed to files that were told."""
    for command in demo.agreed:
        demo.tell(command)
    demo.agreed.clear()


def _tell_taken(demo: Demo, name: str) -> None:
    """How many files of a folder were taken in since this was last told, and what was new in them."""
    new = ", ".join(f"{register} {count}" for register, count in demo.new.items() if count)
    demo.tell(
        "$ subsidy import ... "
        + _("inputs/{name}: files {files}, new: {new}").format(name=name, files=demo.files, new=new)
    )
    demo.files = 0
    demo.new.clear()
    tell_agreed(demo)


def prepare(out: Path) -> None:
    """Clear away an earlier demo in `out` and its anchor; anything else there is left alone, real books most of all."""
    book = out / "ledger.db"
    if book.is_file() and Ledger.open(f"sqlite:///{book}").genesis["purpose"] == "demo":
        shutil.rmtree(out)
        shutil.rmtree(anchor_of(out), ignore_errors=True)
