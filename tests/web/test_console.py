"""`subsidy console`: the address that it prints, opened as a browser would, and what stops it from starting."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from cli import cli
from tests.support.small_ledger import small_ledger, url
from tests.support.sources import ROOT


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    (tmp_path / "ledger").mkdir()
    small_ledger(tmp_path / "ledger")
    return url(tmp_path / "ledger")


@pytest.fixture
def running(ledger: str) -> Iterator[subprocess.Popen[str]]:
    words = [sys.executable, "-m", "cli", "--lang", "en", "--db", ledger, "console", "--no-browser"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.communicate()


def test_it_runs_until_it_is_told_to_end(running: subprocess.Popen[str]) -> None:
    assert running.stdout
    said = [running.stdout.readline() for _line in range(3)]
    address = said[1].strip()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/enter\?token=[0-9a-f]{64}&lang=en", address)
    with httpx.Client(follow_redirects=True, timeout=60) as browser:
        page = browser.get(address)
        assert (page.status_code, "Subsidy ledger" in page.text) == (200, True)
        assert "server" not in page.headers
    # Another browser with the same address is too late.
    assert httpx.get(address).status_code == 403
    running.send_signal(signal.SIGINT)
    rest, errors = running.communicate(timeout=60)
    assert (running.returncode, rest, errors) == (0, "Ended.\n", "")


def test_without_its_packages_it_says_what_to_install(ledger: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = CliRunner().invoke(cli, ["--db", ledger, "console"])
    assert result.exit_code == 2
    assert "pip install 'subsidy-ledger[server]' [extra_missing]" in result.output


def test_without_a_ledger_nothing_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webbrowser.open", lambda _address: pytest.fail("a browser was opened"))
    result = CliRunner().invoke(cli, ["--db", f"sqlite:///{tmp_path}/none.db", "console"])
    assert result.exit_code == 2
    assert "[ledger_missing]" in result.output


def test_no_other_command_loads_what_it_needs() -> None:
    """Not even the list of all commands, which loads every one."""
    script = (
        "import sys; from click.testing import CliRunner; from cli import cli; "
        "assert CliRunner().invoke(cli, ['commands']).exit_code == 0; "
        "print(sorted({'fastapi', 'starlette', 'uvicorn', 'jinja2'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
