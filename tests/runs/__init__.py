"""Runs, told as an officer works: files in, months run, money on the book."""
