"""Times of the log are UTC; the days of the books are those of Shanghai."""

from datetime import UTC, date, datetime, timedelta, timezone

# A fixed offset needs no time-zone data on the machine.
_SHANGHAI = timezone(timedelta(hours=8))


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def local_day(moment: datetime) -> date:
    """The calendar day in Asia/Shanghai, where the books are kept (UTC+8 the whole year, since 1992)."""
    return local_time(moment).date()


def local_time(moment: datetime) -> datetime:
    """The time in Asia/Shanghai."""
    return moment.astimezone(_SHANGHAI)
