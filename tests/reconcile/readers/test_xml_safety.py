"""XML that was made to hurt is refused before anything of it is carried out."""

import time
from pathlib import Path

import pytest

from calculators.problems import Refused
from ledger.reconcile.source import Source
from tests.reconcile.forms import balance, camt053, entry, statements, stmt, write

GOOD = camt053(stmt(balance("OPBD", "1.00", "2025-03-01") + entry("1.00", "CRDT")))
SECRET = "a text that lies in another file"

LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY lol 'lol'>"
    + "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10 if n > 1 else '&lol;' * 10}'>" for n in range(1, 10))
    + "]>"
)


def with_prolog(prolog: str, text: str = GOOD) -> str:
    return text.replace("?>\n", f"?>\n{prolog}", 1)


def refusal(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        statements(path)
    assert SECRET not in str(refused.value)
    return refused.value.problems[0].code


def test_a_billion_laughs(tmp_path: Path) -> None:
    text = with_prolog(LAUGHS).replace("<Id>S1</Id>", "<Id>&l9;</Id>")
    begun = time.monotonic()
    assert refusal(write(tmp_path, "a.xml", text)) == "xml_doctype"
    assert time.monotonic() - begun < 1


@pytest.mark.parametrize("where", ["SYSTEM 'file://{file}'", "PUBLIC 'x' 'file://{file}'"])
def test_an_entity_from_another_file(where: str, tmp_path: Path) -> None:
    other = write(tmp_path, "secret.txt", SECRET)
    prolog = f"<!DOCTYPE a [<!ENTITY x {where.format(file=other)}>]>"
    text = with_prolog(prolog).replace("<Id>S1</Id>", "<Id>&x;</Id>")
    assert refusal(write(tmp_path, "a.xml", text)) == "xml_doctype"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le-declared"])
def test_a_document_type_hidden_in_another_encoding(encoding: str, tmp_path: Path) -> None:
    text = with_prolog(LAUGHS).replace("UTF-8", "UTF-16")
    content = text.encode("utf-16") if encoding == "utf-16" else b"\xff\xfe" + text.encode("utf-16-le")
    assert refusal(write(tmp_path, "a.xml", content)) == "xml_doctype"


def test_bytes_that_are_not_what_they_declare(tmp_path: Path) -> None:
    content = GOOD.replace("<Id>S1</Id>", "<Id>\xe4</Id>").encode("latin-1")
    assert refusal(write(tmp_path, "a.xml", content)) == "encoding_differs"


def test_an_entity_that_nobody_declares(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "a.xml", GOOD.replace("<Id>S1</Id>", "<Id>&x;</Id>"))) == "xml_malformed"


def test_elements_inside_each_other_without_end(tmp_path: Path) -> None:
    deep = "<a>" * 100_000 + "</a>" * 100_000
    assert refusal(write(tmp_path, "a.xml", GOOD.replace("<Id>S1</Id>", f"<Id>{deep}</Id>"))) == "xml_malformed"


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml", GOOD)
    with pytest.raises(Refused, match="file_too_large"):
        Source.of(path, limit=100)


def test_a_file_cut_short_names_its_end(tmp_path: Path) -> None:
    path = write(tmp_path, "a.xml", GOOD[:-40])
    with pytest.raises(Refused) as refused:
        statements(path)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.line) == ("xml_malformed", GOOD[:-40].count("\n") + 1)
