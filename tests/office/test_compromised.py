"""Somebody else may have had an officer's key: what it signed is listed, holds what is paid, and is cleared by others.

The office of three under duties; 1002 has signed the run of the quarter, and agreed to the batch that waits.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import cli
from ledger.log.kinds import kind_of
from ledger.office import sign as tool
from ledger.resources import fixture
from ledger.rules.records import LogOnly
from ledger.rules.state import Fold
from ledger.rules.tables import Tables
from tests.audit.attacker import Body, bodies
from tests.support.bad_days import CODE
from tests.support.copies import ready
from tests.support.forge import judged, logged
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three, put_in_force, three_office

STOLEN = ("--reason", "the laptop was stolen")


@ready
def office(folder: Path) -> Three:
    """A batch of 1003 to which 1002 has agreed; from 3 April on the key is in other hands."""
    office = put_in_force(three_office(folder / "ledger"))
    batch = json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"]
    office.done(CHECKER, "pay", "approve", batch)
    office.on("2024-04-03")
    return office


def log(office: Three) -> list[Body]:
    return bodies(office.ledger.path)


def batch_of(office: Three) -> str:
    return str(next(body["key"] for body in log(office) if kind_of(body) == "payment_batch"))


def export(office: Three) -> list[str]:
    """The codes for which the batch does not go out; none where it went."""
    result = office.by(PAYER, "pay", "export", batch_of(office), "--out", str(office.folder / "order.json"))
    assert (result.exit_code == 0) == (not CODE.findall(result.stderr)), result.output
    return list(CODE.findall(result.stderr))


def said(office: Three, since: str, by: str = MAKER) -> str:
    """Somebody says that 1002's key is compromised; the number of the record."""
    text = office.done(by, "people", "compromised", CHECKER, "--since", since, *STOLEN)
    return re.findall(r"subsidy approve (\d+)", text)[0]


def compromised(office: Three, since: str) -> None:
    office.done(PAYER, "approve", said(office, since))


def cleared(office: Three, *words: str) -> None:
    text = office.done(MAKER, "people", "cleared", CHECKER, *words, "--reason", "she signed it before our eyes")
    office.done(PAYER, "approve", re.findall(r"subsidy approve (\d+)", text)[0])


def listed(office: Three) -> list[tuple[int, str]]:
    return [(one["record"], one["act"]) for one in office.read("people", "signed", CHECKER)]


def holding(office: Three) -> dict[str, list[str]]:
    """What is held up by what was signed with 1002's key, by act."""
    return {one["act"]: [thing["key"] for thing in one["holds"]] for one in office.read("people", "signed", CHECKER)}


def codes(office: Three, staff_no: str, *words: str) -> list[str]:
    result = office.by(staff_no, *words)
    assert result.exit_code == 2, result.output
    return list(CODE.findall(result.stderr))


def renewed(office: Three, *, same: bool = False) -> None:
    """Two others enter 1002 with a new key, or with the same one."""
    new = office.keys / "new.key"
    if same:
        new.write_bytes(Path(office.key(CHECKER)).read_bytes())
        new.chmod(0o600)
        public = next(body["public"] for body in log(office) if kind_of(body) == "key" and body["key"] == CHECKER)
    else:
        public = tool.make_key(new, f"{CHECKER}@{office.ledger.origin}", b"7002" * 8).public
    challenge, proof = office.keys / "new.challenge", office.keys / "new.proof"
    words = ["people", "enrol", CHECKER, "--post", POSTS[CHECKER], "--document", "任-9", "--public", public]
    office.do(*words, "--actor", MAKER, "--challenge", str(challenge))
    for key, out in ((office.key(MAKER), office.keys / "new.given"), (str(office.keys / "new.key"), proof)):
        sign = ["sign", str(challenge), "--key", key, "--out", str(out)]
        assert CliRunner().invoke(cli, sign, input="yes\n").exit_code == 0
    text = office.do(*words, "--actor", MAKER, "--signature", str(office.keys / "new.given"), "--proof", str(proof))
    office.done(PAYER, "approve", text.split()[-1])
    (office.keys / "new.key").replace(office.key(CHECKER))


