"""Measures of the record and of published figures: what is counted, left out and said."""

import pytest

from probity.claims.claim import MeasureUse, Param, Test
from probity.claims.evidence import Evidence
from probity.claims.finding import Basis, Measurement
from probity.claims.measures.registry import MEASURES, params_of, take
from probity.claims.relation import Relation
from probity.core import Count, Estimate, EventRate, InputError, Rate, Source, Total, Undefined
from probity.records.bundled import load
from probity.records.schema import Deployment, Record

FORCE = "Some Police"
ROWS = """
    date       | faces | alerts | false | unconfirmed | arrests | list | threshold
    2025-01-10 | 1000  | 10     | 1     | 2           | 4       | 900  | 0.60
    2025-01-11 | 2000  | 5      | 0     | 0           | 5       | 905  | 0.64
    2025-02-01 | 3000  | 4      |       |             | 1       | 1500 | 0.64
    2025-03    | 4000  | 2      | 1     | 0           | 0       |      |
"""


def evidence_of(text: str) -> Evidence:
    heads, *lines = [
        [cell.strip() for cell in line.split("|")] for line in text.split("\n") if line.strip()
    ]

    def number(cells: dict[str, str], name: str) -> int | None:
        return int(cells[name]) if cells[name] else None

    rows = []
    for n, line in enumerate(lines, start=1):
        cells = dict(zip(heads, line, strict=True))
        from decimal import Decimal

        rows.append(
            Deployment(
                record_id=f"row-{n}",
                force=FORCE,
                date_start=cells["date"],
                date_end=None,
                place="Market",
                faces_seen=number(cells, "faces"),
                alerts=number(cells, "alerts"),
                false_alerts=number(cells, "false"),
                true_unconfirmed=number(cells, "unconfirmed"),
                arrests=number(cells, "arrests"),
                watchlist_size=number(cells, "list"),
                threshold=Decimal(cells["threshold"]) if cells["threshold"] else None,
                source_id="table",
                row=n,
            )
        )
    record = Record(
        source=Source("table", FORCE, "table.csv"),
        layout="test",
        headings={},
        deployments=tuple(rows),
        problems=(),
    )
    return Evidence(load(), (record,))


def taken(name: str, evidence: Evidence | None = None, **params: Param) -> Measurement:
    use = MeasureUse(measure=name, params={k.rstrip("_"): v for k, v in params.items()})
    return take(use, evidence or evidence_of(ROWS), level=0.95)


# Measures of the record -------------------------------------------------------------------------


def test_a_share_counts_only_the_rows_that_state_both_parts() -> None:
    measurement = taken("false_alerts_per_face_seen", force=FORCE)
    assert isinstance(measurement.measured, Rate)
    assert measurement.measured.count == Count(2, 7000, f"faces seen, {FORCE}, all dates")
    assert measurement.basis is Basis.ROWS
    assert "3 rows." in measurement.note
    assert "not stating what is counted: 1 row" in measurement.note
    assert [s.source_id for s in measurement.sources] == ["table"]
    assert measurement.series == ({"year": "2025", "deployments": 3, "k": 2, "n": 7000},)


def test_both_denominators_are_taken_from_the_same_rows() -> None:
    measured = taken("false_share_of_alerts", force=FORCE).measured
    assert isinstance(measured, Rate)
    assert (measured.count.k, measured.count.n) == (2, 17)


def test_alerts_never_confirmed_are_counted_beside_the_false_ones() -> None:
    measured = taken("false_or_unconfirmed_alerts_per_face_seen", force=FORCE).measured
    assert isinstance(measured, Rate)
    assert (measured.count.k, measured.count.n) == (4, 7000)


def test_a_row_whose_date_is_too_vague_for_the_period_is_left_out_and_counted() -> None:
    measurement = taken(
        "false_alerts_per_face_seen", force=FORCE, from_="2025-01-01", to="2025-03-15"
    )
    assert isinstance(measurement.measured, Rate)
    assert measurement.measured.count.n == 3000
    assert "too vague to place: 1 row" in measurement.note


