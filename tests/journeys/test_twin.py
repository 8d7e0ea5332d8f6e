"""`probity twin` as somebody who tries a scenario runs it."""

import csv
import hashlib
import io
import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from probity.cli import main

FILES = {
    "events.parquet",
    "manifest.json",
    "record.csv",
    "replicates.parquet",
    "scores.parquet",
    "truth.parquet",
}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def probity(*arguments: object) -> Done:
    stdout, stderr = io.StringIO(), io.StringIO()
    code = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
        patch.setattr(sys, "argv", ["probity", *map(str, arguments)])
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, stdout.getvalue(), stderr.getvalue())


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fixed cameras with three deployments, a tenth of the passers-by and a small pool."""
    text = (files("probity.twin") / "scenarios" / "fixed-cameras.toml").read_text("utf-8")
    for old, new in (
        ("deployments = 13", "deployments = 3"),
        ("faces_per_hour = 3050.0", "faces_per_hour = 305.0"),
        ("pool_size = 20000", "pool_size = 700"),
        ("size = { mean = 16500.0, sd = 400.0, least = 15000.0, most = 18500.0 }",
         "size = { mean = 500.0, sd = 20.0, least = 400.0, most = 600.0 }"),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("scenario") / "small.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def written(small: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    out = tmp_path_factory.mktemp("run") / "out"
    done = probity(
        "twin", "run", small, "--seed", 4, "--replicates", 3, "--events",
        "--out", out, "--format", "json",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    return out, json.loads(done.stdout)


def test_a_run_writes_every_file_with_its_digest(written: tuple[Path, dict]) -> None:
    out, summary = written
    assert {path.name for path in out.iterdir()} == FILES
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert set(manifest["files"]) == FILES - {"manifest.json"}
    for name, stated in manifest["files"].items():
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == stated["sha256"]
    assert manifest["scenario_sha256"] == summary["scenario_sha256"]
    assert (manifest["seed"], manifest["replicates"]) == (4, 3)
    assert not [path for path in out.parent.iterdir() if path != out]


def test_record_truth_log_and_summary_count_the_same(written: tuple[Path, dict]) -> None:
    out, summary = written
    first = summary["first"]
    with (out / "record.csv").open(newline="", encoding="utf-8") as file:
        record = list(csv.DictReader(file))
    assert len(record) == first["deployments"] == 3
    assert sum(int(row["Total Alerts"]) for row in record) == first["alerts"]
    assert sum(int(row["Faces seen (estimate)"]) for row in record) == first["faces_seen"]
    assert first["alerts"] == first["true_alerts"] + first["false_alerts"]
    assert first["alerts"] == first["mated_alerts"] + first["nonmated_alerts"]
    kinds = pq.read_table(out / "events.parquet", columns=["kind"])["kind"].to_pylist()
    assert len(kinds) == summary["events"]
    assert kinds.count("alert.raised") == first["alerts"] + first["seeded_alerts"]
    assert kinds.count("deployment.start") == 3
    truth = pq.read_table(out / "truth.parquet")
    assert truth["alert"].null_count == truth.num_rows - kinds.count("alert.raised")
    replicates = pq.read_table(out / "replicates.parquet").to_pylist()
    assert [row["replicate"] for row in replicates] == [0, 1, 2]
    assert replicates[0] == first
    assert len({row["faces_seen"] for row in replicates}) == 3


def test_the_same_bytes_from_any_number_of_workers(
    small: Path, written: tuple[Path, dict], tmp_path: Path
) -> None:
    done = probity(
        "twin", "run", small, "--seed", 4, "--replicates", 3, "--events",
        "--workers", 2, "--out", tmp_path / "two",
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    for name in FILES:
        assert (tmp_path / "two" / name).read_bytes() == (written[0] / name).read_bytes(), name


def test_another_seed_gives_another_record(
    small: Path, written: tuple[Path, dict], tmp_path: Path
) -> None:
    done = probity("twin", "run", small, "--seed", 5, "--out", tmp_path / "other")
    assert done.returncode == 0
    assert "false_alerts_per_face_seen" in done.stdout
    assert "false_share_of_alerts" in done.stdout
    assert not (tmp_path / "other" / "events.parquet").exists()
    record = (tmp_path / "other" / "record.csv").read_bytes()
    assert record != (written[0] / "record.csv").read_bytes()


def test_measure_reads_the_scores(written: tuple[Path, dict]) -> None:
    done = probity(
        "measure", "verification", "--scores", written[0] / "scores.parquet", "--format", "json"
    )
    assert (done.returncode, done.stderr) == (0, "")
    scores = pq.read_table(written[0] / "scores.parquet")
    mated = np.array(scores["mated"])
    score = np.array(scores["score"])
    assert (~mated).sum() == 400 * 250
    assert np.median(score[mated]) > 0.62 > np.quantile(score[~mated], 0.9999)


def test_a_directory_with_something_in_it_is_left_alone(small: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    done = probity("twin", "run", small, "--out", tmp_path)
    assert done.returncode == 3
    assert "the directory is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_bad_scenarios_end_before_any_work(small: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        small.read_text("utf-8").replace("faces_per_hour = 305.0", "faces_per_hour = -1.0")
    )
    done = probity("twin", "run", bad, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "places[0].faces_per_hour" in done.stderr
    assert not (tmp_path / "out").exists()
    assert probity("twin", "run", "nowhere", "--out", tmp_path / "out").returncode == 3
    assert probity("twin", "run", small, "--seed", -1, "--out", tmp_path / "out").returncode == 2


def test_scenarios_and_their_values_are_shown() -> None:
    listed = json.loads(probity("twin", "scenarios", "--format", "json").stdout)["scenarios"]
    assert [one["name"] for one in listed] == sorted(one["name"] for one in listed)
    assert len(listed) == 6
    assert all(one["published"] > 0 and one["assumed"] > 0 for one in listed)
    shown = probity("twin", "show", "oifr-pilot").stdout
    assert "search.gallery_size = 600000" in shown
    assert "Published (welsh-oifr-2024): more than 600,000" in shown
    assert (
        json.loads(probity("twin", "show", "carnival", "--format", "json").stdout)["name"]
        == "carnival"
    )


def test_a_pilot_of_searches_runs_like_any_scenario(tmp_path):
    out = tmp_path / "pilot"
    done = probity("twin", "run", "oifr-pilot", "--seed", 2, "--events", "--out", out)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in out.iterdir()} == FILES
    assert "tpir_per_mated_search" in done.stdout
    months = list(csv.DictReader(io.StringIO((out / "record.csv").read_text())))
    truth = pq.read_table(out / "truth.parquet")
    assert sum(int(month["searches"]) for month in months) == truth.num_rows
    measured = probity("measure", "verification", "--scores", out / "scores.parquet")
    assert measured.returncode == 0, measured.stderr
    audited = probity("audit", out / "events.parquet", "--policy", "welsh-oifr")
    assert audited.returncode == 0, audited.stderr
    assert "BREACHED           0" in audited.stdout


def test_searches_without_a_threshold_can_be_too_many(tmp_path):
    bundled = files("probity.twin") / "scenarios" / "rfr-national.toml"
    section = bundled.read_text().split("[search]\n")
    changed = section[0] + "[search]\n" + section[1].replace("threshold = 0.5\n", "", 1)
    scenario = tmp_path / "mine.toml"
    scenario.write_text(changed.replace('"search.threshold" =', '"search.acted_share" ='))
    done = probity("twin", "run", scenario, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert done.stderr.startswith("probity: column search: candidates are too frequent")
    assert not (tmp_path / "out").exists()
