"""Where a ledger may lie: on a disk of this machine, for its owner alone; and where nothing is written at all."""

import os
import re
import unicodedata
from pathlib import Path

from calculators.problems import N_, Place, refuse
from ledger.store.anchor import KEY_FILE

_OTHERS = 0o077
# What the kernel lists as mounted; elsewhere than on Linux there is no such file, and shares are not told apart.
_MOUNTS = Path("/proc/self/mountinfo")
# File systems of other machines: SQLite's locks and its shared index file do not hold across them.
_SHARES = {
    *("afs", "beegfs", "ceph", "cifs", "fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.smbnetfs", "fuse.sshfs"),
    *("glusterfs", "gpfs", "lustre", "ncpfs", "nfs", "nfs4", "smb3", "smbfs"),
}
# A blank in the name of a mount stands as \040, and so on.
_ESCAPED = re.compile(r"\\([0-7]{3})")


# How files begin that keep the books: databases and their logs, private keys, and the anchor's notes, whose first word
# is the name of a log.
_DATABASE = (b"SQLite format 3\0", b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
KEPT = (*_DATABASE, b"PRIVATE+KEY+", b"subsidy-")
HEAD = max(len(start) for start in KEPT)


def composed(name: str) -> str:
    """The name of a file as records hold it: composed (NFC), and readable even where the system's own name is not."""
    return unicodedata.normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))


def check_private(path: Path) -> None:
    """Refuses `ledger_exposed` where others than its owner may use a file; one that is not there passes."""
    if path.exists() and path.stat().st_mode & _OTHERS:
        raise refuse(
            "ledger_exposed",
            N_("others than its owner may use this file"),
            N_("take their rights away: chmod go-rwx {path}"),
            Place(str(path)),
            path=path,
        )


def check_local(path: Path) -> None:
    """Refuses `ledger_on_share` where a file lies on another machine's disk."""
    share = share_of(path, _MOUNTS.read_text("utf-8", "surrogateescape") if _MOUNTS.exists() else "")
    if share:
        raise refuse(
            "ledger_on_share",
            N_("the ledger lies on a network share ({share}), where two writers may destroy it"),
            N_("put it on a disk of this machine; who works elsewhere logs in here"),
            Place(str(path)),
            share=share,
        )


def check_folder(folder: Path) -> None:
    """Whether new files may be put into a folder, which need not be there yet.

    Refuses `folder_is_anchor`, and `folder_is_link` where a link on the way leads to where books or keys are kept: who
    follows a link does not see where the file goes. A folder that is named as it is may hold them beside lists.
    """
    way = Path(os.path.abspath(folder.expanduser()))
    link = next((step for step in reversed((way, *way.parents)) if step.is_symlink()), None)
    real = Path(os.path.realpath(way))
    if (real / KEY_FILE).is_file():
        raise refuse(
            "folder_is_anchor",
            N_("this folder is the anchor of a ledger: its key and its signed head lie here"),
            N_("name another folder"),
            Place(composed(str(folder))),
        )
    if link is None:
        return
    start = Path(os.path.realpath(link))
    for step in (real, *real.parents):
        if step.is_relative_to(start) and step.is_dir() and any(_keeps_books(file) for file in step.iterdir()):
            raise refuse(
                "folder_is_link",
                N_("{link} is a link, and {real}, where it leads to, keeps a ledger, a vault, an anchor or keys"),
                N_("name another folder, or the folder itself where it is meant"),
                Place(composed(str(folder))),
                link=link.name,
                real=step,
            )


def _keeps_books(file: Path) -> bool:
    try:
        if not file.is_file():
            return False
        with file.open("rb") as there:
            return there.read(HEAD).startswith(KEPT)
    except OSError:
        # What nobody may read is nobody's to see; what is written beside it is another file.
        return False


def check_unlinked(path: Path) -> None:
    """Whether a ledger, or what belongs to it, may be made under this name: no link stands there, nor leads there.

    Refuses `ledger_is_link` and what `check_folder` refuses.
    """
    check_folder(path.parent)
    if path.is_symlink():
        raise refuse(
            "ledger_is_link",
            N_("this is a link to {other}, and no ledger is made through a link"),
            N_("name the file itself, or take the link away"),
            Place(str(path)),
            other=os.readlink(path),
        )


def share_of(path: Path, mounts: str) -> str:
    """The kind of network file system that the absolute `path` lies on, by the lines of `mountinfo`; "" for none."""
    kind, depth = "", -1
    for line in mounts.splitlines():
        before, _dash, after = line.partition(" - ")
        point = Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), before.split(" ")[4]))
        # Of two mounts on one point the later one is seen.
        if path.is_relative_to(point) and len(point.parts) >= depth:
            kind, depth = after.split(" ")[0], len(point.parts)
    return kind if kind in _SHARES else ""
