"""A draft over the registered applications: what it costs, who wins and loses, which cap cuts, and nothing written."""

from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from ledger.resources import fixture
from tests.support.batch_office import INCENTIVE, A, B, C, apply, grant, open_batch_office, posted
from tests.support.office import NOTICE, Office, open_office


def office_of(folder: Path) -> tuple[Office, Path]:
    """Tape-outs of 4 (A), 50 (B) and 8 million (C, a full mask at 30 %), one granted below what was computed; a draft.

    The draft gives 60 % of an MPW tape-out in place of 50 %, and a firm at most 15 million a year in place of 30.
    """
    office = open_batch_office(folder, INCENTIVE, "2023-12-01")
    office.take(
        "claims",
        "claim_no,uscc,achieved_on,base,attributes\n"
        f"JL1,{A},2023-06-30,4000000,category=mpw\n"
        f"JL2,{B},2023-05-31,50000000,category=frontier_full_mask\n"
        f"JL3,{C},2023-07-31,8000000,category=other_full_mask\n",
    )
    apply(office, INCENTIVE, f"SB1,{A},JL1,2023-10-09 SB2,{B},JL2,2023-10-10 SB3,{C},JL3,2023-10-11")
    text = fixture(f"notices/{INCENTIVE}.yaml").read_text(encoding="utf-8")
    text = text.replace('share: 50%, at_most: "3,000,000"', 'share: 60%, at_most: "3,000,000"')
    text = text.replace('year_of: fund, amount: "30,000,000"', 'year_of: fund, amount: "15,000,000"')
    draft = folder / "draft.yaml"
    draft.write_text(text, encoding="utf-8")
    return office, draft


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Every file of the ledger and beside it."""
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_draft_is_set_against_the_notice_in_force(tmp_path: Path) -> None:
    office, draft = office_of(tmp_path)
    before = bytes_of(tmp_path)
    assert {"book.db", "vault.db"} <= before.keys()
    office.do("what-if", "--notice", str(draft))
    found = office.read("what-if", "--notice", str(draft))
    assert bytes_of(tmp_path) == before
    # In force: 2 + 20 (50 % of 50 million, at most 20) + 2.4 (30 % of 8). Draft: 2.4 + 15 + 2.4.
    assert found["now"] == {"cost": "24400000.00", "supported": 3, "caps": {}}
    assert found["then"] == {"cost": "19800000.00", "supported": 3, "caps": {"entity_year": 1}}
    assert [(one["application"], one["difference"]) for one in found["applications"]] == [
        ("SB1", "400000.00"),
        ("SB2", "-5000000.00"),
        ("SB3", "0.00"),
    ]
    assert (found["winners"], found["losers"], found["budget"]) == (1, 1, "100000000.00")


def test_what_was_granted_and_posted_is_left_aside(tmp_path: Path) -> None:
    office, draft = office_of(tmp_path)
    before = office.read("what-if", "--notice", str(draft))
    grant(office, "PF1,SB1,2023-12-01,1000000")
    assert posted(office, INCENTIVE) == [("PF1", "2023-07-01", "1000000.00")]
    assert office.read("what-if", "--notice", str(draft)) == before


def test_the_table_says_how_much_of_the_budget_goes(tmp_path: Path) -> None:
    office, draft = office_of(tmp_path)
    listed = tmp_path / "list.xlsx"
    printed = office.do("what-if", "--notice", str(draft), "--list", str(listed))
    # 19.8 of 100 million.
    assert "The draft takes 19.8% of the 100,000,000.00 yuan issued to 2023/incentive/tape-out." in printed
    assert "More: 1. Less: 1. The same: 1." in printed
    rows = CalamineWorkbook.from_path(listed).get_sheet_by_index(0).to_python()
    assert rows[2][:6] == ["SB2", "北京示例2公司", "JL2", "20,000,000.00", "15,000,000.00", "-5,000,000.00"]


def test_a_draft_of_another_type_and_an_unknown_notice_are_refused(tmp_path: Path) -> None:
    office, draft = office_of(tmp_path)
    other = str(fixture("notices/example-allocated-60-40.yaml"))
    for words, code in (
        ((other, "--against", INCENTIVE), "type_differs"),
        ((str(draft), "--against", "nobody"), "notice_unknown"),
    ):
        answer = office.say("what-if", "--notice", *words)
        assert (answer.exit_code, answer.stderr.rstrip().rsplit(" ", 1)[-1]) == (2, f"[{code}]")


def loan_draft(folder: Path, before: str, after: str) -> str:
    """The example notice on loans with one thing changed."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    assert text.count(before) == 1
    path = folder / "draft.yaml"
    path.write_text(text.replace(before, after), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("before", "after", "then", "caps"),
    [
        # 1 to 19 March, 19 days: 10 million x 3.55 % x 19 / 360 = 18,736.11 interest, of which 40 % are 7,494.44
        ("share: 50%", "share: 40%", "7494.44", {}),
        # 10 million x 1 % x 19 / 360 = 5,277.78, less than half the interest
        ("points: 2.0%", "points: 1.0%", "5277.78", {}),
        # accrual from 11 March on, 9 days: 8,875.00 interest, half of it
        ("from: 2024-03-01, to", "from: 2024-03-11, to", "4437.50", {}),
        ('amount: "30,000,000"', 'amount: "5,000"', "5000.00", {"entity_year": 1}),
    ],
)
def test_a_draft_on_loans_is_calculated_over_the_due_periods_so_far(
    tmp_path: Path, before: str, after: str, then: str, caps: dict[str, int]
) -> None:
    """In force: half of the interest of 1 to 19 March, 18,736.11 x 50 % = 9,368.06, the only due period by 2 May."""
    office = open_office(tmp_path).on("2024-05-02")
    found = office.read("what-if", "--notice", loan_draft(tmp_path, before, after))
    assert (found["now"]["cost"], found["then"]["cost"], found["then"]["caps"]) == ("9368.06", then, caps)
    assert (found["winners"], found["losers"]) == (0, 1)


def test_a_draft_on_loans_goes_on_from_what_is_on_the_book(tmp_path: Path) -> None:
    """Posting March leaves both sides as they are, and by 21 June the second due period has joined the first.

    20 March to 19 June, 92 days: 10 million x 3.55 % x (19 + 92) / 360 = 109,458.33; half of it 54,729.17, 40 % of it
    43,783.33, each award to date rounded once.
    """
    office = open_office(tmp_path).on("2024-05-02")
    draft = loan_draft(tmp_path, "share: 50%", "share: 40%")
    before = office.read("what-if", "--notice", draft)
    office.opening("none", NOTICE)
    office.report("2024-03-31")
    assert office.posted("2024-03") == [("2024-03-20", "9368.06")]
    assert office.read("what-if", "--notice", draft) == before
    later = office.on("2024-06-21").read("what-if", "--notice", draft)
    assert (later["now"]["cost"], later["then"]["cost"]) == ("54729.17", "43783.33")


def test_a_draft_on_loans_shows_who_would_be_refused(tmp_path: Path) -> None:
    office = open_office(tmp_path).on("2024-05-02")
    district = "eligibility:\n  - {kind: registered_in, districts: [朝阳区], basis: guide.III.2.2}"
    found = office.read("what-if", "--notice", loan_draft(tmp_path, "eligibility:", district))
    (one,) = found["applications"]
    assert (one["now"], one["then"], one["refused_now"], len(one["refused_then"])) == ("9368.06", "0.00", [], 1)
    assert found["then"] == {"cost": "0.00", "supported": 0, "caps": {}}
