"""Evidence by hash: attached to the version in force, checked against a folder, and found wanting by name."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.audit.verify import Verdict, verify
from ledger.log import kinds
from ledger.office.evidence import attach, named, read_files
from tests.support.copies import ready
from tests.support.desk import APPLICATIONS, ENTITIES, FIRM, LOANS, OFFICER, PAYEES, Desk, call, equipped_desk

SLIP, CONTRACT, MINUTES = b"slip of 10 January", b"contract HT1", b"minutes, item 4"


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


@ready
def asked(folder: Path) -> Desk:
    """A desk where FIRM has applied as SB1, whose register names the hash of the contract."""
    office = equipped_desk(folder)
    office.take("entities", ENTITIES)
    office.take("payees", PAYEES)
    office.take("loans", LOANS)
    heading, row = APPLICATIONS.splitlines()
    office.take("applications", f"{heading},evidence\n{row},{digest(CONTRACT)}\n")
    return office


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A folder with the contract and the slip of a loan, in folders of its own."""
    folder = tmp_path / "archive"
    for name, content in (("2024/loans/slip.pdf", SLIP), ("2024/合同.pdf", CONTRACT)):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def checked(desk: Desk, folder: Path) -> tuple[int, dict[str, list[object]]]:
    """Exit code of a check, and what it found: records with names, (record, found) of those that differ, files."""
    answer = call(desk, "evidence", "check", str(folder), "--json")
    found = json.loads(answer.stdout)
    owner = "{register}/{key} {file}".format
    return answer.exit_code, {
        "present": [owner(**one) for one in found["present"]],
        "differing": [(owner(**one), one["found"]) for one in found["differing"]],
        "missing": [owner(**one) for one in found["missing"]],
        "unnamed": found["unnamed"],
    }


def test_what_is_attached_stands_once_with_name_length_and_hash(asked: Desk, archive: Path) -> None:
    slip = str(archive / "2024/loans/slip.pdf")
    assert "attached" in call(asked, "evidence", "attach", "loan", "HT1", slip, slip).stdout
    size = asked.size
    again = call(asked, "evidence", "attach", "loan", "HT1", slip)
    assert (again.exit_code, "stands already" in again.stdout, asked.size) == (0, True, size)
    with asked.ledger.read() as view:
        (row,) = view.rows(kinds.EVIDENCE)
        loan = view.current(kinds.LOAN, "HT1")
    assert loan is not None
    assert row.key == f"loan/HT1/{digest(SLIP)}"
    # "slip of 10 January" has 18 signs.
    assert [row.body[name] for name in ("about", "file", "bytes", "sha256")] == [loan.seq, "slip.pdf", 18, digest(SLIP)]
    assert verify(asked.ledger.path).verdict == Verdict.NOT_ANCHORED


def test_a_corrected_record_keeps_its_evidence_and_may_bear_it_again(asked: Desk, archive: Path) -> None:
    slip = archive / "2024/loans/slip.pdf"
    call(asked, "evidence", "attach", "loan", "HT1", str(slip))
    asked.take("loans", LOANS.replace("3.55%", "3.45%"))
    with asked.ledger.read() as view:
        assert [one.key for one in named(view) if one.register == "loan"] == ["HT1"]
    with asked.ledger.write(OFFICER) as writer:
        assert attach(writer, "loan", "HT1", read_files([slip])) == [True]
        assert attach(writer, "loan", "HT1", read_files([slip])) == [False]


def test_a_whole_folder_is_complete_wherever_the_files_lie(asked: Desk, archive: Path) -> None:
    call(asked, "evidence", "attach", "loan", "HT1", str(archive / "2024/loans/slip.pdf"))
    (archive / "2024/loans/slip.pdf").rename(archive / "renamed.bin")
    (archive / "notes.txt").write_text("what nobody named")
    assert checked(asked, archive) == (
        0,
        {
            "present": ["application/SB1 ", "loan/HT1 slip.pdf"],
            "differing": [],
            "missing": [],
            "unnamed": ["notes.txt"],
        },
    )


