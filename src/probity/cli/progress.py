"""A progress bar for work that turns out to be slow."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

SLOW_SECONDS = 2.0


class Step(Protocol):
    """Called as work is done, with how much of it."""

    def __call__(self, amount: int = 1) -> None: ...


@contextmanager
def slow_work(what: str, *, total: int | None) -> Iterator[Step]:
    """Yield a function to call as the work is done, ``total`` being all of it where known.

    The bar appears on standard error once the work has taken ``SLOW_SECONDS``, and only where
    that is a terminal.
    """
    from rich.console import Console
    from rich.progress import Progress

    progress = Progress(console=Console(stderr=True), transient=True)
    task = progress.add_task(what, total=total)
    started = time.monotonic()
    shown = False

    def step(amount: int = 1) -> None:
        nonlocal shown
        progress.advance(task, amount)
        slow = time.monotonic() - started > SLOW_SECONDS
        if slow and not shown and progress.console.is_terminal:
            progress.start()
            shown = True

    try:
        yield step
    finally:
        if shown:
            progress.stop()


@contextmanager
def slow_call(what: str) -> Iterator[None]:
    """Show that one long call is at work, whose progress nobody can tell from outside.

    It appears as ``slow_work`` does: after ``SLOW_SECONDS``, on a terminal only.
    """
    from threading import Timer

    from rich.console import Console

    status = Console(stderr=True).status(what)
    timer = Timer(SLOW_SECONDS, status.start)
    timer.daemon = True
    if status.console.is_terminal:
        timer.start()
    try:
        yield
    finally:
        timer.cancel()
        status.stop()
