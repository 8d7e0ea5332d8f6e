"""The best 1 and 20 of 20,000 references for 50,000 probes, against faiss IndexFlatIP.

Run: make bench, or .venv/bin/python benchmarks/engine_top_k.py [--probes N] [--rounds R]

One thread each, templates of dimension 512, CPU seconds of the search (for the engine: checking,
packing, sweeping and rescoring; for faiss: search only, its index is already built). Engines
alternate within each round; the figures are medians. faiss runs in a throw-away environment.
faiss ranks float32 scores, the engine exact float64 scores: rows that differ are counted, and
for each it is told whether faiss's choice has lower exact scores.

Exit code 1 when a promise is broken: the int16 screen faster than faiss for both lengths.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from throwaway import plain_environment, python_with

from probity.performance.engine import top_k

DIMENSION, LENGTHS = 512, (1, 20)
FAISS = """
import sys, time, numpy, faiss
faiss.omp_set_num_threads(1)
folder, k = sys.argv[1], int(sys.argv[2])
references = numpy.load(folder + "/references.npy")
probes = numpy.load(folder + "/probes.npy")
index = faiss.IndexFlatIP(references.shape[1])
index.add(references)
start = time.process_time()
scores, rows = index.search(probes, k)
print(time.process_time() - start)
numpy.save(folder + f"/rows-{k}.npy", rows)
"""


def made_up(folder: Path, *, probes: int, references: int) -> dict[str, np.ndarray]:
    """Random unit templates, also in files for the other interpreter."""
    rng = np.random.default_rng(3)
    sides = {}
    for name, size in (("probes", probes), ("references", references)):
        side = rng.standard_normal((size, DIMENSION), dtype=np.float32)
        sides[name] = side / np.linalg.norm(side, axis=1, keepdims=True)
        np.save(folder / f"{name}.npy", sides[name])
    return sides


def with_faiss(python: Path, folder: Path, k: int) -> float:
    """CPU seconds of one search."""
    environment = {**plain_environment(), "OMP_NUM_THREADS": "1"}
    command = [python, "-c", FAISS, str(folder), str(k)]
    return float(
        subprocess.run(command, stdout=subprocess.PIPE, check=True, env=environment).stdout
    )


def main() -> None:
    """Print the table and keep the promise."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--probes", type=int, default=50_000)
    parser.add_argument("--references", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    python = python_with("numpy", "faiss-cpu")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        sides = made_up(folder, probes=asked.probes, references=asked.references)
        for engine in ("int16", "float32"):  # compile
            top_k(sides["probes"][:100], sides["references"][:100], k=2, engine=engine)
        faster = True
        print(f"{asked.probes:,} probes x {asked.references:,} references x {DIMENSION}")
        print(f"{'':<16}{'k':>4}{'CPU s':>9}{'million/CPU-s':>15}{'x faiss':>9}{'rows other':>12}")
        for k in LENGTHS:
            seconds: dict[str, list[float]] = {"faiss": [], "int16": [], "float32": []}
            for _ in range(asked.rounds):
                seconds["faiss"].append(with_faiss(python, folder, k))
                for engine in ("int16", "float32"):
                    start = time.process_time()
                    found = top_k(**sides, k=k, engine=engine, threads=1)
                    seconds[engine].append(time.process_time() - start)
            theirs = np.load(folder / f"rows-{k}.npy")
            other = np.flatnonzero((theirs != found.references).any(axis=1))
            base = statistics.median(seconds["faiss"])
            for name, each in seconds.items():
                middle = statistics.median(each)
                rate = asked.probes * asked.references / middle / 1e6
                differing = "-" if name == "faiss" else f"{len(other):,}"
                print(
                    f"{name:<16}{k:>4}{middle:>9.2f}{rate:>15.1f}{base / middle:>9.2f}"
                    f"{differing:>12}"
                )
            explain(sides, theirs, other, found.scores)
            faster &= statistics.median(seconds["int16"]) < base
    print(f"{'kept  ' if faster else 'BROKEN'}  int16 faster than faiss for k = 1 and k = 20")
    sys.exit(0 if faster else 1)


def explain(
    sides: dict[str, np.ndarray], theirs: np.ndarray, other: np.ndarray, ours: np.ndarray
) -> None:
    """Say how far the exact scores of faiss's candidates lie below ours where rows differ."""
    furthest = 0.0
    for i in other:
        probe = sides["probes"][i].astype(float)
        chosen = sides["references"][theirs[i]].astype(float)
        exact = chosen @ probe / np.linalg.norm(chosen, axis=1) / np.linalg.norm(probe)
        furthest = max(furthest, float((ours[i] - exact).max()))
    if len(other):
        print(f"{'':<20}faiss's order is lower in exact score by at most {furthest:.1e}")


if __name__ == "__main__":
    main()
