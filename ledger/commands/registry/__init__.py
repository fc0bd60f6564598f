"""Commands for what is known: imports, templates, notices, firms, inspections."""
