"""Random numbers that depend on a seed and on what they are for, and on nothing else."""

import numpy as np


def stream(seed: int, name: str) -> np.random.Generator:
    """A generator for one named purpose: the same seed and name always give the same numbers.

    Two purposes with one seed draw independently of each other, so that adding one leaves the
    results of the other as they were.

    Raises
    ------
    ValueError
        ``seed`` is negative.
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=tuple(name.encode())))
