"""An office that runs batches: firms in Beijing and one outside, notices of the three types that rest on one item."""

from pathlib import Path

from stdnum.cn import uscc

from ledger.resources import fixture
from tests.support.copies import built_once
from tests.support.office import Office

INCENTIVE, PREMIUM = "gjj-2023-tape-out", "gjj-2024-batch-1-space-insurance"
STAGED, SERVICE = "example-allocated-60-40", "national-service-loan-2025"
PATHS = {
    INCENTIVE: "2023/incentive/tape-out",
    PREMIUM: "2024/insurance/space",
    STAGED: "2024/allocated/investment",
    SERVICE: "2025/national/service",
}


def code_of(number: int) -> str:
    """A made-up credit code of Beijing whose check sign is right."""
    body = f"91110000MA{number:07d}"
    return body + uscc.calc_check_digit(body)


A, B, C, OUTSIDE, D = (code_of(number) for number in range(1, 6))
DISTRICTS = {A: "海淀区", B: "朝阳区", C: "通州区", OUTSIDE: "天津市", D: "丰台区"}


@built_once
def open_batch_office(folder: Path, notice: str, day: str, text: str = "", anchor: Path | None = None) -> Office:
    """An office with one notice (`text` instead of the shipped one), a budget of 100 million, firms and payees."""
    office = Office(folder, day, anchor)
    firms = [(code, f"北京示例{n}公司", place) for n, (code, place) in enumerate(DISTRICTS.items(), 1)]
    office.begin()
    path = fixture(f"notices/{notice}.yaml")
    if text:
        path = folder / f"{notice}.yaml"
        path.write_text(text, encoding="utf-8")
    office.do("notice", "add", str(path))
    office.opening("none", notice)
    names = PATHS[notice].split("/")
    for depth in range(1, len(names) + 1):
        on = min(day, f"{names[0]}-01-01")
        words = ("--document", f"BUD-{depth}", "--on", on)
        office.do("budget", "issue", "/".join(names[:depth]), "100000000", *words)
    office.take(
        "entities",
        "uscc,name,district,district_from\n"
        + "".join(f"{code},{name},{place},2015-03-02\n" for code, name, place in firms),
    )
    office.take(
        "payees",
        "uscc,channel,institution,wallet_type,number,holder\n"
        + "".join(f"{code},ecny,C1010211000012,WT09,00123456789{code[-6:-1]},{name}\n" for code, name, _ in firms),
    )
    return office


def apply(office: Office, notice: str, rows: str, columns: str = "") -> None:
    """Applications: rows of number, firm, item, day (and what `columns` names besides)."""
    heading = f"application_no,notice,uscc,item,applied_on{columns}\n"
    lines = [f"{number},{notice},{rest}\n" for number, _, rest in (row.partition(",") for row in rows.split())]
    office.take("applications", heading + "".join(lines))


def grant(office: Office, rows: str) -> None:
    """Grants: rows of number, application, day, ceiling."""
    heading = "grant_no,application_no,outcome,granted_on,ceiling,document,payee\n"
    made = []
    for row in rows.split():
        number, application, day, ceiling = row.split(",")
        made.append(f"{number},{application},granted,{day},{ceiling},批〔2024〕{number},ecny\n")
    office.take("grants", heading + "".join(made))


def shown(office: Office, notice: str) -> dict[str, tuple[str, str, str]]:
    """Per application of a notice: outcome, computed amount, award."""
    found = office.read("run", "batch", notice, "--dry-run")["applications"]
    return {one["application"]: (one["outcome"], one["computed"], one["award"]) for one in found}


def posted(office: Office, notice: str) -> list[tuple[str, str, str]]:
    """Run a batch for good; what was posted, as (line, due, yuan)."""
    return [(one["line"], one["due"], one["amount"]) for one in office.read("run", "batch", notice)["posted"]]
