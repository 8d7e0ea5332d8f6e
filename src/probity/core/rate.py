"""Results of measurement: each keeps the counts it came from, its level and its method.

A measure that cannot be taken is ``Undefined`` with the reason, never 0 or NaN.
"""

from dataclasses import dataclass

from probity.core.count import Count, Events


@dataclass(frozen=True, slots=True)
class Undefined:
    """There is no value, and this is why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A proportion k/n with its confidence interval, 0 <= low <= value <= high <= 1."""

    count: Count
    low: float
    high: float
    level: float
    method: str

    @property
    def value(self) -> float:
        """k/n; a Rate is only ever built with n > 0."""
        return self.count.k / self.count.n


@dataclass(frozen=True, slots=True)
class EventRate:
    """Events per unit of exposure with its confidence interval, 0 <= low <= value <= high."""

    events: Events
    low: float
    high: float
    level: float
    method: str

    @property
    def value(self) -> float:
        """k/exposure; an EventRate is only ever built with exposure > 0."""
        return self.events.k / self.events.exposure


@dataclass(frozen=True, slots=True)
class Estimate:
    """A derived quantity, such as a ratio or a model effect, with the counts behind it.

    ``low`` may be -inf and ``high`` inf where the data set no bound on that side.
    """

    value: float
    low: float
    high: float
    level: float
    method: str
    population: str
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True)
class Total:
    """An exact total of a complete record. There was no sampling, so no interval.

    It answers "what does the record say", never "what would happen next time".
    """

    value: float
    population: str


Measured = Rate | EventRate | Estimate | Total | Undefined
