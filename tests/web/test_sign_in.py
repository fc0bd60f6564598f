"""Officers at a server: each comes in with the own key and is told apart from others, in the browser and without."""

import asyncio
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from calculators.problems import Refused
from ledger.office import sign as tool
from ledger.office.sign_in import HOURS, MINUTES, SignIn
from ledger.web.api.app import PREFIX
from ledger.web.api.gate import BODY_BYTES, BURST, Rate
from ledger.web.door import sign_in_of
from ledger.web.guard import LANGUAGE
from ledger.web.server import create_server
from tests.support.runner import runner
from tests.support.three_office import CHECKER, MAKER, PAYER, POSTS, Three, three_office

TOKEN = "0" * 64
HOST = "books.example"
ISSUE = ["budget", "issue", "2025", "10.00", "--document", "示例指1号"]


@pytest.fixture
def office(tmp_path: Path) -> Three:
    (tmp_path / "book").mkdir()
    return three_office(tmp_path / "book").awake()


class At:
    """Somebody's browser, or program, at a server; cookies are kept as a browser keeps them."""

    def __init__(self, office: Three, server: Any, scheme: str = "https") -> None:
        self.office, self.server, self.origin = office, server, f"{scheme}://{HOST}"
        self.cookies = httpx.Cookies({LANGUAGE: "en"})

    def ask(self, method: str, path: str, **said: Any) -> httpx.Response:
        """The answer to one request; a form comes from our own page."""
        if method == "POST" and not path.startswith("/api/"):
            said["headers"] = {"Origin": self.origin, **said.get("headers", {})}
        return asyncio.run(self._ask(method, path, said))

    async def _ask(self, method: str, path: str, said: dict[str, Any]) -> httpx.Response:
        transport = httpx.ASGITransport(self.server, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=self.origin, cookies=self.cookies) as client:
            answer = await client.request(method, path, **said)
            self.cookies = client.cookies
        return answer

    def signed(self, staff_no: str, challenge: bytes) -> bytes:
        """What the tool writes for a challenge with somebody's key."""
        key = tool.read_key(Path(self.office.key(staff_no)))
        return tool.canonical(tool.sign(tool.read_challenge(challenge), key)) + b"\n"

    def sign_in(self, staff_no: str, key: str | None = None) -> httpx.Response:
        """Come in by the pages."""
        page = self.ask("POST", "/sign-in", data={"actor": staff_no}, files={"none": b""}).headers["location"]
        challenge = self.ask("GET", f"{page}/act.challenge").content
        signature = self.signed(key or staff_no, challenge)
        return self.ask("POST", page, files={"signature": ("act.signature", signature)})


def served(office: Three, rate: Rate | None = None) -> Any:
    ledger = office.ledger
    return create_server(ledger, runner(ledger, proved=True), hosts={HOST}, token=TOKEN, rate=rate)


