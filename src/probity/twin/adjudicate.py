"""What operators and officers make of alerts, and of the people they speak with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from probity.twin.draws import draw_duration
from probity.twin.queue import LEFT, PATIENT, Service, serve
from probity.twin.scenario import Disposals, Duration, LiveScenario, by_group
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Calendar, Decisions, Flags, Floats, Ints

NOT = -1
"""Time, person or disposal of a step that did not happen."""

FALSE, TRUE, UNCONFIRMED = 0, 1, 2
NO_ACTION, OTHER_DISPOSAL, ARREST = 0, 1, 2

_SCORE_UNIT = 0.1
_SECOND_US = 1_000_000
_STEP_UP_US = _SECOND_US
"""From an officer's decision to the first word: a person has to be walked up to."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Looks:
    """What everybody would decide and need, were they asked; each array (n_alerts,)."""

    operator_accepts: Flags
    officer_accepts: Flags
    reached: Flags
    operator_service_us: Ints
    officer_service_us: Ints
    patience_us: Ints
    duration_us: Ints

    @property
    def stops(self) -> Flags:
        """An officer who looks accepts, and reaches the person."""
        return self.officer_accepts & self.reached


def decide(
    scenario: LiveScenario, *, calendar: Calendar, alerts: Alerts, seeds: Seeds
) -> Decisions:
    """Two looks at every alert, and engagements, with the staff there is.

    Operators take alerts as they come, and none is lost to them. What an operator accepts goes
    to the officers on the ground; an officer who is free looks, and where they agree and reach
    the person, speaks with them, and is not free until that is over. An alert that no officer
    looked at before the person's patience ended is lost. Test subjects of the operator are
    recognised as such and not stopped.

    The probability of accepting is sensitivity (mated alerts) or 1 - specificity (non-mated) at
    the threshold, and its log-odds rise with the score by the automation bias.

    Parameters
    ----------
    alerts : Alerts
        By deployment and then by time; (n_alerts,).

    Returns
    -------
    Decisions
        Aligned with ``alerts``. Each alert is exactly one of: rejected by an operator, a test
        subject that one accepted, lost, rejected by an officer, accepted but not reached,
        engaged.
    """
    rng = seeds.stream("adjudication")
    looks = _looks(scenario, calendar, alerts, rng)
    staff = _teams(scenario, len(calendar.start_us), rng)
    n, work = len(alerts.deployment), scenario.adjudication

    first = serve(
        alerts.time_us,
        service_us=looks.operator_service_us,
        patience_us=np.full(n, PATIENT),
        queue=alerts.deployment,
        servers=np.full(len(calendar.start_us), work.operators),
    )
    operator_us = first.start_us + looks.operator_service_us

    asked = looks.operator_accepts & ~alerts.seeded
    second = _second_looks(
        alerts,
        looks,
        asked=asked,
        operator_us=operator_us,
        officers=np.full(len(staff), work.officers),
    )
    looked = second.start_us != LEFT
    officer_us = np.where(looked, second.start_us + looks.officer_service_us, NOT)
    engaged, engaged_us = looked & looks.stops, officer_us + _STEP_UP_US
    result = _result(scenario, alerts.mated, engaged, rng)
    return Decisions(
        operator=staff[alerts.deployment, first.server],
        officer=np.where(looked, staff[alerts.deployment, work.operators + second.server], NOT),
        operator_us=operator_us,
        officer_us=officer_us,
        operator_accepts=looks.operator_accepts,
        officer_accepts=looks.officer_accepts & looked,
        engaged_us=np.where(engaged, engaged_us, NOT),
        released_us=np.where(engaged, engaged_us + looks.duration_us, NOT),
        result=result,
        disposal=_disposal(scenario, result, engaged, rng),
    )


def concluded_us(decisions: Decisions) -> Ints:
    """When the last step on each alert was over, (n_alerts,)."""
    latest: Ints = np.maximum(
        np.maximum(decisions.operator_us, decisions.officer_us), decisions.released_us
    )
    return latest


