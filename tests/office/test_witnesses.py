"""Witnesses elsewhere sign heads that grew from what they saw, and a policy lets no order go without them."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.log.checkpoint import Checkpoint, SignerKey, sign
from ledger.log.kinds import kind_of
from ledger.log.witness import Request, head_of
from ledger.rules import acts
from ledger.rules.records import LogOnly
from ledger.rules.state import Fold
from ledger.rules.tables import Tables
from tests.audit.attacker import Body, bodies
from tests.support.bad_days import CODE
from tests.support.copies import ready
from tests.support.forge import judged, logged
from tests.support.three_office import CHECKER, MAKER, PAYER, Three, put_in_force, three_office

REASON = ("--reason", "letter of the superior unit")


@ready
def office(folder: Path) -> Three:
    """A batch that two have signed; two witnesses elsewhere, of whom an order takes one."""
    office = put_in_force(three_office(folder / "ledger"))
    batch = json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"]
    office.done(CHECKER, "pay", "approve", batch)
    for name in ("w1", "w2"):
        office.say("witness", "new", str(folder / name), "--name", f"witness.example/{name}", actor=None)
    return office


def elsewhere(office: Three, name: str = "w1") -> Path:
    return office.folder.with_name(name)


def policy(office: Three, needed: int, *names: str) -> str:
    keys = [str(elsewhere(office, name) / "witness.vkey") for name in names]
    said = office.done(MAKER, "witness", "policy", *keys, "--needed", str(needed), *REASON)
    return re.findall(r"subsidy approve (\d+)", said)[0]


def in_force(office: Three, needed: int = 1, names: tuple[str, ...] = ("w1", "w2")) -> None:
    office.done(CHECKER, "approve", policy(office, needed, *names))


def asked(office: Three, *words: str) -> Path:
    request = office.folder / "head.request"
    result = office.say("witness", "ask", "--out", str(request), *words, actor=None)
    assert result.exit_code == 0, result.output
    return request


def signed(office: Three, request: Path, name: str = "w1", code: str = "") -> Path:
    """What a witness answers; it has the log's key from paper."""
    out = office.folder / f"{name}.cosignature"
    words = ("witness", "sign", str(request), "--folder", str(elsewhere(office, name)), "--out", str(out))
    result = office.say(*words, "--log", str(office.ledger.anchor.verifier_file), actor=None)
    assert CODE.findall(result.stderr) == ([code] if code else []), result.output
    assert (result.exit_code == 0) != bool(code)
    return out


def witnessed(office: Three, *names: str) -> None:
    """These witnesses sign the head of now, each from the one that it saw last; somebody records it."""
    answers = [str(signed(office, asked(office, "--old", str(saw(office, name))), name)) for name in names]
    office.done(PAYER, "witness", "take", str(office.folder / "head.request"), *answers)


def saw(office: Three, name: str = "w1") -> int:
    """How many records a witness saw last."""
    file = elsewhere(office, name) / f"{office.ledger.origin}.checkpoint"
    return head_of(file.read_text("utf-8")).size if file.exists() else 0


def codes(office: Three, staff_no: str, *words: str) -> list[str]:
    result = office.by(staff_no, *words)
    assert result.exit_code == 2, result.output
    return list(CODE.findall(result.stderr))


def export(office: Three) -> tuple[str, ...]:
    batch = next(body["key"] for body in bodies(office.ledger.path) if kind_of(body) == "payment_batch")
    return ("pay", "export", str(batch), "--out", str(office.folder / "order.json"))


def test_without_a_witness_nothing_stops_and_it_is_said(office: Three) -> None:
    assert office.say("witness", "show", actor=None).stdout.startswith("There is no witness")
    office.done(PAYER, *export(office))


