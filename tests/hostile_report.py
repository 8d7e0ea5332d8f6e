"""A report on what strangers wrote: markup, formulas and tricks in every name they control."""

import json
from dataclasses import replace
from functools import cache

from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.load import load_claims, parse
from probity.core import Source
from probity.publish.report import report
from probity.records.bundled import load
from probity.records.schema import Deployment, Problem, Record

MARKUP = "<img src=x onerror=alert(1)>"
SCRIPT = "</script><script>document.title='taken'</script>"
FORMULA = '=HYPERLINK("http://evil.example","x")'
PLACES = (
    f"Market {MARKUP}",
    SCRIPT,
    FORMULA,
    "Street \u202e kaerb",
    "half a pair \ud800",
    "{{ 7*7 }} {% raw %}",
    "'; DROP TABLE x; --",
    "very long " * 40,
)
FORCE = f'Force of "quotes" & {MARKUP}'
SAFE_CLAIMS = (
    "C1-at-worst-1-in-6000",
    "C2-eight-of-ten-false-alerts-black",
    "scanned-146157-in-2024",
    "C11-99-9997-percent",
    "C6-most-londoners-support-it",
)
"""One of each verdict, two with a tipping point."""


def _toml(text: str) -> str:
    """The text as a TOML string."""
    return json.dumps(text)


CLAIMS = f"""
schema = "probity/claims/1"

[claimant]
name = {_toml(MARKUP + " council")}
role = "critic"

[[sources]]
id = "own"
publisher = {_toml(SCRIPT)}
title = {_toml("Title " + MARKUP)}
url = "https://example.org/a?b=1&c=%22onclick%22"
read = "read"

[[claims]]
id = "hostile"
theme = "false-alerts"
title = {_toml("Title " + SCRIPT)}
words = {_toml("Words " + MARKUP)}
status = "FOUND"
where_said = ["own"]
reading = {_toml(f"Reading {MARKUP} of faces seen")}
caveats = [{_toml("Caveat " + MARKUP)}]
missing = {_toml("Missing " + MARKUP)}

[claims.test]
statement = "rate"
measure = "false_alerts_per_face_seen"
population = "faces seen"
relation = "at most"
limit = "1/100"
params = {{ force = {_toml(FORCE)} }}

[[claims.reframings]]
direction = "against"
heard = {_toml("Heard " + MARKUP)}
but = {_toml("But " + MARKUP)}
"""


def hostile_record() -> Record:
    """A record whose every text is an attempt at something."""
    row = Deployment(
        record_id="x-1",
        force=FORCE,
        date_start="2026-01-01",
        date_end="2026-01-01",
        place="x",
        duration_minutes=300,
        watchlist_size=1000,
        faces_seen=10_000,
        alerts=5,
        true_confirmed=4,
        true_unconfirmed=0,
        true_alerts=4,
        false_alerts=1,
        arrests=2,
        other_disposals=1,
        no_action=1,
        source_id="own-record",
        row=1,
    )
    rows = tuple(
        replace(
            row,
            record_id=f"x-{n}",
            row=n,
            place=place,
            note=MARKUP,
            date_start=f"2026-0{n}-01",
            date_end=f"2026-0{n}-01",
        )
        for n, place in enumerate(PLACES, start=1)
    )
    doubt = Problem(
        row=1,
        column="faces_seen",
        kind="unreadable-cell",
        got=FORMULA,
        message=MARKUP,
        done=SCRIPT,
    )
    return Record(
        source=Source(
            source_id="own-record",
            publisher=MARKUP,
            title=f"{SCRIPT}.csv",
            url="javascript:alert(1)",
            sha256="0" * 64,
        ),
        layout="table",
        headings={},
        deployments=rows,
        problems=(doubt,),
    )


@cache
def hostile_report() -> str:
    """The report on the hostile record and claim."""
    loaded = (parse(CLAIMS.encode(), file="claims.toml"),)
    evidence = Evidence(load(), (hostile_record(),))
    return report(check(loaded, evidence), evidence)


@cache
def sample_report() -> str:
    """The report on a few bundled claims and the bundled record."""
    evidence = Evidence(load())
    return report(check(load_claims(SAFE_CLAIMS), evidence), evidence)
