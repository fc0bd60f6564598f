"""Saying that a firm ended and who takes its place: one person says it with a document, and it waits for another."""

from collections.abc import Iterator
from datetime import date

from calculators.problems import N_, Place, Problem, Refused, refuse
from ledger.log import kinds
from ledger.office.signing import Signer, append_signed
from ledger.registry.agreements import answers
from ledger.registry.successions import ENDED, GOES_ON, Ended, ended, places, successors
from ledger.store.ledger import View, Writer, local_day


def end(writer: Writer, firm: str, how: Ended, reason: str, signer: Signer | None = None) -> int | None:
    """Ask that a firm ended; the log index, None where the last record of it says the same and was not turned down.

    Refuses `entity_unknown`, `succession_of_itself` and `day_in_future`, all at once.
    """
    _check(writer, firm, how)
    body = kinds.SuccessionBody(key=firm, state=ENDED, on=how.on, document=how.document, reason=reason)
    if how.successor:
        body["successor"] = how.successor
    return _ask(writer, body, signer)


def go_on(writer: Writer, firm: str, how: Ended, reason: str, signer: Signer | None = None) -> int | None:
    """Ask that a firm goes on after all; the log index or None, as `end`. Refuses `not_ended` and `day_in_future`."""
    if firm not in ended(writer):
        raise refuse(
            "not_ended",
            N_("two people have not said that {firm} ended"),
            N_("nothing is to be taken back; what waits, `subsidy reject` ends"),
            Place(firm),
            firm=firm,
        )
    _check(writer, firm, how)
    body = kinds.SuccessionBody(key=firm, state=GOES_ON, on=how.on, document=how.document, reason=reason)
    return _ask(writer, body, signer)


def _check(view: Writer, firm: str, how: Ended) -> None:
    problems = [problem for code in (firm, how.successor) if code for problem in _unknown(view, code)]
    if how.successor and firm in places(how.successor, successors(view)):
        problems.append(
            Problem(
                "succession_of_itself",
                N_("{firm} would take its own place"),
                N_("name the firm that goes on, or none"),
                Place(firm),
                {"firm": firm},
            )
        )
    if date.fromisoformat(how.on) > local_day(view.now):
        problems.append(
            Problem("day_in_future", N_("{day} has not come yet"), N_("correct the day"), Place(firm), {"day": how.on})
        )
    if problems:
        raise Refused(problems)


def _unknown(view: View, code: str) -> Iterator[Problem]:
    if view.current(kinds.ENTITY, code) is None:
        yield Problem(
            "entity_unknown",
            N_("the firm {uscc} is not registered"),
            N_("import the register of entities first, or correct the code"),
            Place(code),
            {"uscc": code},
        )


def _ask(writer: Writer, body: kinds.SuccessionBody, signer: Signer | None) -> int | None:
    known = writer.current(kinds.SUCCESSION, body["key"])
    if known is not None and {**kinds.own(known.body), "signature": ""} == {**body, "signature": ""}:
        said = answers(writer).get(known.seq)
        if said is None or said.body["opinion"] == "approve":
            return None
    return append_signed(writer, signer, kinds.SUCCESSION, body)