def test_an_order_waits_for_as_many_as_the_policy_says(office: Three) -> None:
    number = policy(office, 2, "w1", "w2")
    # One person's word is no policy, and what waits for a second holds every payment by itself.
    office.done(CHECKER, "approve", number)
    assert codes(office, PAYER, *export(office)) == ["head_unwitnessed"]
    witnessed(office, "w1")
    assert codes(office, PAYER, *export(office)) == ["head_unwitnessed"]
    witnessed(office, "w1", "w2")
    office.done(PAYER, *export(office))
    shown = office.read("witness", "show")
    assert (shown["needed"], shown["signed_by"]) == (2, ["witness.example/w1", "witness.example/w2"])
    assert office.verify() == len(bodies(office.ledger.path))


def test_a_head_from_before_the_batch_does_not_do(office: Three) -> None:
    in_force(office)
    witnessed(office, "w1")
    office.done(MAKER, "pay", "cancel", export(office)[2], "--reason", "x")
    batch = json.loads(office.done(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"]
    office.done(CHECKER, "pay", "approve", batch)
    again = ("pay", "export", batch, "--out", str(office.folder / "again.json"))
    assert codes(office, PAYER, *again) == ["head_unwitnessed"]
    witnessed(office, "w2")
    office.done(PAYER, *again)


def test_a_witness_signs_nothing_that_was_rolled_back(office: Three) -> None:
    in_force(office)
    kept, anchor = office.folder.with_name("old"), office.ledger.anchor.folder
    shutil.copytree(office.folder, kept)
    shutil.copytree(anchor, kept / "anchor")
    office.done(MAKER, "decide", "stop", "--about", "PF1", "--reason", "x")
    witnessed(office, "w1")
    # Ledger and anchor are put back together: the program alone does not see that, the witness does.
    for there, back in ((office.folder, kept), (anchor, kept / "anchor")):
        shutil.rmtree(there)
        shutil.copytree(back, there, ignore=shutil.ignore_patterns("anchor"))
    signed(office, asked(office), code="head_smaller")
    # Another history, of the same length and longer.
    for time in range(4):
        office.done(
            MAKER, "people", "substitute", PAYER, "--by", CHECKER, "--from", "2024-05-01", "--to", f"2024-05-1{time}"
        )
        number = office.read("approvals")[0]["number"]
        office.done(CHECKER, "approve", str(number))
        office.on(f"2024-04-0{time + 4}")
    signed(office, asked(office, "--old", str(saw(office))), code="not_consistent")
    signed(office, asked(office), code="old_differs")


def test_a_new_key_of_the_log_is_given_to_the_witness(office: Three) -> None:
    in_force(office)
    witnessed(office, "w1")
    said = office.done(MAKER, "audit", "log-key", "--reason", "x")
    office.done(CHECKER, "approve", re.findall(r"subsidy approve (\d+)", said)[0])
    witnessed(office, "w1")
    office.done(PAYER, *export(office))


def test_what_is_no_cosignature_is_not_taken(office: Three) -> None:
    in_force(office, 1, ("w2",))
    request = asked(office)
    strange = signed(office, request, "w1")
    assert codes(office, PAYER, "witness", "take", str(request), str(strange)) == ["cosignature_strange"]
    assert codes(office, PAYER, "witness", "take", str(strange), str(strange)) == ["request_malformed"]
    keys = (str(elsewhere(office, "w1") / "witness.vkey"),)
    for code, words in (
        ("policy_differs", (*keys, *keys, "--needed", "1")),
        ("policy_differs", (*keys, "--needed", "2")),
        ("witness_malformed", (str(request), "--needed", "1")),
    ):
        assert codes(office, MAKER, "witness", "policy", *words, *REASON) == [code]
    ahead = office.say("witness", "ask", "--old", "999999", "--out", str(request), actor=None)
    assert CODE.findall(ahead.stderr) == ["old_ahead"]


def test_the_doors_of_a_witness(office: Three) -> None:
    request = asked(office)
    words = ("witness", "sign", str(request), "--folder")
    for code, more in (
        ("log_unknown", (str(elsewhere(office)),)),
        ("request_malformed", (str(elsewhere(office)), "--log", str(request))),
    ):
        result = office.say(*words, *more, actor=None)
        assert CODE.findall(result.stderr) == [code]
    again = office.say("witness", "new", str(elsewhere(office)), "--name", "x", actor=None)
    assert CODE.findall(again.stderr) == ["witness_taken"]
    assert (elsewhere(office) / "witness.key").stat().st_mode & 0o777 == 0o600


def test_a_log_whose_name_is_a_path_is_kept_in_the_folder_of_the_witness(office: Three) -> None:
    key = SignerKey("../other/log", bytes(32))
    request = office.folder / "strange.request"
    request.write_text(str(Request(0, (), sign(Checkpoint(key.name, 1, bytes(32)), key))), "utf-8")
    log = office.folder / "strange.vkey"
    log.write_text(f"{key.verifier}\n", "utf-8")
    words = ("witness", "sign", str(request), "--folder", str(elsewhere(office)), "--log", str(log))
    assert office.say(*words, actor=None).exit_code == 0
    kept = {file.name for file in elsewhere(office).iterdir()}
    assert kept == {"witness.key", "witness.vkey", "..%2Fother%2Flog.vkey", "..%2Fother%2Flog.checkpoint"}


@pytest.mark.parametrize(
    ("kind", "reason", "forge"),
    [
        ("witness", "keys", lambda body: body.update(keys=["x"])),
        ("witness", "keys", lambda body: body.update(keys=[body["keys"][0]] * 2)),
        ("witness", "needed", lambda body: body.update(needed=3)),
        ("witnessed", "note", lambda body: body.update(note="x")),
        ("witnessed", "head", lambda body: body.update(size=body["size"] - 1)),
        ("witnessed", "witness", lambda body: body.update(note="\u2014 ".join(body["note"].split("\u2014 ")[:2]))),
        ("witnessed", "signature", lambda body: body.update(note="\u2014 ".join(body["note"].split("\u2014 ")[::2]))),
    ],
)
def test_an_improper_record_is_found(office: Three, kind: str, reason: str, forge: Callable[[Body], None]) -> None:
    in_force(office)
    witnessed(office, "w1")
    log = bodies(office.ledger.path)
    forge(next(body for body in log if kind_of(body) == kind))
    found = judged(log)
    assert found is not None
    assert (found.fault.code, found.fault.values["reason"]) == ("witness_differs", reason)


def test_an_order_that_went_out_past_a_witness_is_found(office: Three) -> None:
    in_force(office, 2)
    witnessed(office, "w1", "w2")
    office.done(PAYER, *export(office))
    log = bodies(office.ledger.path)
    fold = Fold(LogOnly(log.__getitem__))
    (order,) = (record for record in logged(log) if record.body.get("state") == "exported")
    for record in logged(log)[: order.seq]:
        fold.take(record)
    note = fold.whole("witnessed")
    assert list(acts.witnessed(fold, order)) == []
    # The log's own signature with nobody's, and with that of one of the two.
    for signatures in (1, 2):
        fold.put("witnessed", "", "\u2014 ".join(note.split("\u2014 ")[: signatures + 1]))
        (found,) = acts.witnessed(fold, order)
        assert (found.code, found.values["needed"]) == ("head_unwitnessed", 2)


def test_the_log_and_the_tables_say_the_same_of_it(office: Three) -> None:
    in_force(office)
    witnessed(office, "w1", "w2")
    in_force(office, 0, ())
    log = bodies(office.ledger.path)
    fold = Fold(LogOnly(log.__getitem__))
    with office.ledger.read() as view:
        for record in logged(log):
            fold.take(record)
            tables = Tables(view.at(record.seq + 1))
            for name in ("witnesses", "witnessed"):
                assert (fold.whole(name) or None) == (tables.load(name, ("",)).get("") or None), (record.seq, name)
    assert fold.whole("witnesses").needed == 0
    note = Request.parse((office.folder / "head.request").read_text("utf-8")).note
    assert fold.whole("witnessed").startswith(note)