def test_one_byte_differs_and_one_file_is_gone(asked: Desk, archive: Path) -> None:
    slip = archive / "2024/loans/slip.pdf"
    call(asked, "evidence", "attach", "loan", "HT1", str(slip))
    slip.write_bytes(SLIP.replace(b"10", b"11"))
    (archive / "2024/合同.pdf").unlink()
    assert checked(asked, archive) == (
        1,
        {
            "present": [],
            "differing": [("loan/HT1 slip.pdf", ["2024/loans/slip.pdf"])],
            "missing": ["application/SB1 "],
            "unnamed": [],
        },
    )
    printed = call(asked, "evidence", "check", str(archive))
    assert printed.exit_code == 1
    assert "Unchanged: 0 of 2. Differing: 1. Missing: 1." in printed.stdout


def test_a_name_attached_to_an_application_names_its_own_hash(asked: Desk, archive: Path) -> None:
    call(asked, "evidence", "attach", "application", "SB1", str(archive / "2024/合同.pdf"))
    assert checked(asked, archive)[1]["present"] == ["application/SB1 合同.pdf"]


def test_what_fell_with_its_record_is_not_asked_for(asked: Desk, archive: Path) -> None:
    call(asked, "evidence", "attach", "loan", "HT1", str(archive / "2024/loans/slip.pdf"))
    asked.take("loans", LOANS.splitlines()[0] + "\n", full=True, lender="Bank A")
    assert checked(asked, archive)[1]["unnamed"] == ["2024/loans/slip.pdf"]


def test_decisions_bear_their_minutes(asked: Desk, archive: Path) -> None:
    (archive / "minutes.pdf").write_bytes(MINUTES)
    words = ("meeting", "--about", "SB1", "--amount", "100", "--document", "JY-4", "--reason", "item 4")
    assert call(asked, "decide", *words).exit_code == 0
    assert call(asked, "evidence", "attach", "decision", "meeting/SB1", str(archive / "minutes.pdf")).exit_code == 0
    assert checked(asked, archive)[1]["present"] == ["application/SB1 ", "decision/meeting/SB1 minutes.pdf"]


@pytest.mark.parametrize(("register", "key"), [("loan", "HT9"), ("grant", "HT1"), ("application", FIRM)])
def test_evidence_of_nothing_is_refused(asked: Desk, archive: Path, register: str, key: str) -> None:
    size = asked.size
    with asked.ledger.write(OFFICER) as writer, pytest.raises(Refused) as refused:
        attach(writer, register, key, read_files([archive / "2024/合同.pdf"]))
    assert [problem.code for problem in refused.value.problems] == ["evidence_of_nothing"]
    assert asked.size == size


def test_every_file_that_cannot_be_read_or_is_empty_is_named_at_once(asked: Desk, archive: Path) -> None:
    size = asked.size
    answer = call(asked, "evidence", "attach", "loan", "HT1", str(archive / "a.pdf"), str(archive / "b.pdf"))
    assert (answer.exit_code, [line.split(":")[0] for line in answer.stderr.splitlines()]) == (2, ["a.pdf", "b.pdf"])
    (archive / "a.pdf").touch()
    (archive / "b.pdf").touch()
    files = [str(archive / name) for name in ("a.pdf", "2024/loans/slip.pdf", "b.pdf")]
    answer = call(asked, "evidence", "attach", "loan", "HT1", *files)
    assert [line.rpartition(" ")[2] for line in answer.stderr.splitlines()] == ["[evidence_empty]"] * 2
    assert (answer.exit_code, asked.size) == (2, size)


def test_a_folder_that_is_none_is_refused(asked: Desk, archive: Path) -> None:
    for folder in (archive / "2025", archive / "2024/合同.pdf"):
        answer = call(asked, "evidence", "check", str(folder))
        assert (answer.exit_code, answer.stderr.rstrip().rpartition(" ")[2]) == (2, "[folder_missing]")
