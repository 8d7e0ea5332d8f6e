"""A Ray cluster for as long as some work takes; Ray is an optional part."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from probity.core.errors import InputError, MissingPartError


@contextmanager
def ray_cluster(*, address: str | None = None, workers: int | None = None) -> Iterator[Any]:
    """Ray, connected: to the cluster already in use, or to ``address``, or to this machine.

    Parameters
    ----------
    address : str, optional
        Where the cluster is.
    workers : int, optional
        Processes to start when this machine is used.

    Raises
    ------
    MissingPartError
        Ray is not installed.
    InputError
        No cluster answers at ``address``.
    """
    # Read once, when Ray is imported: no report of its use is to leave the machine.
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError:
        raise MissingPartError(
            "running on a cluster needs Ray, which is not installed: pip install 'probity[cluster]'"
        ) from None
    started = not ray.is_initialized()
    if started:
        try:
            ray.init(
                address=address,
                num_cpus=workers if address is None else None,
                include_dashboard=False if address is None else None,
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (ConnectionError, ValueError):
            raise InputError("no Ray cluster answers there", got=address) from None
    try:
        yield ray
    finally:
        if started:
            ray.shutdown()
