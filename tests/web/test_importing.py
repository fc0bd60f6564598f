"""Files that are brought on a page: what they would do, what is wrong with them, a draft of a notice, and an office."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calculators.money import format_yuan
from ledger.demo.story import anchor_of
from ledger.log import kinds
from tests.support.demo import Told
from tests.support.reader import Reader, words
from tests.support.sources import ROOT
from tests.support.three_office import MAKER, duties_office

SEEN = datetime(2026, 4, 2, 3, tzinfo=UTC)
RECEIPTS = {"register": "receipts", "mode": "delta", "lender": "", "through": "", "actor": "1001", "lang": "zh_CN"}


@pytest.fixture(scope="module")
def demo(told: Told) -> Reader:
    """Whoever looks at the demo year; nothing is written to it."""
    return Reader(f"sqlite:///{told.out.resolve()}/ledger.db", anchor_of(told.out), clock=lambda: SEEN)


def receipts(told: Told) -> str:
    """A bank's last file of the year, each receipt a quarter later."""
    text = (told.out / "inputs/2025-12/receipts-7.csv").read_text("utf-8")
    return text.replace("2025-12-20", "2026-03-20").replace("2025-12-21", "2026-03-21")


def test_a_file_is_laid_out_beside_what_is_recorded(demo: Reader, told: Told) -> None:
    text = receipts(told)
    page = demo.fill("/import", RECEIPTS, {"file": ("receipts.csv", text.encode())}).text
    rows = [line.split(",") for line in text.splitlines()[1:]]
    said = words(page)
    assert f"新增 {len(rows)}，变更 0，未变 0，作废 0" in said
    # The sum of the column, worked out from the file.
    fen = sum(int(row[2].replace(".", "")) for row in rows)
    assert format_yuan(fen).replace(",", "") in said.replace(",", "")
    for row in rows:
        assert format_yuan(int(row[2].replace(".", ""))) in said
    assert re.search(r'action="/import/[0-9a-f]+"', page)


def test_a_wrong_row_is_named_and_can_be_held_and_sent_back(demo: Reader, told: Told) -> None:
    wrong = receipts(told).replace("2026-03-20", "20x6-03-20", 1)
    page = demo.fill("/import", RECEIPTS, {"file": ("receipts.csv", wrong.encode())}).text
    assert "receipts.csv:2:2" in page
    # What is not taken cannot be taken by the next button.
    assert not re.search(r'action="/import/[0-9a-f]+"', page)
    [back] = re.findall(r'href="(/import/[0-9a-f]+/returned\.xlsx)"', page)
    assert demo.ask(back).content[:2] == b"PK"
    [hold] = re.findall(r'href="(/import/[0-9a-f]+\?hold=1)"', page)
    held = demo.page(hold)
    said = words(held)
    assert f"新增 {len(wrong.splitlines()) - 2}，" in said
    assert "暂缓 1 行" in said
    assert 'value="on"' in held


def test_a_draft_says_who_gets_less(demo: Reader) -> None:
    """Half of the costs of a tape-out, at most: 40 % instead takes a fifth of what no cap cuts."""
    text = (ROOT / "fixtures/notices/gjj-2023-tape-out.yaml").read_text("utf-8")
    assert "50%" in text
    draft = text.replace("50%", "40%")
    page = demo.fill("/what-if", {"against": "", "lang": "zh_CN"}, {"draft": ("draft.yaml", draft.encode())}).text
    said = words(page)
    # JL1 has 1,500,000.00 by 50 %, so its costs are 3,000,000.00, and 40 % of them are 1,200,000.00.
    assert "SB-JL1 北京示例01号集成电路有限公司 JL1 1,500,000.00 1,200,000.00 −300,000.00" in said
    assert ">150.00<" in page
    [less] = re.findall(r'href="(/what-if/[0-9a-f]+\?only=winners)#who"', page)
    winners = demo.reads(less)
    assert "各项补贴额均无变化" in winners
    assert "SB-JL1" not in winners


def test_a_file_is_taken_in_signed(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    office = duties_office(tmp_path / "book").awake()
    reader = Reader(office.url)
    firms = (ROOT / "fixtures/first-month/entities.csv").read_bytes()
    said = {**RECEIPTS, "register": "entities", "actor": MAKER}
    page = reader.fill("/import", said, {"file": ("entities.csv", firms)}).text
    [take] = re.findall(r'action="(/import/[0-9a-f]+)"', page)
    asked = reader.fill(take, {"hold_bad": ""}, {"none": ("", b"")})
    [challenge] = re.findall(r'href="(/do/[0-9a-f]+/act\.challenge)"', asked.text)
    file = tmp_path / "act.challenge"
    file.write_bytes(reader.ask(challenge).content)
    given = office.signed(MAKER, file).read_bytes()
    done = reader.fill(challenge.rpartition("/")[0], {}, {"signature": ("act.signature", given)})
    assert "新增 1" in words(done.text)
    with office.ledger.read() as view:
        assert "91110108MA0000777Y" in {row.key for row in view.rows(kinds.ENTITY)}


def test_people_and_what_each_can_sign(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    office = duties_office(tmp_path / "book").awake()
    reader = Reader(office.url)
    said = reader.reads("/people?lang=zh_CN")
    assert "在岗 3 人" in said
    # In the set `three` a batch is signed by 出纳岗, then by 复核岗.
    assert "1. 出纳岗 2. 复核岗 1. 1003 2. 1002" in said
