"""The auditor on logs with planted faults: every breach found, nothing else, as the page says."""

from pathlib import Path

import pytest

from faulted_logs import (
    LIVE_FAULTS,
    SYSTEMS,
    Auditor,
    ScoreSheet,
    audited,
    everything,
    found_in,
    write,
)
from scripts import loaded

ROOT = Path(__file__).parents[2]
NEVER = {"met-lfr-2024-09/R50-published"}


@pytest.fixture(scope="module")
def writer():
    return loaded("docs/write_tested_auditor.py")


@pytest.fixture(scope="module")
def tested(writer) -> ScoreSheet:
    return writer.run()


@pytest.mark.verify
def test_every_breach_is_found_and_nothing_else(
    tested: ScoreSheet, writer, record_property
) -> None:
    scores = tested.rules.values()
    record_property("breaches planted", sum(one.planted for one in scores))
    record_property("missed", sum(one.missed for one in scores))
    record_property("false findings", sum(one.false for one in scores))
    assert tested.logs == writer.LOGS == 200
    for rule, score in tested.rules.items():
        assert (score.missed, score.false) == (0, 0), rule
    for kind, score in tested.problems.items():
        assert (score.missed, score.false) == (0, 0), kind
    assert tested.rules.keys() == {rule.rule_id for rule in everything().rules} - NEVER
    assert {name: tested.faults[name] >= 10 for name in LIVE_FAULTS} == dict.fromkeys(
        LIVE_FAULTS, True
    )


@pytest.mark.verify
def test_the_page_says_what_was_found(tested: ScoreSheet, writer) -> None:
    text = writer.TARGET.read_text(encoding="utf-8")
    assert writer.page(tested) == text, "run .venv/bin/python docs/write_tested_auditor.py"


@pytest.mark.verify
def test_both_engines_find_the_same(tmp_path: Path) -> None:
    engines = ("duckdb", "reference")
    first, second = (
        audited(30, tmp_path, seed=77, auditor=Auditor(engine=engine)) for engine in engines
    )
    assert first == second
    assert first.findings > 500


@pytest.mark.control
@pytest.mark.parametrize("rule", ["met-lfr-2024-09/R76", "college-app/R43", "south-wales-2018/R73"])
def test_an_auditor_that_lacks_a_rule_is_caught(rule: str, tmp_path: Path) -> None:
    tested = scored(rule, tmp_path, Auditor(engine="reference", without=(rule,)))
    assert {name for name, one in tested.rules.items() if one.missed} == {rule}
    assert not any(one.false for one in tested.rules.values())


@pytest.mark.control
@pytest.mark.parametrize(
    ("rule", "other", "fault"),
    [
        ("met-lfr-2024-09/R07", "npl-2023/R06", "alert-kept-a-day"),
        ("camera-code-2021/R76", "met-lfr-2024-09/R76", "stop-after-rejection"),
    ],
)
def test_an_auditor_that_reads_a_rule_too_strictly_is_caught(
    rule: str, other: str, fault: str, tmp_path: Path
) -> None:
    system = next(iter(SYSTEMS.values()))
    written = write(tmp_path / "log.parquet", system, [LIVE_FAULTS[fault]], seed=3)
    tested = ScoreSheet()
    tested.add(written, found_in(written, Auditor(engine="reference", confusing={rule: other})))
    assert {name for name, one in tested.rules.items() if one.false} == {rule}
    assert not any(one.missed for one in tested.rules.values())


def scored(rule: str, directory: Path, auditor: Auditor) -> ScoreSheet:
    """Every fault that breaches the rule, one log each."""
    system, tested = next(iter(SYSTEMS.values())), ScoreSheet()
    for fault in LIVE_FAULTS.values():
        if rule in getattr(fault, "rules", ()):
            written = write(directory / "log.parquet", system, [fault], seed=3)
            tested.add(written, found_in(written, auditor))
    return tested
