"""What the tests are built with: a clock that stands, ledgers that are built once and copied, processes to kill."""
