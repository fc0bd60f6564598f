"""A batch of applications that share caps and a budget that does not reach: judged, allotted, granted, run.

Incentives of the 2023 tape-out notice with a short budget shared in proportion. Three applications to a firm, so that
the firm's cap of 30 million binds for a part of them.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from calculators.awards.all import CALCULATORS
from calculators.awards.versions import NoticeVersion
from calculators.files.yaml import load_notice, notice_ref
from ledger.book import charts
from ledger.book.envelopes import issue
from ledger.book.posting import Entry, Posting, post
from ledger.log import kinds
from ledger.registry import benchmarks
from ledger.registry.notices import add_notice
from ledger.resources import fixture
from ledger.runs.interest import run_batch
from ledger.runs.reports.assessment import assess
from ledger.runs.reports.shortages import Allotment, decide_shortage
from ledger.runs.reports.what_if import what_if
from ledger.store.ledger import Ledger
from tests.benchmarks.register import nothing_before
from tests.support.batch_office import code_of

ACTOR = "1001"
NOTICE = "gjj-2023-tape-out"
PATH = "2023/incentive/tape-out"
APPLICATIONS = 10_000
TIMES = 4
PER_FIRM = 3
SEED = 20231009
DAY = date(2023, 12, 1)
CATEGORIES = ("mpw", "frontier_full_mask", "other_full_mask", "beijing_foundry")


@dataclass(frozen=True, slots=True)
class Figures:
    """Processor seconds of judging, of a draft, of allotting the short budget, and of the run; and what came of it."""

    judged: float
    drafted: float
    decided: float
    run: float
    bound: int
    entries: int


def measure(applications: int) -> Figures:
    """A ledger of so many applications in a folder of its own, from judging to posting."""
    with TemporaryDirectory() as folder:
        ledger = applied(Path(folder), applications)
        started = process_time()
        with ledger.read() as view:
            found = assess(view, NOTICE, DAY)
        judged = process_time() - started
        text = _notice_text().replace("share: 30%", "share: 25%")
        notice = load_notice(text, NOTICE)
        started = process_time()
        with ledger.read() as view:
            drawn = what_if(view, NoticeVersion(notice_ref(notice, text), notice), NOTICE, DAY, "draft.yaml")
        drafted = process_time() - started
        assert drawn.now.cost_fen == sum(one.award_fen for one in found) > drawn.then.cost_fen
        total_fen = sum(one.award_fen for one in found)
        started = process_time()
        with ledger.write(ACTOR) as writer:
            decided = decide_shortage(writer, NOTICE, total_fen * 2 // 3, "JY-1", "short")
        allotted = process_time() - started
        assert sum(row.allotted_fen for row in decided.rows) == total_fen * 2 // 3
        grant(ledger, decided.rows)
        started = process_time()
        outcome = run_batch(ledger, NOTICE, ACTOR)
        run = process_time() - started
        return Figures(judged, drafted, allotted, run, sum(1 for one in found if one.caps), outcome.count)


def lines() -> Iterator[str]:
    """The figures of the whole batch, and how much more four times the applications take."""
    quarter, whole = measure(APPLICATIONS // TIMES), measure(APPLICATIONS)
    yield (
        f"batch: {APPLICATIONS} applications, processor time: "
        f"judged in {whole.judged:.1f} s ({whole.bound} cut by a shared cap), "
        f"set against a draft in {whole.drafted:.1f} s, "
        f"short budget allotted in {whole.decided:.1f} s, run in {whole.run:.1f} s ({whole.entries} entries); "
        f"{whole.judged / quarter.judged:.2f}, {whole.drafted / quarter.drafted:.2f}, "
        f"{whole.decided / quarter.decided:.2f} and {whole.run / quarter.run:.2f} times the seconds of "
        f"{APPLICATIONS // TIMES}"
    )


def applied(folder: Path, applications: int) -> Ledger:
    """A new ledger with `applications` applications, none of them decided."""
    (folder / "ledger").mkdir()
    ledger = Ledger.create(
        f"sqlite:///{folder}/ledger/ledger.db",
        actor=ACTOR,
        calculators=CALCULATORS,
        purpose="demo",
        clock=lambda: datetime(2023, 12, 1, 4, tzinfo=UTC),
        anchor=folder / "anchor",
    )
    draw = random.Random(SEED)
    numbers = range(applications)
    with ledger.write(ACTOR) as writer:
        charts.seed(writer)
        benchmarks.seed(writer)
        add_notice(writer, _notice_text(), NOTICE)
    nothing_before(ledger, NOTICE)
    with ledger.write(ACTOR) as writer:
        writer.extend(kinds.ENTITY, (_entity(number) for number in range(-(-applications // PER_FIRM))))
        writer.extend(kinds.CLAIM, (_claim(number, draw) for number in numbers))
        writer.extend(kinds.APPLICATION, (_application(number) for number in numbers))
    return ledger


def grant(ledger: Ledger, rows: list[Allotment]) -> None:
    """Every application granted what it was allotted, with what that reserves, from a budget that is just enough."""
    granted = [_grant(row) for row in rows if row.allotted_fen]
    needed_fen = sum(one["ceiling_fen"] for one in granted)
    with ledger.write(ACTOR) as writer:
        for path in ("2023", "2023/incentive", PATH):
            issue(writer, path, needed_fen, "BUDGET-1", date(2023, 1, 1))
        stored = writer.extend(kinds.GRANT, granted)
        post(
            writer,
            [
                Entry(
                    f"main/grant/{one['key']}/0",
                    "grant",
                    DAY,
                    record,
                    (
                        Posting("ind", "1201", one["ceiling_fen"], {"envelope": PATH}),
                        Posting("ind", "1101", -one["ceiling_fen"], {"envelope": PATH}),
                    ),
                    document=one["document"],
                )
                for one, (record, _leaf) in zip(granted, stored, strict=True)
            ],
        )


def _notice_text() -> str:
    """The tape-out notice with a short budget shared out."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    return text.replace("when_short: refuse", "when_short: pro_rata")


def _entity(number: int) -> dict[str, Any]:
    districts = [{"from": "2015-03-02", "name": "海淀区"}]
    return {"key": code_of(number), "name": f"Firm {number}", "check": "passed", "districts": districts, "statuses": []}


def _claim(number: int, draw: random.Random) -> dict[str, Any]:
    data = {
        "claim_no": f"JL{number:06d}",
        "uscc": code_of(number // PER_FIRM),
        "achieved_on": "2023-06-30",
        "base_fen": draw.randrange(100_000_000, 6_000_000_000, 100),
        "attributes": {"category": draw.choice(CATEGORIES)},
    }
    return {"register": "claim", "key": data["claim_no"], "data": data}


def _application(number: int) -> dict[str, Any]:
    asked = {"uscc": code_of(number // PER_FIRM), "notice": NOTICE, "item": f"JL{number:06d}"}
    return {"key": f"SB{number:06d}", **asked, "applied_on": "2023-10-09", "evidence": []}


def _grant(row: Allotment) -> dict[str, Any]:
    return {
        "key": f"PF{row.application[2:]}",
        "application": row.application,
        "outcome": "granted",
        "granted_on": DAY.isoformat(),
        "document": f"GRANT-{row.application}",
        "ceiling_fen": row.allotted_fen,
        "envelope": PATH,
        "payee": f"ecny/C1010211000012/{int(row.application[2:]) // PER_FIRM + 1:06d}",
    }
