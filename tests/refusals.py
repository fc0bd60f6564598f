"""Every refusal that the source can name: its code, what it says, and how to remedy it, read from the source itself.

A problem is made by a call (or stands in a tuple) that has its code and then its two marked texts next to each other:
`refuse("envelope_unknown", N_("no budget was issued to this path"), N_("issue one ..."), ...)`. A text may be one of
two (`a if b else c`), a name for such a text, or one out of a table of them.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")

# Where a refusal is met, by the folder or module that makes it; the first one that fits decides.
ROOMS = {
    "notices": "In a notice and its cases",
    "facts": "In facts, whatever file they come from",
    "files": "In YAML and JSON files",
    "registers": "In registers",
    "runs": "In runs, batches and awards",
    "office": "In signatures, offices, decisions and public notices",
    "payments": "In payments, returns and claw-backs",
    "statements": "In statements and reconciling",
    "book": "In the book and its budget",
    "ledger": "In the ledger itself, its keys and its audit",
    "commands": "On the command line",
}


@dataclass(frozen=True)
class Refusal:
    """A code in one room with the texts that it comes with there, in the order of the source."""

    code: str
    room: str
    what: tuple[str, ...]
    remedy: tuple[str, ...]
