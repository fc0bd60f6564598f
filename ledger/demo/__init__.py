"""An invented fund year, deterministic to the byte: firms, banks and loans that do not exist, on real notices.

Read `year` (who borrows what, and what happens to it), then `files` (the registers a user would bring), then `story`
(the twelve months, told through the product's own rooms with a clock and salts that are fixed).
"""

__all__ = [
    "batches",
    "story",
]
