"""The confidence level that every interval takes."""


def tail(level: float, *, sides: int = 2) -> float:
    """Probability left outside on each side of an interval: (1 - level) / sides.

    Raises
    ------
    ValueError
        ``level`` is not strictly between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"level {level}: a confidence level lies strictly between 0 and 1")
    return (1.0 - level) / sides
