"""How the time of a scenario runs while somebody watches."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

SECOND_US = 1_000_000
SPEEDS = (1, 10, 30, 60, 120, 300)
"""Seconds of the scenario in one second."""
ALERT_SPEED = 5
"""At most, while an alert is being decided on, if that is wanted."""
DAYS_AFTER_US = 2 * 86_400 * SECOND_US
FACTOR_AFTER, FACTOR_LATER = 120, 1_500
"""Once the cameras are off, only clocks run: time runs faster by the first for two days, then by
the second."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where time runs how fast.

    Parameters
    ----------
    off_us : int
        When nothing but clocks is left.
    last_us : int
        The end of the log.
    slow : sequence of (int, int)
        Times in which alerts are decided on: apart, in their order.
    """

    off_us: int
    last_us: int
    slow: Sequence[tuple[int, int]]

    def after(self, from_us: int, seconds: float, *, speed: float, linger: bool) -> int:
        """The scenario's time when so many seconds were watched from ``from_us`` on."""
        at, left = float(from_us), seconds
        while left > 0 and at < self.last_us:
            rate, until = self._rate(at, speed, linger=linger)
            step = min(left, (until - at) / SECOND_US / rate)
            at, left = (until if step < left else at + step * rate * SECOND_US), left - step
        return min(round(at), self.last_us)

    def _rate(self, at: float, speed: float, *, linger: bool) -> tuple[float, float]:
        """How fast time runs, and until when it does."""
        if at >= self.off_us + DAYS_AFTER_US:
            return speed * FACTOR_LATER, self.last_us
        if at >= self.off_us:
            return speed * FACTOR_AFTER, min(self.off_us + DAYS_AFTER_US, self.last_us)
        if not linger:
            return speed, self.off_us
        place = bisect_right(self.slow, (at, float("inf"))) - 1
        if place >= 0 and at < self.slow[place][1]:
            return min(speed, ALERT_SPEED), min(self.slow[place][1], self.off_us)
        after = self.slow[place + 1][0] if place + 1 < len(self.slow) else self.off_us
        return speed, min(after, self.off_us)


def merged(spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans put in order; those that touch are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)
