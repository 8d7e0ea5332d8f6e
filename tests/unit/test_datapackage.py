"""The bundled figures are a valid Frictionless Data Package, and copies of what was collected."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from probity.records.bundled import load

DATA = Path(__file__).parents[2] / "src/probity/records/data"
PACKAGE = json.loads((DATA / "datapackage.json").read_text(encoding="utf-8"))
VALIDATE = """
import json, sys
from frictionless import validate
report = validate(sys.argv[1])
errors = [f"{task.name}: {error.type}" for task in report.tasks for error in task.errors]
print(json.dumps({"valid": report.valid, "tasks": len(report.tasks), "errors": errors}))
"""


def _validate(descriptor: Path) -> dict[str, object]:
    # In a process of its own: the validator's warnings are not ours to turn into errors.
    done = subprocess.run(
        [sys.executable, "-c", VALIDATE, str(descriptor)],
        capture_output=True,
        text=True,
        check=True,
        cwd=descriptor.parent,
    )
    return json.loads(done.stdout)


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_package_and_every_table_are_valid() -> None:
    report = _validate(DATA / "datapackage.json")
    assert report == {"valid": True, "tasks": len(PACKAGE["resources"]), "errors": []}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("deployments.csv", ",4600,", ",-4600,", "deployments: constraint-error"),
        ("deployments.csv", ",mps-grid-2020-2022,", ",no-such-source,", "deployments: foreign-key"),
        ("london_wards.csv", "E05014054", "E05014053", "london-wards: primary-key"),
        ("places.csv", "51.375", "51.376", "places: hash-count"),
    ],
)
def test_a_changed_cell_makes_it_invalid(
    tmp_path: Path, name: str, old: str, new: str, expected: str
) -> None:
    shutil.copytree(DATA, tmp_path / "data")
    text = (tmp_path / "data" / name).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "data" / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    report = _validate(tmp_path / "data" / "datapackage.json")
    assert not report["valid"]
    assert expected in report["errors"]


def test_every_csv_file_is_described_and_every_described_file_exists() -> None:
    assert sorted(r["path"] for r in PACKAGE["resources"]) == sorted(
        p.name for p in DATA.glob("*.csv")
    )


def test_every_table_has_licences_sources_a_key_and_described_columns() -> None:
    for resource in PACKAGE["resources"]:
        assert resource["licenses"], resource["name"]
        assert resource["sources"], resource["name"]
        assert resource["schema"]["primaryKey"], resource["name"]
        for field in resource["schema"]["fields"]:
            assert field["description"].endswith("."), (resource["name"], field["name"])


def test_cells_that_name_several_rows_name_existing_ones() -> None:
    rows = _read("deployments.csv")
    known = {row["record_id"] for row in rows}
    for row in rows:
        linked = [*row["conflicts_with"].split(";"), *row["same_event_as"].split(";")]
        assert {name for name in linked if name} <= known - {row["record_id"]}
    sources = {row["source_id"] for row in _read("sources.csv")}
    for row in _read("london_boroughs.csv"):
        assert set(row["source_id"].split(";")) <= sources


def test_every_kept_version_of_a_deployment_is_the_one_the_series_counts() -> None:
    bundle = load()
    counted = {d.record_id for force in bundle.forces for d in bundle.series(force)}
    for row in _read("not_in_series.csv"):
        assert row["record_id"] not in counted
        assert not row["kept_record_id"] or row["kept_record_id"] in counted
    for row in bundle.rows:
        links = {*row.conflicts_with, *row.same_event_as} & counted
        if row.kind == "deployment" and row.deployment.record_id in counted:
            assert not links, f"{row.deployment.record_id} is counted together with {links}"


@pytest.mark.shared
@pytest.mark.parametrize("name", [r["path"] for r in PACKAGE["resources"]])
def test_tables_are_the_collected_ones_byte_for_byte(shared_directory: Path, name: str) -> None:
    collected = shared_directory / "data" / name
    if name in {"not_in_series.csv", "date_corrections.csv"}:
        assert not collected.exists(), "collected now: compare it, and drop this exception"
    else:
        assert (DATA / name).read_bytes() == collected.read_bytes()
