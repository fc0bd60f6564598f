"""Files that hold notices, facts, cases and accruals: YAML with the place of every value, and what is wrong with it.

Read `yaml.py` first.
"""

__all__ = [
    "accrual",
    "cases",
    "facts",
    "yaml",
]
