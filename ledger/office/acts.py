"""Which act a record is, in the words of the duties (`fixtures/duties`): what somebody does, and not how it is kept.

One table, by kind: an act; a field whose word tells the act; nothing, for what follows from a signed record or bears
its own signature; or what a record is that mostly comes along with others, where it comes alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from ledger.log.acts import covered_bytes
from ledger.log.kinds import kind_of
from ledger.log.tree import grow, leaf_hash, root_of
from ledger.office.sign import ACT_NAMES
from ledger.store.ledger import local_day
from ledger.words import CHINESE, language

# A new person; another key of one who is known.
ENROL, REPLACE_KEY = "people.enrol", "people.key.replace"
# What follows from something signed, or is signed itself.
NONE = ""


class Along(NamedTuple):
    """A record that comes along with the record of another act; alone it is this one."""

    act: str


class Told(NamedTuple):
    """A record whose act is told by a word in it."""

    field: str
    acts: Mapping[str, "str | Along"]
    other: "str | Along" = NONE


Rule = str | Along | Told
_ROW = Along("import.facts")
_REGISTERS = {"payee": "payee.change", "payer": "payer.set", "grant": "grant.set"}
RULES: Mapping[str, Rule] = {
    "genesis": NONE,
    "rules": NONE,
    "account": NONE,
    "act": NONE,
    "actor": "people.post",
    "application": _ROW,
    "approval": NONE,
    "benchmark": "benchmark.add",
    "budget": NONE,
    "clawback": Told("state", {"requested": "clawback", "refused": "clawback.refuse"}),
    "compromise": Told("state", {"compromised": "people.key.compromised"}, "people.key.cleared"),
    "contract": Told("step", {"loaded": "pay.incoming", "expired": "pay.incoming"}),
    "correction": "pay.correct",
    "cut": "audit.cut",
    "decision": Told(
        "type",
        {
            "bound": "standing.decide",
            "carried": "reconcile.overrule",
            "channel": "operator.register",
            "clearing-account": "reconcile.overrule",
            "clock": "clock",
            "confirm-void": Along("decide"),
            "contract-release": "pay.contract",
            "contract-return": "pay.contract",
            "lift": "lift",
            "paid-elsewhere": "reconcile.overrule",
            "payee-change": "payee.change",
            "recall": "pay.recall",
            "restored-sent": "reconcile.overrule",
            "restored-unpaid": "reconcile.overrule",
            "standing": "standing.decide",
            "stop": "stop",
            "write-off": "pay.write-off",
        },
        "decide",
    ),
    "duties": "duties.change",
    "entity": _ROW,
    "entry": Told(
        "reason",
        {
            "funded": "pay.incoming",
            "refunded": "pay.incoming",
            "reopened": "pay.reopen",
            "wallet_interest": "pay.incoming",
            "year_end": "year.close",
        },
    ),
    "evidence": "evidence.attach",
    "fact": _ROW,
    "grant": _ROW,
    "hold": _ROW,
    "import": Told("register", _REGISTERS, "import.facts"),
    "import_withdrawal": Told("register", _REGISTERS, "import.withdraw"),
    "inspection": _ROW,
    "key": NONE,
    "log_key": Told("cause", {"restored": "audit.restore"}, "log-key.rotate"),
    "mapping": "import.map",
    "match": Along("reconcile.confirm"),
    "netting": Along("pay.incoming"),
    "notice": "notice.add",
    "objection": "public-notice.object",
    "opening": "opening.set",
    "opening_item": "opening.set",
    "operator": "operator.register",
    "order": Told(
        "action",
        {
            "adjusted": "budget.adjust",
            "frozen": "budget.freeze",
            "issued": "budget.issue",
            "transferred": "budget.adjust",
            "unfrozen": "budget.adjust",
        },
    ),
    "outcome": Told(
        "source",
        {
            "decision": Along("pay.resolve"),
            "export": "pay.export",
            "result": "pay.result",
            "statement": Along("reconcile.confirm"),
        },
    ),
    "paper": "paper.scan",
    "payee": _ROW,
    "payer": _ROW,
    "payment_batch": "pay",
    "payout": Along("pay"),
    "period": Told("state", {"made": "reconcile.sign-off", "reopened": "reconcile.reopen"}),
    "person": NONE,
    "proposal": "run",
    "public_notice": "public-notice.start",
    "quarantine": "reconcile.import",
    "recovery": "pay.incoming",
    "refusal": NONE,
    "restore": "audit.restore",
    "reveal": "payee.reveal",
    "run_aborted": NONE,
    "run_closed": NONE,
    "statement": "reconcile.import",
    "statement_line": Along("reconcile.import"),
    "statement_withdrawal": "reconcile.withdraw",
    "succession": "firm.end",
    "undo": Along("reconcile.confirm"),
    "void": _ROW,
    "wallet": _ROW,
    "wallet_request": _ROW,
    "withdrawal": "run.withdraw",
    "witness": "witness.policy",
    "witnessed": "witness.head",
    "write_off": NONE,
}


def act_words(act: str) -> str:
    """What an act is called, in the language in force; the signing tool says the same in both."""
    zh, en = ACT_NAMES.get(act, (act, act))
    return zh if language() == CHINESE else en


def words_of(rule: Rule, word: str = "") -> set[str]:
    """The acts of a rule, or that of one word of a field that tells them."""
    if isinstance(rule, Told):
        told = (rule.acts.get(word, rule.other),) if word else (*rule.acts.values(), rule.other)
        return {act for one in told for act in words_of(one)}
    return {rule.act if isinstance(rule, Along) else rule} - {NONE}


# Acts that no kind of record tells by itself.
_BESIDES = frozenset(
    {ENROL, REPLACE_KEY, "pay.cancel", "payee.first", "public-notice.past", "public-notice.settle", "standing.end"}
)
# Decisions of a type that came with a kind of record that carries them out.
_OF_CONTRACTS = frozenset({"pay.contract"})
# Every act that a record can be.
ACTS = frozenset({word for rule in RULES.values() for word in words_of(rule)} | _BESIDES)


def acts_named(schemas: Iterable[str]) -> frozenset[str]:
    """The acts that the records of these schemas can be: a release that knows no others asks for no others."""
    known = {schema.split("/")[1] for schema in schemas}
    acts = frozenset({word for kind, rule in RULES.items() if kind in known for word in words_of(rule)} | _BESIDES)
    return acts if "contract" in known else acts - _OF_CONTRACTS


def rule_of(body: Mapping[str, Any]) -> str | Along:
    """The act of a record, or what it is where it comes alone; "" for one that no act has to cover."""
    kind = kind_of(body)
    rule = RULES[kind]
    if isinstance(rule, Told):
        said = body.get(rule.field)
        word = said["kind"] if isinstance(said, dict) else said
        rule = rule.acts.get(str(word), rule.other)
    return _further(kind, body, rule)


def _further(kind: str, body: Mapping[str, Any], act: str | Along) -> str | Along:
    """Where one word does not tell: who ends a standing decision only stops, and so on."""
    if "ended_by" in body:
        return "standing.end"
    if kind == "outcome" and body["state"] == "cancelled" and act:
        return "pay.cancel"
    if kind == "import" and not body["changed"] + body["void"]:
        return "payee.first" if act == "payee.change" else act
    if (
        kind == "public_notice"
        and body["starts_on"] < local_day(datetime.fromisoformat(body["recorded_at"])).isoformat()
    ):
        return "public-notice.past"
    if kind == "objection" and "settled" in body:
        return "public-notice.settle"
    return act


def act_of(body: Mapping[str, Any]) -> str:
    """The act that a record is; "" for one that comes along with others, or that no act has to cover."""
    if "act" in body:
        return str(body["act"])
    rule = rule_of(body)
    return rule if isinstance(rule, str) else NONE


@dataclass(slots=True)
class Written:
    """What somebody has written that an act has to cover: where it begins, how much it is, and which acts it is."""

    first: int
    leaves: bytearray = field(default_factory=bytearray)
    acts: set[str] = field(default_factory=set)
    along: list[str] = field(default_factory=list)

    def take(self, body: Mapping[str, Any], rule: str | Along) -> None:
        """Know one record more, of which `rule` says which act it is."""
        self.leaves += leaf_hash(covered_bytes(body))
        if isinstance(rule, str):
            self.acts.add(rule)
        elif rule.act not in self.along:
            self.along.append(rule.act)

    @property
    def count(self) -> int:
        """How many records."""
        return len(self.leaves) // 32

    @property
    def root(self) -> str:
        """The root of the tree over them, in hex."""
        leaves = [bytes(self.leaves[at : at + 32]) for at in range(0, len(self.leaves), 32)]
        return root_of(grow(0, {}, leaves)[1]).hex()

    @property
    def act(self) -> str:
        """The one act that it is; "" where it is several."""
        if not self.acts:
            return "pay.resolve" if "pay.resolve" in self.along else self.along[0]
        return next(iter(self.acts)) if len(self.acts) == 1 else NONE
