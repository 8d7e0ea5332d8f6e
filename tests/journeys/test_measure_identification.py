"""`probity measure identification` as a laboratory runs it."""

import csv
import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from probity.cli import main

RATE_FIELDS = {"k", "n", "value", "low", "high", "level", "method"}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    returncode: int
    stdout: str
    stderr: str


def probity(*arguments: object) -> Done:
    """Run the command in this process: starting another takes longer than most tests."""
    stdout, stderr = io.StringIO(), io.StringIO()
    command = ["probity", "measure", "identification", *map(str, arguments)]
    code = 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
        patch.setattr(sys, "argv", command)
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, stdout.getvalue(), stderr.getvalue())


def write(directory: Path, people: int = 60, *, gallery: int = 30, groups: int = 2) -> list[object]:
    """A small laboratory's files: the first people are enrolled, all pass twice."""
    rng = np.random.default_rng(4)
    centre = rng.normal(size=(people, 24))
    rows, vectors = [], []
    for person in range(people):
        for number, role in enumerate(["gallery"] * (person < gallery) + ["probe"] * 2):
            group = "ABC"[person % groups]
            rows.append((len(rows), f"{role}-{person}-{number}", f"p{person}", role, group))
            vectors.append(centre[person] + 0.7 * rng.normal(size=24))
    templates, manifest = directory / "T.npy", directory / "M.csv"
    np.save(templates, np.array(vectors, np.float32))
    with manifest.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["row", "sample_id", "subject_id", "role", "group"])
        writer.writerows(rows)
    return ["--templates", templates, "--manifest", manifest]


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory):
    return write(tmp_path_factory.mktemp("laboratory"))


@pytest.fixture(scope="module")
def asked(laboratory):
    sizes = ("--gallery-size", 10, "--gallery-size", 30)
    return [*laboratory, "--threshold", 0.4, "--threshold", 0.5, *sizes, "--format", "json"]


@pytest.fixture(scope="module")
def printed(asked):
    done = probity(*asked)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_document_has_what_was_promised(printed):
    document = json.loads(printed)
    assert document["schema"] == "probity/identification/1"
    assert document["comparisons"] == 120 * 30
    assert 0 < document["score_error_bound"] < 1e-3
    asked_for = [(at["threshold"], at["gallery_size"]) for at in document["thresholds"]]
    assert asked_for == [(0.4, 10), (0.4, 30), (0.5, 10), (0.5, 30)]
    for at in document["thresholds"]:
        for figures in (at, *at["groups"].values()):
            for name in ("fpir_per_nonmated_probe", "tpir_per_mated_probe"):
                rate = figures[name]
                assert set(rate) >= RATE_FIELDS
                assert rate["value"] == rate["k"] / rate["n"]
                assert rate["low"] <= rate["value"] <= rate["high"]
        assert set(at["groups"]) == {"A", "B"}


def test_counts_are_those_of_plain_arithmetic(printed, laboratory):
    """The whole gallery, straight from the vectors and the manifest."""
    vectors = np.load(laboratory[1]).astype(np.float64)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    with laboratory[3].open() as file:
        rows = list(csv.DictReader(file))
    probe = np.array([row["role"] == "probe" for row in rows])
    person = np.array([row["subject_id"] for row in rows])
    scores = vectors[probe] @ vectors[~probe].T
    mated = np.isin(person[probe], person[~probe])
    first = person[~probe][scores.argmax(axis=1)] == person[probe]
    for at in json.loads(printed)["thresholds"]:
        if at["gallery_size"] == 30:
            alert = scores.max(axis=1) >= at["threshold"]
            assert at["fpir_per_nonmated_probe"]["k"] == int((alert & ~mated).sum())
            assert at["tpir_per_mated_probe"]["k"] == int((alert & mated & first).sum())
            assert at["tpir_per_mated_probe"]["n"] == int(mated.sum())


