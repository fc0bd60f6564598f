"""The channel's client against a simulated operator, from an exported batch to the settled book."""

import ssl
from pathlib import Path

import httpx
import pytest

from calculators.problems import Refused
from ledger.payouts.channels.client import PAUSES, Channel
from tests.payouts.operator import Operator, serving
from tests.support.till import Till, quarters_till

WALLET = "0012345678901234"
AWARD_FEN = 1_686_250


@pytest.fixture
def till(tmp_path: Path) -> Till:
    return quarters_till(tmp_path)


def order(till: Till) -> tuple[str, bytes]:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    return batch, till.go(batch).read_bytes()


def take(till: Till, channel: Channel, batch: str) -> list[str]:
    """Ask for the answer and take it in; the states then."""
    path = till.folder / "asked.json"
    path.write_bytes(channel.ask(batch).answer)
    till.do("pay", "import-result", str(path))
    return till.states(batch)


def quick(url: str, pauses: list[int]) -> Channel:
    return Channel(url, pause=pauses.append, timeout=httpx.Timeout(0.5))


def test_a_batch_is_sent_asked_for_and_settled(till: Till) -> None:
    batch, content = order(till)
    operator = Operator(processing=True)
    with serving(operator) as url:
        channel = quick(url, [])
        assert channel.submit(batch, content).tries == 1
        assert take(till, channel, batch) == ["processing"]
        operator.processing = False
        assert take(till, channel, batch) == ["success"]
        assert take(till, channel, batch) == ["success"]
    assert operator.paid == {WALLET: AWARD_FEN}


def test_an_error_after_the_payment_does_not_pay_twice(till: Till) -> None:
    batch, content = order(till)
    operator, pauses = Operator(errors_after_paying=2), []
    with serving(operator) as url:
        channel = quick(url, pauses)
        assert channel.submit(batch, content).tries == 3
        assert take(till, channel, batch) == ["success"]
    assert (operator.posts, operator.paid, pauses) == (3, {WALLET: AWARD_FEN}, [1, 2])


def test_a_time_out_after_the_payment_leaves_it_open_and_sending_again_pays_once(till: Till) -> None:
    batch, content = order(till)
    operator, pauses = Operator(delay=0.8), []
    with serving(operator) as url:
        channel = Channel(url, pause=pauses.append, timeout=httpx.Timeout(0.2))
        with pytest.raises(Refused, match="channel_silent"):
            channel.submit(batch, content)
        # Tried four times, paid once; the ledger knows nothing of it and offers nothing.
        assert (pauses, operator.paid) == (list(PAUSES), {WALLET: AWARD_FEN})
        assert till.states(batch) == ["exported"]
        assert till.read("pay", "prepare", "2024-03", "--dry-run")["batches"] == []
        operator.delay = 0
        again = till.on("2024-04-05").export(batch).read_bytes()
        quick(url, []).submit(batch, again)
        assert take(till, quick(url, []), batch) == ["success"]
    assert operator.paid == {WALLET: AWARD_FEN}


def test_a_rejected_payout_is_paid_by_another_one(till: Till) -> None:
    batch, content = order(till)
    operator = Operator(rejects={"示例企业"})
    with serving(operator) as url:
        channel = quick(url, [])
        channel.submit(batch, content)
        assert take(till, channel, batch) == ["fail"]
        till.sure(*till.items(batch))
        operator.rejects.clear()
        second, again = order(till)
        channel.submit(second, again)
        assert take(till, channel, second) == ["success"]
        assert take(till, channel, batch) == ["fail"]
    assert operator.paid == {WALLET: AWARD_FEN}


def test_a_late_return_makes_it_payable_again_once_somebody_else_is_sure(till: Till) -> None:
    batch, content = order(till)
    operator = Operator()
    with serving(operator) as url:
        channel = quick(url, [])
        channel.submit(batch, content)
        assert take(till, channel, batch) == ["success"]
        operator.send_back(till.items(batch)[0])
        assert take(till.on("2024-06-03"), channel, batch) == ["returned"]
    assert operator.paid == {WALLET: 0}
    assert [one["code"] for one in till.prepare("2024-03")["held"]] == ["return_presumed"]
    till.sure(till.items(batch)[0], "returned")
    assert till.prepare("2024-03")["batches"][0]["total"] == "16862.50"


