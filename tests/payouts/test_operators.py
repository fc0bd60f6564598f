"""Orders are sent to hosts that two people have registered, and to none that shows another certificate."""

import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from ledger.payouts.channels import client
from tests.payouts.operator import Operator, serving
from tests.reconcile.test_deciding import refused
from tests.support.till import Till, quarters_till

BANK = "C1010211000012"
FAR = "https://operator.example/ecny"


@pytest.fixture
def till(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Till:
    monkeypatch.setattr(client, "PAUSES", ())
    return quarters_till(tmp_path)


def approved(till: Till) -> str:
    batch: str = till.prepare("2024-03")["batches"][0]["batch"]
    till.as_second("pay", "approve", batch)
    return batch


def shown(folder: Path, name: str) -> Path:
    """A certificate of 127.0.0.1 that nobody but itself has issued, with its key behind it."""
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2024, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2124, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    path = folder / f"{name}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.with_suffix(".key").write_bytes(secret)
    path.write_bytes(certificate.public_bytes(Encoding.PEM))
    return path


@contextmanager
def encrypted(operator: Operator, certificate: Path) -> Iterator[str]:
    """The operator at an https address of this machine, under its certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    with serving(operator, context) as url:
        yield url


def register(till: Till, url: str, *words: str) -> str:
    """The number under which the registration waits."""
    said = till.do("pay", "channel", BANK, url, "--reason", "contract 7", *words)
    return said.split()[-1]


def test_an_order_goes_to_whom_two_people_have_registered(till: Till) -> None:
    batch, operator = approved(till), Operator()
    with serving(operator) as url:
        send = "pay", "send", batch, "--url", url
        size = till.verify()
        assert refused(till.say(*send)) == (2, "channel_unregistered")
        assert till.verify() == size
        number = register(till, url)
        # It waits: one person alone opens no way out.
        assert refused(till.say(*send)) == (2, "channel_unregistered")
        assert "[approver_is_maker]" in till.say("approve", number).stderr
        assert "nothing was written" in till.do("pay", "channel", BANK, url, "--reason", "contract 7")
        assert till.as_second("approve", number).exit_code == 0
        till.do(*send)
        till.do("pay", "ask", batch, "--url", url)
    assert (operator.posts, till.states(batch)) == (1, ["success"])
    till.verify()


def test_the_certificate_is_held_against_the_one_that_was_handed_over(till: Till, tmp_path: Path) -> None:
    batch, operator = approved(till), Operator()
    theirs, others = shown(tmp_path, "theirs"), shown(tmp_path, "others")
    with encrypted(operator, theirs) as url:
        till.as_second("approve", register(till, url, "--certificate", str(others)))
        # Whoever stands on the way shows a certificate of his own: not a byte of the order leaves.
        said = till.say("pay", "send", batch, "--url", url)
        assert (said.exit_code, "[certificate_differs]" in said.stderr) == (2, True)
        assert operator.posts == 0
        number = register(till, url, "--certificate", str(theirs))
        assert refused(till.say("pay", "send", batch, "--url", url)) == (2, "channel_unregistered")
        till.as_second("approve", number)
        till.do("pay", "send", batch, "--url", url)
        assert operator.posts == 1
        till.do("pay", "channel", BANK, url, "--reason", "key lost", "--end")
        assert refused(till.say("pay", "ask", batch, "--url", url)) == (2, "channel_unregistered")
    with till.ledger.read() as view:
        record = view.record(int(number))
    assert record["document"] == sha256(theirs.read_bytes()).hexdigest()
    assert till.ledger.vault.kept(record["document"]) == theirs.read_bytes()
    till.verify()


def test_a_certificate_that_is_gone_from_the_vault_verifies_nobody(till: Till, tmp_path: Path) -> None:
    batch, theirs = approved(till), shown(tmp_path, "theirs")
    till.as_second("approve", register(till, FAR, "--certificate", str(theirs)))
    with sqlite3.connect(till.ledger.vault.path) as file:
        file.execute("DELETE FROM paper")
    assert refused(till.say("pay", "send", batch, "--url", FAR)) == (2, "certificate_gone")
    assert till.states(batch) == ["approved"]


@pytest.mark.parametrize(
    ("bank", "url", "certificate", "code"),
    [
        ("C101021100001", FAR, None, "operator_unknown"),
        (BANK, FAR, None, "certificate_missing"),
        (BANK, FAR, "no certificate", "certificate_unreadable"),
        (BANK, FAR, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "certificate_unreadable"),
        (BANK, "http://operator.example", None, "channel_unencrypted"),
        (BANK, "operator.example", None, "channel_malformed"),
    ],
)
def test_what_is_no_registration(bank: str, url: str, certificate: str | None, code: str, till: Till) -> None:
    size = till.verify()
    words: tuple[str, ...] = ()
    if certificate is not None:
        file = till.folder / "given.pem"
        file.write_text(certificate, encoding="ascii")
        words = "--certificate", str(file)
    assert refused(till.say("pay", "channel", bank, url, "--reason", "contract 7", *words)) == (2, code)
    assert till.verify() == size


def test_a_host_is_of_one_operator_and_one_port(till: Till) -> None:
    """Another operator's registration opens no way for this wallet's orders, nor does another port of the host."""
    batch = approved(till)
    for bank, url in (("C1010411000013", "http://127.0.0.1:9"), (BANK, "http://127.0.0.1:10")):
        number = till.do("pay", "channel", bank, url, "--reason", "contract 8").split()[-1]
        till.as_second("approve", number)
    assert refused(till.say("pay", "send", batch, "--url", "http://127.0.0.1:9")) == (2, "channel_unregistered")
