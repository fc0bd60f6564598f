"""What was tried in a ledger for practice is taken in by an office's own: shown first, then signed step by step."""

import shutil
from pathlib import Path

import pytest

from ledger.log import kinds
from ledger.office.approvals import open_acts
from ledger.resources import fixture
from tests.support.founded import founded_office
from tests.support.office import NOTICE, Office
from tests.support.signing_office import CONSISTENT, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three

DAY = "2024-04-10"
REGISTERS = ("entities", "payees", "payers", "loans", "applications", "grants")


@pytest.fixture
def inputs(tmp_path: Path) -> Path:
    """The files of the first month, as somebody keeps them."""
    folder = tmp_path / "inputs"
    folder.mkdir()
    for name in REGISTERS:
        shutil.copy(fixture(f"first-month/{name}.csv"), folder)
    return folder


@pytest.fixture
def practice(tmp_path: Path, inputs: Path) -> Office:
    """A ledger for practice in which they were taken in."""
    folder = tmp_path / "practice"
    folder.mkdir()
    office = Office(folder, DAY, tmp_path / "practice-anchor")
    office.do("init", "--practice")
    office.do("notice", "add", str(fixture(f"notices/{NOTICE}.yaml")))
    for path in ("2024", "2024/loan-interest"):
        office.do("budget", "issue", path, "2,000,000.00", "--document", f"指-{path}", "--on", "2024-01-08")
    for name in REGISTERS:
        lender = ("--lender", "示例银行") if name == "loans" else ()
        office.do("import", name, str(inputs / f"{name}.csv"), "--mode", "full", *lender)
    return office


@pytest.fixture
def office(tmp_path: Path) -> Three:
    found = founded_office(tmp_path / "ledger")
    found.on(DAY)
    return found


def taking(practice: Office, inputs: Path, *words: str) -> list[str]:
    return ["init", "--from-practice", practice.url, "--files", str(inputs), *words]


def size_of(office: Three) -> int:
    with office.ledger.read() as view:
        return view.size


def states(printed: str) -> list[str]:
    """The lines of the table, without its blanks."""
    return [" ".join(line.split()) for line in printed.splitlines() if "  " in line and "---" not in line][1:]


def test_a_preview_shows_what_each_would_do_and_writes_nothing(practice: Office, inputs: Path, office: Three) -> None:
    size = size_of(office)
    said = office.by(MAKER, *taking(practice, inputs, "--preview"), key="")
    # The grants ask for a budget that the office has not ordered yet: what comes before them is shown all the same.
    assert (said.exit_code, "[envelope_unknown]" in said.stderr) == (2, True)
    assert states(said.stdout) == [
        f"notice {NOTICE} new here",
        "entities entities.csv new here 1 0 0 0",
        "payees payees.csv new here 1 0 0 0",
        "payers payers.csv new here 1 0 0 0",
        "loans loans.csv new here 1 0 0 0",
        "applications applications.csv new here 1 0 0 0",
    ]
    assert size_of(office) == size


def test_each_step_is_signed_and_what_waits_is_gone_on_from(practice: Office, inputs: Path, office: Three) -> None:
    said = office.by(MAKER, *taking(practice, inputs))
    assert said.exit_code == 2
    assert "payers payers.csv for somebody else to take in" in states(said.stdout)
    for path in ("2024", "2024/loan-interest"):
        ordered = office.done(
            MAKER, "budget", "issue", path, "2,000,000.00", "--document", f"指-{path}", "--on", "2024-01-08"
        )
        office.done(CHECKER, "approve", ordered.split("subsidy approve ")[1].split()[0].rstrip("`.,"))
    size = size_of(office)
    again = states(office.done(MAKER, *taking(practice, inputs)))
    assert again[0] == f"notice {NOTICE} stands already"
    assert again[-1] == "grants grants.csv taken in 1 0 0 0"
    # The grant, what it reserves, and the act.
    assert size_of(office) > size
    assert "payers payers.csv taken in 1 0 0 0" in states(office.done(PAYER, *taking(practice, inputs)))
    with office.ledger.read() as view:
        assert [(row.body["register"], row.body["actor"]) for row in view.records(kinds.IMPORT)] == [
            *((kinds_of, MAKER) for kinds_of in ("entity", "payee", "loan", "application", "grant")),
            ("payer", PAYER),
        ]
        # Notice, payees, grants and payers wait for the second person, as if each had been brought by its own command.
        assert len(open_acts(view)) == 4
    assert verdict(office) == CONSISTENT


def test_a_file_that_is_gone_is_left_out_and_said(practice: Office, inputs: Path, office: Three) -> None:
    (inputs / "grants.csv").unlink()
    (inputs / "payers.csv").write_text("another file\n", encoding="utf-8")
    said = states(office.done(MAKER, *taking(practice, inputs)))
    assert said[-1] == "grants grants.csv left out: no file with these bytes is there"
    assert said[3] == "payers payers.csv left out: no file with these bytes is there"


def test_an_office_s_ledger_is_no_practice(inputs: Path, office: Three) -> None:
    said = office.by(MAKER, *taking(office, inputs))
    assert (said.exit_code, "[not_practice]" in said.stderr) == (2, True)
