"""Whatever the registers take in, every line of every notice is calculated or held by name, and no run stumbles.

The first case beside each notice becomes rows of the registers, of a firm of its own. Then rows are changed at random
and imported again: what is refused leaves no trace, and after what is taken all lines are calculated. A failing test
prints the seed of the run; `SUBSIDY_TEST_SEED` runs the same files again.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from calculators.awards.all import Partition, calculate_all
from calculators.problems import Refused
from ledger.book import charts, envelopes
from ledger.log.canonical import canonical
from ledger.registry import benchmarks
from ledger.registry.benchmarks import benchmark
from ledger.registry.notices import add_notice
from ledger.runs.lines import granted_lines
from ledger.store.ledger import View
from tests.calculators.files.test_whatever_loads import FOLDER, NAMES, other, raw_cases, said, version
from tests.support.batch_office import code_of
from tests.support.desk import OFFICER, Desk, open_desk
from tests.support.seeds import SEED

Rows = dict[str, list[dict[str, str]]]
KEYS = {"loan": "contract_no", "policy": "policy_no", "claim": "claim_no", "project": "project_no"}


def rows_of(name: str, number: int) -> Rows:
    """The first case of a notice as rows of the registers, under keys of its own."""
    facts, uscc = raw_cases(name)[0], code_of(number)
    kind = next(item for item in KEYS if item in facts)
    item, key = dict(facts[kind]), f"X{number}"
    rows: Rows = defaultdict(list)
    for since in facts["entity"]["districts"]:
        rows["entities"].append(
            {"uscc": uscc, "name": f"示例{number}公司", "district": since["name"], "district_from": since["from"]}
        )
    for held in facts["entity"].get("statuses", ()):
        span = {"status_from": held["from"], "status_to": held.get("to", "")}
        rows["entities"].append({**rows["entities"][0], "status": held["name"], **span})
    rows["payees"].append(
        {
            "uscc": uscc,
            "channel": "ecny",
            "institution": "C1010211000012",
            "wallet_type": "WT09",
            "number": f"00123456789{number:05}",
            "holder": f"示例{number}公司",
        }
    )
    item[KEYS[kind]] = key
    at = {KEYS[kind]: key}
    for event in item.pop("events", ()):
        rows["events"].append({**at, **event})
    for receipt in item.pop("receipts", ()):
        rows["receipts"].append({**at, **receipt})
    for premium in item.pop("premiums", ()):
        paid = "paid" if "paid" in premium else "returned"
        rows["premiums"].append(
            {**at, "kind": paid, "date": premium["on"], "amount": premium[paid], "tax": premium.get("tax", "")}
        )
    for what, plural in (("stage", "stages"), ("audit", "audits"), ("target", "targets")):
        for one in item.pop(plural, ()):
            row = {**at, "kind": what, "date": one.get("on", item["signed_on"]), "stage": one.get("name", "")}
            cells = {cell: one[cell] for cell in ("amount", "agreed", "reached") if cell in one}
            rows["milestones"].append({**row, **cells})
    for what in ("acceptance", "review"):
        if what in item:
            one = item.pop(what)
            row = {**at, "kind": what, "date": one["on"]}
            rows["milestones"].append({**row, **{cell: one[cell] for cell in ("done", "score") if cell in one}})
    item["attributes"] = "; ".join(f"{one['name']}={one['value']}" for one in item.get("attributes", ()))
    item["figures"] = "; ".join(f"{one['name']}={one['value']}" for one in item.get("figures", ()))
    item.update(item.pop("rating", {}))
    if "contract" in item:
        item["contract_amount"] = item.pop("contract")
    dates = item.pop("due_dates", ())
    if dates:
        item["due_dates"] = ";".join(dates)
    if kind == "loan":
        del item["attributes"], item["figures"]
    register = {"loan": "loans", "policy": "policies", "claim": "claims", "project": "projects"}[kind]
    rows[register].append({**item, "uscc": uscc})
    asked = {"application_no": f"A{number}", "uscc": uscc, "notice": name, "item": key}
    told = {cell: facts["application"].get(cell, "") for cell in ("applied_on", "investment")}
    rows["applications"].append({**asked, **told})
    rows["grants"].append(
        {
            "grant_no": f"G{number}",
            "application_no": f"A{number}",
            "outcome": "granted",
            "granted_on": facts["grant"]["granted_on"],
            "document": "DOC-1",
            "ceiling": "1,000,000",
            "payee": "ecny",
        }
    )
    return dict(rows)


# In this order each finds what it rests on.
ORDER = (
    "entities", "payees", "loans", "events", "receipts", "policies", "premiums", "claims", "projects", "milestones",
    "applications", "grants",
)  # fmt: skip


def text_of(rows: Iterable[dict[str, str]]) -> str:
    told = list(rows)
    columns = list(dict.fromkeys(column for row in told for column in row))
    cells = [columns, *([row.get(column, "") for column in columns] for row in told)]
    return "\n".join(",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in cells) + "\n"


def furnished(folder: Path, names: Iterable[str]) -> tuple[Desk, list[Rows]]:
    """A ledger with some notices and the first case of each, granted."""
    folder.mkdir()
    desk = open_desk(folder)
    with desk.ledger.write(OFFICER) as writer:
        charts.seed(writer)
        benchmarks.seed(writer)
        paths = set()
        for name in names:
            path = FOLDER / f"{name}.yaml"
            add_notice(writer, path.read_text(encoding="utf-8"), path.name)
            steps = version(name).notice.envelope.path.split("/")
            paths |= {"/".join(steps[:depth]) for depth in range(1, len(steps) + 1)}
        # Cases of all years stand in one ledger, so there is money for them from the first on.
        with pytest.MonkeyPatch.context() as any_year:
            any_year.setattr(envelopes, "of_about_this_year", lambda _path, _day: True)
            for path_ in sorted(paths):
                envelopes.issue(writer, path_, 10**15 // 100 ** path_.count("/"), f"B-{path_}", date(2020, 1, 1))
    made = [rows_of(name, number) for number, name in enumerate(names, 1)]
    for register in ORDER:
        rows = [row for one in made for row in one.get(register, ())]
        if rows:
            desk.take(register, text_of(rows))
    return desk, made


def calculated(view: View, through: date) -> Counter[str]:
    """How many lines were awarded something, are held, or are due nothing."""
    ref, rates = benchmark(view)
    outcomes: Counter[str] = Counter()
    for result in calculate_all(Partition(granted_lines(view).lines, rates, ref, through)):
        digest = result.digest
        assert canonical(digest)
        periods = digest["periods"]
        assert sum(period["award_fen"] for period in periods) == digest["award_fen"]
        assert 0 <= digest["award_fen"] <= result.line.grant.ceiling_fen
        held = any(one["code"] == "line_failed" for one in digest["held"])
        outcomes["held" if held else "awarded" if digest["award_fen"] else "nothing"] += 1
    return outcomes


def look(folder: Path, names: list[str], files: int, random: Random) -> Counter[str]:
    print(f"SUBSIDY_TEST_SEED={SEED}")
    desk, made = furnished(folder, names)
    with desk.ledger.read() as view:
        assert calculated(view, date(2026, 7, 1))["awarded"] == len(names)
    outcomes: Counter[str] = Counter()
    for _ in range(files):
        rows = random.choice(made)
        register = random.choice([one for one in ORDER[2:] if one in rows and one != "payees"])
        wanted = [dict(random.choice(rows[register])) for _ in range(random.randint(1, 3))]
        for row in wanted:
            for cell in random.sample(list(row), min(len(row), random.randint(1, 3))):
                row[cell] = random.choice([other(random, cell, row[cell]), other(random, cell, row[cell]), ""])
        try:
            desk.take(register, text_of(wanted))
        except Refused as refused:
            outcomes[said(refused)] += 1
            continue
        outcomes["taken"] += 1
        with desk.ledger.read() as view:
            outcomes += calculated(view, date(2026, 7, 1) - timedelta(days=random.randrange(900)))
    assert not outcomes["mute"]
    return outcomes


def test_whatever_imports_is_calculated(tmp_path: Path) -> None:
    random = Random(SEED)
    outcomes = look(tmp_path / "desk", random.sample(NAMES, 6), 25, random)
    assert outcomes["taken"]


@pytest.mark.nightly
def test_whatever_imports_is_calculated_at_length(tmp_path: Path) -> None:
    outcomes = look(tmp_path / "desk", NAMES, 600, Random(SEED))
    assert min(outcomes[one] for one in ("taken", "refused", "awarded", "nothing")) > 0
