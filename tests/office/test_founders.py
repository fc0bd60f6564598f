"""A ledger is founded by one person and opened by a second; until then nothing is written but who founds it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.log.acts import signed_bytes
from ledger.log.canonical import canonical
from ledger.log.tree import leaf_hash, root
from ledger.office import sign as tool
from ledger.resources import fixture
from tests.audit.attacker import Body, bodies
from tests.support.act_verifier import wrong
from tests.support.forge import first_fault
from tests.support.founded import begun_office, founded_office, founding, opened_office
from tests.support.office import NOTICE, USCC
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three

ENTITIES = f"uscc,name,district,district_from\n{USCC},示例企业,海淀区,2015-03-02\n"


def log(office: Three) -> list[Body]:
    return bodies(office.folder / "book.db")


def elsewhere(office: Three, staff_no: str) -> tuple[str, Path]:
    """A key that somebody makes on another machine: its public half, and its file."""
    file = Path(office.key(staff_no))
    public = tool.make_key(file, f"{staff_no}@{office.ledger.origin}", staff_no.encode() * 8).public
    return public, file


def test_it_is_open_when_the_second_person_has_signed_on_another_machine(tmp_path: Path) -> None:
    office = begun_office(tmp_path / "ledger")
    public, file = elsewhere(office, CHECKER)
    words = [*founding(CHECKER, "--second"), "--public", public]
    challenge, given = office.keys / "open.challenge", office.keys / "open.signature"
    size = len(log(office))
    office.do(*words, "--challenge", str(challenge))
    assert len(log(office)) == size
    # The tool alone, without the rest of the program: it shows what stands in the ledger, the duties to the letter.
    alone = [sys.executable, "-I", tool.__file__, str(challenge), "--key", str(file), "--out", str(given)]
    done = subprocess.run(alone, input="yes\n", capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "事项 / act: 启用账本 / opening of the ledger" in done.stdout
    assert "日常公钥 / daily public key: " + log(office)[-1]["public"] in done.stdout
    assert fixture("duties/three.yaml").read_text("utf-8").splitlines()[10] in done.stdout
    office.do(*words, "--signature", str(given))
    assert [body["act"] for body in log(office)[size - 1 :]] == ["init.found", "init.open"]
    texts = [canonical(body) for body in log(office)]
    assert [wrong(texts, seq) for seq in (size - 1, size)] == ["", ""]
    assert verdict(office) == CONSISTENT
    assert [(one["staff_no"], one["post"]) for one in office.read("people", "list")] == [
        (MAKER, POSTS[MAKER]),
        (CHECKER, POSTS[CHECKER]),
    ]
    # Nobody opens it again.
    assert code(office.say(*words, "--signature", str(given))) == "ledger_open_already"


def test_a_challenge_that_holds_another_ledger_is_not_signed(tmp_path: Path) -> None:
    office = begun_office(tmp_path / "ledger")
    public, _file = elsewhere(office, CHECKER)
    challenge = office.keys / "open.challenge"
    office.do(*founding(CHECKER, "--second"), "--public", public, "--challenge", str(challenge))
    text = challenge.read_text("utf-8")
    assert "people_at_least: 3" in text
    with pytest.raises(tool.Unsignable, match="covered_differ"):
        tool.read_challenge(text.replace("people_at_least: 3", "people_at_least: 2").encode())


def test_a_sheet_that_was_never_written_is_written_again(tmp_path: Path) -> None:
    """The machine stopped behind the record: the ledger is open, and the paper to be signed is not there."""
    office = opened_office(tmp_path / "ledger")
    paper, size = office.folder / "book.founding.txt", len(log(office))
    said = paper.read_bytes()
    paper.unlink()
    office.do(*founding(CHECKER, "--second"), "--key", office.key(CHECKER))
    assert (paper.read_bytes(), len(log(office))) == (said, size)
    assert code(office.say(*founding(CHECKER, "--second"), "--key", office.key(CHECKER))) == "ledger_open_already"


def test_until_then_nothing_else_is_accepted(tmp_path: Path) -> None:
    office = begun_office(tmp_path / "ledger")
    size = len(log(office))
    for words in (
        ("notice", "add", str(fixture(f"notices/{NOTICE}.yaml"))),
        ("import", "entities", office.file("entities.csv", ENTITIES), "--mode", "delta"),
        ("people", "add", "1009", "--post", "处长", "--document", "D"),
        ("people", "key", MAKER, "--file", str(office.keys / "another.key")),
        ("duties", "change", "three"),
        ("opening", "none", NOTICE),
    ):
        assert office.by(MAKER, *words).exit_code == 2, words
    assert code(office.by(MAKER, "import", "entities", office.file("e.csv", ENTITIES), "--mode", "delta")) == (
        "ledger_unopened"
    )
    # The first person is not the second one, with another key neither, and nobody lends the own key.
    for staff_no, key in ((MAKER, "other"), (CHECKER, MAKER)):
        given = office.say(*founding(staff_no, "--second"), "--key", office.key(key))
        assert code(given) == "founding_differs"
    assert len(log(office)) == size
    assert verdict(office) == CONSISTENT


def test_a_budget_waits_until_there_are_people_for_everything(tmp_path: Path) -> None:
    order = ("budget", "issue", "2024", "1,000.00", "--document", "BUD-1", "--on", "2024-01-05")
    office = opened_office(tmp_path / "ledger")
    said = office.by(MAKER, *order)
    assert code(said) == "office_unfit"
    # Two of three posts are held: who pays is missing, and that is the post to enter.
    assert "2 people are in office, and this set takes 3 or more" in said.stderr
    assert f"--post {POSTS[PAYER]} " in said.stderr
    office.enrol(PAYER, POSTS[PAYER], MAKER, CHECKER)
    number = office.done(MAKER, *order).split()[1]
    assert code(office.by(PAYER, "approve", number)) == "duty_differs"
    office.done(CHECKER, "approve", number)
    assert office.read("budget", "show")[0]["limit"] == "1000.00"
    assert verdict(office) == CONSISTENT


def test_nothing_is_taken_without_a_signature(tmp_path: Path) -> None:
    office = founded_office(tmp_path / "ledger")
    size = len(log(office))
    for words in (
        ("notice", "add", str(fixture(f"notices/{NOTICE}.yaml"))),
        ("import", "entities", office.file("entities.csv", ENTITIES), "--mode", "delta"),
    ):
        assert code(office.by(MAKER, *words, key="")) == "signing_key_needed"
        assert code(office.by(MAKER, *words, key=PAYER)) == "signing_key_differs"
    assert len(log(office)) == size


def test_a_key_that_somebody_has_is_nobody_elses(tmp_path: Path) -> None:
    office = opened_office(tmp_path / "ledger")
    (public,) = (body["public"] for body in log(office) if body.get("key") == MAKER and "public" in body)
    challenge = office.keys / "c"
    words = ["people", "enrol", PAYER, "--post", POSTS[PAYER], "--document", "D", "--public", public]
    said = office.say(*words, "--actor", CHECKER, "--challenge", str(challenge))
    assert said.exit_code == 0, said.output
    given = office.signed(CHECKER, challenge).rename(office.keys / "given")
    proof = office.signed(MAKER, challenge)
    said = office.say(*words, "--actor", CHECKER, "--signature", str(given), "--proof", str(proof))
    assert code(said) == "key_of_another"


def test_the_founding_sheet_is_held_against_the_ledger(tmp_path: Path) -> None:
    office = opened_office(tmp_path / "ledger")
    sheet = office.folder / "book.founding.txt"
    text = sheet.read_text("utf-8")
    assert office.say("audit", "verify", "--founding", str(sheet)).exit_code == 3
    for line, before, after in (
        ("second person", "second person: 1002", "second person: 1009"),
        ("first key", "first key: ", "first key: 0"),
        ("duties", "duties: ", "duties: 0"),
    ):
        said = office.say("audit", "verify", "--founding", office.file("other.txt", text.replace(before, after)))
        assert said.exit_code == 1
        assert f"the founding sheet says another {line} than the ledger [founding_otherwise]" in said.stdout
    said = office.say("audit", "verify", "--founding", office.file("short.txt", text.replace("log key: ", "")))
    assert code(said) == "founding_malformed"


# A forger has keys of his own for everybody whom he makes up.
ATTACKER = Ed25519PrivateKey.from_private_bytes(b"attacker" * 4)


def resigned(log: list[Body], body: Body) -> None:
    """The last record as somebody says it, on what stands before it, signed by the key that it names."""
    seq = len(log) - 1
    body["head"] = {"root": root([leaf_hash(canonical(one)) for one in log[:-1]]).hex(), "size": seq}
    body["public"] = ATTACKER.public_key().public_bytes_raw().hex()
    for field in ("signature", "proof"):
        body.pop(field, None)
    message = signed_bytes(body)
    body["signature"] = body["proof"] = ATTACKER.sign(message).hex()
    log[-1] = body


def by_the_first_again(log: list[Body]) -> None:
    resigned(log, {**log[-1], "actor": MAKER, "key": MAKER})


def for_another(log: list[Body]) -> None:
    resigned(log, {**log[-1], "actor": CHECKER, "key": "1009"})


def under_other_duties(log: list[Body]) -> None:
    resigned(log, {**log[-1], "duties": "0" * 64})


def on_less(log: list[Body]) -> None:
    body = log[-1]
    body["head"] = {"root": leaf_hash(canonical(log[0])).hex(), "size": 1}
    body["signature"] = body["proof"] = "0" * 128


def as_the_first(log: list[Body]) -> None:
    resigned(log, {**log[-1], "act": "init.found"})


def unsigned(log: list[Body]) -> None:
    resigned(log, log[-1])
    del log[-1]["signature"]


def begun_by_an_officer(log: list[Body]) -> None:
    log[-1] = {
        "$schema": "subsidy/actor/1", "actor": MAKER, "recorded_at": log[-1]["recorded_at"], "key": "1009",
        "role": "officer",
    }  # fmt: skip


def an_account(log: list[Body]) -> None:
    log[-1] = {
        **next(body for body in log if body["$schema"] == "subsidy/account/1"),
        "key": "fin/9999",
        "code": "9999",
    }


FORGED: dict[str, tuple[Callable[[list[Body]], None], str]] = {
    "the first person opens it": (by_the_first_again, "founding_differs"),
    "somebody opens it for another": (for_another, "founding_differs"),
    "it is opened under other duties": (under_other_duties, "founding_differs"),
    "the second has seen the first record only": (on_less, "founding_differs"),
    "it is founded twice": (as_the_first, "founding_differs"),
    "the second has not signed": (unsigned, "signature_wrong"),
    "an officer is recorded before": (begun_by_an_officer, "ledger_unopened"),
    "an account is recorded before": (an_account, "ledger_unopened"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_beginning_is_refused_and_found(name: str, tmp_path: Path) -> None:
    forge, expected = FORGED[name]
    office = opened_office(tmp_path / "ledger")
    forged: list[Any] = log(office)
    forge(forged)
    assert first_fault(forged) == (expected, len(forged) - 1)


@pytest.mark.parametrize(("purpose", "duties"), [("production", False), ("practice", True)])
def test_a_production_ledger_is_founded_and_one_for_practice_is_not(purpose: str, duties: bool, tmp_path: Path) -> None:
    forged = log(opened_office(tmp_path / "ledger"))[:1]
    forged[0]["purpose"] = purpose
    if not duties:
        del forged[0]["duties"]
    assert first_fault(forged) == ("founding_differs", 0)


def test_duties_that_lack_an_act_found_nothing(tmp_path: Path) -> None:
    office = Three(tmp_path / "ledger", "2024-01-05")
    office.folder.mkdir()
    office.keys.mkdir()
    text = fixture("duties/three.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("  pay.correct:")]
    words = [*founding(MAKER), "--key", office.key(MAKER), "--duties"]
    said = office.say(*words, office.file("less.yaml", "\n".join(lines)))
    assert code(said) == "duties_unfit"
    # Nothing is left of it, and no key that nothing names.
    assert not Path(office.key(MAKER)).exists()
    assert not (office.folder / "book.db").exists()


def test_each_of_the_two_is_told_which_post_is_still_missing(tmp_path: Path) -> None:
    """The set `three` has 经办岗, 复核岗 and 出纳岗: after the first the second is asked for, after both the third."""
    office = begun_office(tmp_path / "ledger")
    said = office.do(*founding(CHECKER, "--second"), "--key", office.key(CHECKER))
    assert f"Nobody holds yet: {POSTS[PAYER]}." in said
    assert f"--post {POSTS[PAYER]} --document" in said
    # Nobody has a key made by one person alone any more, and no hint says so.
    unknown = office.by(MAKER, "people", "end", "1009", "--on", "2030-01-01")
    assert "subsidy people enrol 1009 " in unknown.stderr
    alone = office.by(MAKER, "people", "add", "1009", "--post", "处长", "--document", "D")
    assert (code(alone), "1001 alone enters 1009" in alone.stderr) == ("people_take_two", True)
