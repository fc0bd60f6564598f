"""Pure calculators: facts and a notice go in, an award digest and its working come out.

Read in this order: `amounts` (exact money), `problems` (what went wrong, as values), `facts` (what a calculator is
given), `shapes`, `notice` and `load` (the rules as data, read with their places), `versions` (which notice governs),
`benchmark`, `day_count`, `schedule`, `accrual` (interest over the bank's schedule; `accrual_file` reads one from JSON),
`eligibility`, `interest_discount`, `caps`, `worksheet` (the explanation). `facts_file` reads one loan's facts,
`notice_cases` runs a notice's cases, `read_back` says a notice in plain sentences.

Nothing here reads a database, a clock or the network, and nothing here imports from `ledger`. Everybody may import
`amounts` and `problems`; the rest is for the command line, `ledger.registry`, `ledger.runs` and `ledger.audit`.
"""