def test_a_month_lies_in_a_period_that_holds_all_of_it() -> None:
    measured = taken("deployments_in_record", force=FORCE, from_="2025-03", to="2025-03").measured
    assert measured == Total(1, f"deployment rows, {FORCE}, Mar 2025")


def test_the_same_share_as_a_statement_about_the_record_has_no_interval() -> None:
    measurement = taken("false_alerts_per_face_seen_in_record", force=FORCE)
    assert isinstance(measurement.measured, Total)
    assert measurement.measured.value == 2 / 7000
    assert measurement.count is not None
    assert measurement.count.n == 7000


def test_letting_deployments_differ_never_narrows_the_interval() -> None:
    plain = taken("false_alerts_per_face_seen", force=FORCE).measured
    wide = taken("false_alerts_per_face_seen_by_deployment", force=FORCE).measured
    assert isinstance(plain, Rate)
    assert isinstance(wide, Rate)
    assert wide.count.k == plain.count.k
    assert wide.low <= plain.low
    assert wide.high >= plain.high


def test_only_rows_at_a_threshold() -> None:
    measured = taken("false_alerts_per_face_seen", force=FORCE, threshold="0.6").measured
    assert isinstance(measured, Rate)
    assert (measured.count.k, measured.count.n) == (1, 1000)


def test_more_cases_than_there_were_is_no_rate() -> None:
    broken = ROWS.replace("1000  | 10     | 1 ", "1000  | 10     | 99")
    measured = taken("false_share_of_alerts", evidence_of(broken), force=FORCE).measured
    assert isinstance(measured, Undefined)


def test_arrests_over_alerts_may_exceed_one() -> None:
    measured = taken("arrests_per_alert", force=FORCE, from_="2025-01-11", to="2025-01-11").measured
    assert isinstance(measured, EventRate)
    assert measured.value == 1


def test_without_rows_the_missing_record_is_named() -> None:
    for name in ("false_alerts_per_face_seen", "deployments_in_record", "median_watchlist_size"):
        measured = taken(name, force="Nobody's Police").measured
        assert isinstance(measured, Undefined), name
        assert "Nobody's Police" in measured.reason
        assert "own deployment record is needed" in measured.reason


def test_no_row_on_a_day_of_a_known_record_is_a_total_of_none() -> None:
    assert taken("deployments_in_record", force=FORCE, from_="2025-06", to="2025-06").measured == (
        Total(0, f"deployment rows, {FORCE}, Jun 2025")
    )


def test_a_total_of_a_column() -> None:
    measurement = taken("total_in_record", force=FORCE, column="arrests")
    assert measurement.measured == Total(10, f"arrests, {FORCE}, all dates")


def test_the_lowest_threshold() -> None:
    measured = taken("lowest_threshold_in_record", force=FORCE).measured
    assert isinstance(measured, Total)
    assert measured.value == 0.6


def test_sizes_of_watchlists() -> None:
    measurement = taken("median_watchlist_size", force=FORCE)
    assert isinstance(measurement.measured, Total)
    assert measurement.measured.value == 905
    assert measurement.series[0] == {
        "year": "2025",
        "deployments": 3,
        "least": 900,
        "median": 905,
        "largest": 1500,
    }


def test_changes_of_watchlist_size() -> None:
    measurement = taken("median_change_of_watchlist_size", force=FORCE)
    assert isinstance(measurement.measured, Total)
    assert measurement.measured.value == (5 + 595) / 2
    assert "in 1 of them" in measurement.note


