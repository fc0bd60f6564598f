"""The pages, one module per entry of the menu: each asks `ledger.queries` and fills a template with the answer."""

from ledger.web.pages import month

ROUTERS = (month.router,)
