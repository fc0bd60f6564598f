"""Commands for runs: months and batches, comparison, what-if, explanation, openings, award lists."""
