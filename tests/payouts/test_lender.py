"""A lender that has given the interest back to its firms is paid in one payout, and names what it sends back."""

from pathlib import Path

from stdnum.cn import uscc

from ledger.log import kinds
from ledger.resources import fixture
from tests.support.clock import at_noon
from tests.support.copies import ready
from tests.support.office import LENDER, NOTICE
from tests.support.till import Till

STEMS = ("91110108MA0000001", "91110108MA0000002", "91110108MA0000003", "91110108MA0000004")
BANK, *FIRMS = (stem + uscc.calc_check_digit(stem) for stem in STEMS)
# 1 to 19 March, half of 3.55 % of 7.2, 3.6 and 1.8 million: 7,200,000 x 1.775 % x 19 / 360 = 6,745.00, and so on.
AWARDS = ("6745.00", "3372.50", "1686.25")
DRAWN = (7_200_000, 3_600_000, 1_800_000)
TOTAL = "11803.75"


def rows(heading: str, *lines: str) -> str:
    return "\n".join((heading, *lines)) + "\n"


@ready
def till(folder: Path) -> Till:
    return lender_till(folder)


def lender_till(tmp_path: Path, rule: str = "", anchor: Path | None = None) -> Till:
    """Three firms with a loan each from one bank, which is itself a registered firm with a wallet; March is run.

    `rule` is a rule of approval of their notice.
    """
    text = fixture(f"notices/{NOTICE}.yaml").read_text(encoding="utf-8")
    assert "path: firm_paid" in text
    text = text.replace("path: firm_paid", "path: lender_prepaid").replace("payers:\n", f"{rule}payers:\n")
    (tmp_path / "lender.yaml").write_text(text, encoding="utf-8")
    till = Till(tmp_path, "2024-01-05", anchor)
    till.begin()
    till.do("notice", "add", str(tmp_path / "lender.yaml"))
    for path in ("2024", "2024/loan-interest"):
        till.do("budget", "issue", path, "2000000", "--document", f"BUD-{path}")
    with at_noon(till.day), till.ledger.write("1001") as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1002", role="officer"))
    till.on("2024-04-02")
    named = [(BANK, LENDER), *((code, f"示例企业{n}") for n, code in enumerate(FIRMS, 1))]
    till.take(
        "entities",
        rows("uscc,name,district,district_from", *(f"{code},{name},海淀区,2015-03-02" for code, name in named)),
    )
    heading = "uscc,channel,institution,wallet_type,number,holder"
    wallets = (
        f"{code},ecny,C1010211000012,WT09,{1_000_000_000_000_001 + n},{name}" for n, (code, name) in enumerate(named)
    )
    till.take("payees", rows(heading, *wallets))
    till.take(
        "payers",
        rows(
            "channel,institution,wallet_type,number,holder,funding",
            "ecny,C1010211000012,WT09,0012345678905678,示例专户,zero_balance",
        ),
    )
    terms = "ACT/360,quarter,20,no,3.55%"
    till.take(
        "loans",
        rows(
            "contract_no,lender,uscc,signed_on,matures_on,amount,day_count,due_every,due_day,due_counted,rate",
            *(f"HT{n},{LENDER},{code},2024-01-08,2026-01-10,30000000,{terms}" for n, code in enumerate(FIRMS, 1)),
        ),
    )
    till.report("2024-03-31", "".join(f"HT{n},drawdown,2024-01-10,,{yuan},\n" for n, yuan in enumerate(DRAWN, 1)))
    till.take(
        "applications",
        rows(
            "application_no,uscc,notice,item,applied_on",
            *(f"SB{n},{code},{NOTICE},HT{n},2024-03-01" for n, code in enumerate(FIRMS, 1)),
        ),
    )
    till.take(
        "grants",
        rows(
            "grant_no,application_no,outcome,granted_on,document,ceiling,payee",
            *(f"PF{n},SB{n},granted,2024-03-15,批〔2024〕{n}号,500000,ecny" for n in (1, 2, 3)),
        ),
    )
    till.on("2024-04-02")
    till.run("2024-03")
    return till


def test_one_payout_settles_the_awards_of_all_its_firms(till: Till) -> None:
    prepared = till.prepare("2024-03")
    assert prepared["held"] == []
    (made,) = prepared["batches"]
    assert (made["count"], made["total"]) == (1, TOTAL)
    (item,) = till.items(made["batch"])
    awards = till.read("pay", "status", item)["awards"]
    assert sorted((one["line"], one["amount"]) for one in awards) == [
        ("PF1", AWARDS[0]),
        ("PF2", AWARDS[1]),
        ("PF3", AWARDS[2]),
    ]


