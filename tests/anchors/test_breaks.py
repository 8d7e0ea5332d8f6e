"""The bundled rows themselves show the breaks in faces seen, at the stated levels."""

from datetime import date, timedelta
from itertools import pairwise
from statistics import median

import pytest

from probity.records.breaks import BREAKS
from probity.records.bundled import load
from probity.records.dates import counted_span
from probity.records.schema import Deployment

TIMED = [
    (span.first, d)
    for d in load().series("Metropolitan Police")
    if d.faces_seen is not None and d.duration_minutes and (span := counted_span(d))
]
EDGES = [date(2023, 1, 1), *(b.day for b in BREAKS), date(2025, 1, 1), date(2025, 12, 31)]


def _between(first: date, after: date) -> list[Deployment]:
    return [d for day, d in TIMED if first <= day < after]


def _per_hour(rows: list[Deployment], column: str) -> float:
    return 60 * sum(getattr(d, column) for d in rows) / sum(d.duration_minutes or 0 for d in rows)


SEGMENTS = [_between(a, b) for a, b in pairwise(EDGES)]


def test_faces_per_hour_of_each_stretch_from_the_operators_documents() -> None:
    assert [len(rows) for rows in SEGMENTS] == [24, 96, 10, 73, 112]
    assert [round(_per_hour(rows, "faces_seen")) for rows in SEGMENTS] == [
        2767,
        313,
        934,
        1800,
        2757,
    ]


def test_the_levels_stated_with_each_break_are_those_of_the_rows() -> None:
    for b, before, after in zip(BREAKS, SEGMENTS, SEGMENTS[1:], strict=False):
        assert b.before_per_hour == round(_per_hour(before, "faces_seen"))
        assert b.after_per_hour == round(_per_hour(after, "faces_seen"))
        assert set(b.source_ids) <= load().sources.keys()


def test_alerts_per_hour_do_not_fall_with_the_faces() -> None:
    alerts = [_per_hour([d for d in rows if d.alerts is not None], "alerts") for rows in SEGMENTS]
    assert alerts == sorted(alerts)
    assert alerts == pytest.approx([0.48, 1.32, 1.39, 1.44, 1.88], abs=0.005)


def test_deployments_are_as_long_on_both_sides() -> None:
    """A median of four and a half to six hours throughout: length is no explanation."""
    hours = [median((d.duration_minutes or 0) / 60 for d in rows) for rows in SEGMENTS]
    assert all(4.5 < h < 6 for h in hours), hours


def test_monthly_medians_as_collected() -> None:
    """231 to 350 faces an hour from January to July 2024, 1,064 in August, 1,580 or more after."""
    months: dict[str, list[float]] = {}
    for day, d in TIMED:
        months.setdefault(f"{day:%Y-%m}", []).append(
            60 * (d.faces_seen or 0) / (d.duration_minutes or 1)
        )
    of_2024 = {month: median(values) for month, values in months.items() if month[:4] == "2024"}
    early = [of_2024[f"2024-{m:02}"] for m in range(1, 8)]
    assert (round(min(early)), round(max(early))) == (231, 350)
    assert round(of_2024["2024-08"]) == 1064
    assert min(of_2024[f"2024-{m:02}"] for m in range(9, 13)) >= 1580


def test_between_breaks_the_level_holds() -> None:
    """Control: cut between two breaks, the halves differ by less than across any break of ours."""
    for rows, edges in zip(SEGMENTS[1:4], pairwise(EDGES[1:5]), strict=True):
        middle = edges[0] + timedelta(days=(edges[1] - edges[0]).days // 2)
        halves = (_between(edges[0], middle), _between(middle, edges[1]))
        assert sum(map(len, halves)) == len(rows)
        levels = [_per_hour(half, "faces_seen") for half in halves]
        assert max(levels) / min(levels) < 1.9
