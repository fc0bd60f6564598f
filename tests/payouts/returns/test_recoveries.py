"""What was reduced after it had been paid: netted, owed, and paid back in parts, in the same year and in the next."""

from pathlib import Path

from ledger.resources import fixture
from tests.support.copies import built_once, ready
from tests.support.office import NOTICE
from tests.support.till import QUARTERS, Till, quarters_till

ACCOUNTS = ("fin/1218", "fin/2303", "fin/4001", "fin/5001", "bud/7101", "ind/1201", "ind/1301", "ind/1501")
# The second drawdown was 6 million, not 8: 16,000,000 x 1.775 % x 19 / 360 = 14,988.89, and 16,862.50 was paid.
CORRECTED = "HT1,drawdown,2024-02-26,,6000000,\n"
REDUCED = "1873.61"


def corrected(till: Till, day: str, month: str, through: str) -> Till:
    """The first quarter paid on 2 April 2024, and the smaller drawdown told before the run of `month`."""
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.answer(batch, (till.items(batch)[0], "SUCCESS", "16862.50", "2024-04-02"))
    till.on(day)
    till.report(through, CORRECTED)
    till.run(month)
    return till


@ready
def till(folder: Path) -> Till:
    return corrected(quarters_till(folder), "2024-05-08", "2024-04", "2024-04-30")


def owed(till: Till) -> list[tuple[str, str, str]]:
    names = ("line", "owed", "payable")
    return [tuple(one[name] for name in names) for one in till.read("pay", "owed")]


def recover(till: Till, amount: str, document: str, on: str = "2024-05-08") -> tuple[int, str]:
    said = till.say("pay", "recover", "PF1", amount, "--on", on, "--document", document)
    return said.exit_code, said.output


def fall(till: Till, on: str) -> None:
    """The grant becomes a refusal."""
    heading = "grant_no,application_no,outcome,granted_on,document,ceiling,payee,envelope,reason\n"
    till.take("grants", f"{heading}PF1,SB1,refused,{on},DOC-9,,,,withdrawn by the firm\n")


def test_it_is_paid_back_in_two_parts(till: Till) -> None:
    assert owed(till) == [("PF1", REDUCED, "0.00")]
    # Dr 1218 / Cr 5001; the payable stays at 0, and the indicators wait for the money.
    assert till.balances(*ACCOUNTS) == {
        "fin/1218": REDUCED,
        "fin/2303": "0.00",
        "fin/4001": "-16862.50",
        "fin/5001": "14988.89",
        "bud/7101": "16862.50",
        "ind/1201": "483137.50",
        "ind/1301": "0.00",
        "ind/1501": "16862.50",
    }
    assert recover(till, "1000", "SH-1")[0] == 0
    assert owed(till) == [("PF1", "873.61", "0.00")]
    assert recover(till, "873.61", "SH-2")[0] == 0
    assert owed(till) == []
    assert "Nothing is owed." in till.do("pay", "owed")
    # 14,988.89 stays paid on every chart, and nothing is open; 500,000 - 14,988.89 is reserved again.
    assert till.balances(*ACCOUNTS) == {
        "fin/1218": "0.00",
        "fin/2303": "0.00",
        "fin/4001": "-14988.89",
        "fin/5001": "14988.89",
        "bud/7101": "14988.89",
        "ind/1201": "485011.11",
        "ind/1301": "0.00",
        "ind/1501": "14988.89",
    }
    till.verify()


def test_a_document_is_booked_once_and_never_more_than_is_owed(till: Till) -> None:
    assert recover(till, "1000", "SH-1")[0] == 0
    assert "nothing was written" in recover(till, "1000", "SH-1")[1]
    assert owed(till) == [("PF1", "873.61", "0.00")]
    for amount, day in (("1000.01", "2024-05-08"), ("1000", "2024-05-07")):
        code, words = recover(till, amount, "SH-1", on=day)
        assert (code, "[document_differs]" in words) == (2, True)
    code, words = recover(till, "873.62", "SH-2")
    assert (code, "[recovery_too_large]" in words) == (2, True)
    code, words = recover(till, "1", "SH-2", on="2024-05-09")
    assert (code, "[day_in_future]" in words) == (2, True)
    # It was paid on 2 April: nothing can come back before.
    code, words = recover(till, "1", "SH-2", on="2024-04-01")
    assert (code, "[day_before_payment]" in words) == (2, True)
    recover(till, "873.61", "SH-2")
    code, words = recover(till, "0.01", "SH-3")
    assert (code, "[nothing_owed]" in words) == (2, True)


