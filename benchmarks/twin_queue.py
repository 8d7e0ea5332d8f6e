"""A queue of officers: the twin's recursion against SimPy, the same arrivals and services.

    python benchmarks/twin_queue.py [customers] [servers] [rounds]

M/M/c at 80% load; every customer's wait is the same in both, which is checked. CPU seconds of
one thread, the two alternated in one run. SimPy gets a tenth of the customers.
"""

import sys
import time

import numpy as np
import simpy

from probity.twin.queue import PATIENT, serve

SECOND = 1_000_000
TARGET = 100


def by_recursion(arrival, service, servers):
    return serve(
        arrival,
        service_us=service,
        patience_us=np.full(len(arrival), PATIENT),
        queue=np.zeros(len(arrival), np.int64),
        servers=np.array([servers]),
    ).start_us


def by_simpy(arrival, service, servers):
    start = np.empty(len(arrival), np.int64)
    world = simpy.Environment()
    staff = simpy.Resource(world, servers)

    def customer(i):
        with staff.request() as request:
            yield request
            start[i] = world.now
            yield world.timeout(service[i])

    def arrivals():
        for i, gap in enumerate(np.diff(arrival, prepend=0).tolist()):
            yield world.timeout(gap)
            world.process(customer(i))

    service = service.tolist()
    world.process(arrivals())
    world.run()
    return start


def seconds(work, *arguments):
    started = time.process_time()
    result = work(*arguments)
    return time.process_time() - started, result


def main(customers: int = 2_000_000, servers: int = 3, rounds: int = 3) -> None:
    rng = np.random.default_rng(1)
    arrival = np.cumsum(rng.exponential(SECOND / (0.8 * servers), customers)).astype(np.int64)
    service = rng.exponential(SECOND, customers).astype(np.int64)
    few = customers // 10
    by_recursion(arrival[:10], service[:10], servers)
    ratios = []
    for _ in range(rounds):
        slow, expected = seconds(by_simpy, arrival[:few], service[:few], servers)
        fast, start = seconds(by_recursion, arrival, service, servers)
        assert np.array_equal(start[:few], expected)
        ratios.append((slow / few) / (fast / customers))
        print(
            f"SimPy {few / slow:12,.0f} customers a CPU-second, "
            f"recursion {customers / fast:14,.0f}: {ratios[-1]:,.0f} times"
        )
    print(f"mean wait {np.mean(start - arrival) / SECOND:.4f} mean services; same waits: yes")
    worst = min(ratios)
    print(f"worst of {rounds}: {worst:,.0f} times, promised {TARGET}")
    sys.exit(worst < TARGET)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
