"""The API under `/api/v1`: what `ledger.queries` answers, as JSON for programs.

Read `app.py` first, it lists what can be asked; `asked.py` answers one question as of a moment, `models.py` says its
shape in OpenAPI, `problems.py` what was refused, and `gate.py` stands before all of it with token and limits.
"""

__all__ = ["app", "gate"]
