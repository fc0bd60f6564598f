"""Persons are entered by two: one officer with the program and one key makes no colleagues of his own."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.audit.ledger import Ledger
from ledger.log import kinds
from ledger.log.canonical import canonical
from ledger.office import sign as tool
from ledger.store.ledger import Ledger as StoredLedger
from tests.audit.attacker import bodies
from tests.support.act_verifier import ed25519, message_of, wrong
from tests.support.clock import at_noon
from tests.support.office import Office
from tests.support.signing_office import CHECKER, CONSISTENT, HEAD, code, key, keys, sign, signing_office, verdict

NEW = "1004"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """1001, who has no key, and 1002 and 1003, who have."""
    return signing_office(tmp_path / "ledger", CHECKER, HEAD)


def signed_with(key_file: str, challenge: Path, out: Path) -> str:
    words = [sys.executable, "-I", tool.__file__, str(challenge), "--key", key_file, "--out", str(out)]
    done = subprocess.run(words, input="yes\n", capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def own_key(office: Office, staff_no: str) -> str:
    """A key that somebody makes on a machine of the own; its public half."""
    origin = Ledger.open(office.url).origin
    return tool.make_key(Path(key(office, staff_no)), f"{staff_no}@{origin}", staff_no.encode() * 8).public


def entering(staff_no: str, public: str, actor: str, *words: str) -> list[str]:
    base = ["people", "enrol", staff_no, "--post", "出纳岗", "--document", "示例任〔2024〕3号", "--name", "某某"]
    return [*base, "--public", public, "--actor", actor, *words]


def entered(office: Office, staff_no: str, actor: str) -> str:
    """Enter a person with a new key, signed by both; the number of the record."""
    folder = keys(office)
    public = own_key(office, staff_no)
    challenge, given, proof = (folder / f"{staff_no}.{part}" for part in ("challenge", "signature", "proof"))
    office.do(*entering(staff_no, public, actor, "--challenge", str(challenge)))
    shown = signed_with(key(office, actor), challenge, given)
    assert "任职岗位 / posts given: 出纳岗" in shown
    assert "姓名 / name: 某某" in shown
    signed_with(key(office, staff_no), challenge, proof)
    said = office.do(*entering(staff_no, public, actor, "--signature", str(given), "--proof", str(proof)))
    return said.split()[-1]


def there(office: Office) -> list[str]:
    return [person["staff_no"] for person in office.read("people", "list")]


def test_two_enter_a_third_who_can_sign_from_then_on(office: Office) -> None:
    number = entered(office, NEW, CHECKER)
    assert there(office) == ["1001", CHECKER, HEAD]
    assert "person 1004 with post and key" in office.do("approvals")
    assert sign(office, number, HEAD).exit_code == 0
    assert there(office) == ["1001", CHECKER, HEAD, NEW]
    assert verdict(office) == CONSISTENT
    # The new key counts: 1004 asks for a budget, and 1002 agrees.
    order = ("2024/loan-interest", "5,000", "--document", "BUD-9", "--key", key(office, NEW), "--actor", NEW)
    asked = office.do("budget", "freeze", *order).split()[1]
    assert sign(office, asked, CHECKER).exit_code == 0
    assert verdict(office) == CONSISTENT
    log = bodies(office.folder / "book.db")
    seq = int(number)
    assert wrong([canonical(body) for body in log], seq) == ""
    assert ed25519(log[seq]["public"], log[seq]["proof"], message_of(log[seq]))


def test_nobody_counts_before_another_has_agreed(office: Office) -> None:
    number = entered(office, NEW, CHECKER)
    refused = office.say("people", "add", "1009", "--post", "x", "--document", "D", "--actor", NEW)
    assert code(refused) == "actor_unknown"
    # Neither who entered the person nor the person agrees to it.
    assert code(sign(office, number, CHECKER)) == "approver_is_maker"
    assert code(sign(office, number, NEW)) == "actor_unknown"
    assert sign(office, number, HEAD, "--reason", "no letter", command="reject").exit_code == 0
    assert there(office) == ["1001", CHECKER, HEAD]
    assert verdict(office) == CONSISTENT


def test_one_alone_makes_no_colleagues_any_more(office: Office) -> None:
    """What was done in nine commands: colleagues with keys of his own making sign everything."""
    assert sign(office, entered(office, NEW, CHECKER), HEAD).exit_code == 0
    size = len(bodies(office.folder / "book.db"))
    mine = str(keys(office) / "mine.key")
    for words in (
        ("people", "add", "1009", "--post", "处长", "--document", "任-9"),
        # Somebody who has an office and no key is given one; a colleague's key is said to be lost.
        ("people", "key", "1001", "--file", mine),
        ("people", "key", HEAD, "--file", mine, "--key", key(office, CHECKER), "--actor", CHECKER),
        # Posts and days are given.
        ("people", "add", CHECKER, "--post", "处长", "--document", "任-9"),
        ("people", "add", NEW, "--post", "出纳岗", "--document", "任-9", "--from", "2020-01-01"),
    ):
        assert code(office.say(*words)) == "people_take_two"
    assert not Path(mine).exists()
    assert len(bodies(office.folder / "book.db")) == size


def test_one_alone_ends_an_office_and_renews_the_own_key(office: Office) -> None:
    assert sign(office, entered(office, NEW, CHECKER), HEAD).exit_code == 0
    new = str(keys(office) / "renewed.key")
    office.do("people", "key", NEW, "--file", new, "--key", key(office, NEW), "--actor", NEW)
    mine = ("--actor", CHECKER, "--key", key(office, CHECKER))
    office.do("people", "substitute", CHECKER, "--by", NEW, "--from", "2024-04-01", "--to", "2024-04-30", *mine)
    assert code(office.say("people", "end", HEAD, "--on", "2024-04-30")) == "signing_key_needed"
    office.do("people", "end", HEAD, "--on", "2024-04-30", *mine)
    assert code(office.say("people", "add", HEAD, "--post", "处长", "--document", "任-3")) == "people_take_two"
    assert verdict(office) == CONSISTENT


def test_a_lost_key_is_replaced_by_two_others(office: Office) -> None:
    assert sign(office, entered(office, NEW, CHECKER), HEAD).exit_code == 0
    Path(key(office, HEAD)).rename(keys(office) / "lost.key")
    number = entered(office, HEAD, CHECKER)
    # The old key would sign for the person concerned.
    lost = ("--actor", HEAD, "--key", str(keys(office) / "lost.key"))
    assert code(office.say("approve", number, *lost)) == "person_concerned"
    assert sign(office, number, NEW).exit_code == 0
    order = ("budget", "freeze", "2024/loan-interest", "5,000", "--document", "BUD-9")
    assert code(office.say(*order, *lost)) == "signing_key_differs"
    office.do(*order, "--actor", HEAD, "--key", key(office, HEAD))
    assert verdict(office) == CONSISTENT


def test_a_key_without_its_proof_is_not_entered(office: Office) -> None:
    public = own_key(office, NEW)
    challenge, given = keys(office) / "a.challenge", keys(office) / "a.signature"
    office.do(*entering(NEW, public, CHECKER, "--challenge", str(challenge)))
    signed_with(key(office, CHECKER), challenge, given)
    words = entering(NEW, public, CHECKER, "--signature", str(given), "--proof", str(given))
    assert code(office.say(*words)) == "signature_malformed"
    without = office.say(*entering(NEW, public, CHECKER, "--signature", str(given)))
    assert without.exit_code == 2
    assert "--proof" in without.stderr
    # The signature of the officer in the place of the proof.
    said = given.read_text("utf-8").replace('"signature":', '"proof":')
    forged = keys(office) / "a.proof"
    forged.write_bytes(canonical(json.loads(said)))
    words = entering(NEW, public, CHECKER, "--signature", str(given), "--proof", str(forged))
    assert code(office.say(*words)) == "signature_wrong"


def test_what_a_door_without_rules_lets_in_is_found(office: Office) -> None:
    assert sign(office, entered(office, NEW, CHECKER), HEAD).exit_code == 0
    with at_noon(office.day), StoredLedger.open(office.url).write("1001") as writer:
        writer.append(kinds.ACTOR, kinds.ActorBody(key="1009", role="officer"))
    assert "[people_take_two]" in office.say("audit", "verify").stdout
