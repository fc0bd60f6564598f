"""Improper records, each from both sides: refused before it is written, and found in a log where it was forged.

`improper.csv` is the table: what somebody wants to get into the log, how it is forged (`tests.support.forge`), the code
under which it is refused and found, and the record that is named.
"""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest

from calculators.problems import Refused
from ledger.audit.damage import DAMAGE
from ledger.audit.ledger import Ledger
from ledger.audit.verify import Trust, Verdict, verify
from ledger.log import kinds
from ledger.log.checkpoint import VerifierKey
from ledger.log.kinds import kind_of
from ledger.rules.asked import EFFECTS, EVER, RULES
from ledger.rules.codes import CODES
from ledger.rules.earlier import EARLIER
from ledger.rules.judge import Judge
from ledger.rules.judging import Judging
from ledger.rules.records import LogOnly
from ledger.rules.registers import ROWS
from ledger.rules.state import Fold
from ledger.store.anchor import Anchor
from ledger.store.engine import ledger_engine
from ledger.store.guards import create_schema
from ledger.store.ledger import View
from ledger.store.rules import own_rules
from tests.audit.attacker import Body, bodies
from tests.reconcile.forms import write
from tests.support.copies import copy_ledger
from tests.support.forge import find, first_fault, forge, judged, logged, put_in_place
from tests.support.till import PAYER, WALLET, Till, open_till, run_quarters

# Behind every rule that a forged record was found to break first: kept as the last word on the account as a whole.
LAST_WORDS = {"payable_short", "return_booked"}
# What a log begins with is asked below, of a log that is begun.
OF_THE_BEGINNING = {"genesis_missing", "rules_missing"}
# A form of an earlier release is one that no writer has any more: asked below as well.
OF_A_RELEASE = {"schema_unnamed"}
# What no file of ours holds, for its tables have an index that does not let them: the log is judged by itself.
OF_AN_INDEX = {"already_reversed", "claim_repeated", "key_repeated"}
# Asked where two people have entered one: tests/office/test_enrol.py, test_writes.py and test_turned_down.py forge it.
OF_KEYS = {
    "people_take_two",
    "act_missing",
    "act_covers",
    "duty_differs",
    "duties_differ",
    "acts_open",
    "undone_differs",
}
# Of keys that others may have had: tests/office/test_compromised.py.
OF_COMPROMISED = {"compromise_differs", "key_burnt", "signed_in_doubt"}
# Of witnesses elsewhere: tests/office/test_witnesses.py.
OF_WITNESSES = {"witness_differs", "head_unwitnessed"}
# Of a rest after which two people set the clock: tests/office/test_rest.py.
OF_A_REST = {"clock_gap"}
# Asked of a ledger that two people found: tests/office/test_founders.py.
OF_FOUNDERS = {"founding_differs", "ledger_unopened", "key_of_another", "office_unfit"}
# Where a lender is paid: tests/rules/test_terms.py.
OF_A_LENDER = {"payee_not_recipient"}
# After what only one person has said of a payment: tests/payouts/test_presumed.py.
OF_A_FAILURE = {"fail_presumed", "return_presumed"}
# Of a new key of the log: tests/audit/test_log_key.py; of a channel that contradicts itself:
# tests/payouts/test_never_twice.py.
OF_OTHERS = {"log_key_waiting", "paid_elsewhere", "paper_differs"}
OF_THE_WRITE = {"actor_unknown", "actor_not_in_office"}
TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"


@dataclass(frozen=True)
class Row:
    """A row of the table; `where` selects the record named in the forged log."""

    what: str
    forged: str
    code: str
    where: str


with Path(__file__).with_name("improper.csv").open(encoding="utf-8") as source:
    ROWS_OF_TABLE = [Row(**row) for row in csv.DictReader(source)]


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """Three quarters run: one paid and a part of it given back, one paid as a statement says, returned in the next year
    and owed again, one in a batch that was approved and waits.
    """
    folder = tmp_path_factory.mktemp("improper")
    (folder / "book").mkdir()
    return told(open_till(folder / "book", "prefunded", anchor=folder / "anchor"))


def told(till: Till) -> Till:
    run_quarters(till, 1)
    till.do("pay", "fund", PAYER, "200000", "--on", "2024-04-02", "--document", "F-1")
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.answer(batch, (item, "SUCCESS", "16862.50", "2024-04-02"))
    till.do("pay", "refund", item, "100", "--on", "2024-04-02", "--document", "R-1")
    till.on("2024-07-02").report("2024-06-30", "HT1,drawdown,2024-05-09,,12000000,\n")
    till.run("2024-06")
    batch = till.prepare("2024-06")["batches"][0]["batch"]
    till.go(batch)
    (item,) = till.items(batch)
    till.on("2024-07-10")
    rows = f"2024-07-03,,106500.00,76737.50,补助,{item},,\n2024-07-04,0.01,,76737.51,利息,,,\n"
    till.do("reconcile", "import", str(write(till.folder, "flow.csv", f"账号：{WALLET}\n共2笔\n{TABLE}{rows}")))
    till.do("reconcile", "match")
    till.on("2024-10-09").report("2024-09-30")
    till.run("2024-09")
    till.as_second("pay", "approve", till.prepare("2024-09")["batches"][0]["batch"])
    till.on("2025-01-08").answer(batch, (item, "RETURNED", "106500.00", "2025-01-07"))
    till.sure(item, "returned")
    till.do("budget", "issue", "2025", "200000", "--document", "BUD-2025-1")
    till.do("pay", "reopen", item, "--document", "BUD-2025-9", "--envelope", "2025")
    for row in ("2024-07-05,,1.00,76736.51,手续费,F-1,,", "2024-07-06,1.00,,76737.51,手续费 冲正,F-1,,"):
        till.files += 1
        path = write(till.folder, f"{till.files}.csv", f"账号：{WALLET}\n共1笔\n{TABLE}{row}\n")
        till.do("reconcile", "import", str(path))
        till.do("reconcile", "match")
    return till


