"""The ledger in a browser: pages for people, and under `/api` answers for programs; an extra, `server`.

Read `app.py` first, it puts the others together: `guard.py` asks of every request whether it may be answered,
`asked.py` gives it the ledger as of the moment that it names, `pages/` put the answers of `ledger.queries` into
`templates/`, `problems.py` says what was refused. `api/` is an application of its own, with a gate of its own. Nothing
here calculates, and nothing else imports FastAPI.
"""

__all__ = ["api", "app", "door", "runner", "server"]
