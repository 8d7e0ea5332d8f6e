"""Verdicts computed again from what a bundle holds, whoever wrote it."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from probity.core.canonical_json import canonical
from probity.publish.bundle import recompute as module
from probity.publish.bundle.checked import CheckedBundle, as_json, check_bundle
from probity.publish.bundle.compose import compose
from probity.publish.bundle.difference import Difference, json_difference
from probity.publish.bundle.layout import DERIVED, MANIFEST, SUMS
from probity.publish.bundle.manifest import Correction, Manifest, listed, sums
from probity.publish.bundle.read import sha256
from probity.publish.bundle.verify import verify_bundle
from probity.publish.bundle.write import write_bundle
from small_bundle import RECORD, small_bundle, small_inputs, write_small_bundle


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return write_small_bundle(tmp_path / "bundle")


def rewrite(directory: Path, files: dict[str, bytes], **changes: Any) -> None:
    """Change files as a dishonest publisher would: with a manifest and sums that fit."""
    contents = {**small_bundle().files, **files}
    for path, content in files.items():
        (directory / path).write_bytes(content)
    for name in (MANIFEST, SUMS):
        del contents[name]
    document = json.loads(small_bundle().files[MANIFEST]) | changes
    document["files"] = [one.model_dump() for one in listed(contents)]
    content = canonical(document)
    manifest = Manifest.model_validate_json(content)
    (directory / MANIFEST).write_bytes(content)
    (directory / SUMS).write_bytes(sums(manifest.files, digest=sha256(content)))


def again(directory: Path) -> CheckedBundle:
    return check_bundle(directory, again=True)


def messages(found: CheckedBundle) -> list[str]:
    return [str(error) for error in found.failures]


def test_everything_derived_comes_out_byte_for_byte(bundle: Path) -> None:
    found = again(bundle)
    assert found.failures == ()
    assert found.recomputed is not None
    assert found.recomputed.same == DERIVED
    assert found.recomputed.not_compared == ()


def test_a_verdict_that_was_written_in_is_named_by_its_pointer(bundle: Path) -> None:
    verdicts = json.loads(small_bundle().files["verdicts.json"])
    assert verdicts["claims"][0]["verdict"] == "supported"
    verdicts["claims"][0]["verdict"] = "contradicted"
    rewrite(bundle, {"verdicts.json": canonical(verdicts)})
    assert messages(check_bundle(bundle)) == []
    first = messages(again(bundle))[-1]
    assert first == (
        "verdicts.json, pointer /claims/0/verdict: "
        'expected "supported" (recomputed), got "contradicted"'
    )


def test_a_figure_that_was_written_in_is_named_by_its_pointer(bundle: Path) -> None:
    verdicts = json.loads(small_bundle().files["verdicts.json"])
    verdicts["claims"][0]["measures"][0]["k"] += 1
    rewrite(bundle, {"verdicts.json": canonical(verdicts)})
    assert any("pointer /claims/0/measures/0/k" in one for one in messages(again(bundle)))


def test_a_record_that_was_exchanged_gives_other_verdicts(bundle: Path) -> None:
    rewrite(bundle, {"own-records/01-village.csv": RECORD.replace(b",1,9000", b",900,9000")})
    told = "\n".join(messages(again(bundle)))
    assert "verdicts.json, pointer /claims/0/measures/0/" in told
    assert "report.html, line " in told


def test_a_report_with_other_words_is_named_by_its_line(bundle: Path) -> None:
    page = small_bundle().files["report.html"].replace(b"Few false alerts", b"No false alerts", 1)
    rewrite(bundle, {"report.html": page})
    [told] = [one for one in messages(again(bundle)) if one.startswith("report.html")]
    assert told.startswith("report.html, line ")


@pytest.mark.parametrize("path", DERIVED)
def test_the_place_of_a_change_is_told_where_the_original_can_be_computed(
    bundle: Path, path: str
) -> None:
    content = bytearray(small_bundle().files[path])
    content[len(content) // 2] ^= 1
    (bundle / path).write_bytes(content)
    places = [e.place for e in again(bundle).failures if e.file == path]
    assert any((place and str(len(content) // 2) in place) or place for place in places)


def test_where_an_input_was_changed_nothing_is_computed_from_it(bundle: Path) -> None:
    (bundle / "own-records/01-village.csv").write_bytes(RECORD.replace(b"9000", b"9001"))
    found = again(bundle)
    assert found.recomputed is not None
    assert found.recomputed.not_compared == (
        "Nothing, since an input was changed: own-records/01-village.csv.",
    )


@pytest.mark.parametrize(
    ("path", "content", "said"),
    [
        ("records/deployments.csv", b"record_id,force\nx,y\n", "records/deployments.csv"),
        ("records/deployments.csv", b"\xff", "deployments.csv"),
        ("records/deployments.csv", b"", "ro-crate-metadata.json"),
        ("records/sources.csv", b"source_id\nx\n", "sources.csv"),
        ("records/datapackage.json", b"{}", "records/datapackage.json"),
        ("records/datapackage.json", b'{"resources":[1]}', "records/datapackage.json"),
        ("records/datapackage.json", b"[" * 100_000, "records/datapackage.json"),
        ("claims/village.toml", b"x = [" * 50, "claims/village.toml"),
        ("claims/village.toml", b'schema = "probity/claims/1"', "claims/village.toml"),
        ("own-records/01-village.csv", b"%PDF-1.7 not really", "Village 2023.csv"),
        ("own-records/01-village.csv", b"PK\x03\x04 not really", "Village 2023.csv"),
    ],
)
def test_inputs_of_a_stranger_are_refused_with_their_name(
    bundle: Path, path: str, content: bytes, said: str
) -> None:
    rewrite(bundle, {path: content})
    told = messages(again(bundle))
    assert told
    assert any(said.rpartition("/")[2] in one for one in told), told


def test_a_claim_that_is_not_in_its_file_is_named(bundle: Path) -> None:
    parameters = json.loads(small_bundle().files[MANIFEST])["parameters"]
    parameters["claims"][0]["ids"] = ["none-such"]
    rewrite(bundle, {}, parameters=parameters)
    assert any("no such claim (none-such)" in one for one in messages(again(bundle)))


def test_statistics_that_break_on_a_strangers_figures_are_no_traceback(
    bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(module, "compose", broken)
    assert messages(again(bundle)) == [
        "verdicts.json: expected verdicts that can be computed from the inputs, "
        "got ZeroDivisionError: division by zero"
    ]


def test_other_software_compares_the_verdicts_and_says_what_it_could_not(bundle: Path) -> None:
    software = json.loads(small_bundle().files[MANIFEST])["software"]
    software["version"] = "9.9"
    software["libraries"]["scipy"] = "0.1"
    rewrite(bundle, {}, software=software)
    found = again(bundle)
    assert found.failures == ()
    assert found.recomputed is not None
    assert found.recomputed.compared
    assert found.recomputed.same == ("verdicts.json",)
    [said] = found.recomputed.not_compared
    assert "report.html" in said
    assert "Probity 9.9, here " in said
    assert "scipy 0.1, here " in said


def test_with_other_software_last_digits_may_differ_and_counts_may_not(bundle: Path) -> None:
    software = json.loads(small_bundle().files[MANIFEST])["software"] | {"code": "0" * 64}
    verdicts = json.loads(small_bundle().files["verdicts.json"])
    measure = verdicts["claims"][0]["measures"][0]
    measure["high"] *= 1 + 1e-13
    rewrite(bundle, {"verdicts.json": canonical(verdicts)}, software=software)
    assert messages(again(bundle)) == []
    measure["n"] += 1
    rewrite(bundle, {"verdicts.json": canonical(verdicts)}, software=software)
    assert any("pointer /claims/0/measures/0/n" in one for one in messages(again(bundle)))


def test_verdicts_in_another_format_are_no_success(bundle: Path) -> None:
    """Other software and another format: both are what the publisher says."""
    software = json.loads(small_bundle().files[MANIFEST])["software"] | {"version": "9.9"}
    for content, got in (
        (b'{"schema":"probity/check/9"}', "probity/check/9"),
        (b'{"claims":[]}', "None"),
        (b"[]", "None"),
    ):
        rewrite(bundle, {"verdicts.json": content}, software=software)
        found = again(bundle)
        assert found.recomputed is not None
        assert not found.recomputed.compared
        assert found.is_as_published
        assert messages(found) == [
            "verdicts.json, pointer /schema: expected verdicts that can be compared, in the format "
            f"probity/check/1, got {got}"
        ]
        assert as_json(found)["recomputed"]["verdicts"] == "not compared"
        assert as_json(found)["intact"] is False
        assert messages(check_bundle(bundle)) == []


@pytest.mark.parametrize("version", ["9.9", None])
@pytest.mark.parametrize("content", [b"{", b"\xff", b'{"a":NaN}', b'{"a":1,"a":1}', b"[" * 100_000])
def test_verdicts_that_cannot_be_read_are_different_ones(
    bundle: Path, content: bytes, version: str | None
) -> None:
    """However they came past the verifier: what cannot be compared is never the same."""
    verified = verify_bundle(bundle)
    assert verified.manifest is not None
    software = verified.manifest.software
    if version is not None:
        software = software.model_copy(update={"version": version})
    changed = replace(
        verified,
        manifest=verified.manifest.model_copy(update={"software": software}),
        contents={**verified.contents, "verdicts.json": content},
    )
    found = module.recompute(bundle, changed)
    assert "verdicts.json" not in found.same
    [failure] = [one for one in found.failures if one.file == "verdicts.json"]
    assert failure.expected.startswith("verdicts that can be compared")


def test_verdicts_that_were_left_out_are_missed_whatever_the_software(bundle: Path) -> None:
    """Other software must not be a way to publish a bundle that nothing can be compared of."""
    manifest = json.loads(small_bundle().files[MANIFEST])
    manifest["software"]["version"] = "9.9"
    manifest["files"] = [one for one in manifest["files"] if one["path"] != "verdicts.json"]
    content = canonical(manifest)
    files = Manifest.model_validate_json(content).files
    (bundle / MANIFEST).write_bytes(content)
    (bundle / SUMS).write_bytes(sums(files, digest=sha256(content)))
    (bundle / "verdicts.json").unlink()
    assert messages(again(bundle)) == ["verdicts.json: expected a file, got not in the bundle"]


@pytest.mark.parametrize(
    ("found", "expected", "difference"),
    [
        ({"a": [1, 2]}, {"a": [1, 2]}, None),
        ({"a": [1, 2]}, {"a": [1, 3]}, Difference("/a/1", "2", "3")),
        ({"a": [1]}, {"a": [1, 3]}, Difference("/a/1", "nothing", "3")),
        ({"a/b~": 1}, {}, Difference("/a~1b~0", "1", "nothing")),
        ({"a": True}, {"a": 1}, Difference("/a", "true", "1")),
        ({"a": None}, {}, Difference("/a", "null", "nothing")),
        ({"a": 1}, {"a": "1"}, Difference("/a", "1", '"1"')),
        ({"a": {}}, {"a": []}, Difference("/a", "{}", "[]")),
        ({"a": 1}, {"a": 1.0}, None),
        (1, 2, Difference("", "1", "2")),
    ],
)
def test_the_first_value_that_differs(found: Any, expected: Any, difference: object) -> None:
    assert json_difference(found, expected) == difference


def corrected(directory: Path, earlier: str, *, record: bytes, reason: str) -> str:
    correction = Correction(bundle=earlier, reason=reason)
    composed = compose(small_inputs(corrects=correction, record=record))
    write_bundle(composed.files, out=directory)
    return composed.digest


def test_a_chain_of_corrections_is_followed_and_says_what_changed(
    bundle: Path, tmp_path: Path
) -> None:
    first, second, third = bundle, tmp_path / "second", tmp_path / "third"
    wrong = RECORD.replace(b",1,9000", b",900,9000").replace(b",0,7000", b",700,7000")
    digest = corrected(second, small_bundle().digest, record=wrong, reason="One row was misread")
    corrected(third, digest, record=RECORD, reason="It was right <b>after all</b>")
    found = check_bundle(third, earlier=[first, second])
    assert found.failures == ()
    assert [step.earlier for step in found.corrections] == [digest, small_bundle().digest]
    assert found.corrections[0].reason == "It was right <b>after all</b>"
    assert found.corrections[0].changed == (("few-false-alerts", "contradicted", "supported"),)
    assert found.corrections[1].changed == (("few-false-alerts", "supported", "contradicted"),)
    skipped = check_bundle(third, earlier=[first])
    assert "expected a correction of" in messages(skipped)[0]
    unrelated = check_bundle(first, earlier=[second])
    assert "got no correction" in messages(unrelated)[0]


def test_an_earlier_bundle_that_was_changed_is_named(bundle: Path, tmp_path: Path) -> None:
    corrected(tmp_path / "second", small_bundle().digest, record=RECORD, reason="Why not")
    (bundle / "report.html").write_text("changed")
    found = check_bundle(tmp_path / "second", earlier=[bundle])
    assert any(str(error.file).endswith("bundle/report.html") for error in found.failures)
