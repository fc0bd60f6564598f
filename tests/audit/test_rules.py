"""A log that is computed again from end to end still has to keep the rules of the book: what breaks them is named."""

from collections.abc import Callable

import pytest

from ledger.audit.verify import verify
from ledger.rules.earlier import Earlier
from ledger.rules.records import Logged
from ledger.store.ledger import Ledger
from tests.audit.attacker import Body, altered
from tests.audit.seen import CONSISTENT, damaged, seen

RECORDED = "2024-07-01T04:00:00Z"


def unbalance(log: list[Body]) -> None:
    log[28]["postings"][0]["amount_fen"] = 1


def grant_more_than_the_budget(log: list[Body]) -> None:
    """600,000.00 were issued to the loans: 600,000.00 + 50,000.00 + 5 x 10,000.00 are more."""
    log[25]["postings"][0]["amount_fen"] = 60_000_000
    log[25]["postings"][1]["amount_fen"] = -60_000_000


def book_to_an_account_of_nobody(log: list[Body]) -> None:
    log[25]["postings"][0]["account"] = "1999"


def forget_to_close(log: list[Body]) -> None:
    del log[33:]


def cover_one_entry_only(log: list[Body]) -> None:
    log[30]["count"] = 1


def close_another_proposal(log: list[Body]) -> None:
    log[30]["proposal_leaf"] = "0" * 64


def close_what_was_closed(log: list[Body]) -> None:
    log[33]["proposal"] = 27


def record_as_a_stranger(log: list[Body]) -> None:
    log[35]["actor"] = "6666"


def begin_without_genesis(log: list[Body]) -> None:
    del log[0]


def begin_twice(log: list[Body]) -> None:
    log.append(log[0])


def say_an_unknown_field(log: list[Body]) -> None:
    log[25]["colour"] = "red"


def say_maybe(log: list[Body]) -> None:
    log[3]["verified"] = "maybe"


def reversal(log: list[Body], **fields: object) -> Body:
    """The inverse of the grant in record 34, with some fields changed."""
    inverse = [{**posting, "amount_fen": -posting["amount_fen"]} for posting in log[34]["postings"]]
    body = {
        **log[34],
        "key": "main/reversal/34/0",
        "reason": "reversal",
        "reverses": 34,
        "cause": 34,
        "postings": inverse,
    }
    return body | fields


def reverse_once(log: list[Body]) -> None:
    log.append(reversal(log))


def reverse_in_part(log: list[Body]) -> None:
    halves = [{**posting, "amount_fen": posting["amount_fen"] // 2} for posting in reversal(log)["postings"]]
    log.append(reversal(log, postings=halves))


def reverse_what_is_to_come(log: list[Body]) -> None:
    log.append(reversal(log, reverses=39))


def withdraw_what_was_not_reversed(log: list[Body]) -> None:
    head = {name: log[33][name] for name in ("actor", "recorded_at", "month")}
    log.append({"$schema": "subsidy/withdrawal/1", **head, "run": 33, "first": 34, "count": 1, "reason": "none"})


def evidence(log: list[Body], about: int) -> None:
    """Slip 1 as evidence of the year's budget, which record 21 issued, said to be about another record."""
    key = f"budget/{log[21]['key']}/{'5' * 64}"
    fields = {"key": key, "about": about, "file": "slip-1.pdf", "bytes": 100, "sha256": "5" * 64}
    log.append({"$schema": "subsidy/evidence/1", "actor": "1001", "recorded_at": RECORDED, **fields})


def attach_to_an_entry(log: list[Body]) -> None:
    evidence(log, 25)


def attach_to_another_budget(log: list[Body]) -> None:
    evidence(log, next(seq for seq in (22, 23, 24) if log[seq]["$schema"].startswith("subsidy/budget/")))


def attach_to_what_is_to_come(log: list[Body]) -> None:
    evidence(log, 39)


BROKEN: dict[str, tuple[Callable[[list[Body]], None], str, int | None]] = {
    "postings that do not balance": (unbalance, "unbalanced", 28),
    "more granted than issued": (grant_more_than_the_budget, "envelope_exceeded", None),
    "an account of nobody": (book_to_an_account_of_nobody, "account_unknown", 25),
    "half a run": (forget_to_close, "half_run", 32),
    "a run that covers too little": (cover_one_entry_only, "run_differs", 30),
    "a run under another proposal": (close_another_proposal, "run_differs", 30),
    "a proposal closed twice": (close_what_was_closed, "run_differs", 33),
    "an unknown officer": (record_as_a_stranger, "actor_unknown", 35),
    "no genesis": (begin_without_genesis, "genesis_missing", 0),
    "a second genesis": (begin_twice, "genesis_repeated", 39),
    "an unknown field": (say_an_unknown_field, "body_malformed", 25),
    "a flag that is none": (say_maybe, "body_malformed", 3),
    "a reversal in part": (reverse_in_part, "reversal_differs", 39),
    "a reversal of what is to come": (reverse_what_is_to_come, "reversal_differs", 39),
    "evidence of an entry": (attach_to_an_entry, "evidence_differs", 39),
    "evidence of another budget": (attach_to_another_budget, "evidence_differs", 39),
    "evidence of what is to come": (attach_to_what_is_to_come, "evidence_differs", 39),
    "a withdrawal without reversals": (withdraw_what_was_not_reversed, "run_differs", 39),
}


@pytest.mark.parametrize("rule", BROKEN)
def test_a_broken_rule_is_named(ledger: Ledger, rule: str) -> None:
    change, code, record = BROKEN[rule]
    altered(change)(ledger.path)
    assert seen(verify(ledger.path)) == damaged(code, record)


def test_evidence_of_the_version_that_its_key_names_keeps_the_rules(ledger: Ledger) -> None:
    altered(lambda log: evidence(log, 21))(ledger.path)
    assert seen(verify(ledger.path)) == CONSISTENT


def test_an_exact_reversal_keeps_the_rules(ledger: Ledger) -> None:
    altered(reverse_once)(ledger.path)
    assert seen(verify(ledger.path)) == CONSISTENT


def entry(seq: int, key: str) -> Logged:
    postings = [
        {"chart": "fin", "account": "5001", "amount_fen": 100},
        {"chart": "fin", "account": "2303", "amount_fen": -100},
    ]
    body = {"actor": "1001", "recorded_at": RECORDED, "key": key, "reason": "grant", "cause": 0, "postings": postings}
    return Logged(seq, "entry", body, b"")


def test_a_key_is_used_once_even_where_no_index_holds_it() -> None:
    rules = Earlier(read={}.__getitem__)
    first, second = list(rules.check(entry(1, "main/A/0"))), list(rules.check(entry(2, "main/A/0")))
    assert "key_repeated" not in [found.fault.code for found in first]
    repeated = next(found for found in second if found.fault.code == "key_repeated")
    assert (repeated.record.seq, repeated.fault.values["before"]) == (2, 1)
