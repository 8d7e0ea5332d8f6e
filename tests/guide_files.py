"""Files that the guides' commands name, made small: a reader would bring their own."""

import re
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from event_logs import write_parquet
from live_logs import HOUR, KINDS, end_of, live_rows
from lookalike import MET_2025, document, figures
from probity.core.event_columns import LogHeader
from small_twin import write_small_scenario

ROOT = Path(__file__).parents[1]


def _grid(path: Path) -> None:
    path.write_bytes(document(MET_2025, [figures(i) for i in range(6)]))


def _record(path: Path) -> None:
    path.write_text(
        "Force,Deployment Location,Date,Faces seen,Total Alerts,True Alerts,False Alerts\n"
        "Anytown Police,Market Square,13/02/2025,21940,7,6,1\n"
        "Anytown Police,Station,14/02/2025,980,0,0,0\n",
        encoding="utf-8",
    )


def _table_in_other_words(path: Path) -> None:
    path.write_text(
        "Where;When;People's faces counted;Flags;Cameras used\n"
        "Market Square;02/13/2025;21.940;7;2\n"
        "Station;02/14/2025;980;0;3\n",
        encoding="utf-8",
    )


def _mapping(path: Path) -> None:
    guide = (ROOT / "docs/guides/other-records.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", guide, re.DOTALL)
    assert example is not None
    # A CSV file has no sheets.
    path.write_text(example[1].replace('sheet = "2025"', ""), encoding="utf-8")


def _claims(path: Path) -> None:
    path.write_bytes((ROOT / "examples/town-centre-claims.toml").read_bytes())


def _log(path: Path) -> None:
    """The system records deletions of alerts, but none is deleted; one is kept on a ground."""
    rows = live_rows(faces=300)
    kept = {"kind": "retention.excepted", "alert": 7, "data_class": "alert"}
    rows.append({"event": len(rows), "time": end_of(rows), **kept})
    kinds = (*KINDS, "alert.deleted", "retention.excepted")
    end = end_of(rows) + 90 * 24 * HOUR
    write_parquet(path, rows, LogHeader("live", kinds, int(rows[0]["time"] or 0), end))


def _scores(path: Path) -> None:
    generator = np.random.default_rng(3)
    number = 6_000
    mated = np.arange(number) % 6 == 0
    columns = {
        "score": generator.normal(np.where(mated, 3.0, 0.0), 1.0),
        "mated": mated,
        "probe_group": np.take(["North", "South"], np.arange(number) % 2),
        "reference_group": np.take(["North", "South"], np.arange(number) // 2 % 2),
    }
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
        return
    rows = zip(columns["score"], columns["mated"], strict=True)
    path.write_text("score,mated\n" + "".join(f"{s:.6f},{m}\n" for s, m in rows), "utf-8")


def _searches(path: Path) -> None:
    generator = np.random.default_rng(4)
    probes, enrolled = 40, 25
    rows = [(probe, person) for probe in range(probes) for person in range(enrolled)]
    pq.write_table(
        pa.table(
            {
                "score": [4.0 * (p == e) + generator.normal() for p, e in rows],
                "mated": [p == e for p, e in rows],
                "probe_id": [f"p{p}" for p, _ in rows],
                "probe_subject": [f"person {p}" for p, _ in rows],
                "reference_id": [f"g{e}" for _, e in rows],
                "reference_subject": [f"person {e}" for _, e in rows],
            }
        ),
        path,
    )


def _matrix(path: Path) -> None:
    generator = np.random.default_rng(5)
    scores = generator.normal(size=400) + 3.0 * (np.arange(400) % 21 == 0)
    path.write_bytes(
        b"S2\ngallery.xml\nprobes.xml\nMF 20 20 \x78\x56\x34\x12\n" + struct.pack("<400f", *scores)
    )


def _mask(path: Path) -> None:
    cells = np.where(np.arange(400) % 21 == 0, 0xFF, 0x7F).astype(np.uint8)
    path.write_bytes(b"M2\ngallery.xml\nprobes.xml\nMB 20 20 \x78\x56\x34\x12\n" + cells.tobytes())


def _templates(path: Path) -> None:
    generator = np.random.default_rng(6)
    centre = generator.normal(size=(10_060, 8))
    np.save(path, (centre[_people()] + 0.5 * generator.normal(size=(len(_people()), 8))))


def _manifest(path: Path) -> None:
    people = _people()
    roles = ["gallery"] * 10_040 + ["probe"] * (len(people) - 10_040)
    rows = (
        f"{row},s{row},p{people[row]},{roles[row]},{'AB'[row % 2]}\n" for row in range(len(people))
    )
    path.write_text("row,sample_id,subject_id,role,group\n" + "".join(rows), "utf-8")


def _people() -> list[int]:
    """10,040 enrolled, of whom 20 are searched for, and 20 who are not enrolled."""
    return [*range(10_040), *range(10_020, 10_060)]


def _scenario(path: Path) -> None:
    write_small_scenario(path)


def _policy_entry(path: Path) -> None:
    guide = (ROOT / "docs/guides/transparency-log.md").read_text(encoding="utf-8")
    example = re.search(r"```json\n(.*?)```", guide, re.DOTALL)
    assert example is not None
    path.write_text(example[1], encoding="utf-8")


def _kept_checkpoint(path: Path) -> None:
    path.write_bytes((path.parent / "log/checkpoint").read_bytes())


def _trust_policy(path: Path) -> None:
    log, witness = (
        (path.parent / name / "public.vkey").read_text("utf-8").strip()
        for name in ("keys", "witness")
    )
    path.write_text(f"log {log}\nwitness news {witness}\nquorum news\n", encoding="utf-8")


MAKERS: Mapping[str, Callable[[Path], None]] = {
    "corrected.pdf": _grid,
    "grid.pdf": _grid,
    "record.csv": _record,
    "table.csv": _table_in_other_words,
    "mapping.toml": _mapping,
    "claims.toml": _claims,
    "live-twin.parquet": _log,
    "log.parquet": _log,
    "S.parquet": _scores,
    "searches.parquet": _searches,
    "day1.csv": _scores,
    "day2.csv": _scores,
    "S.mtx": _matrix,
    "S.mask": _mask,
    "T.npy": _templates,
    "M.csv": _manifest,
    "mine.toml": _scenario,
    "small.toml": _scenario,
    "policy.json": _policy_entry,
    "fixed-policy.json": _policy_entry,
    "kept-checkpoint": _kept_checkpoint,
    "trust.policy": _trust_policy,
}
"""How to make each file that a guide names without having made it."""
