"""What really happened in a replicate, apart from everything that the system or its operator knew.

No event and no published record is made from it: it is there to test those who read them.
"""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from probity.core.files import replacing
from probity.twin.history import History
from probity.twin.random_ids import Thing
from probity.twin.stages import Flags, Ints

TRUTH_SCHEMA = "probity/truth/1"
METADATA_KEY = b"probity:truth"


def truth_table(history: History) -> pa.Table:
    """Every alert, and every pass of somebody on the list that raised none.

    Columns
    -------
    deployment, alert, item : int64
        Ids of the event log. ``alert`` is missing where there was none, ``item`` for images of
        test subjects, who are on no list that was authorised.
    time : timestamp
        When the alert was raised, or the person passed.
    group : text
        Group of the person who passed.
    mated : bool
        The person is the listed one: of an alert, the best candidate; of a silent pass, always.
    seeded : bool
        The person is a test subject of the operator.
    person : int64
        Number of the person within the replicate; missing for people seen once.
    score : float64
        Of the best candidate of an alert; of a silent pass, with the person's own image.
    """
    alerts, passes, ids = history.alerts, history.passes, history.ids
    silent = ~passes.alerted
    rows = np.arange(len(alerts.deployment))
    quiet = int(silent.sum())

    def both(first: Ints, second: Ints) -> Ints:
        return np.concatenate([first, second[silent]])

    deployment = both(alerts.deployment, passes.deployment)
    seeded = np.concatenate([alerts.seeded, passes.seeded[silent]])
    person = both(alerts.person, passes.person)
    entry = both(alerts.entry, passes.entry)
    item = ids.of(Thing.ITEM, deployment, entry)
    score = np.concatenate([alerts.score, passes.score[silent]])
    raised = np.concatenate(
        [ids.of(Thing.ALERT, alerts.deployment, rows), np.zeros(quiet, np.int64)]
    )
    group = pa.DictionaryArray.from_arrays(
        pa.array(both(alerts.group, passes.group), pa.int32()),
        pa.array(history.scenario.group_names),
    )
    columns = {
        "deployment": pa.array(ids.of(Thing.DEPLOYMENT, deployment, 0)),
        "time": pa.array(both(alerts.time_us, passes.time_us)).cast(pa.timestamp("us", tz="UTC")),
        "alert": _known(raised, np.arange(len(raised)) < len(rows)),
        "item": _known(item, entry < history.scenario.watchlist.pool_size),
        "group": group,
        "mated": pa.array(np.concatenate([alerts.mated, np.ones(quiet, np.bool_)])),
        "seeded": pa.array(seeded),
        "person": _known(person, person >= 0),
        "score": pa.array(score),
    }
    stated = json.dumps({"schema": TRUTH_SCHEMA}).encode()
    return pa.table(columns).replace_schema_metadata({METADATA_KEY: stated})


def write_truth(path: Path, history: History) -> None:
    """Write ``truth_table`` to ``path`` as Parquet, whole or not at all."""
    with replacing(path) as temporary:
        pq.write_table(truth_table(history), temporary, compression="zstd")


def _known(values: Ints, known: Flags) -> pa.Array:
    return pa.array(values, mask=~known)
