"""How time runs while somebody watches."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probity.web.live.pace import (
    ALERT_SPEED,
    DAYS_AFTER_US,
    FACTOR_AFTER,
    FACTOR_LATER,
    SECOND_US,
    Pace,
    merged,
)

OFF_US, LAST_US = 10_000 * SECOND_US, 10_000 * SECOND_US + 20 * DAYS_AFTER_US
PACE = Pace(OFF_US, LAST_US, ((1_000 * SECOND_US, 1_050 * SECOND_US),))


def test_time_runs_at_the_speed_that_was_asked_for() -> None:
    assert PACE.after(0, 2.5, speed=60, linger=True) == 150 * SECOND_US


def test_it_slows_down_where_an_alert_is_decided_on_and_only_if_that_is_wanted() -> None:
    inside = 1_000 * SECOND_US
    assert PACE.after(inside, 2, speed=60, linger=True) == inside + 2 * ALERT_SPEED * SECOND_US
    assert PACE.after(inside, 2, speed=60, linger=False) == inside + 120 * SECOND_US
    assert PACE.after(inside, 2, speed=1, linger=True) == inside + 2 * SECOND_US


def test_a_step_that_leaves_the_slow_part_goes_on_at_full_speed() -> None:
    # Half a second before it at 60, all of it at 5, and a quarter of a second after it at 60.
    step = 0.5 + 50 / ALERT_SPEED + 0.25
    from_us = 970 * SECOND_US
    assert PACE.after(from_us, step, speed=60, linger=True) == 1_065 * SECOND_US


def test_once_the_cameras_are_off_only_clocks_run_and_run_faster() -> None:
    after = PACE.after(OFF_US, 1, speed=60, linger=True)
    assert after == OFF_US + 60 * FACTOR_AFTER * SECOND_US
    later = OFF_US + DAYS_AFTER_US
    assert PACE.after(later, 1, speed=60, linger=True) == later + 60 * FACTOR_LATER * SECOND_US


@given(
    from_s=st.integers(0, 12_000),
    seconds=st.floats(0.01, 20),
    speed=st.sampled_from([1, 60, 300]),
    linger=st.booleans(),
)
def test_two_steps_are_one_and_time_never_runs_back_or_beyond_the_end(
    from_s: int, seconds: float, speed: int, linger: bool
) -> None:
    from_us = from_s * SECOND_US
    whole = PACE.after(from_us, 2 * seconds, speed=speed, linger=linger)
    half = PACE.after(from_us, seconds, speed=speed, linger=linger)
    again = PACE.after(half, seconds, speed=speed, linger=linger)
    assert from_us <= half <= again <= LAST_US
    # A microsecond lost to rounding counts for more where time then runs faster.
    assert abs(whole - again) <= 2 * FACTOR_LATER


@pytest.mark.parametrize(
    ("spans", "one"),
    [
        ([], ()),
        ([(5, 9), (1, 3)], ((1, 3), (5, 9))),
        ([(1, 5), (4, 9), (9, 12)], ((1, 12),)),
        ([(1, 20), (4, 9)], ((1, 20),)),
    ],
)
def test_spans_that_touch_are_one(
    spans: list[tuple[int, int]], one: tuple[tuple[int, int], ...]
) -> None:
    assert merged(spans) == one