def acceptance(share_at_threshold: Floats, *, above: Floats, bias: float) -> Floats:
    """Probability of accepting an alert: log-odds rise by ``bias`` per 0.1 of score.

    Parameters
    ----------
    share_at_threshold : float64, (n,)
        Accepted at the threshold; 0 and 1 stay what they are at any score.
    above : float64, (n,)
        Score minus threshold, on the vendor's scale.
    """
    raised = special.logit(share_at_threshold) + bias * above / _SCORE_UNIT
    accepted: Floats = special.expit(raised)
    return accepted


def _looks(
    scenario: LiveScenario, calendar: Calendar, alerts: Alerts, rng: np.random.Generator
) -> _Looks:
    n, work, names = len(alerts.deployment), scenario.adjudication, scenario.group_names
    above = alerts.score - calendar.threshold[alerts.deployment]

    def accepts(sensitivity: Floats, specificity: Floats) -> Flags:
        share = np.where(alerts.mated, sensitivity[alerts.group], 1 - specificity[alerts.group])
        accepted: Flags = rng.random(n) < acceptance(share, above=above, bias=work.automation_bias)
        return accepted

    def lasting(duration: Duration) -> Ints:
        return np.rint(draw_duration(duration, rng, size=n) * _SECOND_US).astype(np.int64)

    return _Looks(
        operator_accepts=accepts(
            by_group(work.sensitivity, names), by_group(work.specificity, names)
        ),
        officer_accepts=accepts(
            by_group(work.officer_sensitivity, names), by_group(work.officer_specificity, names)
        ),
        reached=rng.random(n) < scenario.engagement.stop_share,
        # Nobody decides in no time at all.
        operator_service_us=np.maximum(lasting(work.operator_service_s), 1),
        officer_service_us=lasting(work.officer_service_s),
        patience_us=lasting(work.patience_s),
        duration_us=lasting(scenario.engagement.duration_s),
    )


def _second_looks(
    alerts: Alerts, looks: _Looks, *, asked: Flags, operator_us: Ints, officers: Ints
) -> Service:
    """The officers' queue, in which accepted alerts stand in the order of their acceptance."""
    rows = np.flatnonzero(asked)
    rows = rows[np.lexsort((operator_us[rows], alerts.deployment[rows]))]
    busy_us = looks.officer_service_us + np.where(looks.stops, _STEP_UP_US + looks.duration_us, 0)
    served = serve(
        operator_us[rows],
        service_us=busy_us[rows],
        patience_us=(alerts.time_us + looks.patience_us - operator_us)[rows],
        queue=alerts.deployment[rows],
        servers=officers,
    )
    start_us, server = np.full((2, len(asked)), LEFT, np.int64)
    start_us[rows], server[rows] = served.start_us, served.server
    return Service(start_us=start_us, server=server)


def _teams(scenario: LiveScenario, deployments: int, rng: np.random.Generator) -> Ints:
    """Staff of each deployment, (n_deployments, operators + officers): nobody twice.

    Neighbours in one shuffled round of all staff; a team larger than the staff is all there is.
    """
    team = scenario.adjudication.operators + scenario.adjudication.officers
    staff = rng.permutation(max(scenario.training.staff, team))
    from_member = rng.integers(len(staff), size=deployments)
    chosen: Ints = staff[(from_member[:, None] + np.arange(team)) % len(staff)].astype(np.int64)
    return chosen


def _result(
    scenario: LiveScenario, mated: Flags, engaged: Flags, rng: np.random.Generator
) -> NDArray[np.int8]:
    right = rng.random(len(mated)) < scenario.engagement.identity_check_right_share
    found = np.where(mated == right, TRUE, FALSE)
    return np.where(engaged, found, UNCONFIRMED).astype(np.int8)


def _disposal(
    scenario: LiveScenario,
    result: NDArray[np.int8],
    engaged: Flags,
    rng: np.random.Generator,
) -> NDArray[np.int8]:
    drawn = rng.random(len(result))

    def of(shares: Disposals) -> Ints:
        return np.select(
            [drawn < shares.arrest, drawn < shares.arrest + shares.other],
            [ARREST, OTHER_DISPOSAL],
            NO_ACTION,
        )

    chosen = np.where(
        result == TRUE,
        of(scenario.engagement.disposal_if_true),
        of(scenario.engagement.disposal_if_false),
    )
    return np.where(engaged, chosen, NOT).astype(np.int8)
