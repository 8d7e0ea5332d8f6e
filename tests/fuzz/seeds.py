"""Small good files of every form that a reader takes: what the fuzzer starts from."""

import io
import json
import struct
import tempfile
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import feather

import malformed
from event_logs import START, created, csv_text, deleted, event, json_lines, table, write_parquet
from lookalike import HOME_OFFICE, MET_2020, MET_2023, SOUTH_WALES, document, figures
from probity.audit.log import open_log
from probity.audit.log.ocel_json import write_ocel_json
from probity.audit.log.ocel_sqlite import write_ocel_sqlite
from probity.publish.translog.entries import BundleDigest, Correction, EntryName, Policy
from probity.publish.translog.note import SigningKey, signed
from tabular import as_csv, as_ods, as_xlsx

_EVENTS = [
    created(1, clock="server", received=START + 5),
    event(2, "alert.raised", at=1.5, alert=4, deployment=1, template=7, score=0.625),
    deleted(3, at=2.0),
    event(4, "engagement.end", at=3, engagement=5, leaflet=False, force_used=True),
]
_VECTORS = np.random.default_rng(3).normal(size=(3, 4)).astype(np.float32)
_SCORES = pa.table(
    {
        "score": np.array([0.9, 0.1, 0.5]),
        "mated": np.array([True, False, False]),
        "probe_subject": ["a", "b", "a"],
        "group": ["x", "y", "x"],
    }
)


def _written(write: Callable[[Path], object], suffix: str = "") -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / f"seed{suffix}"
        write(path)
        return path.read_bytes()


def record_csv() -> list[bytes]:
    twin = b"Date,Total Alerts,Faces seen (estimate),Force\n01/02/25,3,9000,Somewhere\n"
    cells = [["Date", "Alerts", "Faces seen"], ["01/02/2025", "3", "9,000"]]
    return [malformed.csv(), twin, as_csv(cells, delimiter=";"), malformed.text().encode("utf-16")]


def record_pdf() -> list[bytes]:
    layouts = (MET_2020, MET_2023, HOME_OFFICE, SOUTH_WALES)
    drawn = [document(layout, [figures(i) for i in range(2)]) for layout in layouts]
    return [malformed.pdf(2), *drawn, malformed.pdf_blank()]


def record_xlsx() -> list[bytes]:
    cells = [["Date", "Alerts", "Faces seen"], ["01/02/2025", "3", "9000"]]
    return [malformed.workbook(), as_xlsx(cells)]


def record_ods() -> list[bytes]:
    return [as_ods([["Date", "Alerts", "Faces seen"], ["01/02/2025", "3", "9000"]])]


def record_mapping() -> list[bytes]:
    return [
        b'force = "Somewhere"\nsheet = "S"\n[columns]\n"Faces" = "faces_seen"\n"Day" = "date"\n',
        b'[columns]\n"Alerts" = "alerts"\n[conventions]\nday_first = true\n[fixed]\nplace = "x"\n',
    ]


def log_jsonl() -> list[bytes]:
    header = json.dumps({"probity_log": {"system": "s"}}) + "\n"
    return [json_lines(_EVENTS).encode(), (header + json_lines(_EVENTS[:2])).encode()]


def log_csv() -> list[bytes]:
    return [csv_text(_EVENTS).encode(), csv_text(_EVENTS[:1]).encode()]


def log_parquet() -> list[bytes]:
    return [_written(lambda path: write_parquet(path, _EVENTS))]


def log_arrow() -> list[bytes]:
    stream = io.BytesIO()
    with pa.ipc.new_stream(stream, table(_EVENTS).schema) as writer:
        writer.write_table(table(_EVENTS))
    return [
        _written(lambda path: feather.write_feather(table(_EVENTS), path, compression=None)),
        stream.getvalue(),
    ]


def log_ocel_json() -> list[bytes]:
    return [_ocel(write_ocel_json)]


def log_ocel_sqlite() -> list[bytes]:
    return [_ocel(write_ocel_sqlite)]


def _ocel(write: Callable[..., object]) -> bytes:
    with tempfile.TemporaryDirectory() as directory:
        source = write_parquet(Path(directory) / "log.parquet", _EVENTS)
        with open_log(source) as log:
            return _written(lambda path: write(log, path))


def log_mapping() -> list[bytes]:
    return [
        b'ids = "text"\n[columns]\n"id" = "event"\n[kinds]\n"A" = "alert.raised"\n',
        b'[log]\nsystem = "s"\nfrom = 2026-01-01T00:00:00Z\nto = 2026-02-01T00:00:00Z\n',
        b'time_zone = "Europe/London"\nmissing = ["", "-"]\n[constant]\nforce = "F"\n',
    ]


def scores_csv() -> list[bytes]:
    return [
        b"score,mated,probe_subject,reference_subject\n0.9,1,a,a\n0.1,0,a,b\n",
        b"similarity;label\n0.5;genuine\n0.2;impostor\n",
    ]


def scores_bob() -> list[bytes]:
    return [b"a a probe1 0.9\na b probe2 0.1\n", b"a m1 a probe1 0.9\n# x\na m1 b probe2 0.1\n"]


