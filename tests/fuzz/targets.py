"""Every reader, as a function of bytes: it ends in a value or in an error meant for the user.

A target is run in a process of its own (``campaign``), since libraries in C may take it down.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from fuzz import seeds
from probity.core import InputError, ProbityError

_FOLDER = Path("/dev/shm") if Path("/dev/shm").is_dir() else None  # noqa: S108 - memory, not disk


@dataclass(frozen=True)
class Target:
    """A reader.

    Parameters
    ----------
    read : callable
        Given bytes, reads them to the end; whatever it raises but a ``ProbityError`` is a crash.
    inputs : int
        How many a full campaign tries: more where one takes little time.
    longest : int
        Bytes of the longest input.
    """

    read: Callable[[bytes], object]
    seeds: Callable[[], list[bytes]]
    inputs: int
    longest: int = 4_096


def in_file(read: Callable[[Path], object], suffix: str = "") -> Callable[[bytes], object]:
    """A reader of files as one of bytes."""

    def of_bytes(content: bytes) -> object:
        with tempfile.TemporaryDirectory(dir=_FOLDER) as directory:
            path = Path(directory) / f"input{suffix}"
            path.write_bytes(content)
            return read(path)

    return of_bytes


def tried(target: Target, content: bytes) -> None:
    """Read one input; errors meant for the user are as good as values."""
    with suppress(ProbityError):
        target.read(content)


def _record(path: Path) -> object:
    """Read a record, opening PDF and workbooks in this very process, where a fuzzer sees them."""
    from probity.records import child, isolated
    from probity.records.reader import read

    def run(task: str, content: bytes, *, wordings: Any, file: Path) -> Any:
        answer = json.loads(json.dumps(child.answer(task, dict(wordings), content)))
        if "refused" in answer:
            raise InputError(answer["refused"]["problem"], file=file)
        return answer["content"]

    # For this one reading only: other tests of this process rely on the limits of a child.
    with patch.object(isolated, "run", run):
        return read(path)


def _mapping(path: Path) -> object:
    from probity.records.mapping import load

    return load(path)


def _log(path: Path) -> object:
    from probity.audit.log import open_log

    with open_log(path) as log:
        return log.events


def _log_mapping(path: Path) -> object:
    from probity.audit.log.mapping_file import load_mapping

    return load_mapping(path)


def _scores(path: Path, mask: Path | None = None) -> object:
    from probity.performance.scores.opening import open_scores

    scores = open_scores(path, mask=mask)
    return [len(batch.score) for batch in scores.batches(tuple(sorted(scores.columns)))]


def _matrix(path: Path) -> object:
    scores, _, mask = path.read_bytes().partition(b"||")
    path.write_bytes(scores)
    other = path.with_name("mask")
    other.write_bytes(mask)
    return _scores(path, other)


def _templates(path: Path) -> object:
    from probity.performance.templates import read_templates

    manifest = path.with_name("manifest.csv")
    manifest.write_bytes(seeds.templates_manifest()[0])
    return [block.shape for _, block in read_templates(path, manifest).blocks()]


def _manifest(path: Path) -> object:
    from probity.performance.templates.manifest import read_manifest

    return read_manifest(path, templates=3)


def _policy(content: bytes) -> object:
    from probity.audit.policy_file import parse_policy

    return parse_policy(content, file="policy.toml")


def _claims(content: bytes) -> object:
    from probity.claims.load import parse

    return parse(content, file="claims.toml")


def _scenario(content: bytes) -> object:
    from probity.twin.scenario_file import parse_scenario

    return parse_scenario(content, file="scenario.toml")


def _formula(content: bytes) -> object:
    """A formula that is read is written back to the same."""
    from probity.audit.language import parse_formula
    from probity.audit.written import written

    formula = parse_formula(content.decode("utf-8", "replace"))
    assert parse_formula(written(formula)) == formula
    return formula


def _note(content: bytes) -> object:
    """A note that is read is written back as it was."""
    from probity.publish.translog.note import parse_note

    note = parse_note(content, file="note")
    assert bytes(note) == content
    return note


def _checkpoint(content: bytes) -> object:
    from probity.publish.translog.checkpoint import parse_checkpoint

    checkpoint = parse_checkpoint(content)
    assert bytes(checkpoint) == content
    return checkpoint


def _witness_request(content: bytes) -> object:
    from probity.publish.translog.witness_request import parse_request

    return parse_request(content, file="request")


def _trust_policy(path: Path) -> object:
    from probity.publish.translog.trust_policy import read_policy

    return read_policy(path)


def _log_entry(content: bytes) -> object:
    from probity.publish.translog.entries import parse_entry

    entry = parse_entry(content)
    assert entry.to_bytes() == content
    return entry


def _json(content: bytes) -> object:
    """A document that is read has one canonical form, which reads back as the same document."""
    from probity.core.canonical_json import JsonError, canonical, read_canonical, read_json

    try:
        document = read_json(content)
        once = canonical(document)
    except JsonError as error:
        raise InputError(str(error)) from None
    assert canonical(read_canonical(once)) == once
    return once


def _manifest_of_bundle(content: bytes) -> object:
    from probity.publish.bundle.verify import verify_bundle

    with tempfile.TemporaryDirectory(dir=_FOLDER) as directory:
        digest = hashlib.sha256(content).hexdigest()
        (Path(directory) / "manifest.json").write_bytes(content)
        (Path(directory) / "SHA256SUMS").write_text(f"{digest}  manifest.json\n")
        return verify_bundle(Path(directory))


TARGETS = {
    "records-csv": Target(in_file(_record), seeds.record_csv, 60_000),
    "records-pdf": Target(in_file(_record), seeds.record_pdf, 3_000, 40_000),
    "records-xlsx": Target(in_file(_record), seeds.record_xlsx, 15_000, 20_000),
    "records-ods": Target(in_file(_record), seeds.record_ods, 15_000, 20_000),
    "records-mapping": Target(in_file(_mapping), seeds.record_mapping, 100_000),
    "log-jsonl": Target(in_file(_log), seeds.log_jsonl, 10_000),
    "log-csv": Target(in_file(_log), seeds.log_csv, 10_000),
    "log-parquet": Target(in_file(_log), seeds.log_parquet, 10_000, 16_384),
    "log-arrow": Target(in_file(_log), seeds.log_arrow, 10_000, 16_384),
    "log-ocel-json": Target(in_file(_log), seeds.log_ocel_json, 10_000, 16_384),
    "log-ocel-sqlite": Target(in_file(_log), seeds.log_ocel_sqlite, 5_000, 100_000),
    "log-mapping": Target(in_file(_log_mapping), seeds.log_mapping, 100_000),
    "scores-csv": Target(in_file(_scores, ".csv"), seeds.scores_csv, 50_000),
    "scores-bob": Target(in_file(_scores, ".txt"), seeds.scores_bob, 100_000),
    "scores-bee": Target(in_file(_matrix), seeds.scores_bee, 100_000),
    "scores-parquet": Target(in_file(_scores, ".parquet"), seeds.scores_parquet, 40_000, 16_384),
    "scores-arrow": Target(in_file(_scores, ".arrow"), seeds.scores_arrow, 40_000, 16_384),
    "templates-npy": Target(in_file(_templates, ".npy"), seeds.templates_npy, 30_000),
    "templates-npz": Target(in_file(_templates, ".npz"), seeds.templates_npz, 30_000),
    "templates-safetensors": Target(
        in_file(_templates, ".safetensors"), seeds.templates_safetensors, 30_000
    ),
    "templates-parquet": Target(
        in_file(_templates, ".parquet"), seeds.templates_parquet, 20_000, 16_384
    ),
    "templates-manifest": Target(in_file(_manifest), seeds.templates_manifest, 50_000),
    "policies": Target(_policy, seeds.policies, 20_000),
    "claims": Target(_claims, seeds.claims, 20_000, 8_192),
    "scenarios": Target(_scenario, seeds.scenarios, 20_000, 16_384),
    "notes": Target(_note, seeds.notes, 150_000, 1_024),
    "checkpoints": Target(_checkpoint, seeds.checkpoints, 100_000, 1_024),
    "witness-requests": Target(_witness_request, seeds.witness_requests, 100_000, 1_024),
    "trust-policies": Target(in_file(_trust_policy), seeds.trust_policies, 50_000, 1_024),
    "log-entries": Target(_log_entry, seeds.log_entries, 50_000, 1_024),
    "canonical-json": Target(_json, seeds.json_documents, 100_000, 1_024),
    "bundle-manifests": Target(_manifest_of_bundle, seeds.manifests, 20_000, 16_384),
    "rule-language": Target(_formula, seeds.formulas, 200_000, 512),
}
