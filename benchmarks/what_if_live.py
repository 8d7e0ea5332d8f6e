"""How long the app takes to answer a what-if: CPU seconds of one process, first answer apart.

    python benchmarks/what_if_live.py [answers]

Every answer is of another setting, drawn over all that can be set, so that none was computed
before. Fails if the median of those with the crowd and the list as now takes 0.3 s or more.
"""

import sys
import time
from dataclasses import replace
from statistics import median

import numpy as np

from probity.twin.expected.answer import answer
from probity.twin.expected.setting import LIMITS, Setting

MOST_S = 0.3


def main(answers: int = 40) -> None:
    """Time answers near the setting as now, and anywhere."""
    print(f"first answer: {timed(Setting()):.2f} s")
    rng = np.random.default_rng(0)
    near = [
        replace(
            Setting(),
            threshold=round(float(rng.uniform(0.60, 0.66)), 4),
            officers=int(rng.integers(1, 9)),
            deployments=int(rng.integers(1, 1_000)),
        )
        for _ in range(answers)
    ]
    anywhere = [
        Setting(
            **{
                name: round(float(rng.uniform(limits.least, limits.most)), 4)
                if not limits.whole
                else int(rng.integers(limits.least, limits.most, endpoint=True))
                for name, limits in LIMITS.items()
            },
            presence_grows=bool(rng.random() < 1 / 2),
        )
        for _ in range(answers)
    ]
    for words, settings in (("near now", near), ("anywhere", anywhere)):
        taken = [timed(setting) for setting in settings]
        print(f"{words}: median {median(taken):.3f} s, longest {max(taken):.3f} s of {answers}")
        if words == "near now" and median(taken) >= MOST_S:
            sys.exit(f"an answer takes {MOST_S} s or more")


def timed(setting: Setting) -> float:
    """CPU seconds of one answer."""
    started = time.process_time()
    answer(setting)
    return time.process_time() - started


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
