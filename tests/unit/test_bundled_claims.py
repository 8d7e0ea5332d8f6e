"""The bundled claims: stated fairly, sourced, and the documents made of their findings."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from probity.claims.as_json import as_json
from probity.claims.check import check, count_verdicts
from probity.claims.claim import Claim, GroupShareTipping, Role
from probity.claims.claim_review import TITLES_MOST, claim_reviews
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding, Verdict
from probity.claims.load import known_names, load_claims
from probity.core import Estimate, Undefined
from probity.records.bundled import load

FILES = Path(__file__).parents[2] / "src/probity/claims/claims"
CLAIMS = [claim for loaded in load_claims() for claim in loaded.claims]
SLOW = "effect_on"
"""The ward models take seconds; their claims are tested with them."""


@pytest.fixture(scope="module")
def findings() -> tuple[Finding, ...]:
    quick = [
        loaded.model_copy(
            update={
                "claims": tuple(
                    c for c in loaded.claims if not any(SLOW in u.measure for u in c.uses())
                )
            }
        )
        for loaded in load_claims()
    ]
    return check(quick, Evidence(load()))


def by_id(claims: list[Claim] = CLAIMS) -> Any:
    return pytest.mark.parametrize("claim", claims, ids=lambda claim: claim.claim_id)


# How claims are stated --------------------------------------------------------------------------


def test_there_are_enough_claims_from_enough_sides() -> None:
    assert len(CLAIMS) >= 30
    assert {claim.claimant.role for claim in CLAIMS} == set(Role)
    assert {"metropolitan-police", "big-brother-watch", "resistance-kitchen"} <= set(known_names())


@by_id()
def test_what_people_hear_is_named_in_both_directions(claim: Claim) -> None:
    assert {r.direction for r in claim.reframings} == {"in favour", "against"}


@by_id()
def test_every_claim_has_a_caveat(claim: Claim) -> None:
    assert claim.caveats


@by_id()
def test_an_untested_quantity_names_what_is_missing(claim: Claim) -> None:
    if claim.test.measure == "not_published":
        assert claim.missing


@by_id()
def test_a_claim_about_a_rate_of_false_alerts_shows_both_denominators(claim: Claim) -> None:
    pairs = {
        "false_alerts_per_face_seen": "faces",
        "false_share_of_alerts": "alerts",
    }
    kinds = set()
    for use in (claim.test, *claim.versions, *claim.companions):
        params = use.params
        if use.measure.startswith("report_share") and params["part"] == "false_alerts":
            kinds.add("faces" if params["whole"] == "faces_seen" else "alerts")
        for name, kind in pairs.items():
            if use.measure.startswith(name):
                kinds.add(kind)
    about = claim.claim_id.startswith("C1-") and claim.claim_id != "C1-finds-89-percent"
    if about and claim.claimant.name in {"Metropolitan Police", "Home Office", "Big Brother Watch"}:
        assert kinds == {"faces", "alerts"}


@by_id()
def test_words_that_mean_several_quantities_are_not_used_by_us(claim: Claim) -> None:
    ours = [claim.reading, claim.title, *claim.caveats, *(r.but for r in claim.reframings)]
    for text in ours:
        assert not re.search(r"\b(accuracy|hit|hits|match rate|error rate)\b", text, re.I), text


@by_id()
def test_no_person_is_a_claimant(claim: Claim) -> None:
    assert not re.search(r"\b(Mr|Mrs|Ms|Dr|Sir|Chiswick|Garbett)\b", claim.claimant.name)


@by_id([c for c in CLAIMS if c.status == "UNVERIFIED"])
def test_what_was_not_verified_says_so(claim: Claim) -> None:
    told = " ".join([claim.reading, *claim.caveats])
    assert "UNVERIFIED" in told


def test_the_numbers_are_never_given_out_as_a_campaigns_own_list() -> None:
    text = (FILES / "resistance-kitchen.toml").read_text()
    assert "not the letter's" in text


def test_no_inline_source_is_left_unused() -> None:
    for loaded in load_claims():
        used = {s for c in loaded.claims for s in (*c.where_said, *c.background)}
        for claim in loaded.claims:
            used |= {str(u.params.get("source", "")) for u in claim.uses()}
            if isinstance(claim.tipping, GroupShareTipping):
                used |= {known.source for known in claim.tipping.beside}
            elif claim.tipping is not None:
                used.add(claim.tipping.source)
        assert {source.id for source in loaded.sources} <= used


# What is found ----------------------------------------------------------------------------------


def test_every_verdict_is_reached(findings: tuple[Finding, ...]) -> None:
    assert all(count_verdicts(findings).values())


def test_a_verdict_always_has_its_reason(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        assert finding.rule
        settled = finding.verdict in {Verdict.SUPPORTED, Verdict.CONTRADICTED}
        assert (finding.needed is None) is settled, finding.claim.claim_id


def test_every_measured_figure_has_a_source(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        for one in finding.measurements:
            rows_of_none = one.name == "deployments_in_record"
            assert isinstance(one.measured, Undefined) or one.sources or rows_of_none


# The documents ----------------------------------------------------------------------------------


def test_the_json_document_fits_its_schema(findings: tuple[Finding, ...], repository: Path) -> None:
    schema = json.loads((repository / "docs/reference/schemas/check.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    document = json.loads(json.dumps(as_json(findings), allow_nan=False))
    jsonschema.Draft202012Validator(schema).validate(document)
    listed = {source["id"] for source in document["sources"]}
    for claim in document["claims"]:
        for measure in claim["measures"]:
            assert set(measure["sources"]) <= listed


def test_the_schema_refuses_a_number_missing_without_a_reason(
    findings: tuple[Finding, ...], repository: Path
) -> None:
    schema = json.loads((repository / "docs/reference/schemas/check.json").read_text())
    document = as_json(findings[:1])
    document["claims"][0]["measures"][0] |= {"value": None, "reason": None}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(document)


def test_the_key_figure_of_the_json_document(findings: tuple[Finding, ...]) -> None:
    claims = {claim["id"]: claim for claim in as_json(findings)["claims"]}
    claim = claims["C1-at-worst-1-in-6000"]
    first = claim["measures"][0]
    assert (first["k"], first["n"]) == (10, 3_147_436)
    assert first["part"] == "version"
    assert first["method"] == "Clopper-Pearson"
    assert claim["verdict"] == "supported"
    assert claims["C2-eight-of-ten-false-alerts-black"]["tipping"]["tips_at"]


def test_infinity_becomes_null_with_a_reason(findings: tuple[Finding, ...]) -> None:
    from dataclasses import replace

    open_ended = Estimate(1.0, 0.5, float("inf"), 0.95, "test", "test")
    finding = findings[0]
    changed = replace(
        finding, measurements=(replace(finding.measurements[0], measured=open_ended),)
    )
    measure = as_json([changed])["claims"][0]["measures"][0]
    assert measure["high"] is None
    assert measure["reason"] == "without bound: high"


def test_bundled_files_fit_the_exported_schema(repository: Path) -> None:
    schema = json.loads((repository / "docs/reference/schemas/claims.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    for name in known_names():
        data = tomllib.loads((FILES / f"{name}.toml").read_text())
        jsonschema.Draft202012Validator(schema).validate(data)


def test_claim_review_has_what_its_readers_require(findings: tuple[Finding, ...]) -> None:
    document = claim_reviews(findings, page="https://probity.example/report.html")
    assert document["@context"] == "https://schema.org"
    reviews = document["@graph"]
    assert len(reviews) == len(findings)
    for review, finding in zip(reviews, findings, strict=True):
        assert review["@type"] == "ClaimReview"
        assert review["url"] == f"https://probity.example/report.html#{finding.claim.claim_id}"
        assert 0 < len(review["claimReviewed"]) <= TITLES_MOST
        assert review["author"]["name"]
        item = review["itemReviewed"]
        assert item["@type"] == "Claim"
        assert item["author"] == {"@type": "Organization", "name": finding.claim.claimant.name}
        assert item["appearance"]
        rating = review["reviewRating"]
        assert rating["alternateName"].lower() == finding.verdict.value
        # The verdicts are no scale, so they carry no number.
        assert not {"ratingValue", "bestRating", "worstRating"} & rating.keys()
    assert "datePublished" not in reviews[0]
    assert "null" not in json.dumps(document)


def test_findings_are_the_same_every_time(findings: tuple[Finding, ...]) -> None:
    chosen = ("home-office", "big-brother-watch")
    once, again = (json.dumps(as_json(check(load_claims(chosen), Evidence(load())))) for _ in "ab")
    assert once == again
