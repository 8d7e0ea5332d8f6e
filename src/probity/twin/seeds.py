"""Random numbers by name: every stage of every deployment has a stream of its own.

A stream depends on nothing but its name, so adding a stage reshuffles no other, and any number
of workers in any order draw the same numbers.
"""

import hashlib
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    """Streams of one replicate of one scenario.

    Parameters
    ----------
    scenario : str
        Digest of the scenario.
    seed : int
        The user's, at least 0.
    replicate : int
        Counting from 0.
    """

    scenario: str
    seed: int
    replicate: int

    def stream(self, stage: str, *parts: int | str) -> np.random.Generator:
        """Generator of a stage, and of a deployment or chunk where ``parts`` names one.

        The same arguments always give the same numbers; different ones give independent
        streams.
        """
        name = "\x1f".join(
            [self.scenario, str(self.seed), str(self.replicate), stage]
            + [f"{type(part).__name__}:{part}" for part in parts]
        )
        digest = hashlib.sha256(name.encode()).digest()
        words = np.frombuffer(digest, "<u4").tolist()
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))
