"""The pages, one module per entry of the menu: each asks `ledger.queries` and fills a template with the answer."""

from ledger.web.pages import (
    audit,
    budget,
    doing,
    firms,
    importing,
    inbox,
    lines,
    log,
    month,
    notices,
    payments,
    people,
    publicity,
    reconcile,
    runs,
    signing_in,
    what_if,
)

MODULES = (
    *(inbox, month, importing, payments, reconcile, publicity),
    *(firms, lines, runs, notices, what_if, budget),
    *(people, audit, log, doing),
)
ROUTERS = tuple(module.router for module in MODULES)
# Where people come in by their own keys.
OF_OFFICERS = signing_in.router
