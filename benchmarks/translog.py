"""Append and verify a transparency log against plain SHA-256 and pymerkle, CPU time of one run.

Run: .venv/bin/python benchmarks/translog.py [--entries N]

Entries are JSON of 200 to 280 bytes. Our append writes all files and waits for the disk; our
verify reads them all back. Compiling, or loading compiled code, comes before. Plain SHA-256 is
measured in two ways: one hashlib call for each entry, which is how a program that knows where
entries begin would hash them; and one call for all bytes end to end, which could not tell which
entry was changed. pymerkle (GPLv3, so never a requirement; install it elsewhere and put it on
PYTHONPATH) keeps its tree in memory and only appends; without it that line is left out.

Exit code 1 when a promise is broken: append, and verify, take at most 3 times as long as one call
for each entry, and both together are at least 5 times as fast as pymerkle's append alone.
"""

import argparse
import gc
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from probity.publish.translog.append import append
from probity.publish.translog.verify import verify_log
from translog_samples import empty_log

MOST_PLAIN = 3
LEAST_PYMERKLE = 5


def made(count: int) -> list[bytes]:
    """Entries of JSON with random hexadecimal digits."""
    rng = random.Random(1)  # noqa: S311
    return [
        b'{"n":%d,"digest":"%s"}' % (n, rng.randbytes(rng.randint(88, 128)).hex().encode())
        for n in range(count)
    ]


def cpu_s(what: Callable[[], object]) -> float:
    """CPU seconds of one call, both of its own and of the system for it."""
    gc.collect()
    start = time.process_time()
    what()
    return time.process_time() - start


def one_call_each(entries: list[bytes]) -> None:
    """One hashlib call for each entry."""
    for entry in entries:
        sha256(entry).digest()


def pymerkle_append(entries: list[bytes]) -> str:
    """Append to pymerkle's tree in memory; its root."""
    from pymerkle import InmemoryTree

    tree = InmemoryTree(algorithm="sha256")
    for entry in entries:
        tree.append_entry(entry)
    return tree.get_root().hex()


def main() -> int:
    """Measure each once, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    asked = parser.parse_args()
    entries = made(asked.entries)
    whole = b"".join(entries)
    with tempfile.TemporaryDirectory() as scratch:
        log = empty_log(Path(scratch))
        warm = empty_log(Path(scratch) / "warm")
        append(warm.path, entries[:300_000], keys=warm.keys)
        each = cpu_s(lambda: one_call_each(entries))
        at_once = cpu_s(lambda: sha256(whole).digest())
        appending = cpu_s(lambda: append(log.path, entries, keys=log.keys))
        verifying = cpu_s(lambda: verify_log(log.path, policy=log.policy))
        root = verify_log(log.path, policy=log.policy).checkpoint.checkpoint.root.hex()
    both = appending + verifying
    print(f"{len(entries):,} entries, {len(whole) / 1e6:.0f} MB, CPU seconds")
    print(f"append {appending:.2f}, verify {verifying:.2f}, together {both:.2f}")
    print(f"plain SHA-256, one call each {each:.2f}; all bytes in one call {at_once:.2f}")
    print(
        f"append {appending / each:.2f} and verify {verifying / each:.2f} times one call each; "
        f"{appending / at_once:.1f} and {verifying / at_once:.1f} times one call for all"
    )
    kept = max(appending, verifying) <= MOST_PLAIN * each
    try:
        import pymerkle  # noqa: F401
    except ImportError:
        print("pymerkle is not installed: not compared")
        return 0 if kept else 1
    roots: list[str] = []
    theirs = cpu_s(lambda: roots.append(pymerkle_append(entries)))
    print(f"pymerkle, append only, in memory {theirs:.2f}: {theirs / both:.1f} times ours together")
    assert roots == [root], "the two trees have different roots"
    return 0 if kept and theirs >= LEAST_PYMERKLE * both else 1


if __name__ == "__main__":
    raise SystemExit(main())
