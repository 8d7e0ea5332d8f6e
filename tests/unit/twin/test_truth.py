"""The truth of a replicate: it joins the log and says what the log does not."""

import os

import numpy as np
import pyarrow.parquet as pq

from probity.twin.event_log import write_live_log
from probity.twin.truth import truth_table, write_truth
from twin_people import categories, small_history


def test_every_alert_of_the_log_has_its_truth(tmp_path):
    history, lists = small_history()
    write_live_log(
        tmp_path / "events.parquet", history, watchlists=lists, category=categories(history)
    )
    log = pq.read_table(tmp_path / "events.parquet").to_pylist()
    raised = {row["alert"]: row for row in log if row["kind"] == "alert.raised"}
    truth = [row for row in truth_table(history).to_pylist() if row["alert"] is not None]
    assert {row["alert"] for row in truth} == set(raised)
    for row in truth:
        event = raised[row["alert"]]
        for name in ("deployment", "time", "item", "group", "score"):
            assert row[name] == event[name]
    assert [row["mated"] for row in truth] == history.alerts.mated.tolist()
    assert sum(row["seeded"] for row in truth) == history.alerts.seeded.sum() > 0


def test_silent_passes_of_listed_people_are_there_and_nobody_twice():
    history, _ = small_history()
    rows = truth_table(history).to_pylist()
    assert len(rows) == len(history.alerts.deployment) + (~history.passes.alerted).sum()
    silent = [row for row in rows if row["alert"] is None]
    np.testing.assert_allclose([row["score"] for row in silent], history.passes.score)
    assert all(row["mated"] for row in silent)


def test_people_seen_once_have_no_number():
    history, _ = small_history()
    people = truth_table(history)["person"].to_pylist()[: len(history.alerts.person)]
    assert [p if p is not None else -1 for p in people] == history.alerts.person.tolist()
    assert None in people


def test_it_is_written_whole(tmp_path):
    history, _ = small_history()
    write_truth(tmp_path / "truth.parquet", history)
    assert os.listdir(tmp_path) == ["truth.parquet"]
    table = pq.read_table(tmp_path / "truth.parquet")
    assert table.equals(truth_table(history))
    assert table.schema.metadata[b"probity:truth"] == b'{"schema": "probity/truth/1"}'
