"""Sums and rates of deployments."""

from decimal import Decimal

import pytest

from probity.core import EventRate, Rate, Total, Undefined
from probity.records.bundled import load
from probity.records.grouping import By
from probity.records.rates import rates
from probity.records.schema import Deployment
from probity.records.summarise import SUMMED, summarise


def _deployment(number: int, **values: object) -> Deployment:
    given = {"date_start": "2023-06-01", "date_end": "2023-06-01", "place": "Square"} | values
    return Deployment(
        record_id=f"X-{number}", force=str(given.pop("force", "X")), source_id="x", row=number,
        **given,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_year_of_the_metropolitan_police() -> None:
    summary = summarise(load().series("Metropolitan Police"), by="year")
    years = {g.key: g for g in summary.groups}
    assert {key: g.deployments for key, g in years.items()} == {
        "2020": 3,
        "2022": 6,
        "2023": 23,
        "2024": 180,
        "2025": 231,
        "2026": 95,
    }
    assert years["2023"].totals["faces_seen"] == 326_392
    of_2024 = [years["2024"].totals[c] for c in ("faces_seen", "alerts", "false_alerts", "arrests")]
    assert of_2024 == [902_748, 1286, 27, 575]
    assert [c.record_id for c in summary.corrections] == ["MPS-20230711-1a"]


def test_a_cell_without_a_figure_is_counted_as_missing_and_never_as_zero() -> None:
    group = summarise([_deployment(1, arrests=0), _deployment(2), _deployment(3, arrests=2)]).whole
    assert group.totals["arrests"] == 2
    assert group.missing["arrests"] == 1
    assert group.totals["alerts"] is None
    assert group.missing["alerts"] == 3


def test_a_rate_is_over_the_rows_that_print_both_its_figures() -> None:
    rows = [
        _deployment(1, false_alerts=1, alerts=10),
        _deployment(2, false_alerts=5),
        _deployment(3, alerts=90),
        _deployment(4, false_alerts=0, alerts=10),
    ]
    share = next(r for r in rates(rows) if r.name == "false_share_of_alerts")
    assert isinstance(share.measured, Rate)
    assert (share.measured.count.k, share.measured.count.n) == (1, 20)
    assert (share.rows_used, share.rows_left_out) == (2, 2)


def test_a_rate_without_a_row_is_undefined() -> None:
    for rate in rates([_deployment(1)]):
        assert isinstance(rate.measured, Undefined), rate.name
        assert rate.rows_left_out == 1


def test_more_false_alerts_than_alerts_give_no_rate() -> None:
    rows = [_deployment(1, false_alerts=3, alerts=2), _deployment(2, false_alerts=0, alerts=9)]
    share = next(r for r in rates(rows) if r.name == "false_share_of_alerts")
    assert isinstance(share.measured, Undefined)
    assert "3 of 2" in share.measured.reason


def test_no_false_alert_leaves_a_bound_above_zero() -> None:
    rows = [_deployment(i, false_alerts=0, alerts=10, faces_seen=1000) for i in range(5)]
    for rate in rates(rows):
        if rate.name in {"false_share_of_alerts", "false_alerts_per_face_seen"}:
            assert isinstance(rate.measured, Rate)
            assert isinstance(rate.clustered, Rate)
            assert rate.measured.low == 0.0 < rate.measured.high
            assert rate.clustered.high >= rate.measured.high


def test_alike_deployments_and_unlike_ones_have_the_same_exact_interval_only() -> None:
    alike = [_deployment(i, alerts=10, arrests=5) for i in range(20)]
    unlike = [_deployment(i, alerts=10, arrests=10 * (i % 2)) for i in range(20)]

    def arrests(rows: list[Deployment]) -> tuple[EventRate, EventRate]:
        rate = next(r for r in rates(rows) if r.name == "arrests_per_deployment")
        assert isinstance(rate.measured, EventRate)
        assert isinstance(rate.clustered, EventRate)
        return rate.measured, rate.clustered

    (exact, level), (same, wide) = arrests(alike), arrests(unlike)
    assert (exact.low, exact.high) == (same.low, same.high)
    assert (level.low, level.high) == (exact.low, exact.high)
    assert wide.low < exact.low
    assert exact.high < wide.high


def test_faces_per_hour_is_a_total_without_an_interval() -> None:
    rows = [_deployment(1, faces_seen=100, duration_minutes=30)]
    (rate,) = (r for r in rates(rows) if r.name == "faces_seen_per_hour")
    assert rate.measured == Total(200.0, "faces seen per hour of deployment")


def test_grouping_by_each_key() -> None:
    rows = [
        _deployment(1, borough="Camden", threshold=Decimal("0.60"), use_case="Event PSO"),
        _deployment(2, date_start="2023-07-02", date_end="2023-07-02", threshold=Decimal("0.6")),
        _deployment(3, force="Y", date_start="2023-12-31", date_end="2024-01-01", place="Market"),
        _deployment(4, date_start="2023", date_end="2023"),
    ]
    keys = {by: {g.key: g.deployments for g in summarise(rows, by=by).groups} for by in By}
    assert keys == {
        "force": {"X": 3, "Y": 1},
        "year": {"2023": 3, "not stated": 1},
        "month": {"2023-06": 1, "2023-07": 1, "not stated": 2},
        "place": {"Market": 1, "Square": 3},
        "borough": {"Camden": 1, "not stated": 3},
        "threshold": {"0.6": 2, "not stated": 2},
        "use-case": {"Event PSO": 1, "not stated": 3},
    }


def test_an_unknown_grouping_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="allowed: force, year"):
        summarise([], by="weather")  # type: ignore[arg-type]


