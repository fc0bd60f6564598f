"""Clear text of a payee: for one post, into one encrypted file, never without a record."""

import json
import os
from collections.abc import Iterator
from hashlib import pbkdf2_hmac, sha256
from pathlib import Path

import pytest
from click.testing import Result
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from ledger.log import kinds
from ledger.payouts.channels import client
from ledger.payouts.reveal import POST, read_passphrase
from tests.payouts.test_checks import PAYEE
from tests.support.clock import at_noon
from tests.support.office import USCC
from tests.support.till import WALLET, Till, open_till, run_quarters

NUMBER, HOLDER, WORD = "0012345678901234", "示例企业", "correct horse battery"


@pytest.fixture
def till(tmp_path: Path) -> Till:
    till = open_till(tmp_path)
    till.do("people", "add", "1003", "--post", POST, "--document", "任〔2024〕1号")
    return till


def word(till: Till, text: str = WORD + "\n", mode: int = 0o600) -> Path:
    path = till.folder / "word"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def look(
    till: Till, *, actor: str = "1003", payee: str = PAYEE, passphrase: Path | None = None, out: str = "one.enc"
) -> Result:
    out, file = str(till.folder / out), str(passphrase or word(till))
    words = ("payee", "reveal", payee, "--out", out, "--passphrase-file", file, "--reason", "letter 7")
    return till.say(*words, "--actor", actor)


def looks(till: Till) -> Iterator[dict[str, object]]:
    with till.ledger.read() as view:
        yield from (row.body for row in view.records(kinds.REVEAL))


def opened(content: bytes, passphrase: str) -> bytes:
    """What `openssl enc -d -aes-256-cbc -pbkdf2 -iter 600000` makes of a file."""
    assert content[:8] == b"Salted__"
    derived = pbkdf2_hmac("sha256", passphrase.encode(), content[8:16], 600_000, 48)
    cipher = Cipher(algorithms.AES256(derived[:32]), modes.CBC(derived[32:])).decryptor()
    padded = cipher.update(content[16:]) + cipher.finalize()
    return padded[: -padded[-1]]


def test_the_post_gets_one_encrypted_file_and_a_record_stands_of_it(till: Till) -> None:
    said = look(till)
    assert said.exit_code == 0, said.output
    path = till.folder / "one.enc"
    assert path.stat().st_mode & 0o777 == 0o600
    content = path.read_bytes()
    assert json.loads(opened(content, WORD)) == {
        "payee": PAYEE,
        "uscc": USCC,
        "channel": "ecny",
        "institution": "C1010211000012",
        "number": NUMBER,
        "holder": HOLDER,
    }
    (record,) = looks(till)
    assert (record["actor"], record["about"], record["reason"]) == ("1003", PAYEE, "letter 7")
    assert record["sha256"] == sha256(content).hexdigest()
    for shown in (said.output.encode(), content, (till.folder / "book.db").read_bytes()):
        assert NUMBER.encode() not in shown
    till.verify()


def test_every_look_is_recorded_and_salted_again(till: Till) -> None:
    files = []
    for out in ("one.enc", "two.enc"):
        look(till, out=out)
        files.append((till.folder / out).read_bytes())
    assert files[0] != files[1]
    assert [record["sha256"] for record in looks(till)] == [sha256(content).hexdigest() for content in files]


def test_a_look_is_not_recorded_where_its_file_would_fall_on_another(till: Till) -> None:
    (till.folder / "one.enc").write_bytes(b"a letter")
    said = look(till)
    assert (said.exit_code, said.stderr.count("[file_exists]"), list(looks(till))) == (2, 1, [])
    assert (till.folder / "one.enc").read_bytes() == b"a letter"


@pytest.mark.parametrize("actor", ["1001", "1002"])
def test_nobody_else_may_look(till: Till, actor: str) -> None:
    said = look(till, actor=actor)
    assert (said.exit_code, said.stderr.count("[reveal_not_authorised]")) == (2, 1)
    assert list(looks(till)) == []
    assert not (till.folder / "one.enc").exists()


