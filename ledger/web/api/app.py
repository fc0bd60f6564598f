"""What can be asked: every address under `/api/v1`, each a question of `ledger.queries` and its answer.

What is written is written by commands, which a runner is given (`commands.py`). Lists that grow with the log are paged
by sequence: `after` is the last number that was seen.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import FastAPI, Path, Query, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.book.balances import AccountBalance, trial_balance
from ledger.office.sign_in import SignIn
from ledger.queries import budget, channels, firm, inbox, log, payments, publicity, reconciliation, runs
from ledger.queries.line import line_answers
from ledger.queries.month import month_at_hand, steps_of_month
from ledger.registry.profile import profile
from ledger.runs.occasion import Month
from ledger.web.api import shapes
from ledger.web.api.asked import Asks
from ledger.web.api.commands import CommandAnswered, post_command
from ledger.web.api.models import list_of, model_of, page_of
from ledger.web.api.problems import MEDIA_TYPE, ProblemDocument, not_asked, parameter_wrong, problem_document
from ledger.web.api.sessions import Challenged, Ended, Session, delete_session, post_challenge, post_session
from ledger.web.runner import Runner

PREFIX = "/api/v1"
MOST = 1000

After = Annotated[int, Query(ge=-1, le=2**53 - 1, description="The last number that was seen; -1 begins.")]
Count = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Name = Annotated[str, Path(min_length=1, max_length=200)]
MonthName = Annotated[str, Path(pattern=r"^\d{4}-\d{2}$", examples=["2025-06"])]
Record = Annotated[int, Path(ge=0, le=2**53 - 1)]

_HEADERS = {
    "ETag": "Of the records, the day and the address; send it as If-None-Match.",
    "Log-Size": "How many records the answer rests on.",
    "Log-Root": "The root over them, in hex.",
    "Log-Day": "The Beijing day on which deadlines and ages are counted.",
}


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The description of the API, with the token and with problem documents, which no answer has as its model."""
        if not self.openapi_schema:
            made = super().openapi()
            problem = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
            made["components"]["schemas"] |= problem.pop("$defs") | {ProblemDocument.__name__: problem}
            made["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            made["security"] = [{"token": []}]
        return super().openapi()


def create_api(ledger: Ledger, runner: Runner, sign_in: SignIn) -> FastAPI:
    """The API over a ledger, with who runs commands on it and who signs in; nobody stands before it yet (`Gate`)."""
    api = _Api(
        title="Subsidy ledger",
        version="1",
        description=(
            "Answers of the ledger as of any size of its log. Amounts are texts in yuan (`amount`) beside integers of "
            "fen (`amount_fen`); days are Beijing days, times UTC; a name that has no value is left out."
        ),
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    api.state.ledger = ledger
    api.state.runner = runner
    api.state.sign_in = sign_in
    for path, endpoint, model in QUESTIONS:
        api.get(f"{PREFIX}{path}", responses=_answers(model), response_model=None)(endpoint)
    api.post(f"{PREFIX}/commands", responses=_said(CommandAnswered), response_model=None)(post_command)
    free: list[dict[str, list[str]]] = []
    for path, enter, said in (("/sign-in", post_challenge, Challenged), ("/sessions", post_session, Session)):
        route = api.post(
            f"{PREFIX}{path}", responses=_said(said), response_model=None, openapi_extra={"security": free}
        )
        route(enter)
    api.delete(f"{PREFIX}/sessions", responses=_said(Ended), response_model=None)(delete_session)
    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(RequestValidationError, _wrong)
    api.add_exception_handler(HTTPException, _unknown)
    return api


def _answers(model: Any) -> dict[int | str, dict[str, Any]]:
    headers = {name: {"description": said, "schema": {"type": "string"}} for name, said in _HEADERS.items()}
    return {
        200: {"model": model, "headers": headers},
        304: {"description": "The answer is the one that the client has.", "headers": headers},
        **_refusals(),
    }


def _said(model: Any) -> dict[int | str, dict[str, Any]]:
    return {200: {"model": model}, **_refusals()}


def _refusals() -> dict[int | str, dict[str, Any]]:
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    refused = {"description": "What is wrong.", "content": {MEDIA_TYPE: {"schema": schema}}}
    return {"4XX": refused, "5XX": refused}


def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem_document(error)


def _wrong(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [(str(one["loc"][-1]), str(one["msg"])) for one in error.errors()]
    problems = [problem for name, reason in found for problem in parameter_wrong(name, reason).problems]
    return problem_document(Refused(problems), 422)


def _unknown(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_document(not_asked(), error.status_code, dict(error.headers or {}))


def _page(items: Sequence[Any], count: int, number: str) -> dict[str, Any]:
    """A page of at most `count` of the items, of which one more was asked for; the field `number` orders them."""
    shown = tuple(items[:count])
    return {"items": shown, "next": getattr(shown[-1], number) if len(items) > count else None}


def get_head(asked: Asks) -> Response:
    """The log: its name, its size and its root."""
    return asked.answer(lambda at: log.head(at.view))


def get_records(asked: Asks, after: After = -1, count: Count = 100) -> Response:
    """The records of the log, by log index."""
    return asked.answer(lambda at: _page(log.log_records(at.view, after, count + 1), count, "seq"))


def get_record(asked: Asks, seq: Record) -> Response:
    """One record of the log."""
    return asked.answer(lambda at: log.log_record(at.view, seq))


def get_inbox(asked: Asks) -> Response:
    """What waits for a signature, and what anybody can bring on."""
    return asked.answer(lambda at: inbox.inbox(at.view, at.today))


def get_month_at_hand(asked: Asks) -> Response:
    """Where the month stands that is to be worked on."""
    return asked.answer(
        lambda at: shapes.month_shown(steps_of_month(at.view, at.vault, month_at_hand(at.view, at.today), at.today))
    )


def get_month(asked: Asks, month: MonthName) -> Response:
    """Where a month stands, step by step."""
    return asked.answer(lambda at: shapes.month_shown(steps_of_month(at.view, at.vault, Month.parse(month), at.today)))


def get_runs(asked: Asks, after: After = -1, count: Count = 100) -> Response:
    """The runs, by number."""
    return asked.answer(lambda at: _page(runs.all_runs(at.view, after, count + 1), count, "run"))


def get_run(asked: Asks, run: Name) -> Response:
    """One run by its number, or the last closed one of a month or notice."""
    return asked.answer(lambda at: runs.run_answer(at.view, run))


def get_run_lines(asked: Asks, run: Name, after: After = -1, count: Count = 100) -> Response:
    """What a run posted, by log index; of a run that waits for signatures all that it would post, on one page."""
    return asked.answer(lambda at: _lines(runs.run_lines(at.view, run, after, count + 1), count))


def _lines(lines: Sequence[runs.RunLine], count: int) -> dict[str, Any]:
    if lines and lines[0].record is None:
        return {"items": tuple(lines), "next": None}
    return _page(lines, count, "record")


def get_run_before(asked: Asks, run: Name) -> Response:
    """A run line by line against the closed run that came before it."""
    return asked.answer(lambda at: runs.against_before(at.view, run))


def get_line(asked: Asks, subject: Name, month: Annotated[str, Query(pattern=r"^(\d{4}-\d{2})?$")] = "") -> Response:
    """Why an amount is what it is: of an entry (number or key), a loan or other item, or a grant number."""
    return asked.answer(
        lambda at: {
            "items": [
                shapes.line_shown(found)
                for found in line_answers(at.view, subject, Month.parse(month) if month else None)
            ]
        }
    )


def get_batches(asked: Asks, after: After = -1, count: Count = 100) -> Response:
    """The payment batches, by log index (`record`)."""
    return asked.answer(lambda at: _page(payments.all_batches(at.view, after, count + 1), count, "record"))


def get_batch(asked: Asks, key: Name) -> Response:
    """One payment batch."""
    return asked.answer(lambda at: payments.batch_answer(at.view, key))


def get_payouts(asked: Asks, key: Name) -> Response:
    """The payouts of a batch, in order."""
    return asked.answer(lambda at: {"items": payments.payouts_of(at.view, key)})


def get_payout(asked: Asks, item: Name) -> Response:
    """One payout: what it pays for, and all that was said of it."""
    return asked.answer(lambda at: payments.payout_history(at.view, item))


def get_budget(asked: Asks) -> Response:
    """Every budget path: issued, used, available and frozen."""
    return asked.answer(lambda at: {"items": budget.envelopes(at.view)})


def get_execution(asked: Asks, month: MonthName) -> Response:
    """How the budget was carried out by the end of a month."""
    return asked.answer(lambda at: shapes.budget_shown(budget.execution_answer(at.view, Month.parse(month))))


def get_balances(asked: Asks, chart: Literal["fin", "bud", "ind"] | None = None) -> Response:
    """The trial balance, of all charts or one."""
    return asked.answer(lambda at: {"items": trial_balance(at.view, chart)})


def get_desk(asked: Asks) -> Response:
    """Reconciling: open lines with their candidates, and payouts that no line has paid."""
    return asked.answer(reconciliation.desk)


def get_statement_line(asked: Asks, line: Name) -> Response:
    """One statement line by its key or the last two parts of it: its match, or why it is open."""
    return asked.answer(lambda at: reconciliation.line_answer(at, line))


def get_public_notices(asked: Asks) -> Response:
    """The public notices, by first day."""
    return asked.answer(lambda at: {"items": publicity.public_notices(at.view)})


def get_public_notice(asked: Asks, name: Name) -> Response:
    """One public notice: what stands against paying its lines, and what was said against it."""
    return asked.answer(lambda at: publicity.public_notice(at.view, name, at.today))


def get_firms(asked: Asks, text: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Firms that a text is a part of something known of, or the last four digits of a number; all without a text."""
    return asked.answer(lambda at: {"items": firm.find(at.view, at.vault, text) if text else firm.firms(at.view)})


def get_money(asked: Asks, uscc: Name) -> Response:
    """Where a firm's money is, grant by grant."""
    return asked.answer(
        lambda at: {"items": firm.money(at.view, at.vault, profile(at.view, at.vault, uscc).uscc, at.today)}
    )


def get_channels(asked: Asks) -> Response:
    """What reached firms by digital renminbi and by bank, month by month."""
    return asked.answer(lambda at: channels.channels(at.view))


QUESTIONS = (
    ("/head", get_head, model_of(log.Head)),
    ("/records", get_records, page_of(log.LogRecord)),
    ("/records/{seq}", get_record, model_of(log.LogRecord)),
    ("/inbox", get_inbox, model_of(inbox.Inbox)),
    ("/month", get_month_at_hand, model_of(shapes.MonthShown)),
    ("/months/{month}", get_month, model_of(shapes.MonthShown)),
    ("/runs", get_runs, page_of(runs.RunAnswer)),
    ("/runs/{run}", get_run, model_of(runs.RunAnswer)),
    ("/runs/{run}/lines", get_run_lines, page_of(runs.RunLine)),
    ("/runs/{run}/before", get_run_before, model_of(runs.Compared)),
    ("/why/{subject:path}", get_line, list_of(shapes.LineShown)),
    ("/batches", get_batches, page_of(payments.BatchAnswer)),
    ("/batches/{key}", get_batch, model_of(payments.BatchAnswer)),
    ("/batches/{key}/payouts", get_payouts, list_of(payments.PayoutAnswer)),
    ("/payouts/{item}", get_payout, model_of(payments.PayoutHistory)),
    ("/budget", get_budget, list_of(budget.Envelope)),
    ("/budget/{month}", get_execution, model_of(shapes.BudgetShown)),
    ("/balances", get_balances, list_of(AccountBalance)),
    ("/reconciliation", get_desk, model_of(reconciliation.Desk)),
    ("/reconciliation/lines/{line:path}", get_statement_line, model_of(reconciliation.LineOfDesk)),
    ("/public-notices", get_public_notices, list_of(publicity.PublicNotice)),
    ("/public-notices/{name}", get_public_notice, model_of(publicity.PublicNoticeAnswer)),
    ("/firms", get_firms, list_of(firm.Found)),
    ("/firms/{uscc}/money", get_money, list_of(firm.GrantMoney)),
    ("/channels", get_channels, model_of(channels.Channels)),
)
