"""Send a batch to an operator's interface and ask for its answer: time-outs, bounded retry, the same number every time.

A request that gets no answer may have been carried out, so it never counts as failed: it is sent again with the same
request number, which the operator takes once, and in the end the outcome is unknown and the ledger holds the batch.
"""

import ssl
import time
from collections.abc import Callable
from typing import NamedTuple

import httpx

from calculators.problems import N_, Place, refuse

# Seconds before each further try; few, because a batch that waits is safe and an operator under load is not.
PAUSES = (1, 2, 4)
_TIMEOUT = httpx.Timeout(30, connect=10)
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_IN_DOUBT = frozenset({408, 425, 429, 500, 502, 503, 504})


class Sent(NamedTuple):
    """What the operator said to a request: its bytes, and after how many tries."""

    answer: bytes
    tries: int


class Channel:
    """An operator's batch interface at `url`: `POST /batches`, and `GET /batches/<request no.>` for the answer.

    Orders hold wallet numbers in full, so they travel encrypted, save to this machine itself (a gateway beside the
    ledger, or a simulation), and to nobody whose certificate `context` does not verify. Refuses `channel_unencrypted`
    and, for what is no address, `channel_malformed`.
    """

    def __init__(
        self,
        url: str,
        context: ssl.SSLContext | None = None,
        *,
        pause: Callable[[int], object] = time.sleep,
        timeout: httpx.Timeout = _TIMEOUT,
    ):
        self._url = checked(url).rstrip("/")
        self._verify = context or True
        self._pause = pause
        self._timeout = timeout

    def submit(self, batch: str, order: bytes) -> Sent:
        """Send an order under its batch no. as idempotency key.

        Refuses `channel_silent` (no answer after every try: the outcome is unknown), `channel_refused` and, before
        anything leaves, `certificate_differs`.
        """
        headers = {"Content-Type": "application/json", "Idempotency-Key": batch}
        return self._request("POST", "/batches", batch, content=order, headers=headers)

    def ask(self, batch: str) -> Sent:
        """The answer to a batch as it stands; refuses as `submit` does."""
        return self._request("GET", f"/batches/{batch}", batch)

    def _request(
        self,
        method: str,
        path: str,
        batch: str,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Sent:
        reason = ""
        with httpx.Client(timeout=self._timeout, follow_redirects=False, verify=self._verify) as client:
            for number, pause in enumerate((*PAUSES, 0), 1):
                try:
                    response = client.request(method, self._url + path, content=content, headers=headers)
                except httpx.HTTPError as error:
                    if _unverified(error):
                        raise refuse(
                            "certificate_differs",
                            N_("the host shows another certificate than the registered one: nothing was sent to it"),
                            N_("ask the operator over a number that you knew before; a new one is registered by two"),
                            Place(self._url),
                        ) from error
                    reason = type(error).__name__
                else:
                    if response.is_success:
                        return Sent(response.content, number)
                    reason = str(response.status_code)
                    if response.status_code not in _IN_DOUBT:
                        raise refuse(
                            "channel_refused",
                            N_("the operator answers {status} to batch {batch}"),
                            N_("ask the operator; the batch stays exported until its outcome is known"),
                            Place(self._url),
                            status=response.status_code,
                            batch=batch,
                        )
                if pause:
                    self._pause(pause)
        raise refuse(
            "channel_silent",
            N_("no answer to batch {batch} (tries: {tries}; {reason}): it may have been taken or not"),
            N_("send it again later, which is safe, or ask the operator; nothing is paid again before it is known"),
            Place(self._url),
            batch=batch,
            tries=len(PAUSES) + 1,
            reason=reason,
        )


def _unverified(error: BaseException | None) -> bool:
    """Whether a connection failed because the host is not the one that was registered."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    return error is not None


def checked(url: str) -> str:
    """The address of an interface; refuses `channel_malformed` and `channel_unencrypted`."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host or parsed.userinfo:
        raise refuse(
            "channel_malformed",
            N_("this is not the address of an operator's interface"),
            N_("write https://, the host, and the path, without name and password"),
            Place("--url"),
        )
    if parsed.scheme == "http" and parsed.host not in THIS_MACHINE:
        raise refuse(
            "channel_unencrypted",
            N_("{host} is asked over http, which everybody on the way can read and change"),
            N_("use its https address; http is for this machine only"),
            Place("--url"),
            host=parsed.host,
        )
    return url
