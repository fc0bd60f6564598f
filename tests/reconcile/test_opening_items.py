"""What bank and book differed by when the ledger began is carried in by two people, so the first month is explained."""

import json
from pathlib import Path

import pytest

from ledger.rules.codes import CODES
from tests.audit.attacker import Body, bodies
from tests.reconcile.forms import write
from tests.support.forge import faults, find
from tests.support.till import WALLET, Till, quarters_till

ACCOUNT = "payer/ecny/C1010211000012/000001"
HEAD = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
# On 2 April the bank holds 51,000.00: an old order of 1,200.00 is not booked yet, and 200.00 came that nobody knew.
ROWS = (
    "2024-04-02,,1000.00,50000.00,旧批次,OLD-12,,\n2024-04-03,,200.00,49800.00,退回,OLD-13,,\n"
    "2024-04-03,,200.00,49600.00,不明,,,\n"
)


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return began(tmp_path)


def began(folder: Path, anchor: Path | None = None) -> Till:
    till = quarters_till(folder, anchor=anchor)
    till.on("2024-05-06")
    return till


def item(till: Till, amount: str, document: str, sort: str = "in-transit", on: str = "2024-03-28") -> str:
    """The number under which an item waits."""
    said = till.say(
        *("opening", "item", "--as", sort, "--on", on, "--document", document, "--reason", "old books", "--actor"),
        *("1001", "--", ACCOUNT, amount),
    )
    assert said.exit_code == 0, said.stderr
    return str(max(one["number"] for one in till.read("approvals")))


def agreed(till: Till, *said: str, **other: str) -> None:
    number = item(till, *said, **other)
    assert "[approver_is_maker]" in till.say("approve", number).stderr
    assert till.as_second("approve", number).exit_code == 0


def brought(till: Till, rows: str = ROWS) -> Till:
    count = rows.count("\n")
    file = write(till.folder, "flow.csv", f"账号：{WALLET}\n共{count}笔\n{HEAD}{rows}")
    assert till.as_second("reconcile", "import", str(file)).exit_code in (0, 1)
    return till


def shown(till: Till) -> Body:
    said = till.say("reconcile", "report", "--month", "2024-04", "--json")
    (account,) = json.loads(said.stdout)["accounts"]
    return dict(account)


def open_lines(till: Till) -> list[tuple[str, str]]:
    """(amount, line) of what no match explains."""
    return [(line["amount"], line["about"]) for line in shown(till)["lines"]]


def test_the_first_month_is_signed_off_with_nothing_unexplained(till: Till) -> None:
    brought(till)
    till.as_second("reconcile", "match")
    account = shown(till)
    assert (account["bank"], account["book"], account["unexplained"]) == ("49600.00", "51000.00", "-1400.00")
    sign = ("reconcile", "sign-off", "--month", "2024-04")
    assert "[unexplained_open]" in till.say(*sign).stderr
    agreed(till, "-1000.00", "OLD-12")
    agreed(till, "-200.00", "OLD-13")
    agreed(till, "200.00", "DC-1", sort="unknown", on="2024-02-20")
    # 51,000.00 - 1,000.00 - 200.00 that the old book had paid, less 200.00 that it never knew: 49,600.00.
    account = shown(till)
    assert (account["bank"], account["book"]) == ("49600.00", "49600.00")
    assert [(one["document"], one["amount"], one["age"]) for one in account["carried"]] == [
        # From 20 February, and from 28 March, to 30 April 2024: 9 + 31 + 30, and 3 + 30 days.
        ("DC-1", "200.00", 70),
        ("OLD-12", "1000.00", 33),
        ("OLD-13", "200.00", 33),
    ]
    assert "[unexplained_open]" in till.say(*sign).stderr
    of = dict(open_lines(till))
    first = ("reconcile", "confirm", of["-1000.00"], "--reason", "order of the old desk")
    assert "[opening_item_unknown]" in till.say(*first, "--opening", "OLD-9").stderr
    assert "[opening_item_exceeds]" in till.say(*first, "--opening", "OLD-13").stderr
    till.do(*first, "--opening", "OLD-12")
    small = [line for _amount, line in open_lines(till)]
    assert len(small) == 2
    till.do("reconcile", "confirm", small[0], "--opening", "OLD-13", "--reason", "order of the old desk")
    assert (
        "[opening_item_exceeds]"
        in till.say(*("reconcile", "confirm", small[1], "--opening", "OLD-13", "--reason", "again")).stderr
    )
    till.do("reconcile", "confirm", small[1], "--opening", "DC-1", "--reason", "sent back")
    account = shown(till)
    assert (account["unexplained"], account["carried"], account["bank"]) == ("0.00", [], account["book"])
    assert [one["left"] for one in till.read("opening", "items")] == ["0.00", "0.00", "0.00"]
    till.do(*sign)
    assert till.as_second(*sign, "--check").exit_code == 0
    till.verify()


def test_what_no_line_has_cleared_yet_is_printed_on_top_and_signed(till: Till) -> None:
    agreed(till, "-1000.00", "OLD-12")
    brought(till, "2024-04-02,,1.00,50000.00,手续费,,,\n")
    till.as_second("reconcile", "match")
    sign = ("reconcile", "sign-off", "--month", "2024-04")
    assert "OLD-12" in till.do(*sign)
    assert till.as_second(*sign, "--check").exit_code == 0
    account = shown(till)
    # 50,001.00 at first, 1.00 of fees at the bank, and 1,000.00 that the old book had paid.
    assert (account["bank"], account["book"], account["unexplained"]) == ("50000.00", "49001.00", "0.00")
    till.verify()


