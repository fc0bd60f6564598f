"""What is said about runs: assessments, award lists, comparisons, what-if, explanations, shortages."""
