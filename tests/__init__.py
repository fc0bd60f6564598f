"""The tests, laid out as the product is: the tests of `ledger/book` stand in `tests/book`.

Read `test_house.py` first: it holds the rules that every module keeps. `support` is what the others are built with.
`catalogues.py` is the tool behind `make words`, `mutants.py` and `mutant_turns.py` are those behind `make mutants`.
"""
