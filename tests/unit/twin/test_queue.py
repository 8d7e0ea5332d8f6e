"""Queues against closed forms, against SimPy, and by hand."""

import math

import numpy as np
import pytest
import simpy

from probity.twin.queue import LEFT, PATIENT, serve

SECOND = 1_000_000


def one_queue(arrival_s, service_s, *, servers, patience_s=None):
    arrival = np.asarray(arrival_s) * SECOND
    patience = (
        np.full(len(arrival), PATIENT)
        if patience_s is None
        else np.asarray(patience_s).astype(np.int64) * SECOND
    )
    return serve(
        arrival.astype(np.int64),
        service_us=(np.asarray(service_s) * SECOND).astype(np.int64),
        patience_us=patience,
        queue=np.zeros(len(arrival), np.int64),
        servers=np.array([servers]),
    )


def test_two_servers_by_hand():
    served = one_queue([0, 1, 2, 3], [10, 3, 4, 1], servers=2)
    assert (served.start_us / SECOND).tolist() == [0, 1, 4, 8]
    assert served.server.tolist() == [0, 1, 1, 1]


def test_the_server_free_for_longest_serves():
    served = one_queue([0, 1, 20], [5, 9, 1], servers=2)
    assert served.server.tolist() == [0, 1, 0]


def test_one_who_leaves_takes_up_no_server():
    served = one_queue([0, 1, 2], [10, 10, 10], servers=1, patience_s=[60, 3, 60])
    assert served.start_us.tolist() == [0, LEFT, 10 * SECOND]
    assert served.server.tolist() == [0, LEFT, 0]


def test_patience_that_ends_when_the_service_would_begin_is_enough():
    served = one_queue([0, 1], [10, 1], servers=1, patience_s=[0, 9])
    assert served.start_us.tolist() == [0, 10 * SECOND]


def test_without_servers_everybody_leaves():
    served = one_queue([0, 1], [1, 1], servers=0)
    assert served.start_us.tolist() == [LEFT, LEFT]


def test_queues_do_not_share_servers():
    served = serve(
        np.array([0, 1, 0, 1]) * SECOND,
        service_us=np.full(4, 10 * SECOND),
        patience_us=np.full(4, PATIENT),
        queue=np.array([0, 0, 2, 2]),
        servers=np.array([1, 0, 2]),
    )
    assert (served.start_us / SECOND).tolist() == [0, 10, 0, 1]


def test_nobody_arrives():
    assert one_queue([], [], servers=3).start_us.tolist() == []


@pytest.mark.parametrize(
    ("arrival", "service", "queue", "message"),
    [
        ([1, 0], [1, 1], [0, 0], "sorted by queue, then by arrival"),
        ([0, 0], [1, 1], [1, 0], "sorted by queue, then by arrival"),
        ([0, 1], [1, -1], [0, 0], "at least 0"),
        ([0, 1], [1, 1], [0, 2], "queue 2 has no number of servers: 2 are given"),
    ],
)
def test_refused(arrival, service, queue, message):
    with pytest.raises(ValueError, match=message):
        serve(
            np.array(arrival),
            service_us=np.array(service),
            patience_us=np.full(2, PATIENT),
            queue=np.array(queue),
            servers=np.array([1, 1]),
        )


def erlang_c(servers, offered):
    """Probability that a customer of M/M/c waits; ``offered`` = arrival rate x mean service."""
    below = sum(offered**k / math.factorial(k) for k in range(servers))
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return last / (below + last)


def poisson_queue(servers, offered, customers, seed):
    """Arrivals and services of M/M/c, one time unit = the mean service, as microseconds."""
    rng = np.random.default_rng(seed)
    arrival = np.cumsum(rng.exponential(SECOND / offered, customers)).astype(np.int64)
    service = rng.exponential(SECOND, customers).astype(np.int64)
    return arrival, service


@pytest.mark.parametrize(("servers", "load"), [(1, 0.5), (1, 0.8), (3, 0.8), (8, 0.9)])
def test_mean_wait_is_that_of_erlang(servers, load):
    offered = servers * load
    customers, queues = 20_000, 100
    arrival, service = [], []
    for q in range(queues):
        a, s = poisson_queue(servers, offered, customers, seed=100 * servers + q)
        arrival.append(a)
        service.append(s)
    served = serve(
        np.concatenate(arrival),
        service_us=np.concatenate(service),
        patience_us=np.full(customers * queues, PATIENT),
        queue=np.repeat(np.arange(queues), customers),
        servers=np.full(queues, servers),
    )
    wait = (served.start_us - np.concatenate(arrival)).reshape(queues, customers) / SECOND
    by_queue = wait[:, 1_000:].mean(axis=1)  # each queue starts empty
    expected = erlang_c(servers, offered) / (servers - offered)
    error = by_queue.std(ddof=1) / math.sqrt(queues)
    assert abs(by_queue.mean() - expected) < 4 * error
    assert error < 0.03 * expected


def simulated(arrival, service, patience, servers):
    """The same queue by SimPy: when each was served, LEFT for those who gave up."""
    start = np.full(len(arrival), LEFT, np.int64)
    world = simpy.Environment()
    staff = simpy.Resource(world, servers)

    def customer(i):
        yield world.timeout(int(arrival[i]))
        with staff.request() as request:
            # One more microsecond: whoever is called at the last moment is still served.
            yield request | world.timeout(int(patience[i]) + 1)
            if request.triggered:
                start[i] = world.now
                yield world.timeout(int(service[i]))

    for i in range(len(arrival)):
        world.process(customer(i))
    world.run()
    return start


@pytest.mark.parametrize(("servers", "load"), [(1, 0.7), (3, 0.9), (4, 1.6)])
def test_same_waits_as_simpy(servers, load):
    arrival, service = poisson_queue(servers, servers * load, 3_000, seed=servers)
    patience = np.random.default_rng(9).exponential(SECOND, 3_000).astype(np.int64)
    served = serve(
        arrival,
        service_us=service,
        patience_us=patience,
        queue=np.zeros(3_000, np.int64),
        servers=np.array([servers]),
    )
    expected = simulated(arrival, service, patience, servers)
    assert 0 < (expected == LEFT).sum() < 3_000
    np.testing.assert_array_equal(served.start_us, expected)
