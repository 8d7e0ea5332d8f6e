"""From a claim to a finding: versions, own word, other readings, what is needed."""

from typing import Any

import pytest

from probity.claims.check import check, finding_on
from probity.claims.claim import Claim, OperatorClaims
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding, Measurement, Verdict
from probity.claims.load import load_claims
from probity.claims.relation import Relation
from probity.claims.verdict import decide_version
from probity.core import Count, InputError
from probity.records.bundled import load
from probity.stats.interval import clopper_pearson
from probity.stats.resampling import korn_graubard


def claim(test: dict[str, Any], **more: Any) -> Claim:
    return Claim.model_validate(
        {
            "id": "a-claim",
            "theme": "false-alerts",
            "title": "A claim",
            "words": "A claim.",
            "claimant": {"name": "Somebody", "role": "critic"},
            "status": "FOUND",
            "where_said": ["pq-98989"],
            "reading": "As it stands.",
            "test": {"statement": "rate", "population": "faces seen", **test},
            **more,
        },
        strict=False,
    )


def counts(k: int, n: int, *, source: str = "npl-2023") -> dict[str, Any]:
    return {
        "measure": "counts_as_published",
        "params": {"k": k, "n": n, "of": "faces seen", "source": source},
    }


def finding(test: dict[str, Any], **more: Any) -> Finding:
    return finding_on(claim(test, **more), Evidence(load()))


def test_the_first_measurement_is_the_one_decided() -> None:
    found = finding({**counts(1, 100_000), "relation": "at most", "limit": 1 / 6000})
    assert found.verdict is Verdict.SUPPORTED
    assert found.needed is None
    assert found.versions == 1
    assert "lies wholly on the claimed side of “at most 1 in 6,000”: supported" in found.rule
    assert [source.source_id for source in found.said_in] == ["pq-98989"]


def test_a_claim_that_is_its_own_only_source_is_untestable() -> None:
    own = counts(1, 100_000, source="pq-98989")
    found = finding({**own, "relation": "at most", "limit": 1 / 6000})
    assert found.verdict is Verdict.UNTESTABLE
    assert "cannot support the claim" in found.rule
    assert found.needed is not None
    assert "own word" in found.needed.statement


def test_a_claim_can_be_contradicted_by_its_own_figures() -> None:
    own = counts(50, 100, source="pq-98989")
    found = finding({**own, "relation": "at most", "limit": 0.1})
    assert found.verdict is Verdict.CONTRADICTED


def test_published_rows_are_no_own_word_even_where_the_claim_is_made_in_them() -> None:
    found = finding(
        {
            "measure": "total_in_record",
            "params": {"force": "Metropolitan Police", "column": "arrests", "from": "2020"},
            "statement": "record",
            "relation": "more than",
            "limit": 1000,
        },
        where_said=[
            "mps-grid-2020-2022",
            "mps-grid-2023-2024",
            "mps-grid-2025-jul",
            "mps-record-2025-tr",
            "mps-record-2026-tr",
        ],
    )
    assert found.verdict is Verdict.SUPPORTED


def test_versions_that_differ_leave_it_undecided_and_name_both() -> None:
    found = finding(
        {**counts(1, 100_000), "relation": "at most", "limit": 1 / 6000},
        versions=[counts(100, 100_000, source="cw-2023-npl")],
    )
    assert found.verdict is Verdict.UNDECIDED
    assert found.versions == 2
    assert "different verdicts: undecided" in found.rule
    assert found.needed is not None
    assert "npl-2023: supported" in found.needed.statement
    assert "cw-2023-npl: contradicted" in found.needed.statement


def test_versions_that_agree_are_all_shown() -> None:
    found = finding(
        {**counts(1, 100_000), "relation": "at most", "limit": 1 / 6000},
        versions=[counts(2, 100_000, source="cw-2023-npl")],
        companions=[counts(1, 50)],
    )
    assert found.verdict is Verdict.SUPPORTED
    assert len(found.measurements) == 3
    assert found.versions == 2


def test_an_undecided_rate_says_how_many_more_would_decide() -> None:
    found = finding({**counts(1, 10_000), "relation": "at most", "limit": 1 / 6000})
    assert found.verdict is Verdict.UNDECIDED
    assert found.needed is not None
    n = found.needed.n
    assert n is not None
    k = round((10_000 + n) / 10_000 + 0.4999)
    enough = finding({**counts(k, 10_000 + n), "relation": "at most", "limit": 1 / 6000})
    assert enough.verdict is Verdict.SUPPORTED


def test_a_rate_on_the_other_side_of_its_limit_says_how_many_more_would_contradict() -> None:
    found = finding({**counts(2, 10_000), "relation": "at most", "limit": 1 / 6000})
    assert found.verdict is Verdict.UNDECIDED
    assert found.needed is not None
    n = found.needed.n
    assert n is not None
    assert "above the limit" in found.needed.statement
    k = int(2 * (10_000 + n) / 10_000)
    enough = finding({**counts(k, 10_000 + n), "relation": "at most", "limit": 1 / 6000})
    assert enough.verdict is Verdict.CONTRADICTED


