"""Forms of commands without a browser: what they are filled in with, and what is refused on the way."""

import re
from html import unescape
from pathlib import Path

import pytest

from ledger.log import kinds
from tests.support.reader import Reader
from tests.support.small_ledger import small_ledger, url
from tests.support.three_office import MAKER, three_office
from tests.web.test_guard import code

LOANS = ("loans.csv", b"x")


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    (tmp_path / "ledger").mkdir()
    small_ledger(tmp_path / "ledger")
    return Reader(url(tmp_path / "ledger"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("subsidy run intrest", (404, "command_unknown")),
        ('"', (404, "command_unknown")),
        ("audit cut --actor 1001", (422, "command_not_here")),
        ("budget", (422, "command_not_here")),
        ("budget issue --key 1001.key", (422, "key_stays")),
        ("payee reveal", (422, "passphrase_stays")),
    ],
)
def test_only_whole_commands_have_a_form(reader: Reader, line: str, expected: tuple[int, str]) -> None:
    assert code(reader, f"/do?line={line}") == expected


def test_a_form_is_filled_in_from_a_line_but_for_what_only_stands_for_something(reader: Reader) -> None:
    page = reader.page("/do?line=subsidy import loans FILE --mode full --lender 示例银行 --actor STAFFNO")
    assert 'value="示例银行"' in page
    assert "<option selected>full</option>" in page
    assert 'value="STAFFNO"' not in page
    assert "--json" not in page
    assert "--key" not in page


def test_what_is_not_kept_or_not_brought_is_told(reader: Reader) -> None:
    assert code(reader, "/do/0123/act.challenge") == (422, "form_gone")
    # It only reads, so nothing waits for a signature; what it printed is kept all the same.
    done = reader.fill("/do", {"line": "people list"}, {"none": LOANS})
    assert done.status_code == 200
    name = reader.app.state.waiting.pending.popitem()[0]
    assert code(reader, f"/do/{name}/act.challenge") == (422, "form_gone")
    reader.fill("/do", {"line": "people list"}, {"none": LOANS})
    name = next(iter(reader.app.state.waiting.pending))
    assert code(reader, f"/do/{name}/act.challenge") == (404, "file_unknown")
    none = reader.fill(f"/do/{name}", {"record": "on"}, {})
    assert (none.status_code, "signature_missing" in none.text) == (422, True)


def test_only_what_shows_is_shown(reader: Reader) -> None:
    """Another field than one that shows would have the command run in earnest, under the heading of a preview."""
    said = reader.fill("/do", {"line": "people list", "show": "actor", "lang": "en"}, {})
    assert (said.status_code, next(iter(reader.app.state.waiting.pending.values()))[1].shown) == (200, False)


def test_the_form_again_holds_what_was_typed(reader: Reader) -> None:
    typed = {"line": "budget issue", "path": "2025", "amount": "ten yuan", "yuan": "ten yuan", "document": "示例 1号"}
    refused = reader.fill("/do", typed, {"none": LOANS}).text
    again = unescape(refused.partition('href="/do?line=')[2].partition('"')[0])
    page = reader.page(f"/do?line={again}")
    assert [text in page for text in ('value="2025"', 'value="ten yuan"', 'value="示例 1号"')] == [True] * 3


def test_what_came_out_is_looked_at_again_in_the_other_language(reader: Reader) -> None:
    page = reader.fill("/do", {"line": "people list"}, {"none": LOANS}).text
    other = unescape(re.findall(r'href="([^"]+)" lang="en"', page)[0])
    english = reader.ask(other)
    assert (english.status_code, "What it says" in english.text) == (200, True)


def test_a_wrong_signature_leads_back_to_what_is_to_be_signed(tmp_path: Path) -> None:
    (tmp_path / "book").mkdir()
    office = three_office(tmp_path / "book").awake()
    reader = Reader(office.url)
    typed = {"line": "budget issue", "path": "2025", "yuan": "10.00", "document": "示例指1号", "actor": MAKER}
    asked = reader.fill("/do", typed, {})
    name = next(iter(reader.app.state.waiting.pending))
    challenge = reader.ask(f"/do/{name}/act.challenge")
    assert challenge.status_code == 200, asked.text
    wrong = reader.fill(f"/do/{name}", {}, {"signature": ("none.signature", b"{}")})
    assert "signature_malformed" in wrong.text
    again = list(reader.app.state.waiting.pending)[-1]
    # The same file can be taken again, a new one can be made, and the form can be filled in otherwise.
    assert reader.ask(f"/do/{again}/act.challenge").content == challenge.content
    assert 'name="again"' in wrong.text
    assert 'href="/do?line=' in wrong.text
    file = tmp_path / "again.challenge"
    anew = reader.fill(f"/do/{again}", {"again": "on"}, {})
    assert anew.status_code == 200
    last = list(reader.app.state.waiting.pending)[-1]
    file.write_bytes(reader.ask(f"/do/{last}/act.challenge").content)
    given = office.signed(MAKER, file).read_bytes()
    done = reader.fill(f"/do/{last}", {}, {"signature": ("act.signature", given)})
    assert "示例指1号" in done.text
    with office.ledger.read() as view:
        assert [row.body["path"] for row in view.records(kinds.ORDER)][-1:] == ["2025"]
