"""Deletion clocks: when each thing that live recognition keeps is deleted."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from probity.twin.adjudicate import NOT, concluded_us
from probity.twin.arrange import Arrangements
from probity.twin.draws import draw_duration
from probity.twin.scenario import DATA_CLASSES, DataClass, Duration, LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Calendar, Decisions, Ints

DAY_US = 86_400_000_000
_SECOND_US = 1_000_000
_PER_ALERT: tuple[DataClass, ...] = ("template", "alert")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deletion:
    """Deletion of each thing of one class, (n,).

    Parameters
    ----------
    deleted_us : int64
    due_us : int64
        When its clock would have deleted it: earlier than ``deleted_us`` where an exception
        keeps it.
    exception : int64
        Number of the scenario's exception that keeps it, ``NOT`` where none does.
    """

    deleted_us: Ints
    due_us: Ints
    exception: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Deletions:
    """Deletions of a replicate: of templates and alerts by alert, of the others by deployment.

    Templates are those that alerts were raised on; for the many others see
    ``passing_templates_us``.
    """

    template: Deletion
    alert: Deletion
    watchlist: Deletion
    medium: Deletion
    footage: Deletion

    def of(self, data_class: DataClass) -> Deletion:
        """Deletions of one class of data."""
        deletion: Deletion = getattr(self, data_class)
        return deletion


def delete(
    scenario: LiveScenario,
    *,
    calendar: Calendar,
    arrangements: Arrangements,
    alerts: Alerts,
    decisions: Decisions,
    seeds: Seeds,
) -> Deletions:
    """Run every clock of the scenario.

    A clock counts from the making of the thing (a template, an alert, a list when compiled, a
    medium when written, footage when the recording is closed at the end), from the end of the
    deployment, or from the deletion of another class of data: where that class has many things
    and this one is one for each deployment, from the last of them.

    An alert is not deleted before its last step is over. The clock of its template counts from
    the operator's decision, for which the template is kept; what the system still holds when it
    is switched off, it forgets then.
    """
    rng = seeds.stream("retention")
    made = {
        "template": decisions.operator_us,
        "alert": alerts.time_us,
        "watchlist": arrangements.compiled_us,
        "medium": arrangements.written_us,
        "footage": calendar.end_us,
    }
    in_use = {"alert": concluded_us(decisions)}
    found: dict[DataClass, Deletion] = {}
    for data_class in _in_order(scenario):
        clock = scenario.retention.clock(data_class)
        if clock.after == "made":
            from_us = made[data_class]
        elif clock.after == "deployment-end":
            from_us = _aligned(calendar.end_us, "footage", data_class, calendar, alerts)
        else:
            from_us = _aligned(
                found[clock.after].deleted_us, clock.after, data_class, calendar, alerts
            )
        due_us = from_us + _lasting(clock.delay_s, rng, len(from_us))
        due_us = np.maximum(due_us, in_use.get(data_class, due_us))
        if data_class == "template" and clock.after == "made":
            due_us = np.minimum(due_us, calendar.end_us[alerts.deployment])
        found[data_class] = _with_exceptions(scenario, data_class, made, due_us, rng)
    return Deletions(**found)


def passing_templates_us(
    scenario: LiveScenario,
    created_us: Ints,
    *,
    deployment: int,
    end_us: int,
    deletions: Deletions,
    alerts: Alerts,
    rng: np.random.Generator,
) -> Ints:
    """When the templates of one deployment that no alert was raised on are deleted, (n,).

    A clock that counts from the deletion of alerts counts from the last one's, and from the end
    where there was none.
    """
    clock = scenario.retention.template
    delay_us = _lasting(clock.delay_s, rng, len(created_us))
    if clock.after == "made":
        deleted: Ints = np.maximum(np.minimum(created_us + delay_us, end_us), created_us)
        return deleted
    if clock.after == "deployment-end":
        return end_us + delay_us
    if clock.after == "alert":
        of_deployment = deletions.alert.deleted_us[alerts.deployment == deployment]
        return int(of_deployment.max(initial=end_us)) + delay_us
    return int(deletions.of(clock.after).deleted_us[deployment]) + delay_us


def _in_order(scenario: LiveScenario) -> list[DataClass]:
    """Classes of data, each after the one that its clock waits for; a scenario has no circle."""
    ordered: list[DataClass] = []

    def place(data_class: DataClass) -> None:
        match scenario.retention.clock(data_class).after:
            case "made" | "deployment-end":
                pass
            case after:
                place(after)
        if data_class not in ordered:
            ordered.append(data_class)

    for data_class in DATA_CLASSES:
        place(data_class)
    return ordered


def _aligned(
    times_us: Ints, of: DataClass, to: DataClass, calendar: Calendar, alerts: Alerts
) -> Ints:
    """Times of one class of data for the things of another."""
    if (of in _PER_ALERT) == (to in _PER_ALERT):
        return times_us
    if to in _PER_ALERT:
        return times_us[alerts.deployment]
    last_us = calendar.end_us.copy()
    np.maximum.at(last_us, alerts.deployment, times_us)
    return last_us


def _with_exceptions(
    scenario: LiveScenario,
    data_class: DataClass,
    made: Mapping[str, Ints],
    due_us: Ints,
    rng: np.random.Generator,
) -> Deletion:
    """What a stated ground keeps is kept for the days it says from its making."""
    deleted_us = due_us
    exception = np.full(len(due_us), NOT)
    drawn = rng.random(len(due_us))
    share = 0.0
    for number, stated in enumerate(scenario.retention.exceptions):
        if stated.data_class != data_class:
            continue
        kept = (share <= drawn) & (drawn < share + stated.share)
        share += stated.share
        until_us = made[data_class] + np.rint(
            draw_duration(stated.kept_days, rng, size=len(due_us)) * DAY_US
        ).astype(np.int64)
        deleted_us = np.where(kept, np.maximum(until_us, due_us), deleted_us)
        exception = np.where(kept, number, exception)
    return Deletion(deleted_us=deleted_us, due_us=due_us, exception=exception)


def _lasting(duration: Duration, rng: np.random.Generator, size: int) -> Ints:
    return np.rint(draw_duration(duration, rng, size=size) * _SECOND_US).astype(np.int64)
