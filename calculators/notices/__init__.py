"""The shape of a notice: what its YAML file may say, and which statements contradict each other.

Read `values.py` (the words a notice is made of), then `model.py` (what every notice has), then the module of one type.
"""