def test_a_notice_that_says_nothing_nets_nothing(till: Till) -> None:
    till.on("2024-07-02")
    till.report("2024-06-30", "")
    (award,) = [one["amount"] for one in till.run("2024-06")["posted"]]
    # 16,000,000 x 1.775 % x 92 / 360 = 72,577.78
    assert award == "72577.78"
    assert [one["total"] for one in till.prepare("2024-06")["batches"]] == ["72577.78"]
    assert owed(till) == [("PF1", REDUCED, "0.00")]


@built_once
def netting_till(folder: Path, against: str = "line", anchor: Path | None = None) -> Till:
    """The same, under a notice that lets debts be netted."""
    notice = netting_notice(folder, against)
    return corrected(quarters_till(folder, notice=notice, anchor=anchor), "2024-05-08", "2024-04", "2024-04-30")


def netting_notice(folder: Path, against: str = "line") -> Path:
    """The office's notice, with a rule that lets debts be netted."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    notice = folder / "netting.yaml"
    notice.write_text(f"{text}netting: {{against: {against}, assumption: true}}\n", encoding="utf-8")
    return notice


def test_what_came_in_is_not_netted_again(tmp_path: Path) -> None:
    till = netting_till(tmp_path)
    assert recover(till, "1000", "SH-1")[0] == 0
    till.on("2024-07-02")
    till.report("2024-06-30", "")
    till.run("2024-06")
    # 873.61 of the reduction is left to be netted: 72,577.78 - 873.61 = 71,704.17.
    planned = till.read("pay", "prepare", "2024-06", "--dry-run")
    netted = [{"debt": "PF1", "against": "PF1", "amount": "873.61"}]
    assert ([one["total"] for one in planned["batches"]], planned["netted"]) == (["71704.17"], netted)
    prepared = till.prepare("2024-06")
    assert ([one["total"] for one in prepared["batches"]], prepared["netted"]) == (["71704.17"], netted)
    assert owed(till) == []
    # Netted: Dr 2303 / Cr 1218 873.61 and, one envelope, Dr 1201 / Cr 1301; no money and no budget entry.
    # 1201: 500,000 - 14,988.89 - 72,577.78 = 412,433.33. 1501: 16,862.50 - 1,000.
    assert till.balances(*ACCOUNTS) == {
        "fin/1218": "0.00",
        "fin/2303": "-71704.17",
        "fin/4001": "-15862.50",
        "fin/5001": "87566.67",
        "bud/7101": "15862.50",
        "ind/1201": "412433.33",
        "ind/1301": "71704.17",
        "ind/1501": "15862.50",
    }
    till.verify()
    assert till.prepare("2024-06")["batches"] == []


def test_a_debt_of_last_year_is_netted_as_if_it_had_come_in_and_gone_out(tmp_path: Path) -> None:
    till = netting_till(tmp_path, "firm")
    till.on("2025-01-08")
    till.report("2024-12-31", "")
    till.run("2024-12")
    till.do("budget", "year-end", "2024", "--document", "NJ-2024")
    # Interest at 3.55 % on 16,000,000, rounded per due period of 19, 92, 92 and 91 days: 29,977.78 + 145,155.56 +
    # 145,155.56 + 143,577.78 = 463,866.68, half of it 231,933.34; less 14,988.89 = 216,944.45; less 1,873.61 netted.
    (batch,) = till.prepare("2024-12")["batches"]
    assert batch["total"] == "215070.84"
    # Dr 7101 / Cr 8101.01 and Dr 1501 / Cr 1301; the reservation of last year's envelope gets nothing back.
    assert till.balances("fin/1218", "bud/7101", "bud/8101.01", "ind/1201", "ind/1301", "ind/1501") == {
        "fin/1218": "0.00",
        "bud/7101": "18736.11",
        "bud/8101.01": "-1873.61",
        "ind/1201": "266193.05",
        "ind/1301": "215070.84",
        "ind/1501": "18736.11",
    }
    till.verify()


def test_what_an_unanswered_payout_holds_bears_no_reduction_and_its_failure_nets_it(tmp_path: Path) -> None:
    till = quarters_till(tmp_path)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.on("2024-05-08")
    till.report("2024-04-30", CORRECTED)
    till.run("2024-04")
    assert owed(till) == [("PF1", REDUCED, "0.00")]
    code, words = recover(till, "1", "SH-1")
    assert (code, "[payment_unknown]" in words) == (2, True)
    (item,) = till.items(batch)
    till.answer(batch, (item, "FAIL"))
    till.sure(item)
    # It is one award: the notice has no say, and nothing has to come back.
    assert [one["total"] for one in till.prepare("2024-03")["batches"]] == ["14988.89"]
    assert owed(till) == []
    assert till.balances("fin/1218", "fin/2303", "ind/1201", "ind/1301") == {
        "fin/1218": "0.00",
        "fin/2303": "-14988.89",
        "ind/1201": "485011.11",
        "ind/1301": "14988.89",
    }
    till.verify()


def test_a_reduction_is_cut_where_the_open_payables_end(tmp_path: Path) -> None:
    """The first quarter is paid, the second is not, and the grant falls: 16,862.50 + 106,500.00 are due no more."""
    till = quarters_till(tmp_path)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.answer(batch, (till.items(batch)[0], "SUCCESS", "16862.50", "2024-04-02"))
    month, day, events = QUARTERS[1]
    till.on(day).report(f"{month}-30", events)
    till.run(month)
    fall(till.on("2024-08-05"), "2024-08-01")
    till.report("2024-07-31")
    # What is open bears the first reduction and 106,500.00 - 16,862.50 of the second one.
    assert till.posted("2024-07") == [
        ("2024-03-20", "-16862.50"),
        ("2024-06-20", "-89637.50"),
        ("2024-06-20", "-16862.50"),
    ]
    assert owed(till) == [("PF1", "16862.50", "0.00")]
    accounts = ("fin/1218", "fin/2303", "fin/5001", "ind/1101", "ind/1201", "ind/1301", "ind/1501")
    assert till.balances(*accounts) == {
        "fin/1218": "16862.50",
        "fin/2303": "0.00",
        "fin/5001": "0.00",
        "ind/1101": "1983137.50",
        "ind/1201": "0.00",
        "ind/1301": "0.00",
        "ind/1501": "16862.50",
    }
    assert till.prepare("2024-06")["batches"] == []
    # The grant has fallen, so what comes back is free for others.
    assert recover(till, "16862.50", "SH-1", on="2024-08-05")[0] == 0
    assert till.balances(*accounts) == {
        "fin/1218": "0.00",
        "fin/2303": "0.00",
        "fin/5001": "0.00",
        "ind/1101": "2000000.00",
        "ind/1201": "0.00",
        "ind/1301": "0.00",
        "ind/1501": "0.00",
    }
    till.verify()


def test_of_last_year_s_payment_it_is_the_treasury_s(tmp_path: Path) -> None:
    till = corrected(quarters_till(tmp_path), "2024-05-08", "2024-04", "2024-04-30")
    till.on("2025-01-08")
    assert recover(till, REDUCED, "SH-1", on="2025-01-07")[0] == 0
    # Dr 1201 / Cr 1218 and Dr 8001 / Cr 8101.01: the year's appropriation and spending stay as they were closed.
    accounts = ("fin/1218", "fin/2303", "fin/1201", "fin/4001", "bud/8001", "bud/8101.01", "bud/7101", "ind/1501")
    assert till.balances(*accounts) == {
        "fin/1218": "0.00",
        "fin/2303": "0.00",
        "fin/1201": REDUCED,
        "fin/4001": "-16862.50",
        "bud/8001": REDUCED,
        "bud/8101.01": "-1873.61",
        "bud/7101": "16862.50",
        "ind/1501": "16862.50",
    }
    till.verify()


def test_an_award_of_last_year_is_no_saving_of_this_one(tmp_path: Path) -> None:
    till = quarters_till(tmp_path)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    till.answer(batch, (till.items(batch)[0], "SUCCESS", "16862.50", "2024-04-02"))
    fall(till.on("2025-02-05"), "2025-01-20")
    till.report("2025-01-31")
    assert till.posted("2025-01") == [("2024-03-20", "-16862.50")]
    # Dr 1218 / Cr 3501: 5001 was closed with what last year cost.
    accounts = ("fin/1218", "fin/3501", "fin/5001", "fin/1201", "bud/8101.01", "ind/1501")
    balances = dict(zip(accounts, ("16862.50", "-16862.50", "16862.50", "0.00", "0.00", "16862.50"), strict=True))
    assert till.balances("fin/1218", "fin/3501", "fin/5001", "ind/1501").items() <= balances.items()
    assert recover(till, "16862.50", "SH-1", on="2025-02-05")[0] == 0
    # In all Dr 1201 / Cr 3501 and Dr 8001 / Cr 8101.01, as for any money of last year.
    balances |= {"fin/1218": "0.00", "fin/1201": "16862.50", "bud/8101.01": "-16862.50"}
    assert till.balances(*accounts) == balances
    till.verify()
