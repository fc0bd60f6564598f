"""What is said about runs: assessments, award lists, comparisons, what-if, explanations, shortages."""

__all__ = [
    "assessment",
    "compare",
    "explain",
    "reasons",
    "shortages",
    "what_if",
]