def test_who_has_left_the_post_may_look_no_more(till: Till) -> None:
    till.do("people", "add", "1003", "--post", "审核岗", "--document", "任〔2024〕2号")
    assert "[reveal_not_authorised]" in look(till).stderr


def test_wrong_words_and_payees_are_refused_before_anything_is_written(till: Till) -> None:
    said = look(till, payee="ecny/C1010211000012/000099")
    assert (said.exit_code, "[payee_unknown]" in said.stderr) == (2, True)
    for text, mode, code in (
        ("elevensigns\n", 0o600, "passphrase_short"),
        ("", 0o600, "passphrase_short"),
        (WORD, 0o640, "passphrase_exposed"),
        (WORD, 0o604, "passphrase_exposed"),
    ):
        said = look(till, passphrase=word(till, text, mode))
        assert (said.exit_code, f"[{code}]" in said.stderr) == (2, True), code
        assert said.stderr.startswith(f"{word(till, text, mode).name}: ")
    said = look(till, passphrase=till.folder / "none")
    assert (said.exit_code, "[file_unreadable]" in said.stderr) == (2, True)
    assert said.stderr.startswith("none: the file cannot be read (No such file or directory); check its name")
    assert read_passphrase(word(till, "twelve signs\n", 0o600)) == b"twelve signs"
    assert list(looks(till)) == []


def test_erased_clear_text_is_not_there_to_see(till: Till) -> None:
    ledger = till.ledger
    with ledger.read() as view:
        payee = view.current(kinds.PAYEE, PAYEE)
    assert payee is not None
    ledger.vault.erase(payee.body["number"])
    said = look(till)
    assert (said.exit_code, "[vault_unknown]" in said.stderr) == (2, True)
    assert list(looks(till)) == []


def test_no_command_log_or_error_of_paying_shows_a_number_in_full(
    till: Till, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run_quarters(till)
    # Nobody answers at this address however long one waits.
    monkeypatch.setattr(client, "PAUSES", (0, 0))
    # Time of the commands only; what they print and log is what an officer or an operator of the machine sees.
    with caplog.at_level("DEBUG"), at_noon("2024-04-02"):
        batch = till.prepare("2024-03")["batches"][0]["batch"]
        item = till.items(batch)[0]
        till.go(batch)
        nobody = "http://127.0.0.1:9"
        asked = till.do("pay", "channel", "C1010211000012", nobody, "--reason", "beside the ledger")
        till.as_second("approve", asked.split()[-1])
        said = [
            till.say(*words)
            for words in (
                ("pay", "status"),
                ("pay", "status", batch),
                ("pay", "status", batch, "--json"),
                ("pay", "status", item),
                ("pay", "status", item, "--json"),
                ("pay", "export", batch, "--out", str(tmp_path / "again.json")),
                ("pay", "export", batch, "--out", str(tmp_path / "other.csv"), "--format", "csv"),
                ("pay", "cancel", item, "--reason", "no"),
                ("pay", "send", batch, "--url", nobody),
                ("entity", "show", USCC),
                ("entity", "show", USCC, "--json"),
                ("payee", "approve", PAYEE, "--reason", "no"),
                ("reconcile", "import", str(tmp_path / "again.json")),
            )
        ]
        said += [till.answer(batch, (item, "FAIL")), till.answer(batch, (item, "SUCCESS", "16862.50"))]
    assert {result.exit_code for result in said} > {0, 2}
    shown = "\n".join([*(result.output for result in said), caplog.text])
    assert os.linesep in shown
    assert batch in shown
    for number in (NUMBER, WALLET):
        assert number not in shown
        # The file that goes to the operator holds them, or the search would prove nothing.
        assert number in (tmp_path / "again.json").read_text()