def test_what_was_signed_since_is_listed_and_holds_what_is_paid(office: Three) -> None:
    approvals = [seq for seq, body in enumerate(log(office)) if kind_of(body) == "approval" and body["act"] == "pay"]
    compromised(office, "2024-04-02")
    # 1002 agreed to the batch on 2 April; the run itself was made before there were signatures.
    found = listed(office)
    assert (approvals[-1], "pay") in found
    assert {log(office)[seq]["actor"] for seq, _act in found} == {CHECKER}
    assert export(office) == ["signed_in_doubt"]
    cleared(office)
    assert listed(office) == []
    assert export(office) == []
    assert office.verify() == len(log(office))


def test_what_was_undone_holds_nothing_any_more(office: Three) -> None:
    """1002 agreed to the batch, and asked for other duties: another calls it off, and turns that down."""
    office.on("2024-04-02")
    other = office.file("other.yaml", fixture("duties/three.yaml").read_text("utf-8").replace("id: three", "id: other"))
    text = office.done(CHECKER, "duties", "change", other)
    compromised(office, "2024-04-02")
    before = holding(office)
    assert before["pay"] == ["PF1"]
    assert before["duties.change"] == [""]
    office.done(MAKER, "reject", re.findall(r"subsidy approve (\d+)", text)[0], "--reason", "nobody asked for it")
    office.done(MAKER, "pay", "cancel", batch_of(office), "--reason", "the key of who agreed was stolen")
    # They stay on the list until somebody clears them, and hold nothing.
    after = holding(office)
    assert (after["pay"], after["duties.change"]) == ([], [])
    # What set the office up is another matter: it was looked at.
    rest = [str(one["record"]) for one in office.read("people", "signed", CHECKER) if one["holds"]]
    cleared(office, *(word for seq in rest for word in ("--record", seq)))
    renewed(office)
    new = json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"]
    office.done(CHECKER, "pay", "approve", new)
    office.done(PAYER, "pay", "export", new, "--out", str(office.folder / "order.json"))
    assert office.verify() == len(log(office))


def test_what_was_signed_before_that_day_holds_nothing(office: Three) -> None:
    compromised(office, "2024-04-03")
    assert listed(office) == []
    assert export(office) == []


def test_one_persons_word_holds_at_once_and_falls_where_another_turns_it_down(office: Three) -> None:
    number = said(office, "2024-04-02")
    assert export(office) == ["signed_in_doubt"]
    # Who has the key does not say that nothing is wrong with it, and the key still signs other things.
    assert codes(office, CHECKER, "reject", number, "--reason", "no") == ["person_concerned"]
    assert codes(office, CHECKER, "approve", number) == ["person_concerned"]
    office.done(PAYER, "reject", number, "--reason", "it was found again")
    assert export(office) == []


def test_the_key_signs_nothing_more_and_nobody_gets_it_again(office: Three) -> None:
    compromised(office, "2024-04-02")
    stop = ("decide", "stop", "--about", "PF1", "--reason", "x")
    assert codes(office, CHECKER, *stop) == ["signing_key_unrecorded"]
    with pytest.raises(AssertionError, match="key_burnt"):
        renewed(office, same=True)
    (office.keys / "new.key").unlink()
    for name in ("new.challenge", "new.given", "new.proof"):
        (office.keys / name).unlink()
    renewed(office)
    office.done(CHECKER, *stop)
    # The new key's signatures are not in doubt.
    assert all(act != "stop" for _seq, act in listed(office))
    assert office.verify() == len(log(office))


def test_records_are_cleared_one_by_one(office: Three) -> None:
    compromised(office, "2024-04-02")
    first, *rest = [seq for seq, _act in listed(office)]
    cleared(office, "--record", str(first))
    assert [seq for seq, _act in listed(office)] == rest
    assert codes(office, MAKER, "people", "cleared", CHECKER, "--record", str(first), "--reason", "x") == [
        "nothing_in_doubt"
    ]
    cleared(office)
    assert export(office) == []


