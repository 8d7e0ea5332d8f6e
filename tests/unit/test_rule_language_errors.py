"""Rules that cannot be read or are not guarded: one clear message each, in bounded time."""

import time

import pytest

from probity.audit.formula import Interval, Once
from probity.audit.guarded import (
    fields_needed,
    future_reach_us,
    kinds_needed,
    past_reach_us,
)
from probity.audit.language import parse_event, parse_formula
from probity.core import InputError
from rule_tables import rule_of

SECOND = 1_000_000

UNREADABLE = {
    "alert.raisd(alert: a)": ("character 1: no such kind of event", "alert.raised"),
    "alert.raised(alrt: a)": ("character 14: alert.raised has no such field", "alert"),
    "alert.raised(camera: c)": ("character 14: alert.raised has no such field", "alert"),
    'alert.raised(alert: "x")': ("character 21: alert is an id", "a whole number"),
    "alert.raised(score: 3 s)": ("character 21: score is a number", "without a unit"),
    "alert.raised(time: 3)": ("character 20: time is a time", "a variable"),
    "alert.raised(alert: a, alert: b)": ("character 24: the same field twice", ""),
    "a": ("character 1: a value where a condition is needed", "value"),
    "a = b AND c": ("character 11: a value where a condition is needed", ""),
    "(a = b) + 1 = 2": ("character 1: a condition where a value is needed", ""),
    "(a = b": ("character 7: unexpected; got 'the end of the rule'", ")"),
    "a = b end": ("character 7: unexpected; got 'end'", "the end of the rule"),
    "a = b = c": ("character 7: unexpected", ""),
    "t - u < 5 weeks": ("character 9: weeks is not a unit of time", "min, h, d"),
    "t - u < -5 s": ("character 9: a duration is not negative", ""),
    "t - u < 0.5 us": ("character 9: not a whole number of microseconds", ""),
    "t - u < 99999999999 d": ("longer than a log can last", ""),
    "ONCE[2 s, 1 s] a = b": ("character 5: interval without any distance", ""),
    "ONCE(2 s, 2 s] a = b": ("interval without any distance", ""),
    "ONCE[0, *] a = b": (") after *", ""),
    "ONCE[3, 4 s] a = b": ("character 7: unexpected; got ','", "a unit"),
    "x > 1e999": ("number too large", ""),
    "x = 99999999999999999999": ("number too large", "9223372036854775807"),
    "Once a = b": ("character 1: no such word; got 'Once'", "keywords in capitals"),
    "MAYBE a = b": ("character 1: no such keyword; got 'MAYBE'", "EVENTUALLY"),
    'a = "x': ("text without its closing quote", ""),
    'a = "x\ny"': ("no text that a log can hold", "printable"),
    "a = 'x'": ("no such sign", ""),
    "": ("character 1: unexpected", ""),
    "a = b\nAND\n  c == d": ("line 3, character 6: unexpected", ""),
    "a = b SINCE alert.raised()": ("what holds SINCE must be that something did not", "NOT"),
    "COUNT x. (alert.raised(alert: x)) <= 2.5": ("compared with a whole number", "<= 3"),
    "COUNT x. (alert.raised(alert: x)) <= 2 s": ("compared with a whole number", "<= 3"),
    "EXISTS x, x. alert.raised(alert: x)": ("the same variable twice", ""),
    "EXISTS true. alert.raised(alert: x)": ("unexpected; got 'true'", "a variable"),
    "a IN ()": ("unexpected; got ')'", "text"),
    "EXISTS x alert.raised(alert: x)": ("unexpected; got 'alert'", "."),
}


@pytest.mark.parametrize(("text", "message"), UNREADABLE.items())
def test_one_message_says_where_what_was_got_and_what_is_allowed(
    text: str, message: tuple[str, str]
) -> None:
    with pytest.raises(InputError) as refused:
        parse_formula(text)
    told = str(refused.value)
    assert "\n" not in told
    for part in message:
        assert part in told, told


