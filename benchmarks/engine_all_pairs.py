"""All pairs of 20,000 probes and 20,000 references by group: comparisons per CPU-second.

Run: make bench, or .venv/bin/python benchmarks/engine_all_pairs.py [--size N] [--rounds R]

One thread, templates of dimension 512, 4 groups, 5 thresholds counted exactly, tails kept. CPU
seconds (user and system) of the whole call: checking, packing, sweeping, rescoring and merging.
Each round runs sgemm, every engine and sgemm again; the figures are medians over the rounds.
sgemm is NumPy's float32 product of the same templates and nothing else; "matmul + bincount" is
the plain way to one histogram per pair of groups. Then the digest of the result for several
block sizes, threads and workers, which must all be equal.

Exit code 1 when a promise is broken: the int16 screen at least 1.2 times sgemm and twice matmul
and bincount, the float32 screen at least 0.9 times sgemm, all digests equal.
"""

import argparse
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from probity.performance.engine import BINS, RayCluster, Threads, compare_all_pairs

DIMENSION, GROUPS = 512, 4
THRESHOLDS = (0.137, 0.164, 0.189, 0.205, 0.22)  # FMR of about 1e-3 to 1e-6 here
BLOCK = (1024, 4096)
INT16_TIMES, FLOAT32_TIMES, BINCOUNT_TIMES = 1.2, 0.9, 2.0


def made_up(size: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Two templates on each side for every person, normalised, and who they are."""
    rng = np.random.default_rng(1)
    people = np.arange(size) // 2
    centres = rng.standard_normal((size // 2 + 1, DIMENSION), dtype=np.float32)
    sides = []
    for _ in range(2):
        noise = rng.standard_normal((size, DIMENSION), dtype=np.float32)
        side = centres[people] + np.float32(0.8) * noise
        sides.append(side / np.linalg.norm(side, axis=1, keepdims=True))
    group = people % GROUPS
    labels = {
        "probe_subjects": people,
        "reference_subjects": people,
        "probe_groups": group,
        "reference_groups": group,
    }
    return sides[0], sides[1], labels


def sgemm(probes: np.ndarray, references: np.ndarray) -> None:
    """Every block's product, and nothing done with it."""
    for i in range(0, len(probes), BLOCK[0]):
        for j in range(0, len(references), BLOCK[1]):
            np.matmul(probes[i : i + BLOCK[0]], references[j : j + BLOCK[1]].T)


def matmul_and_bincount(
    probes: np.ndarray, references: np.ndarray, labels: dict[str, np.ndarray]
) -> None:
    """One histogram for each pair of groups, from float32 scores; mated pairs not taken out."""
    of_probe = [np.flatnonzero(labels["probe_groups"] == g) for g in range(GROUPS)]
    of_reference = [np.flatnonzero(labels["reference_groups"] == g) for g in range(GROUPS)]
    for rows in of_probe:
        for columns in of_reference:
            histogram = np.zeros(BINS, np.int64)
            for i in range(0, len(rows), BLOCK[0]):
                for j in range(0, len(columns), BLOCK[1]):
                    scores = (
                        probes[rows[i : i + BLOCK[0]]] @ references[columns[j : j + BLOCK[1]]].T
                    )
                    scores *= np.float32(BINS // 2)
                    scores += np.float32(BINS // 2)
                    bins = np.clip(scores.astype(np.int32), 0, BINS - 1)
                    histogram += np.bincount(bins.ravel(), minlength=BINS)


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds of this process, user and system, all threads."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Print the tables and keep the promises."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    probes, references, labels = made_up(asked.size)
    pairs = len(probes) * len(references)

    def run(engine: str, **how: object) -> object:
        return compare_all_pairs(
            probes,
            references,
            thresholds=THRESHOLDS,
            engine=engine,
            **{"runner": Threads(1), **labels, **how},
        )

    few = {name: values[:200] for name, values in labels.items()}
    for engine in ("int16", "float32"):  # compile
        compare_all_pairs(probes[:200], references[:200], engine=engine, **few)
    ways: dict[str, Callable[[], object]] = {
        "sgemm before": lambda: sgemm(probes, references),
        "int16": lambda: run("int16"),
        "float32": lambda: run("float32"),
        "matmul + bincount": lambda: matmul_and_bincount(probes, references, labels),
        "sgemm after": lambda: sgemm(probes, references),
    }
    rates: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(asked.rounds):
        for name, work in ways.items():
            rates[name].append(pairs / cpu_seconds(work) / 1e6)
    base = statistics.median(rates["sgemm before"] + rates["sgemm after"])
    print(f"{asked.size:,} x {asked.size:,} x {DIMENSION}, {GROUPS} groups; {asked.rounds} rounds")
    print(f"{'':<20}{'million/CPU-s':>14}{'least':>8}{'most':>8}{'x sgemm':>9}")
    for name, found in rates.items():
        middle = statistics.median(found)
        print(f"{name:<20}{middle:>14.1f}{min(found):>8.1f}{max(found):>8.1f}{middle / base:>9.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the process, templates included: {peak:,.0f} MB\n")

    equal = digests(run)
    int16, float32, bincount = (
        statistics.median(rates[name]) for name in ("int16", "float32", "matmul + bincount")
    )
    kept = {
        f"int16 at least {INT16_TIMES} x sgemm": int16 >= INT16_TIMES * base,
        f"float32 at least {FLOAT32_TIMES} x sgemm": float32 >= FLOAT32_TIMES * base,
        f"int16 at least {BINCOUNT_TIMES} x bincount": int16 >= BINCOUNT_TIMES * bincount,
        "all digests equal": equal,
    }
    for promise, holds in kept.items():
        print(f"{'kept  ' if holds else 'BROKEN'}  {promise}")
    sys.exit(0 if all(kept.values()) else 1)


def digests(run: Callable[..., object]) -> bool:
    """Print the digest for every division of the work; whether they are all equal."""
    divisions: list[tuple[str, dict[str, object]]] = [
        ("1 thread, blocks of 6,144 x 8,192", {}),
        ("1 thread, blocks of 1,024 x 4,096", {"block": (1024, 4096)}),
        ("2 threads, blocks of 6,144 x 8,192", {"runner": Threads(2)}),
        ("2 threads, blocks of 777 x 3,001", {"runner": Threads(2), "block": (777, 3001)}),
        ("3 threads, blocks of 5,000 x 500", {"runner": Threads(3), "block": (5000, 500)}),
        ("1 Ray worker, blocks of 6,144 x 8,192", {"runner": RayCluster(workers=1)}),
        (
            "2 Ray workers, blocks of 2,000 x 3,000",
            {"runner": RayCluster(workers=2), "block": (2000, 3000)},
        ),
    ]
    equal = True
    for engine in ("int16", "float32"):
        print(f"{engine:<44}{'digest':<18}{'bound':>10}{'largest':>10}{'checked':>10}")
        found = set()
        for name, how in divisions:
            counts = run(engine, **how)
            digest = counts.digest()
            found.add(digest)
            print(
                f"  {name:<42}{digest[:16]:<18}{counts.score_error_bound:>10.2e}"
                f"{counts.check.largest_difference:>10.2e}{counts.check.pairs:>10,}"
            )
        equal &= len(found) == 1
    print()
    return equal


if __name__ == "__main__":
    main()
