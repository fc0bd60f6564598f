"""The wheel: built, installed in a fresh environment and used outside the checkout, with its fixtures inside."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from ledger.demo.story import anchor_of
from tests.support.demo import Told

ROOT = Path(__file__).parents[1]


def run(*words: str | Path, cwd: Path, code: int = 0) -> str:
    """Run a program, expect its exit code, and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SUBSIDY"))}
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=environment, capture_output=True, text=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it; the product's dependencies are lent by the running environment."""
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", place / "dist", cwd=ROOT)
    (wheel,) = (place / "dist").glob("subsidy_ledger-*.whl")
    environment = place / "env"
    run(sys.executable, "-m", "venv", "--without-pip", environment, cwd=place)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index"]
    run(*pip, wheel, cwd=place)
    (site,) = (environment / "lib").glob("python*/site-packages")
    # A path named in a .pth file is searched, but the .pth files in it are not read: an editable install of the
    # checkout in the running environment stays out of sight.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return environment


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    assert not tmp_path.is_relative_to(ROOT)
    return tmp_path


def test_the_code_is_the_installed_one(installed: Path, outside: Path) -> None:
    found = run(installed / "bin" / "python", "-c", "import ledger; print(ledger.__file__)", cwd=outside)
    assert Path(found.strip()).is_relative_to(installed)


def test_the_command_shows_its_help(installed: Path, outside: Path) -> None:
    assert "Commands" in run(installed / "bin" / "subsidy", "--help", cwd=outside)


def test_the_fixtures_are_inside(installed: Path, outside: Path) -> None:
    say = "from ledger.resources import fixture; print(fixture('glossary.csv'))"
    found = Path(run(installed / "bin" / "python", "-c", say, cwd=outside).strip())
    assert found.is_file()
    assert found.is_relative_to(installed)


def test_chinese_comes_along(installed: Path, outside: Path) -> None:
    answer = run(installed / "bin" / "subsidy", "--lang", "zh_CN", "commands", cwd=outside)
    assert "通知" in answer


def test_the_pages_come_along(installed: Path) -> None:
    (room,) = installed.glob("lib/python*/site-packages/ledger/web")
    for folder in ("templates", "static"):
        here = {path.name for path in (ROOT / "ledger" / "web" / folder).iterdir()}
        assert {path.name for path in (room / folder).iterdir()} == here != set()


def test_a_shipped_notice_is_checked(installed: Path, outside: Path) -> None:
    notices = sorted(installed.glob("lib/python*/site-packages/ledger/_fixtures/notices/*.yaml"))
    plain = [notice for notice in notices if not notice.name.endswith(".cases.yaml")]
    assert plain
    run(installed / "bin" / "subsidy", "notice", "check", plain[0], cwd=outside)


def test_every_fixture_comes_along_as_it_is(installed: Path) -> None:
    (inside,) = installed.glob("lib/python*/site-packages/ledger/_fixtures")
    assert contents(inside) == contents(ROOT / "fixtures") != {}


def contents(folder: Path) -> dict[Path, bytes]:
    """Every file of a folder, by its place there."""
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.nightly
def test_the_demo_outside_the_checkout_is_the_same_to_the_byte(installed: Path, outside: Path, told: Told) -> None:
    text = run(installed / "bin" / "subsidy", "--lang", "en", "demo", "--out", "demo-out", cwd=outside)
    assert text.replace("demo-out", str(told.out)) == told.text
    checkpoints = [anchor_of(out) / "checkpoint" for out in (outside / "demo-out", told.out)]
    assert checkpoints[0].read_bytes() == checkpoints[1].read_bytes()


def test_a_source_distribution_makes_the_same_wheel(outside: Path) -> None:
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", outside, cwd=ROOT)
    (archive,) = outside.glob("subsidy_ledger-*.tar.gz")
    run("tar", "xf", archive, cwd=outside)
    (unpacked,) = (path for path in outside.iterdir() if path.is_dir())
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", outside, cwd=unpacked)
    assert len(list(outside.glob("*.whl"))) == 1
    assert (unpacked / "fixtures" / "glossary.csv").is_file()
