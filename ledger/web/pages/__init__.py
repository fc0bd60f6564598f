"""The pages, one module per entry of the menu: each asks `ledger.queries` and fills a template with the answer."""

from ledger.web.pages import budget, doing, firms, inbox, lines, log, month, notices, payments, reconcile, runs

MODULES = (inbox, month, firms, lines, runs, payments, reconcile, notices, budget, log, doing)
ROUTERS = tuple(module.router for module in MODULES)
