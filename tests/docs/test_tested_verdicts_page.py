"""Verdicts on claims of known truth are wrong no more often than stated; wrong rules are caught."""

from pathlib import Path

import pytest

from lookalike import MET_2025, document
from probity.claims.check import check
from probity.claims.finding import Verdict
from probity.claims.load import parse
from probity.records.reader import read
from scripts import script
from simulated_worlds import BEYOND, MOST_CLUSTERED, WORLDS, World
from tested_verdicts import RULES, Judged, claims_file, evidence_of, judged, posed, promised

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def writer():
    with script("docs/write_tested_verdicts.py") as module:
        yield module


@pytest.fixture(scope="module")
def found(writer) -> list[dict[str, Judged]]:
    return [judged(world, writer.RECORDS, seed=writer.SEED) for world in (*WORLDS, *BEYOND)]


@pytest.mark.verify
def test_no_promised_verdict_is_wrong_more_often_than_stated(found, record_property) -> None:
    kept = [s for one in found for s in one["product"].scores if promised(one["product"], s)]
    record_property("claims whose level is promised", len(kept))
    record_property("records of each", kept[0].worlds)
    record_property("wrong at most, of these", max(s.wrong for s in kept))
    assert sum(one["product"].scores[0].worlds for one in found) >= 2_000
    for one in found:
        product = one["product"]
        assert [s.posed for s in product.above() if promised(product, s)] == [], product.world


@pytest.mark.control
@pytest.mark.verify
def test_rules_known_to_be_wrong_are_caught(found) -> None:
    for one in found:
        assert one["point"].above(), one["point"].world
    caught = {
        s.posed.kind for one in found if one["point"].world == "clustered"
        for s in one["independent"].above()
    }  # fmt: skip
    assert {"false_alerts_per_face_seen", "false_share_of_alerts"} <= caught


@pytest.mark.verify
def test_the_page_says_what_was_found(found, writer) -> None:
    text = writer.TARGET.read_text(encoding="utf-8")
    assert writer.page(found) == text, "run .venv/bin/python docs/write_tested_verdicts.py"


def test_a_rule_that_ignores_clustering_or_chance_is_caught_on_few_records() -> None:
    """The short form, on claims whose limit is the truth."""
    world = World("clustered, in short", 25, 20.0, 4.0)
    scores = judged(world, 60, seed=3)
    kind = "false_alerts_per_face_seen"
    wrong = {name: scores[name].worst(kind).wrong for name in RULES}
    assert wrong["product"] < 12 < wrong["independent"] < wrong["point"]
    assert {s.posed.kind for s in scores["product"].above() if s.posed.kind == kind} == set()
    assert kind in {s.posed.kind for s in scores["point"].above()}


def test_statements_about_the_record_are_never_wrong_and_never_undecided() -> None:
    scores = judged(World("totals", 12, 9.0, MOST_CLUSTERED), 5, seed=4)["product"].scores
    record = [s for s in scores if s.posed.column]
    assert len(record) == 27
    for one in record:
        assert one.true.total() == one.true[Verdict.SUPPORTED]
        assert one.false.total() == one.false[Verdict.CONTRADICTED]


def test_a_record_as_pdf_gets_the_verdicts_of_its_csv(tmp_path: Path) -> None:
    world = World("two formats", 12, 9.0, MOST_CLUSTERED)
    [drawn] = world.draws(1, seed=8)
    evidence = evidence_of(drawn)
    [record] = evidence.own
    printed = [dict(row.printed) for row in record.deployments]
    assert set(printed[0]) >= {h.field for h in MET_2025}
    path = tmp_path / "record.pdf"
    path.write_bytes(document(MET_2025, printed, title="Deployments"))
    claims = posed(world.truths, {name: float(n) for name, n in drawn.totals.items()})
    loaded = parse(claims_file(claims), file=world.name)
    other = type(evidence)(evidence.bundle, (read(path, force=record.deployments[0].force),))
    verdicts = [[f.verdict for f in check([loaded], one)] for one in (evidence, other)]
    assert verdicts[0] == verdicts[1]
    assert len(set(verdicts[0])) == 3
