"""Import: a file is brought, looked at beside what is recorded, and taken in; nothing is written before that.

What a file would do is said by the command that takes it in, run with `--preview`; its JSON is laid out here.
"""

import shlex
from collections.abc import Mapping
from typing import Any

import orjson
from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from calculators.problems import N_, refuse
from ledger.registry.imports import REGISTERS
from ledger.registry.mappings import MAPPED
from ledger.registry.withdrawals import Imported, imports
from ledger.sheets.columns import columns
from ledger.sheets.names import RegisterName
from ledger.web.asked import Asks
from ledger.web.guard import officer_of
from ledger.web.pages.doing import NOT_YET, Fills, recorded
from ledger.web.pending import Pending, Upload, Waiting
from ledger.web.runner import Runner
from ledger.words import _

router = APIRouter()

# As many rows of a file are laid out; of more, how many there are.
SHOWN = 200
# What goes back to who sent a file with wrong rows.
RETURNED = "returned.xlsx"
MODES = ("delta", "full")


@router.get("/import")
def registers(asks: Asks) -> Response:
    """Every register with its last import, and the form that brings a file."""
    with asks.read() as seen:
        every = imports(seen.view)
        last: dict[str, Imported] = {one.row.body["register"]: one for one in every}
        lenders = sorted({one.row.body["lender"] for one in every if "lender" in one.row.body})
        return asks.page(
            "import.html",
            seen,
            "import",
            registers=[
                (name, str(RegisterName(name)), last.get(register.kind.register))
                for name, register in REGISTERS.items()
            ],
            chosen=asks.query.get("register", ""),
            said={name: asks.query.get(name, "") for name in ("mode", "lender", "through")},
            modes=MODES,
            lenders=lenders,
        )


@router.post("/import")
def brought(request: Request, given: Fills) -> Response:
    """Keep the file with what was said of it, and lead to what it would do."""
    if not given.files:
        raise refuse("file_missing", N_("no file was brought"), N_("go back and choose the file"))
    name, content = next(iter(given.files.items()))
    fields = ("register", "mode", "lender", "through", "actor", "hold_bad")
    said = {field: "".join(given.texts.get(field, ())).strip() for field in fields}
    uploads: Waiting[Upload] = request.app.state.uploads
    return RedirectResponse(f"/import/{uploads.keep(Upload(name, content, said), officer_of(request.scope))}", 303)


@router.get("/import/{kept}")
def preview(asks: Asks, request: Request, kept: str) -> Response:
    """How the file is read, what it would change, and what is wrong with it; `?hold=1` with its bad rows held."""
    uploads: Waiting[Upload] = request.app.state.uploads
    runner: Runner = request.app.state.runner
    upload = uploads.get(kept, officer_of(request.scope))
    said = {**upload.said, "hold_bad": "on" if asks.query.get("hold") else ""}
    words = [*_words(upload, said), "--preview", "--json", "--returned", RETURNED]
    done = runner.run(words, {upload.name: upload.content}, officer=officer_of(request.scope))
    found = orjson.loads(done.out) if not done.code else None
    if RETURNED in done.files:
        uploads.put(kept, upload._replace(done=done))
    register = said["register"]
    with asks.read() as seen:
        return asks.page(
            "import_preview.html",
            seen,
            "import",
            kept=kept,
            upload=upload,
            said=said,
            register=str(RegisterName(register)),
            found=found,
            rows=found["rows"][:SHOWN] if found else [],
            titles=_titles(register),
            fields=_fields(found) if found else [],
            mapping=_mapping(runner, upload, asks.officer) if register in MAPPED and said["lender"] else None,
            told=done.err.splitlines(),
            returned=RETURNED if RETURNED in done.files else "",
            line=shlex.join(_words(upload, said)),
        )


