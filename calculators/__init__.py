"""Pure calculators: facts and a notice go in, an award digest and its working come out.

Read in this order: `amounts` (exact money), `problems` (what went wrong, as values), `facts` (what a calculator is
given), `shapes`, `notice` and `load` (the rules as data, read with their places), `versions` (which notice governs),
`benchmark`, `day_count`, `schedule`, `accrual` (interest over the bank's schedule; `accrual_file` reads one from JSON),
`eligibility`, `interest_discount`, `caps`, `worksheet` (the explanation). `facts_file` reads one item's facts,
`notice_cases` runs a notice's cases, `read_back` says a notice in plain sentences.

What is no loan rests on an item (a policy, a claim, a project) and goes one way for all: `item_notice`, `item_line`,
`item_award` (conditions, parts, caps, digest), `item_worksheet`, `item_reader`. `item_types` lists the types; each
brings `<type>_notice`, `<type>` (its calculator) and `<type>_reader`. `all_types` reckons everything together.

Nothing here reads a database, a clock or the network, and nothing here imports from `ledger`. Everybody may import
`amounts` and `problems`; the rest is for the command line, `ledger.registry`, `ledger.runs` and `ledger.audit`.
"""
