"""Where a ledger may lie and who may read it; and a vault that is another ledger's."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.audit.rebuild import rebuild
from ledger.store import places
from ledger.store.ledger import Ledger
from ledger.store.places import share_of
from tests.support.small_ledger import ACTOR, small_ledger, url

# Lines as in proc(5), the fifth field being the mount's point, the type standing after the dash.
MOUNTS = """22 27 0:21 / /proc rw,relatime - proc proc rw
27 1 254:0 / / rw,relatime - ext4 /dev/vda rw
40 27 0:45 / /srv/books rw,relatime shared:5 - nfs4 server:/export rw,vers=4.2
41 40 254:1 / /srv/books/local rw,relatime - xfs /dev/vdb rw
42 27 0:46 / /srv/two\\040words rw,relatime - cifs //server/share rw
43 27 0:47 / /mnt rw - ext4 /dev/vdc rw
44 43 0:48 / /mnt rw - fuse.sshfs host:/ rw
"""


@pytest.mark.parametrize(
    ("path", "share"),
    [
        ("/home/a/book.db", ""),
        ("/srv/book.db", ""),
        ("/srv/books/book.db", "nfs4"),
        ("/srv/bookshelf/book.db", ""),
        ("/srv/books/local/book.db", ""),
        ("/srv/two words/book.db", "cifs"),
        ("/mnt/book.db", "fuse.sshfs"),
    ],
)
def test_which_share_a_file_lies_on(path: str, share: str) -> None:
    assert share_of(Path(path), MOUNTS) == share


def test_where_nothing_is_said_of_mounts_nothing_is_a_share() -> None:
    assert share_of(Path("/srv/books/book.db"), "") == ""


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    (problem,) = refused.value.problems
    return problem.code


def test_no_ledger_is_made_or_written_on_a_share(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "book").mkdir()
    ledger = small_ledger(tmp_path / "book")
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"27 1 0:9 / {tmp_path} rw - nfs server:/export rw\n")
    monkeypatch.setattr(places, "_MOUNTS", mounts)
    with pytest.raises(Refused) as refused, ledger.write(ACTOR):
        pytest.fail("the write began")
    assert code(refused) == "ledger_on_share"
    with ledger.read() as view:
        assert view.size == 6
    with pytest.raises(Refused) as refused:
        Ledger.create(url(tmp_path), actor=ACTOR, calculators=())
    assert code(refused) == "ledger_on_share"


@pytest.mark.parametrize("name", ["ledger.db", "vault.db"])
def test_what_others_may_read_is_not_written(name: str, tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path)
    (tmp_path / name).chmod(0o640)
    with pytest.raises(Refused, match=f"chmod go-rwx .*{name}") as refused, ledger.write(ACTOR):
        pytest.fail("the write began")
    assert code(refused) == "ledger_exposed"
    (tmp_path / name).chmod(0o600)
    with ledger.write(ACTOR):
        pass


def test_files_beside_the_ledger_are_its_owner_s_too(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path)
    with ledger.write(ACTOR) as writer:
        writer.connection.exec_driver_sql("SELECT 1")
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == dict.fromkeys(("ledger.db", "ledger.db-wal", "ledger.db-shm", "vault.db"), 0o600)


def test_the_vault_of_another_ledger_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / f"anchor-{name}"))
        ledger = small_ledger(tmp_path / name)
    shutil.copyfile(tmp_path / "one" / "vault.db", ledger.vault.path)
    with pytest.raises(Refused) as refused:
        ledger.vault.commit("person.name", "A")
    assert code(refused) == "vault_foreign"
    assert ledger.origin in str(refused.value)


def test_ledgers_of_one_folder_share_its_vault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = small_ledger(tmp_path)
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path.with_name("anchor-of-second")))
    second = Ledger.create(f"sqlite:///{tmp_path}/second.db", actor=ACTOR, calculators=())
    for ledger in (first, second):
        assert ledger.vault.reveal(ledger.vault.commit("person.name", "A"), "1002") == "A"


def test_a_vault_of_an_earlier_release_is_taken_and_says_whose_it_is_after_an_upgrade(tmp_path: Path) -> None:
    ledger = small_ledger(tmp_path)
    with closing(sqlite3.connect(ledger.vault.path)) as vault, vault:
        vault.execute("DROP TABLE owner")
    earlier = Ledger.open(url(tmp_path))
    assert earlier.vault.reveal(earlier.vault.commit("person.name", "A"), "1002") == "A"
    assert earlier.upgrade(ACTOR, ()).vault
    assert not earlier.upgrade(ACTOR, ()).vault
    with closing(sqlite3.connect(ledger.vault.path)) as vault:
        assert vault.execute("SELECT origin FROM owner").fetchall() == [(ledger.origin,)]


def test_no_ledger_is_made_through_a_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not under a name that is a link, nor with a vault that is one, nor in a folder of books that a link leads to."""
    (tmp_path / "book").mkdir()
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / "anchor"))
    kept = small_ledger(tmp_path / "book")
    before = {path: path.read_bytes() for path in kept.path.parent.iterdir()}
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / "other"))
    for name in ("named", "vault"):
        (tmp_path / name).mkdir()
    (tmp_path / "named" / "new.db").symlink_to(kept.path.with_name("new.db"))
    (tmp_path / "vault" / "vault.db").symlink_to(kept.vault.path)
    (tmp_path / "link").symlink_to(kept.path.parent)
    for name, wanted in (("named", "ledger_is_link"), ("vault", "ledger_is_link"), ("link", "folder_is_link")):
        with pytest.raises(Refused) as refused:
            Ledger.create(f"sqlite:///{tmp_path / name}/new.db", actor=ACTOR, calculators=())
        assert code(refused) == wanted
    for name, wanted in (("named", "ledger_is_link"), ("link", "folder_is_link")):
        with kept.read() as view, pytest.raises(Refused) as refused:
            rebuild(view.connection, f"sqlite:///{tmp_path / name}/new.db")
        assert code(refused) == wanted
    assert {path: path.read_bytes() for path in kept.path.parent.iterdir()} == before
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("name", ["log.key", "log.vkey", "checkpoint", "schema"])
def test_no_anchor_is_made_over_the_files_of_another(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as those that an auditor keeps, whose names an anchor uses as well."""
    for folder in ("book", "auditor"):
        (tmp_path / folder).mkdir()
    (tmp_path / "auditor" / name).write_bytes(b"kept")
    monkeypatch.setenv("SUBSIDY_ANCHOR", str(tmp_path / "auditor"))
    with pytest.raises(Refused) as refused:
        Ledger.create(url(tmp_path / "book"), actor=ACTOR, calculators=())
    assert code(refused) == "anchor_taken"
    assert (tmp_path / "auditor" / name).read_bytes() == b"kept"
