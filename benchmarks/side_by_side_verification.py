"""The same scores through scikit-learn, bob.measure and PyEER, beside this project.

Run: .venv/bin/python benchmarks/side_by_side_verification.py

Each peer runs in a throw-away environment of its own; one that does not install or run here is
reported as such. Every peer's threshold is put back to the scores, and its counts are compared
with a plain count there (score >= threshold, or what the peer says it does), so a row says
whether a difference is a difference of definition or of arithmetic. docs/guides/measure.md
explains the differences that are of definition.

Exit code 1 when scikit-learn and this project disagree in any count.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from throwaway import plain_environment, python_with

PEERS = {
    "scikit-learn": ("numpy", "scikit-learn"),
    "bob.measure": ("bob.measure",),
    "PyEER": ("pyeer", "setuptools<80"),
}
FMRS = (1e-2, 1e-3)
WORKER = Path(__file__).with_name("side_by_side_worker.py")


def score_sets() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Score sets where conventions part: few ties, many ties, and classes that do not overlap."""
    rng = np.random.default_rng(np.random.SeedSequence(20_240_911))
    mated = rng.random(100_000) < 0.1
    score = rng.normal(np.where(mated, 0.6, 0.0), 0.12)
    return {
        "no ties": (score, mated),
        "two decimals": (np.round(score, 2), mated),
        "apart": (np.where(mated, score + 10.0, score), mated),
    }


def own(score: np.ndarray, mated: np.ndarray) -> dict[str, float]:
    """This project's figures."""
    from probity.performance.scores import ArrayScores
    from probity.performance.verification import verification

    found = verification(ArrayScores(score, mated), fmrs=FMRS)
    figures = {"EER": found.eer.value, "EER threshold": found.eer.at.threshold}
    for fmr, point in found.fnmr_at_fmr:
        figures[f"FNMR at {fmr:g}"] = point.fnmr.value
        figures[f"threshold at {fmr:g}"] = point.threshold
    return figures


def theirs(peer: str, files: list[str]) -> dict[str, float] | str:
    """A peer's figures, or in one line why there are none."""
    try:
        python = python_with(*PEERS[peer])
        command = [str(python), str(WORKER), peer, *files]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, env=plain_environment()
        )
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or str(error)).strip().splitlines()
        return lines[-1][:90]
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print a table for every score set."""
    agreed = True
    for name, (score, mated) in score_sets().items():
        print(f"\n{name}: {len(score)} comparisons, {int(mated.sum())} mated")
        with tempfile.TemporaryDirectory() as folder:
            files = [f"{folder}/score.npy", f"{folder}/mated.npy"]
            np.save(files[0], score)
            np.save(files[1], mated)
            ours = own(score, mated)
            found = {"probity": ours} | {peer: theirs(peer, files) for peer in PEERS}
        print(f"{'':<14}" + "".join(f"{figure:>20}" for figure in ours))
        for peer, figures in found.items():
            if isinstance(figures, str):
                print(f"{peer:<14}not run: {figures}")
                continue
            cells = [figures.get(figure) for figure in ours]
            print(
                f"{peer:<14}"
                + "".join(f"{'-':>20}" if c is None else f"{c:>20.10g}" for c in cells)
            )
        agreed &= found["scikit-learn"] == ours
    print(f"\nscikit-learn and this project agree in every figure: {agreed}")
    sys.exit(not agreed)


if __name__ == "__main__":
    main()
