"""Every command that writes, given in an office that two people founded: nothing of what it records is unsigned.

Each is refused without a key. What it recorded is then changed, field by field, as the machine of the ledger could
while it is written, before a later signature covers it: whoever reads finds it, for a signature or a rule holds it.
"""

import copy
import csv
import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ledger.log.kinds import check_record, kind_of
from ledger.office.acts import NONE, RULES, Told
from ledger.rules.judge import Judge
from ledger.rules.records import LogOnly
from ledger.rules.state import Fold
from tests.audit.attacker import Body, bodies
from tests.reconcile.forms import write
from tests.support.forge import logged
from tests.support.founded import founded_office
from tests.support.full_office import brought_in
from tests.support.signing_office import CONSISTENT, verdict
from tests.support.three_office import CHECKER, MAKER, PAYER, Three

TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"
INSPECTIONS = "inspection_no,grant_no,inspected_on,finding,detail,due_on,settled_on\n"
FOUND = f"{INSPECTIONS}JC1,PF1,2024-04-01,claw_back,x,2024-06-30,\n"


class Span(NamedTuple):
    """A command, by whom, and the records that it wrote: from `first` up to `end`."""

    words: tuple[str, ...]
    actor: str
    first: int
    end: int


class Signed:
    """The office, and what each command wrote."""

    def __init__(self, office: Three) -> None:
        self.office = office
        self.spans: list[Span] = []

    @property
    def log(self) -> list[Body]:
        return bodies(self.office.folder / "book.db")

    def by(self, actor: str, *words: str) -> str:
        """A command: refused without a key, done with it."""
        size = len(self.log)
        refused = self.office.by(actor, *words, key="")
        assert refused.exit_code == 2, (words, refused.output)
        assert "[signing_key_needed]" in refused.stderr or "--key is missing" in refused.stderr, refused.stderr
        assert len(self.log) == size
        said = self.office.done(actor, *words)
        self.spans.append(Span(words, actor, size, len(self.log)))
        return said

    def agreed(self, actor: str, *words: str, then: str = CHECKER) -> None:
        """A command and the second person's word."""
        self.by(actor, *words)
        (number,) = [str(one["number"]) for one in self.office.read("approvals")]
        self.by(then, "approve", number)


def given(signed: Signed) -> None:
    """The commands of a year's odds and ends; what they are about was brought in before."""
    office, delta = signed.office, ("--mode", "delta")
    signed.agreed(MAKER, "budget", "adjust", "2024", "5000", "--document", "D-1", "--on", "2024-03-01")
    signed.agreed(MAKER, "budget", "freeze", "2024/loan-interest", "5000", "--document", "D-2", "--on", "2024-03-01")
    signed.agreed(MAKER, "budget", "unfreeze", "2024/loan-interest", "9", "--document", "D-6", "--on", "2024-03-01")
    signed.agreed(
        MAKER, "budget", "transfer", "2024/loan-interest", "2024", "10", "--document", "D-3", "--on", "2024-03-01"
    )
    signed.agreed(MAKER, "people", "substitute", PAYER, "--by", CHECKER, "--from", "2024-05-01", "--to", "2024-05-02")
    signed.by(MAKER, "import", "inspections", office.file("i.csv", FOUND), *delta)
    signed.by(MAKER, "evidence", "attach", "grant", "PF1", office.file("evidence.txt", "x"))
    for again in range(2):
        run = str(json.loads(signed.by(MAKER, "run", "interest", "--month", "2024-03", "--json"))["proposal"])
        signed.by(CHECKER, "approve", run)
        if not again:
            signed.agreed(MAKER, "run", "withdraw", "2024-03", "--reason", "x")
    signed.by(MAKER, "decide", "stop", "--about", "PF1", "--reason", "x")
    signed.agreed(MAKER, "decide", "lift", "--about", "PF1", "--reason", "x")
    signed.agreed(
        MAKER, "decide", "calendar", "--about", "2027", "--holidays", "2027-01-01", "--document", "D-4", "--reason", "x"
    )
    signed.agreed(MAKER, "decide", "bound", "--about", "fee", "--amount", "9", "--document", "D-5", "--reason", "x")
    signed.agreed(PAYER, "operator", "add", "C1010411000013", "--name", "x", "--from", "2024-01-01", "--source", "x")
    batch = json.loads(signed.by(PAYER, "pay", "prepare", "2024-03", "--json"))["batches"][0]["batch"]
    signed.by(CHECKER, "pay", "approve", batch)
    signed.by(PAYER, "pay", "export", batch, "--out", str(office.folder / "order.json"))
    item = office.read("pay", "status", batch)["items"][0]["item"]
    answer = {"request_no": batch, "batch_state": "FINISH", "items": [{"item_no": item, "state": "SUCCESS"}]}
    signed.by(PAYER, "pay", "import-result", office.file("answer.json", json.dumps(answer)))
    ask = ("--line", "PF1", "--amount", "100", "--inspection", "JC1", "--reason", "x")
    signed.by(MAKER, "clawback", "request", "ZH-1", *ask)
    signed.by(CHECKER, "clawback", "agree", "ZH-1", "--document", "追〔2024〕1号")
    signed.by(MAKER, "clawback", "request", "ZH-2", *ask)
    signed.by(CHECKER, "clawback", "refuse", "ZH-2", "--reason", "x")
    (number,) = [str(one["number"]) for one in office.read("approvals")]
    signed.by(MAKER, "approve", number)
    signed.by(PAYER, "pay", "refund", item, "100", "--on", "2024-04-01", "--document", "R-1")
    rows = f"2024-04-01,,9368.06,90631.94,补助,{item},,\n2024-04-01,100.00,,90731.94,退款,R-1,,\n"
    statement = write(office.folder, "flow.csv", f"账号：0012345678905678\n共2笔\n{TABLE}{rows}")
    signed.by(MAKER, "reconcile", "import", str(statement))
    signed.by(MAKER, "reconcile", "match")
    signed.agreed(MAKER, "duties", "change", "three")


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Signed]:
    folder = tmp_path_factory.mktemp("signed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SUBSIDY_ANCHOR", str(folder / "anchor"))
        office = founded_office(folder / "ledger", anchor=folder / "anchor")
        brought_in(office, CHECKER)
        found = Signed(office)
        given(found)
        yield found


