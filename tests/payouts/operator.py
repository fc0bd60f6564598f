"""A simulated operator of digital renminbi wallets: a local HTTP service with the batch shape of docs/contracts.md, 12.

A simulation: there is no public sandbox of a real one. It takes a request number once, pays at once, and misbehaves as
it is told: answers late, answers an error after it has paid, says an answer twice, rejects items, sends money back.
"""

import json
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Operator:
    """What the operator has been told and has done.

    `errors_after_paying` answers so many posts with 504 although it has taken them; `delay` seconds are slept before
    each post is answered; `rejects` are payees' names that fail; `processing` items are not known yet.
    """

    errors_after_paying: int = 0
    delay: float = 0
    rejects: set[str] = field(default_factory=set)
    processing: bool = False
    posts: int = 0
    batches: dict[str, dict[str, Any]] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    paid: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def take(self, request: dict[str, Any], key: str) -> None:
        """Take a batch; one whose number is known is not paid again."""
        assert key == request["request_no"]
        self.posts += 1
        if key in self.batches:
            assert self.batches[key] == request, "the same number for something else"
            return
        self.batches[key] = request
        for item in request["items"]:
            failed = item["payee_name"] in self.rejects
            self.states[item["item_no"]] = "FAIL" if failed else "SUCCESS"
            if not failed:
                self.paid[item["payee_wallet"]] += int(item["amount"].replace(".", ""))

    def send_back(self, item_no: str) -> None:
        """The payee's wallet was closed: the money comes back late."""
        self.states[item_no] = "RETURNED"
        for request in self.batches.values():
            for item in request["items"]:
                if item["item_no"] == item_no:
                    self.paid[item["payee_wallet"]] -= int(item["amount"].replace(".", ""))

    def answer(self, key: str) -> dict[str, Any]:
        """What is known of a batch."""
        items = self.batches[key]["items"]
        said = [{"item_no": one["item_no"], "state": self.states[one["item_no"]]} for one in items]
        if self.processing:
            said = [{**one, "state": "PROCESSING"} for one in said]
        return {"request_no": key, "batch_state": "ACCEPTING" if self.processing else "FINISH", "items": said}


@contextmanager
def serving(operator: Operator, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The operator at a local address, for the length of the block; encrypted under `context`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            operator.take(json.loads(body), self.headers["Idempotency-Key"])
            time.sleep(operator.delay)
            failing = operator.posts <= operator.errors_after_paying
            self._say(504 if failing else 200, {"request_no": self.headers["Idempotency-Key"]})

        def do_GET(self) -> None:
            key = self.path.rpartition("/")[2]
            known = key in operator.batches
            self._say(200 if known else 404, operator.answer(key) if known else {})

        def _say(self, status: int, body: dict[str, Any]) -> None:
            content = json.dumps(body).encode()
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                # The client has stopped waiting; that is what some tests are about.
                self.close_connection = True

        def log_message(self, format: str, *arguments: object) -> None:
            """Nothing is printed: orders hold numbers in full."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
