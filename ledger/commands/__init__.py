"""The commands of `subsidy`, one module per family; each parses, calls into a room, and prints.

Read `context` first: the settings every command gets, the shared options, and the only ways to print. Then `lazy`
(mounting by name), `helptext` (help in two languages) and `usage` (wrong command lines). Every other module holds one
command or group, and `cli.py` mounts it by name without importing it. It begins with `import rich_click as click`; a
command's docstring is its help, with an `Example:`, and what it returns, if anything, is its exit code. A rule of the
subject found in here is in the wrong room.
"""

__all__ = [
    "audit",
    "backup",
    "book",
    "budget",
    "calc",
    "commands",
    "console",
    "demo",
    "init",
    "month",
    "office",
    "pay",
    "reconcile",
    "registry",
    "remote",
    "report",
    "restore",
    "run",
    "serve",
    "sign_in",
    "ui",
    "upgrade",
]
