"""Each ward with a deployment beside one without that is as large and has as many offences."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from probity.claims.measures.ward_specifications import CALIPER, Specification
from probity.claims.measures.ward_units import Selected, share, units
from probity.core import Estimate, Undefined
from probity.records.bundled import Bundle
from probity.records.context import Ward

if TYPE_CHECKING:
    from probity.stats.test_result import Test

HUNDREDTHS = 10_000
"""Differences of shares are tested in whole hundredths of a percentage point."""


@dataclass(frozen=True, slots=True)
class MatchedWards:
    """Pairs (a ward with a deployment, its match without), and wards left without a match."""

    pairs: tuple[tuple[Ward, Ward], ...]
    unmatched: tuple[Ward, ...]


@cache
def matched_wards(bundle: Bundle, specification: Specification) -> MatchedWards:
    """Pair the wards on the specification's other covariates, in standard deviations."""
    import numpy as np

    from probity.stats.matching import nearest_pairs

    selected = specification.selected(bundle)
    columns = np.column_stack(list(units(selected, specification.given).covariates.values()))
    scaled = columns / columns.std(axis=0)
    with_any = np.array(selected.deployments) > 0
    cases, controls = np.flatnonzero(with_any), np.flatnonzero(~with_any)
    found = nearest_pairs(scaled[cases], scaled[controls], caliper=CALIPER)
    wards = selected.wards
    return MatchedWards(
        pairs=tuple(
            (wards[cases[case]], wards[controls[control]])
            for case, control in zip(found.cases, found.controls, strict=True)
        ),
        unmatched=tuple(wards[cases[case]] for case in found.unmatched),
    )


def matched_effect(
    bundle: Bundle, specification: Specification, *, level: float
) -> Estimate | Undefined:
    """The odds ratio of a share within matched pairs."""
    import numpy as np

    from probity.stats.within import within_ratio

    pairs = matched_wards(bundle, specification).pairs
    wards = tuple(ward for pair in pairs for ward in pair)
    data = units(Selected(wards, (1, 0) * len(pairs)), (specification.effect_of,))
    strata = np.repeat(np.arange(len(pairs)), 2).astype(str)
    return within_ratio(data, strata, specification.effect_of, per=specification.per, level=level)


def matched_test(bundle: Bundle, specification: Specification) -> "Test":
    """Exact test of the share's difference within pairs; the statistic is its mean, in points."""
    import numpy as np

    from probity.stats.matching import sign_flip_test
    from probity.stats.test_result import Test

    group = specification.effect_of.removesuffix("_share")
    pairs = matched_wards(bundle, specification).pairs
    differences = [round(HUNDREDTHS * (share(a, group) - share(b, group))) for a, b in pairs]
    found = sign_flip_test(np.array(differences))
    return Test(found.p_value, found.method, sum(differences) / len(differences) / 100)
