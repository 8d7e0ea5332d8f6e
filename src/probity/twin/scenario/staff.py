"""What people do with an alert: operators, officers, engagements."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from probity.twin.scenario.quantity import ByGroup, Seconds, Section, Share, require_shares


class Adjudication(Section):
    """Who decides on an alert, how well, and how long it takes.

    Parameters
    ----------
    operators, officers : int
        At work at the same time in one deployment. With 0 officers nobody looks a second time.
    sensitivity, specificity : tables by group
        Share of mated alerts that an operator accepts, and of non-mated alerts that one rejects,
        at the threshold.
    officer_sensitivity, officer_specificity : tables by group
        The same for the officer's second look at what the operator accepted.
    automation_bias : float
        Log-odds of accepting gained for each 0.1 of score above the threshold.
    patience_s : Duration
        After it the person has gone, and the alert is lost to the officers.
    """

    operators: Annotated[int, Field(ge=1, le=1000)]
    officers: Annotated[int, Field(ge=0, le=1000)]
    operator_service_s: Seconds
    officer_service_s: Seconds
    sensitivity: ByGroup
    specificity: ByGroup
    officer_sensitivity: ByGroup
    officer_specificity: ByGroup
    automation_bias: Annotated[float, Field(ge=0, le=20)]
    patience_s: Seconds


class Disposals(Section):
    """What engagements end in; the shares sum to 1."""

    arrest: Share
    other: Share
    no_action: Share

    @model_validator(mode="after")
    def _sum(self) -> Self:
        require_shares(
            {"arrest": self.arrest, "other": self.other, "none": self.no_action}, "disposals"
        )
        return self


class Engagement(Section):
    """Officers speaking with a person.

    Parameters
    ----------
    stop_share : float
        Share of accepted alerts in which officers reach the person.
    identity_check_right_share : float
        Share of engagements whose check of identity finds the truth.
    force_share : table by group
        Share of engagements in which handcuffs or other force are used.
    disposal_if_true, disposal_if_false : Disposals
        By what the check of identity found.
    """

    duration_s: Seconds
    stop_share: Share
    identity_check_right_share: Share
    leaflet_share: Share
    force_share: ByGroup
    disposal_if_true: Disposals
    disposal_if_false: Disposals
