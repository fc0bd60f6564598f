"""The shape of a notice: what its YAML file may say, and which statements contradict each other.

Read `values.py` (the words a notice is made of), then `model.py` (what every notice has), then the module of one type.
"""

__all__ = [
    "allocation",
    "dimensions",
    "figures",
    "incentive",
    "item",
    "loan",
    "loan_components",
    "model",
    "premium",
    "quantities",
    "rewards",
    "rules",
    "sharing",
    "values",
    "when",
    "words",
]
