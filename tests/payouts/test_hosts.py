"""Which host an order may be sent to: what is registered, by whom it is verified, what ends it; on an empty log.

The operator's host is operator.example; the certificate is one that a test has made, and B1 a batch of its wallet.
"""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calculators.problems import Refused
from ledger.log import kinds
from ledger.payouts import operators
from ledger.store.ledger import Ledger, Writer
from tests.payouts.small_book import NOW, PAYER, Clock, Undone
from tests.payouts.test_operators import shown
from tests.support.empty_book import OFFICER, empty_book

BANK, FAR = "C1010211000012", "https://operator.example/ecny"
SIGNER: Any = "the key of 1001"
B1: Any = SimpleNamespace(key="B1", body={"payer": PAYER})


class Known:
    ledger: Ledger
    certificate: bytes


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Known:
    folder = tmp_path_factory.mktemp("hosts")
    found = Known()
    found.ledger = empty_book(folder, Clock(NOW))
    found.certificate = shown(folder, "operator").read_bytes()
    return found


class Papers(dict[str, bytes]):
    """A vault of papers."""

    def keep(self, content: bytes) -> None:
        self[sha256(content).hexdigest()] = content

    def kept(self, digest: str) -> bytes | None:
        return self.get(digest)


@contextmanager
def undone(known: Known) -> Iterator[Writer]:
    with suppress(Undone), known.ledger.write(OFFICER) as writer:
        yield writer
        raise Undone


@pytest.fixture
def writer(known: Known) -> Iterator[Writer]:
    with undone(known) as writer:
        yield writer


@pytest.fixture
def papers() -> Any:
    return Papers()