def test_what_it_sends_back_reopens_exactly_the_awards_it_names(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    assert till.answer(batch, (item, "SUCCESS", TOTAL, "2024-04-02")).exit_code == 0
    awards = {one["line"]: str(one["award"]) for one in till.read("pay", "status", item)["awards"]}
    # A part without names could be of any of them.
    unnamed = till.as_second(
        "pay", "resolve", item, "--state", "returned", "--amount", AWARDS[1], "--reason", "letter 3"
    )
    assert (unnamed.exit_code, "[awards_missing]" in unnamed.stderr) == (2, True)
    back = till.as_second(
        *("pay", "resolve", item, "--state", "returned"),
        *("--award", awards["PF1"], "--award", awards["PF3"], "--reason", "letter 3"),
    )
    assert back.exit_code == 0, back.output
    # 6,745.00 + 1,686.25 came back; 3,372.50 stays paid.
    assert till.balances("fin/2303", "fin/4001") == {"fin/2303": "-8431.25", "fin/4001": "-3372.50"}
    (again,) = till.prepare("2024-03")["batches"]
    assert (again["count"], again["total"]) == (1, "8431.25")
    (second,) = till.items(again["batch"])
    assert second != item
    assert sorted(one["line"] for one in till.read("pay", "status", second)["awards"]) == ["PF1", "PF3"]
    till.verify()


def test_a_firm_s_own_wallet_is_not_whom_the_notice_pays(till: Till) -> None:
    with at_noon(till.day), till.ledger.write("1001") as writer:
        grant = writer.current(kinds.GRANT, "PF2")
        firm = next(row.key for row in writer.rows(kinds.PAYEE) if row.body["uscc"] == FIRMS[1])
        assert grant is not None
        kept = {name: grant.body[name] for name in grant.body if name not in ("$schema", "actor", "recorded_at")}
        writer.append(kinds.GRANT, kinds.GrantBody(**{**kept, "payee": firm}))
    prepared = till.read("pay", "prepare", "2024-03", "--dry-run")
    assert [(one["about"], one["code"]) for one in prepared["held"]] == [("PF2", "payee_not_recipient")]
    # The other two are still paid together: 6,745.00 + 1,686.25.
    assert [(one["count"], one["total"]) for one in prepared["batches"]] == [(1, "8431.25")]


def test_what_it_sends_back_after_the_year_s_end_is_of_the_awards_it_names(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    assert till.answer(batch, (item, "SUCCESS", TOTAL, "2024-04-02")).exit_code == 0
    awards = {one["line"]: str(one["award"]) for one in till.read("pay", "status", item)["awards"]}
    for day in ("2024-07-01", "2024-10-01", "2025-01-05"):
        # Somebody works, so that the clock is not asked about.
        till.on(day).do("budget", "issue", "2025", "100.00", "--document", f"D-{day}")
    back = ("pay", "resolve", item, "--state", "returned", "--reason", "letter 3")
    named = till.as_second(*back, "--award", awards["PF1"], "--award", awards["PF3"])
    assert named.exit_code == 0, named.output
    # 6,745.00 + 1,686.25 = 8,431.25 are quota again, and change the surplus of the earlier year; nothing is payable.
    accounts = ("fin/1201", "fin/3501", "fin/2303", "fin/4001")
    assert till.balances(*accounts) == dict(zip(accounts, ("8431.25", "-8431.25", "0.00", "-11803.75"), strict=True))
    till.verify()
    till.do("budget", "issue", "2025/again", "100.00", "--document", "D-9")
    refused = till.say("pay", "reopen", item, "--envelope", "2025/again", "--document", "D-9")
    assert "[envelope_short]" in refused.stderr
    till.do("budget", "adjust", "2025", "20000.00", "--document", "D-10")
    till.do("budget", "adjust", "2025/again", "20000.00", "--document", "D-10")
    assert "2 awards are owed again" in till.do("pay", "reopen", item, "--envelope", "2025/again", "--document", "D-11")
    assert till.balances("fin/2303") == {"fin/2303": "-8431.25"}
    # The third comes back as well, and is owed again by itself.
    third = till.as_second(*back, "--award", awards["PF2"])
    assert third.exit_code == 0, third.output
    assert "1 award is owed again" in till.do("pay", "reopen", item, "--envelope", "2025/again", "--document", "D-12")
    # 11,803.75: everything.
    assert till.balances("fin/2303", "fin/1201") == {"fin/2303": "-11803.75", "fin/1201": "11803.75"}
    till.verify()
