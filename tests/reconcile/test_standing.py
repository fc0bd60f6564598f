"""Standing decisions: statements that nothing proves complete come in on the word of two people, until one is wrong."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.reconcile.forms import ACCOUNT, write
from tests.reconcile.test_import import HEADING, PAYER, out, payer
from tests.support.copies import ready
from tests.support.office import Office
from tests.support.signing_office import CHECKER, HEAD, POSTS, key

ABOUT = f"{PAYER}/other"
# 1,000.00 - 300.00 = 700.00, - 100.00 = 600.00, - 50.00 = 550.00.
MARCH, APRIL, MAY = out("2025-03-03", 300, 700), out("2025-04-03", 100, 600), out("2025-05-03", 50, 550)


@ready
def office(folder: Path) -> Office:
    folder = folder / "book"
    folder.mkdir()
    made = Office(folder, "2025-06-01")
    made.begin()
    payer(made)
    for staff_no in (CHECKER, HEAD):
        made.do("people", "add", staff_no, "--post", POSTS[staff_no], "--document", f"任-{staff_no}")
    return made


def table(folder: Path, name: str, *rows: str, above: str = "") -> str:
    """A table with a balance in each row and nothing outside of them, unless `above` says something."""
    text = f"账号：{ACCOUNT}\n{above}{HEADING}" + "".join(f"{row}\n" for row in rows)
    return str(write(folder, name, text))


def decide(office: Office, actor: str, *words: str) -> str:
    """The refusal of a step, or ""."""
    answer = office.say("decide", "standing", "--about", ABOUT, *words, "--reason", "x", "--actor", actor)
    return answer.stderr.rpartition("[")[2].rstrip("]\n") if answer.exit_code else ""


def agree(office: Office, actor: str, *words: str) -> str:
    """The refusal of agreeing to what was asked for last, or ""."""
    with closing(sqlite3.connect(office.folder / "book.db")) as connection:
        (last,) = connection.execute("SELECT max(seq) FROM record WHERE kind = 'decision'").fetchone()
    answer = office.say("approve", str(last), "--actor", actor, *words)
    return answer.stderr.rpartition("[")[2].rstrip("]\n") if answer.exit_code else ""


def bring(office: Office, path: str) -> str:
    """What became of a file: its state, or the code of the refusal."""
    answer = office.say("reconcile", "import", path)
    return answer.stderr.rpartition("[")[2].rstrip("]\n") if answer.exit_code else "imported"


def test_two_people_let_them_in_and_the_record_names_the_decision(office: Office, tmp_path: Path) -> None:
    path = table(tmp_path, "a.csv", MARCH)
    answer = office.say("reconcile", "import", path)
    assert (answer.exit_code, f"--about {ABOUT}" in answer.stderr) == (2, True)
    assert decide(office, "1001") == ""
    assert bring(office, path) == "standing_needed"
    (waiting,) = office.read("approvals")
    assert waiting["command"] == f"subsidy approve {waiting['number']}"
    assert agree(office, CHECKER) == ""
    found = office.read("reconcile", "import", path)["statements"][0]
    assert (found["added"], found["integrity"]) == (1, "unproven")
    assert office.read("reconcile", "statements")["statements"][0]["integrity"] == "unproven"
    assert office.say("audit", "verify").exit_code == 3


def test_what_the_book_or_the_file_proves_needs_no_decision(office: Office, tmp_path: Path) -> None:
    whole = table(tmp_path, "a.csv", MARCH, above="期初余额：1000.00\n期末余额：700.00\n")
    assert office.read("reconcile", "import", whole)["statements"][0]["integrity"] == "ok"
    # Where it begins the book says, where it ends the file.
    april = table(tmp_path, "b.csv", APRIL, above="期末余额：600.00\n")
    assert office.read("reconcile", "import", april)["statements"][0]["integrity"] == "ok"
    assert bring(office, table(tmp_path, "c.csv", MAY)) == "standing_needed"


def test_nobody_agrees_with_himself_and_every_step_has_its_turn(office: Office) -> None:
    assert decide(office, CHECKER, "--end") == "standing_not_in_force"
    assert decide(office, "1001") == ""
    assert decide(office, "1001") == "standing_stands"
    assert agree(office, "1001") == "approver_is_maker"
    assert agree(office, CHECKER) == ""
    assert decide(office, HEAD) == "standing_stands"
    assert decide(office, HEAD, "--end") == ""
    # What ends it asks for nobody's word, and what was turned down can be asked for again.
    assert agree(office, CHECKER) == "nothing_to_approve"
    assert decide(office, HEAD) == ""
    number = str(office.read("approvals")[0]["number"])
    office.do("reject", number, "--reason", "not now", "--actor", CHECKER)
    assert decide(office, CHECKER, "--end") == "standing_not_in_force"
    assert decide(office, HEAD) == ""
    for about in ("payer/bank/102100099996/000001", "account/000001/other", "other"):
        answer = office.say("decide", "standing", "--about", about, "--reason", "x", "--actor", "1001")
        assert (answer.exit_code, "[standing_about]" in answer.stderr) == (2, True)


def test_the_first_file_that_does_not_fit_ends_it(office: Office, tmp_path: Path) -> None:
    decide(office, "1001")
    agree(office, CHECKER)
    # March was cut off behind its first row: a payment of 20.00 on the 4th is missing, and April shows it.
    assert bring(office, table(tmp_path, "a.csv", MARCH)) == "imported"
    april = table(tmp_path, "b.csv", out("2025-04-03", 100, 580))
    answer = office.say("reconcile", "import", april)
    assert (answer.exit_code, "-20.00 CNY apart" in answer.stderr, ABOUT in answer.stdout) == (1, True, True)
    with closing(sqlite3.connect(office.folder / "book.db")) as connection:
        (last,) = connection.execute("SELECT body FROM record ORDER BY seq DESC LIMIT 1").fetchone()
    assert '"ended_by":' in str(last)
    whole = table(tmp_path, "c.csv", MARCH, out("2025-03-04", 20, 680), out("2025-04-03", 100, 580))
    assert bring(office, whole) == "standing_needed"
    decide(office, CHECKER)
    agree(office, HEAD)
    assert bring(office, whole) == "imported"
    assert office.say("audit", "verify").exit_code == 3


def test_where_keys_are_in_use_both_sign(office: Office, tmp_path: Path) -> None:
    with_keys(office)
    assert decide(office, CHECKER) == "signing_key_needed"
    assert decide(office, CHECKER, "--key", key(office, CHECKER)) == ""
    assert agree(office, HEAD) == "signing_key_needed"
    assert agree(office, HEAD, "--key", key(office, HEAD)) == ""
    assert bring(office, table(tmp_path, "a.csv", MARCH)) == "imported"
    assert office.say("audit", "verify").exit_code == 3


def with_keys(office: Office) -> None:
    """Give the two officers keys."""
    Path(key(office, HEAD)).parent.mkdir()
    for staff_no in (CHECKER, HEAD):
        office.do("people", "key", staff_no, "--file", key(office, staff_no), "--actor", staff_no)
