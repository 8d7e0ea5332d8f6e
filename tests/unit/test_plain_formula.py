"""Rules in plain words: what each part of a formula becomes, and none without words."""

import pytest

from probity.audit.formula import Interval
from probity.audit.guarded import event_of, events_in, formulas_of
from probity.audit.language import parse_event, parse_formula
from probity.audit.plain_formula import Said, in_words, plain_distance, plain_parameters
from probity.audit.policy_file import known_policies, load_policy
from probity.audit.rule import RateRule, TemporalRule

_HOUR = 3_600_000_000


def _flat(said: tuple[Said, ...], depth: int = 0) -> list[str]:
    return [
        line for one in said for line in ("  " * depth + one.text, *_flat(one.below, depth + 1))
    ]


def _told(for_each: str, require: str, when: str | None = None) -> list[str]:
    check = TemporalRule(
        for_each=parse_event(for_each),
        require=parse_formula(require),
        when=None if when is None else parse_formula(when),
    )
    return _flat(in_words(check))


def test_a_deadline() -> None:
    assert _told(
        "alert.raised(alert: alert)",
        "EVENTUALLY[0, 24 h] (alert.deleted(alert: alert) OR "
        'retention.excepted(alert: alert, data_class: "alert"))',
    ) == [
        "For each alert.raised",
        "required: within 24 h after: at least one of these",
        "  alert.deleted with the same alert",
        "  retention.excepted with the same alert and data class “alert”",
    ]


def test_a_condition_a_comparison_and_a_value_of_another_event() -> None:
    assert _told(
        "deployment.start(deployment: d, time: t)",
        "EXISTS e. (ONCE authority.granted(deployment: d, window_end: e) AND t <= e)",
        when="PRESENT d",
    ) == [
        "For each deployment.start",
        "provided that: the deployment of deployment.start is stated",
        "required: all of these",
        "  at any time before: authority.granted with the same deployment",
        "  the time of deployment.start is at most the window end of authority.granted",
    ]


def test_what_holds_since() -> None:
    assert _told(
        "template.compared(deployment: d)",
        "(NOT authority.cancelled(deployment: d)) SINCE authority.granted(deployment: d)",
    ) == [
        "For each template.compared",
        "required: both of these",
        "  at any time before: authority.granted with the same deployment",
        "  and nowhere between: authority.cancelled with the same deployment",
    ]


def test_what_must_never_happen_and_what_is_counted() -> None:
    assert _told("footage.written(footage: f)", "1 = 0")[1] == (
        "required: nothing: it must not happen at all"
    )
    assert _told(
        "engagement.start(alert: a)",
        "COUNT p. (ONCE alert.adjudicated(alert: a, actor: p)) >= 2",
    )[1:] == [
        "required: at least 2 different (actor of alert.adjudicated) among",
        "  at any time before: alert.adjudicated with the same alert",
    ]


@pytest.mark.parametrize(
    ("interval", "side", "words"),
    [
        (Interval(), "before", "at any time before"),
        (Interval(0, 0), "after", "at the same instant"),
        (Interval(0, 24 * _HOUR), "after", "within 24 h after"),
        (Interval(0, 31 * 24 * _HOUR), "after", "within 31 d after"),
        (Interval(2_000_000, None), "before", "at least 2 s before"),
        (Interval(_HOUR, 90 * 60_000_000), "after", "1 h to 90 min after"),
    ],
)
def test_distances(interval: Interval, side: str, words: str) -> None:
    assert plain_distance(interval, side) == words


def test_parameters_are_a_list_of_words() -> None:
    assert plain_parameters({"at_most": "3", "within": "24 h"}) == "at most 3, within 24 h"
    assert plain_parameters({}) == ""


@pytest.mark.parametrize("name", known_policies())
def test_every_kind_of_event_in_a_bundled_rule_is_named(name: str) -> None:
    for rule in load_policy(name).rules:
        if rule.check is None:
            continue
        text = "\n".join(_flat(in_words(rule.check)))
        kinds = {event_of(rule.check).kind}
        kinds |= {event.kind for f in formulas_of(rule.check) for event in events_in(f)}
        assert all(kind in text for kind in kinds), rule.rule_id
        if isinstance(rule.check, RateRule):
            assert f"their share is {rule.check.relation} {rule.check.limit:g}" in text