HOSTILE = {
    "parentheses": "(" * 9_000,
    "not": "NOT " * 2_400,
    "implies": "a = b IMPLIES " * 700 + "a = b",
    "since": "NOT " + "(NOT " * 1_900,
    "exists": "EXISTS x. " * 900,
    "sums": "a" + " + a" * 2_400 + " = 3",
    "sums in parentheses": "(" * 31 + "a" + " + a)" * 31 + " + a" * 40 + " = 3",
    "quotes": '"' * 9_999,
    "backslashes": 'a = "' + "\\" * 9_000,
    "digits": "a = " + "9" * 9_000,
    "spaces": " " * 9_999 + "$",
    "too long": "a = b OR " * 200_000 + "a = b",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_rule_is_refused_at_once(text: str) -> None:
    start = time.thread_time()
    with pytest.raises(InputError):
        parse_formula(text)
    assert time.thread_time() - start < 1


def test_a_long_rule_without_depth_is_read() -> None:
    formula = parse_formula(" OR ".join(["a = 1"] * 1_000))
    assert len(formula.parts) == 1_000  # type: ignore[union-attr]


def test_an_event_is_wanted() -> None:
    with pytest.raises(InputError, match="not an event"):
        parse_event("NOT alert.raised()")


def test_durations_are_exact() -> None:
    formula = parse_formula("ONCE(0, 0.1 s] alert.raised()")
    assert isinstance(formula, Once)
    assert formula.interval == Interval(1, 100_000)
    half_hours = parse_formula("ONCE[0.5 h, 1.5 h) alert.raised()")
    assert isinstance(half_hours, Once)
    assert half_hours.interval == Interval(1_800 * SECOND, 5_400 * SECOND - 1)


EVENT = "alert.raised(alert: a, group: g, score: s, time: t)"
UNGUARDED = {
    "ONCE alert.adjudicated(alert: a, actor: r)": "variable r is bound within the condition only",
    "s > x": "variable x is not bound before it is used",
    "s > x AND ONCE config.threshold(threshold: x)": "variable x is not bound before it is used",
    "NOT alert.adjudicated(alert: a, actor: r)": "variable r is bound under NOT only",
    "EXISTS a. ONCE alert.deleted(alert: a)": "EXISTS names a again",
    "EXISTS x. s > 3": "no event binds variable x of EXISTS",
    "COUNT x. (ONCE alert.adjudicated(actor: x, role: y)) > 1": "COUNT does not name variable y",
    "EXISTS x, y. ONCE alert.adjudicated(actor: x) OR ONCE alert.adjudicated(actor: y)": (
        "parts of OR bind different variables"
    ),
    "ONCE s > 3": "a temporal operator must range over events",
    "ONCE ONCE alert.deleted(alert: a)": "a temporal operator must range over events",
    "ONCE NOT alert.deleted(alert: a)": "a temporal operator must range over events",
    "(NOT s > 3) SINCE alert.deleted(alert: a)": "a temporal operator must range over events",
    "EXISTS d. EVENTUALLY[0, 1 s] alert.deleted(alert: a, time: d) AND d > t": (
        "variable d is bound in the future and used outside"
    ),
    "(NOT alert.deleted(alert: a, event: x)) SINCE alert.raised(alert: a)": (
        "variable x is bound under NOT only"
    ),
    "alert.adjudicated(alert: g)": "variable g stands for a text, and alert is a id",
    "s = g": "a number cannot be compared with a text",
    "g < g": "a text is not more or less than another",
    "t - t < 24": "a duration cannot be compared with a number",
    "t + t = t": "no time + time",
    's IN ("a")': "a number cannot be compared with a text",
}


@pytest.mark.parametrize(("require", "message"), UNGUARDED.items())
def test_a_rule_that_is_not_guarded_is_refused(require: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        rule_of(EVENT, require)
    assert message in str(refused.value)


REACHES = {
    "alert.deleted(alert: a)": (0, 0),
    "EVENTUALLY[1 s, 5 s] alert.deleted()": (0, 5),
    "ONCE[1 s, 5 s] alert.deleted()": (5, 0),
    "EVENTUALLY[0, 5 s] (alert.deleted() AND EVENTUALLY[0, 3 s] media.deleted())": (0, 8),
    "EVENTUALLY[2 s, 5 s] (alert.deleted() AND ONCE[0, 3 s] media.deleted())": (1, 5),
    "ONCE[2 s, 9 s] (alert.deleted() AND EVENTUALLY[0, 3 s] media.deleted())": (9, 1),
    "(NOT (alert.deleted() AND EVENTUALLY[0, 3 s] media.deleted())) SINCE[2 s, 9 s] "
    "alert.raised()": (9, 3),
    "(NOT alert.deleted()) UNTIL[0, 4 s] media.deleted()": (0, 4),
    "ONCE alert.deleted()": (None, 0),
    "EVENTUALLY alert.deleted() OR EVENTUALLY[0, 1 s] media.deleted()": (0, None),
}


@pytest.mark.parametrize(("text", "seconds"), REACHES.items())
def test_how_far_a_rule_looks(text: str, seconds: tuple[int | None, int | None]) -> None:
    past, future = (None if second is None else second * SECOND for second in seconds)
    formula = parse_formula(text)
    assert past_reach_us(formula) == past
    assert future_reach_us(formula) == future


def test_what_a_rule_needs_of_a_log() -> None:
    rule = rule_of("alert.raised(alert: a, time: t)", "ONCE alert.adjudicated(alert: a)")
    assert rule.check is not None
    assert kinds_needed(rule.check) == {"alert.raised", "alert.adjudicated"}
    assert fields_needed(rule.check) == {
        ("alert.raised", "alert"),
        ("alert.raised", "time"),
        ("alert.adjudicated", "alert"),
    }
