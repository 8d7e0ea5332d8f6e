"""The 2023 test of the National Physical Laboratory, as far as reports on it give counts.

The number of searches is not given in the sources read. It is worked out from what is: 7 false
positives, and a false positive identification rate of 0.017% at 10,000 entries, make some 41,000
searches of a list of 10,000. The rate is taken to grow in proportion to the length of the list,
which holds where it is small. The primary report has not been read.
"""

from typing import Literal

from pydantic import Field

from probity.claims.evidence import Evidence
from probity.claims.finding import Basis, Measurement
from probity.claims.measures.figures import published_test
from probity.claims.measures.measure import Measure, Params
from probity.core import Estimate, Events

_RATE_AT_060 = "NPL23-02"
_COUNT_AT = {"0.60": "NPL23-06", "0.62": "NPL23-05", "0.64": "NPL23-04"}
_MINORITY_AT_060 = "NPL23-07"
_GROUPS = 3


class Laboratory(Params):
    """A threshold of the test, and the length of watchlist its result is scaled to."""

    threshold: Literal["0.60", "0.62", "0.64"]
    list_size: int = Field(default=10_000, ge=1, le=10_000_000)


class At060(Params):
    """The threshold of 0.60, and a length of watchlist."""

    threshold: Literal["0.60"]
    list_size: int = Field(default=10_000, ge=1, le=10_000_000)


class WithoutCase(Params):
    """A threshold at which the test found no false positive, and a length of watchlist."""

    threshold: Literal["0.64"]
    list_size: int = Field(default=10_000, ge=1, le=10_000_000)


def searches(evidence: Evidence, *, list_size: int) -> float:
    """How many searches of a list of this length the test amounts to (derived; see above)."""
    rate = published_test(evidence, _RATE_AT_060)
    positives = published_test(evidence, _COUNT_AT["0.60"]).value
    at = rate.gallery_size or list_size
    return positives / (rate.value * list_size / at)


def false_positives_per_search(evidence: Evidence, params: Laboratory, level: float) -> Measurement:
    """False positives per search of a person not on the list, all groups together."""
    from probity.stats.poisson import garwood

    test = published_test(evidence, _COUNT_AT[params.threshold])
    exposure = searches(evidence, list_size=params.list_size)
    events = Events(int(test.value), exposure, "search")
    return Measurement(
        name="laboratory_false_positives_per_search",
        title=f"False positives per search at threshold {params.threshold}, laboratory test 2023",
        unit="per search",
        population=f"searches of a list of {params.list_size:,}, laboratory test 2023",
        measured=garwood(events, level=level),
        sources=(
            evidence.source(test.source_id),
            evidence.source(published_test(evidence, _RATE_AT_060).source_id),
        ),
        note=_DERIVED,
        basis=Basis.FIGURES,
    )


def difference_between_groups(evidence: Evidence, params: WithoutCase, level: float) -> Measurement:
    """The largest difference between two groups that no false positive at all leaves open.

    With no false positive in either of two groups the difference seen is 0. Each group's exact
    upper bound, at half the remaining risk, bounds the difference on either side.
    """
    from probity.stats.poisson import garwood_bounds

    test = published_test(evidence, _COUNT_AT[params.threshold])
    per_group = searches(evidence, list_size=params.list_size) / _GROUPS
    bound = garwood_bounds(0, level=level)[1] / per_group
    population = f"searches of a list of {params.list_size:,} by group, laboratory test 2023"
    return Measurement(
        name="laboratory_difference_between_groups",
        title=f"Difference in false positives per search between any two groups at threshold "
        f"{params.threshold}, laboratory test 2023",
        unit="per search",
        population=population,
        measured=Estimate(
            value=0.0,
            low=-bound,
            high=bound,
            level=level,
            method="exact Poisson bound of each of two groups without a case",
            population=population,
        ),
        sources=(evidence.source(test.source_id), evidence.source("project-derived")),
        note=f"{_DERIVED} Three groups of equal size are assumed.",
        basis=Basis.FIGURES,
    )


def ratio_white_to_others(evidence: Evidence, params: At060, level: float) -> Measurement:
    """False positives per search of White people over those of everybody else.

    All false positives at 0.60 are reported to be of people of ethnic minorities. Groups of equal
    size are assumed: a third of the searches White, two thirds not.
    """
    from probity.stats.compare import event_rate_ratio

    test = published_test(evidence, _MINORITY_AT_060)
    others = test.numerator or 0
    white = (test.denominator or 0) - others
    exposure = searches(evidence, list_size=params.list_size)
    chance = ((_GROUPS - 1) / _GROUPS) ** others
    return Measurement(
        name="laboratory_ratio_white_to_others",
        title="False positives per search, White people over all others, threshold 0.60, "
        "laboratory test 2023",
        unit="ratio",
        population=f"searches of a list of {params.list_size:,} by group, laboratory test 2023",
        measured=event_rate_ratio(
            Events(white, exposure / _GROUPS, "search"),
            Events(others, exposure * (_GROUPS - 1) / _GROUPS, "search"),
            level=level,
        ),
        sources=(evidence.source(test.source_id), evidence.source("project-derived")),
        note=f"{_DERIVED} Three groups of equal size are assumed. If all groups had the same rate, "
        f"none of {others} false positives would be of a White person with probability "
        f"{chance:.3f}: not below 0.05, and far from showing that the rates are equal.",
        basis=Basis.FIGURES,
    )


_DERIVED = (
    "The number of searches is derived (7 false positives over 0.017% at 10,000 entries), not "
    "read in the report itself."
)
MEASURES = (
    Measure(
        name="laboratory_false_positives_per_search",
        title="False positives per search in the laboratory test of 2023",
        unit="per search",
        gives="interval",
        params=Laboratory,
        take=false_positives_per_search,
    ),
    Measure(
        name="laboratory_difference_between_groups",
        title="Difference between groups in the laboratory test of 2023",
        unit="per search",
        gives="interval",
        params=WithoutCase,
        take=difference_between_groups,
    ),
    Measure(
        name="laboratory_ratio_white_to_others",
        title="White people over all others in the laboratory test of 2023",
        unit="ratio",
        gives="interval",
        params=At060,
        take=ratio_white_to_others,
    ),
)
