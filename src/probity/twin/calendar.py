"""Making the calendar of a replicate: which deployments, where, when, and with what settings."""

from datetime import date

import numpy as np

from probity.twin.draws import draw_span
from probity.twin.scenario import LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Calendar, Floats, Ints

_MINUTE_US = 60_000_000
_HOUR_US = 60 * _MINUTE_US
_DAY_US = 24 * _HOUR_US
_EPOCH = date(1970, 1, 1)


def day_us(day: date) -> int:
    """Midnight UTC at the start of a day, microseconds since 1970-01-01."""
    return (day - _EPOCH).days * _DAY_US


def make_calendar(scenario: LiveScenario, seeds: Seeds) -> Calendar:
    """Deployments in the order of their starts.

    They are spread evenly over the days: the i-th of n falls at random within the i-th n-th of
    the period.
    """
    plan = scenario.calendar
    n = plan.deployments
    rng = seeds.stream("calendar")
    days = (plan.last_day - plan.first_day).days + 1
    on = np.minimum(((np.arange(n) + rng.random(n)) / n * days).astype(np.int64), days - 1)
    start_us = (
        day_us(plan.first_day)
        + on * _DAY_US
        + np.rint(draw_span(plan.start_hour, rng, size=n) * 60).astype(np.int64) * _MINUTE_US
    )
    start_us.sort()
    minutes = np.rint(draw_span(plan.duration_minutes, rng, size=n)).astype(np.int64)
    weights = np.array([place.weight for place in scenario.places])
    place = rng.choice(len(weights), size=n, p=weights / weights.sum())
    listed = np.rint(draw_span(scenario.watchlist.size, rng, size=n)).astype(np.int64)
    enrolled = rng.binomial(listed, 1 - scenario.watchlist.enrolment_failure_share)
    return Calendar(
        start_us=start_us,
        end_us=start_us + minutes * _MINUTE_US,
        place=place.astype(np.int64),
        watchlist_size=np.maximum(enrolled, 1).astype(np.int64),
        threshold=_thresholds(scenario, start_us),
    )


def _thresholds(scenario: LiveScenario, start_us: Ints) -> Floats:
    changes = scenario.recogniser.threshold_changes
    settings = np.array([scenario.recogniser.threshold, *(one.threshold for one in changes)])
    from_us = np.array([day_us(one.from_day) for one in changes], np.int64)
    in_force: Floats = settings[np.searchsorted(from_us, start_us, side="right")]
    return in_force
