"""What an office does besides a plain month, told at the command line: for tests that try every step of it."""

from hashlib import sha256
from pathlib import Path

from ledger.resources import fixture
from tests.reconcile.forms import write
from tests.support.clawing import HEADINGS, agree, ask, clawing_till, pay
from tests.support.office import NOTICE, USCC
from tests.support.till import PAYER, WALLET, Till, open_till, run_quarters

TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
OTHER = "2024/incentive"
PUBLISHED = "approval: {public_notice: {days: 5}, assumption: true}\n"


def prefunded_till(folder: Path) -> Till:
    """A wallet that is filled beforehand, and the first quarter run."""
    return run_quarters(open_till(folder, "prefunded"), 1)


def second(till: Till, *words: str) -> str:
    """A command of officer 1002 that must go through."""
    said = till.as_second(*words)
    assert said.exit_code == 0, said.output
    return said.stdout


def agreed(till: Till) -> None:
    """Officer 1002 agrees to the one thing that waits."""
    (waits,) = till.read("approvals")
    second(till, "approve", str(waits["number"]))


def bring(till: Till, *rows: str) -> str:
    """Import a table of the wallet's entries; the hash of the file."""
    till.files += 1
    text = f"账号：{WALLET}\n共{len(rows)}笔\n{TABLE}" + "".join(f"{row}\n" for row in rows)
    path = write(till.folder, f"{till.files:02d}.csv", text)
    till.do("reconcile", "import", str(path))
    return sha256(path.read_bytes()).hexdigest()


def money_moves_beside_batches(till: Till) -> None:
    """A wallet is filled; orders are called off, recalled and paid; money comes back, is corrected and signed off."""
    on = ("--on", "2024-04-02", "--document")
    till.do("pay", "fund", PAYER, "50000", *on, "F-1")
    till.do("pay", "wallet-interest", PAYER, "12.34", *on, "LX-1")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.do("pay", "cancel", batch, "--reason", "the wrong day")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    recall = ("pay", "recall", batch, "--reason", "the stick was lost")
    till.do(*recall)
    agreed(till)
    till.do(*recall)
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    second(till, "pay", "resolve", item, "--state", "success", "--on", "2024-04-02", "--reason", "seen at the bank")
    till.do("pay", "correct", item, "--economic", "50799", *on, "GZ-1", "--reason", "wrong code")
    till.on("2024-04-10")
    rows = (f"2024-04-02,,16862.50,33149.84,补助,{item},,", "2024-04-02,12.34,,33162.18,利息,,,")
    file = bring(till, *rows)
    till.do("reconcile", "withdraw", file, "--reason", "of another wallet")
    bring(till, *rows)
    (paid,) = [one for one in till.read("reconcile", "match")["matches"] if one["payouts"]]
    till.do("reconcile", "undo", paid["match"], "--reason", "look again")
    till.do("reconcile", "confirm", paid["lines"][0], "--payout", item, "--reason", "seen on the slip")
    till.do("pay", "refund", item, "5", "--on", "2024-04-10", "--document", "TK-1")
    till.do("reconcile", "worklist", "--xlsx", str(till.folder / "worklist.xlsx"))


def a_year_ends(till: Till) -> None:
    """Budgets are moved and frozen, what came back is given back and owed again in the next year."""
    till.do("budget", "adjust", "2024", "20000", "--document", "BUD-3")
    till.do("budget", "issue", OTHER, "20000", "--document", "BUD-4")
    till.do("budget", "transfer", OTHER, "2024/loan-interest", "5000", "--document", "BUD-5")
    till.do("budget", "freeze", OTHER, "1000", "--document", "BUD-6")
    till.do("budget", "unfreeze", OTHER, "1000", "--document", "BUD-7")
    till.do("run", "withdraw", "2024-03", "--reason", "a row was missing")
    till.run("2024-03")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    till.on("2025-01-08").answer(batch, (item, "RETURNED", "16862.50", "2025-01-07"))
    till.sure(item, "returned")
    till.do("budget", "year-end", "2024", "--document", "NJ-1")
    till.do("budget", "issue", "2025", "20000", "--document", "BUD-2025-1")
    till.do("pay", "reopen", item, "--document", "BUD-2025-9", "--envelope", "2025")