@pytest.fixture(scope="module")
def log(till: Till) -> list[Body]:
    return bodies(till.ledger.path)


@dataclass
class Copy:
    path: Path
    anchor: Path


@pytest.fixture
def copy(till: Till, tmp_path: Path) -> Copy:
    assert till.anchor is not None
    copy_ledger(till.folder, till.anchor, tmp_path / "book", tmp_path / "anchor")
    return Copy(tmp_path / "book" / "book.db", tmp_path / "anchor")


@pytest.fixture(scope="module")
def begins(log: list[Body]) -> list[int]:
    return writes_of(log)


def writes_of(log: list[Body]) -> list[int]:
    """For each length of the log, the log index of the last write before its end: where no group was open."""
    judge, found = Judge(Fold(LogOnly(log.__getitem__))), [0]
    for record in logged(log):
        judge.take(record)
        found.append(found[-1] if judge.open else record.seq + 1)
    return found


def forged(log: list[Body], row: Row) -> list[Body]:
    changed: list[Body] = orjson.loads(orjson.dumps(log))
    forge(changed, row.forged)
    return changed


def test_the_ledger_itself_is_proper(till: Till, log: list[Body]) -> None:
    assert till.verify() == len(log)
    assert judged(log) is None


def test_the_table_is_the_table() -> None:
    assert len({row.what for row in ROWS_OF_TABLE}) == len(ROWS_OF_TABLE) >= 100
    begun = OF_THE_BEGINNING | OF_FOUNDERS | OF_KEYS | OF_COMPROMISED | OF_A_RELEASE | OF_A_REST
    elsewhere = LAST_WORDS | begun | OF_A_LENDER | OF_A_FAILURE | OF_WITNESSES | OF_OTHERS
    assert {row.code for row in ROWS_OF_TABLE} == CODES.keys() - elsewhere


def begun(*records: str) -> list[Body]:
    common = {"actor": "1001", "recorded_at": "2024-01-05T04:00:00Z"}
    log = [{"$schema": f"subsidy/{kind}/1", **common} for kind in records]
    for body in log:
        body |= {"key": "rules", **own_rules([])} if kind_of(body) == "rules" else {"key": "1001"}
    return log


@pytest.mark.parametrize(("kinds_", "code"), [(("rules",), "genesis_missing"), (("genesis", "actor"), "rules_missing")])
def test_a_log_begins_with_its_genesis_and_its_rules(kinds_: tuple[str, ...], code: str, tmp_path: Path) -> None:
    last_is_found_and_refused(begun(*kinds_), code, tmp_path)


def test_a_record_of_a_form_that_the_rules_do_not_name(tmp_path: Path) -> None:
    log = begun("genesis", "rules", "actor")
    log[1]["schemas"].remove("subsidy/actor/1")
    last_is_found_and_refused(log, "schema_unnamed", tmp_path)


def last_is_found_and_refused(log: list[Body], code: str, tmp_path: Path) -> None:
    assert first_fault(log) == (code, len(log) - 1)
    with ledger_engine(tmp_path / "begun.db").begin() as connection:
        create_schema(connection)
        judging = Judging(View(connection, 0))
        *proper, last = logged(log)
        for record in proper:
            judging.take(record.kind, record.seq, [record.body], [record.leaf])
        with pytest.raises(Refused) as refused:
            judging.take(last.kind, last.seq, [last.body], [last.leaf])
    assert refused.value.problems[0].code == code


@pytest.mark.parametrize("row", ROWS_OF_TABLE, ids=lambda row: row.what)
def test_a_forged_record_is_found(log: list[Body], copy: Copy, row: Row) -> None:
    changed = forged(log, row)
    if row.code in OF_AN_INDEX:
        assert first_fault(changed) == (row.code, find(changed, row.where))
        return
    put_in_place(copy.path, copy.anchor, changed)
    home = Anchor(copy.anchor, copy.path)
    trust = Trust(home.checkpoint_file.read_text("utf-8"), VerifierKey.parse(home.verifier_file.read_text("utf-8")))
    report = verify(copy.path, trust)
    first = report.damages[0] if report.damages else None
    assert report.verdict is Verdict.DAMAGED
    assert first is not None
    assert (first.code, first.record) == (row.code, find(changed, row.where)), first


