"""Codes in words: what an answer says in a code, commands and pages say in these texts, in the reader's language.

One module per subject; a label is a marked text, translated where it is shown.
"""

__all__ = ["inbox", "payments", "publicity", "reconciliation", "runs"]
