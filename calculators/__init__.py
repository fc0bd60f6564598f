"""Pure calculators: facts and a notice go in, an award digest and its working come out.

The floors from the bottom up, each importing only from those below it:

- `money` (exact amounts, the one number door), `problems` (what went wrong, as values)
- `interest` (a loan as the bank reports it, day counts, due periods, segments, the benchmark)
- `notices` (the shape of a notice and its rules)
- `facts` (what a calculator is given)
- `awards` (lines, conditions, one calculator per type of support, caps, payers; `all` calculates every type together)
- `explain` (worksheets, and a notice read back in sentences)
- `files` (YAML with the place of every value, facts, cases, accruals)

Nothing here reads a database, a clock or the network, and nothing here imports from `ledger`. Everybody may import
`money` and `problems`; the rest is for the command line and for rooms of the ledger that calculate.
"""
