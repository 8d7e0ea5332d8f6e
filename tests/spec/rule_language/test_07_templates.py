"""Templates: the common shapes of rules, and the text each comes to."""

import pytest

from probity.audit import templates
from probity.audit.guarded import require_guarded
from probity.audit.language import parse_event, parse_formula
from probity.audit.rule import TemporalRule
from probity.audit.written import written
from rule_tables import SECOND

RAISED = parse_event("alert.raised(alert: a)")
DELETED = parse_formula("alert.deleted(alert: a, time: d)")
EXCEPTED = parse_formula('retention.excepted(alert: a, data_class: "alert")')
ENDED = parse_event("deployment.end(deployment: d)")

RULES = {
    "EVENTUALLY[0, 5 s] (EXISTS d. alert.deleted(alert: a, time: d))": templates.deadline(
        RAISED, to=DELETED, within_us=5 * SECOND
    ),
    "EVENTUALLY[0, 5 s] (EXISTS d. alert.deleted(alert: a, time: d)) "
    'OR ONCE retention.excepted(alert: a, data_class: "alert") '
    'OR EVENTUALLY[0, 5 s] retention.excepted(alert: a, data_class: "alert")': templates.deadline(
        RAISED, to=DELETED, within_us=5 * SECOND, unless=EXCEPTED
    ),
    "ONCE alert.adjudicated(alert: a)": templates.precedence(
        RAISED, before=parse_formula("alert.adjudicated(alert: a)")
    ),
    "1 = 0": templates.absence(RAISED),
    "NOT ONCE alert.deleted(alert: a)": templates.absence(
        RAISED, when=parse_formula("ONCE alert.deleted(alert: a)")
    ),
    "EXISTS g. (NOT authority.cancelled(authority: g)) SINCE "
    "authority.granted(authority: g, deployment: d)": templates.validity(
        ENDED,
        opened=parse_formula("authority.granted(authority: g, deployment: d)"),
        closed=parse_formula("authority.cancelled(authority: g)"),
    ),
    "s >= 0.6": templates.limit(
        parse_event("alert.raised(score: s)"), require=parse_formula("s >= 0.6")
    ),
    "ONCE[0, 5 s] (EXISTS g. authority.cancelled(authority: g, deployment: d)) OR "
    "EVENTUALLY[0, 5 s] (EXISTS g. authority.cancelled(authority: g, deployment: d))": (
        templates.pairing(
            ENDED,
            partner=parse_formula("authority.cancelled(authority: g, deployment: d)"),
            within_us=5 * SECOND,
        )
    ),
    "NOT ONCE (EXISTS q. search.submitted(search: s, actor: q) AND q = r)": (
        templates.separation_of_duties(
            parse_event("search.reviewed(search: s, actor: r)"),
            other=parse_event("search.submitted(search: s, actor: q)"),
            differs=("r", "q"),
        )
    ),
}


@pytest.mark.parametrize(("text", "check"), RULES.items())
def test_what_a_template_comes_to(text: str, check: TemporalRule) -> None:
    assert written(check.require) == text
    assert parse_formula(text) == check.require
    require_guarded(check)
