"""Write the files that what-if answers of the static site are read from.

Run: .venv/bin/python docs/write_what_if_grid.py (some minutes; tests compute some cells again).
"""

import json
import sys
from importlib.resources import files
from pathlib import Path

from probity.core.files import write_atomically
from probity.publish.what_if.grid import cell_of, document, settings
from probity.twin.calibrate.fit import calibrate
from probity.twin.expected import recogniser


def main() -> None:
    """Fit the recogniser, then compute every cell."""
    source = Path(str(files("probity")))
    write_atomically(
        source / "twin/expected/recogniser_factors.json",
        recogniser.as_json(calibrate(seed=0)).encode(),
    )
    recogniser.factors.cache_clear()
    every = list(settings())
    cells = []
    for number, setting in enumerate(every, start=1):
        cells.append(cell_of(setting))
        if number % 200 == 0:
            print(f"{number:,} of {len(every):,}", file=sys.stderr)
    text = json.dumps(document(cells), separators=(",", ":")) + "\n"
    write_atomically(source / "publish/what_if/grid.json", text.encode())


if __name__ == "__main__":
    main()