def test_the_owner_says_so_and_clears_nothing(office: Three) -> None:
    number = said(office, "2024-04-02", by=CHECKER)
    words = ("people", "cleared", CHECKER, "--reason", "all mine")
    assert codes(office, CHECKER, *words) == ["person_concerned"]
    office.done(MAKER, "approve", number)
    assert export(office) == ["signed_in_doubt"]


def test_an_order_of_budget_in_doubt_holds_every_payment(office: Three) -> None:
    text = office.done(MAKER, "budget", "adjust", "2024", "5000", "--document", "D-1", "--on", "2024-04-03")
    office.done(CHECKER, "approve", text.split()[1])
    compromised(office, "2024-04-03")
    (found,) = [one for one in office.read("people", "signed", CHECKER) if one["act"] == "budget.adjust"]
    assert found["holds"] == [{"what": "all", "key": ""}]
    assert export(office) == ["signed_in_doubt"]


def test_what_is_prepared_leaves_out_what_is_in_doubt(office: Three) -> None:
    office.done(MAKER, "pay", "cancel", batch_of(office), "--reason", "x")
    compromised(office, "2024-04-02")
    held = json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--dry-run", "--json"))
    assert held["batches"] == [] or "signed_in_doubt" in json.dumps(held)


def test_doors_and_words(office: Three) -> None:
    since = ("--since", "2024-04-02", *STOLEN)
    assert codes(office, MAKER, "people", "compromised", "1009", *since) == ["key_unknown"]
    assert codes(office, MAKER, "people", "compromised", CHECKER, "--since", "2024-04-04", *STOLEN) == ["day_ahead"]
    assert codes(office, MAKER, "people", "cleared", CHECKER, "--reason", "x") == ["nothing_in_doubt"]


@pytest.mark.parametrize(
    ("code", "forge"),
    [
        ("compromise_differs", lambda body: body.update(key="1002/2024-04-01")),
        ("compromise_differs", lambda body: body.update(state="cleared")),
        ("compromise_differs", lambda body: body.update(person="1009", key="1009/2024-04-02")),
        ("compromise_differs", lambda body: body.update(since="2024-04-04", key="1002/2024-04-04")),
        ("compromise_differs", lambda body: body.update(records=[1])),
        ("compromise_differs", lambda body: body.pop("since")),
    ],
)
def test_an_improper_record_is_found(office: Three, code: str, forge: Callable[[Body], None]) -> None:
    said(office, "2024-04-02")
    text = log(office)
    body = next(one for one in text if kind_of(one) == "compromise")
    forge(body)
    found = judged(text)
    assert found is not None
    assert found.fault.code == code


def test_what_was_never_in_doubt_is_not_cleared(office: Three) -> None:
    compromised(office, "2024-04-02")
    text = office.done(MAKER, "people", "cleared", CHECKER, "--reason", "x")
    (number,) = re.findall(r"subsidy approve (\d+)", text)
    forged = log(office)
    forged[int(number)]["records"] = [1]
    forged[int(number)]["key"] = "1002/1"
    found = judged(forged)
    assert found is not None
    assert (found.fault.code, found.fault.values["reason"]) == ("compromise_differs", "records")


def test_the_log_and_the_tables_say_the_same_of_it(office: Three) -> None:
    compromised(office, "2024-04-02")
    renewed(office)
    cleared(office, "--record", str(listed(office)[0][0]))
    cleared(office)
    office.done(PAYER, "reject", said(office, "2024-04-01"), "--reason", "no")
    text = log(office)
    fold, asked = Fold(LogOnly(text.__getitem__)), 0
    with office.ledger.read() as view:
        for record in logged(text):
            fold.take(record)
            tables = Tables(view.at(record.seq + 1))
            for name in ("suspects", "burnt", "signers", "keyed", "log_keys"):
                assert (fold.whole(name) or None) == (tables.load(name, ("",)).get("") or None), (record.seq, name)
                asked += 1
    assert asked == 5 * len(text)
