"""Fuzz every reader: `make fuzz`, or one target: `.venv/bin/python tests/fuzz/campaign.py NAME`.

Each target runs in a process of its own under caps on memory and on the time of one input. An input
that breaks one of them, or raises what no user should see, is kept in ``crashes`` and replayed by
every later `make test`. The inputs found to reach new code are kept in ``out/fuzz``.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
CRASHES = HERE / "crashes"
OUT = HERE.parents[1] / "out" / "fuzz"
SECONDS_EACH = 20
MEGABYTES = 2_500
"""Of the process: what its libraries take, and what one small input may take on top of it."""

_DONE = re.compile(r"Done (\d+) runs in (\d+) second")
_AT = re.compile(r"^#(\d+)\s", re.MULTILINE)


def fuzz(name: str, *, inputs: int, seed: int) -> dict[str, object]:
    """Run one target in a process; what came of it."""
    corpus = OUT / "corpus" / name
    corpus.mkdir(parents=True, exist_ok=True)
    log = OUT / f"{name}.log"
    start = time.monotonic()
    last = OUT / f"{name}.last"
    command = [sys.executable, str(HERE / "one_target.py"), name, str(corpus), str(last)]
    options = {
        "runs": inputs,
        "seed": seed,
        "timeout": SECONDS_EACH,
        "rss_limit_mb": MEGABYTES,
        "artifact_prefix": f"{OUT / name}-",
    }
    with log.open("wb") as file:
        done = subprocess.run(
            [*command, *(f"-{key}={value}" for key, value in options.items())],
            stdout=file,
            stderr=subprocess.STDOUT,
            check=False,
        )
    told = log.read_text(encoding="utf-8", errors="replace")
    if done.returncode:
        content = last.read_bytes()
        (CRASHES / f"{name}-{hashlib.sha256(content).hexdigest()[:16]}").write_bytes(content)
    finished = _DONE.search(told)
    ran = int(finished[1]) if finished else max(map(int, _AT.findall(told)), default=0)
    return {
        "target": name,
        "inputs": ran,
        "seconds": round(time.monotonic() - start, 1),
        "exit": done.returncode,
        "kept": sum(1 for _ in corpus.iterdir()),
    }


def main() -> int:
    from fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="targets; all without any")
    parser.add_argument("--share", type=float, default=1.0, help="of the full number of inputs")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    results = []
    for name in asked.names or TARGETS:
        inputs = max(1, round(asked.share * TARGETS[name].inputs))
        result = fuzz(name, inputs=inputs, seed=asked.seed)
        print(json.dumps(result), flush=True)
        results.append(result)
        with (OUT / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(result) + "\n")
    total = sum(int(str(one["inputs"])) for one in results)
    crashed = [str(one["target"]) for one in results if one["exit"]]
    print(f"{total:,} inputs, {len(results)} targets; crashed: {', '.join(crashed) or 'none'}")
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent))
    CRASHES.mkdir(exist_ok=True)
    sys.exit(main())
