"""How passers-by are spread over the hours of a day and the days of a week."""

import csv
from functools import cache
from importlib.resources import files

import numpy as np

from probity.twin.scenario import Crowd
from probity.twin.stages import Floats, Ints

_HOUR_US = 3_600_000_000
_DAY_US = 24 * _HOUR_US
_FIRST_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0.
_FILES = {"leeds-footfall": "footfall_hourly_leeds.csv"}


def hourly_rates(crowd: Crowd) -> Floats:
    """Relative rates of passers-by, (7, 24): Monday to Sunday, hours UTC.

    Source of "leeds-footfall": Leeds City Council, footfall cameras of the city centre, shares
    of a day's count in each hour; one profile for weekdays, one for Saturdays, one for Sundays.
    """
    if crowd.hourly_profile == "flat":
        return np.ones((7, 24))
    if isinstance(crowd.hourly_profile, str):
        return _counted(crowd.hourly_profile)
    return np.tile(np.array(crowd.hourly_profile, np.float64), (7, 1))


def weekday(time_us: Ints) -> Ints:
    """Day of the week of each moment, Monday 0 to Sunday 6."""
    day: Ints = (time_us // _DAY_US + _FIRST_WEEKDAY) % 7
    return day


def pass_times_us(share: Floats, *, start_us: Ints, end_us: Ints, rates: Floats) -> Ints:
    """The moment by which a share of a deployment's passers-by have passed; each array (n,).

    Passers-by come as the hourly rates of the day say, within the deployment. Uniform numbers
    as ``share`` give moments drawn from that rate.

    Parameters
    ----------
    share : float64, (n,)
        0 to 1.
    start_us, end_us : int64, (n,)
        Of the deployment, which ends on the day that it starts, or at midnight.
    rates : float64, (7, 24)
        From ``hourly_rates``, all above 0.
    """
    day_us = start_us // _DAY_US * _DAY_US
    passed = np.concatenate([np.zeros((7, 1)), np.cumsum(rates, axis=1)], axis=1)
    day = weekday(start_us)
    first = _passed_by(passed, day, start_us - day_us)
    last = _passed_by(passed, day, end_us - day_us)
    wanted = first + share * (last - first)
    hour = np.clip((passed[day] <= wanted[:, None]).sum(axis=1) - 1, 0, 23)
    part = (wanted - passed[day, hour]) / rates[day, hour]
    time_us = day_us + np.rint((hour + part) * _HOUR_US).astype(np.int64)
    return np.asarray(np.clip(time_us, start_us, np.maximum(end_us - 1, start_us)), np.int64)


def _passed_by(passed: Floats, day: Ints, since_midnight_us: Ints) -> Floats:
    hour = np.minimum(since_midnight_us // _HOUR_US, 23)
    part = (since_midnight_us - hour * _HOUR_US) / _HOUR_US
    by: Floats = passed[day, hour] + part * (passed[day, hour + 1] - passed[day, hour])
    return by


@cache
def _counted(name: str) -> Floats:
    text = (files("probity.twin") / "data" / _FILES[name]).read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    weekdays, saturday, sunday = (
        [float(row[column]) for row in rows]
        for column in ("weekday_share", "saturday_share", "sunday_share")
    )
    rates = np.array([weekdays] * 5 + [saturday, sunday])
    rates.flags.writeable = False
    return rates
