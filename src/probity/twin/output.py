"""The directory that a run writes: all of it or nothing, with a manifest of digests."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from probity.core import InputError
from probity.twin.calibrate.fit import calibration_digest
from probity.twin.event_log import write_live_log
from probity.twin.faults.answer_key import answer_key
from probity.twin.faults.damage import Damage
from probity.twin.faults.fault import Fault
from probity.twin.faults.planting import Planting
from probity.twin.faults.write import write_faulted_log, write_faulted_search_log
from probity.twin.history import History
from probity.twin.replicates import Run
from probity.twin.scenario_file import scenario_digest
from probity.twin.score_sample import score_sample
from probity.twin.searches.events import write_search_log
from probity.twin.searches.history import SearchHistory, SearchTotals
from probity.twin.searches.run import SearchRun
from probity.twin.searches.scores import search_scores
from probity.twin.searches.truth import write_search_truth
from probity.twin.totals import Totals
from probity.twin.truth import write_truth
from probity.twin.watchlists import make_watchlists
from probity.twin.world import make_world

MANIFEST_SCHEMA = "probity/twin-run/1"
_LIBRARIES = ("probity", "numpy", "scipy", "pyarrow")


def require_free(out: Path) -> None:
    """Refuse a directory that holds something, before any work starts.

    Raises
    ------
    InputError
        It does, or it is not a directory.
    """
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise InputError("not a directory", file=out)
    if out.is_dir() and any(out.iterdir()):
        raise InputError("the directory is not empty", file=out, allowed="a new or an empty one")


def write_run(
    out: Path,
    *,
    run: Run | SearchRun,
    history: History | SearchHistory,
    totals: Sequence[Totals] | Sequence[SearchTotals],
    events: bool,
    faults: Sequence[Fault | Damage] = (),
) -> int:
    """Write the files of a run.

    ``record.csv``, ``scores.parquet``, ``truth.parquet`` and, where asked for,
    ``events.parquet`` are of replicate 0; ``replicates.parquet`` has a row for each. With
    ``faults``, ``faults.json`` is their key.

    Returns
    -------
    int
        Events written.

    Raises
    ------
    InputError
        ``out`` holds something already.
    OSError
        It cannot be written; nothing is left behind.
    """
    require_free(out)
    with _all_or_nothing(out) as folder:
        (folder / "record.csv").write_bytes(history.record())
        _write(folder / "replicates.parquet", pa.Table.from_pylist([asdict(one) for one in totals]))
        if isinstance(history, SearchHistory):
            written = _search_files(folder, history, events=events, faults=faults)
        else:
            written = _live_files(folder, history, events=events, faults=faults)
        manifest = json.dumps(_manifest(folder, run, len(totals)), indent=2) + "\n"
        (folder / "manifest.json").write_text(manifest, encoding="utf-8")
    return written


def _live_files(
    folder: Path, history: History, *, events: bool, faults: Sequence[Fault | Damage]
) -> int:
    _write(folder / "scores.parquet", score_sample(history))
    write_truth(folder / "truth.parquet", history)
    if not events:
        return 0
    scenario, seeds = history.scenario, history.seeds
    category = make_world(scenario, seeds=seeds).category[: scenario.watchlist.pool_size]
    watchlists = make_watchlists(scenario, calendar=history.calendar, seeds=seeds)
    log = folder / "events.parquet"
    if not faults:
        return write_live_log(log, history, watchlists=watchlists, category=category)
    written, planting = write_faulted_log(
        log, history, faults, watchlists=watchlists, category=category
    )
    _write_key(folder, planting)
    return written


def _search_files(
    folder: Path, history: SearchHistory, *, events: bool, faults: Sequence[Fault | Damage]
) -> int:
    _write(folder / "scores.parquet", search_scores(history))
    write_search_truth(folder / "truth.parquet", history)
    log = folder / "events.parquet"
    if not faults:
        return write_search_log(log, history) if events else 0
    written, planting = write_faulted_search_log(log, history, faults)
    _write_key(folder, planting)
    return written


def _write_key(folder: Path, planting: Planting) -> None:
    key = answer_key(planting.answers, not_planted=planting.left_over)
    (folder / "faults.json").write_text(key, encoding="utf-8")


def _write(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path, compression="zstd")


def _manifest(folder: Path, run: Run | SearchRun, replicates: int) -> dict[str, object]:
    return {
        "schema": MANIFEST_SCHEMA,
        "scenario": run.scenario.name,
        "scenario_sha256": scenario_digest(run.scenario),
        **_calibrated(run),
        "seed": run.seed,
        "replicates": replicates,
        "files_are_of_replicate": 0,
        "versions": {name: version(name) for name in _LIBRARIES},
        "files": {
            path.name: {
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "bytes": path.stat().st_size,
            }
            for path in sorted(folder.iterdir())
        },
    }


def _calibrated(run: Run | SearchRun) -> dict[str, object]:
    if isinstance(run, SearchRun) or run.calibration is None:
        return {}
    calibration = run.calibration
    return {
        "calibration": {
            "test": calibration.test,
            "sha256": calibration_digest(calibration),
            "draws": len(calibration.draws),
            "choice": "replicate r has the recogniser of draw r, counted from 0 and anew after the "
            "last",
        }
    }


@contextmanager
def _all_or_nothing(out: Path) -> Iterator[Path]:
    out.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}."))
    try:
        yield folder
        folder.chmod(0o755)
        folder.replace(out)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
