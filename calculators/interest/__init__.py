"""Interest of a loan day by day: day counts and due dates, segments of one principal and rate, the published benchmark.

Read `day_count.py`, then `segments.py`. Nothing here knows a notice.
"""

__all__ = [
    "benchmark",
    "columns",
    "day_count",
    "loan",
    "segments",
]
