"""Take the data of an electronic bank statement out of the OFD that a bank sends it in.

An OFD (GB/T 33190-2016) is a ZIP archive with `OFD.xml` at its root. What people see are its pages; the statement's
data is an XML file among its attachments, in the namespace of `bkrs`. Which attachment that is was seen in two programs
that read such files and not in a manual (`verified: false`): every XML file of that namespace is taken.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator

from calculators.problems import N_, Place, Refused, refuse
from ledger.reconcile.readers import bkrs
from ledger.reconcile.source import Source
from ledger.reconcile.statements import Statement
from ledger.sheets.files import MAX_BYTES

_ROOT = "OFD.xml"


def detect(source: Source) -> bool:
    """Whether the file is an OFD."""
    if not zipfile.is_zipfile(io.BytesIO(source.content)):
        return False
    with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
        return _ROOT in archive.namelist()


def read(source: Source) -> list[Statement]:
    """The statements of its attachments; refuses `ofd_unreadable`, `ofd_without_data` and what `bkrs` refuses."""
    try:
        statements = [statement for inside in _attachments(source) for statement in bkrs.read(inside)]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _unreadable(source) from error
    if not statements:
        raise refuse(
            "ofd_without_data",
            N_("the OFD has pages to look at and no attachment with the statement's data"),
            N_("ask the bank for the electronic statement with its data (bkrs), or for camt.053 or a table"),
            Place(source.name),
        )
    return statements


def _attachments(source: Source) -> Iterator[Source]:
    """The XML files of the archive that hold a statement, each under its name in it."""
    with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
        parts = sorted(archive.infolist(), key=lambda part: part.filename)
        if sum(part.file_size for part in parts) > MAX_BYTES:
            raise _unreadable(source)
        for part in parts:
            if part.filename.lower().endswith((".xml", ".xbrl")):
                inside = Source(f"{source.name}/{part.filename}", archive.read(part))
                if bkrs.detect(inside):
                    yield inside


def _unreadable(source: Source) -> Refused:
    return refuse(
        "ofd_unreadable",
        N_("the archive inside the OFD is damaged, wants a password, or unpacks to more than a statement has"),
        N_("download the file again"),
        Place(source.name),
    )
