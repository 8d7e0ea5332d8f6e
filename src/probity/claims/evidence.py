"""What claims are tested on: the bundled figures, and the user's own records over them.

Rows of the user's files replace the bundled rows of the same force between the first and the
last date in each file. Before and after that the bundled rows stay. Two files that cover the same
force at the same time are refused: their rows would be counted twice.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

from probity.core import InputError, Source
from probity.records.bundled import Bundle
from probity.records.dates import Span, counted_span
from probity.records.file_problems import NOT_STATED
from probity.records.schema import Deployment, Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """The days from the first to the last of one force's rows in one of the user's files."""

    force: str
    days: Span
    file: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The bundled figures, and the user's own records where there are any.

    Raises
    ------
    InputError
        Two of the user's files overlap, or one has a row without force or date.
    """

    bundle: Bundle
    own: tuple[Record, ...] = ()
    inline_sources: tuple[Source, ...] = ()
    _covered: tuple[Covered, ...] = field(init=False, repr=False)
    _sources: Mapping[str, Source] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        inline = {source.source_id for source in self.inline_sources}
        taken = {*self.bundle.sources, *inline}
        object.__setattr__(self, "own", _distinct_sources(self.own, taken))
        covered = tuple(one for record in self.own for one in _covered_by(record))
        _refuse_overlap(covered)
        object.__setattr__(self, "_covered", covered)
        own = (record.source for record in self.own)
        extra = {source.source_id: source for source in (*self.inline_sources, *own)}
        object.__setattr__(self, "_sources", {**self.bundle.sources, **extra})

    def rows(self, force: str) -> tuple[Deployment, ...]:
        """The rows of one force that can be summed: its bundled series, and the user's rows."""
        force = _plain(force)
        covered = [one.days for one in self._covered if one.force == force]
        bundled = (
            deployment
            for name in self.bundle.forces
            if _plain(name) == force
            for deployment in self.bundle.series(name)
            if (days := counted_span(deployment)) is None
            or not any(one.days_shared(days) for one in covered)
        )
        own = (d for record in self.own for d in record.deployments if _plain(d.force) == force)
        return (*bundled, *own)

    @property
    def sources(self) -> tuple[Source, ...]:
        """Every source there is: bundled, of the claims files, and the user's own."""
        return tuple(self._sources.values())

    def source(self, source_id: str) -> Source:
        """A source by its id.

        Raises
        ------
        InputError
            No such source.
        """
        try:
            return self._sources[source_id]
        except KeyError:
            raise InputError(
                "no such source",
                got=source_id,
                allowed="a source_id of sources.csv, or of the claims file's own [[sources]]",
            ) from None

    def sources_of(self, deployments: Iterable[Deployment]) -> tuple[Source, ...]:
        """The documents that rows were read in, each once, in the order of the rows."""
        return tuple(self.source(i) for i in dict.fromkeys(d.source_id for d in deployments))


def _plain(force: str) -> str:
    """A force's name without what stands in brackets behind it."""
    return force.split(" (", maxsplit=1)[0].strip()


def _distinct_sources(records: tuple[Record, ...], taken: Collection[str]) -> tuple[Record, ...]:
    """The records with source ids that no other record, bundled or claims file's source has."""
    used, distinct = set(taken), []
    for record in records:
        source_id = record.source.source_id
        number = 1
        while source_id in used:
            number += 1
            source_id = f"{record.source.source_id}-{number}"
        used.add(source_id)
        distinct.append(
            replace(
                record,
                source=replace(record.source, source_id=source_id),
                deployments=tuple(replace(d, source_id=source_id) for d in record.deployments),
            )
        )
    return tuple(distinct)


def _covered_by(record: Record) -> tuple[Covered, ...]:
    found: dict[str, list[Span]] = {}
    file = record.source.title
    for deployment in record.deployments:
        days = counted_span(deployment)
        named = bool(deployment.force) and deployment.force != NOT_STATED
        if not named or days is None:
            raise InputError(
                "a claim can only be tested on rows that name their force and their date",
                file=file,
                row=deployment.row,
                column="date_start" if named else "force",
                got=deployment.date_start if named else deployment.force,
            )
        found.setdefault(_plain(deployment.force), []).append(days)
    return tuple(
        Covered(
            force=force,
            days=Span(min(one.first for one in days), max(one.last for one in days)),
            file=file,
        )
        for force, days in found.items()
    )


def _refuse_overlap(covered: tuple[Covered, ...]) -> None:
    for one, other in combinations(covered, 2):
        if one.force == other.force and one.days.days_shared(other.days):
            first = max(one.days.first, other.days.first)
            last = min(one.days.last, other.days.last)
            raise InputError(
                f"{other.file} and {one.file} both cover {one.force} from {first} to {last}: "
                "their rows would be counted twice",
                allowed="files of one force that do not overlap in time",
            )
