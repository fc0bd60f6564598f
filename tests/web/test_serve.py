"""`subsidy serve`: the token that it makes, what it answers, and what it will not be started with."""

import re
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from cli import cli
from tests.support.small_ledger import small_ledger, url
from tests.support.sources import ROOT


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    (tmp_path / "ledger").mkdir()
    small_ledger(tmp_path / "ledger")
    return url(tmp_path / "ledger")


@pytest.fixture
def running(ledger: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    certify(tmp_path)
    tls = "--tls-cert", str(tmp_path / "server.pem"), "--tls-key", str(tmp_path / "server.key")
    words = ["--lang", "en", "--db", ledger, "serve", "--port", "0", "--token", str(tmp_path / "api.token"), *tls]
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "cli", *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    yield process
    process.kill()
    process.communicate()


def certify(folder: Path) -> None:
    """A key, and a certificate for this machine that it signed itself."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "subsidy")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, None)
    )
    (folder / "server.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "server.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def started(ledger: str, token: Path, *words: str) -> Result:
    """What a start that is refused answers."""
    return CliRunner().invoke(cli, ["--db", ledger, "serve", "--token", str(token), *words])


def test_it_answers_who_has_the_token_until_it_is_told_to_end(running: subprocess.Popen[str], tmp_path: Path) -> None:
    assert running.stdout
    said = running.stdout.readline()
    found = re.fullmatch(
        r"Answering at (https://127\.0\.0\.1:\d+/api/v1); the token stands in api\.token\. Ctrl-C ends it\.\n", said
    )
    assert found, said
    file = tmp_path / "api.token"
    assert file.stat().st_mode & 0o777 == 0o600
    shown = {"Authorization": f"Bearer {file.read_text().strip()}"}
    known = ssl.create_default_context(cafile=tmp_path / "server.pem")
    with httpx.Client(base_url=found[1], verify=known, timeout=60) as client:
        answer = client.get("/head", headers=shown)
        assert (answer.json()["size"] > 0, "server" in answer.headers) == (True, False)
        assert client.get("/openapi.json", headers=shown).json()["openapi"].startswith("3.1")
        assert client.get("/openapi.json").status_code == 401
    running.send_signal(signal.SIGINT)
    rest, errors = running.communicate(timeout=60)
    assert (running.returncode, rest, errors) == (0, "Ended.\n", "")


@pytest.mark.parametrize(
    ("token", "mode", "code"),
    [
        ("short\n", 0o600, "token_malformed"),
        ("0" * 64, 0o644, "ledger_exposed"),
        ("口令" * 40, 0o600, "token_malformed"),
    ],
)
def test_a_token_is_long_and_nobody_elses(ledger: str, tmp_path: Path, token: str, mode: int, code: str) -> None:
    file = tmp_path / "token"
    file.write_text(token, encoding="utf-8")
    file.chmod(mode)
    result = started(ledger, file)
    assert (result.exit_code, result.stderr.rstrip()[-len(code) - 2 :]) == (2, f"[{code}]")


def test_off_this_machine_only_encrypted(ledger: str, tmp_path: Path) -> None:
    result = started(ledger, tmp_path / "token", "--host", "0.0.0.0")
    assert (result.exit_code, "[tls_needed]" in result.stderr) == (2, True)
    assert not (tmp_path / "token").exists()
    assert started(ledger, tmp_path / "token", "--tls-key", "key.pem").exit_code == 2


def test_a_port_that_is_taken(ledger: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = started(ledger, tmp_path / "token", "--port", str(taken.getsockname()[1]))
    assert (result.exit_code, "[cannot_listen]" in result.stderr) == (2, True)
