"""What a request looks at: the ledger as of the moment that it names, and the addresses that stay at that moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from calculators.problems import Refused
from ledger.audit.ledger import Ledger
from ledger.log import kinds
from ledger.queries.as_of import moment
from ledger.store.ledger import Vault, View, local_day
from ledger.web.guard import officer_of
from ledger.web.menu import MENU
from ledger.web.render import address, html


@dataclass(frozen=True)
class Head:
    """Which records a page shows: how many of how many, when the last was written, and the root over them.

    `signed` says whether the head that was signed last is of the same log, None where no signed head is at hand.
    """

    size: int
    newest: int
    recorded_at: str
    root: str
    signed: bool | None
    purpose: str
    origin: str


@dataclass(frozen=True)
class Seen:
    """The records that a page shows: `today` is the day on which questions about days are answered."""

    view: View
    vault: Vault
    today: date
    head: Head


@dataclass(frozen=True)
class Asked:
    """One request for a page."""

    ledger: Ledger
    # As the queries name a moment; "" for now.
    as_of: str
    path: str
    query: dict[str, str]
    # The staff number of who asks; "" for whoever sits at this machine.
    officer: str
    # The one that forms begin with.
    actor: str

    @contextmanager
    def read(self) -> Iterator[Seen]:
        """The ledger at the moment asked for, read in one transaction; refuses what a moment can be refused for."""
        with self.ledger.read() as newest:
            at = moment(newest, self.ledger.vault, local_day(self.ledger.clock()), self.as_of)
            yield Seen(at.view, at.vault, at.today, self._head(at.view, newest))

    def page(self, template: str, seen: Seen, menu: str, **values: object) -> HTMLResponse:
        """A page of the console; `menu` is the name of its entry in the menu."""
        shared = {
            "link": partial(address, as_of=self.as_of),
            "other": self._in_other_language,
            "now": address(self.path, **{**self.query, "as_of": ""}),
            "head": seen.head,
            "today": seen.today,
            "menu": MENU,
            "here": menu,
            "q": self.query.get("q", ""),
            "officer": self.officer,
            "actor": self.actor,
        }
        return html(template, {**shared, **values})

    def after(self) -> str:
        """Behind what the list of a page goes on: `?after=`; "" from the beginning."""
        return self.query.get("after", "")

    def _in_other_language(self, lang: str) -> str:
        return address(self.path, **{**self.query, "lang": lang})

    def _head(self, view: View, newest: View) -> Head:
        genesis = view.body(kinds.GENESIS, 0)
        return Head(
            view.size,
            newest.size,
            view.record(view.size - 1)["recorded_at"],
            view.root().hex(),
            self._signed(newest),
            genesis["purpose"],
            genesis["origin"],
        )

    def _signed(self, view: View) -> bool | None:
        """Whether the log begins as the head that was signed last says; what came later is not looked at."""
        try:
            known = self.ledger.anchor.checkpoint(self.ledger.signing_key(view).verifier)
        except (Refused, OSError):
            return None
        if known.size > view.size:
            return None
        return bool(view.at(known.size).root() == known.root)


def asked(request: Request) -> Asked:
    """The request at hand."""
    query = dict(request.query_params)
    officer = officer_of(request.scope)
    return Asked(
        request.app.state.ledger,
        query.get("as_of", ""),
        request.url.path,
        query,
        officer,
        officer or request.app.state.actor,
    )


Asks = Annotated[Asked, Depends(asked)]
