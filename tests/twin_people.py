"""A small scenario of live recognition, and hand-made alerts for the stages after the alert."""

import json
from copy import deepcopy

import numpy as np

from probity.twin.history import follow
from probity.twin.scenario import LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Alerts, Calendar, Crowd, Passes
from probity.twin.watchlists import make_watchlists

SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 24 * HOUR
JUNE = 1_748_736_000 * SECOND
"""1 June 2025, 00:00 UTC."""


def _always(mean, **other):
    return {"mean": float(mean), "most": float(other.pop("most", mean)), **other}


def _exactly(value):
    return {"mean": float(value), "sd": 0.0, "least": float(value), "most": float(value)}


_LIVE = {
    "schema": "probity/scenario/1",
    "name": "small",
    "title": "A small town",
    "mode": "live",
    "force": "Example Police",
    "groups": [
        {"name": "A", "crowd_share": 0.6, "listed_share": 0.5},
        {"name": "B", "crowd_share": 0.4, "listed_share": 0.5},
    ],
    "recogniser": {
        "algorithm": "Example",
        "version": "1",
        "test_report": "example-2025",
        "dimension": 48,
        "group_separation": 0.1,
        "entry_spread": 0.1,
        "person_spread": 0.1,
        "quality_effect": 0.1,
        "frame_share": 0.2,
        "mated_person_spread": 0.05,
        "mated_shift": {"all": 0.0},
        "vendor_map": [[0.0, 0.0], [1.0, 1.0]],
        "threshold": 0.64,
    },
    "calendar": {
        "first_day": "2025-06-01",
        "last_day": "2025-06-30",
        "deployments": 4,
        "start_hour": _exactly(12),
        "duration_minutes": _exactly(300),
        "use_cases": {"Crime Hotspot": 0.7, "Specific Intelligence": 0.3},
    },
    "places": [
        {"name": "High St", "place_type": "public", "weight": 0.5, "faces_per_hour": 400.0},
        {"name": "Station Rd", "place_type": "public", "weight": 0.5, "faces_per_hour": 900.0},
    ],
    "crowd": {"dispersion": 0.1, "hourly_profile": "flat"},
    "capture": {
        "cameras": 3,
        "dwell_s": _always(4, cv=0.5, most=30),
        "frames_per_s": 5.0,
        "usable_frame_share": 0.3,
        "most_frames": 8,
        "light_from_hour": 7,
        "light_to_hour": 19,
        "dark_factor": 0.5,
        "crowding_half_faces_per_hour": 20000.0,
        "bands": [
            {"name": "good", "quality": 0.8, "share": {"all": 0.7},
             "mated_mean": 0.8, "mated_spread": 0.08},
            {"name": "poor", "quality": 0.3, "share": {"all": 0.3},
             "mated_mean": 0.6, "mated_spread": 0.1},
        ],
    },
    "watchlist": {
        "pool_size": 2000,
        "size": _exactly(300),
        "categories": {"wanted by the courts": 0.6, "suspected of an offence": 0.3,
                       "missing": 0.1},
        "age_bands": {"18 and over": 0.97, "13 to 17": 0.03},
        "image_sources": {"custody": 1.0},
        "legal_bases": {"PACE": 1.0},
        "enrolment_failure_share": 0.02,
        "compile_lead_h": _always(12, cv=0.3, most=24),
        "item_quality": {"mean": 0.7, "sd": 0.1, "least": 0.3, "most": 1.0},
        "image_age_days": _always(900, cv=1, most=5000),
    },
    "presence": {
        "listed_people_per_deployment": {"wanted by the courts": 8.0},
        "dispersion": 0.0,
        "repeat_pass_share": 0.1,
    },
    "blue_list": {"deployments_share": 0.5, "subjects": 4, "passes_each": 2},
    "adjudication": {
        "operators": 2,
        "officers": 3,
        "operator_service_s": _always(8, cv=0.7, most=60),
        "officer_service_s": _always(20, cv=0.7, most=120),
        "sensitivity": {"A": 0.95, "B": 0.9},
        "specificity": {"A": 0.6, "B": 0.5},
        "officer_sensitivity": {"all": 0.95},
        "officer_specificity": {"all": 0.7},
        "automation_bias": 1.0,
        "patience_s": _always(60, cv=0.5, most=300),
    },
    "engagement": {
        "duration_s": _always(300, cv=0.6, most=3600),
        "stop_share": 0.95,
        "identity_check_right_share": 0.98,
        "leaflet_share": 1.0,
        "force_share": {"all": 0.05},
        "disposal_if_true": {"arrest": 0.4, "other": 0.3, "no_action": 0.3},
        "disposal_if_false": {"arrest": 0.0, "other": 0.0, "no_action": 1.0},
    },
    "retention": {
        "template": {"after": "made", "delay_s": _always(0.3, cv=0.5, most=2)},
        "alert": {"after": "made", "delay_s": _always(20 * 3600, cv=0.2, most=24 * 3600)},
        "watchlist": {"after": "deployment-end", "delay_s": _always(7200, cv=0.8, most=86400)},
        "medium": {"after": "watchlist", "delay_s": _always(600, cv=0.5, most=3600)},
        "footage": {"after": "made", "delay_s": _always(30 * 86400, cv=0.0, most=31 * 86400)},
        "exceptions": [
            {"data_class": "footage", "code": "CPIA 1996", "share": 0.2,
             "kept_days": _always(365, most=400)},
            {"data_class": "alert", "code": "complaint", "share": 0.05,
             "kept_days": _always(90, most=100)},
        ],
    },
    "authority": {
        "rank": 4,
        "granted_lead_h": _always(36, cv=0.5, most=200),
        "application_h": _always(24, cv=0.5, most=100),
        "urgent_share": 0.2,
        "urgent_rank": 2,
        "ratified_after_h": _always(6, cv=0.5, most=24),
        "window_margin_h": 2.0,
        "purpose": "finding wanted people",
        "documents": ["LFR policy 1.0", "DPIA 1.0"],
    },
    "notice": {"lead_h": _always(24, cv=0.3, most=72), "channel": "website"},
    "signs": {"number": 4, "lead_minutes": _always(30, cv=0.3, most=60),
              "distance_m": {"mean": 100.0, "sd": 10.0, "least": 60.0, "most": 140.0}},
    "publication": {"delay_h": _always(72, cv=0.3, most=120)},
    "training": {"staff": 40, "valid_days": 365},
    "provenance": {},
}  # fmt: skip


