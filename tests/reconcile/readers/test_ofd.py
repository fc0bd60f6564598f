"""The statement's data inside an OFD, the archive in which banks send it."""

import io
import zipfile
from pathlib import Path

from ledger.reconcile import readers
from tests.reconcile.forms import codes, only, write
from tests.reconcile.readers.test_bkrs import TWO, bkrs

ROOT = '<?xml version="1.0" encoding="UTF-8"?>\n<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.1"/>\n'


def ofd(**attachments: str) -> bytes:
    """An archive of these attachments, with a list of them beside as OFD has it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", ROOT)
        archive.writestr("Doc_0/Attachs/Attachments.xml", '<ofd:Attachments xmlns:ofd="http://www.ofdspec.org/2016"/>')
        for name, content in attachments.items():
            archive.writestr(f"Doc_0/Attachs/{name}.xml", content)
    return made.getvalue()


def test_the_data_are_those_of_the_attachment(tmp_path: Path) -> None:
    path = write(tmp_path, "a.ofd", ofd(bkrs_issuer=bkrs(TWO, "856.22")))
    alone = write(tmp_path, "a.xml", bkrs(TWO, "856.22"))
    assert readers.read(path).format == "ofd"
    assert only(path) == only(alone)
    assert [line.amount_fen for line in only(path).lines] == [-300_00, 156_22]
    # The hash is that of the file that the bank sent.
    assert readers.read(path).source.content == path.read_bytes()


def test_every_attachment_with_data_is_a_statement(tmp_path: Path) -> None:
    empty = bkrs("", "856.22")
    path = write(tmp_path, "a.ofd", ofd(a=bkrs(TWO, "856.22"), b=empty))
    assert [len(one.lines) for one in readers.read(path).statements] == [2, 0]
    assert len(codes(path)) == 2
