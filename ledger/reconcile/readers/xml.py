"""Walk through an XML statement safely: no document types, no entities, no network, bounded size and depth.

The bytes are decoded by us first, strictly and by the encoding that the file declares, so that nothing can hide from
the check for a document type; the parser is then given UTF-8. Entities need a document type: without it there are none.
"""

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from lxml import etree

from calculators.problems import N_, Place, Refused, refuse
from ledger.reconcile.source import Source

_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*?\?>")
_ENCODING = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_FORBIDDEN = re.compile(r"<!\s*(DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)
# GBK and GB2312 are parts of GB18030.
_CHINESE = {"gbk", "gb2312", "gb18030"}


def is_xml(source: Source) -> bool:
    """Whether the file begins as XML does."""
    return source.head.lstrip("\ufeff \t\r\n").startswith("<")


def walk(source: Source, tags: Sequence[str]) -> Iterator[Any]:
    """The elements of these local names, each at its end, in document order.

    Refuses `xml_doctype`, `xml_malformed` and `encoding_unknown`.
    """
    # A missing line break at the start keeps line numbers those of the file.
    content = _DECLARATION.sub(lambda found: "\n" * found[0].count("\n"), _text(source), count=1).encode("utf-8")
    try:
        for _event, element in etree.iterparse(
            io.BytesIO(content),
            events=("end",),
            tag=[f"{{*}}{tag}" for tag in tags],
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        ):
            yield element
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise refuse(
            "xml_malformed",
            N_("this is not well-formed XML ({reason})"),
            N_("download the file again; do not edit a statement by hand"),
            Place(source.name, line, column),
            reason=(error.msg or "").partition(", line ")[0],
        ) from error


def _text(source: Source) -> str:
    text = _decoded(source)
    found = _FORBIDDEN.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        raise refuse(
            "xml_doctype",
            N_("the file declares a document type or entities, which no statement needs"),
            N_("do not open it; ask the bank where it comes from"),
            Place(source.name, line, found.start() - text.rfind("\n", 0, found.start())),
        )
    return text


def _decoded(source: Source) -> str:
    content = source.content
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        declared = _ENCODING.search(content[:200])
        encoding = declared[1].decode("ascii").lower() if declared else "utf-8"
    try:
        return content.decode("gb18030" if encoding in _CHINESE else _without_mark(encoding))
    except (UnicodeDecodeError, LookupError) as error:
        raise _not_decoded(source, encoding) from error


def _without_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding in ("utf-8", "utf8") else encoding


def _not_decoded(source: Source, encoding: str) -> Refused:
    return refuse(
        "encoding_differs",
        N_("the bytes are not those of the encoding {encoding} that the file declares"),
        N_("download the file again; do not edit a statement by hand"),
        Place(source.name, 1, 1),
        encoding=encoding,
    )
