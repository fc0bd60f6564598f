"""A command as a form: filled in from a line, previewed, run, and signed where the key is."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from calculators.problems import N_, refuse
from ledger.office import sign
from ledger.web.asked import Asked, Asks
from ledger.web.guard import officer_of
from ledger.web.pending import Pending, Waiting
from ledger.web.runner import ACTOR, CHALLENGE_FILE, SIGNATURE_FILE, Done, Form, Runner

router = APIRouter()

# Flags that show what would be written.
PREVIEWS = ("preview", "dry_run")
NOT_YET = Done(0, "", "", {})


@dataclass(frozen=True)
class Filled:
    """A form that came back: the texts of its fields, and the files by the names that they have at home."""

    texts: Mapping[str, Sequence[str]]
    files: Mapping[str, bytes]


async def filled(request: Request) -> Filled:
    """The form at hand, read to its end."""
    texts: dict[str, list[str]] = {}
    files: dict[str, bytes] = {}
    async with request.form() as form:
        for name, value in form.multi_items():
            if not isinstance(value, UploadFile):
                texts.setdefault(name, []).append(value)
            elif value.filename:
                files[value.filename] = await value.read()
                texts.setdefault(name, []).append(value.filename)
    return Filled(texts, files)


Fills = Annotated[Filled, Depends(filled)]


@router.get("/do")
def form_of(asks: Asks, request: Request, line: str = "") -> Response:
    """The form of a command line."""
    runner: Runner = request.app.state.runner
    return _form_page(asks, _own(runner.form(line), asks), line)


@router.post("/do")
def run(request: Request, given: Fills) -> Response:
    """Record what was filled in, or ask for a signature under it; by the other button show what it would do."""
    runner: Runner = request.app.state.runner
    form = runner.form("".join(given.texts.get("line", ())))
    words = runner.words(form, {name: texts for name, texts in given.texts.items() if name not in PREVIEWS})
    show = next((name for name in PREVIEWS if name in given.texts.get("show", ())), None)
    if show:
        shown = runner.words(form, {**given.texts, show: ["on"]})
        return _came_out(
            request,
            Pending(
                form, words, given.files, runner.run(shown, given.files, officer=officer_of(request.scope)), shown=True
            ),
        )
    return recorded(request, Pending(form, words, given.files, NOT_YET))


@router.get("/do/{name}")
def came_out(asks: Asks, request: Request, name: str) -> Response:
    """What came of a form: what it would do, what is to be signed, or what it did."""
    waits: Waiting[Pending] = request.app.state.waiting
    pending = waits.get(name, officer_of(request.scope))
    shared: dict[str, object] = {
        "name": name,
        "pending": pending,
        "done": pending.done,
        "line": " ".join(pending.form.names),
        "again": shlex.join(pending.words),
    }
    with asks.read() as seen:
        if pending.challenge is None:
            return asks.page("done.html", seen, "do", **shared)
        said = list(sign.lines(sign.read_challenge(pending.challenge)))
        return asks.page("sign.html", seen, "do", said=said, file=CHALLENGE_FILE, **shared)


@router.get("/do/{name}/{file}")
def fetch(request: Request, name: str, file: str) -> Response:
    """A file that a command wrote: what is to be signed, an order, a list."""
    waits: Waiting[Pending] = request.app.state.waiting
    pending = waits.get(name, officer_of(request.scope))
    content = pending.challenge if file == CHALLENGE_FILE else pending.done.files.get(file)
    if content is None:
        raise refuse("file_unknown", N_("no such file came of it"), N_("take one that the page names"))
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file)}"}
    return Response(content, 200, headers, "application/octet-stream")


@router.post("/do/{name}")
def go_on(request: Request, name: str, given: Fills) -> Response:
    """Record what was shown, or what was signed meanwhile; or ask for something new to sign."""
    runner: Runner = request.app.state.runner
    waits: Waiting[Pending] = request.app.state.waiting
    pending = waits.get(name, officer_of(request.scope))
    if pending.shown or "again" in given.texts:
        return recorded(request, pending)
    if not given.files:
        raise refuse(
            "signature_missing", N_("no signature was brought"), N_("choose the file that `subsidy sign` wrote")
        )
    files = {**pending.files, SIGNATURE_FILE: next(iter(given.files.values()))}
    done = runner.run(runner.signed(runner.asking(pending.words)), files, officer=officer_of(request.scope))
    # What was refused is still to be signed: perhaps the wrong file was brought.
    return _came_out(request, pending._replace(done=done, challenge=pending.challenge if done.code else None))


def recorded(request: Request, pending: Pending) -> Response:
    """Have a command run for good: it asks for a signature where the ledger wants one."""
    runner: Runner = request.app.state.runner
    words = runner.asking(pending.words) if pending.form.writes else pending.words
    done = runner.run(words, pending.files, officer=officer_of(request.scope))
    challenge = None if done.code else done.files.get(CHALLENGE_FILE)
    return _came_out(request, pending._replace(done=done, shown=False, challenge=challenge))


def _form_page(asks: Asked, form: Form, line: str) -> Response:
    show = next((name for name in PREVIEWS if any(of.name == name for of in form.fields)), None)
    with asks.read() as seen:
        return asks.page("do.html", seen, "do", form=form, line=line, show=show)


def _own(form: Form, asks: Asked) -> Form:
    """The form with the staff number of who fills it in, where it asks for one and the line names no other."""
    wanted = any(of.name == ACTOR for of in form.fields) and (asks.officer or ACTOR not in form.values)
    return form._replace(values={**form.values, ACTOR: (asks.actor,)}) if wanted and asks.actor else form


def _came_out(request: Request, pending: Pending) -> Response:
    """Keep it, and lead to its page: that one can be looked at again, and in another language."""
    waits: Waiting[Pending] = request.app.state.waiting
    return RedirectResponse(f"/do/{waits.keep(pending, officer_of(request.scope))}", 303)
