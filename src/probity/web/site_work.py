"""The process that builds the evidence site for the app: files to a directory, steps to output.

Each line is JSON: ``{"done": …, "total": …}``.
"""

import json
import sys
from pathlib import Path

from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.load import load_claims
from probity.publish.site.build import site_files
from probity.records.bundled import load


def main(folder: Path) -> None:
    """Test the bundled claims on the bundled record, and write every page.

    A claim is two steps: its test, and its drawing.
    """
    loaded = load_claims(None)
    total = 2 * sum(len(one.claims) for one in loaded)
    done = 0

    def step() -> None:
        nonlocal done
        print(json.dumps({"done": done, "total": total}), flush=True)
        done += 1

    step()
    evidence = Evidence(load(), ())
    findings = check(loaded, evidence, done=lambda _: step())
    for path, content in site_files(findings, evidence, app=True, done=step).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
