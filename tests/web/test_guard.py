"""Who is answered: the right name, our own origin, a session; and what every answer carries."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ledger.words import set_language
from tests.support.reader import HOST, Reader, words
from tests.support.small_ledger import small_ledger, url


@pytest.fixture
def stranger(tmp_path: Path) -> Reader:
    (tmp_path / "ledger").mkdir()
    small_ledger(tmp_path / "ledger")
    return Reader(url(tmp_path / "ledger"), signed_in=False)


def code(reader: Reader, path: str, method: str = "GET", headers: Mapping[str, str] | None = None) -> tuple[int, str]:
    """The status of an answer and the refusal that it names."""
    answer = reader.ask(path, method, headers)
    return answer.status_code, answer.text.partition('<p class="sub"><code>')[2].partition("</code>")[0]


def test_the_token_opens_once_and_only_to_who_has_it(stranger: Reader) -> None:
    token = stranger.door.token
    assert code(stranger, "/month/2025-06") == (403, "session_missing")
    assert code(stranger, "/enter?token=") == (403, "session_missing")
    assert code(stranger, f"/enter?token={token[:-1]}0x") == (403, "session_missing")
    opened = stranger.ask(f"/enter?token={token}")
    # Led away from the address with the token.
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    [cookie] = [line for line in opened.headers.get_list("set-cookie") if "console" in line]
    assert {part.strip() for part in cookie.split(";")[1:]} == {"HttpOnly", "Path=/", "SameSite=strict"}
    assert token not in cookie
    assert stranger.ask("/month/2025-06").status_code == 200
    # A second time it is worth nothing, and the session that it opened stays.
    assert code(stranger, f"/enter?token={token}") == (403, "session_missing")
    assert stranger.ask("/month/2025-06").status_code == 200
    stranger.cookies.clear()
    assert code(stranger, "/month/2025-06") == (403, "session_missing")


@pytest.mark.parametrize(
    ("method", "headers", "expected"),
    [
        # A page of another site whose name was made to resolve to this machine.
        ("GET", {"Host": "evil.example"}, (421, "host_foreign")),
        ("GET", {"Host": "127.0.0.1:9999"}, (421, "host_foreign")),
        # Another site's page loads a part of ours, or follows a link to it.
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, (403, "origin_foreign")),
        ("GET", {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"}, (403, "origin_foreign")),
        ("GET", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, (200, "")),
        ("GET", {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}, (200, "")),
        ("GET", {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}, (200, "")),
        # What could change something has to say where it comes from.
        ("POST", {}, (403, "origin_foreign")),
        ("POST", {"Origin": "null"}, (403, "origin_foreign")),
        ("POST", {"Origin": "http://evil.example"}, (403, "origin_foreign")),
        ("POST", {"Origin": f"https://{HOST}"}, (403, "origin_foreign")),
        ("POST", {"Origin": f"http://{HOST}", "Sec-Fetch-Site": "cross-site"}, (403, "origin_foreign")),
        # Our own page may ask, and there is nothing to be changed at this address.
        ("POST", {"Origin": f"http://{HOST}"}, (405, "page_unknown")),
    ],
)
def test_only_our_own_pages_are_answered(
    stranger: Reader, method: str, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    stranger.ask(f"/enter?token={stranger.door.token}")
    assert code(stranger, "/month/2025-06", method, headers) == expected


@pytest.mark.parametrize("path", ["/month/2025-06", "/nothing", "/static/console.css", "/enter?token=x"])
def test_every_answer_forbids_scripts_and_other_sites(stranger: Reader, path: str) -> None:
    stranger.ask(f"/enter?token={stranger.door.token}")
    headers = stranger.ask(path).headers
    policy = headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    # Styles, pictures and forms of our own; nothing else is let in again.
    assert {part.split(" ", 1)[1] for part in policy[1:]} <= {"'self'", "'none'"}
    assert not any(part.startswith(("script-src", "connect-src", "object-src")) for part in policy)
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-resource-policy"] == headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store")


def test_the_language_is_asked_for_once_and_kept(stranger: Reader) -> None:
    stranger.ask(f"/enter?token={stranger.door.token}")
    assert 'lang="zh-CN"' in stranger.ask("/month/2025-06").text
    assert 'lang="en"' in stranger.ask("/month/2025-06?lang=en").text
    assert 'lang="en"' in stranger.ask("/month/2025-06").text
    # A refusal is read by the same reader.
    assert "there is no page at this address" in stranger.ask("/nothing").text
    assert 'lang="zh-CN"' in stranger.ask("/month/2025-06?lang=zh_CN").text
    # Nothing of a request's language stays behind in the program.
    set_language("en")
    stranger.ask("/month/2025-06")
    assert "This cannot be answered" in stranger.ask("/nothing?lang=en").text


def test_what_is_refused_is_a_page_with_its_remedy(stranger: Reader) -> None:
    stranger.ask(f"/enter?token={stranger.door.token}&lang=en")
    answer = stranger.ask("/month/2025-13")
    assert answer.status_code == 422
    assert "write year and month as YYYY-MM" in words(answer.text)
    assert "month_malformed" in words(answer.text)
    assert code(stranger, "/month/2025-06?as_of=999999") == (422, "as_of_beyond")


def test_an_error_of_the_program_shows_nothing_of_it(stranger: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: object) -> None:
        raise RuntimeError("secret of the inside")

    stranger.ask(f"/enter?token={stranger.door.token}&lang=en")
    monkeypatch.setattr("ledger.web.pages.month.steps_of_month", fail)
    answer = stranger.ask("/month/2025-06")
    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert "program_failed" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_a_page_that_hides_a_text_of_the_reader(stranger: Reader) -> None:
    """What somebody typed comes back as text, never as a mark."""
    stranger.ask(f"/enter?token={stranger.door.token}")
    assert "<script>alert" not in stranger.page("/month/2025-06?q=%3Cscript%3Ealert(1)%3C/script%3E")
