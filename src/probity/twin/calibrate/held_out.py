"""The fitted twin against the figures of the same test that were kept back from the fit."""

import numpy as np
from numpy.typing import NDArray

from probity.stats.stream import stream
from probity.twin.calibrate.anchors import Anchors, HeldOutCount, HeldOutRate
from probity.twin.calibrate.checks import Check, predictive_check
from probity.twin.calibrate.fit import Calibration
from probity.twin.calibrate.parameters import KNOTS, Natural
from probity.twin.calibrate.rates import (
    TEST,
    fpir_by_group,
    fpir_per_nonmated_probe,
    latent_thresholds,
)
from probity.twin.calibrate.reached import GROUPS

Values = NDArray[np.float64]
_GROUPS_COUNTED = {
    "share_of_false_positives_not_white": ("Asian", "Black"),
    "share_of_false_positives_black": ("Black",),
}
_SCALED = (
    "the report may have scaled this figure from its own gallery, in which case it is the fitted "
    "count again; measured, it would need hundreds of thousands of searches"
)
_GROUPS_ASSUMED = (
    "no difference between groups is taken for granted, and nothing fitted informs it; groups "
    "were of equal size in the test"
)


def check_held_out(
    calibration: Calibration, anchors: Anchors, *, seed: int = 0
) -> tuple[Check, ...]:
    """Each figure kept back, beside what the fitted twin predicts in the same test.

    A rate is compared with the fitted rate, k of n with counts drawn from the fitted share.

    Raises
    ------
    ValueError
        A figure's threshold is none of those fitted.
    """
    theta = calibration.theta()
    needed = sorted({_knot(row) for row in anchors.held_out})
    thresholds = latent_thresholds(theta, gallery_size=calibration.gallery_size, knots=needed)
    return tuple(
        _check(row, theta=theta, threshold=thresholds[:, [needed.index(_knot(row))]], seed=seed)
        for row in anchors.held_out
    )


def _knot(row: HeldOutRate | HeldOutCount) -> int:
    if row.threshold not in KNOTS:
        raise ValueError(f"{row.id}: threshold {row.threshold}: fitted are {KNOTS}")
    return KNOTS.index(row.threshold)


def _check(
    row: HeldOutRate | HeldOutCount, *, theta: Natural, threshold: Values, seed: int
) -> Check:
    if isinstance(row, HeldOutRate):
        fpir = fpir_per_nonmated_probe(theta, threshold, mix=TEST, gallery_size=row.gallery_size)
        return predictive_check(
            row.printed,
            predicted=fpir[:, 0],
            period=row.id,
            statistic=f"FPIR at {row.threshold} in a gallery of {row.gallery_size:,}",
            note=_SCALED,
        )
    counted = _GROUPS_COUNTED[row.measure]
    by_group = fpir_by_group(theta, threshold, mix=TEST, gallery_size=row.gallery_size)[:, 0]
    false_positives = by_group * np.asarray(TEST.probes)
    columns = [GROUPS.index(group) for group in counted]
    share = false_positives[:, columns].sum(axis=1) / false_positives.sum(axis=1)
    drawn = stream(seed, f"held out {row.id}").binomial(row.n, share)
    return predictive_check(
        float(row.k),
        predicted=drawn.astype(np.float64),
        period=row.id,
        statistic=f"{' or '.join(counted)} among {row.n} false positives at {row.threshold}",
        note=_GROUPS_ASSUMED,
    )
