"""A verifier that shares no code with the product: JSON, SHA-256 and SQLite alone, as `docs/contracts.md` tells it.

What it recomputes: leaves and the signed root, tags and rows of postings from the terms of entries, the digest that
each entry rests on, facts, digest and entries roots of proposals, and the numbers that are hashes of what they name.
"""

import base64
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.reconcile.forms import write
from tests.support.office import LENDER
from tests.support.till import SECOND, THIRD, WALLET, Till, open_till

Body = dict[str, Any]
TERMS = ("envelope", "payee", "clause", "function", "economic", "level")
TABLE = "交易日期,收入,支出,余额,摘要,凭证号,对方户名,对方账号\n"


def canonical(obj: Body) -> bytes:
    return json.dumps(obj, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def leaf_of(text: bytes) -> bytes:
    return sha256(b"\0" + text).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1: split at the largest power of two below the number of leaves."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:])).digest()


class Log:
    """The records of a file as they lie there, and the tables beside them."""

    def __init__(self, path: Path) -> None:
        with closing(sqlite3.connect(path)) as file:
            self.texts = [bytes(text) for (text,) in file.execute("SELECT body FROM record ORDER BY seq")]
            self.entries = file.execute("SELECT seq, record, tag FROM entry ORDER BY seq").fetchall()
            self.postings = file.execute("SELECT * FROM posting ORDER BY entry, n").fetchall()
            self.items = file.execute("SELECT seq, register, key, void FROM item ORDER BY seq").fetchall()
        self.bodies: list[Body] = [json.loads(text) for text in self.texts]
        self.leaves = [leaf_of(text) for text in self.texts]

    def of(self, kind: str) -> Iterator[tuple[int, Body]]:
        """The records of a kind with their log indexes."""
        found = enumerate(self.bodies)
        return ((seq, body) for seq, body in found if body["$schema"].rpartition("/")[0] == f"subsidy/{kind}")

    def current(self, register: str, size: int) -> dict[str, int]:
        """Key -> log index of the version in force when the log had `size` records."""
        last: dict[str, tuple[int, int]] = {
            key: (seq, void) for seq, of, key, void in self.items if of == register and seq < size
        }
        return {key: seq for key, (seq, void) in last.items() if not void}

    def digest(self, seq: int) -> Body:
        """The digest that entry record `seq` rests on."""
        while "digest" not in self.bodies[seq]:
            seq -= 1
        found: Body = self.bodies[seq]["digest"]
        return found

    def facts_root(self, line: str, size: int) -> bytes:
        """Of a line on a loan: entity with its dishonesty, application, grant, loan with events and receipts."""
        grant = self.current("grant", size)[line]
        application = self.current("application", size)[self.bodies[grant]["application"]]
        asked = self.bodies[application]
        entity = [self.current("entity", size)[asked["uscc"]]]
        entity += [
            seq
            for seq in self.current("dishonesty", size).values()
            if self.bodies[seq]["data"]["uscc"] == asked["uscc"]
        ]
        loan = [self.current("loan", size)[asked["item"]]]
        for register in ("event", "receipt"):
            named = self.current(register, size).values()
            loan += [seq for seq in named if self.bodies[seq]["data"]["contract_no"] == asked["item"]]
        return root_of([self.leaves[seq] for seq in (*sorted(entity), application, grant, *sorted(loan))])


@pytest.fixture(scope="module")
def till(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """Half a year run at once and paid, as a statement says; a late repayment trued up; one match taken back."""
    folder = tmp_path_factory.mktemp("stranger")
    (folder / "book").mkdir()
    made = open_till(folder / "book", anchor=folder / "anchor")
    made.on("2024-07-02").report("2024-06-30", SECOND + THIRD)
    made.run("2024-06")
    batch = made.prepare("2024-06")["batches"][0]["batch"]
    made.go(batch)
    (item,) = made.items(batch)
    made.on("2024-07-10")
    # 16,862.50 + 106,500.00 paid by the bank, and a cent of interest.
    rows = f"2024-07-03,,123362.50,50000.00,补助,{item},,\n2024-07-04,0.01,,50000.01,利息,,,\n"
    file = write(made.folder, "flow.csv", f"账号：{WALLET}\n共2笔\n{TABLE}{rows}")
    made.do("reconcile", "import", str(file))
    made.do("reconcile", "match")
    made.on("2024-08-01").report("2024-07-31", "HT1,repayment,2024-05-20,,2000000,\n")
    made.run("2024-07")
    key = next(body["key"] for _seq, body in Log(made.ledger.path).of("match") if body["kind"] == "interest")
    made.do("reconcile", "undo", key, "--reason", "seen again")
    return made


@pytest.fixture(scope="module")
def log(till: Till) -> Log:
    return Log(till.ledger.path)


def test_every_kind_of_number_is_there_to_be_recomputed(log: Log) -> None:
    for kind in ("proposal", "entry", "payment_batch", "payout", "statement_line", "match", "undo"):
        assert list(log.of(kind)), kind
    assert any("digest_of" in body for _seq, body in log.of("entry"))
    assert any("replaces" in body for _seq, body in log.of("entry"))
    assert LENDER in str(log.bodies)


def test_bytes_are_canonical_and_the_root_is_the_signed_one(till: Till, log: Log) -> None:
    assert [canonical(body) for body in log.bodies] == log.texts
    origin, size, root = till.ledger.anchor.checkpoint_file.read_text("utf-8").split("\n")[:3]
    assert (origin, int(size)) == (log.bodies[0]["origin"], len(log.texts))
    assert base64.b64decode(root) == root_of(log.leaves)


def test_rows_of_postings_are_terms_and_postings_together(log: Log) -> None:
    expected = []
    for number, record, tag in log.entries:
        body = log.bodies[record]
        assert tag == int.from_bytes(log.leaves[record][:8], "big", signed=True)
        for n, posting in enumerate(body["postings"], 1):
            full = {**body.get("terms", {}), **posting}
            assert body.get("terms", {}).keys() & posting.keys() == set()
            three = (full["chart"], full["account"], full["amount_fen"])
            expected.append((number, tag, n, *three, *(full.get(term) for term in TERMS)))
    assert log.postings == expected


def test_every_entry_of_a_run_finds_its_digest_and_its_cause(log: Log) -> None:
    for seq, body in log.of("entry"):
        assert body["cause"] < seq
        if body["reason"] not in ("award", "true_up"):
            continue
        digest = log.digest(seq)
        assert digest["line"] == body["line"]
        assert body.get("digest_of", leaf_of(canonical(digest)).hex()) == leaf_of(canonical(digest)).hex()
        assert log.bodies[body["cause"]]["$schema"] == "subsidy/proposal/2"
        if "replaces" in body:
            replaced = log.bodies[body["replaces"]]
            assert (replaced["line"], replaced["due"]) == (body["line"], body["due"])
            assert body["replaced_digest"] == leaf_of(canonical(log.digest(body["replaces"]))).hex()


def test_roots_of_proposals(log: Log) -> None:
    """Each run here posts on its one line, so its one digest can be found."""
    for number, body in log.of("proposal"):
        posted = [seq for seq, entry in log.of("entry") if entry["cause"] == number]
        digest = log.digest(posted[0])
        assert body["digests"] == 1
        assert digest["facts"] == log.facts_root("PF1", body["log_size"]).hex()
        assert body["facts_root"] == root_of([bytes.fromhex(digest["facts"])]).hex()
        assert body["digest_root"] == root_of([leaf_of(canonical(digest))]).hex()
        promised = [
            {name: value for name, value in log.bodies[seq].items() if name not in ("actor", "cause", "recorded_at")}
            for seq in posted
        ]
        assert body["entries_root"] == root_of([leaf_of(canonical(entry)) for entry in promised]).hex()


def test_totals_are_sums_with_their_signs_taken_off(log: Log) -> None:
    for number, body in log.of("proposal"):
        moved = [entry["award_fen"] for _seq, entry in log.of("entry") if entry["cause"] == number]
        assert body["totals"] == {
            "lines": 1,
            "entries": len(moved),
            "debit_fen": -sum(fen for fen in moved if fen < 0),
            "credit_fen": sum(fen for fen in moved if fen > 0),
        }


def test_numbers_of_payouts_and_batches(log: Log) -> None:
    numbers = []
    for seq, body in log.of("payout"):
        earlier = [claim["award"] for before, one in log.of("payout") if before < seq for claim in one["claims"]]
        named = {
            "$schema": "subsidy/payout-key/1",
            "origin": log.bodies[0]["origin"],
            "claims": body["claims"],
            "tries": [earlier.count(claim["award"]) for claim in body["claims"]],
        }
        assert body["key"] == "S" + sha256(canonical(named)).hexdigest()[:23].upper()
        numbers.append(body["key"])
    ((_seq, batch),) = log.of("payment_batch")
    assert batch["key"] == "B20240702" + "0001" + sha256("".join(numbers).encode()).hexdigest()[:8].upper()


def test_keys_of_statement_lines_and_matches(log: Log) -> None:
    lines = [body for _seq, body in log.of("statement_line")]
    for body in lines:
        # 123,362.50 out and 0.01 in, after which 50,000.00 and 50,000.01 are left.
        texts = [str(body["amount_fen"]), "False", "False", "CNY", str(body["balance_fen"]), *body["references"]]
        hashed = sha256("\x1f".join(texts).encode()).hexdigest()[:16]
        assert body["key"].endswith(f"/{body['booked_on']}/{hashed}/1")
    assert [body["amount_fen"] for body in lines] == [-12_336_250, 1]
    for _seq, body in log.of("match"):
        named = {"$schema": "subsidy/match-key/1", "lines": body["lines"], "payouts": body["payouts"]}
        assert body["key"] == sha256(canonical(named)).hexdigest()[:16]


def test_a_match_taken_back_is_a_void_in_the_register_of_matches(log: Log) -> None:
    ((undone, body),) = log.of("undo")
    assert (undone, "match", body["key"], 1) in log.items
    assert body["key"] not in log.current("match", len(log.texts))