def test_what_the_operator_refuses_is_not_tried_again() -> None:
    operator, pauses = Operator(), []
    with serving(operator) as url, pytest.raises(Refused, match="channel_refused") as refused:
        quick(url, pauses).ask("B1")
    assert pauses == []
    # The simulated operator answers 404 to a number that it does not know.
    assert str(refused.value).startswith(f"{url}: the operator answers 404 to batch B1; ask the operator")


def test_nobody_there_is_no_failure_of_the_payment() -> None:
    pauses: list[int] = []
    with pytest.raises(Refused, match="channel_silent") as refused:
        quick("http://127.0.0.1:9", pauses).submit("B1", b"{}")
    assert pauses == list(PAUSES)
    # Three pauses, four tries; no process listens at port 9.
    assert str(refused.value).startswith(
        "http://127.0.0.1:9: no answer to batch B1 (tries: 4; ConnectError): it may have been taken or not"
    )


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_operator_in_trouble_may_have_taken_it(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = told(monkeypatch, [status] * 4)
    pauses: list[int] = []
    with pytest.raises(Refused, match="channel_silent") as refused:
        quick("https://operator.example/ecny/", pauses).submit("B1", b"{}")
    assert f"no answer to batch B1 (tries: 4; {status})" in str(refused.value)
    assert ([*map(str, asked)], pauses) == (["https://operator.example/ecny/batches"] * 4, [1, 2, 4])


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 409, 422, 501])
def test_an_operator_that_says_no_is_asked_once(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = told(monkeypatch, [status])
    with pytest.raises(Refused, match="channel_refused"):
        quick("https://operator.example", []).ask("B1")
    assert [*map(str, asked)] == ["https://operator.example/batches/B1"]


def told(monkeypatch: pytest.MonkeyPatch, statuses: list[int]) -> list[httpx.URL]:
    """An operator that answers so, one after the other, and no network; the addresses that it is asked at."""
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(statuses[len(asked) - 1], headers={"Location": "https://elsewhere.example"})

    real = httpx.Client
    monkeypatch.setattr(
        httpx,
        "Client",
        lambda **options: real(transport=httpx.MockTransport(answer), follow_redirects=options["follow_redirects"]),
    )
    return asked


def test_what_is_sent_and_how(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[httpx.Request] = []
    options: list[dict[str, object]] = []
    real = httpx.Client

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, content=b"taken")

    def client(**said: object) -> httpx.Client:
        options.append(said)
        return real(transport=httpx.MockTransport(answer))

    monkeypatch.setattr(httpx, "Client", client)
    context = ssl.create_default_context()
    channel = Channel("https://operator.example/ecny", context, timeout=httpx.Timeout(7))
    assert channel.submit("B1", b"the order") == (b"taken", 1)
    assert channel.ask("B1") == (b"taken", 1)
    assert [(one.method, str(one.url), one.content) for one in sent] == [
        ("POST", "https://operator.example/ecny/batches", b"the order"),
        ("GET", "https://operator.example/ecny/batches/B1", b""),
    ]
    assert (sent[0].headers["Content-Type"], sent[0].headers["Idempotency-Key"]) == ("application/json", "B1")
    assert options == [{"timeout": httpx.Timeout(7), "follow_redirects": False, "verify": context}] * 2
    # Without a certificate of its own a host is verified as any other; a connection is waited for less than an answer.
    Channel("https://operator.example").ask("B1")
    assert options[-1] == {"timeout": httpx.Timeout(30, connect=10), "follow_redirects": False, "verify": True}


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_a_host_that_shows_another_certificate_is_sent_nothing(monkeypatch: pytest.MonkeyPatch, depth: int) -> None:
    """However deep in what the library says the reason lies; every other failure may have been an answer lost."""
    error: Exception = ssl.SSLCertVerificationError("unable to get local issuer certificate")
    for _time in range(depth):
        said = httpx.ConnectError("connection failed")
        said.__cause__ = error
        error = said
    lost = httpx.ConnectError("connection failed")
    lost.__cause__ = error

    def answer(_request: httpx.Request) -> httpx.Response:
        raise lost

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **_options: real(transport=httpx.MockTransport(answer)))
    pauses: list[int] = []
    with pytest.raises(Refused) as refused:
        quick("https://operator.example", pauses).submit("B1", b"{}")
    assert str(refused.value) == (
        "https://operator.example: the host shows another certificate than the registered one: nothing was sent to it; "
        "ask the operator over a number that you knew before; a new one is registered by two [certificate_differs]"
    )
    assert pauses == []


