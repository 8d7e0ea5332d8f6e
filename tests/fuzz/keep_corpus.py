"""Keep what a campaign found to reach new code, for `make test` to replay.

Run: .venv/bin/python tests/fuzz/keep_corpus.py NAME... after `make fuzz`. One line of base64 for
each input, in ``corpus/NAME.txt``; for readers of short texts, so that the repository stays small.
"""

import base64
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
FOUND = HERE.parents[1] / "out" / "fuzz" / "corpus"
MOST_BYTES = 1_000


def main(names: list[str]) -> None:
    for name in names:
        inputs = {path.read_bytes() for path in (FOUND / name).iterdir()}
        short = sorted(one for one in inputs if len(one) <= MOST_BYTES)
        lines = [base64.b64encode(one).decode() for one in short]
        target = HERE / "corpus" / f"{name}.txt"
        target.parent.mkdir(exist_ok=True)
        target.write_text("\n".join(lines) + "\n", encoding="ascii")
        print(f"{target}: {len(short)} of {len(inputs)} inputs")


if __name__ == "__main__":
    main(sys.argv[1:])
