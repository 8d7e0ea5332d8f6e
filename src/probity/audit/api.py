"""Audits from Python: ``probity.audit.run``."""

import weakref
from contextlib import ExitStack
from os import PathLike
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from probity.audit.as_json import as_json, explanation
from probity.audit.audit import AuditResult, Engine, audit, verdict_of
from probity.audit.findings_file import FINDING_COLUMNS, finding_row
from probity.audit.log import open_log
from probity.audit.policy_file import known_policies, load_policy
from probity.core import InputError
from probity.core.table import TEXT, WHOLE, Table

RULE_COLUMNS: dict[str, pa.DataType] = {
    "rule": TEXT, "title": TEXT, "paragraph": TEXT, "status": TEXT, "verdict": TEXT,
    "checked": WHOLE, "breaches": WHOLE, "undecided": WHOLE, "unknown": WHOLE,
    "explanation": TEXT,
}  # fmt: skip


class Audit:
    """A policy that was run over a log: a verdict on each rule, and every breach.

    A log that is not Parquet is kept in a temporary file, since breaches are read from it when
    they are asked for. ``close``, the end of a ``with`` block or of the object deletes it.
    """

    def __init__(self, result: AuditResult, opened: ExitStack) -> None:
        self._result = result
        self._closed = weakref.finalize(self, opened.close)

    @property
    def result(self) -> AuditResult:
        """As ``probity.audit.audit`` gives it."""
        return self._result

    def verdicts(self) -> dict[str, int]:
        """How many rules got each verdict."""
        return dict(self._result.verdicts())

    def rules(self) -> Table:
        """A row for each rule, in the policy's order."""
        rows = (
            {
                "rule": one.rule.rule_id,
                "title": one.rule.title,
                "paragraph": one.rule.paragraph,
                "status": one.rule.status,
                "verdict": verdict_of(one),
                "checked": one.checked,
                "breaches": len(one.breached),
                "undecided": len(one.undecided),
                "unknown": len(one.unknown),
                "explanation": explanation(one),
            }
            for one in self._result.rules
        )
        return Table.of(rows, columns=RULE_COLUMNS)

    def breaches(self, rule: str | None = None, *, most: int | None = None) -> Table:
        """A row for each breach, with the events that show it.

        Parameters
        ----------
        rule : str, optional
            The id of one rule; every rule by default.
        most : int, optional
            At most so many of each rule.

        Raises
        ------
        InputError
            No such rule, or the audit was closed.
        """
        if not self._closed.alive:
            raise InputError("this audit was closed, and its log is gone")
        known = [one.rule.rule_id for one in self._result.rules]
        if rule is not None and rule not in known:
            raise InputError("no such rule", got=rule, allowed=", ".join(known))
        rows = (
            finding_row(one.rule.title, finding)
            for one in self._result.rules
            if rule in (None, one.rule.rule_id)
            for finding in self._result.findings(one, most=most)
        )
        return Table.of(rows, columns=FINDING_COLUMNS)

    def as_json(self, *, examples: int = 3) -> dict[str, Any]:
        """The document that ``probity audit --format json`` prints."""
        return as_json(self._result, examples=examples)

    def close(self) -> None:
        """Delete what was kept of the log; the verdicts stay."""
        self._closed()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def run(
    log: str | PathLike[str],
    *,
    policy: str | PathLike[str],
    mapping: str | PathLike[str] | None = None,
    engine: Engine = "duckdb",
) -> Audit:
    """Run every rule of a policy over an event log.

    Parameters
    ----------
    log : str or path
        Parquet, JSON Lines, CSV, Arrow or OCEL 2.0; told by its content.
    policy : str or path
        The name of a bundled policy, or a ``.toml`` file.
    mapping : str or path, optional
        TOML with the operator's own names for events and fields.
    engine : "duckdb", "spark" or "reference"
        What runs the rules; the verdicts are the same.

    Raises
    ------
    InputError
        The log, the policy or the mapping cannot be used.
    MissingPartError
        Spark is asked for and not installed.
    """
    chosen = load_policy(policy if isinstance(policy, str) else Path(policy))
    with ExitStack() as stack:
        opened = stack.enter_context(
            open_log(Path(log), mapping=None if mapping is None else Path(mapping))
        )
        result = audit(opened, chosen, engine=engine)
        return Audit(result, stack.pop_all())


def bundled_policies() -> tuple[str, ...]:
    """The names of the bundled policies."""
    return known_policies()