def test_nothing_sums_to_nothing() -> None:
    summary = summarise([], by="year")
    assert summary.groups == ()
    assert summary.whole.deployments == 0
    assert all(summary.whole.totals[c] is None for c in SUMMED)


def _met(number: int, day: str, **values: object) -> Deployment:
    return _deployment(number, force="Metropolitan Police", date_start=day, date_end=day, **values)


def test_faces_across_a_break_are_marked_and_shown_by_stretch() -> None:
    rows = [
        _met(1, "2024-01-18", faces_seen=9000),
        _met(2, "2024-01-19", faces_seen=300),
        _met(3, "2024-08-20", faces_seen=2000),
    ]
    group = summarise(rows).whole
    assert [str(b.day) for b in group.breaks] == ["2024-01-19", "2024-07-23", "2024-08-20"]
    assert "not comparable" in group.warning
    assert {s.key: s.totals["faces_seen"] for s in group.segments} == {
        "before 2024-01-19": 9000,
        "2024-01-19 to 2024-07-22": 300,
        "from 2024-08-20": 2000,
    }
    assert all(not segment.breaks for segment in group.segments)


def test_faces_on_one_side_of_a_break_need_no_warning() -> None:
    group = summarise([_met(1, "2024-01-19", faces_seen=1), _met(2, "2024-07-22", faces_seen=2)])
    assert group.whole.breaks == ()
    assert group.whole.warning == ""
    assert group.whole.segments == ()


def test_rows_without_faces_cross_no_break() -> None:
    rows = [_met(1, "2024-01-18", arrests=1), _met(2, "2024-01-19", faces_seen=2)]
    assert summarise(rows).whole.breaks == ()


def test_other_forces_have_no_break() -> None:
    rows = [
        _deployment(1, date_start="2024-01-01", date_end="2024-01-01", faces_seen=5),
        _deployment(2, date_start="2025-01-01", date_end="2025-01-01", faces_seen=5),
    ]
    assert summarise(rows).whole.breaks == ()


def test_beside_a_force_with_a_break_others_keep_apart() -> None:
    rows = [
        _met(1, "2024-01-18", faces_seen=9000),
        _met(2, "2024-01-19", faces_seen=300),
        _deployment(3, faces_seen=7),
        _met(4, "soon", faces_seen=11),
    ]
    assert {s.key: s.totals["faces_seen"] for s in summarise(rows).whole.segments} == {
        "before 2024-01-19": 9000,
        "from 2024-01-19": 300,
        "date not known": 11,
        "other forces": 7,
    }
