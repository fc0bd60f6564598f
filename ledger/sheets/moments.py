"""Days in Beijing from what channels and banks write: a day, or a moment with or without its offset."""

import re
from datetime import date, datetime

from ledger.store.ledger import local_day

# A day alone may bear an offset in ISO 20022, which moves nothing: it is the bank's own day.
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(Z|[+-]\d\d:\d\d)?", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*", re.ASCII)


def beijing_day(text: str) -> date:
    """The day in Beijing of a day (`2025-07-01`) or a moment; one without an offset is of Beijing.

    Raises ValueError for anything else, and for a day or an hour that does not exist.
    """
    day = _DAY.fullmatch(text)
    if day:
        return date.fromisoformat(day[1])
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    moment = datetime.fromisoformat(text)
    return local_day(moment) if moment.tzinfo else moment.date()
