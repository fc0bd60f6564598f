"""One question to the API: the moment that it is asked of, the answer as JSON, and the headers that prove it."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Annotated, Any

import orjson
from fastapi import Depends, Query, Request
from starlette.responses import Response

from ledger.audit.ledger import Ledger
from ledger.queries.as_of import Moment, moment
from ledger.queries.forms import form
from ledger.store.ledger import local_day
from ledger.words import language

_AS_OF = "As it was believed: a number of records, a day (YYYY-MM-DD), or SIZE@ROOT of a checkpoint."


@dataclass(frozen=True)
class Question:
    """A request for an answer."""

    ledger: Ledger
    as_of: str
    address: str
    known: frozenset[str]

    def answer(self, ask: Callable[[Moment], Any]) -> Response:
        """What `ask` says of the ledger, in yuan and fen; nothing (304) to who has that already.

        The headers name the records that it rests on, and the day; an answer is a function of these, of the address,
        the language and the program, and so is its tag. Refuses what `moment` does.
        """
        with self.ledger.read() as view:
            at = moment(view, self.ledger.vault, local_day(self.ledger.clock()), self.as_of)
            root = at.view.root().hex()
            said = (self.address, str(at.view.size), root, at.today.isoformat(), language(), version("subsidy-ledger"))
            tag = f'"{sha256(chr(0).join(said).encode()).hexdigest()[:32]}"'
            headers = {
                "ETag": tag,
                "Log-Size": str(at.view.size),
                "Log-Root": root,
                "Log-Day": at.today.isoformat(),
                "Cache-Control": "private, no-cache",
                "Vary": "Accept-Language, Authorization",
            }
            if tag in self.known or "*" in self.known:
                return Response(status_code=304, headers=headers)
            content = orjson.dumps(form(ask(at), fen=True))
        return Response(content, 200, headers, "application/json")


def question(
    request: Request, as_of: Annotated[str, Query(description=_AS_OF, max_length=84, examples=["2025-06-30"])] = ""
) -> Question:
    """The request at hand."""
    known = frozenset(tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(","))
    address = f"{request.url.path}?{request.url.query}"
    return Question(request.app.state.ledger, as_of, address, known)


Asks = Annotated[Question, Depends(question)]
