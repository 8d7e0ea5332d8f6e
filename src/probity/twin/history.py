"""All that happened in one replicate of a live scenario, stage by stage."""

from dataclasses import dataclass

import numpy as np

from probity.twin.adjudicate import concluded_us, decide
from probity.twin.arrange import Arrangements, arrange
from probity.twin.published_record import RecordRows, Tally, record_csv, tally
from probity.twin.random_ids import RandomIds, make_ids
from probity.twin.retain import Deletions, delete
from probity.twin.scenario import LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Calendar, Crowd, Decisions, Ints, Passes

_AFTER_THE_LAST_STEP_US = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """What every stage gave; see the class of each part."""

    scenario: LiveScenario
    seeds: Seeds
    calendar: Calendar
    crowd: Crowd
    passes: Passes
    alerts: Alerts
    arrangements: Arrangements
    decisions: Decisions
    deletions: Deletions
    counts: Tally
    ids: RandomIds
    published_us: Ints
    """When each record was published, (n_deployments,): after the last step on any alert."""

    def use_case(self, d: int) -> str:
        """Use case of a deployment in the operator's words."""
        return tuple(self.scenario.calendar.use_cases)[int(self.arrangements.use_case[d])]

    def exception_code(self, number: int) -> str:
        """Stated ground of one of the scenario's exceptions from a deletion clock."""
        return self.scenario.retention.exceptions[number].code

    def record(self) -> bytes:
        """The operator's published record as CSV."""
        places = self.scenario.places
        rows = RecordRows(
            force=self.scenario.force,
            place=tuple(places[p].name for p in self.calendar.place.tolist()),
            use_case=tuple(self.use_case(d) for d in range(len(self.calendar.start_us))),
            start_us=self.calendar.start_us,
            end_us=self.calendar.end_us,
            watchlist_size=self.calendar.watchlist_size,
            threshold=self.calendar.threshold,
        )
        return record_csv(rows, self.counts)


def follow(
    scenario: LiveScenario,
    *,
    seeds: Seeds,
    calendar: Calendar,
    crowd: Crowd,
    passes: Passes,
    alerts: Alerts,
) -> History:
    """What people and clocks make of the alerts of one replicate: every stage after the alert."""
    arrangements = arrange(scenario, calendar=calendar, seeds=seeds)
    decisions = decide(scenario, calendar=calendar, alerts=alerts, seeds=seeds)
    deletions = delete(
        scenario,
        calendar=calendar,
        arrangements=arrangements,
        alerts=alerts,
        decisions=decisions,
        seeds=seeds,
    )
    published_us = arrangements.published_us.copy()
    np.maximum.at(
        published_us, alerts.deployment, concluded_us(decisions) + _AFTER_THE_LAST_STEP_US
    )
    return History(
        scenario=scenario,
        seeds=seeds,
        calendar=calendar,
        crowd=crowd,
        passes=passes,
        alerts=alerts,
        arrangements=arrangements,
        decisions=decisions,
        deletions=deletions,
        counts=tally(faces_seen=crowd.faces_seen, alerts=alerts, decisions=decisions),
        ids=make_ids(seeds.stream("ids")),
        published_us=published_us,
    )
