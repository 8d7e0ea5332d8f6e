"""Events of a watchlist: images put on it, medium, enrolment, deletion.

The operator's own test subjects are not among its items: they are nobody whom the authority is
about.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from probity.twin.adjudicate import NOT
from probity.twin.draws import draw_duration, draw_span
from probity.twin.event_part import Part, Value, Words, single
from probity.twin.events_of_deployment import OFFICE, SYSTEM
from probity.twin.history import History
from probity.twin.random_ids import Thing
from probity.twin.scenario import LiveScenario
from probity.twin.seeds import Seeds
from probity.twin.stages import Floats, Ints
from probity.twin.watchlists import Watchlists

KINDS = (
    "watchlist.compiled",
    "watchlist.reviewed",
    "watchlist.imported",
    "watchlist.deleted",
    "watchlist.item.added",
    "watchlist.item.enrolled",
    "watchlist.item.failed",
    "watchlist.item.deleted",
    "media.written",
    "media.deleted",
    "retention.excepted",
)

_COMPILING_US = 30 * 60_000_000
_WIPING_US = 60_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ListedImages:
    """What is known of the image of each person of the pool, each array (pool_size,).

    Texts are numbers of the scenario's categories, age bands, sources and bases.
    """

    category: Ints
    age_band: Ints
    image_source: Ints
    legal_basis: Ints
    quality: Floats
    age_days: Floats


def listed_images(scenario: LiveScenario, *, seeds: Seeds, category: Ints) -> ListedImages:
    """The images of the pool; the same for every replicate of a user's seed.

    Parameters
    ----------
    category : int64, (pool_size,)
        Number of each person's category.
    """
    rng = replace(seeds, replicate=0).stream("listed images")
    stated, n = scenario.watchlist, len(category)

    def drawn(shares: Mapping[str, float]) -> Ints:
        parts = np.array([*shares.values()])
        return rng.choice(len(parts), size=n, p=parts / parts.sum())

    return ListedImages(
        category=category,
        age_band=drawn(stated.age_bands),
        image_source=drawn(stated.image_sources),
        legal_basis=drawn(stated.legal_bases),
        quality=np.round(draw_span(stated.item_quality, rng, size=n), 3),
        age_days=np.round(draw_duration(stated.image_age_days, rng, size=n)),
    )


def watchlist_events(
    history: History,
    d: int,
    *,
    watchlists: Watchlists,
    images: ListedImages,
    rng: np.random.Generator,
) -> Iterator[Part]:
    """Events of the list of deployment ``d``. An item's number within it is that of its entry."""
    scenario, ids, steps = history.scenario, history.ids, history.arrangements
    enrolled, failed = _entries(scenario, d, watchlists, rng)
    entries = np.concatenate([enrolled, failed])
    rng.shuffle(entries)
    items = ids.of(Thing.ITEM, d, entries)
    watchlist, deployment = ids.one(Thing.WATCHLIST, d), ids.one(Thing.DEPLOYMENT, d)
    whole: dict[str, Value] = {
        "size": float(len(items)),
        "digest": hashlib.sha256(np.sort(items).astype("<i8").tobytes()).hexdigest(),
    }
    compiled_us, imported_us = int(steps.compiled_us[d]), int(steps.imported_us[d])
    yield from _added(history, d, entries, images=images, rng=rng)
    yield single(
        "watchlist.compiled",
        compiled_us,
        OFFICE,
        watchlist=watchlist,
        deployment=deployment,
        **whole,
    )
    yield single("watchlist.reviewed", int(steps.reviewed_us[d]), OFFICE, watchlist=watchlist)
    medium = ids.one(Thing.MEDIUM, d)
    yield single(
        "media.written", int(steps.written_us[d]), OFFICE, medium=medium, watchlist=watchlist
    )
    yield single(
        "media.deleted", int(history.deletions.medium.deleted_us[d]), OFFICE, medium=medium
    )
    yield single(
        "watchlist.imported",
        imported_us,
        SYSTEM,
        watchlist=watchlist,
        deployment=deployment,
        **whole,
    )
    before_us = int(history.calendar.start_us[d]) - imported_us
    for kind, part in (("enrolled", enrolled), ("failed", failed)):
        yield Part(
            f"watchlist.item.{kind}",
            imported_us + _spread(rng, before_us, len(part)),
            SYSTEM,
            {"watchlist": watchlist, "item": ids.of(Thing.ITEM, d, part)},
        )
    yield from _deleted(history, d, items, str(whole["digest"]), rng)


