"""A bundle small enough to change every byte of it: one claim, a few rows, one own record."""

import csv
import io
import json
from functools import cache
from pathlib import Path
from typing import Any

from probity.publish.bundle.compose import Composed, compose
from probity.publish.bundle.inputs import Inputs
from probity.publish.bundle.manifest import ClaimsUsed, Correction, OwnRecord
from probity.publish.bundle.write import write_bundle
from probity.records.bundled import load

CLAIMS = b"""schema = "probity/claims/1"

[claimant]
name = "Village Council"
role = "critic"

[[sources]]
id = "leaflet"
publisher = "Village Council"
title = "Leaflet"
url = "https://example.org/leaflet"
read = "read"

[[claims]]
id = "few-false-alerts"
theme = "false-alerts"
title = "Few false alerts"
words = "At most one in a hundred faces raises a false alert."
status = "FOUND"
where_said = ["leaflet"]
reading = "False alerts per face seen."

[claims.test]
statement = "rate"
measure = "false_alerts_per_face_seen"
population = "faces seen"
relation = "at most"
limit = "1/100"
params = { force = "Village Police" }
"""
RECORD = b"""Force,Deployment Location,Date,Duration,Total Alerts,False Alerts,Faces seen
Village Police,Market Square,01/05/23,5h00m,4,1,9000
Village Police,High Street,02/05/23,4h00m,2,0,7000
"""
KEPT = {"deployments.csv": 3, "sources.csv": 3}
"""Rows that are kept of each table; of the others, the headings only."""


def small_inputs(*, corrects: Correction | None = None, record: bytes = RECORD) -> Inputs:
    """Every table cut short, one claim, and one record of the publisher's own."""
    tables = {name: _cut(name, content) for name, content in load().content.items()}
    return Inputs(
        files={
            **{f"records/{name}": content for name, content in tables.items()},
            "claims/village.toml": CLAIMS,
            "own-records/01-village.csv": record,
        },
        claims=(ClaimsUsed(path="claims/village.toml", ids=("few-false-alerts",)),),
        records=(OwnRecord(path="own-records/01-village.csv", title="Village 2023.csv"),),
        published="2026-11-26",
        corrects=corrects,
    )


@cache
def small_bundle() -> Composed:
    """The bundle of ``small_inputs``, composed once."""
    return compose(small_inputs())


def write_small_bundle(directory: Path) -> Path:
    """The small bundle on disk; the directory it is in."""
    write_bundle(small_bundle().files, out=directory)
    return directory


def _cut(name: str, content: bytes) -> bytes:
    if name.endswith(".json"):
        return _short_descriptor(json.loads(content))
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    cut = io.StringIO(newline="")
    csv.writer(cut, lineterminator="\n").writerows(rows[: KEPT.get(name, 0) + 1])
    return cut.getvalue().encode()


def _short_descriptor(package: dict[str, Any]) -> bytes:
    """The descriptor without prose: nine tenths of it, which the tests need not go through."""
    resources = [
        {key: one[key] for key in ("name", "path", "profile", "encoding")}
        | {"schema": {"fields": [{k: f[k] for k in ("name", "type")} for f in _fields(one)]}}
        for one in package["resources"]
    ]
    kept = {key: package[key] for key in ("profile", "name", "created", "licenses")}
    return json.dumps(kept | {"resources": resources}, separators=(",", ":")).encode()


def _fields(resource: dict[str, Any]) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = resource["schema"]["fields"]
    return fields
