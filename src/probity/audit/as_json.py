"""An audit as a JSON document; its schema is docs/reference/schemas/audit.json.

Times are RFC 3339 in UTC. What is not known is null.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from probity.audit.audit import AuditResult, verdict_of
from probity.audit.explain import Finding, LoggedEvent
from probity.audit.formula import Value
from probity.audit.guarded import event_of, formulas_of
from probity.audit.rule import Policy, RateRule, Rule, TemporalRule
from probity.audit.verdict import RuleResult
from probity.audit.written import written
from probity.core import Rate
from probity.core.event import FIELDS

SCHEMA = "probity/audit/1"
POLICIES_SCHEMA = "probity/policies/1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def as_json(result: AuditResult, *, examples: int = 3) -> dict[str, Any]:
    """The whole document, with at most ``examples`` breaches of each rule."""
    log, policy = result.log, result.policy
    return {
        "schema": SCHEMA,
        "log": {
            "files": [path.name for path in log.paths],
            "system": log.system,
            "from": moment(log.from_us),
            "to": moment(log.to_us),
            "declared": log.declared,
            "events": log.events,
            "kinds": {kind: log.counts.get(kind, 0) for kind in sorted(log.recorded)},
            "problems": [
                {
                    "kind": problem.kind.value,
                    "count": problem.count,
                    "examples": list(problem.examples),
                    "sentence": problem.sentence,
                }
                for problem in log.problems
            ],
        },
        "policy": _policy(policy),
        "verdicts": dict(result.verdicts()),
        "rules": [_rule(result, one, examples) for one in result.rules],
    }


def policies_as_json(policies: Sequence[Policy]) -> dict[str, Any]:
    """Policies with their rules, as they would be run."""
    return {
        "schema": POLICIES_SCHEMA,
        "policies": [
            {**_policy(policy), "rules": [_stated(rule) for rule in policy.rules]}
            for policy in policies
        ],
    }


def _policy(policy: Policy) -> dict[str, Any]:
    return {
        "name": policy.name,
        "title": policy.title,
        "operator": policy.operator,
        "document": policy.document,
        "version": policy.version,
        "mode": list(policy.mode),
    }


def _stated(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.rule_id,
        "title": rule.title,
        "paragraph": rule.paragraph,
        "paraphrase": rule.paraphrase,
        "source": rule.source_url,
        "status": rule.status,
        "parameters": dict(rule.parameters),
        "check": _check(rule.check),
        "needs": rule.needs,
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """One breach: its sentence, its event, and the events that show it."""
    return {
        "rule": finding.rule_id,
        "sentence": finding.sentence,
        "event": _event(finding.event),
        "related": [_event(event) for event in finding.related],
    }


def moment(time_us: int | None) -> str | None:
    """RFC 3339 in UTC with microseconds."""
    if time_us is None:
        return None
    return (_EPOCH + timedelta(microseconds=time_us)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _rule(result: AuditResult, one: RuleResult, examples: int) -> dict[str, Any]:
    found = [finding_as_json(finding) for finding in result.findings(one, most=examples)]
    return {
        **_stated(one.rule),
        "verdict": verdict_of(one),
        "explanation": explanation(one),
        "checked": one.checked,
        "breaches": len(one.breached),
        "undecided": len(one.undecided),
        "unknown": len(one.unknown),
        "missing": list(one.missing),
        "rate": _rate(one),
        "examples": found,
    }


def explanation(one: RuleResult) -> str:  # noqa: PLR0911
    """Why the rule has its verdict, in a sentence."""
    if one.rule.needs is not None:
        return f"No log can decide it. Needed: {one.rule.needs}."
    if one.rate is not None:
        return _rate_in_words(one)
    if one.missing:
        return f"The log cannot show it: {'; '.join(one.missing)}."
    if not one.checked:
        return "Nothing in the log falls under it."
    instances = f"{one.checked:,} checked"
    if len(one.breached):
        return f"{len(one.breached):,} of {instances} in breach."
    if len(one.undecided):
        return f"{len(one.undecided):,} of {instances} still open when the log ends."
    return f"{instances}, none in breach."


def _rate_in_words(one: RuleResult) -> str:
    check = one.rule.check
    if not isinstance(one.rate, Rate) or not isinstance(check, RateRule):
        return f"The log cannot show it: {'; '.join(one.missing)}."
    rate, count = one.rate, one.rate.count
    return (
        f"{count.k:,} of {count.n:,} {count.population}: {rate.value:.3g} "
        f"({100 * rate.level:g}% interval {rate.low:.3g} to {rate.high:.3g}); "
        f"{check.relation} {check.limit:g}."
    )


def _rate(one: RuleResult) -> dict[str, Any] | None:
    if one.rate is None:
        return None
    if not isinstance(one.rate, Rate):
        return {"k": None, "n": None, "value": None, "low": None, "high": None, "level": None,
                "population": None, "reason": one.rate.reason}  # fmt: skip
    rate = one.rate
    return {
        "k": rate.count.k,
        "n": rate.count.n,
        "value": rate.value,
        "low": rate.low,
        "high": rate.high,
        "level": rate.level,
        "population": rate.count.population,
        "reason": None,
    }


def _check(check: TemporalRule | RateRule | None) -> dict[str, Any] | None:
    """The rule as it was run, in the rule language."""
    if check is None:
        return None
    whole = [written(formula) for formula in formulas_of(check)]
    return {
        "for_each": written(event_of(check)),
        "when": whole[0] if len(whole) > 1 else None,
        "require": whole[-1] if isinstance(check, TemporalRule) else None,
        "cases": whole[-1] if isinstance(check, RateRule) else None,
    }


def _event(event: LoggedEvent) -> dict[str, Any]:
    return {
        "event": event.event,
        "kind": event.kind,
        "time": moment(event.time_us),
        "fields": _fields(event.fields),
    }


def _fields(fields: Mapping[str, Value]) -> dict[str, Any]:
    return {
        name: moment(int(value))
        if FIELDS[name].type == "time" and value is not None and not isinstance(value, str)
        else value
        for name, value in fields.items()
    }
