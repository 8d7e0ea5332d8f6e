"""Who passes, and when: hours of each deployment, numbers of people, types, and times.

A deployment is cut into the hours of the day it covers. Passers-by are spread over them by the
hourly profile, and evenly within an hour, which is the inversion of the cumulative profile.
"""

from dataclasses import dataclass

import numpy as np

from probity.twin.capture import frame_probabilities, usable_frames_per_s
from probity.twin.hours import hourly_rates, weekday
from probity.twin.scenario import LiveScenario, by_group
from probity.twin.stages import Calendar, Floats, Ints

HOURS = 24
_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrivals:
    """Hours of each deployment, and what the cameras make of them.

    Parameters
    ----------
    expected_passers : float64, (n_deployments,)
        Mean number of people who pass and are not listed.
    share : float64, (n_deployments, 24)
        Share of the passers-by in each hour of the day; sums to 1.
    from_us, to_us : int64, (n_deployments, 24)
        Part of the hour within the deployment.
    frames : float64, (n_deployments, 24, most_frames + 1)
        Probability of each number of compared frames.
    """

    expected_passers: Floats
    share: Floats
    from_us: Ints
    to_us: Ints
    frames: Floats

    def draw_hours(self, rng: np.random.Generator, *, deployment: Ints) -> Ints:
        """Hour of the day of each of some passes, (n,)."""
        return _draw(rng, self.share[deployment])

    def draw_hours_given_frames(
        self, rng: np.random.Generator, *, deployment: Ints, frames: Ints
    ) -> Ints:
        """Hour of the day of passes of which the number of frames is known."""
        weight = self.share[deployment] * self.frames[deployment, :, frames]
        return _draw(rng, weight / weight.sum(axis=1, keepdims=True))

    def draw_frames(self, rng: np.random.Generator, *, deployment: Ints, hour: Ints) -> Ints:
        """Number of compared frames of passes of which the hour is known."""
        return _draw(rng, self.frames[deployment, hour])

    def draw_times(self, rng: np.random.Generator, *, deployment: Ints, hour: Ints) -> Ints:
        """Times in microseconds, even within the hour's part of the deployment."""
        return rng.integers(self.from_us[deployment, hour], self.to_us[deployment, hour])


def make_arrivals(scenario: LiveScenario, *, calendar: Calendar) -> Arrivals:
    """Hours and frame probabilities of every deployment of a calendar."""
    day = calendar.start_us // _DAY_US
    hour_start = day[:, None] * _DAY_US + np.arange(HOURS) * _HOUR_US
    from_us = np.maximum(hour_start, calendar.start_us[:, None])
    to_us = np.maximum(np.minimum(hour_start + _HOUR_US, calendar.end_us[:, None]), from_us)
    hours = (to_us - from_us) / _HOUR_US
    rate = hourly_rates(scenario.crowd)[weekday(calendar.start_us)]
    share = rate * hours
    share /= share.sum(axis=1, keepdims=True)
    per_hour = np.array([place.faces_per_hour for place in scenario.places])[calendar.place]
    expected = per_hour * hours.sum(axis=1)
    faces_per_hour = np.divide(
        share * expected[:, None], hours, out=np.zeros_like(hours), where=hours > 0
    )
    frames_per_s = usable_frames_per_s(
        scenario.capture, hour=np.arange(HOURS), faces_per_hour=faces_per_hour
    )
    frames = np.zeros((*hours.shape, scenario.capture.most_frames + 1))
    covered = hours > 0
    frames[covered] = frame_probabilities(scenario.capture, frames_per_s=frames_per_s[covered])
    return Arrivals(
        expected_passers=expected, share=share, from_us=from_us, to_us=to_us, frames=frames
    )


def draw_passers(rng: np.random.Generator, *, expected: Floats, dispersion: float) -> Ints:
    """Numbers of people, with variance = mean + dispersion mean^2 (negative binomial)."""
    if dispersion == 0:
        return rng.poisson(expected)
    return rng.poisson(rng.gamma(1 / dispersion, expected * dispersion))


def type_shares(scenario: LiveScenario, *, of_crowd: bool = True) -> Floats:
    """Shares by group and quality band, (n_groups, n_bands): of the crowd, or of each group."""
    names = scenario.group_names
    band = np.array([by_group(one.share, names) for one in scenario.capture.bands]).T
    within: Floats = band / band.sum(axis=1, keepdims=True)
    if not of_crowd:
        return within
    group = np.array([one.crowd_share for one in scenario.groups])
    crowd: Floats = (group / group.sum())[:, None] * within
    return crowd


def _draw(rng: np.random.Generator, probabilities: Floats) -> Ints:
    """One column of each row by its probabilities, (n, n_columns)."""
    reached = np.cumsum(probabilities, axis=1)
    above = rng.random(len(reached))[:, None] * reached[:, -1:] >= reached
    return np.asarray(above.sum(axis=1), np.int64)
