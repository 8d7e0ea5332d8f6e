"""The process that fuzzes one target, started by ``campaign``: NAME CORPUS and libFuzzer's options.

Only Probity's own code tells the fuzzer what is new; what it finds in libraries shows as a crash.
libFuzzer keeps the input that ends the process; one that only raises is kept here.
"""

import hashlib
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

CRASHES = Path(__file__).resolve().parent / "crashes"


def main() -> None:
    name, corpus, *options = sys.argv[1:]
    # Readers import what they need when they first run: so they run here once.
    with atheris.instrument_imports(include=["probity"]):
        from fuzz.targets import TARGETS, tried

        target = TARGETS[name]
        for number, content in enumerate(target.seeds()):
            tried(target, content)
            (Path(corpus) / f"seed-{number}").write_bytes(content)

    def try_and_keep(content: bytes) -> None:
        try:
            tried(target, content)
        except BaseException:
            digest = hashlib.sha256(content).hexdigest()[:16]
            (CRASHES / f"{name}-{digest}").write_bytes(content)
            raise

    atheris.Setup([sys.argv[0], f"-max_len={target.longest}", *options, corpus], try_and_keep)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
