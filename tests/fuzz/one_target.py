"""The process that fuzzes one target for ``campaign``: NAME CORPUS LAST, and libFuzzer's options.

Only Probity's own code tells the fuzzer what is new; what it finds in libraries shows as a crash.
Each input is noted in the file LAST before it is read, whatever it may do to the process.
"""

import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


def main() -> None:
    name, corpus, *options = sys.argv[1:]
    last = Path(options.pop(0))
    # Readers import what they need when they first run: so they run here once.
    with atheris.instrument_imports(include=["probity"]):
        from fuzz.targets import TARGETS, tried

        target = TARGETS[name]
        for number, content in enumerate(target.seeds()):
            tried(target, content)
            (Path(corpus) / f"seed-{number}").write_bytes(content)

    def note_and_try(content: bytes) -> None:
        last.write_bytes(content)
        tried(target, content)

    atheris.Setup([sys.argv[0], f"-max_len={target.longest}", *options, corpus], note_and_try)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