def scores_bee() -> list[bytes]:
    """A matrix, and after it its mask: the target parts the two at the mark."""
    head = b"gallery.xml\nprobes.xml\n"
    scores = b"S2\n" + head + b"MF 1 2 \x78\x56\x34\x12\n" + struct.pack("<2f", 0.9, 0.1)
    return [scores + b"||" + b"M2\n" + head + b"MB 1 2 \x78\x56\x34\x12\n\xff\x7f"]


def scores_parquet() -> list[bytes]:
    return [_written(lambda path: pq.write_table(_SCORES, path))]


def scores_arrow() -> list[bytes]:
    return [_written(lambda path: feather.write_feather(_SCORES, path, compression=None))]


def templates_npy() -> list[bytes]:
    return [_npy(_VECTORS), _npy(_VECTORS.astype(np.float64))]


def _npy(array: np.ndarray) -> bytes:
    out = io.BytesIO()
    np.save(out, array)
    return out.getvalue()


def templates_npz() -> list[bytes]:
    out = io.BytesIO()
    np.savez(out, templates=_VECTORS)
    return [out.getvalue()]


def templates_safetensors() -> list[bytes]:
    entry = {"dtype": "F32", "shape": [3, 4], "data_offsets": [0, _VECTORS.nbytes]}
    text = json.dumps({"templates": entry}).encode()
    return [struct.pack("<Q", len(text)) + text + _VECTORS.tobytes()]


def templates_parquet() -> list[bytes]:
    fixed = pa.FixedSizeListArray.from_arrays(pa.array(_VECTORS.ravel()), 4)
    return [_written(lambda path: pq.write_table(pa.table({"vector": fixed}), path))]


def templates_manifest() -> list[bytes]:
    head = "row,sample_id,subject_id,role,group,quality\n"
    rows = "0,s0,p0,gallery,x,0.5\n1,s1,p0,probe,x,0.1\n2,s2,p1,probe,y,0.2\n"
    return [(head + rows).encode()]


def policies() -> list[bytes]:
    return _bundled("probity.audit", "policies")


def claims() -> list[bytes]:
    return _bundled("probity.claims", "claims")


def scenarios() -> list[bytes]:
    return _bundled("probity.twin", "scenarios")


def _bundled(package: str, folder: str) -> list[bytes]:
    """The smallest three: a fuzzer is quicker with small ones."""
    found = [f.read_bytes() for f in (files(package) / folder).iterdir() if f.name.endswith("toml")]
    return sorted(found, key=len)[:3]


def formulas() -> list[bytes]:
    return [
        b"EVENTUALLY[0, 24 h] alert.deleted(alert: a) OR ONCE retention.excepted(alert: a)",
        b"EXISTS x. (officer.looked(alert: x) AND x != 5 IMPLIES PRESENT x)",
        b"(NOT deployment.start(deployment: d)) SINCE[0 s, 1 h] engagement.end()",
        b"HISTORICALLY[1 d, *) (s >= 0.64 OR COUNT y. (alert.raised(alert: y)) >= 2)",
        b'c IN ("a", "b") AND ALWAYS (0, 2 s] t + 3 s < u - 1 us',
    ]


_KEY = "PRIVATE" + "+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
"""Of the tests of golang.org/x/mod/sumdb/note."""


def notes() -> list[bytes]:
    key = SigningKey.parse(_KEY)
    return [
        bytes(signed("A text.\n", keys=[key])),
        bytes(signed("Two\n\nparts\n", keys=[key, key])),
    ]


def checkpoints() -> list[bytes]:
    key, root = SigningKey.parse(_KEY), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    return [bytes(signed(f"{key.verifier.name}\n{size}\n{root}\n", keys=[key])) for size in (0, 70)]


def witness_requests() -> list[bytes]:
    proof = b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    return [b"old 3\n" + proof + b"\n" + proof + b"\n\n" + one for one in checkpoints()]


def trust_policies() -> list[bytes]:
    key = str(SigningKey.parse(_KEY).verifier)
    return [f"# c\nlog {key} https://example.com/\nquorum none\n".encode()]


def log_entries() -> list[bytes]:
    at, digest = "2026-11-26T00:00:00Z", "0" * 64
    wrong = BundleDigest(recorded_at=at, name="a", sha256=digest)
    named = EntryName(index=1, leaf_hash=digest)
    right = Correction(recorded_at=at, corrects=named, reason="misread", replacement=wrong)
    policy = Policy(recorded_at=at, name="p", version="1", sha256=digest)
    return [one.to_bytes() for one in (wrong, right, policy)]


def json_documents() -> list[bytes]:
    return [b'{"a":[1,-0.5,1e21,null,true,"\\u20ac"],"b":{"c":""}}', b"[[[[]]]]"]


def manifests() -> list[bytes]:
    from probity.publish.bundle.layout import MANIFEST
    from small_bundle import small_bundle  # makes a whole report: only where it is wanted

    return [small_bundle().files[MANIFEST]]
