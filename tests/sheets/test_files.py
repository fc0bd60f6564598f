"""Files that a command writes: never over something by accident, never through a link, never over the books."""

import os
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.sheets.files import Target, read_file
from ledger.store.ledger import Ledger
from tests.support.desk import call, equipped_desk, open_desk


def codes(target: Target, content: bytes = b"list") -> list[str]:
    with pytest.raises(Refused) as refused:
        target.write(content)
    return [problem.code for problem in refused.value.problems]


def test_a_new_file_and_an_empty_one_are_written(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    for name in ("new", "empty"):
        Target(tmp_path / name).write(b"list")
        assert (tmp_path / name).read_bytes() == b"list"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "new"]


def test_a_file_that_holds_something_is_written_over_only_by_force(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_bytes(b"a letter")
    assert codes(Target(path)) == ["file_exists"]
    assert path.read_bytes() == b"a letter"
    Target(path, force=True).write(b"list")
    assert path.read_bytes() == b"list"


def test_the_same_content_again_is_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "order"
    Target(path).write(b"order")
    Target(path).write(b"order")
    assert path.read_bytes() == b"order"


def test_the_other_name_of_a_file_keeps_its_content(tmp_path: Path) -> None:
    path, other = tmp_path / "list", tmp_path / "other"
    other.write_bytes(b"a letter")
    os.link(other, path)
    Target(path, force=True).write(b"list")
    assert (path.read_bytes(), other.read_bytes()) == (b"list", b"a letter")


@pytest.mark.parametrize("private", [True, False])
def test_a_private_file_is_for_its_owner_alone(private: bool, tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        Target(tmp_path / "order").write(b"order", private=private)
    finally:
        os.umask(before)
    assert (tmp_path / "order").stat().st_mode & 0o777 == (0o600 if private else 0o644)


@pytest.mark.parametrize("force", [True, False])
def test_nothing_is_written_through_a_link(force: bool, tmp_path: Path) -> None:
    (tmp_path / "list").symlink_to(tmp_path / "elsewhere")
    assert codes(Target(tmp_path / "list", force)) == ["file_is_link"]
    assert not (tmp_path / "elsewhere").exists()


def test_what_keeps_the_books_is_written_over_by_no_command(tmp_path: Path) -> None:
    (tmp_path / "books").mkdir()
    desk = equipped_desk(tmp_path / "books")
    key = tmp_path / "1001.key"
    assert call(desk, "people", "key", "1001", "--file", str(key)).exit_code == 0
    kept = [path for path in (*desk.folder.iterdir(), *desk.ledger.anchor.folder.iterdir(), key) if path.stat().st_size]
    names = {path.name for path in kept}
    assert {"book.db", "vault.db", "checkpoint", "log.key", "log.vkey", "1001.key"} <= names
    for path in kept:
        before = path.read_bytes()
        inside = path.parent == desk.ledger.anchor.folder
        assert codes(Target(path, force=True)) == ["folder_is_anchor" if inside else "file_protected"], path
        assert path.read_bytes() == before


@pytest.fixture
def kept(tmp_path: Path) -> dict[str, Path]:
    """The folders of a ledger with its vault, of its anchor and of a key."""
    (tmp_path / "books").mkdir()
    (tmp_path / "keys").mkdir()
    desk = equipped_desk(tmp_path / "books")
    assert call(desk, "people", "key", "1001", "--file", str(tmp_path / "keys" / "1001.key")).exit_code == 0
    return {"books": desk.folder, "anchor": desk.ledger.anchor.folder, "keys": tmp_path / "keys"}


def writers(folder: Path) -> list[tuple[str, ...]]:
    """Each way of writing a file that needs no run: by a list's door, a template's, a key's, a demonstration's."""
    return [
        ("template", "loans", "--out", str(folder)),
        ("template", "loans", "--out", str(folder / "forms")),
        ("report", "budget", "--month", "2024-03", "--xlsx", str(folder / "budget.xlsx")),
        ("people", "key", "1002", "--file", str(folder / "1002.key")),
        ("demo", "--out", str(folder / "demo")),
    ]


@pytest.mark.parametrize("name", ["books", "anchor", "keys"])
@pytest.mark.parametrize("under", [False, True], ids=["the folder", "the folder above it"])
def test_no_command_follows_a_link_to_where_books_or_keys_lie(
    name: str, under: bool, kept: dict[str, Path], tmp_path: Path
) -> None:
    link = tmp_path / "lists"
    link.symlink_to(kept[name].parent if under else kept[name])
    folder = link / kept[name].name if under else link
    before = sorted(path.name for path in kept[name].iterdir())
    (tmp_path / "office").mkdir()
    desk = open_desk(tmp_path / "office")
    for words in writers(folder):
        said = call(desk, *words)
        assert (said.exit_code, said.stdout) == (2, ""), words
        assert "folder_is_" in said.stderr, (words, said.stderr)
    assert codes(Target(folder / "list.xlsx", force=True)) in (["folder_is_link"], ["folder_is_anchor"])
    assert sorted(path.name for path in kept[name].iterdir()) == before


def test_a_link_to_another_folder_and_the_folder_of_the_books_itself_are_written_into(
    kept: dict[str, Path], tmp_path: Path
) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "plain")
    for folder in (tmp_path / "link", kept["books"], kept["keys"]):
        Target(folder / "list.csv").write(b"list")
        assert (folder / "list.csv").read_bytes() == b"list"


def test_nothing_is_written_into_an_anchor(kept: dict[str, Path]) -> None:
    assert codes(Target(kept["anchor"] / "lock", force=True)) == ["folder_is_anchor"]


def test_a_folder_in_the_way_and_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert codes(Target(tmp_path, force=True)) == ["file_exists"]
    assert codes(Target(tmp_path / "none" / "list")) == ["file_unwritable"]


def test_a_template_does_not_fall_on_a_register_that_is_filled_in(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    filled = desk.file("a filled register", "loans.xlsx")
    words = ("template", "loans", "--out", str(tmp_path))
    said = call(desk, *words)
    assert (said.exit_code, said.stderr.count("[file_exists]")) == (2, 1)
    assert filled.read_bytes() == b"a filled register"
    assert call(desk, *words, "--force").exit_code == 0
    assert filled.read_bytes() != b"a filled register"


def test_a_batch_is_not_posted_where_its_list_cannot_be_written(tmp_path: Path) -> None:
    desk = equipped_desk(tmp_path)
    taken = desk.file("a letter", "list.xlsx")
    size = desk.size
    said = call(desk, "run", "batch", "example-incentive", "--list", str(taken))
    assert (said.exit_code, said.stderr.count("[file_exists]"), desk.size) == (2, 1, size)


def test_real_books_are_no_demo_to_be_cleared_away(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    url = f"sqlite:///{folder / 'ledger.db'}"
    ledger = Ledger.create(url, actor="1001", calculators=(), anchor=tmp_path / "anchor")
    said = call(open_desk(tmp_path), "demo", "--out", str(folder))
    assert (said.exit_code, said.stderr.count("[folder_not_empty]")) == (2, 1)
    assert ledger.genesis["purpose"] == "practice"


def test_a_file_larger_than_any_register_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    path.write_bytes(b"x" * 11)
    with pytest.raises(Refused, match=r"large\.csv: the file has more than 10 bytes"):
        read_file(path, limit=10)
