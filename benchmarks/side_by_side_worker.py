"""A peer's figures for a score set, as JSON. Runs in the peer's own environment.

Arguments: peer, score file, mated file.
"""

import json
import sys

import numpy as np

FMRS = (1e-2, 1e-3)


def scikit_learn(score: np.ndarray, mated: np.ndarray) -> dict[str, float]:
    """From every point of roc_curve: the rates are read off its own counts."""
    from sklearn.metrics import roc_curve

    fmr, tmr, threshold = roc_curve(mated, score, drop_intermediate=False)
    mated_n = int(mated.sum())
    # 1 - tmr loses the last bit; the count behind it does not.
    fnmr = (mated_n - np.round(tmr * mated_n)) / mated_n
    closest = int(np.argmin(np.abs(fmr - fnmr)))
    found = {
        "EER": float((fmr[closest] + fnmr[closest]) / 2),
        "EER threshold": float(threshold[closest]),
    }
    for wanted in FMRS:
        last = int(np.searchsorted(fmr, wanted, side="right")) - 1
        found[f"FNMR at {wanted:g}"] = float(fnmr[last])
        found[f"threshold at {wanted:g}"] = float(threshold[last])
    return found


def bob(score: np.ndarray, mated: np.ndarray) -> dict[str, float]:
    """bob.measure's thresholds and its own count at them."""
    from bob import measure

    negatives, positives = score[~mated], score[mated]
    threshold = measure.eer_threshold(negatives, positives)
    far, frr = measure.farfrr(negatives, positives, threshold)
    found = {"EER": float(far + frr) / 2, "EER threshold": float(threshold)}
    for wanted in FMRS:
        threshold = measure.far_threshold(negatives, positives, wanted)
        _, frr = measure.farfrr(negatives, positives, threshold)
        found[f"FNMR at {wanted:g}"] = float(frr)
        found[f"threshold at {wanted:g}"] = float(threshold)
    return found


def pyeer(score: np.ndarray, mated: np.ndarray) -> dict[str, float]:
    """PyEER's summary."""
    from pyeer.eer_info import get_eer_stats

    stats = get_eer_stats(score[mated].tolist(), score[~mated].tolist())
    return {
        "EER": float(stats.eer),
        "EER threshold": float(stats.eer_th),
        "FNMR at 0.01": float(stats.fmr100),
        "threshold at 0.01": float(stats.fmr100_th),
        "FNMR at 0.001": float(stats.fmr1000),
        "threshold at 0.001": float(stats.fmr1000_th),
    }


def main() -> None:
    """Print the figures."""
    peer, score_file, mated_file = sys.argv[1:]
    run = {"scikit-learn": scikit_learn, "bob.measure": bob, "PyEER": pyeer}[peer]
    print(json.dumps(run(np.load(score_file), np.load(mated_file))))


if __name__ == "__main__":
    main()
