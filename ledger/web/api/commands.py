"""Commands from another machine: the words of one with its files go in, what it printed and wrote comes back.

A command that the ledger refuses is answered as it is at the command line: by its words and exit code 2.
"""

from base64 import b64encode
from typing import Annotated

import orjson
from fastapi import Header, Request
from pydantic import Base64Bytes, BaseModel, ConfigDict, Field
from starlette.responses import Response

from ledger.web.api.gate import OFFICER
from ledger.web.runner import Runner


class CommandAsked(BaseModel):
    """A command line behind `subsidy`, and the files that it names."""

    model_config = ConfigDict(extra="forbid")
    words: Annotated[list[Annotated[str, Field(max_length=100_000)]], Field(min_length=1, max_length=10_000)]
    files: dict[Annotated[str, Field(min_length=1, max_length=200)], Base64Bytes] = {}


class CommandAnswered(BaseModel):
    """How it came out; `again`: it was answered before under this key, and its files do not come a second time."""

    code: int
    out: str
    err: str
    files: dict[str, Base64Bytes]
    again: bool


KeyOfRequest = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{8,200}$",
        description="New for every command; the same with the same request gives the same answer, for ever.",
    ),
]


def post_command(request: Request, asked: CommandAsked, key: KeyOfRequest) -> Response:
    """Run a command beside the ledger, as if it had been typed there. A private key is never sent: give --challenge."""
    runner: Runner = request.app.state.runner
    done = runner.run(asked.words, asked.files, key, officer=getattr(request.state, OFFICER, ""))
    answer = {**done._asdict(), "files": {name: b64encode(content).decode() for name, content in done.files.items()}}
    return Response(orjson.dumps(answer), 200, {"Cache-Control": "no-store"}, "application/json")
