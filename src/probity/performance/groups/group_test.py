"""Do groups share one rate? The exact test, on effective trials, with what it could have found.

The test takes trials as independent. Searches of one person are not, so the counts of every group
are first divided by the design effect n/n* of all groups together (Rao & Scott 1992, Biometrics
48, 577-585), and rounded. With one search to a person nothing changes.
"""

from collections.abc import Sequence

from probity.core import Count, Undefined
from probity.performance.groups.interval import GroupRate
from probity.performance.intervals.effective import PersonRate
from probity.stats.groups import KGroupTest, k_group_test


def group_test(
    groups: Sequence[GroupRate], *, overall: PersonRate, seed: int, level: float = 0.95
) -> KGroupTest | Undefined:
    """Test that groups share one rate, never without its power statement.

    Parameters
    ----------
    groups : sequence of GroupRate
        Two or more.
    overall : PersonRate
        The rate of all groups together, whose effective number gives the design effect.

    Returns
    -------
    KGroupTest or Undefined
        Undefined with fewer than two groups, or where a group has fewer than two people.
    """
    if len(groups) < 2:  # noqa: PLR2004
        return Undefined("one group: there is nothing to compare it with")
    if isinstance(overall.over_people, Undefined):
        return overall.over_people
    worth = overall.effective / overall.over_people.count.n
    counts = []
    for group in groups:
        rate = group.rate.over_people
        if isinstance(rate, Undefined):
            return Undefined(f"{group.group}: {rate.reason}")
        n = max(1, round(rate.count.n * worth))
        k = min(n, round(rate.count.k * worth))
        population = rate.count.population if worth == 1 else f"effective {rate.count.population}"
        counts.append(Count(k, n, population))
    return k_group_test(counts, seed=seed, level=level)
