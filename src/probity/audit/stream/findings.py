"""A finding of a stream as a line of JSON."""

import json
import re

from probity.audit.plain_times import plain_moment
from probity.audit.plain_values import shown
from probity.audit.rule import Rule
from probity.audit.stream.rule_monitor import Breach

_PLACE = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def sentence_of(rule: Rule, breach: Breach) -> str:
    """The rule's own sentence, filled once: what a value holds is not looked at again."""
    values = {name: shown(value) for name, value in breach.binding.items()}
    said = _PLACE.sub(
        lambda place: values.get(place[1], rule.parameters.get(place[1], place[0])), rule.breach
    )
    return f"{said} Event {breach.event}, {plain_moment(breach.time_us)}."


def line_of(rule: Rule, kind: str, breach: Breach) -> str:
    """One line, without its end: rule, sentence, event, and numbers of related events."""
    return json.dumps(
        {
            "rule": rule.rule_id,
            "sentence": sentence_of(rule, breach),
            "event": {"event": breach.event, "kind": kind, "time_us": breach.time_us},
            "related": list(breach.related),
        },
        ensure_ascii=False,
        allow_nan=False,
    )
