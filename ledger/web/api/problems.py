"""What was refused, as a problem document (RFC 9457): with the list of problems that a refusal has, in one language."""

import orjson
from pydantic import BaseModel
from starlette.responses import Response

from calculators.problems import N_, Refused, refuse
from ledger.web.problems import status_of
from ledger.words import _

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:subsidy:problem:"


class Told(BaseModel):
    """One thing that is wrong: its code, where it is, what it is, how to remedy it, and the values in the texts."""

    code: str
    place: str
    what: str
    remedy: str
    values: dict[str, str]


class ProblemDocument(BaseModel):
    """What was refused: `type` ends with the code of the first problem, `title` and `detail` are its words."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[Told]


def problem_document(refused: Refused, status: int | None = None, headers: dict[str, str] | None = None) -> Response:
    """Every problem of a refusal; without a status, that of its codes."""
    status = status or status_of(refused)
    told = []
    for problem in refused.problems:
        values = {name: str(value) for name, value in problem.values.items()}
        what, remedy = _(problem.what).format_map(values), _(problem.remedy).format_map(values)
        told.append(Told(code=problem.code, place=str(problem.place), what=what, remedy=remedy, values=values))
    document = ProblemDocument(
        type=f"{_TYPE}{told[0].code}", title=told[0].what, status=status, detail=told[0].remedy, problems=told
    )
    return Response(orjson.dumps(document.model_dump()), status, headers, MEDIA_TYPE)


def token_missing() -> Refused:
    """The request does not show the token."""
    return refuse(
        "token_missing",
        N_("the request shows neither the token of this server nor one of an officer that is good"),
        N_(
            "send `Authorization: Bearer TOKEN`; an officer gets a token by `subsidy --server URL --token FILE sign-in`"
        ),
    )


def too_many() -> Refused:
    """One client asks faster than it is answered."""
    return refuse(
        "too_many_requests", N_("this client asks too often"), N_("wait as many seconds as `Retry-After` says")
    )


def too_large(limit: int) -> Refused:
    """The body of a request is larger than any that is read."""
    return refuse(
        "request_too_large", N_("the request has more than {limit} bytes"), N_("ask in the address alone"), limit=limit
    )


def too_slow(seconds: int) -> Refused:
    """The answer takes too long."""
    return refuse(
        "answer_too_slow",
        N_("the answer takes more than {seconds} seconds"),
        N_("ask for fewer at once with `count`, or with the command on the server itself"),
        seconds=seconds,
    )


def parameter_wrong(name: str, reason: str) -> Refused:
    """A part of the address is not what it has to be."""
    return refuse(
        "parameter_wrong",
        N_("{name} is not what it has to be: {reason}"),
        N_("see `/api/v1/openapi.json` for what can be asked"),
        name=name,
        reason=reason,
    )


def not_asked() -> Refused:
    """There is no such question, or it is not asked so."""
    return refuse(
        "question_unknown",
        N_("nothing can be asked at this address in this way"),
        N_("see `/api/v1/openapi.json` for what can be asked"),
    )