def test_another_process_gives_the_same_bytes(printed, asked):
    executable = str(Path(sys.executable).with_name("probity"))
    command = [executable, "measure", "identification", *map(str, asked)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == printed


def test_another_seed_draws_another_sub_gallery_and_leaves_the_whole_one(printed, asked):
    other = json.loads(probity(*asked, "--seed", 5).stdout)["thresholds"]
    for one, again in zip(json.loads(printed)["thresholds"], other, strict=True):
        same = all(
            one[name]["k"] == again[name]["k"]
            for name in ("fpir_per_nonmated_probe", "tpir_per_mated_probe")
        )
        assert same or one["gallery_size"] == 10


def test_retrospective_lists_need_no_threshold(laboratory):
    done = probity(*laboratory, "--mode", "retrospective", "--rank", 5, "--format", "json")
    document = json.loads(done.stdout)
    assert document["mode"] == {"name": "retrospective", "list_length": 200, "rank": 5}
    (at,) = document["thresholds"]
    assert at["threshold"] is None
    # Whoever is searched for, all 30 people come back.
    assert at["fpir_per_nonmated_probe"]["value"] == 1
    assert at["candidates_per_nonmated_probe"]["value"] == 30
    assert [one["rank"] for one in document["cmc"][0]["ranks"]][:4] == [1, 2, 3, 5]


def test_the_table_names_populations_and_what_the_test_could_have_found(laboratory):
    done = probity(*laboratory, "--threshold", 0.5)
    assert done.returncode == 0, done.stderr
    assert "FPIR per non-mated probe" in done.stdout
    assert "TPIR per mated probe" in done.stdout
    assert done.stdout.count("this test would find") == 2


def test_without_a_threshold_live_mode_looks_for_the_usual_ones(laboratory):
    document = json.loads(probity(*laboratory, "--format", "json").stdout)
    fpirs = [at["fpir_per_nonmated_probe"]["value"] for at in document["thresholds"]]
    assert fpirs[0] == pytest.approx(0.1)


def test_without_mated_probes_tpir_is_null_with_its_reason(tmp_path):
    arguments = write(tmp_path)
    manifest = arguments[3]
    # Everyone enrolled gets a name that no probe has.
    manifest.write_text(
        "\n".join(
            line.replace(",p", ",enrolled-") if ",gallery," in line else line
            for line in manifest.read_text().splitlines()
        )
    )
    done = probity(*arguments, "--threshold", 0.4, "--format", "json")
    assert done.returncode == 0, done.stderr
    tpir = json.loads(done.stdout)["thresholds"][0]["tpir_per_mated_probe"]
    assert tpir["value"] is None
    assert "no mated probes" in tpir["undefined"]


def test_a_group_with_one_person_keeps_its_counts_and_says_why_there_is_no_interval(tmp_path):
    arguments = write(tmp_path, people=7, gallery=3, groups=3)
    done = probity(*arguments, "--threshold", 0.4, "--format", "json")
    assert done.returncode == 0, done.stderr
    groups = json.loads(done.stdout)["thresholds"][0]["groups"]
    alone = groups["B"]["tpir_per_mated_probe"]
    assert alone["n"] == 2
    assert alone["low"] is None
    assert "1 person" in alone["undefined"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (["--gallery-size", 31], "1 to 30, the number of people in the gallery"),
        (["--threshold", "nan"], "a threshold is not a number"),
        (["--level", 1], "a confidence level is out of range"),
        (["--rank", 2, "--list-length", 1], "rank and length of the candidate list do not fit"),
        (["--rank", 5000], "rank and length of the candidate list do not fit"),
    ],
)
def test_what_cannot_be_measured_is_refused_in_one_line(laboratory, change, message):
    done = probity(*laboratory, *change)
    assert done.returncode == 3
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "into", "message"),
    [
        ("1,probe-0-1,p0,probe,A", "1,gallery-0-0,p0,probe,A", "a sample is named twice"),
        ("1,probe-0-1,p0,probe,A", "1,probe-0-1,P0,probe,A", "differ only in case"),
        ("1,probe-0-1,p0,probe,A", "0,probe-0-1,p0,probe,A", "a row is named twice"),
        ("1,probe-0-1,p0,probe,A", "1,probe-0-1,p0,guest,A", "a role is unknown"),
    ],
)
def test_ids_that_collide_are_refused(tmp_path, line, into, message):
    arguments = write(tmp_path)
    manifest = arguments[3]
    assert line in manifest.read_text()
    manifest.write_text(manifest.read_text().replace(line, into))
    done = probity(*arguments, "--threshold", 0.4)
    assert done.returncode == 3
    assert message in done.stderr


def test_without_a_gallery_there_is_nothing_to_search(tmp_path):
    arguments = write(tmp_path)
    arguments[3].write_text(arguments[3].read_text().replace(",gallery,", ",probe,"))
    done = probity(*arguments, "--threshold", 0.4)
    assert done.returncode == 3
    assert "needs probes and a gallery" in done.stderr


def test_templates_without_a_manifest_are_a_mistake_of_use(laboratory):
    assert probity(*laboratory[:2]).returncode == 2
