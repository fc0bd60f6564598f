"""Twenty clients at once over the network, reads and acts mixed: no answer mixes two states of the log, and no act is
lost or done twice, also where its answer was lost and it is sent again.
"""

import random
import threading
import time
from base64 import b64decode, b64encode
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from ledger.log import kinds
from ledger.office import sign as tool
from ledger.web.api.app import PREFIX
from ledger.web.runner import CHALLENGE_FILE, SIGNATURE_FILE
from ledger.web.server import create_server
from tests.support.clock import let_time_pass
from tests.support.port import at_port
from tests.support.runner import runner
from tests.support.three_office import MAKER, Three, three_office

CLIENTS = 20
ASKED = ("/head", "/inbox", "/runs", "/runs/2024-03/lines", "/batches", "/budget", "/budget/2024-04", "/reconciliation")
TOKEN = "0" * 64
YEAR = str(date.today().year)


class Seen(NamedTuple):
    """An answer as a client had it."""

    address: str
    status: int
    size: int
    root: str
    content: str


@dataclass
class Course:
    """How a load goes: it is over when the time is up and every client that acts has done something."""

    address: str
    seconds: float
    acting: int
    begun: float = field(default_factory=time.monotonic)
    seen: list[list[Seen]] = field(default_factory=lambda: [[] for _client in range(CLIENTS)])
    # Document of an act -> the exit codes that its client was told, one for each time that it was sent.
    told: dict[str, list[int]] = field(default_factory=dict)
    wrong: list[BaseException] = field(default_factory=list)

    @property
    def over(self) -> bool:
        done = {document.split("-")[0] for document, codes in self.told.items() if 0 in codes}
        return bool(self.wrong) or (time.monotonic() > self.begun + self.seconds and len(done) == self.acting)


@contextmanager
def running(office: Three) -> Iterator[str]:
    """The server on a free port of this machine; its address."""
    ledger = office.ledger
    with at_port(lambda host: create_server(ledger, runner(ledger, proved=True), hosts={host}, token=TOKEN)) as host:
        yield f"http://{host}"


def ask_on(course: Course, number: int) -> None:
    """A client that reads; one that is told to wait waits."""
    draw, seen = random.Random(number), course.seen[number]
    shown = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=course.address + PREFIX, headers=shown, timeout=60) as client:
        while not course.over or len(seen) < 2:
            asked = draw.choice(ASKED)
            answer = client.get(asked)
            head = answer.headers
            content = sha256(answer.content).hexdigest()
            size, root = int(head.get("Log-Size", 0)), head.get("Log-Root", "")
            seen.append(Seen(asked, answer.status_code, size, root, content))
            if answer.status_code == 429:
                time.sleep(draw.random())


class Actor:
    """A client that acts: an officer's program, with the officer's own key and token."""

    def __init__(self, course: Course, number: int, key: tool.Key) -> None:
        self.course, self.number, self.key = course, number, key
        self.client = httpx.Client(base_url=course.address + PREFIX, timeout=600)
        challenge = self.said("/sign-in", {"actor": MAKER})["challenge"]
        token = self.said("/sessions", {"signature": b64encode(self.signed(b64decode(challenge))).decode()})["token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    def said(self, path: str, asked: Any, key: str = "") -> Any:
        """What is answered, asked again as long as it is too often."""
        while True:
            answer = self.client.post(path, json=asked, headers={"Idempotency-Key": key} if key else {})
            if answer.status_code != 429:
                assert answer.status_code == 200, answer.text
                return answer.json()
            time.sleep(0.5)

    def signed(self, challenge: bytes) -> bytes:
        return tool.canonical(tool.sign(tool.read_challenge(challenge), self.key))

    def act(self, document: str) -> None:
        """Issue one yuan under a document: asked for, signed here, sent, and sent again as if the answer were lost."""
        words = ["budget", "issue", YEAR, "1.00", "--document", document, "--actor", MAKER]
        asked = self.said(
            "/commands", {"words": [*words, "--challenge", CHALLENGE_FILE], "files": {}}, f"{document}-ask"
        )
        challenge = b64decode(asked["files"][CHALLENGE_FILE])
        files = {SIGNATURE_FILE: b64encode(self.signed(challenge)).decode()}
        again = {"words": [*words, "--signature", SIGNATURE_FILE], "files": files}
        for time_sent in range(2):
            told = self.said("/commands", again, f"{document}-signed")
            assert told["again"] is bool(time_sent), told
            self.course.told.setdefault(document, []).append(told["code"])


def act_on(course: Course, number: int, key: tool.Key) -> None:
    """Act until it is over; another may have been first, then what was signed is not what is to be recorded."""
    actor, n = Actor(course, number, key), 0
    with closing(actor.client):
        while not course.over:
            n += 1
            actor.act(f"{number}-{n:04d}")


def load(office: Three, seconds: float, acting: int) -> None:
    key = tool.read_key(Path(office.key(MAKER)))
    with office.ledger.read() as view:
        first = view.size
    let_time_pass()
    with running(office) as address:
        course = Course(address, seconds, acting)

        def kept(do: Any, *given: Any) -> None:
            try:
                do(course, *given)
            except BaseException as error:
                course.wrong.append(error)

        clients = [
            threading.Thread(target=kept, args=(act_on, number, key) if number < acting else (ask_on, number))
            for number in range(CLIENTS)
        ]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
    assert course.wrong == []
    reading = course.seen[acting:]
    every = [one for seen in reading for one in seen]
    assert {one.status for one in every} <= {200, 429}
    answered = [one for one in every if one.status == 200]
    assert min(sum(one.status == 200 for one in seen) for seen in reading) > 0, Counter(one.status for one in every)
    # Each act that its client was told of as done stands once, told alike both times; of others nothing stands.
    done = sorted(document for document, codes in course.told.items() if codes == [0, 0])
    assert {tuple(codes) for codes in course.told.values()} <= {(0, 0), (2, 2)}
    said = defaultdict(set)
    with office.ledger.read() as view:
        orders = [row.body for row in view.records(kinds.ORDER, since=first)]
        assert sorted(body["document"] for body in orders) == done
        assert sum(body["amount_fen"] for body in orders) == 100 * len(done)
        roots = {size: view.at(size).root().hex() for size in {one.size for one in answered}}
    for one in answered:
        assert one.root == roots[one.size]
        said[one.address, one.size].add(one.content)
    assert {asked: contents for asked, contents in said.items() if len(contents) > 1} == {}
    for seen in reading:
        sizes = [one.size for one in seen if one.status == 200]
        assert sizes == sorted(sizes)
    assert len({one.size for one in answered}) > 1, "the log grew while it was asked"
    assert office.say("audit", "verify").exit_code in (0, 3)


@pytest.fixture
def office(tmp_path: Path) -> Three:
    (tmp_path / "book").mkdir()
    return three_office(tmp_path / "book").awake()


def test_twenty_clients_for_three_seconds(office: Three) -> None:
    load(office, seconds=3, acting=1)


@pytest.mark.nightly
def test_twenty_clients_for_thirty_seconds(office: Three) -> None:
    load(office, seconds=30, acting=4)
