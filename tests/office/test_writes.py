"""Whatever is written once two people have entered one is signed, by an act that covers it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.log.canonical import canonical
from ledger.log.kinds import KINDS, kind_of
from ledger.office.acts import NONE, RULES, Along, Told
from ledger.office.duties import duties_of
from ledger.resources import fixture
from tests.audit.attacker import bodies
from tests.support.act_verifier import wrong
from tests.support.forge import first_fault
from tests.support.office import USCC
from tests.support.signing_office import CONSISTENT, code, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three, three_office

PAYEES = f"uscc,channel,institution,wallet_type,number,holder\n{USCC},ecny,C1010211000012,WT09,0012345678901234,{{}}\n"


@pytest.fixture
def office(tmp_path: Path) -> Three:
    return three_office(tmp_path / "ledger")


def log(office: Three) -> list[dict[str, Any]]:
    return bodies(office.folder / "book.db")


def batch_of(office: Three) -> str:
    said = office.done(PAYER, "pay", "prepare", "2024-03", "--json")
    return str(json.loads(said)["batches"][0]["batch"])


def changed_payee(office: Three, *words: str) -> tuple[str, ...]:
    return ("import", "payees", office.file("payees.csv", PAYEES.format("示例企业（新）")), "--mode", "delta", *words)


def test_every_kind_says_which_act_it_is() -> None:
    """A kind without a row, or an act without a duty, would be signed by nobody."""
    assert RULES.keys() == KINDS.keys()
    words = {word for rule in RULES.values() for word in (rule.acts.values() if isinstance(rule, Told) else (rule,))}
    words |= {rule.other for rule in RULES.values() if isinstance(rule, Told)}
    named = {word.act if isinstance(word, Along) else word for word in words} - {NONE}
    for name in ("three", "full"):
        duties = duties_of(fixture(f"duties/{name}.yaml").read_text(encoding="utf-8"), name)
        assert named - duties.acts.keys() == set()


def test_a_month_is_paid_with_every_write_signed(office: Three) -> None:
    size = len(log(office))
    batch = batch_of(office)
    office.done(CHECKER, "pay", "approve", batch)
    office.done(PAYER, "pay", "export", batch, "--out", str(office.folder / "order.json"))
    said = log(office)
    acts = [(body["act"], body["actor"], body["count"]) for body in said[size:] if kind_of(body) == "act"]
    # The batch and its one payout; what was exported. The approval bears its own signature.
    assert acts == [("pay", PAYER, 2), ("pay.export", PAYER, 1)]
    signed = [seq for seq, body in enumerate(said) if "act" in body and seq >= size]
    assert len(signed) == 3
    assert [wrong([canonical(body) for body in said], seq) for seq in signed] == ["", "", ""]
    assert verdict(office) == CONSISTENT


@pytest.mark.parametrize(
    "words",
    [
        ("pay", "prepare", "2024-03"),
        ("import", "inspections", "FILE", "--mode", "delta"),
        ("budget", "adjust", "2024", "5,000", "--document", "D-1"),
        ("decide", "stop", "--about", "PF1", "--reason", "x"),
        ("people", "substitute", CHECKER, "--by", PAYER, "--from", "2024-04-01", "--to", "2024-04-30"),
        ("run", "withdraw", "2024-03", "--reason", "x"),
        ("operator", "add", "C1010411000013", "--name", "x", "--from", "2024-01-01", "--source", "x"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_nothing_is_written_unsigned_or_with_the_key_of_another(office: Three, words: tuple[str, ...]) -> None:
    size = len(log(office))
    file = office.file("a.csv", "inspection_no,grant_no,inspected_on,finding\nI-1,PF1,2024-04-01,passed\n")
    words = tuple(file if word == "FILE" else word for word in words)
    assert code(office.by(MAKER, *words, key="")) == "signing_key_needed"
    assert code(office.by(MAKER, *words, key=CHECKER)) == "signing_key_differs"
    assert len(log(office)) == size


def test_a_changed_payee_is_signed_elsewhere_in_clear_text(office: Three) -> None:
    challenge = office.keys / "payee.challenge"
    office.do(*changed_payee(office, "--actor", MAKER, "--challenge", str(challenge)))
    size = len(log(office))
    given = office.signed(MAKER, challenge)
    # The number that is signed for stands in the challenge behind its commitment, and nowhere in the log.
    assert any(opening["value"] == "0012345678901234" for opening in json.loads(challenge.read_bytes())["openings"])
    office.do(*changed_payee(office, "--actor", MAKER, "--signature", str(given)))
    said = log(office)
    assert [kind_of(body) for body in said[size:]] == ["import", "payee", "act"]
    assert (said[-1]["act"], said[-1]["count"]) == ("payee.change", 2)
    assert verdict(office) == CONSISTENT
    # Signed once, it counts once: the payee stands already, and nothing is left to be covered.
    office.do(*changed_payee(office, "--actor", MAKER, "--signature", str(given)))
    assert len(log(office)) == size + 3


def test_a_signature_is_stale_once_others_have_changed_the_payee(office: Three) -> None:
    challenge = office.keys / "payee.challenge"
    office.do(*changed_payee(office, "--actor", MAKER, "--challenge", str(challenge)))
    given = office.signed(MAKER, challenge)
    other = office.file("other.csv", PAYEES.format("示例企业（旧）"))
    office.done(PAYER, "import", "payees", other, "--mode", "delta")
    refused = office.say(*changed_payee(office, "--actor", MAKER, "--signature", str(given)))
    assert (refused.exit_code, refused.stderr.rstrip()[-11:]) == (2, "[act_stale]")


def test_another_file_is_not_what_was_signed(office: Three) -> None:
    challenge = office.keys / "payee.challenge"
    office.do(*changed_payee(office, "--actor", MAKER, "--challenge", str(challenge)))
    given = office.signed(MAKER, challenge)
    other = office.file("payees.csv", PAYEES.format("示例企业（旧）"))
    words = ("import", "payees", other, "--mode", "delta", "--actor", MAKER, "--signature", str(given))
    refused = office.say(*words)
    assert (refused.exit_code, refused.stderr.rstrip()[-18:]) == (2, "[signed_otherwise]")


def act(said: list[dict[str, Any]], **changes: Any) -> None:
    said[-1].update(changes)


# What is forged behind a signed import of one payee (import, payee, act), by who holds the log key, and its code.
FORGED: dict[str, tuple[Callable[[list[dict[str, Any]]], None], str]] = {
    "the act taken away": (lambda said: said.pop(), "act_missing"),
    "another payee under it": (lambda said: said[-2].update(number="a" * 64), "act_covers"),
    "fewer records under it": (lambda said: act(said, count=1), "act_covers"),
    "another act": (lambda said: act(said, act="payee.first"), "act_covers"),
    "another beginning": (lambda said: act(said, first=said[-1]["first"] + 1), "act_covers"),
    "of another post": (lambda said: act(said, post="出纳岗"), "act_post"),
    "of another ledger": (lambda said: act(said, origin="subsidy-other"), "act_foreign"),
    "out of date": (lambda said: act(said, valid_until="2024-04-01"), "act_expired"),
    "of another head": (lambda said: act(said, head={**said[-1]["head"], "root": "0" * 64}), "act_head_differs"),
    "signed by nobody": (lambda said: said[-1].pop("signature"), "signature_wrong"),
    "with the act of another": (lambda said: act(said, actor=CHECKER), "act_missing"),
    "twice": (lambda said: said.append(dict(said[-1])), "act_repeated"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_write_is_found(office: Three, how: str) -> None:
    office.done(MAKER, *changed_payee(office))
    said = log(office)
    change, expected = FORGED[how]
    change(said)
    found = first_fault(said)
    assert found is not None
    assert found[0] == expected
