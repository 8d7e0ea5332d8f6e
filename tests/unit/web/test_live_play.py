"""A deployment played in steps: its counts, its findings and what exists, from its events alone."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from probity.audit.audit import audit
from probity.audit.log import open_log
from probity.audit.policy_file import load_policy
from probity.stats.interval import clopper_pearson_bounds
from probity.twin.faults.catalogue import FAULTS
from probity.twin.one_deployment import DeploymentLog, deployment_log
from probity.web.live.play import Play
from probity.web.live.saving import FORMS, save
from small_twin import small_scenario

POLICY = load_policy("met-lfr-2024-09")
MINUTE_US = 60_000_000
FAULT = "stop-after-rejection"
SEED = 4
LOW = "recogniser.threshold=0.54"
"""A threshold at which many alerts are false."""


@pytest.fixture(scope="module")
def log() -> DeploymentLog:
    return deployment_log(small_scenario(), seed=SEED, faults=[FAULTS[FAULT]])


def played(log: DeploymentLog, *, step_us: int) -> tuple[Play, list[dict[str, Any]]]:
    """Everything that the page would be told, in steps of one length while cameras are on."""
    play = Play(log, POLICY, dots_a_step=1_000_000)
    told = [play.step(play.start_us())]
    while not play.over:
        after = play.at_us > play.pace.off_us
        told.append(play.step(play.at_us + (step_us * 500 if after else step_us)))
    play.finish()
    return play, told


def test_at_the_end_the_counts_are_those_of_the_operator_s_record(log: DeploymentLog) -> None:
    play, _ = played(log, step_us=30 * MINUTE_US)
    counts, record = play.now()["counts"], log.history.counts
    assert counts["faces"] == int(record.faces_seen[0])
    assert counts["alerts"] == counts["decided"] == int(record.alerts[0])
    assert counts["arrests"] == int(record.arrests[0])
    assert counts["test_alerts"] == int(log.history.alerts.seeded.sum())
    assert counts["alerts"] > 0


def test_without_a_fault_true_and_false_are_those_of_the_record_too() -> None:
    log = deployment_log(small_scenario(LOW), seed=SEED)
    counts = played(log, step_us=60 * MINUTE_US)[0].now()["counts"]
    record = log.history.counts
    assert counts["false"] == int(record.false_alerts[0]) > 0
    assert counts["true"] == int(record.true_confirmed[0] + record.true_unconfirmed[0])


@pytest.mark.parametrize("minutes", [1.7, 600])
def test_however_it_is_cut_into_steps_the_same_is_told(log: DeploymentLog, minutes: float) -> None:
    whole, other = (played(log, step_us=round(m * MINUTE_US)) for m in (30, minutes))
    assert other[0].now() == whole[0].now()
    for key in ("told", "findings"):
        first, second = (
            sorted((one["at"], one["says"]) for step in of[1] for one in step[key])
            for of in (whole, other)
        )
        assert first == second
    assert other[0].whole()["cards"] == whole[0].whole()["cards"]


def test_everybody_who_is_seen_is_drawn_once_and_within_the_step(log: DeploymentLog) -> None:
    _, told = played(log, step_us=5 * MINUTE_US)
    dots = [dot for step in told for dot in step["people"]]
    assert len(dots) == int(log.history.crowd.faces_seen[0])
    assert all(0 <= dot[0] <= 1000 and 0 <= dot[1] < 256 and 0 <= dot[2] < 64 for dot in dots)
    alerted = [dot[3] for dot in dots if dot[3]]
    assert sorted(alerted) == list(range(1, len(log.history.alerts.time_us) + 1))


def test_where_many_pass_a_dot_stands_for_several_but_nobody_with_an_alert_is_left_out(
    log: DeploymentLog,
) -> None:
    play = Play(log, POLICY, dots_a_step=2)
    assert play.dots_for(300, step_s=0.25) > play.dots_for(1, step_s=0.25) == 1
    step = play.step(play.pace.last_us, dots_for=7)
    drawn = [dot[3] for dot in step["people"]]
    assert len(drawn) < step["counts"]["faces"] / 5
    assert sum(bool(alert) for alert in drawn) == len(log.history.alerts.time_us)


def test_the_planted_fault_is_found_and_names_its_alert(log: DeploymentLog) -> None:
    play, told = played(log, step_us=MINUTE_US)
    found = [one for step in told for one in step["findings"]]
    assert [one["rule"] for one in found] == ["R76"]
    assert play.now()["rules"]["breached"] == {"R76": 1}
    card = play.book.cards[found[0]["alert"] - 1]
    assert (card.operator, card.officer) == ("reject", "reject")
    when = next(step for step in told if step["findings"])
    assert when["from"] < found[0]["at"] <= when["to"]


def test_without_a_fault_nothing_is_found() -> None:
    play, _ = played(deployment_log(small_scenario(), seed=SEED), step_us=60 * MINUTE_US)
    assert play.findings == []
    assert play.now()["rules"]["breached"] == {}
    assert play.now()["rules"]["checked"] > 1_000


def test_what_exists_is_what_was_made_and_is_not_yet_deleted(log: DeploymentLog) -> None:
    play = Play(log, POLICY, dots_a_step=20)
    for at_us in (play.start_us(), *play.time_us[:: len(play.time_us) // 40].tolist()):
        if at_us < play.at_us:
            continue
        held = {one["name"]: one for one in play.step(at_us)["held"]}
        table = log.table.slice(0, play.rows)
        kinds = table["kind"].to_pylist()
        for name, made, gone in (
            ("templates", "template.created", "template.deleted"),
            ("alerts", "alert.raised", "alert.deleted"),
            ("watchlist", "watchlist.imported", "watchlist.deleted"),
        ):
            assert held[name]["now"] == kinds.count(made) - kinds.count(gone)
            assert held[name]["so_far"] == kinds.count(made)
        next_us = held["alerts"]["next_us"]
        assert next_us is None or play.at_us < next_us <= held["alerts"]["last_us"]


def test_an_alert_that_is_never_deleted_is_shown_as_kept() -> None:
    log = deployment_log(small_scenario(), seed=SEED, faults=[FAULTS["alert-kept"]])
    play, _ = played(log, step_us=600 * MINUTE_US)
    held = {one["name"]: one for one in play.now()["held"]}
    assert (held["alerts"]["now"], held["alerts"]["kept"]) == (1, 1)
    assert sum(card["goes_us"] is None for card in play.whole()["cards"]) == 1


def test_rates_have_their_counts_and_exact_intervals() -> None:
    log = deployment_log(small_scenario(LOW), seed=SEED)
    now = played(log, step_us=600 * MINUTE_US)[0].now()
    counts = now["counts"]
    for name, k, n in (
        ("false_alerts_per_face_seen", counts["false"], counts["faces"]),
        ("false_share_of_alerts", counts["false"], counts["decided"]),
    ):
        rate = now["rates"][name]
        assert (rate["k"], rate["n"]) == (k, n)
        assert (rate["low"], rate["high"]) == clopper_pearson_bounds(k, n)


def test_a_fault_that_breaches_at_every_face_does_not_flood_the_page() -> None:
    log = deployment_log(small_scenario(), seed=SEED, faults=[FAULTS["authority-missing"]])
    play, told = played(log, step_us=5 * MINUTE_US)
    assert len(play.findings) == 200
    assert max(len(step["findings"]) for step in told) <= 10
    assert sum(play.now()["rules"]["breached"].values()) > 500


@pytest.mark.parametrize("form", FORMS)
def test_the_saved_log_is_audited_to_the_same_findings(
    log: DeploymentLog, tmp_path: Path, form: str
) -> None:
    play, _ = played(log, step_us=600 * MINUTE_US)
    path = tmp_path / f"log.{form}"
    save(log, path, events=len(log.table), form=form)
    with open_log(path) as opened:
        assert opened.events == play.rows
        assert opened.counts["face.seen"] == play.now()["counts"]["faces"]
        result = audit(opened, POLICY)
        breached = {
            one.rule.rule_id: len(one.breached) for one in result.rules if one.breached.size
        }
        assert breached == play.now()["rules"]["breached"]


@pytest.mark.parametrize("form", FORMS)
def test_a_log_that_is_saved_on_the_way_ends_where_the_page_stood(
    log: DeploymentLog, tmp_path: Path, form: str
) -> None:
    play = Play(log, POLICY, dots_a_step=20)
    play.step(play.start_us())
    step = play.step(play.at_us + 100 * MINUTE_US)
    path = tmp_path / f"log.{form}"
    save(log, path, events=step["events"], form=form)
    with open_log(path) as opened:
        assert opened.events == step["events"]
        assert opened.counts["face.seen"] == step["counts"]["faces"]
        assert opened.to_us == int(play.time_us[step["events"] - 1])
        assert not opened.problems


def test_both_forms_hold_the_same_events(log: DeploymentLog, tmp_path: Path) -> None:
    tables = []
    for form in FORMS:
        save(log, tmp_path / f"log.{form}", events=3_000, form=form)
        with open_log(tmp_path / f"log.{form}") as opened:
            tables.append(pq.read_table(opened.path))
    first, second = (sorted(table.select(["event", "time", "kind"]).to_pylist(),
                            key=lambda row: row["event"]) for table in tables)  # fmt: skip
    assert first == second
