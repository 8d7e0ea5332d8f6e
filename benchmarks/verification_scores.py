"""Synthetic scores for the verification benchmark: 2% mated, 98% non-mated, float32.

Cosine-like scores of a good system: non-mated normal about 0 with deviation 0.1, mated about
0.6 with deviation 0.12. Written in parts with a named random stream, so n is the only input.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PART = 10_000_000
SEED = 20_240_911


def parts(n: int):
    """Score and mated arrays, ``PART`` comparisons at a time."""
    for index in range(-(-n // PART)):
        rng = np.random.default_rng(np.random.SeedSequence(SEED, spawn_key=(index,)))
        size = min(PART, n - index * PART)
        mated = rng.random(size, dtype=np.float32) < 0.02
        score = rng.standard_normal(size, dtype=np.float32)
        score *= np.where(mated, np.float32(0.12), np.float32(0.1))
        score += np.where(mated, np.float32(0.6), np.float32(0.0))
        yield score, mated


def write(folder: Path, n: int) -> tuple[Path, Path, Path]:
    """Write score.npy, mated.npy and scores.parquet; give their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = tuple(folder / f"{n}-{name}" for name in ("score.npy", "mated.npy", "scores.parquet"))
    if not (folder / f"{n}-complete").exists():
        score = np.lib.format.open_memmap(paths[0], "w+", np.float32, (n,))
        mated = np.lib.format.open_memmap(paths[1], "w+", np.bool_, (n,))
        schema = pa.schema([("score", pa.float32()), ("mated", pa.bool_())])
        with pq.ParquetWriter(paths[2], schema) as writer:
            for index, (s, m) in enumerate(parts(n)):
                score[index * PART :][: len(s)] = s
                mated[index * PART :][: len(m)] = m
                writer.write_table(pa.table([s, m], schema=schema), row_group_size=1_000_000)
        score.flush()
        mated.flush()
        (folder / f"{n}-complete").touch()
    return paths
