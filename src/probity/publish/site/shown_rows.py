"""Every row of the records as the site shows it: where it was, whether it counts, what is doubtful.

All rows are shown, totals and second versions included; those that are in no sum say why.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from probity.claims import words
from probity.claims.evidence import Evidence
from probity.core import Source
from probity.core.errors import printable
from probity.publish.page import slug
from probity.publish.record_doubts import problems_by_source
from probity.records.breaks import FORCE as LONDON
from probity.records.conflicts import Published, published_for_deployments
from probity.records.context import DateCorrection
from probity.records.dates import correction_of, counted_span
from probity.records.places import Known, borough_of
from probity.records.schema import Deployment, Problem

SEVERAL, UNDATED = "several years", "undated"
_LONGEST_NAME = 80
_STANDING = {
    "aggregate": "A total of several deployments: in a sum, they would be counted twice",
    "trial": "What the source calls a trial",
}
_READ = {"primary": "first hand", "press": "press"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A place that has a page of its own: a borough of London, or all of another force.

    ``borough`` is its name as the ONS writes it; empty for what is no borough.
    """

    slug: str
    name: str
    borough: str

    @property
    def path(self) -> str:
        """Its page, below the site's root."""
        return f"places/{self.slug}.html"


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """One row of a record.

    Attributes
    ----------
    deployment : Deployment
        The figures.
    name : str
        Names its page; unique on the site.
    area : Area
        The place it is listed under.
    known : Known
        How that is known.
    source : Source
        The document it was read in.
    not_counted : str
        Why it is in no sum; empty where it is counted.
    doubts : tuple of Problem
        What is doubtful about it.
    elsewhere : tuple of Published
        What is published otherwise for the same deployment.
    correction : DateCorrection or None
        Where it is counted under another date than the printed one.
    """

    deployment: Deployment
    name: str
    area: Area
    known: Known
    source: Source
    not_counted: str
    doubts: tuple[Problem, ...]
    elsewhere: tuple[Published, ...]
    correction: DateCorrection | None

    @property
    def path(self) -> str:
        """Its page, below the site's root."""
        return f"deployments/row/{self.name}.html"

    @property
    def place(self) -> str:
        """The place as printed, without characters that would turn a line around."""
        return printable(self.deployment.place, limit=160)

    @property
    def force(self) -> str:
        """The operator, likewise."""
        return printable(self.deployment.force, limit=120)

    @cached_property
    def first_day(self) -> str:
        """The ISO day it is counted under; empty where no date is known."""
        span = counted_span(self.deployment)
        return span.first.isoformat() if span else ""

    @property
    def year(self) -> str:
        """The year whose table it is in."""
        span = counted_span(self.deployment)
        if span is None:
            return UNDATED
        return str(span.first.year) if span.first.year == span.last.year else SEVERAL

    @property
    def when(self) -> str:
        """The date in words; a line is broken between two dates, not within one."""
        d = self.deployment
        if self.correction:
            said = words.day(self.correction.counted_date)
        elif counted_span(d) is None:
            return "no date"
        else:
            said = words.period(d.date_start, d.date_end or d.date_start)
        return said.replace(" ", "\N{NO-BREAK SPACE}").replace("\N{NO-BREAK SPACE}to", " to")

    @property
    def read(self) -> str:
        """How near to the operator it was read."""
        return _READ.get(self.deployment.confidence, "second hand")

    @property
    def hours(self) -> str:
        """How long it lasted: "5h30"."""
        minutes = self.deployment.duration_minutes
        return "" if minutes is None else f"{minutes // 60}h{minutes % 60:02d}"

    @property
    def marks(self) -> int:
        """How many things to know before using it."""
        return len(self.doubts) + len(self.elsewhere) + (self.correction is not None)


