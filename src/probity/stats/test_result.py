"""What a significance test gives."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Test:
    """A p-value with the test it came from.

    Attributes
    ----------
    p_value : float
        0 <= p_value <= 1, two-sided unless the method says otherwise.
    method : str
        Name of the test.
    statistic : float or None
        The test's statistic, None where it has none beside the p-value.
    """

    p_value: float
    method: str
    statistic: float | None = None
