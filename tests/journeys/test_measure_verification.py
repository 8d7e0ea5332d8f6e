"""`probity measure verification` and `plan` as a laboratory runs them."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PROBITY = str(Path(sys.executable).with_name("probity"))
N = 20_000


def probity(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [PROBITY, "measure", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def document(*arguments: object) -> dict:
    done = probity(*arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def scores(tmp_path_factory) -> Path:
    rng = np.random.default_rng(5)
    mated = rng.random(N) < 0.2
    group = np.array(["north", "south"])[rng.integers(0, 2, N)]
    table = pa.table(
        {
            "score": rng.normal(np.where(mated, 2.0, 0.0), 1.0),
            "mated": mated,
            "probe_group": group,
            "reference_group": group,
        }
    )
    path = tmp_path_factory.mktemp("scores") / "S.parquet"
    pq.write_table(table, path)
    return path


def test_the_document_holds_counts_that_a_reader_can_check(scores):
    found = document("verification", "--scores", scores)
    table = pq.read_table(scores)
    score, mated = table["score"].to_numpy(), table["mated"].to_numpy()
    assert found["schema"] == "probity/verification/1"
    assert found["comparisons"] == N
    assert [row["fmr_per_comparison"] for row in found["fnmr_at_fmr"]] == [
        1e-2,
        1e-3,
        1e-4,
        1e-5,
        1e-6,
    ]
    for row in found["fnmr_at_fmr"][:2]:
        fmr, fnmr = row["observed_fmr_per_comparison"], row["fnmr_per_comparison"]
        assert fmr["k"] == (score[~mated] >= row["threshold"]).sum()
        assert fnmr["k"] == (score[mated] < row["threshold"]).sum()
        assert (fmr["n"], fnmr["n"]) == ((~mated).sum(), mated.sum())
        assert fmr["k"] / fmr["n"] <= row["fmr_per_comparison"]
        assert fnmr["low"] < fnmr["value"] < fnmr["high"]
        assert fnmr["method"] == "Clopper-Pearson"
    for row in found["fnmr_at_fmr"][2:]:
        assert row["threshold"] is None
        assert "cannot show an FMR" in row["fnmr_per_comparison"]["undefined"]
    at = found["eer_at"]["threshold"]
    fmr, fnmr = (score[~mated] >= at).mean(), (score[mated] < at).mean()
    assert found["eer"] == pytest.approx((fmr + fnmr) / 2, abs=1e-15)


def test_groups_add_up_to_the_whole(scores):
    found = document("verification", "--scores", scores, "--fmr", "0.01")
    cells = [cell for by_reference in found["groups"].values() for cell in by_reference.values()]
    assert set(found["groups"]) == {"north", "south"}
    assert sum(cell["comparisons"] for cell in cells) == N
    (whole,) = found["fnmr_at_fmr"]
    parts = [
        row
        for cell in cells
        for row in cell["thresholds"]
        if row["threshold"] == whole["threshold"]
    ]
    assert (
        sum(p["fmr_per_comparison"]["k"] for p in parts)
        == whole["observed_fmr_per_comparison"]["k"]
    )
    assert sum(p["fnmr_per_comparison"]["k"] for p in parts) == whole["fnmr_per_comparison"]["k"]


def test_two_files_are_one_test(scores, tmp_path):
    table = pq.read_table(scores)
    halves = [tmp_path / "a.parquet", tmp_path / "b.parquet"]
    pq.write_table(table.slice(0, 7_000), halves[0])
    pq.write_table(table.slice(7_000), halves[1])
    whole = document("verification", "--scores", scores)
    parts = document("verification", "--scores", halves[0], "--scores", halves[1])
    del whole["source"], parts["source"]
    assert parts == whole


def test_failures_to_enrol_and_acquire_raise_the_whole_system_rates(scores):
    lost = ("--not-enrolled", "10/1000", "--not-acquired", "20/1000")
    found = document("verification", "--scores", scores, "--fmr", "0.01", *lost)
    (rates,) = found["generalised"]
    (row,) = found["fnmr_at_fmr"]
    kept = 0.99 * 0.98
    fmr, fnmr = (row[f"{n}_per_comparison"]["value"] for n in ("observed_fmr", "fnmr"))
    assert rates["gfar_per_attempt"]["value"] == pytest.approx(fmr * kept)
    assert rates["gfrr_per_attempt"]["value"] == pytest.approx(1 - kept + kept * fnmr)
    assert rates["gfrr_per_attempt"]["low"] < rates["gfrr_per_attempt"]["value"]


def test_the_table_in_a_pipe_is_tab_separated_and_says_what_cannot_be_shown(scores):
    done = probity("verification", "--scores", scores)
    assert done.returncode == 0
    rows = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    assert rows[0][1] == "threshold"
    assert "cannot show an FMR of 1e-06" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("verification", "--scores", "none.csv"), 3, "none.csv: the file cannot be read"),
        (("verification",), 2, "--scores"),
        (("plan",), 2, "either --rate-below or --ratio-below"),
        (("plan", "--ratio-below", "2"), 2, "--rate"),
        (("plan", "--rate-below", "2"), 3, "limit out of range"),
        (("plan", "--rate-below", "1/0"), 3, "not a rate"),
        (("plan", "--rate-below", "0.1", "--expected", "0.2"), 3, "must lie below the limit"),
    ],
)
def test_bad_input_is_one_line_and_an_exit_code(arguments, code, message):
    done = probity(*arguments)
    assert done.returncode == code
    assert message in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "option", [("--fmr", "0"), ("--fmr", "nan"), ("--level", "1"), ("--not-enrolled", "3/2")]
)
def test_options_out_of_range(option, scores):
    done = probity("verification", "--scores", scores, *option)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_a_plan_for_each_group():
    found = document("plan", "--rate-below", "1/6000", "--group", "a", "--group", "b")
    assert found["schema"] == "probity/plan/1"
    assert found["groups"]["a"]["probes"] == found["groups"]["b"]["probes"] == 17_973
    assert "17,973" in probity("plan", "--rate-below", "1/6000").stdout


def test_with_subjects_every_rate_has_its_interval_over_people(tmp_path):
    rng = np.random.default_rng(6)
    people = rng.integers(0, 40, (N, 2))
    people[: N // 5, 1] = people[: N // 5, 0]
    mated = people[:, 0] == people[:, 1]
    like = rng.normal(0.0, 0.7, 40)
    table = pa.table(
        {
            "score": rng.normal(np.where(mated, 3.0, like[people].sum(axis=1)), 1.0),
            "mated": mated,
            "probe_subject": [f"p{code}" for code in people[:, 0]],
            "reference_subject": [f"p{code}" for code in people[:, 1]],
            "probe_group": np.array(["north", "south"])[people[:, 0] % 2],
        }
    )
    path = tmp_path / "S.parquet"
    pq.write_table(table, path)
    found = document("verification", "--scores", path, "--fmr", "0.01")
    at = found["fnmr_at_fmr"][0]["observed_fmr_per_comparison"]
    over = at["over_people"]
    assert (over["k"], over["n"]) == (at["k"], at["n"])
    assert over["low"] < at["low"] < at["high"] < over["high"]
    assert at["naive_too_narrow"] is True
    assert any("times as wide as the naive one" in sentence for sentence in found["intervals"])
    for group in ("north", "south"):
        fmr = found["groups"][group]["all"]["thresholds"][0]["fmr_per_comparison"]
        assert fmr["over_people"]["high"] > fmr["high"]
    shown = probity("verification", "--scores", path, "--fmr", "0.01").stdout
    lines = [line for line in shown.splitlines() if line.startswith(("FMR 0.01", "north", "south"))]
    assert len(lines) == 5
    assert all("over people; naive (" in line for line in lines)
