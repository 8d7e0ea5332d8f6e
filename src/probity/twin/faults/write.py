"""The event logs of a replicate with faults planted in them."""

from collections.abc import Sequence
from pathlib import Path

from probity.twin.event_log import live_events, live_header
from probity.twin.event_writer import write_log
from probity.twin.faults.damage import Damage
from probity.twin.faults.fault import Fault
from probity.twin.faults.planting import Planting
from probity.twin.history import History
from probity.twin.searches.events import search_events, search_header
from probity.twin.searches.history import SearchHistory
from probity.twin.stages import Ints
from probity.twin.watchlists import Watchlists


def write_faulted_log(
    path: Path,
    history: History,
    faults: Sequence[Fault | Damage],
    *,
    watchlists: Watchlists,
    category: Ints,
    plant_seed: int = 0,
) -> tuple[int, Planting]:
    """Write the events of a replicate with faults among them; ``path`` is replaced at the end.

    Parameters
    ----------
    watchlists, category
        As for ``event_log.live_events``.
    plant_seed : int
        Where the faults are planted; another one plants the same faults elsewhere.

    Returns
    -------
    int, Planting
        How many events were numbered, and what was planted.
    """
    planting = Planting(
        faults,
        deployments=len(history.calendar.start_us),
        faces=int(history.crowd.faces_seen.sum()),
        seeds=history.seeds,
        plant_seed=plant_seed,
        ids=history.ids,
    )
    header = planting.header(live_header(history))
    written = write_log(
        path,
        planting.through(
            live_events(history, watchlists=watchlists, category=category, until_us=header.to_us)
        ),
        header=header,
        further=planting.further,
        last=planting.damaged,
    )
    return written, planting


def write_faulted_search_log(
    path: Path, history: SearchHistory, faults: Sequence[Fault | Damage], *, plant_seed: int = 0
) -> tuple[int, Planting]:
    """The same for the searches of a replicate; see ``write_faulted_log``."""
    planting = Planting(
        faults,
        deployments=1,
        common=0,
        faces=0,
        seeds=history.seeds,
        plant_seed=plant_seed,
        ids=history.ids,
    )
    header = planting.header(search_header(history))
    lists = planting.through(search_events(history))
    return write_log(path, lists, header=header), planting
