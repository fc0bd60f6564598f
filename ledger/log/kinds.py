"""The kinds of records and the fields each holds: the table of `docs/contracts.md`, section 1, as data.

A record is checked twice: before it is written, where a problem is our own defect, and by verification, which asks
whether thousands are `well_formed` and looks at one only to say what is wrong with it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ledger.log.shapes import TIME as _TIME
from ledger.log.shapes import Check
from ledger.log.shapes import ListOf as _list_of
from ledger.log.shapes import ObjectOf as _object
from ledger.log.shapes import any_object as _any_object
from ledger.log.shapes import count as _count
from ledger.log.shapes import day as _day
from ledger.log.shapes import fen as _fen
from ledger.log.shapes import flag as _flag
from ledger.log.shapes import key as _key
from ledger.log.shapes import matching as _matching
from ledger.log.shapes import month as _month
from ledger.log.shapes import one_of as _one_of
from ledger.log.shapes import posting_amount as _posting_amount
from ledger.log.shapes import public_key as _public
from ledger.log.shapes import published_rate as _published_rate
from ledger.log.shapes import sha256 as _hash
from ledger.log.shapes import signature as _signature
from ledger.log.shapes import text as _text

_facts = ("loan", "event", "receipt", "policy", "premium", "claim", "project", "milestone", "dishonesty")
_register = _one_of(*_facts)
_imported = _one_of(
    "entity",
    "payee",
    "payer",
    "application",
    "grant",
    "inspection",
    "statement",
    "statement_line",
    *_facts,
)

_BUDGET_ACTIONS = ("issued", "adjusted", "transferred", "frozen", "unfrozen")

# What a run was for: a month, or the notice of a batch.
_OF_RUN = {"month?": _month, "notice?": _text}

_POSTING = {
    "chart": _one_of("fin", "bud", "ind"),
    "account": _text,
    "amount_fen": _posting_amount,
    "envelope?": _text,
    "payee?": _text,
    "clause?": _text,
    "function?": _text,
    "economic?": _text,
    "level?": _text,
}

# A part of the payable of entry record `award` that is taken, or, where negative, given back.
_CLAIM = {"award": _count, "amount_fen": _posting_amount}

# One payment inside a line of a statement.
_DETAIL = {
    "amount_fen?": _fen,
    "currency?": _text,
    "reversal": _flag,
    "returned": _flag,
    "reason?": _text,
    "references": _list_of(_text),
}

# By which rule lines were matched, and what a match joins.
_BY_NAME = ("reversal", "end-to-end", "voucher", "batch", "class")
_BY_AMOUNT = ("amount-payee", "payee-sum", "batch-total", "batch-part")
_OF_PAYOUTS = ("one-to-one", "one-to-many", "many-to-one", "partial", "return")
_OF_THE_ACCOUNT = ("reversal", "fee", "interest", "funding", "refund")

# What a month's reconciliation statement says of an account.
_BALANCES = {
    "account": _text,
    "through?": _day,
    "brought_fen": _fen,
    "bank_fen": _fen,
    "book_fen": _fen,
    "explained": _list_of(_object({"class": _text, "amount_fen": _posting_amount})),
}

# Kind -> its own fields; every record has `$schema`, `actor` and `recorded_at` besides.
FIELDS: dict[str, dict[str, Check]] = {
    "genesis": {
        "origin": _text,
        "purpose": _one_of("production", "demo"),
        "log_key": _text,
        "schema_sha256": _hash,
        "software": _text,
        "currency": _one_of("CNY"),
        "zone": _one_of("Asia/Shanghai"),
    },
    "actor": {
        "key": _text,
        "role": _one_of("officer"),
        "post?": _text,
        "name?": _hash,
        "from?": _day,
        "to?": _day,
        "document?": _text,
        "substitute?": _object({"by": _text, "from": _day, "to": _day}),
    },
    "key": {"key": _text, "public": _public, "proof": _signature, "signature?": _signature},
    "account": {
        "key": _text,
        "chart": _one_of("fin", "bud", "ind"),
        "code": _text,
        "name_en": _text,
        "name_zh": _text,
        "side": _one_of("debit", "credit"),
        "verified": _flag,
    },
    "budget": {
        "key": _text,
        "action": _one_of(*_BUDGET_ACTIONS),
        "amount_fen": _fen,
        "document": _text,
        "order?": _count,
    },
    "order": {
        "action": _one_of(*_BUDGET_ACTIONS),
        "path": _text,
        "to?": _text,
        "amount_fen": _fen,
        "document": _text,
        "signature": _signature,
    },
    "benchmark": {"key": _text, "source": _text, "checked_through": _day, "rows": _list_of(_published_rate)},
    "notice": {"key": _text, "sha256": _hash, "text": _text, "amends?": _hash},
    "entity": {
        "key": _text,
        "name": _text,
        "check": _one_of("passed", "failed"),
        "districts": _list_of(_object({"from": _day, "name": _text})),
        "statuses": _list_of(_object({"name": _text, "from": _day, "to?": _day})),
        "known_on?": _day,
    },
    "payee": {
        "key": _text,
        "uscc": _text,
        "channel": _one_of("ecny", "bank"),
        "institution": _text,
        "wallet_type?": _text,
        "number": _hash,
        "holder": _hash,
    },
    "application": {
        "key": _text,
        "uscc": _text,
        "notice": _text,
        "item": _text,
        "applied_on": _day,
        "rank?": _count,
        "other_support?": _text,
        "exemption?": _one_of("major_project", "key_enterprise", "national_project"),
        "exemption_document?": _text,
        "evidence": _list_of(_hash),
    },
    "grant": {
        "key": _text,
        "application": _text,
        "outcome": _one_of("granted", "refused"),
        "granted_on": _day,
        "document": _text,
        "ceiling_fen?": _count,
        "envelope?": _text,
        "payee?": _text,
        "reason?": _text,
    },
    "fact": {"register": _register, "key": _text, "lender?": _text, "data": _any_object, "known_on?": _day},
    "void": {"register": _imported, "key": _text, "of": _count, "import": _count},
    "import": {
        "register": _text,
        "mode": _one_of("full", "delta"),
        "lender?": _text,
        "through?": _day,
        "file": _text,
        "sha256": _hash,
        "new": _count,
        "changed": _count,
        "same": _count,
        "void": _count,
    },
    "decision": {
        "key": _text,
        "type": _one_of(
            "uscc-override",
            "lender-exception",
            "release-hold",
            "payee-change",
            "calendar",
            "meeting",
            "shortage",
        ),
        "about": _text,
        "reason": _text,
        "figures?": _list_of(_fen),
        "holidays?": _list_of(_day),
        "workdays?": _list_of(_day),
        "signature?": _signature,
        "document?": _text,
        "amount_fen?": _count,
        "rows?": _list_of(_object({"application": _text, "approved_fen": _count, "allotted_fen": _count})),
    },
    "opening": {
        "key": _text,
        "rows": _list_of(
            _object({"uscc": _text, "line?": _text, "lender?": _text, "loan?": _text, "due": _day, "amount_fen": _fen})
        ),
        "file?": _text,
        "sha256?": _hash,
    },
    "proposal": {
        "run": _one_of("interest", "batch"),
        "month?": _month,
        "notice?": _text,
        "through?": _day,
        "log_size": _count,
        "facts_root": _hash,
        "digest_root": _hash,
        "digests": _count,
        "benchmark?": _text,
        "calculators": _list_of(_text),
        "notices": _list_of(_text),
        "totals": _object({"lines": _count, "entries": _count, "debit_fen": _fen, "credit_fen": _fen}),
        "held": _list_of(_any_object),
        "refused": _list_of(_any_object),
        "steps?": _list_of(_text),
    },
    "approval": {
        "about": _count,
        "about_leaf": _hash,
        "step": _count,
        "post": _text,
        "opinion": _one_of("approve", "reject"),
        "text?": _text,
        "for?": _text,
        "signature": _signature,
    },
    "public_notice": {
        "key": _text,
        "lines": _list_of(_text),
        "run?": _count,
        "starts_on": _day,
        "days": _count,
        "last_day": _day,
        "document?": _text,
    },
    "objection": {
        "key": _text,
        "notice": _text,
        "cause": _one_of("objection", "withdrawal"),
        "lines": _list_of(_text),
        "received_on": _day,
        "reason": _text,
        "settled?": _object({"on": _day, "outcome": _one_of("dismissed", "upheld"), "reason": _text}),
    },
    "inspection": {
        "key": _text,
        "grant": _text,
        "inspected_on": _day,
        "finding": _one_of("passed", "rectify", "claw_back"),
        "detail?": _text,
        "due_on?": _day,
        "settled_on?": _day,
    },
    "clawback": {
        "key": _text,
        "state": _one_of("requested", "agreed", "refused"),
        "line": _text,
        "amount_fen": _fen,
        "cause": _one_of("inspection", "premium_refund"),
        "inspection?": _text,
        "fact?": _count,
        "reason": _text,
        "text?": _text,
        "document?": _text,
        "stood_fen?": _count,
        "stood_through?": _day,
        "signature?": _signature,
    },
    "evidence": {"key": _text, "about": _count, "file": _text, "bytes": _count, "sha256": _hash},
    "refusal": {"key": _text, "about": _text, **_OF_RUN, "codes": _list_of(_any_object)},
    "entry": {
        "key": _text,
        "reason": _one_of(
            "budget",
            "grant",
            "award",
            "true_up",
            "reversal",
            "instruct",
            "paid",
            "overpaid",
            "unpaid",
            "returned",
            "reopened",
            "refunded",
            "recovered",
            "netted",
            "corrected",
            "funded",
            "wallet_interest",
        ),
        "effective_on": _day,
        "line?": _text,
        "due?": _day,
        "award_fen?": _fen,
        "document?": _text,
        "reverses?": _count,
        "inputs": _hash,
        "digest?": _any_object,
        "replaced_digest?": _any_object,
        "postings": _list_of(_object(_POSTING), least=2),
    },
    "run_closed": {
        "proposal": _count,
        "proposal_leaf": _hash,
        **_OF_RUN,
        "first": _count,
        "count": _count,
        "approvals": _list_of(_any_object),
    },
    "run_aborted": {"proposal": _count, "cause": _text},
    "withdrawal": {"run": _count, **_OF_RUN, "first": _count, "count": _count, "reason": _text},
    "payer": {
        "key": _text,
        "channel": _one_of("ecny", "bank"),
        "institution": _text,
        "wallet_type?": _text,
        "number": _hash,
        "holder": _hash,
        "funding": _one_of("zero_balance", "prefunded"),
        "envelope?": _text,
    },
    "payment_batch": {
        "key": _key,
        "channel": _one_of("ecny", "bank"),
        "payer": _text,
        "runs": _list_of(_count),
        "count": _count,
        "total_fen": _fen,
        "first": _count,
        "held": _list_of(_object({"about": _text, "code": _text, "amount_fen": _fen})),
    },
    "payout": {
        "key": _key,
        "batch": _key,
        "n": _count,
        "payee": _text,
        "payee_record": _count,
        "uscc": _text,
        "amount_fen": _posting_amount,
        "claims": _list_of(_object(_CLAIM)),
    },
    "outcome": {
        "about": _key,
        "state": _one_of(
            "approved",
            "exported",
            "cancelled",
            "processing",
            "unknown",
            "presumed_success",
            "presumed_fail",
            "success",
            "partial",
            "fail",
            "returned",
            "disputed",
        ),
        "source": _object(
            {
                "kind": _one_of("approval", "export", "result", "statement", "decision"),
                "name?": _text,
                "sha256?": _hash,
                "row?": _count,
            }
        ),
        "on?": _day,
        "amount_fen?": _posting_amount,
        "reason?": _text,
        "claims?": _list_of(_object(_CLAIM)),
        "signature?": _signature,
    },
    "recovery": {
        "line": _text,
        "amount_fen": _fen,
        "on": _day,
        "document": _text,
        "claims": _list_of(_object(_CLAIM)),
    },
    "netting": {"line": _text, "amount_fen": _fen, "on": _day, "claims": _list_of(_object(_CLAIM))},
    "correction": {
        "item": _text,
        "on": _day,
        "document": _text,
        "reason": _text,
        "awards": _list_of(_count),
        "function?": _text,
        "economic?": _text,
        "envelope?": _text,
    },
    "reveal": {"about": _text, "version": _count, "reason": _text, "sha256": _hash},
    "statement": {
        "key": _text,
        "account": _text,
        "number": _hash,
        "currency": _text,
        "format": _text,
        "file": _text,
        "sha256": _hash,
        "integrity": _one_of("ok", "no-balances"),
        "name?": _text,
        "opens_on?": _day,
        "closes_on?": _day,
        "opening_fen?": _fen,
        "closing_fen?": _fen,
        "lines": _count,
        "added": _count,
        "added_fen": _fen,
        "first": _count,
    },
    "statement_line": {
        "key": _text,
        "statement": _text,
        "booked_on": _day,
        "amount_fen": _fen,
        "balance_fen?": _fen,
        "reversal": _flag,
        "returned": _flag,
        "references": _list_of(_text),
        "about?": _hash,
        "details?": _list_of(_object(_DETAIL)),
    },
    "statement_withdrawal": {"key": _text, "statements": _list_of(_count), "lines": _count, "reason": _text},
    "match": {
        "key": _text,
        "rule": _one_of(*_BY_NAME, *_BY_AMOUNT, "person"),
        "kind": _one_of(*_OF_PAYOUTS, *_OF_THE_ACCOUNT),
        "lines": _list_of(_text),
        "payouts": _list_of(_object({"payout": _key, "amount_fen": _posting_amount})),
        "amount_fen": _fen,
        "residual_fen": _count,
        "inputs": _list_of(_object({"name": _text, "value": _text})),
        "reason?": _text,
    },
    "undo": {"key": _text, "of": _count, "reason": _text},
    "period": {
        "key": _month,
        "state": _one_of("made", "checked", "reopened"),
        "log_size?": _count,
        "accounts?": _list_of(_object(_BALANCES)),
        "of?": _count,
        "of_leaf?": _hash,
        "reason?": _text,
        "signature?": _signature,
    },
    "quarantine": {
        "key": _text,
        "file": _text,
        "sha256": _hash,
        "format": _text,
        "problems": _list_of(
            _object({"code": _text, "place": _text, "difference?": _text, "declared?": _text, "listed?": _text})
        ),
    },
}

# Named in the contracts and not written yet.
RESERVED = frozenset({"seal", "restore"})

_CHECKS = {
    kind: _object(
        {
            "$schema": _one_of(f"subsidy/{kind}/1"),
            "actor": _text,
            "recorded_at": _matching(_TIME, "a UTC time"),
            **fields,
        }
    )
    for kind, fields in FIELDS.items()
}


def schema_of(kind: str) -> str:
    """The `$schema` of a kind's records."""
    return f"subsidy/{kind}/1"


_KINDS = {schema_of(kind): kind for kind in FIELDS}


def kind_of(body: Mapping[str, Any]) -> str:
    """The kind that a record says it is; "" where it says none."""
    schema = body.get("$schema")
    if type(schema) is not str:
        return ""
    if schema in _KINDS:
        return _KINDS[schema]
    parts = schema.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == "subsidy" and parts[2] == "1" else ""


def check_record(body: Mapping[str, Any]) -> list[str]:
    """What is wrong with a record, field by field (`postings[1].account: absent`); empty where nothing is."""
    kind = kind_of(body)
    if kind in RESERVED:
        return [f"$schema: {kind} is a reserved name"]
    if kind not in _CHECKS:
        return [f"$schema: no kind of record: {body.get('$schema')!r}"]
    return [f"{place.removeprefix('.')}: {what}" for place, what in _CHECKS[kind](body)]


def well_formed(kind: str, bodies: Sequence[Mapping[str, Any]]) -> bool:
    """Whether all are records of this kind in which `check_record` finds nothing."""
    return kind in _CHECKS and _CHECKS[kind].all_right(bodies)
