"""Where a ledger may lie: on a disk of this machine, and for nobody's eyes but its owner's."""

import re
from pathlib import Path

from calculators.problems import N_, Place, refuse

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
