"""Three batches beside the invented year's months: an incentive, a premium, and a staged subsidy of a short budget.

The firms are those of the year. What a batch is there to show: a cap that binds, a firm that moved too late, a premium
that comes back, a budget that does not reach, a project accepted in part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from calculators.money import format_yuan, parse_yuan, plain_yuan
from ledger.commands.run.award_list import write_award_list
from ledger.demo.files import write_csv
from ledger.demo.office import MAKER
from ledger.demo.story import Demo, book_year_end, issue, opened, take, tell_agreed
from ledger.demo.year import MOVED_TO_BEIJING, Row, credit_code
from ledger.log import kinds
from ledger.registry.notices import add_notice
from ledger.resources import fixture
from ledger.runs.closing import totals
from ledger.runs.interest import run_batch
from ledger.runs.reports.assessment import Assessed, assess
from ledger.runs.reports.shortages import decide_shortage
from ledger.sheets.files import Target
from ledger.words import _

JUDGED, LATER = date(2026, 1, 8), date(2026, 3, 2)


@dataclass(frozen=True, slots=True)
class Batch:
    """A notice with its applications: item, firm's number, day and rank of each; and what happens to items afterwards.

    `registers` are taken in before the applications, `later` after the first run. `budget` is what there is to allot,
    "" where it reaches.
    """

    notice: str
    path: str
    applied: tuple[tuple[str, int, str, str], ...]
    registers: tuple[tuple[str, tuple[Row, ...]], ...]
    later: tuple[str, tuple[Row, ...]]
    budget: str = ""


def _claim(number: str, firm: int, base: str, category: str) -> Row:
    claimed = {"claim_no": number, "uscc": credit_code(firm), "achieved_on": "2023-06-30", "base": base}
    return {**claimed, "attributes": f"category={category}"}


def _policy(number: str, firm: int, premium: str) -> Row:
    insured = {"policy_no": number, "insurer": "示例财险", "uscc": credit_code(firm), "item": f"FS-{number}"}
    signed = {"signed_on": "2024-05-06", "liability": "200,000,000.00", "launched_on": "2024-06-20"}
    return {**insured, **signed, "premium": premium}


def _project(number: str, firm: int, claimed: str) -> Row:
    return {"project_no": number, "uscc": credit_code(firm), "signed_on": "2024-01-15", "claimed": claimed}


BATCHES = (
    Batch(
        notice="gjj-2023-tape-out",
        path="2023/incentive/tape-out",
        applied=(
            ("JL1", 1, "2023-10-09", ""),
            ("JL2", 2, "2023-10-10", ""),
            ("JL3", 2, "2023-10-11", ""),
            ("JL4", MOVED_TO_BEIJING, "2023-10-12", ""),
        ),
        registers=(
            (
                "claims",
                (
                    _claim("JL1", 1, "4,000,000.00", "mpw"),
                    _claim("JL2", 2, "50,000,000.00", "frontier_full_mask"),
                    _claim("JL3", 2, "30,000,000.00", "beijing_foundry"),
                    _claim("JL4", MOVED_TO_BEIJING, "1,000,000.00", "mpw"),
                ),
            ),
        ),
        later=("claims", (_claim("JL1", 1, "3,000,000.00", "mpw"),)),
    ),
    Batch(
        notice="gjj-2024-batch-1-space-insurance",
        path="2024/insurance/space",
        applied=(("BD1", 4, "2024-08-01", ""), ("BD2", 6, "2024-08-02", "")),
        registers=(
            ("policies", (_policy("BD1", 4, "8,000,000.00"), _policy("BD2", 6, "12,000,000.00"))),
            (
                "premiums",
                (
                    {"policy_no": "BD1", "kind": "paid", "date": "2024-05-20", "amount": "8,000,000.00"},
                    {"policy_no": "BD2", "kind": "paid", "date": "2024-05-20", "amount": "12,000,000.00"},
                ),
            ),
        ),
        later=(
            "premiums",
            ({"policy_no": "BD1", "kind": "returned", "date": "2026-02-10", "amount": "2,000,000.00"},),
        ),
    ),
    Batch(
        notice="example-allocated-60-40",
        path="2024/allocated/investment",
        applied=(("XM1", 7, "2024-03-01", "2"), ("XM2", 8, "2024-03-04", "1"), ("XM3", 9, "2024-03-05", "3")),
        registers=(
            (
                "projects",
                (
                    _project("XM1", 7, "10,000,000.00"),
                    _project("XM2", 8, "20,000,000.00"),
                    _project("XM3", 9, "30,000,000.00"),
                ),
            ),
        ),
        later=(
            "milestones",
            ({"project_no": "XM1", "kind": "acceptance", "date": "2026-02-16", "done": "80%"},),
        ),
        budget="10,000,000.00",
    ),
)


def run_batches(demo: Demo) -> None:
    """Every batch from its registers to its first run, and two months later what has moved."""
    demo.tell("")
    demo.clock.day = JUDGED
    for batch in BATCHES:
        _register(demo, batch)
        _decide(demo, batch)
        _run(demo, batch)
    demo.clock.day = LATER
    for batch in BATCHES:
        _take(demo, batch, *batch.later, folder="later")
        _run(demo, batch)


def _register(demo: Demo, batch: Batch) -> None:
    text = fixture(f"notices/{batch.notice}.yaml").read_text(encoding="utf-8")
    with demo.office.write(MAKER) as writer:
        add_notice(writer, text, f"{batch.notice}.yaml")
    demo.tell(f"$ subsidy notice add {batch.notice}.yaml")
    demo.tell(demo.office.agree_to_act())
    opened(demo, kinds.OpeningBody(key=batch.notice, rows=[]))
    for register, rows in batch.registers:
        _take(demo, batch, register, rows)
    applied = [
        {
            "application_no": f"SB-{item}",
            "uscc": credit_code(firm),
            "notice": batch.notice,
            "item": item,
            "applied_on": day,
            **({"rank": rank} if rank else {}),
        }
        for item, firm, day, rank in batch.applied
    ]
    _take(demo, batch, "applications", applied)


def _take(demo: Demo, batch: Batch, register: str, rows: Iterable[Row], folder: str = "") -> None:
    path = demo.out / "inputs" / batch.notice / folder / f"{register}.csv"
    take(demo, register, write_csv(path, register, list(rows), chinese=True), "delta")
    demo.tell(f"$ subsidy import {register} {path.relative_to(demo.out)} --mode delta")
    tell_agreed(demo)


def _decide(demo: Demo, batch: Batch) -> None:
    """What the meeting has before it, the budget it has, and the grants."""
    if batch.budget:
        with demo.office.write(MAKER) as writer:
            decide_shortage(writer, batch.notice, parse_yuan(batch.budget), "示例纪要〔2026〕1号", "budget of the year")
        demo.tell(
            f"$ subsidy decide shortage --about {batch.notice} --amount {batch.budget} --document 示例纪要〔2026〕1号 "
            "--reason 'budget of the year'"
        )
        demo.tell(demo.office.agree_to_act())
    with demo.ledger.read() as view:
        found = assess(view, batch.notice, demo.clock.day)
    for assessed in found:
        reasons = ", ".join([*(code["code"] for code in assessed.refused), *assessed.caps])
        amounts = _("computed {computed}, award {award}").format(
            computed=format_yuan(assessed.computed_fen), award=format_yuan(assessed.award_fen)
        )
        demo.tell(f"  {assessed.application}  {assessed.firm}  {amounts}  {reasons}".rstrip())
    _publish(demo, batch, found)
    given = [assessed for assessed in found if assessed.award_fen]
    total = format_yuan(sum(assessed.award_fen for assessed in given))
    names = batch.path.split("/")
    for depth in range(1, len(names) + 1):
        path = "/".join(names[:depth])
        issue(demo, path, parse_yuan(total), f"示例指〔2026〕{batch.notice}", date(int(path[:4]), 1, 1))
    year = int(names[0])
    if year < JUDGED.year:
        # What was issued after the year's end is a claim of that year all the same.
        book_year_end(demo, year, f"示例结〔{year}〕{batch.notice}")
    granted = [
        {
            "grant_no": f"PF-{assessed.item}",
            "application_no": assessed.application,
            "outcome": "granted",
            "granted_on": (JUDGED - timedelta(days=1)).isoformat(),
            "document": f"示例批〔2026〕{assessed.item}",
            "ceiling": plain_yuan(assessed.award_fen),
            "payee": "ecny",
        }
        for assessed in given
    ]
    _take(demo, batch, "grants", granted)


def _publish(demo: Demo, batch: Batch, found: Sequence[Assessed]) -> None:
    """The list for publication, for a spreadsheet and for the web page."""
    (demo.out / "lists").mkdir(exist_ok=True)
    for ending in ("xlsx", "csv"):
        path = demo.out / "lists" / f"{batch.notice}.{ending}"
        write_award_list(Target(path), found, demo.clock.day)
        demo.tell(f"$ subsidy run batch {batch.notice} --dry-run --list {path.relative_to(demo.out)}")


def _run(demo: Demo, batch: Batch) -> None:
    demo.office.signing(MAKER)
    outcome = run_batch(demo.ledger, batch.notice, MAKER)
    posted = demo.office.post(outcome.proposal)
    figures = totals(outcome.plan)
    demo.tell(
        _("$ subsidy run batch {notice}: entries {entries}, {due} yuan, reduced by {reduced}").format(
            notice=batch.notice,
            entries=figures["entries"],
            due=format_yuan(figures["credit_fen"]),
            reduced=format_yuan(figures["debit_fen"]),
        )
    )
    demo.tell(posted)
