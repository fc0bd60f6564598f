"""The tests, laid out as the product is: the tests of `ledger/book` stand in `tests/ledger/book`.

Read `test_house.py` first: it holds the rules that every module keeps. `catalogues.py` is the tool behind `make words`.
"""
