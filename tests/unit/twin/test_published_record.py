"""The operator's published record: what it counts, and that a reader understands it."""

import csv
from io import StringIO

import numpy as np

from probity.records.reader import read
from probity.records.schema import total
from probity.twin.adjudicate import NOT
from probity.twin.published_record import HEADINGS
from twin_people import small_history

COLUMNS = {
    "Total Alerts": ("alerts", "alerts"),
    "True Alerts Confirmed": ("true_confirmed", "true_confirmed"),
    "True Alerts Unconfirmed": ("true_unconfirmed", "true_unconfirmed"),
    "False Alerts Confirmed": ("false_confirmed", "false_confirmed"),
    "False Alerts Unconfirmed": ("false_unconfirmed", "false_unconfirmed"),
    "Outcome - Arrest": ("arrests", "arrests"),
    "Outcome - Other": ("other_disposals", "other_disposals"),
    "No action": ("no_action", "no_action"),
    "Faces seen (estimate)": ("faces_seen", "faces_seen"),
}


def rows_of(history):
    return list(csv.DictReader(StringIO(history.record().decode(), newline="")))


def test_alerts_are_true_or_false_and_confirmed_or_not():
    counts = small_history(each=200)[0].counts
    np.testing.assert_array_equal(
        counts.alerts, counts.true_confirmed + counts.true_unconfirmed + counts.false_alerts
    )
    np.testing.assert_array_equal(
        counts.true_confirmed, counts.arrests + counts.other_disposals + counts.no_action
    )
    for name in ("true_confirmed", "true_unconfirmed", "false_confirmed", "false_unconfirmed"):
        assert (getattr(counts, name) > 0).any(), name


def test_confirmed_are_those_who_were_spoken_to():
    history = small_history(each=200)[0]
    engaged = np.bincount(history.alerts.deployment[history.decisions.engaged_us != NOT])
    counts = history.counts
    np.testing.assert_array_equal(counts.true_confirmed + counts.false_confirmed, engaged)


def test_test_subjects_are_not_counted():
    history = small_history(each=200, seeded_share=0.5)[0]
    others = np.bincount(history.alerts.deployment[~history.alerts.seeded])
    assert history.alerts.seeded.any()
    np.testing.assert_array_equal(history.counts.alerts, others)


def test_the_rows_say_what_was_counted():
    history = small_history(each=50)[0]
    rows = rows_of(history)
    assert tuple(rows[0]) == HEADINGS
    for heading, (name, _) in COLUMNS.items():
        assert [int(row[heading]) for row in rows] == getattr(history.counts, name).tolist()
    assert [row["Date"] for row in rows] == ["01/06/25", "02/06/25", "03/06/25", "04/06/25"]
    assert {row["Duration"] for row in rows} == {"5h 00m"}
    assert {row["Min Threshold Setting"] for row in rows} == {"0.64"}
    false = history.counts.false_alerts[0] * 100 / 600
    assert rows[0]["False Alert Rate"] == f"{false:.3f}%"


def test_the_record_can_be_read_without_a_problem_and_adds_up(tmp_path):
    history = small_history(each=50)[0]
    path = tmp_path / "record.csv"
    path.write_bytes(history.record())
    record = read(path)
    assert [problem.message for problem in record.problems] == []
    assert len(record.deployments) == 4
    assert {d.force for d in record.deployments} == {"Example Police"}
    for name, column in COLUMNS.values():
        assert total(record.deployments, column) == getattr(history.counts, name).sum()
    assert total(record.deployments, "watchlist_size") == history.calendar.watchlist_size.sum()
    assert total(record.deployments, "duration_minutes") == 4 * 300


def test_a_place_that_looks_like_a_formula_is_printed_as_text():
    place = {"place_type": "public", "weight": 0.5, "faces_per_hour": 9.0}
    names = ('=HYPERLINK("x"),"', "B, or C")
    history = small_history(places=[place | {"name": name} for name in names])[0]
    assert [row["Deployment Location"] for row in rows_of(history)][:2] == [
        '\'=HYPERLINK("x"),"',
        "B, or C",
    ]


def test_without_faces_there_is_no_share_of_them():
    history = small_history(each=0, faces=20)[0]
    assert rows_of(history)[0]["False Alert Rate"] == "0.000%"
    object.__setattr__(history.counts, "faces_seen", np.zeros(4, np.int64))
    assert rows_of(history)[0]["False Alert Rate"] == ""
