"""Write docs/reference/claims.md and the schema of claims files from the code and the claims.

Run: .venv/bin/python docs/write_claims.py (tests/docs checks that it was run)
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from probity.claims import words
from probity.claims.claim import Claim, OperatorClaims
from probity.claims.load import known_names, load_claims
from probity.claims.measures.measure import Measure
from probity.claims.measures.registry import MEASURES, measure_named

REFERENCE = Path(__file__).parent / "reference"
PAGE = REFERENCE / "claims.md"
SCHEMA = REFERENCE / "schemas" / "claims.json"

HEAD = """# Claims and measures

This page is written by `docs/write_claims.py` from the claims files in
`src/probity/claims/claims/` and the measures in `src/probity/claims/measures/`. The verdicts are
not on it: `probity check` works them out.

## The rule

A claim says that a measure lies in a set of values. Supported: the whole interval of the measure
lies in it. Contradicted: no part of it does. Undecided: a part does. Untestable: there is no
measure. A rate summed over deployments has a second interval, which lets deployments differ, and
needs both. A claim whose only source is itself cannot be supported by it, and published versions
that lead to different verdicts leave it undecided. [Decision 3](../adr/0003-decision-rule.md) has
the decision table, its reasons and its costs.

## Words

Words are paraphrases, and figures carry how far they were checked: FOUND was read in the source
itself, FOUND-2 in a secondary source, UNVERIFIED was not checked against the primary. C1 to C20
are this project's own numbers for the themes of the debate. They are nobody else's list.

Not among the claims: that the use is lawful, ethical and overseen (C10). Courts and inspectors
decide that; no count does.

## A claims file of your own

One TOML file per organisation; `probity check --claims FILE.toml` tests it. Its schema is
[claims.json](schemas/claims.json). A number can be written as a fraction in quotes, "1/6000".

```toml
schema = "probity/claims/1"

[claimant]
name = "A police force"
role = "operator"

[[sources]]
id = "force-report-2026"
publisher = "A police force"
title = "Report on live facial recognition, 2026"
url = "https://force.example/report-2026"
read = "read"

[[claims]]
id = "fewer-than-one-in-a-thousand"
theme = "false-alerts"
title = "Fewer than 1 in 1,000 faces raise a false alert"
words = "Fewer than one face in a thousand raises a false alert."
status = "FOUND"
where_said = ["force-report-2026"]
reading = "A rate: false alerts per face seen at the setting in use."

[claims.test]
statement = "rate"
measure = "false_alerts_per_face_seen"
params = { force = "Metropolitan Police", from = "2025-01-01", to = "2025-12-31" }
population = "faces seen in 2025"
relation = "less than"
limit = "1/1000"
```

Rows given with `--records FILE` replace the bundled rows of the same force between the first and
the last date in the file. A claim whose force and period have no rows is untestable, and names
the record that would test it.
"""


def page() -> str:
    """Return the whole page."""
    parts = [HEAD, "## Measures\n"]
    parts += [_measure(MEASURES[name]) for name in sorted(MEASURES)]
    for name, loaded in zip(known_names(), load_claims(), strict=True):
        parts.append(f"## {loaded.claimant.name}\n\n`{name}`, {loaded.claimant.role.value}.\n")
        parts += [_claim(claim) for claim in loaded.claims]
    return "\n".join(parts)


def schema() -> str:
    """Return the JSON Schema of a claims file."""
    document: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **OperatorClaims.model_json_schema(by_alias=True),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _measure(measure: Measure) -> str:
    gives = {
        "interval": "an estimate with its interval",
        "total": "a total of the record",
        "nothing": "the datum that is missing",
    }[measure.gives]
    unit = f", in {measure.unit}" if measure.unit else ""
    lines = [f"### {measure.name}\n", f"{measure.title}. Gives {gives}{unit}.\n"]
    lines += [f"- {line}" for line in _params(measure)]
    return "\n".join(lines) + "\n"


def _params(measure: Measure) -> Iterator[str]:
    for name, field in measure.params.model_fields.items():
        needed = "" if field.is_required() else " (optional)"
        about = f": {field.description}" if field.description else ""
        yield f"`{field.alias or name}`{needed}{about}"


def _claim(claim: Claim) -> str:
    test = claim.test
    relation = words.relation(test.relation, test.limit, unit=measure_named(test.measure).unit)
    if test.measure == "not_published":
        relation = words.relation(test.relation, test.limit, unit=str(test.params.get("unit", "")))
        measured = f"{test.params['quantity']} (not published)"
    else:
        measured = f"`{test.measure}`"
    said = words.day(claim.said_on) if claim.said_on else "date not recorded"
    also = f" Also said by: {', '.join(claim.also_said_by)}." if claim.also_said_by else ""
    return "\n".join(
        [
            f"### {claim.claim_id}\n",
            f"**{claim.title}.** {claim.words}{also}\n",
            f"- Said: {said}; in {', '.join(f'`{s}`' for s in claim.where_said)}; {claim.status}",
            f"- Read as: {claim.reading}",
            f"- Test ({test.statement}): {measured} {relation}, over {test.population}, "
            f"{100 * test.level:g}% level",
            *(f"- Caveat: {caveat}" for caveat in claim.caveats),
            *([f"- Missing: {claim.missing}"] if claim.missing else []),
            "",
        ]
    )


def main() -> None:
    """Write both files."""
    SCHEMA.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema(), encoding="utf-8")


if __name__ == "__main__":
    main()
