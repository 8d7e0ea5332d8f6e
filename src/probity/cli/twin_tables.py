"""Runs and scenarios of the twin as a person reads them, and as JSON."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from probity.core import Rate, Undefined
from probity.stats.interval import clopper_pearson
from probity.twin.replicates import Run
from probity.twin.scenario import Assumed, Published, Scenario
from probity.twin.scenario_file import scenario_digest
from probity.twin.searches.history import SearchTotals
from probity.twin.searches.run import SearchRun
from probity.twin.totals import Totals


@dataclass(frozen=True, slots=True)
class ScenarioSummary:
    """A bundled scenario in one line: how many of its values are published or assumed."""

    name: str
    mode: str
    title: str
    published: int
    assumed: int


def scenario_summary(scenario: Scenario) -> ScenarioSummary:
    """Count where the values of a scenario come from."""
    stated = [scenario.provenance_of(one) for one in scenario.parameters()]
    return ScenarioSummary(
        scenario.name,
        scenario.mode,
        scenario.title,
        sum(isinstance(one, Published) for one in stated),
        sum(isinstance(one, Assumed) for one in stated),
    )


def print_scenarios(scenarios: Iterable[Scenario]) -> None:
    """Print a line for each scenario."""
    for one in map(scenario_summary, scenarios):
        _line(f"{one.name}  ({one.mode})")
        _line(f"    {one.title}")
        _line(f"    {one.published} values from published figures, {one.assumed} assumed")


def print_scenario(scenario: Scenario) -> None:
    """Print every value with its source, or with the reason why it was assumed."""
    _line(f"{scenario.name}: {scenario.title}")
    said = ""
    for name, value in _values(scenario.model_dump(), set(scenario.parameters())):
        stated = scenario.provenance_of(name)
        words = _words(stated)
        if words != said:
            _line(f"\n{words}")
            said = words
        _line(f"  {name} = {value}")
    if scenario.sources:
        _line("\nSources")
    for source in scenario.sources:
        _line(f"  {source.id} ({source.status}): {source.publisher}, {source.title}, {source.url}")


def print_run(
    run: Run | SearchRun, totals: Sequence[Totals] | Sequence[SearchTotals], *, out: Path
) -> None:
    """Print the counts of replicate 0 and, with several, the spread over them."""
    first = totals[0]
    _line(f"{run.scenario.title}")
    _line(f"seed {run.seed}, replicates {len(totals)}, written to {out}")
    if isinstance(first, Totals):
        _line(f"\nReplicate 0: {first.deployments:,} deployments, {first.faces_seen:,} faces seen,")
        _line(
            f"{first.alerts:,} alerts, {first.true_alerts:,} adjudicated true, "
            f"{first.false_alerts:,} false, {first.arrests:,} arrests"
        )
    else:
        _line(f"\nReplicate 0: {first.searches:,} searches, {first.candidates:,} candidates,")
        _line(
            f"{first.accepted:,} accepted on review, {first.corroborated:,} corroborated, "
            f"{first.acted_on:,} acted on"
        )
    _line("\nAs an operator or a test would report it (95% interval)")
    for name, count in first.counts.items():
        _line(f"  {name}: {_rate(clopper_pearson(count))}")
    _line("\nTruth, which nobody outside the twin knows")
    for name, count in first.truths.items():
        _line(f"  {name}: {_rate(clopper_pearson(count))}")
    if len(totals) > 1:
        _line(f"\nOver {len(totals):,} replicates: mean, and the middle 95%")
        for name, spread in _spreads(totals).items():
            _line(
                f"  {name}: {spread['mean']:,.6g} ({spread['low']:,.6g} to {spread['high']:,.6g})"
            )


def run_json(
    run: Run | SearchRun,
    totals: Sequence[Totals] | Sequence[SearchTotals],
    *,
    events: int | None,
) -> dict[str, Any]:
    """The run as a document: counts of replicate 0, rates, and the spread over replicates."""
    first = totals[0]
    return {
        "schema": "probity/twin-summary/1",
        "scenario": run.scenario.name,
        "scenario_sha256": scenario_digest(run.scenario),
        "seed": run.seed,
        "replicates": len(totals),
        "events": events,
        "first": asdict(first),
        "reported": {name: _json(clopper_pearson(c)) for name, c in first.counts.items()},
        "truth": {name: _json(clopper_pearson(c)) for name, c in first.truths.items()},
        "spread": _spreads(totals) if len(totals) > 1 else None,
    }


def _spreads(totals: Sequence[Totals] | Sequence[SearchTotals]) -> dict[str, dict[str, float]]:
    rows = [asdict(one) for one in totals]
    spreads = {}
    for name in rows[0]:
        if name == "replicate":
            continue
        values = np.array([row[name] for row in rows], np.float64)
        low, high = np.quantile(values, [0.025, 0.975])
        spreads[name] = {"mean": float(values.mean()), "low": float(low), "high": float(high)}
    return spreads


def _rate(rate: Rate | Undefined) -> str:
    if isinstance(rate, Undefined):
        return rate.reason
    count = rate.count
    return (
        f"{count.k:,} of {count.n:,} {count.population} = {count.k / count.n:.4g} "
        f"({rate.low:.4g} to {rate.high:.4g})"
    )


def _json(rate: Rate | Undefined) -> dict[str, Any]:
    if isinstance(rate, Undefined):
        return {"undefined": rate.reason}
    return {
        "k": rate.count.k,
        "n": rate.count.n,
        "population": rate.count.population,
        "value": rate.count.k / rate.count.n,
        "low": rate.low,
        "high": rate.high,
        "level": rate.level,
        "method": rate.method,
    }


def _values(value: Any, wanted: set[str], path: str = "") -> Iterable[tuple[str, Any]]:
    if path in wanted:
        yield path, value
    elif isinstance(value, dict):
        for key, below in value.items():
            yield from _values(below, wanted, f"{path}.{key}" if path else key)


def _words(stated: Published | Assumed | None) -> str:
    if isinstance(stated, Published):
        return f"Published ({stated.source})" + (f": {stated.how}" if stated.how else "")
    return f"Assumed: {stated.assumed}" if stated is not None else "Not stated where from"


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
