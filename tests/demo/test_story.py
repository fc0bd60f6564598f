"""The invented year holds what it is there to show: told once from files to forgery, and read from its book."""

import re
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from ledger.book.digests import digest_at
from ledger.demo.story import anchor_of
from ledger.demo.year import Year, invented_year
from ledger.log import kinds
from ledger.runs.history import State, runs
from ledger.store.ledger import View
from tests.support.demo import Told

SECONDS = 60


@pytest.fixture(scope="module")
def year() -> Year:
    return invented_year()


def bodies(view: View, register: kinds.Kind[Any]) -> list[dict[str, Any]]:
    """What a register holds; of a lender's registers the lender too."""
    return [
        {**row.body["data"], "lender": row.lender} if "data" in row.body else row.body for row in view.rows(register)
    ]


def test_it_takes_less_than_a_minute(told: Told) -> None:
    assert told.seconds < SECONDS


def test_sixty_firms_and_seven_lenders_under_five_notices(view: View) -> None:
    assert len(bodies(view, kinds.ENTITY)) == 60
    loans = bodies(view, kinds.LOAN)
    assert len(loans) == 120
    assert len({loan["lender"] for loan in loans}) == 7
    assert {loan["uscc"] for loan in loans} == {row.key for row in view.rows(kinds.ENTITY)}
    assert {body["notice"] for body in bodies(view, kinds.APPLICATION) if body["item"].startswith("HT")} == {
        "bj-first-loan-2025",
        "bj-equipment-loan-2024",
        "gjj-2023-batch-2-direction-2",
        "example-startup-guarantee",
        "example-loan-interest-discount",
    }


def test_loans_are_prepaid_repriced_and_overdue(view: View) -> None:
    happened = Counter(body["kind"] for body in bodies(view, kinds.EVENT))
    assert min(happened[kind] for kind in ("repayment", "rate", "overdue")) >= 10
    assert sum("repriced" in body for body in bodies(view, kinds.LOAN)) >= 10


def test_the_files_are_such_as_users_bring(told: Told) -> None:
    inputs = told.out / "inputs"
    assert len({path.parent for path in inputs.rglob("events-*.csv")}) == 13  # what went before, and twelve months
    assert (inputs / "entities.csv").read_text(encoding="gb18030").startswith("统一社会信用代码,")
    assert (inputs / "2025-03" / "applications.csv").read_text(encoding="utf-8").startswith("Application no.,")
    with CalamineWorkbook.from_path(str(inputs / "payees.xlsx")) as book:
        assert book.get_sheet_by_index(0).total_height > 60


def test_twelve_months_were_run(view: View) -> None:
    assert [(run.occasion.name, run.state) for run in runs(view) if run.occasion.run == "interest"] == [
        (f"2025-{number:02d}", State.CLOSED) for number in range(1, 13)
    ]


def test_a_status_gained_in_mid_year_changes_the_share_from_its_day_on(told: Told) -> None:
    assert "北京示例36号商业航天有限公司 is innovative_sme from 2025-06-10" in told.text
    part = told.part("A status gained in the middle of a due period:")
    # 5,000,000 drawn, 60 % of it until 10 April: in days of the whole, 20 x 60 % + 61 before the status, 11 after.
    assert "receipt 36,166.67 x 73/84" in part
    assert "receipt 36,166.67 x 11/84" in part
    # 4,391.67 + 31,430.56 = 35,822.23; 36,166.67 - 31,430.56 + 39,611.11 + 39,180.56 = 83,527.78.
    assert "20% of 35,822.23" in part
    assert "40% of 83,527.78" in part
    assert re.search(r"award +40,575.56$", part, re.M)  # 7,164.45 + 33,411.11


def loan_of(view: View, entry: int) -> str | None:
    """The loan whose award an entry moves; None where it is of another item."""
    digest = digest_at(view, entry)
    assert digest is not None
    return digest.get("loan")


