"""Who borrows what in the invented year 2025, and what happens to it: register rows, drawn from a fixed seed.

Rows are dictionaries by the column names of the registers, cells as an officer would type them. Firms and banks are
invented; credit codes are computed so that they pass GB 32100, except one that fails on purpose.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from stdnum.cn import uscc

SEED = 20250101
LENDERS = ("甲银行", "乙银行", "丙银行", "丁银行", "戊银行", "己银行", "庚银行")
DISTRICTS = ("海淀区", "朝阳区", "大兴区", "昌平区", "顺义区", "丰台区", "石景山区", "通州区")
TRADES = ("智能装备", "集成电路", "生物医药", "新材料", "商业航天", "工业软件", "氢能科技", "机器人")
FIRMS = 60
FIRST_DAY = date(2025, 1, 1)

# Firms with a part of their own in the story, by number.
FAILED_CHECK = 38
MOVED_TO_BEIJING = 15
# Its wallet comes with a holder that is another firm, and waits until that is put right.
WRONG_HOLDER = 22
GAINS_STATUS = (11, 36, 43)
# A firm that merges into another, which is paid for its loans from then on.
MERGED, SUCCESSOR = 17, 41
MERGED_ON = date(2025, 9, 15)
# Days on which a firm becomes another: what it had asked for before stays as it was asked for.
MOVED_ON = date(2025, 2, 17)
GAINED_ON = date(2025, 6, 10)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """A group of loans asked for under one notice: how many, when signed, for how long, how large, at what rate."""

    notice: str
    loans: int
    purpose: str
    signed: tuple[date, date]
    months: int
    million_yuan: tuple[int, int]
    rates: tuple[str, ...]
    every: tuple[str, ...]
    applied: date
    ceiling_percent: int
    # Loans of an earlier day are moved behind it: the notice is not in force yet.
    not_before: date = date.min


KINDS = (
    Kind(
        notice="bj-first-loan-2025",
        loans=40,
        purpose="working_capital",
        signed=(date(2025, 1, 6), date(2025, 5, 30)),
        months=12,
        million_yuan=(1, 10),
        rates=("3.10%", "3.45%", "LPR1Y+35BP"),
        every=("month", "quarter"),
        applied=date(2025, 1, 6),
        ceiling_percent=2,
        not_before=date(2025, 2, 19),
    ),
    Kind(
        notice="bj-equipment-loan-2024",
        loans=25,
        purpose="equipment",
        signed=(date(2024, 1, 8), date(2024, 11, 29)),
        months=30,
        million_yuan=(4, 30),
        rates=("2.30%", "3.20%", "LPR5Y-40BP"),
        every=("quarter",),
        applied=date(2024, 12, 16),
        ceiling_percent=6,
    ),
    Kind(
        notice="gjj-2023-batch-2-direction-2",
        loans=20,
        purpose="fixed_asset",
        signed=(date(2023, 1, 9), date(2023, 6, 30)),
        months=36,
        million_yuan=(10, 60),
        rates=("3.65%", "LPR5Y-30BP"),
        every=("quarter",),
        applied=date(2023, 9, 15),
        ceiling_percent=6,
    ),
    Kind(
        notice="example-startup-guarantee",
        loans=25,
        purpose="startup",
        signed=(date(2024, 11, 4), date(2025, 8, 29)),
        months=12,
        million_yuan=(1, 3),
        rates=("4.10%", "LPR1Y+100BP"),
        every=("month", "quarter"),
        applied=date(2025, 1, 6),
        ceiling_percent=4,
    ),
    Kind(
        notice="example-loan-interest-discount",
        loans=10,
        purpose="fixed_asset",
        signed=(date(2024, 1, 8), date(2024, 6, 28)),
        months=24,
        million_yuan=(8, 40),
        rates=("3.55%",),
        every=("quarter",),
        applied=date(2024, 3, 4),
        ceiling_percent=2,
    ),
)


@dataclass(slots=True)
class Year:
    """Everything the officers of the invented year are handed, by register.

    `changes` holds what becomes of firms in the year: (day, row of the register of firms). `late` holds events of 2025
    that the lender reports only in a later month than they happened: (month reported, row).
    """

    entities: list[Row] = field(default_factory=list)
    changes: list[tuple[date, Row]] = field(default_factory=list)
    payees: list[Row] = field(default_factory=list)
    loans: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    late: list[tuple[str, Row]] = field(default_factory=list)
    applications: list[Row] = field(default_factory=list)
    grants: list[Row] = field(default_factory=list)


def credit_code(number: int) -> str:
    """An invented firm's credit code: the place of its founding, a running number, and its GB 32100 check character."""
    stem = f"91{'130600' if number == MOVED_TO_BEIJING else '110108'}MA{number:07d}"
    return stem + uscc.calc_check_digit(stem)


def firm_name(number: int) -> str:
    """An invented firm's name."""
    return f"北京示例{number:02d}号{TRADES[number % len(TRADES)]}有限公司"


def invented_year() -> Year:
    """The year, the same at every call."""
    draw = random.Random(SEED)
    year = Year()
    for number in range(1, FIRMS + 1):
        _firm(year, number, draw)
    serial = 0
    for kind in KINDS:
        for _place in range(kind.loans):
            serial += 1
            # Seven and sixty have no common divisor: every firm borrows, and twice.
            _loan(year, kind, serial, 1 + (serial - 1) * 7 % FIRMS, draw)
    _late_facts(year)
    return year


def _code_of(number: int) -> str:
    code = credit_code(number)
    if number == FAILED_CHECK:
        # As with real early codes: the last character is not the one GB 32100 computes.
        return code[:-1] + ("1" if code[-1] != "1" else "2")
    return code


