"""Simulation-based calibration of the twin's fit: are the ranks of the truth uniform?

    python benchmarks/twin_calibration.py [fits]

Fails if the ranks of any quantity are not (Bonferroni, 1%), if more than 1% of fits did not
converge, or if the fit that takes every search for ten is not found out.
"""

import os
import sys
import time

from probity.twin.calibrate.anchors import Anchors, npl_2023
from probity.twin.calibrate.sbc import Ranks, simulation_based_calibration

LEVEL = 0.01
CONTROL_FITS = 100


def ten_searches_for_one(anchors: Anchors) -> Anchors:
    low, high = anchors.design.searches
    design = anchors.design.model_copy(update={"searches": (10 * low, 10 * high)})
    return anchors.model_copy(update={"design": design})


def _ranks(fits: int, **changes: object) -> Ranks:
    workers = os.cpu_count() or 1
    return simulation_based_calibration(npl_2023(), fits=fits, seed=1, workers=workers, **changes)


def main(fits: int = 500) -> None:
    started = time.monotonic()
    ranks = _ranks(fits)
    spent = time.monotonic() - started
    cpu = sum(os.times()[:4])
    print(f"{fits} fits: {spent:.0f} s, {cpu:.0f} CPU-s; {ranks.not_converged} did not converge")
    print(f"{'quantity':22} {'mean rank':>9} {'p, uniform':>10}")
    for name, test in ranks.tests().items():
        print(f"{name:22} {ranks.by_quantity[name].mean():9.1f} {test.p_value:10.4f}")
    print(f"smallest p, Bonferroni: {ranks.p_value():.3f}")
    control = _ranks(CONTROL_FITS, misread=ten_searches_for_one)
    print(f"control, ten searches for one, {CONTROL_FITS} fits: p = {control.p_value():.2g}")
    uniform = ranks.p_value() > LEVEL and ranks.not_converged <= fits // 100
    sys.exit(0 if uniform and control.p_value() < LEVEL else 1)


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
