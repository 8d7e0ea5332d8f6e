"""How large a test must be: for a rate below a limit, or two groups' rates within a ratio.

Both questions are answered for the test that will be run on the data, exactly, with the power
asked for: the chance that the test succeeds if the system is as good as expected.

Passes of one person are alike. ``passes`` passes per subject whose outcomes correlate by
``correlation`` carry the evidence of fewer independent ones; the design effect
1 + (passes - 1) * correlation says how many times fewer (Kish 1965). It is an input because
only earlier tests can tell it; the plan is as good as that number.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np
from scipy.special import bdtr
from scipy.stats import binom, poisson

from probity.core import InputError

MOST_PROBES = 10**12
"""Plans beyond this many probes are refused."""

_TAIL = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """How each subject is tested: passes, and how alike a subject's passes are."""

    passes: int = 1
    correlation: float = 0.0

    def __post_init__(self) -> None:
        if self.passes < 1:
            raise InputError("passes per subject out of range", got=self.passes, allowed=">= 1")
        if not 0.0 <= self.correlation <= 1.0:
            raise InputError(
                "correlation of a subject's passes out of range",
                got=self.correlation,
                allowed="0 to 1",
            )

    @property
    def design_effect(self) -> float:
        """How many passes weigh as much as one independent probe."""
        return 1.0 + (self.passes - 1) * self.correlation


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What one group needs.

    ``independent_probes`` would do if every probe were of another person; ``probes`` allows for
    repeated passes and is a whole number of passes of ``subjects``. ``most_events`` is the
    largest number of events at which the test still succeeds with the independent probes, None
    where it depends on the other group's. ``power`` is what is reached, ``level`` the
    one-sided confidence after sharing the error among ``tests`` tests.
    """

    group: str
    independent_probes: int
    probes: int
    subjects: int
    passes: int
    most_events: int | None
    power: float
    level: float
    tests: int


def plan_rate_below(
    limit: float,
    *,
    expected: float = 0.0,
    groups: tuple[str, ...] = ("all",),
    repeats: Repeats = Repeats(),
    level: float = 0.95,
    power: float = 0.8,
    joint: bool = False,
) -> tuple[Plan, ...]:
    """Probes each group needs to show that its rate (FPIR, say) is below a limit.

    The rate is shown when its exact one-sided upper bound (Clopper-Pearson) is at or below the
    limit: with k events in n probes, when P(X <= k | n, limit) <= 1 - level.

    Parameters
    ----------
    limit : float
        In (0, 1).
    expected : float
        The true rate that is hoped for, 0 <= expected < limit. At 0 the test has no event.
    groups : tuple of str
        Each gets a plan of its own.
    repeats : Repeats
        Passes per subject and their correlation.
    level : float
        One-sided confidence of the bound.
    power : float
        Chance of showing it when the true rate is ``expected``.
    joint : bool
        Whether all groups must be shown together at ``level``: the error is then shared
        (Bonferroni).

    Raises
    ------
    InputError
        A number out of range, no group, or a plan beyond ``MOST_PROBES``.
    """
    _require_share("limit", limit)
    _require_share("level", level)
    _require_share("power", power)
    if not 0.0 <= expected < limit:
        raise InputError(
            "the expected rate must lie below the limit", got=expected, allowed=f"0 to {limit:g}"
        )
    _require_groups(groups, fewest=1)
    tests = len(groups) if joint else 1
    risk = (1.0 - level) / tests
    k = _fewest_events(limit, expected, risk=risk, power=power)
    n = _probes_for(k, limit, risk=risk)
    reached = float(bdtr(k, n, expected)) if expected else 1.0
    return tuple(
        _plan(group, n, repeats, most_events=k, power=reached, level=1.0 - risk, tests=tests)
        for group in groups
    )


def plan_ratio_below(
    ratio: float,
    *,
    rate: float,
    true_ratio: float = 1.0,
    groups: tuple[str, ...],
    repeats: Repeats = Repeats(),
    level: float = 0.95,
    power: float = 0.8,
) -> tuple[Plan, ...]:
    """Probes each group needs to show its rate is below ``ratio`` times the first group's.

    Every other group is tested against the first, with as many probes each; the error is shared
    among these tests (Bonferroni). Given the sum of both groups' events, those of one are
    binomial with share r/(1 + r) when the true ratio is r: the ratio is shown when the exact
    one-sided bound on that share lies at or below ratio/(1 + ratio). The events themselves are
    taken as Poisson, so the plan is for rare events: expect rates of at most a few in a hundred.

    Parameters
    ----------
    ratio : float
        The differential to exclude, above ``true_ratio``.
    rate : float
        The first group's true rate per probe, in (0, 0.1].
    true_ratio : float
        The true ratio that is hoped for, above 0.
    groups, repeats, level, power
        As for ``plan_rate_below``; at least two groups.

    Raises
    ------
    InputError
        A number out of range, fewer than two groups, or a plan beyond ``MOST_PROBES``.

    Source: the conditional test of two Poisson means, Przyborowski & Wilenski 1940.
    """
    _require_share("level", level)
    _require_share("power", power)
    if not 0.0 < rate <= 0.1:  # noqa: PLR2004 - where Poisson stands for binomial
        raise InputError("the rate is out of range", got=rate, allowed="0 < rate <= 0.1")
    if not 0.0 < true_ratio < ratio:
        raise InputError(
            "the ratio to exclude must exceed the true ratio",
            got=f"{ratio} and {true_ratio}",
            allowed="0 < true ratio < ratio",
        )
    _require_groups(groups, fewest=2)
    tests = len(groups) - 1
    risk = (1.0 - level) / tests

    def reached(probes: int) -> float:
        return _ratio_power(probes * rate, true_ratio, ratio, risk=risk)

    n = _first(lambda probes: reached(probes) >= power)
    return tuple(
        _plan(group, n, repeats, most_events=None, power=reached(n), level=1.0 - risk, tests=tests)
        for group in groups
    )


def _fewest_events(limit: float, expected: float, *, risk: float, power: float) -> int:
    """The smallest k for which probes enough to allow k events reach the power."""
    if expected == 0.0:
        return 0

    def enough(k: int) -> bool:
        return float(bdtr(k, _probes_for(k, limit, risk=risk), expected)) >= power

    if enough(0):
        return 0
    k = _first(enough)
    # Whole probes make the power step: a smaller k just before the first found may do as well.
    nearby = max(0, k - 8 - floor(sqrt(k)))
    return next(j for j in range(nearby, k + 1) if enough(j))


def _probes_for(k: int, limit: float, *, risk: float) -> int:
    """The fewest probes n in which k events put the upper bound at or below the limit."""
    return _first(lambda n: n > k and float(bdtr(k, n, limit)) <= risk)


def _ratio_power(mean: float, true_ratio: float, ratio: float, *, risk: float) -> float:
    """Chance that the ratio is excluded, the first group expecting ``mean`` events."""
    total = mean * (1.0 + true_ratio)
    sums = np.arange(poisson.ppf(_TAIL, total), poisson.isf(_TAIL, total) + 1)
    share = ratio / (1.0 + ratio)
    # The most events of the tested group that still exclude the ratio: the bound's critical value.
    quantile = np.asarray(binom.ppf(risk, sums, share))
    critical = quantile - (np.asarray(binom.cdf(quantile, sums, share)) > risk)
    success = binom.cdf(critical, sums, true_ratio / (1.0 + true_ratio))
    return float(np.sum(poisson.pmf(sums, total) * np.where(critical >= 0, success, 0.0)))


def _first(holds: Callable[[int], bool]) -> int:
    """The first whole number from 1 for which a test that stays true holds."""
    high = 1
    while not holds(high):
        high *= 2
        if high > MOST_PROBES:
            raise InputError(
                "no test of a possible size would show it",
                allowed=f"plans of at most {MOST_PROBES} probes: a limit further from what is "
                "expected, or less power",
            )
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def _plan(
    group: str,
    independent: int,
    repeats: Repeats,
    *,
    most_events: int | None,
    power: float,
    level: float,
    tests: int,
) -> Plan:
    subjects = ceil(round(independent * repeats.design_effect / repeats.passes, 9))
    return Plan(
        group=group,
        independent_probes=independent,
        probes=subjects * repeats.passes,
        subjects=subjects,
        passes=repeats.passes,
        most_events=most_events,
        power=power,
        level=level,
        tests=tests,
    )


def _require_share(name: str, value: float) -> None:
    if not 0.0 < value < 1.0:
        raise InputError(f"{name} out of range", got=value, allowed="above 0 and below 1")


def _require_groups(groups: tuple[str, ...], *, fewest: int) -> None:
    if len(groups) < fewest or len(set(groups)) != len(groups):
        raise InputError(
            "groups missing or named twice",
            got=", ".join(groups),
            allowed=f"at least {fewest}, each once",
        )
