"""The day up to which a file says that it speaks: `截至2026年6月30日`, or the month or quarter in its title."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta

from ledger.sheets.columns import iso_date

_DAY = r"(20\d\d(?:-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\.\d{1,2}\.\d{1,2}|年\d{1,2}月\d{1,2}日|\d{4}))"
# The day on which a table was made or printed is another one.
_UNTIL = re.compile(rf"(?:截至|截止|统计日期|数据日期|报告期末)(?:日期|日|时点)?[:：\s]*{_DAY}", re.ASCII)
_MONTH = re.compile(r"(20\d\d)年(\d{1,2})月(?!\d{1,2}日)", re.ASCII)
_QUARTER = re.compile(r"(20\d\d)年第?([一二三四1-4])季度", re.ASCII)
_QUARTERS = {sign: number for number, signs in enumerate(("一1", "二2", "三3", "四4"), start=1) for sign in signs}


def day_reported(texts: Iterable[str]) -> date | None:
    """The one day that titles and notes name; None where they name none, or several.

    A day that is said to be the last goes before the end of a month or quarter.
    """
    plain = [unicodedata.normalize("NFKC", text) for text in texts]
    said = {day for text in plain for match in _UNTIL.finditer(text) for day in _day(match[1])}
    if not said:
        said = {day for text in plain for day in _ends(text)}
    return said.pop() if len(said) == 1 else None


def _day(text: str) -> list[date]:
    try:
        return [date.fromisoformat(iso_date(text))]
    except ValueError:
        return []


def _ends(text: str) -> list[date]:
    months = [(int(match[1]), int(match[2])) for match in _MONTH.finditer(text)]
    months += [(int(match[1]), 3 * _QUARTERS[match[2]]) for match in _QUARTER.finditer(text)]
    return [date(year + month // 12, month % 12 + 1, 1) - timedelta(1) for year, month in months if 1 <= month <= 12]
