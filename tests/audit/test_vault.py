"""The vault is opened: a number that was changed in it is paid to nobody; an order is the same for ever or refused."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import Result

from ledger.log import kinds
from tests.support.bad_days import CODE
from tests.support.till import PAYER, WALLET, Till, quarters_till

PAYEE = "ecny/C1010211000012/000001"
NUMBER, OTHER = "0012345678901234", "0099999999999999"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    (tmp_path / "book").mkdir()
    return quarters_till(tmp_path / "book")


def change(till: Till, statement: str, *values: object) -> None:
    """Change the vault's file as somebody would who may write it."""
    with closing(sqlite3.connect(till.folder / "vault.db")) as vault, vault:
        assert vault.execute(statement, values).rowcount


def turn(till: Till) -> None:
    """The wallet of the payee is made another one."""
    change(till, "UPDATE secret SET value = ? WHERE value = ?", OTHER, NUMBER)


def refused(result: Result) -> list[str]:
    assert result.exit_code == 2, result.output
    assert OTHER not in result.output
    assert NUMBER not in result.output
    return CODE.findall(result.stderr)


def prepared(till: Till) -> str:
    return str(till.prepare("2024-03")["batches"][0]["batch"])


def approved(till: Till) -> str:
    batch = prepared(till)
    assert till.as_second("pay", "approve", batch).exit_code == 0
    return batch


def export(till: Till, batch: str) -> tuple[str, ...]:
    return "pay", "export", batch, "--out", str(till.folder / "order.json")


def preparing(_till: Till) -> tuple[str, ...]:
    return "pay", "prepare", "2024-03"


def exporting(till: Till) -> tuple[str, ...]:
    return export(till, approved(till))


def showing(_till: Till) -> tuple[str, ...]:
    return "entity", "show", "91310115591693856A"


def importing(till: Till) -> tuple[str, ...]:
    file = till.folder / "turned.csv"
    heading = "uscc,channel,institution,wallet_type,number,holder"
    file.write_text(f"{heading}\n91310115591693856A,ecny,C1010211000012,WT09,{OTHER},示例企业\n", encoding="utf-8")
    return "import", "payees", str(file), "--mode", "delta"


@pytest.mark.parametrize("command", [preparing, exporting, showing, importing])
def test_a_changed_number_stops_every_use_of_it(command: Callable[[Till], tuple[str, ...]], till: Till) -> None:
    words = command(till)
    turn(till)
    size = till.verify()
    result = till.say(*words)
    assert refused(result) == ["vault_differs"]
    # By its value no payee is known; by its commitment, whose it is.
    assert command is importing or result.stderr.startswith(f"{PAYEE}: ")
    assert till.verify() == size
    assert not (till.folder / "order.json").exists()


def test_a_changed_number_of_the_payer(till: Till) -> None:
    batch = approved(till)
    change(till, "UPDATE secret SET value = ? WHERE value = ?", OTHER, WALLET)
    result = till.say(*export(till, batch))
    assert refused(result) == ["vault_differs"]
    assert result.stderr.startswith(f"{PAYER}: ")


def test_a_value_put_under_another_tag_or_salt_is_another_value(till: Till) -> None:
    change(till, "UPDATE secret SET salt = zeroblob(32) WHERE tag = 'payee.holder'")
    assert refused(till.say("pay", "prepare", "2024-03")) == ["vault_differs"]


def test_an_order_is_kept_and_named_before_it_leaves(till: Till) -> None:
    batch = approved(till)
    till.do(*export(till, batch))
    content = (till.folder / "order.json").read_bytes()
    with till.ledger.read() as view:
        sources = [row.body["source"] for row in view.records(kinds.OUTCOME)]
    named = [source["sha256"] for source in sources if source["kind"] == "export"]
    assert named == [sha256(content).hexdigest()]
    assert till.ledger.vault.kept(named[0]) == content
    # Gone from the vault, and made again: the same bytes.
    change(till, "DELETE FROM paper")
    (till.folder / "order.json").unlink()
    till.do(*export(till, batch))
    assert (till.folder / "order.json").read_bytes() == content


def test_an_order_that_would_come_out_otherwise_is_refused(till: Till, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = approved(till)
    till.do(*export(till, batch))
    (till.folder / "order.json").unlink()
    # A later release words the memo of an order otherwise.
    monkeypatch.setattr("ledger.payouts.steps.memo_of", lambda batch, n, **_of: f"order {batch} {n}")
    till.do(*export(till, batch))
    (till.folder / "order.json").unlink()
    change(till, "UPDATE paper SET content = zeroblob(9)")
    assert refused(till.say(*export(till, batch))) == ["order_differs"]
    assert not (till.folder / "order.json").exists()


def test_audit_opens_all(till: Till) -> None:
    till.do(*export(till, approved(till)))
    said = json.loads(till.say("audit", "verify", "--vault", "--json").stdout)
    # Number and holder of a payee and of a payer, and one order.
    assert (said["damages"], said["vault"]) == ([], {"opened": 5, "gone": 0})
    change(till, "DELETE FROM secret WHERE value = '示例专户'")
    turn(till)
    change(till, "DELETE FROM paper")
    result = till.say("audit", "verify", "--vault")
    assert result.exit_code == 1
    assert "the vault: 3 opened, 1 not there (erased or lost)" in result.stdout
    assert f"payee {PAYEE}: the clear text in the vault is not what was recorded [vault_differs]" in result.stdout
    assert "[order_gone]" in result.stdout
    # Without --vault the log is what it was.
    assert till.say("audit", "verify").exit_code == 3
