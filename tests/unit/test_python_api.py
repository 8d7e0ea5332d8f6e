"""`import probity as pb`: what a user of the library calls, on small files."""

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import probity as pb
from guide_files import MAKERS
from probity.core import InputError, MissingPartError, VerificationError
from probity.core.table import NUMBER, TEXT, WHOLE, Table
from small_twin import write_small_scenario

CLAIM = "C11-99-9997-percent"


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory that holds whatever files of the guides a test names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def file(name: str) -> Path:
    MAKERS[name](Path(name))
    return Path(name)


TABLE = Table.of(
    [{"a": "x", "b": 1}, {"a": None, "b": 2, "c": 0.5}],
    columns={"a": TEXT, "b": WHOLE, "c": NUMBER},
)


def test_a_table_is_arrow_pandas_and_polars() -> None:
    assert TABLE.columns == ("a", "b", "c")
    assert TABLE.rows() == [{"a": "x", "b": 1, "c": None}, {"a": None, "b": 2, "c": 0.5}]
    assert TABLE.to_arrow().schema == pa.schema([("a", TEXT), ("b", WHOLE), ("c", NUMBER)])
    frame = TABLE.to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert frame["b"].tolist() == [1, 2]
    assert frame["c"].isna().tolist() == [True, False]
    assert TABLE.to_polars().equals(pl.DataFrame({"a": ["x", None], "b": [1, 2], "c": [None, 0.5]}))
    assert pl.DataFrame(TABLE).height == 2, "by the Arrow PyCapsule interface"
    assert pa.table(TABLE).num_rows == 2
    assert repr(TABLE).startswith("Table of 2 rows: a, b, c\n{'a': 'x', 'b': 1, 'c': None}")


def test_a_table_without_rows_keeps_its_columns() -> None:
    empty = Table.of([], columns={"a": TEXT})
    assert (len(empty), empty.columns, empty.to_pandas().columns.tolist()) == (0, ("a",), ["a"])


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_missing_is_said(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingPartError, match=f"needs {library}, which is not installed"):
        getattr(TABLE, f"to_{library}")()


def test_a_record_is_read_and_summed(made: Path) -> None:
    record = pb.records.read(str(file("record.csv")))
    deployments = record.deployments()
    assert deployments.to_polars()["faces_seen"].sum() == 22_920
    assert len(record.problems()) == len(record.record.problems)
    summary = record.summary(by="place")
    assert [row["level"] for row in summary.table().rows()] == ["group", "group", "whole"]
    assert summary.table().rows()[-1]["alerts"] == 7
    assert str(summary).startswith("2 deployments\n")
    assert summary.as_json()["schema"] == "probity/records-summary/1"
    assert record.as_json()["schema"] == "probity/records-read/1"


def test_bundled_deployments_are_summed() -> None:
    force = "South Wales Police"
    assert force in pb.records.forces()
    whole = pb.records.summary(force=force).table().rows()[-1]
    alerts = [n for n in pb.records.series(force).to_arrow()["alerts"].to_pylist() if n is not None]
    assert whole["alerts"] == sum(alerts)
    with pytest.raises(InputError, match="no such force"):
        pb.records.summary(force="Nowhere")
    with pytest.raises(InputError, match="no such grouping"):
        pb.records.summary(by="mood")  # type: ignore[arg-type]


def test_claims_are_checked() -> None:
    findings = pb.check(CLAIM)
    assert len(findings) == 1
    assert findings[0] is findings[CLAIM] is next(iter(findings))
    assert findings.verdicts()[findings[0].verdict.value] == 1
    [row] = findings.table().rows()
    assert (row["claim"], row["verdict"]) == (CLAIM, findings[0].verdict.value)
    assert findings.measures().rows()[0]["claim"] == CLAIM
    assert findings.as_json()["schema"] == "probity/check/1"
    with pytest.raises(KeyError):
        _ = findings["no-such-claim"]


def test_claims_are_checked_on_records_of_ones_own(made: Path) -> None:
    mine = file("record.csv")
    assert len(pb.check(CLAIM, records=[mine]).evidence.own) == 1
    with pytest.raises(InputError, match="a list of files"):
        pb.check(CLAIM, records="record.csv")
    pb.check(CLAIM).write_report("report.html")
    assert Path("report.html").read_text("utf-8").startswith("<!doctype html>")


