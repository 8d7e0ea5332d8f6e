"""What really happened in each search, apart from everything that the system knew."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from probity.core.files import replacing
from probity.twin.random_ids import Thing
from probity.twin.searches.history import SearchHistory
from probity.twin.searches.probes import NOBODY
from probity.twin.truth import METADATA_KEY, TRUTH_SCHEMA


def search_truth_table(history: SearchHistory) -> pa.Table:
    """Every search.

    Columns
    -------
    search : int64
        Id of the event log.
    group : text
        Group of the person searched for.
    mated : bool
        They are in the gallery.
    mate_rank : int64
        Rank of the right person on the list, counting from 1; missing where they are not on it.
    mate_score : float64
        Score with their own listed image, vendor's scale; missing where there is none.
    """
    probes, candidates = history.probes, history.candidates
    first = np.searchsorted(candidates.search, candidates.search, side="left")
    rank = np.zeros(len(probes), np.int64)
    of_mate = np.flatnonzero(candidates.mated)
    rank[candidates.search[of_mate]] = of_mate - first[of_mate] + 1
    mated = probes.mate != NOBODY
    knots = np.array(history.scenario.recogniser.vendor_map)
    score = np.interp(np.where(mated, probes.mate_score, 0.0), knots[:, 0], knots[:, 1])
    group = pa.DictionaryArray.from_arrays(
        pa.array(probes.group, pa.int32()), pa.array(history.scenario.group_names)
    )
    columns = {
        "search": pa.array(history.ids.of(Thing.SEARCH, 0, np.arange(len(probes)))),
        "group": group,
        "mated": pa.array(mated),
        "mate_rank": pa.array(rank, mask=rank == 0),
        "mate_score": pa.array(score, mask=~mated),
    }
    stated = json.dumps({"schema": TRUTH_SCHEMA}).encode()
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: stated})


def write_search_truth(path: Path, history: SearchHistory) -> None:
    """Write ``search_truth_table`` to ``path`` as Parquet, whole or not at all."""
    with replacing(path) as temporary:
        pq.write_table(search_truth_table(history), temporary, compression="zstd")
