"""Simulation-based calibration of the twin's fit: are the ranks of the truth uniform?

    python benchmarks/twin_calibration.py [fits [FILE]]

With FILE, what came of it is written there, for docs/write_calibration.py. Fails if the ranks of
any quantity are not uniform (Bonferroni, 1%), if more than 1% of fits did not converge, or if the
fit that takes every search for ten is not found out.
"""

import json
import os
import sys
import time
from pathlib import Path

from probity.core.files import write_atomically
from probity.twin.calibrate.anchors import Anchors, npl_2023
from probity.twin.calibrate.sbc import RANKED_AMONG, Ranks, simulation_based_calibration

LEVEL = 0.01
SEED = 1
CONTROL_FITS = 100
EVERY = 25


def ten_searches_for_one(anchors: Anchors) -> Anchors:
    low, high = anchors.design.searches
    design = anchors.design.model_copy(update={"searches": (10 * low, 10 * high)})
    return anchors.model_copy(update={"design": design})


def _ranks(fits: int, what: str, **changes: object) -> Ranks:
    started, fitted = time.monotonic(), 0

    def done() -> None:
        nonlocal fitted
        fitted += 1
        if fitted % EVERY == 0:
            spent = time.monotonic() - started
            print(f"{what}: {fitted} of {fits} fits, {spent:.0f} s", flush=True)

    workers = os.cpu_count() or 1
    return simulation_based_calibration(
        npl_2023(), fits=fits, seed=SEED, workers=workers, done=done, **changes
    )


def main(fits: int = 500, file: Path | None = None) -> None:
    ranks = _ranks(fits, "ranks")
    cpu = sum(os.times()[:4])
    print(f"{fits} fits: {cpu:.0f} CPU-s; {ranks.not_converged} did not converge")
    print(f"{'quantity':22} {'mean rank':>9} {'p, uniform':>10}")
    for name, test in ranks.tests().items():
        print(f"{name:22} {ranks.by_quantity[name].mean():9.1f} {test.p_value:10.4f}")
    print(f"smallest p, Bonferroni: {ranks.p_value():.3f}", flush=True)
    control = _ranks(CONTROL_FITS, "control", misread=ten_searches_for_one)
    print(f"control, ten searches for one, {CONTROL_FITS} fits: p = {control.p_value():.2g}")
    if file is not None:
        found = {
            "command": f"python benchmarks/twin_calibration.py {fits} {file}",
            "seed": SEED,
            "ranked_among": RANKED_AMONG,
            "fits": fits,
            "not_converged": ranks.not_converged,
            "cpu_seconds": round(cpu),
            "p_values": {name: round(test.p_value, 4) for name, test in ranks.tests().items()},
            "control": {"fits": CONTROL_FITS, "smallest_p_bonferroni": round(control.p_value(), 4)},
        }
        write_atomically(file, (json.dumps(found, indent=1) + "\n").encode())
    uniform = ranks.p_value() > LEVEL and ranks.not_converged <= fits // 100
    sys.exit(0 if uniform and control.p_value() < LEVEL else 1)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(*(int(one) for one in given[:1]), *(Path(one) for one in given[1:2]))
