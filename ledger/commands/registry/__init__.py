"""Commands for what is known: imports, templates, notices, firms, inspections."""

__all__ = [
    "entity",
    "facts",
    "imports",
    "inspections",
    "mapping",
    "notice",
    "template",
]
