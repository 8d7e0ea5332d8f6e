"""What-if answers for people to read."""

import sys
from collections.abc import Sequence

from rich.console import Console

from probity.cli.measure_tables import print_table
from probity.core import Estimate, Undefined
from probity.core.errors import printable
from probity.twin.compare import Apart
from probity.twin.what_if import Question, WhatIf


def print_what_if(found: WhatIf, *, only: Sequence[str] = ()) -> None:
    """A table for each question: a row for each point and measure.

    Parameters
    ----------
    only : sequence of str
        Names of measures to print; all where empty.
    """
    base = found.base
    _line(f"{base.scenario.title}")
    for change in base.changes:
        _line(f"changed: {printable(change)}")
    _line(
        f"seed {found.seed}, {found.replicates} replicates of {base.deployments:,} deployments "
        f"(a year), {100 * found.level:g}% intervals"
    )
    for question in found.questions:
        _line("")
        _print_question(question, only)
    _line("")
    _line(
        "A year tells them apart where the exact test of the two published counts would find the "
        "difference with a probability of 0.8."
    )


def _print_question(question: Question, only: Sequence[str]) -> None:
    rows = [
        (
            point.side.scenario.name if point.value is None else f"{point.value:,g}",
            one.measure.name,
            _said(one.first),
            _said(one.second),
            _said(one.difference),
            _said(one.ratio),
            *_apart(one.apart, published=one.measure.published),
        )
        for point in question.points
        for one in point.measures
        if not only or one.measure.name in only
    ]
    if question.key is None:
        for change in question.points[0].side.changes:
            _line(f"changed: {printable(change)}")
    headings = (
        question.key or "scenario",
        "measure",
        "base",
        "here",
        "difference",
        "ratio",
        "told apart in a year",
        "deployments needed",
    )
    print_table(Console(), headings, rows)


def _said(found: Estimate | Undefined) -> str:
    if isinstance(found, Undefined):
        return f"undefined: {found.reason}"
    return f"{found.value:.4g} ({found.low:.3g} to {found.high:.3g})"


def _apart(apart: Apart | None, *, published: bool) -> tuple[str, str]:
    if apart is None:
        return ("undefined" if published else "not published", "")
    needed = "over a million" if apart.deployments is None else f"{apart.deployments:,}"
    return (f"{'yes' if apart.possible else 'no'} (power {apart.power:.2f})", needed)


def _line(text: str) -> None:
    sys.stdout.write(text + "\n")
