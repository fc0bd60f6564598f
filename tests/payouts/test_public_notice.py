"""Public notice before payment: what waits for its end, what an objection or a withdrawal holds up, and for how long.

The notice asks for five business days. March is run on 2 April 2024; from then on 2, 3, 7 (a Sunday worked for the
holidays of 4 to 6 April), 8 and 9 April count, so the first day of payment is 10 April.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from ledger.resources import fixture
from tests.payouts.test_lender import lender_till
from tests.support.office import NOTICE
from tests.support.signing_office import code
from tests.support.till import Till, quarters_till

NAME = "GS-2024-1"
RULE = "approval: {public_notice: {days: 5}, assumption: true}\n"
AWARD = "16862.50"  # half of 18,000,000 x 19 d x 3.55 % / 360 = 33,725.00


@pytest.fixture
def till(tmp_path: Path) -> Till:
    path = tmp_path / "published.yaml"
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("payers:\n", RULE + "payers:\n"), encoding="utf-8")
    folder = tmp_path / "till"
    folder.mkdir()
    return quarters_till(folder, notice=path)


def begin(till: Till, *words: str, name: str = NAME, what: str = "2024-03") -> Any:
    return till.say("public-notice", "start", what, "--on", till.day, "--name", name, *words)


def objection(till: Till, number: str = "YY-1", command: str = "object", **other: str) -> Any:
    said = {"--number": number, "--line": "PF1", "--on": till.day, "--reason": "contract ended", **other}
    return till.say("public-notice", command, NAME, *(word for pair in said.items() for word in pair))


def settle(till: Till, outcome: str, number: str = "YY-1") -> Any:
    return till.say(
        "public-notice", "settle", number, "--outcome", outcome, "--on", till.day, "--reason", "seen"
    )  # fmt: skip


def went(result: Any) -> str:
    assert result.exit_code == 0, result.output
    return str(result.stdout)


def planned(till: Till) -> list[tuple[str, str]]:
    """What preparing March today would pay ("paid") or hold (the code), with its amount."""
    plan = till.read("pay", "prepare", "2024-03", "--dry-run")
    paid = [("paid", one["amount"]) for batch in plan["batches"] for one in batch["payouts"]]
    return paid + [(one["code"], one["amount"]) for one in plan["held"]]


def test_nothing_is_paid_before_there_was_a_public_notice(till: Till) -> None:
    assert planned(till) == [("public_notice_missing", AWARD)]
    prepared = till.prepare("2024-03")
    assert prepared["batches"] == []
    [held] = prepared["held"]
    assert held["why"] == "the notice asks for public notice, and there was none (business days: 5)"
    assert held["todo"] == "`subsidy public-notice start RUN --on DAY --name NAME`"


def test_it_is_paid_on_the_day_after_the_last(till: Till) -> None:
    assert went(begin(till)).startswith(f"{NAME}: 1 line on public notice for 5 business days, to 2024-04-09.\n")
    for day in ("2024-04-02", "2024-04-09"):
        till.on(day)
        assert planned(till) == [("public_notice_running", AWARD)]
    till.on("2024-04-10")
    assert planned(till) == [("paid", AWARD)]
    till.go(till.prepare("2024-03")["batches"][0]["batch"])
    till.verify()


def test_a_run_says_which_lines_are_to_be_published(till: Till) -> None:
    till.on("2024-07-02")
    till.report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    said = till.do("run", "interest", "--month", "2024-06").splitlines()
    number = till.read("run", "list")[-1]["run"]
    assert said[-1] == (
        f"Lines to put on public notice: 1. Next: subsidy public-notice start {number} --on DAY --name NAME"
    )


def test_a_notice_may_be_named_instead_of_a_run_and_a_later_run_needs_no_second_one(till: Till) -> None:
    went(begin(till, what=NOTICE))
    till.on("2024-07-02")
    till.report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    assert "public notice" not in till.do("run", "interest", "--month", "2024-06")
    assert code(begin(till, name="GS-2024-2", what="2024-06")) == "nothing_to_publish"
    plan = till.read("pay", "prepare", "2024-06", "--dry-run")
    assert [one["amount"] for one in plan["batches"][0]["payouts"]] == ["106500.00"]


@pytest.mark.parametrize(
    ("outcome", "after"), [("dismissed", ("paid", AWARD)), ("upheld", ("objection_upheld", AWARD))]
)
def test_an_objection_holds_until_it_is_settled(till: Till, outcome: str, after: tuple[str, str]) -> None:
    went(begin(till))
    till.on("2024-04-03")
    went(objection(till))
    till.on("2024-04-10")
    assert planned(till) == [("objection_open", AWARD)]
    went(settle(till, outcome))
    assert planned(till) == [after]
    till.verify()


def test_after_an_upheld_objection_the_corrected_line_is_published_again(till: Till) -> None:
    went(begin(till))
    went(objection(till))
    went(settle(till, "upheld"))
    till.on("2024-04-10")
    assert code(begin(till, name="GS-2024-2")) == "nothing_to_publish"
    # 10, 11, 12, 15 and 16 April.
    assert "to 2024-04-16." in went(begin(till, "--line", "PF1", name="GS-2024-2"))
    assert planned(till) == [("public_notice_running", AWARD)]
    till.on("2024-04-17")
    assert planned(till) == [("paid", AWARD)]


@pytest.mark.parametrize(("outcome", "after"), [("dismissed", "paid"), ("upheld", "application_withdrawn")])
def test_an_application_taken_back_is_not_paid_unless_it_stays_after_all(till: Till, outcome: str, after: str) -> None:
    went(begin(till))
    went(objection(till, "CH-1", "withdraw-application"))
    till.on("2024-04-10")
    assert planned(till) == [("application_withdrawn", AWARD)]
    assert code(begin(till, "--line", "PF1", name="GS-2024-2")) == "line_not_to_publish"
    went(settle(till, outcome, "CH-1"))
    assert planned(till) == [(after, AWARD)]


def test_a_late_objection_holds_what_has_not_gone_out(till: Till) -> None:
    went(begin(till))
    till.on("2024-04-10")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    assert till.as_second("pay", "approve", batch).exit_code == 0
    went(objection(till))
    out = str(till.folder / "order")
    refused = till.say("pay", "export", batch, "--out", out)
    assert code(refused) == "objection_open"
    assert refused.stderr.startswith(f"{batch} PF1: an objection is not settled (YY-1); `subsidy pay cancel S")
    assert not Path(out).exists()
    went(settle(till, "dismissed"))
    till.export(batch)
    assert till.states(batch) == ["exported"]
    till.verify()


def test_an_objection_after_the_money_has_gone_is_recorded_and_takes_nothing_back(till: Till) -> None:
    went(begin(till))
    till.on("2024-04-10")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    went(objection(till))
    went(settle(till, "upheld"))
    assert till.answer(batch, (till.items(batch)[0], "SUCCESS")).exit_code == 0
    assert till.states(batch) == ["success"]
    till.verify()


def test_an_objection_to_one_firm_of_a_lender_leaves_the_others_paid(tmp_path: Path) -> None:
    """Half of 3.55 % of 7.2, 3.6 and 1.8 million for 19 days: 6,745.00, 3,372.50 and 1,686.25 yuan."""
    till = lender_till(tmp_path, RULE)
    went(begin(till))
    went(objection(till, **{"--line": "PF2"}))
    till.on("2024-04-10")
    prepared = till.prepare("2024-03")
    assert [(one["count"], one["total"]) for one in prepared["batches"]] == [(1, "8431.25")]  # 6,745.00 + 1,686.25
    assert [(one["about"], one["amount"], one["code"]) for one in prepared["held"]] == [
        ("PF2", "3372.50", "objection_open")
    ]
    till.go(prepared["batches"][0]["batch"])
    went(settle(till, "dismissed"))
    assert [(one["count"], one["total"]) for one in till.prepare("2024-03")["batches"]] == [(1, "3372.50")]
    till.verify()


def test_lines_under_notices_that_ask_for_nothing_are_paid_as_before(tmp_path: Path) -> None:
    till = quarters_till(tmp_path)
    assert planned(till) == [("paid", AWARD)]
    assert code(begin(till)) == "nothing_to_publish"
    assert code(begin(till, "--line", "PF1")) == "line_not_to_publish"


def test_nothing_is_on_public_notice_before_the_day_of_its_application(till: Till) -> None:
    """PF1 was applied for on Friday, 1 March 2024; a slip of the year would let it be paid at once."""
    for day in ("2023-04-02", "2024-02-29"):
        words = ("public-notice", "start", "2024-03", "--on", day, "--name", NAME)
        assert code(till.say(*words)) == "public_notice_too_early"
    # 1, 4, 5, 6 and 7 March.
    assert "to 2024-03-07." in till.do("public-notice", "start", "2024-03", "--on", "2024-03-01", "--name", NAME)


def test_what_is_refused(till: Till) -> None:
    size = till.verify()
    assert code(begin(till, what="2024-02")) == "run_unknown"
    assert code(begin(till, "--line", "PF2")) == "line_not_to_publish"
    assert code(objection(till)) == "public_notice_unknown"
    assert code(till.say("public-notice", "show", NAME)) == "public_notice_unknown"
    assert till.verify() == size
    went(begin(till))
    assert code(begin(till)) == "public_notice_exists"
    assert code(begin(till, "--line", "PF1", name="GS-2024-2")) == "line_not_to_publish"
    assert code(objection(till, **{"--line": "PF2"})) == "line_not_on_notice"
    assert code(objection(till, **{"--on": "2024-04-01"})) == "objection_day"  # before it was published
    assert code(objection(till, **{"--on": "2024-04-03"})) == "objection_day"  # tomorrow
    assert code(settle(till, "upheld")) == "objection_unknown"
    went(objection(till))
    assert went(objection(till)) == "This stands already; nothing was written.\n"
    assert code(objection(till, **{"--reason": "another"})) == "objection_exists"
    went(settle(till, "upheld"))
    assert code(settle(till, "dismissed")) == "objection_settled"


def test_a_year_beyond_the_known_ones_is_refused_until_it_is_decided(till: Till) -> None:
    till.on("2026-12-28")
    assert code(begin(till)) == "calendar_unknown"
    till.do("decide", "calendar", "--about", "2027", "--holidays", "2027-01-01..2027-01-03", "--document", "D-1",
            "--reason", "published")  # fmt: skip
    # 28 to 31 December, then Monday 4 January.
    assert "to 2027-01-04." in went(begin(till))
    till.verify()


def test_show(till: Till) -> None:
    went(begin(till, "--document", "公示〔2024〕1号"))
    went(objection(till))
    run = till.read("run", "list")[0]["run"]
    head = {"name": NAME, "starts_on": "2024-04-02", "last_day": "2024-04-09", "days": 5, "open": 1, "run": run,
            "document": "公示〔2024〕1号"}  # fmt: skip
    assert till.read("public-notice", "show") == [{**head, "lines": 1}]
    assert till.read("public-notice", "show", NAME) == {
        **head,
        "lines": [
            {"line": "PF1", "firm": "示例企业", "held": "objection_open", "values": {"line": "PF1", "number": "YY-1"}}
        ],
        "objections": [
            {
                "number": "YY-1",
                "cause": "objection",
                "lines": ["PF1"],
                "received_on": "2024-04-02",
                "reason": "contract ended",
            }
        ],
    }
    text = till.do("public-notice", "show", NAME)
    remedy = "look into it, then `subsidy public-notice settle YY-1 --outcome dismissed --on DAY --reason TEXT`"
    assert f"PF1   an objection is not settled (YY-1)  {remedy}" in text
    assert json.loads(till.say("--lang", "zh_CN", "public-notice", "show", NAME, "--json").stdout)["open"] == 1
