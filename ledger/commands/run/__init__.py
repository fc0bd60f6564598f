"""Commands for runs: months and batches, comparison, what-if, explanation, openings, award lists."""

__all__ = [
    "award_list",
    "explain",
    "opening",
    "run",
    "what_if",
]