def small_scenario(**changes):
    """The small scenario; ``changes`` by dotted name, with "__" for the dot."""
    content = deepcopy(_LIVE)
    for name, value in changes.items():
        *path, last = name.split("__")
        section = content
        for step in path:
            section = section[step]
        section[last] = value
    return LiveScenario.model_validate_json(json.dumps(content))


def seeds(seed=1, replicate=0):
    return Seeds(scenario="small", seed=seed, replicate=replicate)


def small_calendar(deployments=4, *, hours=5, size=300, threshold=0.64):
    start = JUNE + np.arange(deployments) * DAY + 12 * HOUR
    return Calendar(
        start_us=start,
        end_us=start + hours * HOUR,
        place=np.arange(deployments) % 2,
        watchlist_size=np.full(deployments, size),
        threshold=np.full(deployments, threshold),
    )


def made_alerts(calendar, each, *, mated_share=0.7, seeded_share=0.0, seed=5, **given):
    """``each`` alerts in every deployment, spread over it; columns in ``given`` as they are."""
    rng = np.random.default_rng(seed)
    n = each * len(calendar.start_us)
    deployment = np.repeat(np.arange(len(calendar.start_us)), each)
    lasts = (calendar.end_us - calendar.start_us)[deployment]
    time = calendar.start_us[deployment] + (rng.random(n) * lasts).astype(np.int64)
    order = np.lexsort((time, deployment))
    mated = rng.random(n) < mated_share
    columns = {
        "deployment": deployment,
        "time_us": time[order],
        "group": rng.integers(0, 2, n),
        "entry_group": rng.integers(0, 2, n),
        "quality": rng.choice([0.3, 0.8], n),
        "entry": rng.integers(0, 300, n),
        "score": 0.64 + rng.exponential(0.03, n),
        "candidates": np.ones(n, np.int64),
        "mated": mated,
        "seeded": mated & (rng.random(n) < seeded_share),
        "person": np.where(mated, rng.integers(0, 300, n), -1),
    }
    return Alerts(**(columns | given))


def small_history(
    *, each=30, faces=600, deployments=4, seed=1, seeded_share=0.1, list_size=300, **changes
):
    """A replicate with hand-made alerts, all stages after the alert, and its watchlists."""
    scenario = small_scenario(**changes)
    calendar = small_calendar(deployments, size=list_size, threshold=scenario.recogniser.threshold)
    lists = make_watchlists(scenario, calendar=calendar, seeds=seeds(seed))
    alerts = made_alerts(calendar, each, seeded_share=seeded_share, seed=seed)
    rank = np.random.default_rng(seed).integers(0, list_size, len(alerts.deployment))
    entry = lists.entry_at(deployment=alerts.deployment, rank=rank)
    entry = np.where(alerts.seeded, scenario.watchlist.pool_size, entry)
    alerts = made_alerts(calendar, each, seeded_share=seeded_share, seed=seed, entry=entry)
    silent = made_alerts(calendar, 5, seed=seed + 1)
    history = follow(
        scenario,
        seeds=seeds(seed),
        calendar=calendar,
        crowd=Crowd(
            faces_seen=np.full(deployments, faces),
            nonmated_passes=np.full((deployments, 1), faces),
        ),
        passes=Passes(
            deployment=silent.deployment,
            time_us=silent.time_us,
            group=silent.group,
            entry=silent.entry,
            person=silent.person,
            seeded=silent.seeded,
            score=silent.score * 0.5,
            alerted=np.zeros(len(silent.deployment), np.bool_),
        ),
        alerts=alerts,
    )
    return history, lists


def categories(history):
    """A category for each person of the pool."""
    scenario = history.scenario
    return np.arange(scenario.watchlist.pool_size) % len(scenario.watchlist.categories)
