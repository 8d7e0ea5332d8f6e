"""Following a log: read, judge, save, tell, and start again where it was left."""

import hashlib
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from probity.audit.log.header import Statement
from probity.audit.outcome import RateCount, Verdict
from probity.audit.rule import Policy, Rule
from probity.audit.stream.bounded import bounded, endless_rules
from probity.audit.stream.checkpoint import Checkpoint, Line
from probity.audit.stream.findings import line_of
from probity.audit.stream.monitor import StreamMonitor
from probity.audit.stream.recorded import Recorded
from probity.audit.stream.rule_monitor import Decided, RuleMonitor
from probity.audit.stream.saved import DamagedError, numbers_of, restore, tables_of
from probity.audit.stream.sources import FileSource, Source, TableSource, open_source
from probity.audit.verdict import judged
from probity.core import InputError
from probity.core.event import FIELDS, KINDS

_SAVE_EVERY_SECONDS: Final = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a log is followed; a state holds for one setting.

    Parameters
    ----------
    lateness_us : int
        How late an event may come.
    forget_after_us : int or None
        Rules that look back without a bound are read with this one.
    until_end : bool
        Stop where the log stops; otherwise wait for more.
    """

    lateness_us: int
    forget_after_us: int | None
    until_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSoFar:
    """One rule where the reading stopped.

    ``verdict`` is None where the log goes on. ``held_back`` counts findings that are not told
    because the log has not shown ``missing``.
    """

    rule: Rule
    verdict: Verdict | None
    checked: int
    findings: int
    held_back: int
    open: int
    unknown: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What was read, what was left out, and every rule that a log can decide.

    ``forgetful`` are rules that were read with a bound on the past that they do not have;
    ``endless`` those that look back without end, for which the state grows as long as the log
    does. ``kept_events`` are held back, needed by some rule, or not settled.
    """

    ended: bool
    events: int
    judged_to_us: int | None
    held_back_events: int
    too_late: int
    too_late_examples: tuple[int, ...]
    repeats: int
    conflicts: int
    after_end: int
    forgetful: tuple[str, ...]
    endless: tuple[str, ...]
    kept_events: int
    unreadable: int
    unreadable_examples: tuple[str, ...]
    rules: tuple[RuleSoFar, ...]


