"""The event log of a replicate: conservation, the order of causes, and what it may not say."""

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest

from probity.core.event import KINDS
from probity.twin.event_log import LIVE_KINDS, live_header, write_live_log
from twin_people import categories, small_history


def written(path, **changes):
    history, lists = small_history(**changes)
    write_live_log(path, history, watchlists=lists, category=categories(history))
    return history


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "events.parquet"
    history = written(path)
    table = pq.read_table(path)
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'")
    database.register("log", table)

    def ask(sql):
        return database.execute(sql).fetchall()

    return history, table, ask


def count(ask, kind, condition="true"):
    return ask(f"SELECT count(*) FROM log WHERE kind = '{kind}' AND {condition}")[0][0]  # noqa: S608


def test_every_kind_is_known_and_nothing_else_happens(log):
    _, _, ask = log
    found = {row[0] for row in ask("SELECT DISTINCT kind FROM log")}
    assert found <= set(LIVE_KINDS)
    assert found == set(LIVE_KINDS)  # the small scenario is urgent, excepted and seeded at times
    assert set(LIVE_KINDS) == {
        kind for kind in KINDS if not kind.startswith("search.") and kind != "authority.refused"
    }


def test_required_fields_are_there(log):
    _, _, ask = log
    for kind in LIVE_KINDS:
        for field in KINDS[kind].required:
            assert count(ask, kind, f'"{field}" IS NULL') == 0, (kind, field)


def test_event_numbers_rise_by_one_and_time_rises_within_a_deployment(log):
    history, table, _ = log
    np.testing.assert_array_equal(table["event"].to_numpy(), np.arange(len(table)))
    time = table["time"].cast("int64").to_numpy()
    falls = np.flatnonzero(np.diff(time) < 0)
    assert len(falls) <= len(history.calendar.start_us)


def test_the_log_is_complete_for_the_span_it_states(log):
    history, table, _ = log
    header = live_header(history)
    time = table["time"].cast("int64").to_numpy()
    assert header.from_us <= time.min()
    assert time.max() <= header.to_us
    deletions = history.deletions
    kept = deletions.footage.deleted_us > header.to_us
    assert kept.any()
    assert (deletions.footage.exception >= 0)[kept].all()


def test_each_face_has_one_event_of_each_step(log):
    history, _, ask = log
    faces = int(history.crowd.faces_seen.sum())
    alerts = len(history.alerts.deployment)
    for kind in ("face.seen", "template.created", "template.compared", "template.deleted"):
        assert count(ask, kind) == faces
    different = "SELECT count(DISTINCT template) FROM log WHERE template IS NOT NULL"
    assert ask(different) == [(faces,)]
    assert count(ask, "render.blurred") == faces - alerts
    assert count(ask, "alert.raised") == count(ask, "operator.viewed") == alerts
    kept = history.deletions.alert.deleted_us > live_header(history).to_us
    assert count(ask, "alert.deleted") == alerts - kept.sum()
    assert count(ask, "retention.excepted", "data_class = 'alert'") >= kept.sum()


def test_steps_of_a_face_come_one_after_the_other(log):
    _, _, ask = log
    wrong = ask(
        """
        SELECT count(*) FROM (
          SELECT template,
            min(time) FILTER (kind = 'face.seen') AS seen,
            min(time) FILTER (kind = 'template.created') AS created,
            min(time) FILTER (kind = 'template.compared') AS compared,
            min(time) FILTER (kind = 'alert.raised') AS raised,
            min(time) FILTER (kind = 'operator.viewed') AS viewed,
            min(time) FILTER (kind = 'render.blurred') AS blurred,
            min(time) FILTER (kind = 'template.deleted') AS deleted
          FROM log WHERE template IS NOT NULL GROUP BY template)
        WHERE NOT (seen <= created AND created <= compared AND compared <= deleted
          AND coalesce(compared <= raised AND raised <= viewed, seen <= blurred))
        """
    )
    assert wrong == [(0,)]


def test_alerts_are_adjudicated_then_lost_rejected_or_engaged(log):
    history, _, ask = log
    alerts = len(history.alerts.deployment)
    assert count(ask, "alert.adjudicated", "role = 'operator'") == alerts
    assert count(ask, "outcome.recorded") == alerts
    engaged = count(ask, "engagement.start")
    assert engaged == count(ask, "engagement.end")
    assert engaged == count(ask, "outcome.recorded", "engagement IS NOT NULL")
    reasons = dict(
        ask("SELECT reason, count(*) FROM log WHERE kind = 'outcome.recorded' GROUP BY reason")
    )
    assert reasons.pop("person spoken to") == engaged
    assert set(reasons) == {
        "rejected by operator",
        "rejected by officer",
        "person gone",
        "test subject",
    }
    assert sum(reasons.values()) + engaged == alerts
    assert reasons["test subject"] == history.alerts.seeded.sum()
    assert (
        count(ask, "alert.adjudicated", "role <> 'operator' AND decision = 'reject'")
        == (reasons["rejected by officer"])
    )