def test_a_firm_that_moved_is_supported_for_what_it_asked_for_afterwards(told: Told, view: View) -> None:
    assert "北京示例15号机器人有限公司 moved to 通州区 on 2025-02-17" in told.text
    part = told.part("Asked for before the firm moved to Beijing:")
    assert re.search(r"refused +registered_in: 保定市 in ", part)
    assert re.search(r"award +0\.00$", part, re.M)
    (firm,) = (row for row in view.rows(kinds.ENTITY) if row.body["name"].startswith("北京示例15号"))
    assert [one["name"] for one in firm.body["districts"]] == ["保定市", "通州区"]
    asked = [row for row in bodies(view, kinds.APPLICATION) if row["item"].startswith("HT")]
    days = {row["applied_on"]: row["item"] for row in asked if row["uscc"] == firm.key}
    early, later = sorted(days)
    assert early < "2025-02-17" < later
    paid = {loan_of(view, row.seq) for row in view.records(kinds.ENTRY) if row.body.get("award_fen", 0) > 0}
    assert days[later] in paid
    assert days[early] not in paid


def test_a_code_that_fails_its_check_waits_for_its_confirmation(told: Told, view: View) -> None:
    (code,) = (row.key for row in view.rows(kinds.ENTITY) if row.body["check"] == "failed")
    assert f"the last character of {code} is not its check digit" in told.text
    refused = [row.body for row in view.records(kinds.REFUSAL) if "uscc_override_missing" in str(row.body["codes"])]
    # The firm's first loan is signed on 26 February, a week after its notice came into force, and granted in March.
    assert {body["month"] for body in refused} == {"2025-03"}
    months = told.text.split("$ subsidy run interest --month ")
    assert f"$ subsidy decide uscc-override --about {code}" in months[3]  # after March, before April


def test_two_facts_come_late_and_are_trued_up(told: Told, view: View, year: Year) -> None:
    late = {row["contract_no"] for _month, row in year.late}
    assert len(late) == 2
    corrected = {loan_of(view, row.seq) for row in view.records(kinds.ENTRY) if row.body["reason"] == "true_up"}
    assert corrected - {None} == late
    part = told.part("A prepayment of April reported in August, and its true-up:")
    # 3,750,000 of 15,000,000 repaid on 15 April: 66 days to the due day at 2.5 % / 360.
    assert 3_750_000_00 * 66 * 25 // (360 * 1000) == 17_187_50
    assert re.search(r"2025-06-20 +-17,187\.50 +true-up", part)
    assert re.search(r"--month 2025-08: .* reduced by 17,187\.50, true-ups 1", told.text)


def test_the_trial_balance_is_zero_chart_by_chart(told: Told) -> None:
    totals = re.findall(r"^(fin|bud|ind) +total,.* (\S+) +(\S+) +(\S+)$", told.text, re.M)
    assert [one[0] for one in totals] == ["fin", "bud", "ind"]
    assert all(debits == credits and balance == "0.00" for _chart, debits, credits, balance in totals)
    assert totals[0][1] != "0.00"


def test_the_book_is_the_signed_one_and_a_changed_byte_is_found(told: Told) -> None:
    sound, forged = told.text.split("One byte of a copy is changed now")
    assert "anchored: the first " in sound
    assert "DAMAGED" not in sound
    found = re.search(r"^record (\d+) entry (\S+): the bytes were changed after they were hashed", forged, re.M)
    assert found
    assert changed_bytes(told.out) == {int(found[1]): 1}
    assert (anchor_of(told.out) / "checkpoint").is_file()


def changed_bytes(out: Path) -> dict[int, int]:
    """Per record of the forged copy that is not as in the ledger: how many of its bytes differ."""
    with closing(sqlite3.connect(out / "ledger.db")) as one, closing(sqlite3.connect(out / "forged.db")) as other:
        query = "SELECT seq, body FROM record ORDER BY seq"
        pairs = zip(one.execute(query), other.execute(query), strict=True)
        differing = {seq: (before, after) for (seq, before), (_seq, after) in pairs if before != after}
    return {seq: sum(a != b for a, b in zip(*both, strict=True)) for seq, both in differing.items()}
