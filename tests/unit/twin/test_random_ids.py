"""Ids that are unique, repeatable and say nothing."""

import numpy as np
import pytest

from probity.twin.random_ids import RandomIds, Thing

IDS = RandomIds((0x0123456789ABCDEF, 2**64 - 1, 42, 0xDEADBEEF))


def test_they_are_numbers_from_0_to_2_to_the_63():
    ids = IDS.of(Thing.TEMPLATE, 3, np.arange(100_000))
    assert ids.dtype == np.int64
    assert ids.min() >= 0
    assert ids.max() > 0.99 * 2**63


def test_no_two_are_the_same():
    index = np.arange(20_000)
    every = [IDS.of(thing, owner, index) for thing in Thing for owner in (0, 1, (1 << 22) - 1)]
    assert len(np.unique(np.concatenate(every))) == len(every) * len(index)


def test_the_mixing_is_a_bijection():
    """It is undone step by step, so that two counters can never give one id."""
    counter = np.random.default_rng(1).integers(0, 2**63, 10_000).astype(np.uint64)
    mask = (1 << 63) - 1
    undone = []
    for mixed in IDS._mix(counter).tolist():
        x = mixed ^ (mixed >> 32)
        for key, multiplier in reversed(list(IDS._rounds())):
            x = (x * pow(int(multiplier), -1, 1 << 63)) & mask
            x ^= x >> 32
            x = (x ^ int(key)) & mask
        undone.append(x)
    assert undone == counter.tolist()


def test_the_same_keys_give_the_same_ids_and_other_keys_others():
    index = np.arange(1_000)
    again = RandomIds(IDS.keys).of(Thing.ALERT, 0, index)
    other = RandomIds((1, 2, 3, 4)).of(Thing.ALERT, 0, index)
    np.testing.assert_array_equal(IDS.of(Thing.ALERT, 0, index), again)
    assert not np.isin(other, again).any()


def test_they_do_not_give_away_the_order():
    """Neighbours differ in half of their 63 bits, and ids do not rise with the counter."""
    ids = IDS.of(Thing.TEMPLATE, 0, np.arange(50_001))
    differing = np.bitwise_count(ids[1:] ^ ids[:-1])
    assert abs(differing.mean() - 31.5) < 0.1
    assert abs(np.corrcoef(ids.astype(float), np.arange(len(ids)))[0, 1]) < 0.02
    for bit in range(63):
        assert abs((ids >> bit & 1).mean() - 0.5) < 0.015


@pytest.mark.parametrize(("owner", "index"), [(-1, 0), (1 << 22, 0), (0, -1), (0, 1 << 36)])
def test_a_number_that_would_run_into_another_is_refused(owner, index):
    with pytest.raises(ValueError, match="must be from 0"):
        IDS.one(Thing.ITEM, owner, index)