def test_nobody_is_stopped_before_two_people_accepted_the_alert(log):
    _, _, ask = log
    assert ask(
        """
        SELECT count(*) FROM log AS stop WHERE kind = 'engagement.start' AND (
          SELECT count(DISTINCT actor) FROM log AS look
          WHERE look.kind = 'alert.adjudicated' AND look.alert = stop.alert
            AND look.decision = 'accept' AND look.time < stop.time) <> 2
        """
    ) == [(0,)]


def test_an_alert_is_on_an_item_of_the_list_of_its_deployment(log):
    history, _, ask = log
    assert count(ask, "alert.raised", "item IS NULL") == history.alerts.seeded.sum()
    assert ask(
        """
        SELECT count(*) FROM log AS raised WHERE kind = 'alert.raised' AND item IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM log AS enrolled JOIN log AS list
            ON list.kind = 'watchlist.imported' AND list.watchlist = enrolled.watchlist
          WHERE enrolled.kind = 'watchlist.item.enrolled' AND enrolled.item = raised.item
            AND list.deployment = raised.deployment AND enrolled.time <= raised.time)
        """
    ) == [(0,)]


def test_every_item_added_is_enrolled_or_failed_and_deleted(log):
    history, _, ask = log
    enrolled = int(history.calendar.watchlist_size.sum())
    added = count(ask, "watchlist.item.added")
    assert count(ask, "watchlist.item.enrolled") == enrolled
    assert count(ask, "watchlist.item.failed") == added - enrolled > 0
    assert count(ask, "watchlist.item.deleted") == added
    assert ask("SELECT count(DISTINCT item) FROM log WHERE kind = 'watchlist.item.deleted'") == [
        (added,)
    ]
    assert ask("SELECT sum(size) FROM log WHERE kind = 'watchlist.imported'") == [(added,)]
    assert (
        count(ask, "watchlist.item.added", "age_band <> '18 and over' AND rationale IS NULL") == 0
    )


def test_each_list_is_the_same_from_compiling_to_deletion(log):
    _, _, ask = log
    digests = ask(
        "SELECT watchlist, count(*), count(DISTINCT digest) FROM log "
        "WHERE kind IN ('watchlist.compiled', 'watchlist.imported', 'watchlist.deleted') "
        "GROUP BY watchlist"
    )
    assert len(digests) == 4
    assert all(row[1:] == (3, 1) for row in digests)


def test_published_counts_are_those_of_the_log(log):
    _, _, ask = log
    published = ask(
        "SELECT deployment, faces, alerts, false_alerts FROM log WHERE kind = 'record.published'"
    )
    assert len(published) == 4
    for deployment, faces, alerts, false_alerts in published:
        assert count(ask, "face.seen", f"deployment = {deployment}") == faces
        outcomes = f"deployment = {deployment} AND reason IS DISTINCT FROM 'test subject'"
        assert count(ask, "outcome.recorded", outcomes) == alerts
        false = "(result = 'false' OR reason LIKE 'rejected%')"
        assert count(ask, "outcome.recorded", f"{outcomes} AND {false}") == false_alerts


def test_the_truth_is_not_in_the_log(tmp_path):
    """The log is the same, byte for byte, where the truth is another and people did the same."""
    history, lists = small_history()
    truth = replace(history.alerts, mated=~history.alerts.mated, person=history.alerts.person + 1)
    logs = []
    for alerts in (history.alerts, truth):
        path = tmp_path / "events.parquet"
        told = replace(history, alerts=alerts)
        write_live_log(path, told, watchlists=lists, category=categories(history))
        logs.append(path.read_bytes())
    assert logs[0] == logs[1]


def test_the_same_seed_gives_the_same_bytes(tmp_path):
    first, again, other = (tmp_path / name for name in ("a", "b", "c"))
    written(first)
    written(again)
    written(other, seed=2)
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() != other.read_bytes()


def test_a_deployment_without_an_alert(tmp_path):
    history = written(tmp_path / "events.parquet", each=0, faces=10)
    table = pq.read_table(tmp_path / "events.parquet")
    kinds = table["kind"].to_pylist()
    assert kinds.count("face.seen") == kinds.count("render.blurred") == 40
    assert kinds.count("alert.raised") == 0
    assert len(history.alerts.deployment) == 0