def what_is_known_changes(till: Till) -> None:
    """Registers are corrected and taken back, others agree to what takes two, slips and lists are kept."""
    slip = till.folder / "slip.txt"
    slip.write_text("receipt", encoding="utf-8")
    till.do("evidence", "attach", "loan", "HT1", str(slip))
    till.do("decide", "stop", "--about", "PF1", "--reason", "letter of the court")
    till.do("decide", "lift", "--about", "PF1", "--reason", "withdrawn")
    agreed(till)
    till.do("operator", "add", "C1010211000077", "--name", "某机构", "--from", "2024-01-01", "--source", "公告 1")
    agreed(till)
    till.take("inspections", HEADINGS + "JC1,PF1,2024-04-01,passed,,,\n")
    imports = [row for row in till.read("import", "list") if row["register"] == "inspection"]
    till.do("import", "withdraw", str(imports[-1]["number"]), "--reason", "of another office")
    till.do("opening", "none", NOTICE)
    agreed(till)
    rows = f"{USCC},ecny,C1010211000012,WT10,0012345678901234,示例企业\n"
    till.take("payees", f"uscc,channel,institution,wallet_type,number,holder\n{rows}")
    second(till, "payee", "approve", "ecny/C1010211000012/000001", "--reason", "asked by telephone")
    till.do("entity", "end", USCC, "--on", "2024-04-01", "--document", "GS-1", "--reason", "struck off")
    agreed(till)
    till.do("template", "loans", "--out", str(till.folder / "templates"))


def asked_back(till: Till) -> None:
    """What is owed back for a claw-back is given up by two."""
    pay(till)
    till.do(*ask("5000"))
    agree(till)
    till.on("2024-05-08").report("2024-04-30")
    till.run("2024-04")
    words = ("pay", "write-off", "PF1", "5000", "--document", "HX-1", "--reason", "struck off")
    till.do(*words)
    agreed(till)
    till.do(*words)


def a_wallet_is_bound(till: Till) -> None:
    """What stood open when the ledger began is entered; money of the wallet is bound, let go and lapses."""
    item = ("--as", "in-transit", "--on", "2024-03-28", "--document", "OLD-1", "--reason", "old books")
    till.do("opening", "item", *item, PAYER, "5.00")
    agreed(till)
    till.do("notice", "add", str(fixture("notices/example-allocated-60-40.yaml")))
    paid = till.folder / "paid.csv"
    paid.write_text(f"uscc,line,due,amount\n{USCC},PF1,2024-03-20,5000.00\n", encoding="utf-8")
    till.do("opening", "import", str(paid), "--notice", NOTICE)
    agreed(till)
    on = ("--on", till.day, "--document")
    till.do("pay", "fund", PAYER, "20000", *on, "F-1")
    terms = ("--purpose", "interest", "--condition", "accepted", "--until", "2024-06-30")
    till.do("pay", "bind", "H-7", PAYER, "5000.00", *terms, *on, "HY-1")
    let_go = (
        "pay",
        "unbind",
        "H-7",
        "1000.00",
        "--as",
        "released",
        "--document",
        "YS-1",
        "--reason",
        "accepted on site",
    )
    till.do(*let_go)
    agreed(till)
    till.do(*let_go)
    till.on("2024-07-01").do("pay", "lapse", "H-7", "--document", "DQ-1")


def a_line_is_published(till: Till) -> None:
    """A line is on public notice; an objection to it is dismissed, then its firm takes the application back."""
    till.do("public-notice", "start", "2024-03", "--on", till.day, "--name", "GS-1")
    till.on("2024-04-03")
    said = ("--on", till.day, "--reason", "letter 7")
    till.do("public-notice", "object", "GS-1", "--number", "YY-1", "--line", "PF1", *said)
    till.do("public-notice", "settle", "YY-1", "--outcome", "dismissed", *said)
    till.do("public-notice", "withdraw-application", "GS-1", "--number", "CH-1", "--line", "PF1", *said)


def published_till(folder: Path) -> Till:
    """The first quarter run under a notice that asks for public notice."""
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    path = folder / "published.yaml"
    path.write_text(text.replace("payers:\n", f"{PUBLISHED}payers:\n"), encoding="utf-8")
    return run_quarters(open_till(folder, notice=path), 1)


# What happens -> the office that it happens in, for `STORIES` of a disk that fails.
OTHERS = {
    "moved": (money_moves_beside_batches, prefunded_till),
    "ended": (a_year_ends, lambda folder: run_quarters(open_till(folder), 1)),
    "known": (what_is_known_changes, lambda folder: run_quarters(open_till(folder), 1)),
    "given up": (asked_back, clawing_till),
    "bound": (a_wallet_is_bound, prefunded_till),
    "published": (a_line_is_published, published_till),
}
