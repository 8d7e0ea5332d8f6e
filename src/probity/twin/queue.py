"""Queues with several servers: who is served when, and who leaves unserved.

First come, first served. Waits follow from the recursion of Kiefer and Wolfowitz (1955) on the
times at which the servers become free; nothing is simulated event by event.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from probity.core.compiled import compiled
from probity.twin.stages import Ints

PATIENT = np.iinfo(np.int64).max
"""Patience of somebody who waits for as long as it takes."""

LEFT = -1
"""Start and server of somebody who left before being served."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Service:
    """Who was served when and by whom; each array (n,), ``LEFT`` where nobody was.

    Parameters
    ----------
    start_us : int64
        When the service began.
    server : int64
        Which of the queue's servers, from 0.
    """

    start_us: Ints
    server: Ints


def serve(
    arrival_us: Ints, *, service_us: Ints, patience_us: Ints, queue: Ints, servers: Ints
) -> Service:
    """Serve several queues, each with servers of its own, first come first served.

    Somebody whose wait would be longer than their patience leaves without taking up a server.
    Since nobody is overtaken, that is known on arrival: it does not matter to the others
    whether they leave at once or when their patience ends. Of several free servers, the one
    that has been free for longest serves.

    Parameters
    ----------
    arrival_us : int64, (n,)
        Not decreasing within a queue.
    service_us : int64, (n,)
        How long the service takes, at least 0.
    patience_us : int64, (n,)
        Longest wait, ``PATIENT`` for any.
    queue : int64, (n,)
        Number of the queue, not decreasing.
    servers : int64, (n_queues,)
        How many servers each queue has. With none, everybody leaves.

    Raises
    ------
    ValueError
        The order is not as stated, a service is negative, or a queue has no number of servers.

    Source: J. Kiefer and J. Wolfowitz, On the theory of queues with many servers, Transactions
    of the American Mathematical Society 78 (1955) 1-18.
    """
    n = len(arrival_us)
    if n == 0:
        return Service(start_us=np.empty(0, np.int64), server=np.empty(0, np.int64))
    same = np.diff(queue) == 0
    if (np.diff(queue) < 0).any() or (np.diff(arrival_us)[same] < 0).any():
        raise ValueError("rows must be sorted by queue, then by arrival")
    if (service_us < 0).any() or (servers < 0).any():
        raise ValueError("service times and numbers of servers must be at least 0")
    if queue[0] < 0 or queue[-1] >= len(servers):
        raise ValueError(f"queue {queue[-1]} has no number of servers: {len(servers)} are given")
    start_us = np.full(n, LEFT, np.int64)
    server = np.full(n, LEFT, np.int64)
    free_us = np.empty(max(int(servers.max()), 1), np.int64)
    _serve((arrival_us, service_us, patience_us, queue), servers, free_us, start_us, server)
    return Service(start_us=start_us, server=server)


@compiled
def _serve(customers: Any, servers: Any, free_us: Any, start_us: Any, server: Any) -> None:
    arrival_us, service_us, patience_us, queue = customers
    current = np.int64(-1)
    count = np.int64(0)
    for i in range(len(arrival_us)):
        if queue[i] != current:
            current = queue[i]
            count = servers[current]
            free_us[:] = np.iinfo(np.int64).min
        if count == 0:
            continue
        first = 0
        for s in range(1, count):
            if free_us[s] < free_us[first]:
                first = s
        start = max(arrival_us[i], free_us[first])
        if start - arrival_us[i] > patience_us[i]:
            continue
        start_us[i] = start
        server[i] = first
        free_us[first] = start + service_us[i]