@router.post("/import/{kept}/map")
def mapped(request: Request, kept: str, given: Fills) -> Response:
    """Take what was said of the lender's own headings; propose the mapping once nothing more is asked for."""
    uploads: Waiting[Upload] = request.app.state.uploads
    runner: Runner = request.app.state.runner
    officer = officer_of(request.scope)
    upload = uploads.get(kept, officer)
    said = [text for text in given.texts.get("say", ()) if text]
    begun = zip(given.texts.get("begins", ()), given.texts.get("text", ()), strict=False)
    said += [f"{begins}{text.strip()}" for begins, text in begun if text.strip()]
    answers = [word for text in said for word in text.split(" ", 1)]
    upload = upload._replace(said={**upload.said, "answers": shlex.join([*_said_before(upload), *answers])})
    uploads.put(kept, upload)
    mapping = _mapping(runner, upload, officer)
    if mapping is None or mapping["lacks"]:
        return RedirectResponse(f"/import/{kept}#map", 303)
    words = [*shlex.split(mapping["line"]), "--actor", upload.said["actor"]]
    form = runner.form(shlex.join(words))
    files = {upload.name: upload.content}
    return recorded(request, Pending(form, words, files, NOT_YET, back=f"/import/{kept}"))


@router.get("/import/{kept}/{file}")
def back(request: Request, kept: str, file: str) -> Response:
    """The file as it goes back, with what is wrong marked."""
    uploads: Waiting[Upload] = request.app.state.uploads
    done = uploads.get(kept, officer_of(request.scope)).done
    content = done.files.get(file) if done else None
    if content is None:
        raise refuse("file_unknown", N_("no such file came of it"), N_("take one that the page names"))
    headers = {"Content-Disposition": f'attachment; filename="{RETURNED}"'}
    return Response(content, 200, headers, "application/octet-stream")


@router.post("/import/{kept}")
def take(request: Request, kept: str, given: Fills) -> Response:
    """Have the file taken in: it asks for a signature where the ledger wants one."""
    uploads: Waiting[Upload] = request.app.state.uploads
    runner: Runner = request.app.state.runner
    upload = uploads.get(kept, officer_of(request.scope))
    said = {**upload.said, "hold_bad": "".join(given.texts.get("hold_bad", ()))}
    words = _words(upload, said)
    form = runner.form(shlex.join(words))
    return recorded(request, Pending(form, words, {upload.name: upload.content}, NOT_YET))


def _words(upload: Upload, said: Mapping[str, str]) -> list[str]:
    """The command that takes the file in as it was said."""
    words = ["import", said["register"], upload.name]
    for field in ("mode", "lender", "through", "actor"):
        if said[field]:
            words += [f"--{field}", said[field]]
    return [*words, "--hold-bad"] if said["hold_bad"] else words


def _mapping(runner: Runner, upload: Upload, officer: str) -> dict[str, Any] | None:
    """How the headings of the file are read, as it would be proposed; None where that cannot be told."""
    words = ["import", "map", upload.said["lender"], upload.name, "--register", upload.said["register"]]
    words += _said_before(upload)
    done = runner.run([*words, "--preview", "--json"], {upload.name: upload.content}, officer=officer)
    if done.code:
        return None
    return {**orjson.loads(done.out), "line": shlex.join(words)}


def _said_before(upload: Upload) -> list[str]:
    """What was said of the headings so far, as options of the command."""
    return shlex.split(upload.said.get("answers", ""))


def _titles(register: str) -> dict[str, str]:
    """Field -> its heading in the reader's language; a record names what it points to without the `_no`."""
    named = {
        name: column.title
        for column in columns(register)
        for name in dict.fromkeys((column.name, column.name.removesuffix("_no")))
    }
    # No column says from whom a lender's file comes.
    return {"lender": _("Lender"), **named}


def _fields(found: Mapping[str, Any]) -> list[str]:
    """The fields that new rows have, in their order."""
    return list(dict.fromkeys(name for row in found["rows"] for name in row.get("values", {})))
