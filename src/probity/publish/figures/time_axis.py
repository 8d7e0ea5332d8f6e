"""The time axis of the record's charts, in UTC so that no machine's time zone moves a mark."""

from typing import Any


def months(field: str, *, first: str, last: str) -> Any:
    """A month axis over ISO days (``YYYY-MM-01``), from the first January to the year's end."""
    import altair as alt

    return alt.X(
        field,
        type="temporal",
        timeUnit="utcyearmonth",
        title=None,
        axis=_years(),
        scale=_whole_years(first, last),
    )


def days(field: str, *, first: str, last: str) -> Any:
    """The same axis for single ISO days (``YYYY-MM-DD``)."""
    import altair as alt

    return alt.X(field, type="temporal", title=None, axis=_years(), scale=_whole_years(first, last))


def _years() -> Any:
    import altair as alt

    return alt.Axis(format="%Y", tickCount={"interval": "year", "step": 1}, tickSize=6)


def _whole_years(first: str, last: str) -> Any:
    """From the start of the first year to a month after the last mark."""
    import altair as alt

    year, month = int(last[:4]), int(last[5:7])
    return alt.Scale(
        type="utc",
        domain=[{"expr": f"utc({int(first[:4])},0,1)"}, {"expr": f"utc({year},{month},1)"}],
    )
