"""Moments of records as people read them: Beijing time, to the minute."""

from datetime import datetime

from ledger.store.ledger import local_time


def beijing_time(recorded_at: str) -> str:
    """The ISO time of a record as YYYY-MM-DD HH:MM in Beijing; JSON keeps the time as recorded."""
    return local_time(datetime.fromisoformat(recorded_at)).strftime("%Y-%m-%d %H:%M")