@pytest.mark.parametrize("status", [None, 503])
def test_what_is_not_known_is_said_in_full(monkeypatch: pytest.MonkeyPatch, status: int | None) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        if status is None:
            raise httpx.ReadTimeout("late")
        return httpx.Response(status)

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **_options: real(transport=httpx.MockTransport(answer)))
    with pytest.raises(Refused) as refused:
        quick("https://operator.example", []).ask("B1")
    assert str(refused.value) == (
        f"https://operator.example: no answer to batch B1 (tries: 4; {status or 'ReadTimeout'}): "
        "it may have been taken or not; send it again later, which is safe, or ask the operator; "
        "nothing is paid again before it is known "
        "[channel_silent]"
    )


def test_what_an_operator_refuses_is_said_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    told(monkeypatch, [403])
    with pytest.raises(Refused) as refused:
        quick("https://operator.example", []).ask("B1")
    assert str(refused.value) == (
        "https://operator.example: the operator answers 403 to batch B1; "
        "ask the operator; the batch stays exported until its outcome is known [channel_refused]"
    )


@pytest.mark.parametrize(
    "url", ["", "https://", "ftp://operator.example", "https://a:b@operator.example", "https://[::1"]
)
def test_what_is_no_address_is_said_in_full(url: str) -> None:
    with pytest.raises(Refused) as refused:
        Channel(url)
    assert str(refused.value) == (
        "--url: this is not the address of an operator's interface; "
        "write https://, the host, and the path, without name and password [channel_malformed]"
    )


def test_an_address_that_everybody_reads_is_said_in_full() -> None:
    with pytest.raises(Refused) as refused:
        Channel("http://operator.example/ecny")
    assert str(refused.value) == (
        "--url: operator.example is asked over http, which everybody on the way can read and change; "
        "use its https address; http is for this machine only [channel_unencrypted]"
    )


def test_the_commands_send_and_ask(till: Till) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    till.as_second("pay", "approve", batch)
    operator = Operator()
    with serving(operator) as url:
        number = till.do("pay", "channel", "C1010211000012", url, "--reason", "contract 7").split()[-1]
        till.as_second("approve", number)
        for _time in range(2):
            till.do("pay", "send", batch, "--url", url)
        assert till.do("pay", "ask", batch, "--url", url) == (
            f"Batch {batch}: 1 changed, 0 disputed, 0 without a final answer.\n"
        )
    assert (operator.posts, operator.paid, till.states(batch)) == (2, {WALLET: AWARD_FEN}, ["success"])


@pytest.mark.parametrize(
    "url", ["https://operator.example/ecny", "http://127.0.0.1:8080", "http://[::1]/", "http://localhost"]
)
def test_an_order_travels_encrypted_or_stays_on_this_machine(url: str) -> None:
    Channel(url)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://operator.example/ecny", "channel_unencrypted"),
        ("http://localhost.operator.example", "channel_unencrypted"),
        ("HTTP://127.0.0.1.operator.example", "channel_unencrypted"),
        ("https://", "channel_malformed"),
        ("operator.example", "channel_malformed"),
        ("ftp://operator.example", "channel_malformed"),
        ("https://1001:secret@operator.example", "channel_malformed"),
        ("http://localhost@operator.example", "channel_malformed"),
        ("https://[::1", "channel_malformed"),
        ("", "channel_malformed"),
    ],
)
def test_another_address_is_refused_before_anything_is_recorded(till: Till, url: str, code: str) -> None:
    batch = till.prepare("2024-03")["batches"][0]["batch"]
    assert till.as_second("pay", "approve", batch).exit_code == 0
    size = till.verify()
    for word in ("send", "ask"):
        said = till.say("pay", word, batch, "--url", url)
        assert (said.exit_code, f"[{code}]" in said.stderr, "secret" in said.output) == (2, True, False), said.output
        assert said.stderr.startswith("--url: ")
    assert till.verify() == size
    assert till.states(batch) == ["approved"]