def _entries(
    scenario: LiveScenario, d: int, watchlists: Watchlists, rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """People enrolled, and those of whose image no template could be made.

    The calendar says how many were enrolled; how many failed before so many succeeded is
    negative binomial.
    """
    size = int(watchlists.size[d])
    share = scenario.watchlist.enrolment_failure_share
    failed = int(rng.negative_binomial(size, 1 - share)) if share else 0
    ranks = np.arange(min(size + failed, watchlists.pool_size))
    entries = watchlists.entry_at(deployment=np.full(len(ranks), d), rank=ranks)
    return entries[:size], entries[size:]


def _added(
    history: History, d: int, entries: Ints, *, images: ListedImages, rng: np.random.Generator
) -> Iterator[Part]:
    """Images put on the list; a child's with the document that says why."""
    stated = history.scenario.watchlist
    from_us = int(history.arrangements.compiled_us[d]) - _COMPILING_US
    time_us = from_us + _spread(rng, _COMPILING_US, len(entries))
    grown_up = np.array([not _is_a_child(band) for band in stated.age_bands])
    children = ~grown_up[images.age_band[entries]]
    for who, is_child in ((~children, False), (children, True)):
        of = entries[who]
        fields: dict[str, Value] = {
            "watchlist": history.ids.one(Thing.WATCHLIST, d),
            "item": history.ids.of(Thing.ITEM, d, of),
            "category": Words(images.category[of], tuple(stated.categories)),
            "image_source": Words(images.image_source[of], tuple(stated.image_sources)),
            "legal_basis": Words(images.legal_basis[of], tuple(stated.legal_bases)),
            "age_band": Words(images.age_band[of], tuple(stated.age_bands)),
            "quality": images.quality[of],
            "image_age_days": images.age_days[of],
        }
        if is_child:
            fields["rationale"] = history.ids.of(Thing.RATIONALE, d, of)
        yield Part("watchlist.item.added", time_us[who], OFFICE, fields)


def _is_a_child(age_band: str) -> bool:
    return age_band in {"under 13", "13 to 17"}


def _deleted(
    history: History, d: int, items: Ints, digest: str, rng: np.random.Generator
) -> Iterator[Part]:
    """The items one by one in the minute before the list is gone."""
    deletion, watchlist = history.deletions.watchlist, history.ids.one(Thing.WATCHLIST, d)
    deleted_us = int(deletion.deleted_us[d])
    wiping_us = min(_WIPING_US, max(deleted_us - int(history.calendar.end_us[d]), 0))
    yield Part(
        "watchlist.item.deleted",
        deleted_us - wiping_us + _spread(rng, wiping_us, len(items)),
        SYSTEM,
        {"watchlist": watchlist, "item": items},
    )
    yield single("watchlist.deleted", deleted_us, SYSTEM, watchlist=watchlist, digest=digest)
    if deletion.exception[d] != NOT:
        yield single(
            "retention.excepted",
            int(deletion.due_us[d]),
            OFFICE,
            data_class="watchlist",
            exception_code=history.exception_code(int(deletion.exception[d])),
            watchlist=watchlist,
        )


def _spread(rng: np.random.Generator, within_us: int, n: int) -> Ints:
    """Moments within a time, in their order."""
    return np.sort(rng.integers(0, within_us, n, endpoint=True))
