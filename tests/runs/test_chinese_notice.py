"""A notice whose own names are Chinese, from loading to the book: what it posts, explains, reads back and prints."""

from pathlib import Path

from ledger.audit.replay import replay
from ledger.audit.verify import Verdict, verify
from ledger.book.projection import full_postings
from ledger.log import kinds
from ledger.resources import fixture
from ledger.store.ledger import Ledger
from tests.support.batch_office import A, apply, grant, open_batch_office, posted
from tests.support.office import NOTICE, Office, open_office
from tests.support.till import PAYERS, Till, staff

STAGED = "example-allocated-60-40"
PATH = "2024/拨款补助/重点问题-一"
# Own names of the notice in stages 50/30/20 -> names in Chinese; the pairs are written as they stand in its file.
STAGES = {
    "id: start,": "id: 启动,",
    "id: mid_term,": "id: 设备到位,",
    "id: rest,": "id: 验收2,",
    "id: entity_year,": "id: 企业年度上限,",
    "2024/allocated/key-problems": PATH,
    "guide.III.2.1\n": "指南.三.2.1\n",
    "basis: guide.III.2.1}": "basis: 指南.三.2.1}",
}
LOAN = {
    "id: points\n": "id: 两个百分点\n",
    "id: share\n": "id: 利息一半\n",
    "id: entity_year,": "id: 企业年度上限,",
    "n3.2": "通知三.二",
}


def renamed(name: str, names: dict[str, str]) -> str:
    """The text of a shipped notice in other names, each of which must stand in it."""
    text = fixture(f"notices/{name}.yaml").read_text(encoding="utf-8")
    for old, new in names.items():
        assert old in text
        text = text.replace(old, new)
    return text


def holds(office: Office) -> None:
    """The ledger proves itself, every run is made again, every table is built again."""
    assert verify(Ledger.open(office.url).path).verdict is Verdict.NOT_ANCHORED
    with Ledger.open(office.url).read() as view:
        assert {one.difference for one in replay(view)} == {None}
    office.do("audit", "rebuild", "--into", f"sqlite:///{office.folder}/again.db")


def test_stages_a_cap_clauses_and_a_budget_path_in_chinese_reach_the_book(tmp_path: Path) -> None:
    text = renamed("example-allocated-50-80-rest", STAGES).replace("id: example-allocated-50-80-rest", f"id: {STAGED}")
    office = open_batch_office(tmp_path, STAGED, "2024-06-03", text)
    office.do("budget", "adjust", "2024", "100000000", "--document", "BUD-Z")
    for path in ("2024/拨款补助", PATH):
        office.do("budget", "issue", path, "100000000", "--document", "BUD-Z")
    office.take("projects", f"project_no,uscc,signed_on,claimed\nXM1,{A},2024-01-05,10000000\n")
    apply(office, STAGED, f"SB1,{A},XM1,2024-03-01")
    grant(office, "PF1,SB1,2024-06-03,3000000")
    # 30 % of 10 million; half of it with the grant, three tenths with the stage.
    assert posted(office, STAGED) == [("PF1", "2024-06-04", "1500000.00")]
    office.on("2024-10-08").take("milestones", "project_no,kind,date,stage\nXM1,stage,2024-09-30,设备到位\n")
    assert posted(office, STAGED) == [("PF1", "2024-10-01", "900000.00")]

    shown = office.do("explain", "PF1")
    assert [name for name in ("启动", "设备到位", "企业年度上限", "指南.三.2.1") if name not in shown] == []
    read = office.do("notice", "read-back", STAGED)
    assert [name for name in ("启动", "设备到位", "验收2", PATH, "指南.三.2.1") if name not in read] == []
    lines = {line["path"]: line for line in office.read("budget", "show")}
    # The grant holds its whole ceiling.
    assert lines[PATH]["used"] == "3000000.00"
    [told] = office.read("explain", "PF1")
    assert told["digest"]["caps"][0]["key"]["cap"] == "企业年度上限"
    till = Till(office.folder, office.day, office.anchor)
    till.files = office.files
    staff(till)
    # A payer of another path pays nothing of this one.
    head, row = PAYERS.strip().split("\n")
    till.take("payers", f"{head},envelope\n{row},2024/拨款\n")
    [held] = till.read("pay", "prepare", str(told["run"]), "--dry-run")["held"]
    assert (held["amount"], held["why"].endswith(PATH)) == ("900000.00", True)
    till.take("payers", f"{head},envelope\n{row},2024/拨款补助\n")
    batch = till.prepare(str(told["run"]))["batches"][0]["batch"]
    till.go(batch)
    till.answer(batch, *((item, "SUCCESS") for item in till.items(batch)))
    assert till.states(batch) == ["success"]
    with Ledger.open(office.url).read() as view:
        awards = [row.body for row in view.records(kinds.ENTRY) if row.body["reason"] == "award"]
    assert {posting.get("envelope") for body in awards for posting in full_postings(body)} - {None} == {PATH}
    holds(office)


def test_components_and_a_cap_of_a_loan_notice_in_chinese_reach_the_book(tmp_path: Path) -> None:
    notice = tmp_path / "notice.yaml"
    notice.write_text(renamed(NOTICE, LOAN), encoding="utf-8")
    office = open_office(tmp_path / "office", notice=notice)
    office.on("2024-04-03").report("2024-03-31")
    # 1 to 19 March on 10 million at 3.55 %: 18,736.11 of interest, half of it is 9,368.055; two points are 10,555.56.
    assert office.posted("2024-03") == [("2024-03-20", "9368.06")]
    shown = office.do("explain", "PF1")
    assert [name for name in ("两个百分点", "利息一半", "企业年度上限", "通知三.二") if name not in shown] == []
    holds(office)