def test_whatever_is_written_is_signed(signed: Signed) -> None:
    assert verdict(signed.office) == CONSISTENT
    assert len(signed.spans) > 35


def test_each_command_records_the_acts_that_the_table_says(signed: Signed) -> None:
    with (Path(__file__).parents[1] / "security" / "commands.csv").open(encoding="utf-8") as source:
        table = {row["command"]: set(row["acts"].split(";")) for row in csv.DictReader(source)}
    compared = 0
    for span in signed.spans:
        words = " ".join(span.words)
        (command,) = {name for name in table if f"{words} ".startswith(f"{name} ")}
        acts = {body["act"] for body in signed.log[span.first : span.end] if "act" in body}
        assert acts <= table[command] or table[command] == {"*"}, words
        compared += table[command] != {"*"}
    assert compared > 25


def other(value: Any) -> Any:
    """Another value of the same form."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if isinstance(value, list):
        return [*value, *value] if value else None
    if isinstance(value, dict):
        inner = next(iter(value))
        return {**value, inner: other(value[inner])}
    if len(value) == 10 and value[4] == "-":
        return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
    if len(value) in (64, 128) and set(value) <= set("0123456789abcdef"):
        return ("1" if value[0] == "0" else "0") + value[1:]
    return f"{value}9"


def test_nothing_that_a_command_recorded_can_be_changed(signed: Signed) -> None:
    """Of each kind of record, told apart by its act, state, reason or register, the first that these commands wrote."""
    log, seen, unseen = signed.log, set[tuple[str, ...]](), []
    for span in signed.spans:
        judge = Judge(Fold(LogOnly(log.__getitem__)))
        assert all(judge.take(record) is None for record in logged(log[: span.first]))
        for seq in range(span.first, span.end):
            body = log[seq]
            told = tuple(str(body.get(name, "")) for name in ("act", "state", "reason", "register", "type", "action"))
            if (kind_of(body), *told) in seen:
                continue
            seen.add((kind_of(body), *told))
            for name in body.keys() - {"$schema", "recorded_at"}:
                changed = other(body[name])
                mine = [*log[:seq], {**body, name: changed}, *log[seq + 1 : span.end]]
                # What is not of its kind's form is found before any rule is asked.
                if changed is None or check_record(mine[seq]) or found(judge, mine, span.first):
                    continue
                unseen.append((" ".join(span.words[:2]), kind_of(body), name))
    # What an account is called is the program's word (`fixtures/charts.csv`), and moves nothing.
    assert {(kind, name) for _words, kind, name in unseen} == {
        *(("account", name) for name in ("name_en", "name_zh", "verified"))
    }


def found(judge: Judge, log: list[Body], first: int) -> bool:
    """Whether rules find something in the records from `first` on, by a judge who knows those before."""
    again = copy.deepcopy(judge)
    source = again.state._source
    assert isinstance(source, LogOnly)
    source.body = log.__getitem__
    wrong = next(filter(None, map(again.take, logged(log)[first:])), None)
    return (wrong or again.end()) is not None


def none_kinds() -> set[str]:
    """Kinds of which some records no act has to cover."""
    told = {
        kind: {*rule.acts.values(), rule.other} if isinstance(rule, Told) else {rule} for kind, rule in RULES.items()
    }
    return {kind for kind, rules in told.items() if NONE in rules}


# What follows from a signed record is written here and cannot be changed. The rest, and what holds it: what a ledger
# begins with is signed by its founder (test_founders.py); the program alone says its rules; a key and a person bear
# their own signatures (test_enrol.py); a refusal follows from its proposal, a write-off and what lets a contract's
# money go from their decisions, and a run that was turned down from that signature (tests/rules/improper.csv). A month
# signed off names what was made of it.
ELSEWHERE = {"genesis", "rules", "key", "person", "refusal", "write_off", "run_aborted", "contract"}


def test_what_no_act_covers_follows_from_what_is_signed(signed: Signed) -> None:
    written = {kind_of(body) for span in signed.spans for body in signed.log[span.first : span.end]}
    assert none_kinds() - written == ELSEWHERE | {"period"}
