"""The vault: commitments that tell nothing, clear text on demand, and erasure that leaves no trace in the file."""

from hashlib import sha256
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.store.ledger import Ledger
from ledger.store.vault import commitment
from tests.support.small_ledger import ACTOR, url

NUMBER = "0021000000000099"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger.create(url(tmp_path), actor=ACTOR, calculators=())


def code(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [problem.code for problem in refused.value.problems]


def test_a_commitment_is_a_hash_over_tag_salt_and_value() -> None:
    # The bytes that docs/contracts.md names, written by hand.
    body = (
        '{"$schema":"subsidy/commitment/1","salt":"' + "07" * 32 + '","tag":"payee.holder","value":"示例科技有限公司"}'
    )
    assert commitment("payee.holder", b"\x07" * 32, "示例科技有限公司") == sha256(body.encode()).hexdigest()


def test_what_is_kept_is_found_and_revealed(ledger: Ledger) -> None:
    first = ledger.vault.commit("payee.number", NUMBER)
    second, holder = ledger.vault.commit_many([("payee.number", NUMBER), ("payee.holder", NUMBER)])
    # Salted: equal values cannot be told from their commitments.
    assert len({first, second, holder}) == 3
    assert ledger.vault.find("payee.number", [NUMBER, "other"]) == {NUMBER: {first, second}}
    assert ledger.vault.find("payee.holder", [NUMBER]) == {NUMBER: {holder}}
    assert ledger.vault.find("payee.number", ["other"]) == {}
    assert ledger.vault.reveal(holder, "payee") == NUMBER


def test_an_erased_value_leaves_no_bytes(ledger: Ledger) -> None:
    kept = ledger.vault.commit("payee.number", "0021000000000001")
    erased = [ledger.vault.commit(tag, NUMBER) for tag in ("payee.number", "payee.holder") for _ in range(50)]
    assert NUMBER.encode() in ledger.vault.path.read_bytes()
    for one in erased:
        ledger.vault.erase(one)
    for path in ledger.path.parent.iterdir():
        assert NUMBER.encode() not in path.read_bytes(), path.name
    with pytest.raises(Refused) as refused:
        ledger.vault.reveal(erased[0], "payee")
    assert code(refused) == ["vault_unknown"]
    assert ledger.vault.reveal(kept, "payee") == "0021000000000001"


def test_erasing_what_is_not_there_changes_nothing(ledger: Ledger) -> None:
    kept = ledger.vault.commit("payee.number", NUMBER)
    ledger.vault.erase("0" * 64)
    assert ledger.vault.reveal(kept, "payee") == NUMBER


def test_the_vault_is_its_owners_alone(ledger: Ledger) -> None:
    assert ledger.vault.path.name == "vault.db"
    assert ledger.vault.path.stat().st_mode & 0o777 == 0o600


def test_a_missing_vault_is_refused_and_not_made(ledger: Ledger) -> None:
    ledger.vault.path.unlink()
    with pytest.raises(Refused) as refused:
        ledger.vault.commit("payee.number", NUMBER)
    assert code(refused) == ["vault_missing"]
    with pytest.raises(Refused) as refused:
        ledger.vault.reveal("0" * 64, "payee")
    assert code(refused) == ["vault_missing"]
    assert not ledger.vault.path.exists()
