"""What is said about runs: assessments, award lists, comparisons, what-if, explanations, shortages, moved awards."""

__all__ = [
    "assessment",
    "compare",
    "explain",
    "moved",
    "reasons",
    "shortages",
    "what_if",
]