def test_a_log_is_audited(made: Path) -> None:
    with pb.audit.run(file("log.parquet"), policy="met-lfr-2024-09") as found:
        rules = found.rules()
        assert len(rules) == sum(found.verdicts().values())
        breached = [row for row in rules.rows() if row["breaches"]]
        first = breached[0]["rule"]
        assert len(found.breaches(first)) == breached[0]["breaches"]
        assert len(found.breaches(first, most=1)) == 1
        assert found.breaches().columns[0] == "rule"
        assert found.as_json()["schema"] == "probity/audit/1"
        with pytest.raises(InputError, match="no such rule"):
            found.breaches("none")
    with pytest.raises(InputError, match="was closed"):
        found.breaches()
    assert "met-lfr-2024-09" in pb.audit.bundled_policies()


def test_comparisons_are_measured(made: Path) -> None:
    rates = pb.measure.verification(file("S.parquet"), fmrs=[0.01])
    [row] = rates.table().rows()
    assert row["fmr_per_comparison"] == 0.01
    assert row["fnmr_low"] <= row["fnmr_value"] <= row["fnmr_high"]
    assert len(rates.det()) == len(rates.found.det)
    assert rates.as_json()["schema"] == "probity/verification/1"
    two = pb.measure.verification([file("day1.csv"), file("day2.csv")])
    assert two.found.comparisons == 2 * pb.measure.verification("day1.csv").found.comparisons


def test_searches_are_measured(made: Path) -> None:
    rates = pb.measure.identification(file("searches.parquet"), thresholds=[3.0])
    whole = rates.table().rows()[0]
    assert whole["group"] is None
    assert whole["tpir_k"] <= whole["tpir_n"]
    assert rates.as_json()["schema"] == "probity/identification/1"
    with pytest.raises(InputError, match="templates with their manifest, or scores"):
        pb.measure.identification()


def test_a_scenario_is_run(made: Path) -> None:
    write_small_scenario(made / "small.toml")
    found = pb.twin.run("small.toml", seed=3, replicates=2)
    assert len(found.replicates()) == 2
    assert found.reported()["alerts_per_face_seen"].count.k == found.totals[0].alerts
    assert found.truth()["nonmated_share_of_alerts"].count.n == found.totals[0].alerts
    assert found.write(made / "town", events=True) > 0
    assert (made / "town/events.parquet").is_file()
    published = pb.records.read(made / "town/record.csv").deployments()
    assert len(published) == len(found.record()) == found.totals[0].deployments
    assert sum(row["alerts"] for row in published.rows()) == found.totals[0].alerts
    assert "town-centre-2024" in pb.twin.bundled_scenarios()


def test_a_bundle_is_published_and_verified(made: Path) -> None:
    digest = pb.publish_bundle("evidence", claims=[CLAIM], published="2026-11-26")
    verified = pb.verify("evidence", digest=f"sha256:{digest}")
    assert verified
    assert verified.digest == digest
    verified.raise_for_failure()
    assert verified.as_json()["intact"] is True
    Path("evidence/report.html").write_text("changed")
    changed = pb.verify("evidence")
    assert not changed
    with pytest.raises(VerificationError, match=r"report\.html"):
        changed.raise_for_failure()
    with pytest.raises(InputError, match="not a SHA-256 digest"):
        pb.verify("evidence", digest="abc")
    with pytest.raises(InputError, match="no such directory"):
        pb.verify("nowhere")
    with pytest.raises(InputError, match="give both"):
        pb.verify("evidence", log="evidence")


@pytest.mark.parametrize("module", ["probity", "probity.records", "probity.audit", "probity.twin"])
def test_what_a_module_offers_is_there_and_nothing_else(module: str) -> None:
    found = importlib.import_module(module)
    for name in found.__all__:
        assert getattr(found, name) is not None
        assert name in dir(pb) or module != "probity"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = found.nothing


LIGHT = """
import json, sys
import probity as pb
heavy = {"numpy", "pyarrow", "scipy", "duckdb", "pydantic", "pandas", "typer", "altair"}
before = heavy & set(sys.modules)
pb.records
print(json.dumps([sorted(before), sorted(heavy & set(sys.modules))]))
"""


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [[], []]
