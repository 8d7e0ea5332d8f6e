"""A progress bar for work that turns out to be slow."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SLOW_SECONDS = 2.0


@contextmanager
def slow_work(what: str, *, total: int) -> Iterator[Callable[[], None]]:
    """Yield a function to call after each of ``total`` steps.

    The bar appears on standard error once the work has taken ``SLOW_SECONDS``, and only where
    that is a terminal.
    """
    from rich.console import Console
    from rich.progress import Progress

    progress = Progress(console=Console(stderr=True), transient=True)
    task = progress.add_task(what, total=total)
    started = time.monotonic()
    shown = False

    def step() -> None:
        nonlocal shown
        progress.advance(task)
        slow = time.monotonic() - started > SLOW_SECONDS
        if slow and not shown and progress.console.is_terminal:
            progress.start()
            shown = True

    try:
        yield step
    finally:
        if shown:
            progress.stop()
