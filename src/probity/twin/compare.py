"""Two scenarios on the same random numbers: outcomes of both, and who could tell them apart.

Both sides draw from streams of one name, so what does not depend on the change (calendar, places,
crowds, listed people who pass, the pool of listed people) is the same in both, replicate by
replicate, and cancels out of the difference. What does depend on it goes its own way: which
passers-by are mistaken for whom is drawn anew where the threshold or the list is another.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from probity.core import Count, Estimate, Events, Undefined
from probity.stats.rate_test import rate_test, rate_test_power, units_for_power
from probity.stats.replicates import Replicated, difference, estimate, ratio
from probity.twin.outcomes import Measure, measures_of, outcomes_of
from probity.twin.replicates import Run, Workers, history_of, in_order
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import scenario_digest
from probity.twin.stages import Floats

POWER = 0.8
"""Two settings can be told apart where the test of published counts has this power."""

Done = Callable[[], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """A scenario and what came of it.

    Parameters
    ----------
    changes : tuple of str
        What was changed in the scenario of that name, as ``changes.changed`` took it.
    outcomes : float64, (n_replicates, n_measures, 2)
        See ``outcomes.outcomes_of``.
    """

    scenario: LiveScenario
    changes: tuple[str, ...]
    outcomes: Floats

    @property
    def deployments(self) -> int:
        """Of one replicate; they make a year here, whatever the calendar says."""
        return self.scenario.calendar.deployments

    def replicated(self, measure: Measure) -> Replicated:
        """One measure over the replicates.

        Raises
        ------
        ValueError
            The scenario does not have it: a group of another scenario.
        """
        column = self.outcomes[:, measures_of(self.scenario).index(measure)]
        return Replicated(
            k=column[:, 0],
            n=column[:, 1],
            per=measure.per,
            events=measure.unit != "seconds",
            most=1.0 if measure.unit == "proportion" else np.inf,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """Could the published counts of a year tell the sides apart?

    Parameters
    ----------
    dispersion : float
        Variance of a year's count over that of a Poisson count, at least 1; over replicates.
    power : float
        Of the exact conditional test on the two counts, both divided by the dispersion. Whoever
        uses the test without that sees more differences, also where there are none.
    deployments : int or None
        On each side, for a power of ``POWER``; None when a million would not do.
    rejected, rejected_alike : Count or Undefined
        Pairs of a year of one side with another year of the other, and of two years of the first
        side, that the test told apart without regard to dispersion.
    """

    dispersion: float
    power: float
    deployments: int | None
    rejected: Count | Undefined
    rejected_alike: Count | Undefined

    @property
    def possible(self) -> bool:
        """A year would do."""
        return self.power >= POWER


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One measure on both sides; ``difference`` is second less first, ``ratio`` second by first.

    ``apart`` is None where no published record shows the measure.
    """

    measure: Measure
    first: Estimate | Undefined
    second: Estimate | Undefined
    difference: Estimate | Undefined
    ratio: Estimate | Undefined
    apart: Apart | None


def run_side(
    scenario: LiveScenario,
    *,
    base: LiveScenario,
    seed: int,
    replicates: int,
    changes: tuple[str, ...] = (),
    workers: Workers = 1,
    done: Done | None = None,
) -> Side:
    """Replicates of a scenario on the random numbers of ``base``.

    Parameters
    ----------
    done : callable, optional
        Called after each replicate, for showing progress.
    """
    run = Run(scenario=scenario, seed=seed, numbers=scenario_digest(base))
    rows = []
    for row in in_order(partial(_outcomes, run), range(replicates), workers=workers):
        rows.append(row)
        if done is not None:
            done()
    return Side(scenario=scenario, changes=changes, outcomes=np.stack(rows))


def compare(first: Side, second: Side, *, level: float = 0.95) -> tuple[Compared, ...]:
    """Every measure that both sides have.

    Raises
    ------
    ValueError
        The sides have different numbers of replicates, or ``level`` is outside (0, 1).
    """
    known = measures_of(first.scenario)
    return tuple(
        _compared(measure, first, second, level)
        for measure in measures_of(second.scenario)
        if measure in known
    )


def _outcomes(run: Run, replicate: int) -> Floats:
    return outcomes_of(history_of(run, replicate))


def _compared(measure: Measure, first: Side, second: Side, level: float) -> Compared:
    a, b = first.replicated(measure), second.replicated(measure)
    return Compared(
        measure=measure,
        first=estimate(a, level=level),
        second=estimate(b, level=level),
        difference=difference(a, b, level=level),
        ratio=ratio(a, b, level=level),
        apart=_apart(a, b, (first.deployments, second.deployments), level)
        if measure.published
        else None,
    )


def _apart(a: Replicated, b: Replicated, held: tuple[int, int], level: float) -> Apart | None:
    """For a share of alerts, alerts are taken as an exposure: cautious, the more so the larger."""
    if not (a.n.sum() > 0 and b.n.sum() > 0):
        return None
    spread = _dispersion(a, b)
    mean_a, mean_b = float(a.k.mean()) / spread, float(b.k.mean()) / spread
    exposure_a, exposure_b = float(a.n.mean()), float(b.n.mean())
    each_a, each_b = exposure_a / held[0], exposure_b / held[1]
    return Apart(
        dispersion=spread,
        power=rate_test_power(
            mean_a, mean_b, share=exposure_a / (exposure_a + exposure_b), level=level
        ),
        deployments=units_for_power(
            mean_a / held[0],
            mean_b / held[1],
            share=each_a / (each_a + each_b),
            power=POWER,
            level=level,
        ),
        rejected=_rejected(a, b, level),
        rejected_alike=_rejected(a, a, level),
    )


def _dispersion(a: Replicated, b: Replicated) -> float:
    events = float(a.k.mean() + b.k.mean())
    if len(a.k) == 1 or events == 0:
        return 1.0
    variance = sum(
        float(np.var(side.k - side.k.sum() / side.n.sum() * side.n, ddof=1)) for side in (a, b)
    )
    return max(1.0, variance / events)


def _rejected(a: Replicated, b: Replicated, level: float) -> Count | Undefined:
    """A year of a with the next year of b, so that the two share no random number of the year."""
    if len(a.k) == 1:
        return Undefined("one replicate makes no pair of different years")
    found = 0
    for k_a, n_a, k_b, n_b in zip(a.k, a.n, np.roll(b.k, 1), np.roll(b.n, 1), strict=True):
        test = rate_test(Events(int(k_a), float(n_a), a.per), Events(int(k_b), float(n_b), b.per))
        found += not isinstance(test, Undefined) and test.p_value < 1 - level
    return Count(found, len(a.k), "pairs of years")
