"""Simulation-based calibration: does the fit find truths that it cannot know?

Parameters are drawn from the prior, a test table is simulated with them, the table is fitted, and
the truth is ranked among draws of the posterior. If simulation, likelihood and sampler belong
together, every rank is equally probable; for the parameters, for the rates that follow from them,
and for the log-likelihood, which also sees a fit that ignores the data.

Sources: Talts, Betancourt, Simpson, Vehtari & Gelman 2018, arXiv 1804.06788; Modrák et al. 2023,
Bayesian Analysis 20(2), doi 10.1214/23-BA1404 (test quantities that depend on the data).
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from probity.stats.stream import stream
from probity.stats.test_result import Test
from probity.stats.uniform_ranks import uniform_ranks_test
from probity.twin.calibrate.anchors import Anchors
from probity.twin.calibrate.fit import fit
from probity.twin.calibrate.likelihood import Likelihood, simulate_table
from probity.twin.calibrate.parameters import KNOTS, LEVEL_KNOT, PARAMETERS, natural
from probity.twin.calibrate.rates import above_level, fmr_decades, latent_thresholds, tpir_moments
from probity.twin.calibrate.sampler import NotConvergedError

Values = NDArray[np.float64]
_RanksOfOne = dict[str, int] | None
Misreading = Callable[[Anchors], Anchors]

RANKED_AMONG = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """Ranks of the truth among posterior draws.

    Parameters
    ----------
    by_quantity : mapping
        Ranks 0 to ``RANKED_AMONG`` of each quantity, one for each fit that converged.
    fits : int
        Tables simulated.
    not_converged : int
        Of them, those whose fit was refused; their truths have no rank.
    """

    by_quantity: Mapping[str, NDArray[np.int64]]
    fits: int
    not_converged: int

    def tests(self) -> dict[str, Test]:
        """Test of uniform ranks for each quantity."""
        return {
            name: uniform_ranks_test(ranks, levels=RANKED_AMONG + 1)
            for name, ranks in self.by_quantity.items()
        }

    def p_value(self) -> float:
        """Smallest p-value times the number of quantities (Bonferroni), at most 1."""
        smallest = min(test.p_value for test in self.tests().values())
        return min(1.0, smallest * len(self.by_quantity))


def simulation_based_calibration(
    anchors: Anchors,
    *,
    fits: int,
    seed: int,
    particles: int = 1_024,
    misread: Misreading | None = None,
    workers: int = 1,
    done: Callable[[], None] | None = None,
) -> Ranks:
    """Rank the truth of simulated tables among draws of their fits.

    Parameters
    ----------
    anchors : Anchors
        The design: which figures the table has. Its counts are not used.
    fits : int
        Tables to simulate and fit.
    particles : int
        Of each run of a fit.
    misread : callable, optional
        What the fit wrongly takes a simulated table for: a negative control.
    workers : int
        Processes; the ranks are the same with any number.
    done : callable, optional
        Called after each fit, for showing progress.
    """
    one = partial(_ranks_of_one, anchors, seed=seed, particles=particles, misread=misread)
    found = []
    for ranks in _in_order(one, fits, workers=workers):
        found.append(ranks)
        if done is not None:
            done()
    ranked = [ranks for ranks in found if ranks is not None]
    names = ranked[0] if ranked else {}
    return Ranks(
        by_quantity={name: np.array([ranks[name] for ranks in ranked]) for name in names},
        fits=fits,
        not_converged=fits - len(ranked),
    )


def _in_order(
    one: Callable[[int], _RanksOfOne], fits: int, *, workers: int
) -> Iterator[_RanksOfOne]:
    if workers == 1:
        yield from map(one, range(fits))
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield from pool.map(one, range(fits), chunksize=5)


def _ranks_of_one(
    anchors: Anchors, number: int, *, seed: int, particles: int, misread: Misreading | None
) -> _RanksOfOne:
    generator = stream(seed, f"simulated table {number}")
    truth = generator.normal(size=(1, len(PARAMETERS)))
    simulated = simulate_table(anchors, natural(truth), generator)
    fitted_to = misread(simulated) if misread is not None else simulated
    try:
        posterior = fit(fitted_to, seed=int(generator.integers(2**31)), particles=particles)
    except NotConvergedError:
        return None
    kept = posterior.points[posterior.draws(RANKED_AMONG, seed=int(generator.integers(2**31)))]
    drawn, true = _quantities(fitted_to, kept), _quantities(fitted_to, truth)
    return {name: int((drawn[name] < true[name][0]).sum()) for name in drawn}


def _quantities(anchors: Anchors, coordinates: Values) -> dict[str, Values]:
    theta = natural(coordinates)
    gallery_size = anchors.design.gallery_size
    # Rates rise with their decades, which stay apart where a rate is 1 to the last bit.
    fmr = -fmr_decades(theta)
    ends = latent_thresholds(theta, gallery_size=gallery_size, knots=(LEVEL_KNOT, len(KNOTS) - 1))
    above = above_level(ends[:, 1], ends[:, 0])
    lowest, highest = KNOTS[0], KNOTS[-1]
    return {
        **{one.name: coordinates[:, i] for i, one in enumerate(PARAMETERS)},
        f"FPIR at {lowest}": fmr[:, 0],
        f"FPIR at {highest}": fmr[:, -1],
        f"TPIR at {highest}": tpir_moments(theta, above)[0],
        "log-likelihood": Likelihood(anchors)(coordinates),
    }