def _firm(year: Year, number: int, draw: random.Random) -> None:
    code, name = _code_of(number), firm_name(number)
    home = DISTRICTS[number % len(DISTRICTS)]
    founded = date(2012, 1, 4) + timedelta(days=draw.randrange(3200))
    row = {"uscc": code, "name": name, "district": home, "district_from": founded.isoformat()}
    if number == MOVED_TO_BEIJING:
        year.changes.append((MOVED_ON, {**row, "district_from": MOVED_ON.isoformat()}))
        row["district"] = "保定市"
    elif number in GAINS_STATUS:
        gained = {"status": "innovative_sme", "status_from": GAINED_ON.isoformat()}
        year.changes.append((GAINED_ON, {**row, **gained}))
    elif number % 5 == 0:
        row |= {"status": "innovative_sme", "status_from": "2024-03-01"}
    year.entities.append(row)
    wallet = {"uscc": code, "channel": "ecny", "institution": "C1010211000012", "wallet_type": "WT09"}
    holder = firm_name(WRONG_HOLDER + 1) if number == WRONG_HOLDER else name
    year.payees.append({**wallet, "number": f"00{draw.randrange(10**14):014d}", "holder": holder})
    if number % 6 == 0:
        account = {"uscc": code, "channel": "bank", "institution": "102100000021"}
        year.payees.append({**account, "number": f"0200{draw.randrange(10**15):015d}", "holder": name})


def _loan(year: Year, kind: Kind, serial: int, firm: int, draw: random.Random) -> None:
    contract, code = f"HT{serial:04d}", _code_of(firm)
    days = (kind.signed[1] - kind.signed[0]).days
    signed = kind.signed[0] + timedelta(days=draw.randrange(days + 1))
    if signed < kind.not_before:
        signed += kind.not_before - kind.signed[0]
    million = draw.randint(*kind.million_yuan)
    rate, every = draw.choice(kind.rates), draw.choice(kind.every)
    matures = signed + relativedelta(months=kind.months)
    loan = {
        "contract_no": contract,
        "lender": LENDERS[serial % len(LENDERS)],
        "uscc": code,
        "signed_on": signed.isoformat(),
        "matures_on": matures.isoformat(),
        "amount": f"{million * 1_000_000:,}.00",
        "day_count": "ACT/360",
        "due_every": every,
        "due_day": "20",
        "due_counted": "yes" if serial % 4 else "no",
        "rate": rate,
        "purpose": kind.purpose,
    }
    if rate.startswith("LPR"):
        loan["repriced"] = draw.choice(("january_1", "anniversary"))
    year.loans.append(loan)
    _life(year, contract, signed, matures, million * 1_000_000, draw)
    applied = max(kind.applied, signed + timedelta(days=10))
    year.applications.append(
        {
            "application_no": f"SB{serial:04d}",
            "uscc": code,
            "notice": kind.notice,
            "item": contract,
            "applied_on": applied.isoformat(),
            "investment": f"{million * 2_000_000:,}.00",
        }
    )
    year.grants.append(
        {
            "grant_no": f"PF{serial:04d}",
            "application_no": f"SB{serial:04d}",
            "outcome": "granted",
            "granted_on": (applied + timedelta(days=14)).isoformat(),
            "document": f"示例批〔{applied.year}〕{serial}号",
            "ceiling": f"{million * kind.ceiling_percent * 10_000:,}.00",
            "payee": "bank" if firm % 12 == 0 else "ecny",
        }
    )


def _life(year: Year, contract: str, signed: date, matures: date, yuan: int, draw: random.Random) -> None:
    """Drawdowns in one or two parts; now and then a prepayment, a new rate, or an overdue spell."""
    first = yuan if draw.randrange(100) < 70 else yuan * 6 // 10
    _event(year, contract, "drawdown", signed + timedelta(days=3), f"{first:,}.00")
    if first < yuan:
        _event(year, contract, "drawdown", signed + timedelta(days=40), f"{yuan - first:,}.00")
    fate = draw.randrange(100)
    middle = max(signed + timedelta(days=70), date(2025, 1, 15) + timedelta(days=draw.randrange(200)))
    if middle + timedelta(days=60) >= matures:
        return
    if fate < 25:
        _event(year, contract, "repayment", middle, f"{yuan * 3 // 10:,}.00")
    elif fate < 35:
        year.events.append({"contract_no": contract, "kind": "rate", "date": middle.isoformat(), "rate": "2.95%"})
    elif fate < 45:
        end = middle + timedelta(days=25)
        _event(year, contract, "overdue", middle, f"{yuan // 10:,}.00", end)


def _event(year: Year, contract: str, kind: str, day: date, amount: str, end: date | None = None) -> None:
    row = {"contract_no": contract, "kind": kind, "date": day.isoformat(), "amount": amount}
    if end is not None:
        row["end_date"] = end.isoformat()
    year.events.append(row)


def _late_facts(year: Year) -> None:
    """Two things that a bank says months after they happened: a prepayment of April, an overdue spell of March."""
    quiet = [
        loan
        for loan in year.loans
        if loan["due_every"] == "quarter"
        and loan["signed_on"] < "2025-01-01"
        and sum(event["contract_no"] == loan["contract_no"] for event in year.events) == 1
    ]
    prepaid, overdue = quiet[1], quiet[4]
    amount = prepaid["amount"]
    row = {"contract_no": prepaid["contract_no"], "kind": "repayment", "date": "2025-04-15", "amount": amount}
    year.late.append(("2025-08", {**row, "amount": f"{int(amount.replace(',', '')[:-3]) // 4:,}.00"}))
    spell = {"contract_no": overdue["contract_no"], "kind": "overdue", "date": "2025-03-03", "end_date": "2025-03-31"}
    year.late.append(("2025-09", spell))