@pytest.mark.parametrize(
    ("relation", "limit", "says"),
    [
        ("at most", 1 / 5000, "lies on the limit"),
        ("equal to", 0.0001, "exactly a number"),
        ("between", [0, 0.0003], "narrow the interval"),
    ],
)
def test_where_no_number_of_cases_is_given_the_reason_is(
    relation: str, limit: float | list[float], says: str
) -> None:
    found = finding({**counts(2, 10_000), "relation": relation, "limit": limit})
    assert found.verdict is Verdict.UNDECIDED
    assert found.needed is not None
    assert found.needed.n is None
    assert says in found.needed.statement


def test_an_undecided_event_rate_says_how_much_more_exposure() -> None:
    found = finding(
        {
            "measure": "laboratory_false_positives_per_search",
            "params": {"threshold": "0.64"},
            "relation": "at most",
            "limit": 1 / 13_000,
        }
    )
    assert found.needed is not None
    assert found.needed.n is not None
    assert found.needed.population == "searches"


def test_other_readings_have_verdicts_and_no_say() -> None:
    found = finding(
        {**counts(1, 100_000), "relation": "at most", "limit": 1 / 6000},
        readings=[
            {
                "words": "Of alerts.",
                "test": {
                    **counts(5, 10),
                    "statement": "rate",
                    "population": "alerts",
                    "relation": "at most",
                    "limit": 0.1,
                },
            }
        ],
    )
    assert found.verdict is Verdict.SUPPORTED
    assert [one.verdict for one in found.other_readings] == [Verdict.CONTRADICTED]


def test_a_figure_that_does_not_exist_is_refused_with_the_claim_named() -> None:
    with pytest.raises(InputError, match="claim a-claim: no such published test"):
        finding(
            {
                "measure": "published_share",
                "params": {"tests": ("X",), "of": "faces seen"},
                "relation": "at most",
                "limit": 0.1,
            }
        )


def test_progress_is_told_after_each_claim() -> None:
    (loaded,) = load_claims(["south-wales-police"])
    done: list[str] = []
    findings = check([loaded], Evidence(load()), done=lambda one: done.append(one.claim_id))
    assert done == [f.claim.claim_id for f in findings]


@pytest.mark.parametrize("role", ["operator", "government", "researcher", "press"])
def test_the_claimants_role_changes_nothing(role: str) -> None:
    (loaded,) = load_claims(["resistance-kitchen"])
    renamed = loaded.model_dump(by_alias=True)
    for one in [renamed, *renamed["claims"]]:
        one["claimant"] = {"name": "Resistance Kitchen", "role": role}
    other = OperatorClaims.model_validate(renamed, strict=False)
    evidence = Evidence(load())
    assert [(f.verdict, f.rule) for f in check([loaded], evidence)] == [
        (f.verdict, f.rule) for f in check([other], evidence)
    ]


@pytest.mark.parametrize(
    ("source", "verdict"),
    [("bbw-2023-stats", Verdict.UNTESTABLE), ("leapwise-2025", Verdict.SUPPORTED)],
)
def test_another_document_of_the_claimant_is_the_claimants_own_word(
    source: str, verdict: Verdict
) -> None:
    found = finding(
        {**counts(150, 175, source=source), "relation": "at least", "limit": 0.5},
        claimant={"name": "Big Brother Watch", "role": "critic"},
    )
    assert found.verdict is verdict


def rate_of(ks: list[int], ns: list[int]) -> Measurement:
    count = Count(sum(ks), sum(ns), "faces seen")
    return Measurement(
        name="false_alerts_per_face_seen",
        population="faces seen",
        measured=clopper_pearson(count),
        sources=(),
        over_deployments=korn_graubard(ks, ns, population="faces seen"),
    )


@pytest.mark.parametrize(
    ("ks", "verdict"),
    [
        ([1, 0, 1, 0, 1, 1, 0, 0, 1, 0], Verdict.SUPPORTED),
        ([5, 0, 0, 0, 0, 0, 0, 0, 0, 0], Verdict.UNDECIDED),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0], Verdict.SUPPORTED),
        ([40, 44, 39, 46, 41, 40, 45, 38, 41, 42], Verdict.CONTRADICTED),
    ],
)
def test_a_rate_over_deployments_needs_both_of_its_intervals(
    ks: list[int], verdict: Verdict
) -> None:
    measurement = rate_of(ks, [1_000] * 10)
    assert decide_version(measurement, relation=Relation.AT_MOST, limit=1 / 800) is verdict


def test_one_deployment_alone_decides_no_rate() -> None:
    measurement = rate_of([0], [100_000])
    for limit in (0.5, 1e-9):
        verdict = decide_version(measurement, relation=Relation.AT_MOST, limit=limit)
        assert verdict is Verdict.UNDECIDED


def test_what_is_needed_where_deployments_differ_is_deployments() -> None:
    test = {
        "measure": "false_alerts_per_face_seen",
        "params": {"force": "Metropolitan Police", "from": "2020-01-01", "to": "2022-12-31"},
        "relation": "at most",
        "limit": 1 / 6000,
    }
    found = finding(test)
    assert found.verdict is Verdict.UNDECIDED
    assert "; but the one that lets deployments differ (1 in 3,150 to" in found.rule
    assert found.needed is not None
    assert found.needed.n is None
    assert "more deployments, not more cases" in found.needed.statement
