"""A log that is computed again from end to end still has to keep the rules of the book: what breaks them is named."""

from collections.abc import Callable

import pytest

from ledger.audit.projector import Logged
from ledger.audit.rules.log import Rules
from ledger.audit.verify import verify
from ledger.store.ledger import Ledger
from tests.audit.attacker import Body, altered
from tests.audit.seen import CONSISTENT, damaged, seen

RECORDED = "2024-07-01T04:00:00Z"


def unbalance(log: list[Body]) -> None:
    log[27]["postings"][0]["amount_fen"] = 1


def grant_more_than_the_budget(log: list[Body]) -> None:
    """600,000.00 were issued to the loans: 600,000.00 + 50,000.00 + 5 x 10,000.00 are more."""
    log[24]["postings"][0]["amount_fen"] = 60_000_000
    log[24]["postings"][1]["amount_fen"] = -60_000_000


def book_to_an_account_of_nobody(log: list[Body]) -> None:
    log[24]["postings"][0]["account"] = "1999"


def forget_to_close(log: list[Body]) -> None:
    del log[32:]


def cover_one_entry_only(log: list[Body]) -> None:
    log[29]["count"] = 1


def close_another_proposal(log: list[Body]) -> None:
    log[29]["proposal_leaf"] = "0" * 64


def close_what_was_closed(log: list[Body]) -> None:
    log[32]["proposal"] = 26


def record_as_a_stranger(log: list[Body]) -> None:
    log[34]["actor"] = "6666"


def begin_without_genesis(log: list[Body]) -> None:
    del log[0]


def begin_twice(log: list[Body]) -> None:
    log.append(log[0])


def say_an_unknown_field(log: list[Body]) -> None:
    log[24]["colour"] = "red"


def say_maybe(log: list[Body]) -> None:
    log[2]["verified"] = "maybe"


def reversal(log: list[Body], **fields: object) -> Body:
    """The inverse of the grant in record 33, with some fields changed."""
    inverse = [{**posting, "amount_fen": -posting["amount_fen"]} for posting in log[33]["postings"]]
    body = {**log[33], "key": "main/reversal/33/0", "reason": "reversal", "reverses": 33, "postings": inverse}
    return body | fields


def reverse_once(log: list[Body]) -> None:
    log.append(reversal(log))


def reverse_in_part(log: list[Body]) -> None:
    halves = [{**posting, "amount_fen": posting["amount_fen"] // 2} for posting in reversal(log)["postings"]]
    log.append(reversal(log, postings=halves))


def reverse_what_is_to_come(log: list[Body]) -> None:
    log.append(reversal(log, reverses=38))


def withdraw_what_was_not_reversed(log: list[Body]) -> None:
    head = {name: log[32][name] for name in ("actor", "recorded_at", "month")}
    log.append({"$schema": "subsidy/withdrawal/1", **head, "run": 32, "first": 33, "count": 1, "reason": "none"})


def evidence(log: list[Body], about: int) -> None:
    """Slip 1 as evidence of the year's budget, which record 20 issued, said to be about another record."""
    key = f"budget/{log[20]['key']}/{'5' * 64}"
    fields = {"key": key, "about": about, "file": "slip-1.pdf", "bytes": 100, "sha256": "5" * 64}
    log.append({"$schema": "subsidy/evidence/1", "actor": "1001", "recorded_at": RECORDED, **fields})


def attach_to_an_entry(log: list[Body]) -> None:
    evidence(log, 24)


def attach_to_another_budget(log: list[Body]) -> None:
    evidence(log, next(seq for seq in (21, 22, 23) if log[seq]["$schema"] == "subsidy/budget/1"))


def attach_to_what_is_to_come(log: list[Body]) -> None:
    evidence(log, 38)


BROKEN: dict[str, tuple[Callable[[list[Body]], None], str, int | None]] = {
    "postings that do not balance": (unbalance, "unbalanced", 27),
    "more granted than issued": (grant_more_than_the_budget, "envelope_exceeded", None),
    "an account of nobody": (book_to_an_account_of_nobody, "account_unknown", 24),
    "half a run": (forget_to_close, "half_run", 31),
    "a run that covers too little": (cover_one_entry_only, "run_differs", 29),
    "a run under another proposal": (close_another_proposal, "run_differs", 29),
    "a proposal closed twice": (close_what_was_closed, "run_differs", 32),
    "an unknown officer": (record_as_a_stranger, "actor_unknown", 34),
    "no genesis": (begin_without_genesis, "genesis_missing", 0),
    "a second genesis": (begin_twice, "genesis_repeated", 38),
    "an unknown field": (say_an_unknown_field, "body_malformed", 24),
    "a flag that is none": (say_maybe, "body_malformed", 2),
    "a reversal in part": (reverse_in_part, "reversal_differs", 38),
    "a reversal of what is to come": (reverse_what_is_to_come, "reversal_differs", 38),
    "evidence of an entry": (attach_to_an_entry, "evidence_differs", 38),
    "evidence of another budget": (attach_to_another_budget, "evidence_differs", 38),
    "evidence of what is to come": (attach_to_what_is_to_come, "evidence_differs", 38),
    "a withdrawal without reversals": (withdraw_what_was_not_reversed, "run_differs", 38),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named(ledger: Ledger, rule: str) -> None:
    change, code, record = BROKEN[rule]
    altered(change)(ledger.path)
    assert seen(verify(ledger.path)) == damaged(code, record)


def test_evidence_of_the_version_that_its_key_names_keeps_the_rules(ledger: Ledger) -> None:
    altered(lambda log: evidence(log, 20))(ledger.path)
    assert seen(verify(ledger.path)) == CONSISTENT


def test_an_exact_reversal_keeps_the_rules(ledger: Ledger) -> None:
    altered(reverse_once)(ledger.path)
    assert seen(verify(ledger.path)) == CONSISTENT


def entry(seq: int, key: str) -> Logged:
    postings = [
        {"chart": "fin", "account": "5001", "amount_fen": 100},
        {"chart": "fin", "account": "2303", "amount_fen": -100},
    ]
    body = {"actor": "1001", "recorded_at": RECORDED, "key": key, "reason": "grant", "postings": postings}
    return Logged(seq, "entry", body, b"")


def test_a_key_is_used_once_even_where_no_index_holds_it() -> None:
    rules = Rules(read={}.__getitem__)
    first, second = list(rules.check(entry(1, "main/A/0"))), list(rules.check(entry(2, "main/A/0")))
    assert "key_repeated" not in [damage.code for damage in first]
    repeated = next(damage for damage in second if damage.code == "key_repeated")
    assert (repeated.record, repeated.values["before"]) == (2, 1)
