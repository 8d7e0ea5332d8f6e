"""A scenario as a whole: what every mode has, and the sections of each mode."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from probity.twin.scenario.calendar_plan import CalendarPlan, Place
from probity.twin.scenario.governance import (
    Authority,
    Notice,
    Publication,
    Retention,
    Signs,
    Training,
)
from probity.twin.scenario.lists import BlueList, Presence, Watchlist
from probity.twin.scenario.people import Capture, Crowd, Group, QualityBand
from probity.twin.scenario.quantity import (
    EVERY_GROUP,
    SUM_TOLERANCE,
    Identifier,
    Name,
    Section,
    by_group,
    require_names,
    require_shares,
)
from probity.twin.scenario.recogniser import Recogniser
from probity.twin.scenario.search import Search
from probity.twin.scenario.staff import Adjudication, Engagement

SCHEMA = "probity/scenario/1"
MAX_FACES = 1_000_000_000
"""Expected passers-by in one replicate."""
MAX_FACES_OF_DEPLOYMENT = 2_000_000
"""Expected in the busiest place and the longest deployment: the events of one are held at once."""
MAX_LISTED_PASSES = 20_000_000
MAX_LISTED_IMAGES = 1_000_000_000
"""On the lists of all deployments of a replicate."""
MAX_TRAININGS = 10_000_000
"""Renewals of the training of all staff in a replicate."""
MAX_SEARCHES = 2_000_000
_NOT_PARAMETERS = ("schema_id", "name", "title", "mode", "force", "sources", "provenance")


class ScenarioSource(Section):
    """A document that a figure of the scenario was taken from.

    ``status`` is "FOUND" where the source itself was read, "FOUND-2" where another document was
    read that reports it, "UNVERIFIED" where neither was, "DERIVED" for arithmetic on others.
    """

    id: Identifier
    publisher: Name
    title: Name
    url: Annotated[str, Field(max_length=500, pattern=r"^https?://[^\s]+$")]
    status: Literal["FOUND", "FOUND-2", "UNVERIFIED", "DERIVED"]


class Published(Section):
    """A value that a source gives, or that follows from what it gives as ``how`` says."""

    source: Identifier
    how: Annotated[str, Field(min_length=1, max_length=500)] | None = None


class Assumed(Section):
    """A value that nobody has published, and why this one was taken."""

    assumed: Annotated[str, Field(min_length=1, max_length=500)]


class _Scenario(Section):
    schema_id: Annotated[Literal["probity/scenario/1"], Field(alias="schema")]
    name: Identifier
    title: Name
    force: Name
    groups: Annotated[tuple[Group, ...], Field(min_length=1, max_length=20)]
    recogniser: Recogniser
    sources: Annotated[tuple[ScenarioSource, ...], Field(max_length=200)] = ()
    provenance: Annotated[dict[str, Published | Assumed], Field(max_length=1000)]

    @property
    def group_names(self) -> tuple[str, ...]:
        """Names of the groups, in their order."""
        return tuple(group.name for group in self.groups)

    def parameters(self) -> Iterator[str]:
        """Dotted names of all values, such as ``capture.dwell_s.mean``; lists are one value."""
        yield from _leaves(self.model_dump(exclude=set(_NOT_PARAMETERS)), "")

    def provenance_of(self, parameter: str) -> Published | Assumed | None:
        """Where a value comes from, as stated for it or for the table it stands in."""
        parts = parameter.split(".")
        for end in range(len(parts), 0, -1):
            stated = self.provenance.get(".".join(parts[:end]))
            if stated is not None:
                return stated
        return None

    def _check_head(self, bands: Sequence[QualityBand]) -> None:
        names = self.group_names
        require_names(names, "groups")
        if EVERY_GROUP in names:
            raise ValueError(f"no group can be called {EVERY_GROUP}: that means every group")
        require_shares({one.name: one.crowd_share for one in self.groups}, "groups.crowd_share")
        require_shares({one.name: one.listed_share for one in self.groups}, "groups.listed_share")
        for where, table in (
            ("recogniser.mated_shift", self.recogniser.mated_shift),
            *((f"share of band {band.name}", band.share) for band in bands),
        ):
            self._check_table(where, table)
        totals = np.sum([by_group(band.share, names) for band in bands], axis=0)
        for name, total in zip(names, totals.tolist(), strict=True):
            if abs(total - 1) > SUM_TOLERANCE:
                raise ValueError(f"shares of the quality bands of {name} sum to {total:.6g}, not 1")
        require_names([source.id for source in self.sources], "sources")
        self._check_provenance()

    def _check_training(self, training: Training, *, staff: int, days: int) -> None:
        trainings = staff * (days / training.valid_days + 1)
        if trainings > MAX_TRAININGS:
            raise ValueError(
                f"training.valid_days would have {trainings:.3g} trainings of staff in a "
                f"replicate: at most {MAX_TRAININGS:,}"
            )

    def _check_table(self, where: str, table: Mapping[str, float]) -> None:
        if set(table) != {EVERY_GROUP} and set(table) != set(self.group_names):
            raise ValueError(
                f"{where} names {', '.join(sorted(table))}: it needs one value for {EVERY_GROUP}, "
                f"or one for each of {', '.join(self.group_names)}"
            )

    def _check_provenance(self) -> None:
        known: set[str] = set()
        for parameter in self.parameters():
            parts = parameter.split(".")
            known |= {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
        ids = {source.id for source in self.sources}
        for parameter, stated in self.provenance.items():
            if parameter not in known:
                raise ValueError(f"provenance of {parameter}: no such parameter")
            if isinstance(stated, Published) and stated.source not in ids:
                raise ValueError(f"provenance of {parameter}: no such source: {stated.source}")


class LiveScenario(_Scenario):
    """Live recognition: cameras, a watchlist, passers-by."""

    mode: Literal["live"]
    calendar: CalendarPlan
    places: Annotated[tuple[Place, ...], Field(min_length=1, max_length=1000)]
    crowd: Crowd
    capture: Capture
    watchlist: Watchlist
    presence: Presence
    blue_list: BlueList
    adjudication: Adjudication
    engagement: Engagement
    retention: Retention
    authority: Authority
    notice: Notice
    signs: Signs
    publication: Publication
    training: Training

    @property
    def expected_faces_per_replicate(self) -> float:
        """Mean number of passers-by in one replicate, if durations were not cut off."""
        per_hour = sum(place.weight * place.faces_per_hour for place in self.places)
        return self.calendar.deployments * self.calendar.duration_minutes.mean / 60 * per_hour

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_head(self.capture.bands)
        require_names([place.name for place in self.places], "places")
        require_shares({place.name: place.weight for place in self.places}, "places.weight")
        tables = {
            f"adjudication.{name}": getattr(self.adjudication, name)
            for name in (
                "sensitivity",
                "specificity",
                "officer_sensitivity",
                "officer_specificity",
            )
        }
        for where, table in {
            **tables,
            "engagement.force_share": self.engagement.force_share,
        }.items():
            self._check_table(where, table)
        unknown = set(self.presence.listed_people_per_deployment) - set(self.watchlist.categories)
        if unknown:
            raise ValueError(f"presence of {sorted(unknown)[0]}: no such category of the watchlist")
        self._check_work()
        return self

    def _check_work(self) -> None:
        faces = self.expected_faces_per_replicate
        if faces > MAX_FACES:
            raise ValueError(f"{faces:.3g} people would pass in a replicate: at most {MAX_FACES:,}")
        busiest = max(place.faces_per_hour for place in self.places)
        at_once = busiest * self.calendar.duration_minutes.most / 60
        if at_once > MAX_FACES_OF_DEPLOYMENT:
            raise ValueError(
                f"{at_once:.3g} people could pass in a deployment: at most "
                f"{MAX_FACES_OF_DEPLOYMENT:,}"
            )
        images = self.watchlist.size.mean * self.calendar.deployments
        if images > MAX_LISTED_IMAGES:
            raise ValueError(
                f"{images:.3g} images on the lists of a replicate: at most {MAX_LISTED_IMAGES:,}"
            )
        work = self.adjudication
        self._check_training(
            self.training,
            staff=max(self.training.staff, work.operators + work.officers),
            days=(self.calendar.last_day - self.calendar.first_day).days + 1,
        )
        each = (
            sum(self.presence.listed_people_per_deployment.values())
            / (1 - self.presence.repeat_pass_share)
            + self.blue_list.subjects * self.blue_list.passes_each
        )
        if each * self.calendar.deployments > MAX_LISTED_PASSES:
            raise ValueError(
                f"{each * self.calendar.deployments:.3g} passes of listed people and test "
                f"subjects in a replicate: at most {MAX_LISTED_PASSES:,}"
            )


class SearchScenario(_Scenario):
    """Operator-initiated or retrospective search in a gallery."""

    mode: Literal["operator-initiated", "retrospective"]
    search: Search
    training: Training

    @property
    def expected_searches_per_replicate(self) -> float:
        """Mean number of searches in one replicate."""
        return self._days * self.search.searches_per_day

    @property
    def _days(self) -> int:
        return (self.search.last_day - self.search.first_day).days + 1

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_head(self.search.bands)
        for name in (
            "operator_sensitivity",
            "operator_specificity",
            "reviewer_sensitivity",
            "reviewer_specificity",
        ):
            self._check_table(f"search.{name}", getattr(self.search, name))
        if self.expected_searches_per_replicate > MAX_SEARCHES:
            raise ValueError(
                f"{self.expected_searches_per_replicate:.3g} searches in a replicate: at most "
                f"{MAX_SEARCHES:,}"
            )
        self._check_training(self.training, staff=self.search.actors, days=self._days)
        return self


Scenario = LiveScenario | SearchScenario


def _leaves(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield from _leaves(below, f"{path}.{key}" if path else key)
    elif value is not None:
        yield path
