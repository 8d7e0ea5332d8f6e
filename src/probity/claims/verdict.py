"""The decision rule: one rule for every claim, whoever makes it.

A claim says that a measure lies in a set S of values: "at most 1 in 6,000" is S = [0, 1/6000].
The measure is known to lie in an interval I: its confidence interval, or the single value of a
``Total``, where nothing was sampled.

========================================  ============
what is found                             verdict
========================================  ============
I lies in S                               supported
I and S have no value in common           contradicted
I lies partly in S, partly outside        undecided
there is no measure (``Undefined``)       untestable
========================================  ============

A rate summed over deployments has two intervals, and needs both (``decide_version``): the exact one
takes cases to be independent of one another, and they come together in deployments. Where the two
lead to different verdicts, or a single deployment cannot show whether deployments differ, the
claim is undecided.

Two things are settled after that, by ``weigh``:

- *Own word.* Where every source of the measure is a document in which the claim itself is made,
  or another that the claimant publishes, and no published rows stand behind it, the claimant
  cannot be the only witness: "supported" becomes "untestable". The claim can still be
  contradicted by its own figures.
- *Conflicting versions.* Where the same quantity is published in several versions, each is
  decided alone. If those that can be tested differ in verdict, the claim is undecided.

docs/adr/0003-decision-rule.md gives the reasons, and what the rule costs.
"""

from collections.abc import Sequence
from math import isnan

from probity.claims.finding import Measurement, Verdict
from probity.claims.relation import NEGATION, RANGES, Limit, Relation
from probity.core import Estimate, EventRate, Measured, Rate, Total, Undefined


def decide(measured: Measured, *, relation: Relation, limit: Limit) -> Verdict:
    """Apply the decision table to one measure.

    Parameters
    ----------
    measured : Measured
        A value with its interval, a total, or the reason why there is none.
    relation : Relation
        What the claim says of it.
    limit : float or tuple of float
        The number claimed; two numbers, in order, for "between" and "outside".

    Raises
    ------
    ValueError
        The limit does not fit the relation, or a bound is not a number.
    """
    _check_limit(relation, limit)
    if isinstance(measured, Undefined):
        return Verdict.UNTESTABLE
    low, high = interval(measured)
    if _lies_in(low, high, relation, limit):
        return Verdict.SUPPORTED
    if _lies_in(low, high, NEGATION[relation], limit):
        return Verdict.CONTRADICTED
    return Verdict.UNDECIDED


def decide_version(measurement: Measurement, *, relation: Relation, limit: Limit) -> Verdict:
    """Apply the decision table to a measure as taken, with every interval it has.

    Raises
    ------
    ValueError
        As ``decide``.
    """
    exact = decide(measurement.measured, relation=relation, limit=limit)
    differing = measurement.over_deployments
    if differing is None:
        return exact
    if isinstance(differing, Undefined):
        return Verdict.UNDECIDED
    other = decide(differing, relation=relation, limit=limit)
    return exact if exact is other else Verdict.UNDECIDED


def weigh(verdicts: Sequence[Verdict], *, own_word: Sequence[bool]) -> Verdict:
    """One verdict from those of every version of a measure.

    Parameters
    ----------
    verdicts : sequence of Verdict
        The verdict of each version alone; at least one.
    own_word : sequence of bool
        For each version: does it rest on the claimant's documents alone?
    """
    weighed = [
        Verdict.UNTESTABLE if own and verdict is Verdict.SUPPORTED else verdict
        for verdict, own in zip(verdicts, own_word, strict=True)
    ]
    testable = {verdict for verdict in weighed if verdict is not Verdict.UNTESTABLE}
    if not testable:
        return Verdict.UNTESTABLE
    return testable.pop() if len(testable) == 1 else Verdict.UNDECIDED


def interval(measured: Rate | EventRate | Estimate | Total) -> tuple[float, float]:
    """Lowest and highest value the measure may have; both are the value for a ``Total``.

    Raises
    ------
    ValueError
        A bound is not a number.
    """
    if isinstance(measured, Total):
        low = high = measured.value
    else:
        low, high = measured.low, measured.high
    if isnan(low) or isnan(high):
        raise ValueError(f"{measured}: a bound is not a number")
    return low, high


def _lies_in(low: float, high: float, relation: Relation, limit: Limit) -> bool:
    """Whether every value from low to high is as the relation says."""
    start, end = limit if isinstance(limit, tuple) else (limit, limit)
    match relation:
        case Relation.AT_MOST:
            return high <= end
        case Relation.LESS_THAN:
            return high < end
        case Relation.AT_LEAST:
            return low >= start
        case Relation.MORE_THAN:
            return low > start
        case Relation.EQUAL_TO | Relation.BETWEEN:
            return start <= low and high <= end
        case Relation.NOT_EQUAL_TO | Relation.OUTSIDE:
            return high < start or low > end


def _check_limit(relation: Relation, limit: Limit) -> None:
    if (relation in RANGES) != isinstance(limit, tuple):
        expected = "two numbers" if relation in RANGES else "one number"
        raise ValueError(f"limit {limit}: {relation.value!r} takes {expected}")
    if isinstance(limit, tuple) and not limit[0] < limit[1]:
        raise ValueError(f"limit {limit}: a range needs its lower end first")
