"""One measurement in a process of its own: CPU seconds, peak memory and figures, as JSON.

Arguments: engine (sklearn, memory, parquet or stream), score file, mated file. The engines of
this project and scikit-learn's run under different interpreters, so imports are local.
"""

import json
import resource
import sys
import time

FMR = 1e-6


def sklearn(score_file: str, mated_file: str) -> dict[str, float]:
    """scikit-learn's roc_curve, and the figures from its points."""
    import numpy as np
    from sklearn.metrics import roc_curve

    score, mated = np.load(score_file), np.load(mated_file)
    roc_curve(mated[:1000], score[:1000])
    begin = time.process_time()
    fmr, tmr, threshold = roc_curve(mated, score, drop_intermediate=False)
    cpu = time.process_time() - begin
    closest = int(np.argmin(np.abs(fmr - (1 - tmr))))
    last = int(np.searchsorted(fmr, FMR, side="right")) - 1
    return {
        "cpu_s": cpu,
        "eer": float(fmr[closest] + 1 - tmr[closest]) / 2,
        "fnmr": float(1 - tmr[last]),
        "threshold": float(threshold[last]),
    }


def own(engine: str, score_file: str, mated_file: str) -> dict[str, float]:
    """This project's verification: from arrays, from a file, or from that file ten times over."""
    from pathlib import Path

    import numpy as np

    from probity.performance.scores import ArrayScores
    from probity.performance.scores.chain import ChainedScores
    from probity.performance.scores.columnar import ParquetScores
    from probity.performance.verification import verification

    small = np.arange(1000, dtype=np.float32)
    verification(ArrayScores(small, small > 500))
    if engine == "memory":
        scores = ArrayScores(np.load(score_file), np.load(mated_file))
    else:
        scores = ParquetScores(Path(score_file))
        scores = ChainedScores([scores] * 10) if engine == "stream" else scores
    begin = time.process_time()
    found = verification(scores)
    cpu = time.process_time() - begin
    point = dict(found.fnmr_at_fmr)[FMR]
    return {
        "cpu_s": cpu,
        "comparisons": found.comparisons,
        "eer": found.eer.value,
        "fnmr": getattr(getattr(point, "fnmr", None), "value", None),
        "threshold": getattr(point, "threshold", None),
    }


def main() -> None:
    """Measure and print."""
    engine, score_file, mated_file = sys.argv[1:]
    if engine == "sklearn":
        found = sklearn(score_file, mated_file)
    else:
        found = own(engine, score_file, mated_file)
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()