def shown_rows(evidence: Evidence) -> tuple[ShownRow, ...]:
    """Every bundled row and every row of the user's own records, the newest first.

    What spans several years or has no date comes last.
    """
    own = [d for record in evidence.own for d in record.deployments]
    counted = _counted(evidence, own)
    doubts = _doubts(counted, evidence)
    elsewhere = _elsewhere(counted, evidence)
    keys = {_key(d) for d in counted}
    names, areas = _Names(), _Areas()
    rows = []
    for deployment in (*evidence.bundle.deployments, *own):
        area, known = _area(deployment, evidence, areas)
        rows.append(
            ShownRow(
                deployment=deployment,
                name=names.of(deployment.record_id),
                area=area,
                known=known,
                source=evidence.source(deployment.source_id),
                not_counted="" if _key(deployment) in keys else _standing(deployment, evidence),
                doubts=tuple(doubts.get(_key(deployment), ())),
                elsewhere=tuple(elsewhere.get(_key(deployment), ())),
                correction=correction_of(deployment),
            )
        )
    return tuple(
        sorted(
            rows,
            key=lambda row: (row.year.isdigit(), row.first_day, row.deployment.row),
            reverse=True,
        )
    )


Key = tuple[str, int, str]


def _key(deployment: Deployment) -> Key:
    return (deployment.source_id, deployment.row, deployment.record_id)


def _counted(evidence: Evidence, own: Iterable[Deployment]) -> list[Deployment]:
    """Rows of all forces that are in sums, each once."""
    forces = dict.fromkeys((*evidence.bundle.forces, *(d.force for d in own)))
    rows = {_key(d): d for force in forces for d in evidence.rows(force)}
    return list(rows.values())


def _doubts(counted: Iterable[Deployment], evidence: Evidence) -> Mapping[Key, list[Problem]]:
    by_force: dict[str, list[Deployment]] = {}
    for d in counted:
        by_force.setdefault(d.force, []).append(d)
    own = {record.source.source_id for record in evidence.own}
    found: dict[Key, list[Problem]] = {}
    for rows in by_force.values():
        keys = {(d.source_id, d.row): _key(d) for d in rows}
        for source_id, problems in problems_by_source(rows, evidence).items():
            for problem in problems:
                key = keys.get((source_id, problem.row or 0))
                # A user's file may hold several forces: its problems come once with each.
                if key and not (source_id in own and problem in found.get(key, ())):
                    found.setdefault(key, []).append(problem)
    return found


def _elsewhere(counted: list[Deployment], evidence: Evidence) -> Mapping[Key, list[Published]]:
    keys: dict[str, Key] = {d.record_id: _key(d) for d in counted}
    found: dict[Key, list[Published]] = {}
    for published in published_for_deployments(counted, bundle=evidence.bundle):
        for record_id in published.used.record_ids:
            if record_id in keys:
                found.setdefault(keys[record_id], []).append(published)
    return found


def _standing(deployment: Deployment, evidence: Evidence) -> str:
    """Why a bundled row is in no sum."""
    row = evidence.bundle.row_by_id[deployment.record_id]
    if row.kind in _STANDING:
        return _STANDING[row.kind]
    reason = evidence.bundle.not_in_series.get(deployment.record_id)
    return reason or "Rows of your own record for the same days stand in its place"


class _Names:
    """Gives each text a name for a file, numbered where two would get the same one."""

    def __init__(self) -> None:
        self._seen = Counter[str]()

    def of(self, text: str) -> str:
        """The text as a file's name; letters of another case make no other name."""
        name = slug(text)[:_LONGEST_NAME].strip(".-") or "row"
        self._seen[name.lower()] += 1
        number = self._seen[name.lower()]
        return f"{name}.{number}" if number > 1 else name


class _Areas:
    """Makes an area the first time that its name comes up."""

    def __init__(self) -> None:
        self._names = _Names()
        self._areas: dict[str, Area] = {}

    def of(self, name: str, *, borough: str = "") -> Area:
        """The area of that name."""
        if name not in self._areas:
            self._areas[name] = Area(
                slug=self._names.of(name.lower()), name=printable(name, limit=120), borough=borough
            )
        return self._areas[name]


def _area(deployment: Deployment, evidence: Evidence, areas: _Areas) -> tuple[Area, Known]:
    if deployment.force != LONDON:
        return areas.of(deployment.force), Known.NOT
    borough, known = borough_of(deployment, bundle=evidence.bundle)
    if borough is not None:
        return areas.of(borough, borough=borough), known
    if deployment.place.startswith("aggregate"):
        return areas.of(f"{LONDON}: totals"), known
    return areas.of("London, borough not known"), known
