"""Signing in with the own key, and signing out: for officers at a server, without a script."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from calculators.problems import N_, refuse
from ledger.office import sign
from ledger.web.door import SIGN_IN, Officers
from ledger.web.guard import officer_of
from ledger.web.pages.doing import Fills
from ledger.web.pending import Waiting
from ledger.web.render import html
from ledger.web.runner import CHALLENGE_FILE

# Taken in by the app of a server alone.
router = APIRouter()


@router.get(SIGN_IN)
def ask(request: Request) -> Response:
    """Who is it?"""
    return html("sign_in.html", {"officer": officer_of(request.scope)})


@router.post(SIGN_IN)
def challenged(request: Request, given: Fills) -> Response:
    """Keep a new challenge, and lead to it."""
    actor = "".join(given.texts.get("actor", ())).strip()
    if not actor:
        raise refuse("actor_missing", N_("no staff number was given"), N_("write your own staff number"))
    door, challenges = _door(request), _challenges(request)
    with door.ledger.read() as view:
        challenge = door.sign_in.ask(view, actor)
    return RedirectResponse(f"{SIGN_IN}/{challenges.keep(challenge, '')}", 303)


@router.get(f"{SIGN_IN}/{{name}}")
def shown(request: Request, name: str) -> Response:
    """What is to be signed to come in."""
    challenge = sign.read_challenge(_challenges(request).get(name, ""))
    told = list(sign.lines(challenge))
    return html("sign_in_signed.html", {"name": name, "said": told, "file": CHALLENGE_FILE})


@router.get(f"{SIGN_IN}/{{name}}/{CHALLENGE_FILE}")
def fetch(request: Request, name: str) -> Response:
    """The file that is signed."""
    headers = {"Content-Disposition": f'attachment; filename="{CHALLENGE_FILE}"'}
    return Response(_challenges(request).get(name, ""), 200, headers, "application/octet-stream")


@router.post(f"{SIGN_IN}/{{name}}")
def enter(request: Request, name: str, given: Fills) -> Response:
    """Take the signature and give the token, in a cookie that no script reads and no other site sends."""
    if not given.files:
        raise refuse(
            "signature_missing", N_("no signature was brought"), N_("choose the file that `subsidy sign` wrote")
        )
    # It is this page's challenge that was signed: whoever has another one began elsewhere.
    _challenges(request).get(name, "")
    door = _door(request)
    with door.ledger.read() as view:
        opened = door.sign_in.enter(view, next(iter(given.files.values())))
    answer = RedirectResponse("/", 303)
    scheme = request.url.scheme
    answer.set_cookie(
        door.cookie(scheme), opened.token, path="/", secure=scheme == "https", httponly=True, samesite="strict"
    )
    return answer


@router.post("/sign-out")
def leave(request: Request) -> Response:
    """End the token, and forget it."""
    door = _door(request)
    answer = RedirectResponse(SIGN_IN, 303)
    for name in (door.PLAIN, door.ENCRYPTED):
        token = request.cookies.get(name)
        if token:
            door.sign_in.leave(token)
            answer.delete_cookie(name, path="/", secure=name == door.ENCRYPTED, httponly=True, samesite="strict")
    return answer


def _door(request: Request) -> Officers:
    found: Officers = request.app.state.door
    return found


def _challenges(request: Request) -> Waiting[bytes]:
    found: Waiting[bytes] = request.app.state.challenges
    return found
