"""Rules tried on logs written as tables: how the tests of the rule language are told."""

from probity.audit.formula import Value
from probity.audit.guarded import require_guarded
from probity.audit.language import parse_event, parse_formula
from probity.audit.outcome import Outcome
from probity.audit.reference import judge
from probity.audit.rule import Rule, TemporalRule
from probity.core.event import FIELDS

SECOND = 1_000_000


def rows_of(table: str) -> list[dict[str, Value]]:
    """A log: a line of headings, then one event a line. Times are seconds, "-" is missing."""
    lines = [line for line in table.strip().splitlines() if line.strip("-| ")]
    headings, *lines = ([cell.strip() for cell in line.split("|")] for line in lines)
    return [
        {heading: _value(heading, cell) for heading, cell in zip(headings, line, strict=True)}
        for line in lines
    ]


def rule_of(for_each: str, require: str, when: str | None = None) -> Rule:
    """A rule of the language, checked to be guarded."""
    check = TemporalRule(
        for_each=parse_event(for_each),
        require=parse_formula(require),
        when=None if when is None else parse_formula(when),
    )
    require_guarded(check)
    return Rule(
        rule_id="R1",
        title="a rule",
        paragraph="none",
        paraphrase="a rule",
        source_url="https://example.org/",
        status="DERIVED",
        check=check,
    )


def verdicts(
    table: str, for_each: str, require: str, *, when: str | None = None, until: int = 10**6
) -> dict[str, list[int]]:
    """Numbers of the events of each verdict; the log is complete until second ``until``."""
    rule = rule_of(for_each, require, when)
    [outcome] = judge([rule], rows_of(table), to_us=until * SECOND)
    assert isinstance(outcome, Outcome)
    named = {
        "breached": outcome.breached.tolist(),
        "undecided": outcome.undecided.tolist(),
        "unknown": outcome.unknown.tolist(),
    }
    satisfied = outcome.checked - sum(len(numbers) for numbers in named.values())
    return {"satisfied": [satisfied]} | {name: found for name, found in named.items() if found}


def breaches(
    table: str, for_each: str, require: str, *, when: str | None = None, until: int = 10**6
) -> list[int]:
    """Numbers of the events that break a rule; nothing may be undecided or unknown."""
    found = verdicts(table, for_each, require, when=when, until=until)
    assert not found.keys() - {"satisfied", "breached"}, found
    return found.get("breached", [])


def _value(heading: str, cell: str) -> Value:
    if cell == "-":
        return None
    type_ = FIELDS[heading].type
    if type_ == "time":
        return int(cell) * SECOND
    if type_ == "flag":
        return cell == "true"
    if type_ == "id":
        return int(cell)
    return float(cell) if type_ == "number" else cell