@pytest.mark.parametrize("row", ROWS_OF_TABLE, ids=lambda row: row.what)
def test_it_is_refused_before_it_is_written(log: list[Body], begins: list[int], copy: Copy, row: Row) -> None:
    changed = forged(log, row)
    same = next((seq for seq, (one, other) in enumerate(zip(log, changed, strict=False)) if one != other), len(log))
    begin, size = begins[same], len(changed)
    put_in_place(copy.path, copy.anchor, changed[:begin])
    refused = None
    try:
        for first, last in writes(changed, begin):
            with writing(copy, changed, first) as writer:
                for body in changed[first:last]:
                    kind = next(one for one in kinds.KINDS.values() if one.schema == body["$schema"])
                    if kind.name == "fact":
                        kind = kinds.REGISTERS[body["register"]]
                    writer.extend(kind, [kinds.own(body)])
    except Refused as error:
        refused = error.problems[0]
    assert refused is not None, f"{size - begin} records were taken"
    where = changed[find(changed, row.where)]
    named = (kinds.kind_of(where), where.get("key", ""))
    # Who writes is asked before the first record of a write, so none is named.
    place = "" if row.code in OF_THE_WRITE else " ".join(filter(None, named))
    assert (refused.code, str(refused.place)) == (row.code, place)
    assert refused.remedy


def test_an_amendment_changes_nothing_by_which_lines_are_grouped(log: list[Body]) -> None:
    text = log[find(log, "notice")]["text"]
    (programme,) = (line for line in text.splitlines() if line.startswith("programme: "))
    hashed = sha256(text.encode()).hexdigest()
    stated = f"published: 2024-06-20\namends: sha256:{hashed}\neffective: {{from: 2024-07-01,"
    later = text.replace("effective: {from: 2024-01-01,", stated)
    for became, faults in ((programme, None), ("programme: another", ("amends_differs", len(log)))):
        amended = later.replace(programme, became)
        notice = {"text": amended, "sha256": sha256(amended.encode()).hexdigest(), "amends": hashed}
        body = {**log[find(log, "notice")], **notice, "recorded_at": log[-1]["recorded_at"]}
        assert first_fault([*log, body]) == faults


def writes(log: list[Body], begin: int) -> Iterator[tuple[int, int]]:
    """From where to where records are of one actor and moment."""
    first = begin
    for seq in range(begin + 1, len(log) + 1):
        ends = seq == len(log)
        if ends or any(log[seq].get(name) != log[first].get(name) for name in ("actor", "recorded_at")):
            yield first, seq
            first = seq


@contextmanager
def writing(copy: Copy, log: list[Body], first: int) -> Iterator[Any]:
    body = log[first]
    moment = datetime.fromisoformat(body["recorded_at"])
    proposals = [seq for seq in range(first) if kinds.kind_of(log[seq]) == "proposal"]
    ledger = Ledger(copy.path, lambda: moment, bytes, copy.anchor)
    with ledger.write(body["actor"], closes=proposals[-1] if open_proposal(log, first) else None) as writer:
        yield writer


def open_proposal(log: list[Body], size: int) -> bool:
    """Whether the last proposal below `size` was neither closed nor aborted."""
    last = max((seq for seq in range(size) if kinds.kind_of(log[seq]) == "proposal"), default=-1)
    ending = ("run_closed", "run_aborted")
    ended = {body.get("proposal") for body in log[:size] if kinds.kind_of(body) in ending}
    return last >= 0 and last not in ended


# What is found of bytes, tables, trees and files, before a record can be read or beside it: nothing that a door writes.
OF_THE_FILE = {
    "body_changed", "body_malformed", "empty", "envelope_differs", "envelope_exceeded", "file_damaged", "forked",
    "founding_otherwise", "head_lost", "leaf_changed", "log_key_differs", "log_key_past", "node_changed", "order_gone",
    "projection_differs", "projection_missing", "projection_surplus", "schema_changed", "schema_differs",
    "schema_note_bad", "sequence_gap", "signature_bad", "truncated", "unreadable", "vault_differs",
}  # fmt: skip


def test_what_verification_finds_of_a_record_is_what_writing_refuses() -> None:
    """A code is the rule book's, which both sides ask, or one of the file, or of the rules of an earlier book."""
    assert DAMAGE.keys() - CODES.keys() - EARLIER.keys() == OF_THE_FILE
    assert not CODES.keys() & (OF_THE_FILE | EARLIER.keys())
    assert CODES.keys() >= LAST_WORDS | OF_THE_BEGINNING | OF_A_RELEASE | OF_AN_INDEX


# Judged as part of their group, or as what a log begins with.
OF_GROUPS = {
    "entry", "genesis", "hold", "import", "import_withdrawal", "payout", "refusal", "run_closed", "statement",
    "statement_line", "void", "withdrawal",
}  # fmt: skip


def test_every_kind_has_rules() -> None:
    assert {*RULES, *EFFECTS, *EVER, *ROWS, *OF_GROUPS} == kinds.KINDS.keys()
