"""A moving bar for work that takes longer than somebody looks at a prompt."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Timer

SLOW_SECONDS = 2


@contextmanager
def progress(what: str) -> Iterator[None]:
    """The bar on a terminal's standard error, once `SLOW_SECONDS` have passed; nothing where there is no terminal."""
    if not sys.stderr.isatty():
        yield
        return
    # Loaded where there is somebody to look at it.
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn(), console=console, transient=True)
    bar.add_task(what, total=None)
    timer = Timer(SLOW_SECONDS, bar.start)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        bar.stop()