@pytest.fixture(autouse=True)
def signed(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Who has signed what was asked."""
    by: list[object] = []
    real = operators.append_signed

    def append_signed(writer: Writer, signer: object, kind: Any, body: Any) -> int:
        by.append(signer)
        return real(writer, None, kind, body)

    monkeypatch.setattr(operators, "append_signed", append_signed)
    return by


def refusal(act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return str(refused.value)


def register(writer: Writer, papers: Any, certificate: bytes, url: str = FAR, bank: str = BANK) -> int | None:
    return operators.register(writer, papers, bank, url, certificate, "contract 7", SIGNER)


def told(writer: Writer, number: int) -> dict[str, Any]:
    return {
        name: value
        for name, value in writer.body(kinds.DECISION, number).items()
        if name not in ("$schema", "actor", "recorded_at")
    }


def test_a_host_is_registered_with_its_certificate(
    known: Known, writer: Writer, papers: Any, signed: list[object]
) -> None:
    number = register(writer, papers, known.certificate)
    assert number is not None
    about, digest = f"{BANK}/operator.example", sha256(known.certificate).hexdigest()
    assert told(writer, number) == {
        "key": f"channel/{about}",
        "type": "channel",
        "about": about,
        "reason": "contract 7",
        "document": digest,
    }
    assert (papers, signed) == ({digest: known.certificate}, [SIGNER])
    # The same waits already, whatever the path is; of another port it is another host.
    assert register(writer, papers, known.certificate, "https://operator.example/other") is None
    other = register(writer, papers, known.certificate, "https://operator.example:8443/ecny")
    assert other is not None
    assert told(writer, other)["about"] == f"{BANK}/operator.example:8443"


def test_another_certificate_takes_the_place_of_the_first(
    known: Known, writer: Writer, papers: Any, tmp_path: Path
) -> None:
    register(writer, papers, known.certificate)
    another = shown(tmp_path, "another").read_bytes()
    number = register(writer, papers, another)
    assert number is not None
    assert told(writer, number)["document"] == sha256(another).hexdigest()
    assert len(papers) == 2


def test_this_machine_is_reached_without_a_certificate(writer: Writer, papers: Any) -> None:
    number = register(writer, papers, b"", "http://127.0.0.1:8080/ecny")
    assert number is not None
    assert ("document" in told(writer, number), told(writer, number)["about"]) == (False, f"{BANK}/127.0.0.1:8080")
    assert papers == {}


@pytest.mark.parametrize(
    ("bank", "certificate", "expected"),
    [
        (
            "C101021100001",
            b"",
            "****0001 is not the code of an operator; "
            "14 capital letters and digits: `subsidy operator list` shows them [operator_unknown]",
        ),
        (
            BANK,
            b"",
            f"nothing says by what {BANK}/operator.example is known; "
            "give the certificate that the operator has handed over: --certificate FILE [certificate_missing]",
        ),
        *(
            (
                BANK,
                wrong,
                f"this is no certificate of {BANK}/operator.example; take the file in PEM form: "
                "text between BEGIN CERTIFICATE and END CERTIFICATE [certificate_unreadable]",
            )
            for wrong in (b"no certificate", "证书".encode(), b"\xff")
        ),
    ],
)
def test_what_is_not_registered(writer: Writer, papers: Any, bank: str, certificate: bytes, expected: str) -> None:
    size = writer.size
    assert refusal(lambda: register(writer, papers, certificate, bank=bank)) == expected
    assert (writer.size, papers) == (size, {})


UNREGISTERED = (
    f"B1: nobody has registered {BANK}/operator.example for the orders of this wallet, or it waits for another person; "
    "one registers it with `subsidy pay channel INSTITUTION URL --certificate FILE --reason TEXT`, another "
    "officer agrees with `subsidy approve NUMBER`; or `subsidy pay export` to a file [channel_unregistered]"
)


def test_an_order_goes_to_a_host_that_another_person_has_agreed_to(
    known: Known, writer: Writer, papers: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def verified() -> ssl.SSLContext | None:
        return operators.verified_by(writer, papers, B1, FAR)

    assert refusal(verified) == UNREGISTERED
    number = register(writer, papers, known.certificate)
    assert refusal(verified) == UNREGISTERED
    monkeypatch.setattr(operators, "agreement", lambda _view, seq: seq == number or None)
    context = verified()
    assert context is not None
    # Whoever shows this certificate under the host's name, by a protocol that is still good, and nobody else.
    assert context.cert_store_stats()["x509"] == 1
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.verify_flags & ssl.VERIFY_X509_PARTIAL_CHAIN
    papers.clear()
    assert refusal(verified) == (
        f"B1: the vault does not hold the certificate of {BANK}/operator.example as it was registered; "
        "put the vault back from a backup, or register the host again [certificate_gone]"
    )
    # It was ended, and is asked for anew.
    assert operators.end(writer, BANK, FAR, "key lost", SIGNER)
    assert refusal(verified) == UNREGISTERED
    assert register(writer, papers, known.certificate) is not None


def test_this_machine_is_verified_by_nothing(writer: Writer, papers: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here = "http://127.0.0.1:8080"
    register(writer, papers, b"", here)
    monkeypatch.setattr(operators, "agreement", lambda _view, _seq: "agreed")
    assert operators.verified_by(writer, papers, B1, here) is None
    assert "[channel_unencrypted]" in refusal(
        lambda: operators.verified_by(writer, papers, B1, "http://operator.example")
    )


def test_one_person_ends_it(known: Known, writer: Writer, papers: Any, signed: list[object]) -> None:
    size = writer.size
    assert (operators.end(writer, BANK, FAR, "key lost", SIGNER), writer.size, signed) == (False, size, [])
    register(writer, papers, known.certificate)
    signed.clear()
    assert operators.end(writer, BANK, FAR, "key lost", SIGNER) is True
    assert signed == [SIGNER]
    assert told(writer, writer.size - 1) == {
        "key": f"channel/{BANK}/operator.example",
        "type": "channel",
        "about": f"{BANK}/operator.example",
        "reason": "key lost",
        "ended_by": "person",
    }
    size = writer.size
    assert (operators.end(writer, BANK, FAR, "key lost", SIGNER), writer.size) == (False, size)
