"""Logs with planted faults, and what an auditor says of them beside the answer key.

One system keeps every rule of the policies that can bind one force at the same time. Two
policies contradict it: Essex and Suffolk work at another threshold, and Greater Manchester
records nothing. ``SYSTEMS`` has such a system for each.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np

from probity.audit.audit import Engine, audit
from probity.audit.log import open_log
from probity.audit.log.event_log import LogProblem
from probity.audit.log.limits import MAX_EXAMPLES
from probity.audit.outcome import Verdict
from probity.audit.policy_file import known_policies, load_policy
from probity.audit.rule import Policy, RateRule, Rule
from probity.audit.verdict import RuleResult
from probity.twin.event_log import live_events, live_header
from probity.twin.event_writer import write_log
from probity.twin.faults.catalogue import FAULTS
from probity.twin.faults.damage import Damage
from probity.twin.faults.fault import Fault
from probity.twin.faults.planting import Planting
from probity.twin.history import History
from probity.twin.watchlists import Watchlists
from twin_people import categories, small_history


@dataclass(frozen=True)
class Size:
    """How large a log is: ``alerts`` and ``faces`` in each deployment, ``images`` on its list."""

    deployments: int
    alerts: int
    faces: int
    images: int


LIVE_FAULTS = {name: fault for name, fault in FAULTS.items() if "live" in fault.modes}
USUAL = Size(deployments=8, alerts=14, faces=60, images=40)
TINY = Size(deployments=3, alerts=6, faces=16, images=12)


@dataclass(frozen=True)
class System:
    """A system that keeps the rules of every policy but ``not_bound``."""

    name: str
    threshold: float
    records: bool
    not_bound: tuple[str, ...]


SYSTEMS = {
    one.name: one
    for one in (
        System("records, threshold 0.64", 0.64, True, ("essex-suffolk", "gmp-lfr")),
        System("records nothing", 0.64, False, ("essex-suffolk",)),
        System(
            "threshold 0.55",
            0.55,
            True,
            (
                "gmp-lfr",
                "met-lfr-2024-09",
                "home-office-2026",
                "south-wales-current",
                "npl-2023",
            ),
        ),
    )
}


@cache
def system_history(name: str, size: Size) -> tuple[History, Watchlists]:
    """A replicate of a system, and its watchlists."""
    return small_history(
        each=size.alerts,
        faces=size.faces,
        deployments=size.deployments,
        seeded_share=0.0,
        list_size=size.images,
        recogniser__threshold=SYSTEMS[name].threshold,
        watchlist__pool_size=400,
        notice__channel="social media",
        authority__urgent_share=0.0,
        authority__purpose="imminent threat",
        adjudication__specificity={"all": 1.0},
        engagement__identity_check_right_share=1.0,
        retention__exceptions=[],
    )


def kind_judged(rule: Rule) -> str:
    """Kind of the events that are instances of a rule, which a log can decide."""
    assert rule.check is not None
    return rule.check.of.kind if isinstance(rule.check, RateRule) else rule.check.for_each.kind


@cache
def everything() -> Policy:
    """The rules on live recognition of all bundled policies as one; an id is "policy/rule".

    Rules that check the same are one here: ``aliases`` has the others.
    """
    rules = {
        f"{name}/{rule.rule_id}": rule
        for name in known_policies()
        for rule in load_policy(name).rules
        if rule.check is not None and not kind_judged(rule).startswith("search.")
    }
    return replace(
        load_policy("met-lfr-2024-09"),
        rules=tuple(replace(rule, rule_id=name) for name, rule in rules.items()),
    )


@cache
def aliases() -> dict[str, tuple[str, ...]]:
    """The first rule of each check, and all rules that check the same."""
    same: dict[str, list[str]] = {}
    for rule in everything().rules:
        same.setdefault(repr(rule.check), []).append(rule.rule_id)
    return {names[0]: tuple(names) for names in same.values()}


def bound(system: System) -> frozenset[str]:
    """Rules of the policies that bind a system."""
    return frozenset(
        rule.rule_id
        for rule in everything().rules
        if rule.rule_id.split("/")[0] not in system.not_bound
    )


@dataclass(frozen=True)
class Written:
    """A log on disk, and its key."""

    path: Path
    system: System
    planting: Planting

    @property
    def planted(self) -> Counter[tuple[str, int | None]]:
        """Rule and event in breach, by how many faults; None for a rule that counts."""
        expected: Counter[tuple[str, int | None]] = Counter()
        for answer in self.planting.answers:
            for breaches in answer.breaches:
                for rule in breaches.rules:
                    numbers = (None,) if rule in rates() else breaches.events
                    expected.update((rule, number) for number in numbers)
        return expected


@cache
def rates() -> frozenset[str]:
    return frozenset(r.rule_id for r in everything().rules if isinstance(r.check, RateRule))


def write(
    path: Path,
    system: System,
    faults: Sequence[Fault | Damage],
    *,
    seed: int,
    size: Size = USUAL,
) -> Written:
    """Write the log of a system with these faults."""
    history, lists = system_history(system.name, size)
    planting = Planting(
        faults,
        deployments=size.deployments,
        faces=int(history.crowd.faces_seen.sum()),
        seeds=history.seeds,
        plant_seed=seed,
        ids=history.ids,
    )
    header = planting.header(live_header(history))
    events = live_events(
        history, watchlists=lists, category=categories(history), until_us=header.to_us
    )
    if not system.records:
        events = ([p for p in parts if not p.kind.startswith("footage")] for parts in events)
    write_log(
        path,
        planting.through(events),
        header=header,
        further=planting.further,
        last=planting.damaged,
    )
    return Written(path, system, planting)


@dataclass(frozen=True)
class Said:
    """What the auditor says of a log: breaches by rule and event, and problems by kind."""

    found: set[tuple[str, int | None]]
    problems: dict[str, list[LogProblem]]
    events: int

    def names(self, kind: str, events: tuple[int, ...]) -> bool:
        """Whether the problem is reported, with all of its events and no other."""
        found = self.problems.get(kind, [])
        if kind == "out of order":
            return any(one.examples[: len(events)] == events[:MAX_EXAMPLES] for one in found)
        return [problem.count for problem in found] == [len(events)]


@dataclass(frozen=True)
class Auditor:
    """The auditor, or one that is wrong on purpose.

    Parameters
    ----------
    without : tuple of str
        Rules it does not run.
    confusing : mapping of str to str
        Rules that it judges as if they were others.
    """

    engine: Engine = "duckdb"
    without: tuple[str, ...] = ()
    confusing: Mapping[str, str] = field(default_factory=dict)


def found_in(written: Written, auditor: Auditor) -> Said:
    """Audit a log against every policy that binds its system."""
    first = tuple(rule for rule in everything().rules if rule.rule_id in aliases())
    problems: dict[str, list[LogProblem]] = {}
    with open_log(written.path) as log:
        result = audit(log, replace(everything(), rules=first), engine=auditor.engine)
        events = log.events
        for problem in log.problems:
            problems.setdefault(problem.kind.value, []).append(problem)
    by_rule = {name: _breaches(one) for one in result.rules for name in aliases()[one.rule.rule_id]}
    by_rule |= {rule: by_rule[other] for rule, other in auditor.confusing.items()}
    judged = bound(written.system).difference(auditor.without)
    found = {(name, number) for name in judged for number in by_rule[name]}
    return Said(found, problems, events)


def _breaches(result: RuleResult) -> Iterable[int | None]:
    if isinstance(result.rule.check, RateRule):
        return [None] if result.verdict is Verdict.BREACHED else []
    return result.breached.tolist()


@dataclass
class Score:
    """Of one rule over many logs."""

    planted: int = 0
    found: int = 0
    false: int = 0
    logs: int = 0

    @property
    def missed(self) -> int:
        return self.planted - self.found


@dataclass
class ScoreSheet:
    """What the auditor found and missed, by rule; and the faults that were planted."""

    rules: dict[str, Score] = field(default_factory=dict)
    problems: dict[str, Score] = field(default_factory=dict)
    faults: Counter[str] = field(default_factory=Counter)
    logs: int = 0
    events: int = 0
    findings: int = 0

    def add(self, written: Written, said: Said) -> None:
        expected = {one for one in written.planted if one[0] in bound(written.system)}
        self.logs += 1
        self.events += said.events
        self.findings += len(said.found)
        for rule in {rule for rule, _ in expected}:
            self.score(rule).logs += 1
        for rule, _ in expected:
            self.score(rule).planted += 1
        for rule, _ in expected & said.found:
            self.score(rule).found += 1
        for rule, _ in said.found - expected:
            self.score(rule).false += 1
        self._add_problems(written, said)
        self.faults.update(answer.fault for answer in written.planting.answers)

    def _add_problems(self, written: Written, said: Said) -> None:
        planted = {a.problem: a.events for a in written.planting.answers if a.problem and a.events}
        for kind, events in planted.items():
            score = self.problems.setdefault(kind, Score())
            score.logs += 1
            score.planted += 1
            score.found += said.names(kind, events)
        # Deployments overlap in time, so that every log of several has events out of order.
        for kind in said.problems.keys() - planted.keys() - {"out of order"}:
            self.problems.setdefault(kind, Score()).false += 1

    def score(self, rule: str) -> Score:
        return self.rules.setdefault(rule, Score())


def random_faults(rng: np.random.Generator, *, system: System) -> list[Fault | Damage]:
    """Between 4 and 24 faults, such that they can be planted in this system."""
    names = [
        name
        for name in LIVE_FAULTS
        if (name != "footage-recorded" or not system.records)
        and (not name.startswith("footage-") or name == "footage-recorded" or system.records)
    ]
    number = int(rng.integers(4, 25))
    drawn = set(rng.choice(names, size=number, replace=False).tolist())
    return [fault for name, fault in LIVE_FAULTS.items() if name in drawn]


def audited(logs: int, directory: Path, *, seed: int, auditor: Auditor | None = None) -> ScoreSheet:
    """Plant random faults in so many logs and audit each; the systems take turns."""
    tested = ScoreSheet()
    systems = list(SYSTEMS.values())
    rng = np.random.default_rng(seed)
    for number in range(logs):
        system = systems[number % len(systems)]
        faults = random_faults(rng, system=system)
        written = write(directory / "log.parquet", system, faults, seed=seed + number)
        tested.add(written, found_in(written, auditor or Auditor()))
    return tested
