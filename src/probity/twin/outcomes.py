"""Outcomes of a replicate that two scenarios are compared by: a numerator and a denominator each.

A published record shows some of them; the others only a twin can know.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from probity.twin.history import History
from probity.twin.published_record import adjudicated_false
from probity.twin.scenario import LiveScenario
from probity.twin.stages import Flags, Floats, Ints

Unit = Literal["proportion", "number", "seconds"]

_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is measured.

    Parameters
    ----------
    name : str
        With unit and population.
    words : str
        The same for a reader.
    per : str
        What one unit of the denominator is. "year": the deployments of one replicate.
    unit : {"proportion", "number", "seconds"}
    published : bool
        The operator's record of each deployment shows its counts.
    """

    name: str
    words: str
    per: str
    unit: Unit = "number"
    published: bool = False


def measures_of(scenario: LiveScenario) -> tuple[Measure, ...]:
    """Measures of a scenario: the same for all but for its groups."""
    return (*_MEASURES, *(_of_group(name) for name in scenario.group_names))


def outcomes_of(history: History) -> Floats:
    """Numerators and denominators of ``measures_of``, (n_measures, 2). Test subjects are left out.

    People lost for lack of officers are those whose alert an operator accepted and who had gone
    before an officer was free to look; with no officers at all, everybody accepted.
    """
    counts, alerts, passes = history.counts, history.alerts, history.passes
    decisions = history.decisions
    real = ~alerts.seeded
    faces, total = counts.faces_seen.sum(), counts.alerts.sum()
    false = real & adjudicated_false(decisions)
    looked = real & (decisions.officer >= 0)
    listed = ~passes.seeded
    stranger = real & (alerts.person < 0)
    number_false = counts.false_alerts.sum()
    rows: list[tuple[float, float]] = [
        (number_false, faces),
        (number_false, total),
        (number_false, 1),
        (counts.true_confirmed.sum() + counts.true_unconfirmed.sum(), 1),
        (counts.arrests.sum(), 1),
        ((decisions.engaged_us >= 0).sum(), 1),
        ((real & decisions.operator_accepts & (decisions.officer < 0)).sum(), 1),
        (stranger.sum(), history.crowd.nonmated_passes.sum()),
        ((passes.alerted & listed).sum(), listed.sum()),
        (_seconds(decisions.operator_us - alerts.time_us, real), real.sum()),
        (_seconds(decisions.officer_us - alerts.time_us, looked), looked.sum()),
    ]
    by_group = np.bincount(alerts.group[false], minlength=len(history.scenario.groups))
    rows += [(number, number_false) for number in by_group.tolist()]
    return np.array(rows, np.float64)


_MEASURES = (
    Measure(
        name="false_alerts_per_face_seen",
        words="False alerts per face seen",
        per="face seen",
        unit="proportion",
        published=True,
    ),
    Measure(
        name="false_share_of_alerts",
        words="False share of alerts",
        per="alert",
        unit="proportion",
        published=True,
    ),
    Measure(name="false_alerts_per_year", words="False alerts a year", per="year", published=True),
    Measure(name="true_alerts_per_year", words="True alerts a year", per="year", published=True),
    Measure(name="arrests_per_year", words="Arrests a year", per="year", published=True),
    Measure(name="engagements_per_year", words="People spoken to a year", per="year"),
    Measure(
        name="people_lost_for_lack_of_officers_per_year",
        words="People lost for lack of officers, a year",
        per="year",
    ),
    Measure(
        name="fpir_per_nonmated_pass",
        words="FPIR, per pass of a person who is not listed",
        per="non-mated pass",
        unit="proportion",
    ),
    Measure(
        name="alerts_per_listed_pass",
        words="Listed passes that raise an alert (TPIR)",
        per="pass of a listed person",
        unit="proportion",
    ),
    Measure(
        name="mean_s_from_alert_to_operator_decision",
        words="Mean time from alert to the operator's decision",
        per="alert",
        unit="seconds",
    ),
    Measure(
        name="mean_s_from_alert_to_officer_decision",
        words="Mean time from alert to the officer's decision, where an officer looked",
        per="alert that an officer looked at",
        unit="seconds",
    ),
)


def _of_group(group: str) -> Measure:
    return Measure(
        name=f"share_of_false_alerts:{group}",
        words=f"Share of false alerts on people of group {group}",
        per="false alert",
        unit="proportion",
    )


def _seconds(waited_us: Ints, chosen: Flags) -> float:
    return float(waited_us[chosen].sum()) / _SECOND_US
