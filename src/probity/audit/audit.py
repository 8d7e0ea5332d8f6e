"""A policy, executed over a log: every rule, every finding."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from probity.audit.explain import Finding, explained
from probity.audit.log.event_log import EventLog
from probity.audit.outcome import Outcome, RateCount, Verdict
from probity.audit.reference import judge
from probity.audit.rule import Policy, Rule
from probity.audit.verdict import RuleResult, judged, lacking

Engine = Literal["duckdb", "spark", "reference"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AuditResult:
    """The verdict on every rule of a policy, in its order."""

    log: EventLog
    policy: Policy
    rules: tuple[RuleResult, ...]

    def findings(self, result: RuleResult, *, most: int | None = None) -> Iterator[Finding]:
        """Breaches of one rule, each with the events that prove it, in the order of the log.

        Read from the log as they are asked for; ``most`` reads the first only.
        """
        numbers = result.breached if most is None else result.breached[:most]
        return explained(self.log, result.rule, numbers)

    def verdicts(self) -> Mapping[str, int]:
        """How many rules got each verdict, and how many need a document."""
        counts = {verdict.value: 0 for verdict in Verdict} | {NEEDS_A_DOCUMENT: 0}
        for one in self.rules:
            counts[verdict_of(one)] += 1
        return counts


NEEDS_A_DOCUMENT = "needs a document"


def verdict_of(result: RuleResult) -> str:
    """The verdict in words."""
    return NEEDS_A_DOCUMENT if result.verdict is None else result.verdict.value


def audit(log: EventLog, policy: Policy, *, engine: Engine = "duckdb") -> AuditResult:
    """Run every rule of a policy that the log can decide.

    Parameters
    ----------
    log : EventLog
        From ``probity.audit.log.open_log``.
    policy : Policy
    engine : "duckdb", "spark" or "reference"
        All say the same. Spark is for logs beyond one machine; the reference is slow.

    Raises
    ------
    MissingPartError
        Spark is asked for, and PySpark or Java is not installed.
    """
    to_us = log.to_us
    runnable = [
        rule
        for rule in policy.rules
        if rule.check is not None and to_us is not None and not lacking(rule.check, log)
    ]
    counted = {} if to_us is None else _counted(runnable, log, to_us, engine)
    return AuditResult(
        log=log,
        policy=policy,
        rules=tuple(judged(rule, counted.get(rule.rule_id), log) for rule in policy.rules),
    )


def _counted(
    rules: list[Rule], log: EventLog, to_us: int, engine: Engine
) -> dict[str, Outcome | RateCount]:
    if not rules:
        return {}
    if engine == "reference":
        found = judge(rules, log.rows(), to_us=to_us)
    elif engine == "spark":
        from probity.audit.engine.spark_run import run as run_on_spark

        found = run_on_spark(
            rules, parquet=log.path, columns=log.columns, counts=log.counts, to_us=to_us
        )
    else:
        from probity.audit.engine import run

        found = run(
            rules,
            parquet=log.path,
            columns=log.columns,
            to_us=to_us,
            counts=log.counts,
            filled=log.filled,
            first_event=log.first_event,
        )
    return {one.rule_id: one for one in found}
