"""Months that are signed off, in a log that is computed again from end to end: what breaks their rules is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.audit.verify import verify
from ledger.log.kinds import kind_of
from tests.audit.attacker import Body, altered, bodies
from tests.audit.seen import CONSISTENT, damaged, seen
from tests.audit.test_paid_rules import at
from tests.reconcile.test_deciding import bring, match, paid, sent
from tests.reconcile.test_sign_off import sign_off
from tests.support.forge import faults
from tests.support.signing_office import CHECKER, HEAD, employ, key
from tests.support.till import Till, quarters_till


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """April and May 2024 signed off under keys, May opened again."""
    till = quarters_till(tmp_path_factory.mktemp("signed") / "till", anchor=tmp_path_factory.mktemp("anchor"))
    _batch, item = sent(till)
    till.on("2024-04-22")
    bring(till, paid(item), "2024-04-22,,1.00,33136.50,手续费,,,")
    match(till)
    employ(till, CHECKER, HEAD)
    for month, day in (("2024-04", "2024-05-06"), ("2024-05", "2024-06-03")):
        till.on(day)
        if month == "2024-05":
            bring(till, "2024-05-22,,1.00,33135.50,手续费,,,")
            match(till)
        assert sign_off(till, month, "--key", key(till, CHECKER), actor=CHECKER).exit_code == 0
        assert sign_off(till, month, "--check", "--key", key(till, HEAD), actor=HEAD).exit_code == 0
    reopened = sign_off(till, "2024-05", "--reopen", "--reason", "x", "--key", key(till, HEAD), actor=HEAD)
    assert reopened.exit_code == 0
    return till


def balance(log: list[Body]) -> int:
    seq = at(log, "period", "made")
    log[seq]["accounts"][0]["bank_fen"] += 1
    return seq


def both_balances(log: list[Body]) -> int:
    """Bank and book moved together: their difference is explained as before."""
    seq = at(log, "period", "made")
    log[seq]["accounts"][0]["bank_fen"] += 1
    log[seq]["accounts"][0]["book_fen"] += 1
    return seq


def explanation(log: list[Body]) -> int:
    seq = at(log, "period", "made")
    log[seq]["accounts"][0]["explained"] = []
    return seq


def of_another(log: list[Body]) -> int:
    seq = at(log, "period", "checked")
    log[seq]["of"] = 3
    return seq


def by_one_person(log: list[Body]) -> int:
    seq = at(log, "period", "checked")
    log[seq]["actor"] = CHECKER
    return seq


def without_an_approval(log: list[Body]) -> int:
    """Its place is taken by a harmless record, so that every number after it stays."""
    seq = at(log, "approval")
    log[seq] = {**log[at(log, "actor")], "recorded_at": log[seq]["recorded_at"]}
    return at(log, "period", "checked")


def without_a_signature(log: list[Body]) -> int:
    seq = at(log, "period", "made")
    del log[seq]["signature"]
    return seq


def opened_again_unsigned(log: list[Body]) -> int:
    seq = at(log, "period", "reopened")
    del log[seq]["signature"]
    return seq


def opened_again_in_the_middle(log: list[Body]) -> int:
    seq = at(log, "period", "reopened")
    log[seq]["key"] = "2024-04"
    return seq


def later(log: list[Body], body: Body) -> int:
    """One more record at the end, as somebody who writes the file could add it."""
    log.append({**body, "recorded_at": log[-1]["recorded_at"]})
    return len(log) - 1


def late_line(log: list[Body]) -> int:
    old = log[at(log, "statement_line")]
    account = old["key"].rsplit("/", 3)[0]
    return later(log, {**old, "key": f"{account}/2024-04-30/0123456789abcdef/1", "booked_on": "2024-04-30"})


def late_void(log: list[Body]) -> int:
    seq = at(log, "statement_line")
    void = {"$schema": "subsidy/void/1", "register": "statement_line", "key": log[seq]["key"], "of": seq, "import": seq}
    return later(log, {**void, "actor": "1001"})


def late_undo(log: list[Body]) -> int:
    seq = at(log, "match")
    undo = {"$schema": "subsidy/undo/1", "key": log[seq]["key"], "of": seq, "reason": "x", "actor": "1001"}
    return later(log, undo)


def late_entry(log: list[Body]) -> int:
    old = next(body for body in log if kind_of(body) == "entry" and body["reason"] == "paid")
    return later(log, {**old, "key": old["key"].rpartition("/")[0] + "/9", "effective_on": "2024-04-30"})


BROKEN: dict[str, tuple[Callable[[list[Body]], int], str]] = {
    "a balance that is not its lines": (balance, "period_differs"),
    "both balances moved by a fen": (both_balances, "period_differs"),
    "a difference that nothing explains": (explanation, "period_differs"),
    "a sign-off of nothing that was made": (of_another, "period_differs"),
    "made and checked by one person": (by_one_person, "period_differs"),
    "checked without an approval": (without_an_approval, "approvals_missing"),
    "made without a signature": (without_a_signature, "signature_wrong"),
    "opened again without a signature": (opened_again_unsigned, "signature_wrong"),
    "an earlier month opened again": (opened_again_in_the_middle, "period_differs"),
    "a line of a signed month": (late_line, "period_moved"),
    "a line of a signed month taken away": (late_void, "period_moved"),
    "a match of a signed month undone": (late_undo, "period_moved"),
    "an entry of a signed month": (late_entry, "period_moved"),
}


def test_signed_months_keep_the_rules(till: Till) -> None:
    assert faults(bodies(till.ledger.path)) == []
    assert seen(verify(till.ledger.path)) == CONSISTENT


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_of_a_sign_off_is_named(till: Till, rule: str) -> None:
    change, code = BROKEN[rule]
    log = bodies(till.ledger.path)
    place = change(log)
    assert (code, place) in faults(log)


def test_a_line_of_the_month_that_was_opened_again_is_no_damage(till: Till) -> None:
    log = bodies(till.ledger.path)
    old = log[at(log, "statement_line")]
    account = old["key"].rsplit("/", 3)[0]
    first, fen = log[at(log, "statement")], old["amount_fen"]
    # It joins the statements before it: it opens on the last close.
    opening_fen = next(body["closing_fen"] for body in reversed(log) if kind_of(body) == "statement")
    days = {"opens_on": "2024-05-30", "closes_on": "2024-05-30"}
    balances = {"opening_fen": opening_fen, "closing_fen": opening_fen + fen}
    statement = {**first, **days, **balances, "key": "0123456789abcdef/1", "lines": 1, "added": 1}
    content = old["key"].rsplit("/", 2)[1]
    line = {**old, "key": f"{account}/2024-05-30/{content}/1", "booked_on": "2024-05-30"}
    place = later(log, {**line, "statement": statement["key"]})
    later(log, {**statement, "added_fen": fen, "first": place})
    assert faults(log) == []


def test_verification_names_it_though_every_hash_was_computed_again(till: Till, tmp_path: Path) -> None:
    copy = shutil.copytree(till.ledger.path.parent, tmp_path / "copy") / till.ledger.path.name
    places: list[int] = []
    altered(lambda log: places.append(late_line(log)))(copy)
    assert seen(verify(copy)) == damaged("period_moved", places[0])
