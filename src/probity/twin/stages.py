"""What one stage of a replicate hands to the next: columns, one entry for each thing.

Passers-by are counts, and only alerts exist as rows, so that work grows with alerts. Times are
microseconds since 1970-01-01 UTC. Truth (who is really on the list) stands in fields that no
event and no published record is ever made from but ``truth.parquet``.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Calendar:
    """Deployments of one replicate, each array (n_deployments,).

    Parameters
    ----------
    start_us, end_us : int64
        Cameras and comparison on, and off.
    place : int64
        Number of the scenario's place.
    watchlist_size : int64
        Items enrolled.
    threshold : float64
        On the vendor's scale.
    """

    start_us: Ints
    end_us: Ints
    place: Ints
    watchlist_size: Ints
    threshold: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Crowd:
    """People who pass. A type is a group, a quality band and a number of usable frames.

    Parameters
    ----------
    faces_seen : int64, (n_deployments,)
        Recognition opportunities: passes of any person, on the list or not.
    nonmated_passes : int64, (n_deployments, n_types)
        Passes of people who are not on the watchlist, by type. Passes of people who are, and
        of test subjects, are made one by one (see ``Alerts``).
    """

    faces_seen: Ints
    nonmated_passes: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Alerts:
    """Alerts of one replicate, each array (n_alerts,), by deployment and then by time.

    Parameters
    ----------
    deployment : int64
        Row of the calendar.
    time_us : int64
        When the alert was raised.
    group : int64
        Group of the person who passed, as a number of the scenario's groups.
    entry_group : int64
        Group of the listed person of the best candidate.
    quality : float64
        Quality of the best frame, 0 to 1.
    entry : int64
        The best candidate, as a number of the scenario's pool of listed people.
    score : float64
        Its score on the vendor's scale, at or above the threshold.
    candidates : int64
        Listed people at or above the threshold in the frames of this pass, at least 1.
    mated : bool
        Truth: the best candidate is the person who passed.
    seeded : bool
        The person is a test subject of the operator ("blue list").
    person : int64
        Truth: number of the person within the replicate; -1 for people seen once.
    """

    deployment: Ints
    time_us: Ints
    group: Ints
    entry_group: Ints
    quality: Floats
    entry: Ints
    score: Floats
    candidates: Ints
    mated: Flags
    seeded: Flags
    person: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Passes:
    """Passes of listed people and test subjects, alert or not; each array (n_passes,)."""

    deployment: Ints
    time_us: Ints
    group: Ints
    entry: Ints
    person: Ints
    seeded: Flags
    score: Floats
    alerted: Flags


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Decisions:
    """What people made of each alert, aligned with ``Alerts``; -1 where a step did not happen.

    Parameters
    ----------
    operator, officer : int64
        Number of the member of staff who looked first, and second.
    operator_us, officer_us : int64
        When each decided.
    operator_accepts, officer_accepts : bool
    engaged_us, released_us : int64
        Engagement began and ended.
    result : int8
        As the officers found: 0 false, 1 true, 2 unconfirmed (nobody was spoken to).
    disposal : int8
        0 no action, 1 other disposal, 2 arrest; -1 without an engagement.
    """

    operator: Ints
    officer: Ints
    operator_us: Ints
    officer_us: Ints
    operator_accepts: Flags
    officer_accepts: Flags
    engaged_us: Ints
    released_us: Ints
    result: NDArray[np.int8]
    disposal: NDArray[np.int8]
