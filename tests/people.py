"""Made-up people with several templates each, for the engine's tests."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class People:
    """Probes and references of the same people, in groups, with sample ids."""

    probes: NDArray[np.float32]
    references: NDArray[np.float32]
    labels: dict[str, Any]


def people(
    *,
    probes: int,
    references: int,
    dimension: int,
    subjects: int,
    groups: int = 1,
    seed: int = 1,
    spread: float = 0.8,
) -> People:
    """Templates around one centre per subject; the first samples of both sides are the same."""
    rng = np.random.default_rng(seed)
    centres = rng.standard_normal((subjects, dimension))
    of_probe = rng.integers(0, subjects, probes)
    of_reference = rng.integers(0, subjects, references)
    shared = min(probes, references) // 4
    of_reference[:shared] = of_probe[:shared]
    p = (centres[of_probe] + spread * rng.standard_normal((probes, dimension))).astype("f4")
    r = (centres[of_reference] + spread * rng.standard_normal((references, dimension))).astype("f4")
    r[:shared] = p[:shared]
    samples = [f"s{n}" for n in range(shared)]
    names = np.array([f"group {n}" for n in range(groups)])
    return People(
        p,
        r,
        {
            "probe_subjects": of_probe,
            "reference_subjects": of_reference,
            "probe_groups": names[of_probe % groups],
            "reference_groups": names[of_reference % groups],
            "probe_samples": samples + [f"p{n}" for n in range(shared, probes)],
            "reference_samples": samples + [f"r{n}" for n in range(shared, references)],
        },
    )
