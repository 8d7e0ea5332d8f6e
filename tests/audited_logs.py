"""Audits to be shown on a page: one of every verdict, and one on what strangers wrote."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from event_logs import SECOND, START, event, write_parquet
from hostile_report import FORMULA, MARKUP, SCRIPT
from probity.audit.audit import AuditResult, audit
from probity.audit.log import open_log
from probity.audit.policy_file import parse_policy
from probity.core.event import KINDS
from probity.core.event_columns import LogHeader
from probity.publish.audit_page import audit_page

HOUR = 3600.0
EVIL = f"{MARKUP} {SCRIPT} \u202e kaerb {{{{ 7*7 }}}} '; DROP TABLE log; --"

EVERY_VERDICT = b"""
schema = "probity/policy/1"
name = "every-verdict"
title = "A policy with one rule of each verdict"
operator = "Operator"
document = "Document"
version = "3"
mode = ["live"]

[[rules]]
id = "R5"
title = "Alerts deleted within a day"
paragraph = "5.3"
paraphrase = "An alert is deleted within 24 hours; the watchlist is another matter."
source = "https://force.example/policy"
status = "UNVERIFIED"
breach = "Alert {alert} was not deleted within {within}."
[rules.parameters]
within = "24 h"
[rules.check]
for_each = "alert.raised(alert: alert)"
require = 'EVENTUALLY[0, {within}] alert.deleted(alert: alert)'

[[rules]]
id = "R6"
title = "Few alerts are rejected"
paragraph = "6"
paraphrase = "At most one alert in ten is rejected."
source = "https://force.example/policy"
status = "DERIVED"
breach = "Too many alerts are rejected."
[rules.check]
template = "rate"
of = "alert.raised(alert: alert)"
cases = 'EVENTUALLY[0, 1 h] alert.adjudicated(alert: alert, decision: "reject")'
relation = "at most"
limit = "0.1"
population = "alerts"

[[rules]]
id = "R7"
title = "Threshold at 0.64"
paragraph = "7"
paraphrase = "The threshold is 0.64."
source = "https://force.example/policy"
status = "FOUND"
breach = "The threshold was {threshold}."
[rules.check]
for_each = "config.threshold(threshold: threshold)"
require = "threshold = 0.64"

[[rules]]
id = "R8"
title = "Faces blurred"
paragraph = "8"
paraphrase = "Faces are blurred."
source = "https://force.example/policy"
status = "FOUND"
breach = "Template {template} was not blurred."
[rules.check]
for_each = "template.created(template: template)"
require = "EVENTUALLY[0, 1 s] render.blurred(template: template)"

[[rules]]
id = "R9"
title = "Footage deleted within a year"
paragraph = "9"
paraphrase = "Footage is deleted within 365 days."
source = "https://force.example/policy"
status = "FOUND"
breach = "Footage {footage} was kept."
[rules.check]
for_each = "footage.written(footage: footage)"
require = "EVENTUALLY[0, 365 d] footage.deleted(footage: footage)"

[[rules]]
id = "R10"
title = "Nothing adjudicated before it was raised"
paragraph = "10"
paraphrase = "An adjudication follows its alert."
source = "https://force.example/policy"
status = "FOUND"
breach = "Alert {alert} was adjudicated before it was raised."
[rules.check]
for_each = "alert.adjudicated(alert: alert)"
require = "ONCE alert.raised(alert: alert)"

[[rules]]
id = "R11"
title = "Proportionate"
paragraph = "11"
paraphrase = "Use is proportionate."
source = "https://force.example/policy"
status = "FOUND"
needs = "the assessment of each deployment"
"""

RECORDED = tuple(kind for kind in KINDS if kind != "render.blurred")


def _rows() -> list[dict[str, object]]:
    rows = [
        event(0, "config.threshold", at=0, deployment=1, threshold=0.6),
        event(1, "footage.written", at=1, footage=3, deployment=1),
        event(2, "template.created", at=2, template=8, deployment=1),
    ]
    for alert in range(20):
        at = 60.0 * alert
        number = 10 * (alert + 1)
        rows += [
            event(number, "alert.raised", at=at, alert=alert, deployment=1, template=alert),
            event(number + 1, "alert.adjudicated", at=at + 9, alert=alert, decision="reject"),
        ]
        if alert:
            late = 30 * HOUR if alert == 1 else HOUR
            rows.append(event(number + 2, "alert.deleted", at=at + late, alert=alert))
    return rows


@contextmanager
def every_verdict() -> Iterator[AuditResult]:
    """Alert 0 is never deleted, alert 1 six hours late; every one is rejected."""
    header = LogHeader("system 9", RECORDED, START, START + 100 * 24 * 3600 * SECOND)
    with TemporaryDirectory() as directory:
        path = write_parquet(Path(directory) / "log.parquet", _rows(), header)
        with open_log(path) as log:
            yield audit(log, parse_policy(EVERY_VERDICT, file="policy.toml"))


@cache
def sample_audit_page() -> str:
    """The page of ``every_verdict``."""
    with every_verdict() as result:
        return audit_page(result)


def _hostile_policy() -> bytes:
    text = json.dumps(EVIL)
    rule = f"""
[[rules]]
id = "X{{}}"
title = {text}
paragraph = {text}
paraphrase = {text}
source = "https://evil.example/?a='onclick='alert(1)&b=javascript:alert(1)"
status = "FOUND"
"""
    return f"""
schema = "probity/policy/1"
name = "hostile"
title = {text}
operator = {text}
document = {text}
version = {json.dumps(FORMULA)}
mode = ["live"]
{rule.format(1)}
breach = {json.dumps(MARKUP + " {category}")}
[rules.parameters]
asked = {json.dumps(MARKUP)}
[rules.check]
for_each = "watchlist.item.added(item: item, category: category)"
require = 'category = "{{asked}}"'
{rule.format(2)}
needs = {text}
{rule.format(3)}
breach = "x"
[rules.check]
template = "rate"
of = "alert.raised(alert: alert)"
cases = 'EVENTUALLY[0, 1 h] alert.adjudicated(alert: alert, decision: {json.dumps(MARKUP)})'
relation = "at most"
limit = "0.5"
population = {text}
""".encode()


@cache
def hostile_audit_page() -> str:
    """The page on a log and a policy whose every text is an attempt at something."""
    header = LogHeader(EVIL, (*KINDS, EVIL), START, START + SECOND * 86_400)
    rows = [
        event(1, "watchlist.item.added", watchlist=1, item=2, category=SCRIPT, legal_basis=FORMULA),
        event(2, "watchlist.item.added", at=1, watchlist=1, item=3, category=EVIL),
        event(3, "alert.raised", at=2, alert=4, deployment=1, template=5, group=EVIL),
        event(4, "alert.adjudicated", at=3, alert=4, decision=MARKUP, role=EVIL, clock=EVIL),
        event(5, "alert.raised", at=4, alert=6, deployment=1, template=5),
    ]
    with TemporaryDirectory() as directory:
        path = write_parquet(Path(directory) / "log.parquet", rows, header)
        with open_log(path) as log:
            return audit_page(audit(log, parse_policy(_hostile_policy(), file="hostile.toml")))
