"""What-if questions: one scenario with a value changed step by step, each step beside the base."""

from collections.abc import Sequence
from dataclasses import dataclass

from probity.core import InputError
from probity.core.errors import printable
from probity.twin.changes import changed, values_to_try
from probity.twin.compare import Compared, Done, Side, compare, run_side
from probity.twin.replicates import Workers
from probity.twin.scenario import LiveScenario

MOST_POINTS = 1_000
"""Points of all questions of one document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vary:
    """A value to be changed, and to what.

    Parameters
    ----------
    key : str
        Dotted, as in ``changes.changed``.
    values : tuple of number
        Ascending.
    """

    key: str
    values: tuple[float | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One step; ``value`` is None where two scenarios of different files are compared."""

    value: float | int | None
    side: Side
    measures: tuple[Compared, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """All steps of one value; ``key`` is None where two scenarios are compared."""

    key: str | None
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """A base, and questions asked of it."""

    base: Side
    seed: int
    replicates: int
    level: float
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Scenarios to be run, all valid: nothing has run yet.

    Parameters
    ----------
    base : LiveScenario
    base_changes : tuple of str
        What made it of the scenario of its name.
    questions : sequence of (key, sequence of (value, changes, scenario))
    """

    base: LiveScenario
    base_changes: tuple[str, ...]
    questions: tuple[tuple[str | None, tuple["Step", ...]], ...]

    @property
    def sides(self) -> int:
        """Scenarios to run."""
        return 1 + sum(len(steps) for _, steps in self.questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A scenario to be run, and how it came about."""

    value: float | int | None
    changes: tuple[str, ...]
    scenario: LiveScenario


def vary_of(text: str) -> Vary:
    """Parse ``KEY=FROM:TO:STEP`` or ``KEY=VALUE,VALUE``.

    Raises
    ------
    InputError
        It is neither.
    """
    key, equals, values = text.rpartition("=")
    if not equals or not key.strip():
        raise InputError(
            "not a value to vary", got=text, allowed="KEY=FROM:TO:STEP or KEY=VALUE,VALUE"
        )
    return Vary(key=key.strip(), values=values_to_try(printable(key.strip()), values))


def ask_of_two(first: LiveScenario, second: LiveScenario, *, changes: Sequence[str] = ()) -> Asked:
    """Two scenarios; ``changes`` are made to the second.

    Raises
    ------
    InputError
        A change cannot be made.
    """
    step = Step(value=None, changes=tuple(changes), scenario=_live(second, changes))
    return Asked(base=first, base_changes=(), questions=((None, (step,)),))


def ask_of_values(
    scenario: LiveScenario, varied: Sequence[Vary], *, changes: Sequence[str] = ()
) -> Asked:
    """One scenario with values varied one at a time; ``changes`` are made to it first.

    Raises
    ------
    InputError
        A change cannot be made, or there are more than ``MOST_POINTS`` points.
    """
    if sum(len(one.values) for one in varied) > MOST_POINTS:
        raise InputError("too many points", allowed=f"at most {MOST_POINTS:,} together")
    base = _live(scenario, changes)
    questions = []
    for one in varied:
        steps = [(value, (*changes, f"{one.key}={value}")) for value in one.values]
        questions.append(
            (
                one.key,
                tuple(
                    Step(value=value, changes=made, scenario=_live(scenario, made))
                    for value, made in steps
                ),
            )
        )
    return Asked(base=base, base_changes=tuple(changes), questions=tuple(questions))


def answer(
    asked: Asked,
    *,
    seed: int,
    replicates: int,
    workers: Workers = 1,
    level: float = 0.95,
    done: Done | None = None,
) -> WhatIf:
    """Run the base and every step, and compare each step with the base.

    Parameters
    ----------
    done : callable, optional
        Called ``asked.sides * replicates`` times, for showing progress.
    """

    def ran(scenario: LiveScenario, changes: tuple[str, ...]) -> Side:
        return run_side(
            scenario,
            base=asked.base,
            seed=seed,
            replicates=replicates,
            changes=changes,
            workers=workers,
            done=done,
        )

    base = ran(asked.base, asked.base_changes)
    questions = []
    for key, steps in asked.questions:
        points = []
        for step in steps:
            side = ran(step.scenario, step.changes)
            measures = compare(base, side, level=level)
            points.append(Point(value=step.value, side=side, measures=measures))
        questions.append(Question(key=key, points=tuple(points)))
    return WhatIf(
        base=base, seed=seed, replicates=replicates, level=level, questions=tuple(questions)
    )


def _live(scenario: LiveScenario, changes: Sequence[str]) -> LiveScenario:
    made = changed(scenario, changes)
    if not isinstance(made, LiveScenario):
        raise InputError("a change cannot make another mode of a scenario", allowed='"live"')
    return made
