"""From a system at work to a verified verdict, by the commands alone, beside the hidden truth."""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lookalike import MET_2025, document
from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.load import load_claims
from probity.records.bundled import load
from probity.records.reader import read
from probity.twin.arrivals import type_shares
from probity.twin.impostor import exceedances
from probity.twin.replicates import Run
from probity.twin.scenario_file import load_scenario
from probity.twin.world import make_world
from scripts import script

ROOT = Path(__file__).parents[2]
SEED = 1


@pytest.fixture(scope="module")
def example():
    with script("examples/full_circle.py") as module:
        yield module


@pytest.fixture(scope="module")
def scenario(tmp_path_factory) -> Path:
    """A few days of the town centre, at a threshold low enough for alerts that are wrong.

    So many that those which officers decide wrongly are few beside them.
    """
    text = (files("probity.twin") / "scenarios" / "town-centre-2024.toml").read_text("utf-8")
    for old, new in (
        ('name = "town-centre-2024"', 'name = "few-days"'),
        ("deployments = 73", "deployments = 12"),
        ("faces_per_hour = 1800.0", "faces_per_hour = 600.0"),
        ("threshold = 0.64", "threshold = 0.56"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path = tmp_path_factory.mktemp("scenario") / "few-days.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def compared(example, scenario, tmp_path_factory):
    out = tmp_path_factory.mktemp("circle") / "out"
    return out, example.full_circle(str(scenario), out, seed=SEED)


def test_every_instrument_agrees_with_the_truth(compared) -> None:
    _, beside = compared
    assert [one.what for one in beside if not one.agrees] == []
    exact = {one.what: one.truth for one in beside if one.low == one.high}
    assert exact["alerts in the record"] > 50
    assert exact["breaches of the policy"] >= 3


def test_there_was_something_to_be_wrong_about(compared) -> None:
    _, beside = compared
    share = next(one for one in beside if one.what == "wrong share of alerts")
    assert share.truth > 0.02
    assert share.high - share.low < 0.3


def test_a_truth_that_is_another_would_be_noticed(example) -> None:
    assert not example.Beside("x", 1.0, 2.0, 2.1).agrees


def test_the_laboratory_finds_the_rate_that_the_recogniser_has(compared, scenario) -> None:
    out, _ = compared
    found = json.loads((out / "verification.json").read_text(encoding="utf-8"))
    point = found["eer_at"]
    live = load_scenario(scenario)
    world = make_world(live, seeds=Run(scenario=live, seed=SEED).seeds(0))
    latent = float(world.latent(np.array(point["threshold"])))
    pool = slice(0, live.watchlist.pool_size)
    truth = sum(
        share * exceedances(world, kind=kind, threshold=latent, entry=pool).mean()
        for kind, share in enumerate(type_shares(live).ravel().tolist())
    )
    interval = point["fmr_per_comparison"]["over_people"]
    assert interval["low"] <= truth <= interval["high"]


def test_the_record_as_pdf_gets_the_same_verdicts(compared, example, tmp_path: Path) -> None:
    out, _ = compared
    record = read(out / "system" / "record.csv")
    printed = [dict(row.printed) for row in record.deployments]
    path = tmp_path / "record.pdf"
    path.write_bytes(document(MET_2025, printed, title="Deployments"))
    claims = load_claims([str(example.CLAIMS)])
    force = record.deployments[0].force
    verdicts = [
        [one.verdict for one in check(claims, Evidence(load(), (given,)))]
        for given in (record, read(path, force=force))
    ]
    assert verdicts[0] == verdicts[1]


def test_the_hidden_truth_is_in_no_file_that_was_published(compared) -> None:
    out, _ = compared
    people = set(pq.read_table(out / "system" / "truth.parquet")["person"].to_pylist()) - {None}
    assert people
    names = [path.name for path in (out / "bundle").rglob("*") if path.is_file()]
    assert not {"truth.parquet", "faults.json", "scores.parquet", "events.parquet"} & set(names)
