"""Figures of speed, taken as ratios in one run so that they mean the same on every machine: `make bench`.

Each module here measures one thing and has a function `lines()` that yields what to print; `__main__` names them all.
"""
