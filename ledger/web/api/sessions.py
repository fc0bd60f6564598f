"""Signing in by program: a challenge goes out, its signature comes back for a token, and the token is ended."""

from base64 import b64encode
from typing import Annotated

import orjson
from fastapi import Request
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field
from starlette.responses import Response

from ledger.office.sign_in import SignIn
from ledger.web.api.gate import token_of


class Wishes(BaseModel):
    """Who wants to come in, by staff number."""

    model_config = ConfigDict(extra="forbid")
    actor: Annotated[str, Field(min_length=1, max_length=64)]


class Challenged(BaseModel):
    """What is to be signed by `subsidy sign`; good once, and for ten minutes."""

    challenge: Base64Bytes


class Signed(BaseModel):
    """The file that `subsidy sign` wrote."""

    model_config = ConfigDict(extra="forbid")
    signature: Annotated[Base64Bytes, Field(max_length=10_000)]


class Session(BaseModel):
    """A token, for whom, and until when it is good at most (UTC)."""

    token: str
    actor: str
    until: str


class Ended(BaseModel):
    """The token that was shown is good no more."""

    ended: bool


def post_challenge(request: Request, wishes: Wishes) -> Response:
    """Ask for a challenge to sign; needs no token."""
    state = request.app.state
    with state.ledger.read() as view:
        challenge = _sign_in(request).ask(view, wishes.actor)
    return _answer({"challenge": b64encode(challenge).decode()})


def post_session(request: Request, signed: Signed) -> Response:
    """Bring the signature for an officer's own token; needs no token."""
    with request.app.state.ledger.read() as view:
        opened = _sign_in(request).enter(view, signed.signature)
    return _answer({"token": opened.token, "actor": opened.actor, "until": opened.until.isoformat()})


def delete_session(request: Request) -> Response:
    """End the token that is shown; the server's own stays."""
    _sign_in(request).leave(token_of(request.headers))
    return _answer({"ended": True})


def _sign_in(request: Request) -> SignIn:
    found: SignIn = request.app.state.sign_in
    return found


def _answer(said: dict[str, object]) -> Response:
    return Response(orjson.dumps(said), 200, {"Cache-Control": "no-store"}, "application/json")
