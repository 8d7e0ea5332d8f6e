"""Sums of one replicate: what the record shows, and the truth behind it."""

from dataclasses import dataclass

import numpy as np

from probity.core import Count
from probity.twin.history import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts of one replicate. Test subjects are in ``seeded_...`` alone.

    Parameters
    ----------
    true_alerts, false_alerts : int
        As the officers adjudicated them, confirmed and unconfirmed.
    mated_alerts, nonmated_alerts : int
        Truth: the best candidate is, or is not, the person who passed.
    listed_passes, listed_alerts : int
        Truth: passes of people on the list, and those that raised an alert.
    most_false_alerts : int
        In one deployment.
    """

    replicate: int
    deployments: int
    faces_seen: int
    alerts: int
    true_alerts: int
    false_alerts: int
    arrests: int
    engagements: int
    deployments_without_false_alert: int
    most_false_alerts: int
    seeded_passes: int
    seeded_alerts: int
    mated_alerts: int
    nonmated_alerts: int
    listed_passes: int
    listed_alerts: int

    @property
    def counts(self) -> dict[str, Count]:
        """Rates that an operator or a test reports, as counts with their populations."""
        return {
            "alerts_per_face_seen": Count(self.alerts, self.faces_seen, "faces seen"),
            "false_alerts_per_face_seen": Count(self.false_alerts, self.faces_seen, "faces seen"),
            "false_share_of_alerts": Count(self.false_alerts, self.alerts, "alerts"),
            "tpir_of_test_subjects": Count(
                self.seeded_alerts, self.seeded_passes, "passes of test subjects"
            ),
        }

    @property
    def truths(self) -> dict[str, Count]:
        """The same, as nobody outside a twin can know them."""
        return {
            "nonmated_alerts_per_face_seen": Count(
                self.nonmated_alerts, self.faces_seen, "faces seen"
            ),
            "nonmated_share_of_alerts": Count(self.nonmated_alerts, self.alerts, "alerts"),
            "tpir_of_listed_people": Count(
                self.listed_alerts, self.listed_passes, "passes of listed people"
            ),
        }


def totals_of(history: History, *, replicate: int) -> Totals:
    """Sums over the deployments of one replicate."""
    counts, alerts, passes = history.counts, history.alerts, history.passes
    real = ~alerts.seeded
    false = counts.false_alerts
    return Totals(
        replicate=replicate,
        deployments=len(history.calendar.start_us),
        faces_seen=int(counts.faces_seen.sum()),
        alerts=int(counts.alerts.sum()),
        true_alerts=int(counts.true_confirmed.sum() + counts.true_unconfirmed.sum()),
        false_alerts=int(false.sum()),
        arrests=int(counts.arrests.sum()),
        engagements=int((history.decisions.engaged_us >= 0).sum()),
        deployments_without_false_alert=int(np.count_nonzero(false == 0)),
        most_false_alerts=int(false.max()),
        seeded_passes=int(passes.seeded.sum()),
        seeded_alerts=int((passes.seeded & passes.alerted).sum()),
        mated_alerts=int((alerts.mated & real).sum()),
        nonmated_alerts=int((~alerts.mated & real).sum()),
        listed_passes=int((~passes.seeded).sum()),
        listed_alerts=int((~passes.seeded & passes.alerted).sum()),
    )