def test_an_officer_comes_in_with_the_own_key_and_goes(office: Three) -> None:
    there = At(office, served(office))
    away = there.ask("GET", "/month")
    assert (away.status_code, away.headers["location"]) == (303, "/sign-in")
    assert "Your staff number" in there.ask("GET", "/sign-in").text
    page = there.ask("POST", "/sign-in", data={"actor": MAKER}, files={"none": b""}).headers["location"]
    # What is signed is shown, and says that it records nothing.
    shown = unescape(there.ask("GET", page).text)
    assert "sign-in: no record" in shown
    signature = there.signed(MAKER, there.ask("GET", f"{page}/act.challenge").content)
    entered = there.ask("POST", page, files={"signature": ("act.signature", signature)})
    assert (entered.status_code, entered.headers["location"]) == (303, "/")
    [cookie] = [said for said in entered.headers.get_list("set-cookie") if "officer" in said]
    for said in ("__Host-subsidy_officer=", "HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert said in cookie
    first = there.ask("GET", "/inbox")
    assert (first.status_code, f"<span>{MAKER}</span>" in first.text) == (200, True)
    # The form of a command is filled in with the own number.
    assert f'value="{MAKER}"' in there.ask("GET", "/do?line=budget issue").text
    # The signature is good once.
    again = there.ask("POST", page, files={"signature": ("act.signature", signature)})
    assert (again.status_code, "sign_in_gone" in again.text) == (422, True)
    token = there.cookies["__Host-subsidy_officer"]
    assert there.ask("POST", "/sign-out").headers["location"] == "/sign-in"
    # The cookie is gone, and the token is worth nothing to who kept it.
    assert "__Host-subsidy_officer" not in there.cookies
    there.cookies.set("__Host-subsidy_officer", token)
    assert there.ask("GET", "/inbox").status_code == 303


def test_over_loopback_the_cookie_needs_no_encryption(office: Three) -> None:
    there = At(office, served(office), "http")
    entered = there.sign_in(MAKER)
    [cookie] = [said for said in entered.headers.get_list("set-cookie") if "officer" in said]
    assert cookie.startswith("subsidy_officer=")
    assert ("HttpOnly" in cookie, "SameSite=strict" in cookie, "Secure" in cookie) == (True, True, False)
    assert there.ask("GET", "/inbox").status_code == 200


def test_who_cannot_sign_does_not_come_in(office: Three) -> None:
    there = At(office, served(office))
    page = there.ask("POST", "/sign-in", data={"actor": MAKER}, files={"none": b""}).headers["location"]
    challenge = there.ask("GET", f"{page}/act.challenge").content
    # The tool does not sign for another; whoever takes the bytes and signs them all the same is refused by the server.
    with pytest.raises(tool.Unsignable, match="key_of_another"):
        there.signed(CHECKER, challenge)
    message = tool.read_challenge(challenge).message
    stolen = tool.read_key(Path(office.key(CHECKER))).private.sign(message).hex()
    said = tool.canonical({"$schema": tool.SIGNATURE, "message": message.decode(), "signature": stolen})
    for content, code in ((said, "sign_in_wrong"), (b"{}", "sign_in_malformed"), (b"\xff", "sign_in_malformed")):
        refused = there.ask("POST", page, files={"signature": ("act.signature", content)})
        assert (refused.status_code, code in refused.text) == (422, True), code
    # A challenge is good for one try: this one was.
    gone = there.ask("POST", page, files={"signature": ("act.signature", there.signed(MAKER, challenge))})
    assert "sign_in_gone" in gone.text
    missing = there.ask("POST", page, data={"none": ""})
    assert (missing.status_code, "signature_missing" in missing.text) == (422, True)
    nobody = there.ask("POST", "/sign-in", data={"actor": " "})
    assert (nobody.status_code, "actor_missing" in nobody.text) == (422, True)
    assert there.ask("GET", "/inbox").status_code == 303


def test_a_page_of_another_site_changes_nothing(office: Three) -> None:
    there = At(office, served(office))
    there.sign_in(MAKER)
    foreign = {"Origin": "https://elsewhere.example"}
    for path in ("/sign-out", "/do", "/import", "/sign-in"):
        assert there.ask("POST", path, headers=foreign, files={"none": b""}).status_code == 403
    sent = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert there.ask("GET", "/inbox", headers=sent).status_code == 403
    assert there.ask("GET", "/inbox", headers={"Host": "elsewhere.example"}).status_code == 421
    # Signed in all the same.
    assert there.ask("GET", "/inbox").status_code == 200


def test_pages_and_forms_are_of_who_asked_for_them(office: Three) -> None:
    server = served(office)
    maker, checker = At(office, server), At(office, server)
    maker.sign_in(MAKER)
    checker.sign_in(CHECKER)
    # The page is kept in memory, and names who looks at it.
    for there, own, other in ((maker, MAKER, CHECKER), (checker, CHECKER, MAKER)):
        page = there.ask("GET", "/people").text
        assert f"<span>{own}</span>" in page
        assert f"<span>{other}</span> <button" not in page
    form = {"line": "people list"}
    waits = maker.ask("POST", "/do", data=form, files={"none": b""}).headers["location"]
    assert maker.ask("GET", waits).status_code == 200
    assert "form_gone" in checker.ask("GET", waits).text
    # In the name of another nothing is even asked for.
    typed = {"line": "budget issue", "path": "2025", "yuan": "10.00", "document": "示例指1号", "actor": MAKER}
    refused = checker.ask("POST", "/do", data=typed, files={"none": b""})
    assert (refused.status_code, "actor_differs" in refused.text) == (422, True)


def test_programs_tell_officers_apart(office: Three) -> None:
    there = At(office, served(office))

    def post(path: str, said: Any, token: str = "", **headers: str) -> tuple[int, Any]:
        shown = {"Authorization": f"Bearer {token}"} if token else {}
        answer = there.ask("POST", f"{PREFIX}{path}", json=said, headers={**shown, **headers})
        return answer.status_code, answer.json()

    def token(staff_no: str) -> str:
        challenge = tool.b64decode(post("/sign-in", {"actor": staff_no})[1]["challenge"])
        signature = tool.b64encode(there.signed(staff_no, challenge)).decode()
        code, said = post("/sessions", {"signature": signature})
        assert (code, said["actor"]) == (200, staff_no)
        return str(said["token"])

    tokens = {staff_no: token(staff_no) for staff_no in POSTS}
    assert len(set(tokens.values())) == len(POSTS)
    words = [*ISSUE, "--actor", MAKER, "--challenge", "act.challenge"]

    def given(token: str, key: str) -> tuple[int, Any]:
        code, said = post("/commands", {"words": words, "files": {}}, token, **{"Idempotency-Key": key})
        return code, said["problems"][0]["code"] if code != 200 else sorted(said["files"])

    # The server's own token reads, and writes nothing for anybody; an officer writes under the own number alone.
    assert given(TOKEN, "key-00000001") == (422, "officer_unnamed")
    assert given(tokens[CHECKER], "key-00000002") == (422, "actor_differs")
    assert given(tokens[MAKER], "key-00000003") == (200, ["act.challenge"])
    shown = {"Authorization": f"Bearer {tokens[PAYER]}"}
    assert there.ask("GET", f"{PREFIX}/head", headers=shown).status_code == 200
    assert there.ask("DELETE", f"{PREFIX}/sessions", headers=shown).json() == {"ended": True}
    assert there.ask("GET", f"{PREFIX}/head", headers=shown).status_code == 401
    # The others stay in, and so does the server's own.
    for other in (TOKEN, tokens[MAKER]):
        assert (
            there.ask("DELETE", f"{PREFIX}/sessions", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        )
        answer = there.ask("GET", f"{PREFIX}/head", headers={"Authorization": f"Bearer {other}"})
        assert answer.status_code == 200
    assert post("/sessions", {"signature": "e30="})[1]["problems"][0]["code"] == "sign_in_malformed"


def test_the_console_keeps_to_limits_too(office: Three) -> None:
    there = At(office, served(office, Rate(lambda: 0.0)))
    large = there.ask("POST", "/sign-in", content=b"0" * (BODY_BYTES + 1))
    assert (large.status_code, "request_too_large" in large.text) == (413, True)
    codes = [there.ask("GET", "/static/none").status_code for _each in range(BURST)]
    # The large one was the first of as many as may be asked at once.
    assert codes == [404] * (BURST - 1) + [429]
    # One client, one limit: programs of the same machine wait as well.
    assert there.ask("GET", f"{PREFIX}/head").status_code == 429


class Clock:
    """The time, which a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def opened(office: Three, sign_in: SignIn, staff_no: str) -> str:
    with office.ledger.read() as view:
        challenge = tool.read_challenge(sign_in.ask(view, staff_no))
        signed = tool.sign(challenge, tool.read_key(Path(office.key(staff_no))))
        return sign_in.enter(view, tool.canonical(signed)).token


def who(office: Three, sign_in: SignIn, token: str) -> str | None:
    with office.ledger.read() as view:
        return sign_in.who(view, token)


def test_a_token_ends_with_the_day_and_its_challenge_after_minutes(office: Three, tmp_path: Path) -> None:
    clock = Clock(datetime.now(UTC))
    sign_in = SignIn(tmp_path / "tokens.db", clock)
    begun = clock.now
    token = opened(office, sign_in, MAKER)
    clock.now = begun + timedelta(hours=HOURS, seconds=-1)
    assert who(office, sign_in, token) == MAKER
    clock.now = begun + timedelta(hours=HOURS)
    assert who(office, sign_in, token) is None
    with office.ledger.read() as view:
        for late, code in ((timedelta(minutes=MINUTES), ""), (timedelta(minutes=MINUTES, seconds=1), "sign_in_gone")):
            challenge = tool.read_challenge(sign_in.ask(view, MAKER))
            signed = tool.canonical(tool.sign(challenge, tool.read_key(Path(office.key(MAKER)))))
            clock.now += late
            if not code:
                assert sign_in.enter(view, signed).actor == MAKER
                continue
            with pytest.raises(Refused, match=code):
                sign_in.enter(view, signed)


def test_what_is_kept_is_a_hash_and_nobody_elses_to_read(office: Three, tmp_path: Path) -> None:
    sign_in = SignIn(tmp_path / "tokens.db", lambda: datetime.now(UTC))
    token = opened(office, sign_in, MAKER)
    assert re.fullmatch("[0-9a-f]{64}", token)
    assert sign_in.path.stat().st_mode & 0o777 == 0o600
    assert token.encode() not in sign_in.path.read_bytes()
    assert who(office, sign_in, "") is who(office, sign_in, "0" * 64) is None
    sign_in.path.chmod(0o644)
    with pytest.raises(Refused, match="ledger_exposed"):
        who(office, sign_in, token)


def test_an_act_that_ends_a_term_of_office_ends_its_token(office: Three) -> None:
    """No list of tokens is kept beside the log: whose key and post are in force is asked of the log each time."""
    sign_in = sign_in_of(office.ledger)
    tokens = {staff_no: opened(office, sign_in, staff_no) for staff_no in (MAKER, PAYER)}
    before = (date.fromisoformat(office.day) - timedelta(days=1)).isoformat()
    office.done(MAKER, "people", "end", PAYER, "--on", before)
    assert {staff_no: who(office, sign_in, token) for staff_no, token in tokens.items()} == {MAKER: MAKER, PAYER: None}
