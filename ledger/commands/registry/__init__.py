"""Commands for what is known: imports, templates, notices, firms, inspections."""

__all__ = [
    "entity",
    "imports",
    "inspections",
    "mapping",
    "notice",
    "template",
]
