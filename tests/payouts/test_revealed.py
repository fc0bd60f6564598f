"""The encrypted file and the record of who looked, byte by byte, and the passphrases that are taken; on a small log."""

import json
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.payouts import reveal
from ledger.payouts.reveal import POST, read_passphrase
from ledger.store.ledger import Ledger
from tests.payouts.small_book import NOW, PAYEE, Clock
from tests.payouts.test_reveal import opened
from tests.support.empty_book import OFFICER, empty_book

WORD = "correct horse battery"


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    found = empty_book(tmp_path_factory.mktemp("revealed"), Clock(NOW))
    number, holder = found.vault.commit_many([("payee.number", "0099887766"), ("payee.holder", "示例企业")])
    with found.write(OFFICER) as writer:
        body = kinds.PayeeBody(
            key=PAYEE, uscc="U1", channel="ecny", institution="C1010411000013", number=number, holder=holder
        )
        writer.append(kinds.PAYEE, body)
    return found


def posts(monkeypatch: pytest.MonkeyPatch, post: str) -> None:
    monkeypatch.setattr(reveal, "people", lambda _writer: {OFFICER: SimpleNamespace(post=post)})


def test_what_is_in_the_file_and_what_is_recorded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    posts(monkeypatch, POST)
    content = reveal.reveal(ledger, OFFICER, PAYEE, "letter 7", WORD.encode())
    shown = {
        "payee": PAYEE,
        "uscc": "U1",
        "channel": "ecny",
        "institution": "C1010411000013",
        "number": "0099887766",
        "holder": "示例企业",
    }
    text = opened(content, WORD).decode()
    assert (json.loads(text), text.count("\n")) == (shown, 8)
    # A name is read as it is written, and each thing has a line of its own.
    assert text.startswith(f'{{\n  "payee": "{PAYEE}",\n')
    assert text.endswith('  "holder": "示例企业"\n}\n')
    with ledger.read() as view:
        row = view.current(kinds.PAYEE, PAYEE)
        assert row is not None
        (said,) = view.records(kinds.REVEAL)
    told = {name: said.body[name] for name in ("about", "version", "reason", "sha256")}
    digest = sha256(content).hexdigest()
    assert told == {"about": PAYEE, "version": row.seq, "reason": "letter 7", "sha256": digest}


def refusal(ledger: Ledger, payee: str) -> str:
    with ledger.read() as view:
        size = view.size
    with pytest.raises(Refused) as refused:
        reveal.reveal(ledger, OFFICER, payee, "letter 7", WORD.encode())
    with ledger.read() as view:
        assert view.size == size
    return str(refused.value)


def test_who_may_not_look(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    posts(monkeypatch, "会计岗")
    assert refusal(ledger, PAYEE) == (
        f"{OFFICER} does not hold the post {POST}; "
        "ask who does; `subsidy people list` shows the posts [reveal_not_authorised]"
    )
    posts(monkeypatch, POST)
    assert refusal(ledger, "ecny/x/1") == (
        "there is no payee ecny/x/1; write its reference as `subsidy entity show` lists it [payee_unknown]"
    )


def written(folder: Path, content: bytes, mode: int = 0o600) -> Path:
    path = folder / "word"
    path.write_bytes(content)
    path.chmod(mode)
    return path


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"correct horse\nsecond line\n", b"correct horse"),
        (b"exactly 12 b", b"exactly 12 b"),
        # As openssl takes it: up to the line feed.
        (b"correct horse\r\n", b"correct horse\r"),
    ],
)
def test_the_first_line_is_the_passphrase(tmp_path: Path, content: bytes, expected: bytes) -> None:
    assert read_passphrase(written(tmp_path, content)) == expected


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o610, 0o601])
def test_a_passphrase_that_others_may_read_is_none(tmp_path: Path, mode: int) -> None:
    with pytest.raises(Refused) as refused:
        read_passphrase(written(tmp_path, b"correct horse battery", mode))
    assert str(refused.value) == (
        "word: others may read this passphrase; take their rights away: chmod 600 word [passphrase_exposed]"
    )


def test_a_short_passphrase_is_none(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read_passphrase(written(tmp_path, b"eleven byte\nand more"))
    assert str(refused.value) == (
        "word: the passphrase has fewer than 12 bytes; write a longer one as the first line of word [passphrase_short]"
    )


def test_a_passphrase_that_is_not_there(tmp_path: Path) -> None:
    place: Any = tmp_path / "nowhere"
    with pytest.raises(Refused) as refused:
        read_passphrase(place)
    assert str(refused.value) == (
        "nowhere: the file cannot be read (No such file or directory); check its name and place [file_unreadable]"
    )