def test_an_item_is_of_the_time_before_the_ledger(till: Till) -> None:
    brought(till)
    said = ("opening", "item", ACCOUNT, "1.00", "--as", "unknown", "--document", "X-1", "--reason", "x", "--on")
    assert "[opening_item_late]" in till.say(*said, "2024-04-02").stderr
    assert "[day_in_future]" in till.say(*said, "2024-05-07").stderr
    other = [*said[:2], "payer/x", *said[3:]]
    assert "[payer_unknown]" in till.say(*other, "2024-04-01").stderr
    assert "[amount_malformed]" in till.say(*said[:3], "1.001", *said[4:], "2024-04-01").stderr
    agreed(till, "-1.00", "X-1", on="2024-04-01")
    # 0 takes it back.
    agreed(till, "0.00", "X-1", on="2024-04-01")
    assert [one["left"] for one in till.read("opening", "items")] == ["0.00"]


def test_what_lines_have_cleared_is_not_taken_back_nor_agreed_to_afterwards(till: Till) -> None:
    agreed(till, "-1000.00", "OLD-12")
    brought(till)
    till.as_second("reconcile", "match")
    line = dict(open_lines(till))["-1000.00"]
    # Asked while nothing is cleared, and agreed to once 1,000.00 are: 999.99 is less than that.
    waits = item(till, "-999.99", "OLD-12")
    till.do("reconcile", "confirm", line, "--opening", "OLD-12", "--reason", "order of the old desk")
    late = till.as_second("approve", waits)
    assert (late.exit_code, "[opening_item_differs]" in late.stderr) == (2, True)
    said = ("opening", "item", "--as", "in-transit", "--on", "2024-03-28", "--document", "OLD-12", "--reason", "x")
    for amount in ("0", "-999.99", "1000.00"):
        assert "[opening_item_exceeds]" in till.say(*said, "--actor", "1001", "--", ACCOUNT, amount).stderr
    assert [(one["amount"], one["left"]) for one in till.read("opening", "items")] == [("-1000.00", "0.00")]
    # More than that was under way: -1,000.01 + 1,000.00 are left.
    agreed(till, "-1000.01", "OLD-12")
    assert [one["left"] for one in till.read("opening", "items")] == ["-0.01"]
    till.verify()


def test_an_item_changes_no_month_that_is_signed_off(till: Till) -> None:
    agreed(till, "-1000.00", "OLD-12")
    brought(till, "2024-04-02,,1.00,50000.00,手续费,,,\n")
    till.as_second("reconcile", "match")
    waits = item(till, "-400.00", "OLD-12")
    sign = ("reconcile", "sign-off", "--month", "2024-04")
    till.do(*sign)
    assert till.as_second(*sign, "--check").exit_code == 0
    before = shown(till)["book"]
    late = till.as_second("approve", waits)
    assert (late.exit_code, "[period_moved]" in late.stderr) == (2, True)
    for document in ("OLD-12", "OLD-14"):
        said = ("opening", "item", "--as", "in-transit", "--on", "2024-03-28", "--document", document, "--reason", "x")
        assert "[month_signed_off]" in till.say(*said, "--actor", "1001", "--", ACCOUNT, "-300.00").stderr
    # 50,001.00 - 1,000.00, as it was signed.
    assert (before, shown(till)["book"]) == ("49001.00", "49001.00")
    till.do(*sign, "--reopen", "--reason", "the old statement was misread")
    assert till.as_second("approve", waits).exit_code == 0
    assert shown(till)["book"] == "49601.00"
    till.verify()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> list[Body]:
    folder, anchor = tmp_path_factory.mktemp("began"), tmp_path_factory.mktemp("anchor")
    (folder / "till").mkdir()
    till = brought(began(folder / "till", anchor))
    agreed(till, "-1000.00", "OLD-12")
    of = dict(open_lines(till))
    till.do("reconcile", "confirm", of["-1000.00"], "--opening", "OLD-12", "--reason", "order of the old desk")
    return bodies(till.ledger.path)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"on": "2024-04-02"}, "opening_item_differs"),
        ({"on": "2024-06-02"}, "opening_item_differs"),
        ({"account": "payer/x"}, "opening_item_differs"),
        ({"document": "OLD-13"}, "opening_item_differs"),
        ({"amount_fen": -99_999}, "match_differs"),
        ({"amount_fen": 100_000}, "match_differs"),
        ({"sort": "unknown"}, "match_differs"),
    ],
)
def test_an_item_that_cannot_be_or_that_is_not_what_its_lines_are_is_found(
    log: list[Body], fields: Body, code: str
) -> None:
    assert faults(log) == []
    assert code in CODES
    changed = [dict(body) for body in log]
    changed[find(changed, "opening_item")].update(fields)
    assert code in [found for found, _seq in faults(changed)]


def test_an_item_that_nobody_agreed_to_is_cleared_by_no_line(log: list[Body]) -> None:
    changed = [dict(body) for body in log]
    seq = find(changed, "opening_item")
    approval = next(at for at in range(seq, len(changed)) if changed[at]["$schema"].startswith("subsidy/approval/"))
    changed[approval]["opinion"] = "reject"
    assert ("match_differs", find(changed, "match")) in faults(changed)
