"""A progress line for long work: on a terminal only, and only after two seconds."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_QUIET_S = 2.0


@contextmanager
def batch_progress(what: str, *, total: int | None) -> Iterator[Callable[[int], None] | None]:
    """Gives a function to be told how much more was done; None where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.completed:,.0f} " + what), BarColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=Console(stderr=True), transient=True)
    task = progress.add_task(what, total=total)
    begun = time.monotonic()
    shown = False

    def advance(done: int) -> None:
        nonlocal shown
        progress.advance(task, done)
        if not shown and time.monotonic() - begun > _QUIET_S:
            shown = True
            progress.start()

    try:
        yield advance
    finally:
        if shown:
            progress.stop()