def test_a_sum_over_a_break_in_faces_seen_says_so() -> None:
    measurement = taken(
        "false_alerts_per_face_seen", force="Metropolitan Police", from_="2024", to="2024"
    )
    assert "19 Jan 2024, 23 Jul 2024, 20 Aug 2024" in measurement.note
    within = taken(
        "false_alerts_per_face_seen", force="Metropolitan Police", from_="2025", to="2025"
    )
    assert "breaks" not in within.note


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({"force": FORCE, "from_": "2025-13"}, "no day of the calendar"),
        ({"force": FORCE, "from_": "2025-02-30"}, "no day of the calendar"),
        ({"force": FORCE, "from_": "2025-03", "to": "2025-01"}, "before it starts"),
    ],
)
def test_a_period_that_cannot_be_is_refused(params: dict[str, Param], says: str) -> None:
    with pytest.raises(InputError, match=says):
        taken("false_alerts_per_face_seen", **params)


# Published figures ------------------------------------------------------------------------------


def test_a_share_of_the_annual_report() -> None:
    measurement = taken("report_share", part="false_alerts", whole="faces_seen")
    assert isinstance(measurement.measured, Rate)
    assert measurement.measured.count.k == 10
    assert measurement.basis is Basis.FIGURES
    assert "FOUND-2" in measurement.note


def test_published_counts_are_added_up() -> None:
    measured = taken("published_share", tests=("BBW23-01", "BBW23-02"), of="alerts").measured
    assert isinstance(measured, Rate)
    assert measured.count == Count(2975, 3315, "alerts")


def test_a_ratio_of_published_shares() -> None:
    measured = taken(
        "ratio_of_published_shares", first="LEAP25-01", second="LEAP24-01", of="alerts"
    ).measured
    assert isinstance(measured, Estimate)
    assert measured.value == pytest.approx((13 / 1911) / (28 / 1436))
    assert measured.high < 1


def test_counts_given_in_a_claims_file() -> None:
    measured = taken("counts_as_published", k=3, n=20, of="stops", source="pq-98989").measured
    assert isinstance(measured, Rate)
    assert measured.count == Count(3, 20, "stops")


def test_a_share_of_none_is_undefined() -> None:
    for name in ("counts_as_published", "counts_as_stated"):
        measured = taken(name, k=0, n=0, of="stops", source="pq-98989").measured
        assert isinstance(measured, Undefined)


@pytest.mark.parametrize(
    ("name", "params", "says"),
    [
        ("report_share", {"part": "guesses", "whole": "alerts"}, "no such count"),
        ("report_share", {"part": "arrest_types", "whole": "alerts"}, "no such count"),
        ("report_share", {"part": "faces_seen", "whole": "alerts"}, "larger than the whole"),
        ("published_share", {"tests": ("X-1",), "of": "alerts"}, "no such published test"),
        ("published_share", {"tests": ("NPL23-01",), "of": "passes"}, "gives no counts"),
        (
            "counts_as_published",
            {"k": 5, "n": 4, "of": "stops", "source": "pq-98989"},
            "k at most n",
        ),
        (
            "counts_as_published",
            {"k": 1, "n": 4, "of": "stops", "source": "rumour"},
            "no such source",
        ),
    ],
)
def test_figures_that_do_not_exist_are_refused(
    name: str, params: dict[str, Param], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        taken(name, **params)


def test_what_is_not_published_names_the_datum() -> None:
    measured = taken("not_published", quantity="seconds to deletion", datum="a log").measured
    assert measured == Undefined("not published in the sources read: a log")


# The registry -----------------------------------------------------------------------------------


def test_every_measure_has_a_denominator_or_a_quantity_in_its_name_and_no_loose_word() -> None:
    for name, measure in MEASURES.items():
        assert name == measure.name
        assert measure.title
        assert not {"accuracy", "hit", "error", "match_rate"} & set(name.split("_"))


def test_a_test_of_the_record_needs_a_total() -> None:
    test = Test(
        measure="false_alerts_per_face_seen",
        params={"force": FORCE},
        statement="record",
        population="faces seen",
        relation=Relation.AT_MOST,
        limit=0.1,
    )
    with pytest.raises(ValueError, match="gives a total"):
        params_of(test)
