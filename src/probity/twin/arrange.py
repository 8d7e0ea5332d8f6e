"""What an operator does before and after each deployment, and when."""

from dataclasses import dataclass

import numpy as np

from probity.twin.draws import draw_duration
from probity.twin.scenario import Duration, LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Calendar, Flags, Ints

HOUR_US = 3_600_000_000
MINUTE_US = 60_000_000

# Steps between compiling a list and the start lie at these shares of that time. No document
# gives their times; only their order matters to a rule.
_REVIEWED, _WRITTEN, _IMPORTED = 0.25, 0.4, 0.7
_LOADED_AFTER_GRANT_US = 5 * MINUTE_US
_CANCELLED_MINUTES = (15, 90)
"""From the end of a deployment to its cancellation report; within the time of the authority."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrangements:
    """Steps around each deployment, each array (n_deployments,).

    Parameters
    ----------
    applied_us, granted_us, ratified_us, cancelled_us : int64
        Of the authority; ``ratified_us`` is of use where it was ``urgent``.
    window_start_us, window_end_us : int64
        From when until when the authority holds.
    compiled_us, reviewed_us, written_us, imported_us : int64
        Of the watchlist: compiled, reviewed, written to a medium, loaded into the system.
    notice_us : int64
        The public was told.
    published_us : int64
        The record is published, unless something was still going on then.
    use_case : int64
        Number of the scenario's use case.
    """

    urgent: Flags
    applied_us: Ints
    granted_us: Ints
    ratified_us: Ints
    cancelled_us: Ints
    window_start_us: Ints
    window_end_us: Ints
    compiled_us: Ints
    reviewed_us: Ints
    written_us: Ints
    imported_us: Ints
    notice_us: Ints
    published_us: Ints
    use_case: Ints


def arrange(scenario: LiveScenario, *, calendar: Calendar, seeds: Seeds) -> Arrangements:
    """Draw the steps around every deployment of a replicate from the scenario's lead times."""
    rng = seeds.stream("arrangements")
    n = len(calendar.start_us)
    authority, start_us, end_us = scenario.authority, calendar.start_us, calendar.end_us

    def hours(duration: Duration) -> Ints:
        return np.rint(draw_duration(duration, rng, size=n) * HOUR_US).astype(np.int64)

    granted_us = start_us - hours(authority.granted_lead_h)
    applied_us = granted_us - hours(authority.application_h)
    compiled_us = start_us - hours(scenario.watchlist.compile_lead_h)
    use_cases = np.array([*scenario.calendar.use_cases.values()])
    margin_us = round(authority.window_margin_h * HOUR_US)
    low, high = (minutes * MINUTE_US for minutes in _CANCELLED_MINUTES)
    return Arrangements(
        urgent=rng.random(n) < authority.urgent_share,
        applied_us=applied_us,
        granted_us=granted_us,
        ratified_us=granted_us + hours(authority.ratified_after_h),
        cancelled_us=np.minimum(end_us + rng.integers(low, high, n), end_us + margin_us),
        window_start_us=start_us - margin_us,
        window_end_us=end_us + margin_us,
        compiled_us=compiled_us,
        reviewed_us=_between(compiled_us, start_us, _REVIEWED),
        written_us=_between(compiled_us, start_us, _WRITTEN),
        # A list is loaded once the authority that covers it is given, and never at that very
        # instant: clocks that stamp the two differ.
        imported_us=np.maximum(
            _between(compiled_us, start_us, _IMPORTED),
            np.minimum(granted_us + _LOADED_AFTER_GRANT_US, start_us),
        ),
        notice_us=start_us - hours(scenario.notice.lead_h),
        published_us=end_us + hours(scenario.publication.delay_h),
        use_case=rng.choice(len(use_cases), size=n, p=use_cases / use_cases.sum()),
    )


def _between(from_us: Ints, to_us: Ints, share: float) -> Ints:
    between: Ints = from_us + np.rint((to_us - from_us) * share).astype(np.int64)
    return between