class Following:
    """One run over one log.

    Parameters
    ----------
    log : str
        A path, or ``-`` for the standard input.
    state : Path, optional
        Directory for what a later run goes on from.
    findings : Path, optional
        File of JSON Lines that gets every finding once.

    Raises
    ------
    InputError
        A log, state or findings file that cannot be used.
    """

    def __init__(
        self,
        log: str,
        policy: Policy,
        settings: Settings,
        *,
        state: Path | None = None,
        findings: Path | None = None,
    ) -> None:
        self.policy, self.settings, self.findings = policy, settings, findings
        self.rules = policy.rules
        if settings.forget_after_us is not None:
            back = settings.forget_after_us
            self.rules = tuple(bounded(rule, back_us=back) for rule in policy.rules)
        wanted = StreamMonitor(self.rules)
        self.endless = endless_rules(self.rules)
        columns = ("event", "time", "kind", *wanted.columns)
        self.source: Source = open_source(
            log, tuple(dict.fromkeys(columns)), until_end=settings.until_end
        )
        statement = self.source.statement()
        self.recorded = Recorded(statement, self.source.columns)
        self._ends = settings.until_end or log == "-" or isinstance(self.source, TableSource)
        self.monitor = StreamMonitor(
            self.rules,
            lateness_us=settings.lateness_us,
            to_us=statement.to_us if self._ends else None,
            recorded=self.recorded,
        )
        self.place, self.ended = 0, False
        self._missing: Mapping[str, tuple[str, ...]] = {}
        self._changes_known = -1
        self._decided: list[Decided] = []
        self._saved_at, self._saved_place = 0.0, 0
        if findings is not None and state is None and findings.exists():
            raise InputError(
                "the findings file is there already",
                file=findings,
                allowed="a new file, or --state, with which it is gone on with",
            )
        self.checkpoint = Checkpoint(state, identity=_identity(policy, settings, self.monitor))
        self._go_on()

    def close(self) -> None:
        """Let go of the state."""
        self.checkpoint.close()

    def run(
        self, *, tell: Callable[[str], object], stopped: Callable[[], bool] = lambda: False
    ) -> Summary:
        """Read until the log ends, or until ``stopped``; ``tell`` gets each new finding's line."""
        if self.findings is not None:
            self.checkpoint.complete_file(self.findings)
        finished = self.ended
        if not self.ended:
            finished = self._read(tell, stopped)
        if finished and not self.ended:
            self._decided += self.monitor.finish()
            self.ended = True
        self._save(tell)
        return self._summary()

    def _read(self, tell: Callable[[str], object], stopped: Callable[[], bool]) -> bool:
        for step in self.source.steps(self.place, stopped=stopped):
            if step is None:
                self._save(tell, only_changes=True)
                continue
            batch, place = step
            if batch is not None:
                self._take_up(_newer(self.source.statement(), self.recorded.statement))
                self.monitor.add(batch)
                self._decided += self.monitor.advance()
            self.place = place
            if time.monotonic() - self._saved_at >= _SAVE_EVERY_SECONDS:
                self._save(tell)
        return not stopped()

    def _take_up(self, statement: Statement) -> None:
        """What the log says about itself; of a pipe that is known once it was read."""
        self.recorded.statement = statement
        if self._ends and self.monitor.reorder.to_us is None:
            self.monitor.reorder.to_us = statement.to_us

    def _save(self, tell: Callable[[str], object], *, only_changes: bool = False) -> None:
        if only_changes and self.place == self._saved_place and not self._decided:
            return
        newly = self._newly_observable()
        lines = [
            Line(one.rule_id, breach.event, line_of(rule, kind, breach), told)
            for one in self._decided
            for rule, kind, told in [self._rule(one.rule_id)]
            for breach in one.breaches
        ]
        told = self.checkpoint.save(
            self._numbers(), tables_of(self.monitor), lines, observable=newly
        )
        self._decided, self._saved_place = [], self.place
        self._saved_at = time.monotonic()
        if self.findings is not None and told:
            with self.findings.open("a", encoding="utf-8", newline="\n") as file:
                file.writelines(f"{line}\n" for line in told)
        for line in told:
            tell(line)

    def _rule(self, rule_id: str) -> tuple[Rule, str, bool]:
        one = next(one for one in self.monitor.rules if one.rule.rule_id == rule_id)
        return one.rule, one.pattern.kind, not self._missing[rule_id]

    def _newly_observable(self) -> list[str]:
        """Rules that the log has only now shown to be recorded, whose findings can be told."""
        if self._changes_known == self.recorded.changes and self._missing:
            return []
        before = self._missing
        self._missing = {
            one.rule.rule_id: self.recorded.missing_for(one.check) for one in self.monitor.rules
        }
        self._changes_known = self.recorded.changes
        return [name for name, lacks in self._missing.items() if not lacks and before.get(name)]

    def _numbers(self) -> dict[str, Any]:
        reader = self.source.lines
        return {
            "monitor": numbers_of(self.monitor),
            "place": self.place,
            "mark": self.source.mark(self.place),
            "ended": self.ended,
            "kinds": self.recorded.statement.kinds,
            "to_us": self.recorded.statement.to_us,
            "counts": self.recorded.counts,
            "filled": sorted(self.recorded.filled),
            "unreadable": 0 if reader is None else reader.unreadable,
            "unreadable_examples": [] if reader is None else reader.examples,
        }

    def _go_on(self) -> None:
        """Take up a state that was saved."""
        loaded = self.checkpoint.load()
        if loaded is None:
            return
        numbers, parts = loaded
        try:
            restore(self.monitor, numbers["monitor"], parts)
            place, mark = int(numbers["place"]), str(numbers["mark"])
            self.ended = numbers["ended"] is True
            self.recorded.counts = {
                kind: int(count) for kind, count in numbers["counts"].items() if kind in KINDS
            }
            self.recorded.filled = {
                (kind, name) for kind, name in numbers["filled"] if kind in KINDS and name in FIELDS
            }
            kinds, to_us = numbers["kinds"], numbers["to_us"]
            if kinds is not None:
                old = Statement(
                    kinds=tuple(str(kind) for kind in kinds),
                    to_us=None if to_us is None else int(to_us),
                )
                self._take_up(_newer(self.recorded.statement, old))
            if self.source.lines is not None:
                self.source.lines.unreadable = int(numbers["unreadable"])
                self.source.lines.examples = [str(x) for x in numbers["unreadable_examples"][:5]]
        except (DamagedError, KeyError, TypeError, ValueError, AttributeError):
            raise InputError("the state is damaged", file=self.checkpoint.path) from None
        if place < 0 or self.source.mark(place) != mark:
            raise InputError("the state belongs to another log", file=self.checkpoint.path)
        if self.ended and isinstance(self.source, FileSource):
            with suppress(OSError):
                if self.source.path.stat().st_size > place:
                    raise InputError(
                        "the log went on after the end that was reported",
                        file=self.source.name,
                        allowed="a new --state",
                    )
        self.place = self._saved_place = place
        self._newly_observable()

    def _summary(self) -> Summary:
        counts, reorder, lines = self.checkpoint.counts(), self.monitor.reorder, self.source.lines
        return Summary(
            ended=self.ended,
            events=self.monitor.events,
            judged_to_us=self.monitor.judged_to_us,
            held_back_events=reorder.rows,
            too_late=reorder.too_late,
            too_late_examples=tuple(reorder.examples),
            repeats=reorder.repeats,
            conflicts=reorder.conflicts,
            after_end=reorder.after_end,
            forgetful=()
            if self.settings.forget_after_us is None
            else endless_rules(self.policy.rules),
            endless=self.endless,
            kept_events=self.monitor.rows_kept,
            unreadable=0 if lines is None else lines.unreadable,
            unreadable_examples=() if lines is None else tuple(lines.examples),
            rules=tuple(self._so_far(one, *counts.get(one.rule.rule_id, (0, 0)))
                        for one in self.monitor.rules),
        )  # fmt: skip

    def _so_far(self, one: RuleMonitor, findings: int, held_back: int) -> RuleSoFar:
        missing = self._missing[one.rule.rule_id]
        rest = len(one.open["event"])
        return RuleSoFar(
            rule=one.rule,
            verdict=self._verdict(one, bool(missing)) if self.ended else None,
            checked=one.checked + (rest if self.ended else 0),
            findings=findings,
            held_back=held_back,
            open=rest,
            unknown=one.unknown,
            missing=missing,
        )

    def _verdict(self, one: RuleMonitor, lacking: bool) -> Verdict:
        if lacking:
            return Verdict.NOT_OBSERVABLE
        if one.of_rate:
            counted = one.outcome(one.open["event"][:0], one.open["event"][:0])
            if isinstance(counted, RateCount):
                return judged(one.rule, counted, self.recorded.as_log()).verdict or (
                    Verdict.UNDECIDED
                )
        if one.breached:
            return Verdict.BREACHED
        if one.unknown:
            return Verdict.NOT_OBSERVABLE
        return Verdict.UNDECIDED if len(one.open["event"]) else Verdict.SATISFIED


def _newer(now: Statement, before: Statement) -> Statement:
    return before if now.kinds is None else now


def _identity(policy: Policy, settings: Settings, monitor: StreamMonitor) -> str:
    checks = repr([(rule.rule_id, rule.check) for rule in policy.rules])
    digest = hashlib.blake2b(checks.encode(), digest_size=16).hexdigest()
    return "\n".join(
        (
            policy.name,
            digest,
            str(settings.lateness_us),
            str(settings.forget_after_us),
            str(monitor.reorder.to_us),
        )
    )
