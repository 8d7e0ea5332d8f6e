"""The published test figures that the twin is fitted to, and those kept back to test the fit."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

Status = Literal["FOUND", "FOUND-2", "UNVERIFIED", "DERIVED"]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Threshold = Annotated[float, Field(gt=0.0, lt=1.0)]


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Setting(_Row):
    """A threshold that a count may have been taken at, and how probable that is."""

    threshold: Threshold
    weight: Share


class Design(_Row):
    """The test: gallery, and the searches of people who were not in it.

    ``searches`` is the least and greatest number of non-mated searches that fit the figures
    printed.
    """

    gallery_size: Annotated[int, Field(ge=1)]
    gallery_status: Status
    gallery_source_id: str
    searches: tuple[Annotated[int, Field(ge=1)], int]
    searches_status: Status
    searches_note: str

    @property
    def possible_searches(self) -> NDArray[np.int64]:
        """A dozen numbers spread evenly over the range, taken for equally probable."""
        return np.unique(np.rint(np.linspace(*self.searches, 12)).astype(np.int64))


class FalsePositives(_Row):
    """Non-mated searches with a candidate at or above a threshold: a count.

    Where the source leaves the threshold open there are several settings, each with a weight.
    """

    id: str
    settings: tuple[Setting, ...]
    count: Annotated[int, Field(ge=0)]
    status: Status
    source_id: str
    note: str = ""

    @property
    def lowest(self) -> float:
        """Lowest threshold that the count may have been taken at."""
        return min(setting.threshold for setting in self.settings)


class TruePositives(_Row):
    """Share of mated passes found, printed rounded: within ``half_unit`` of ``printed_rate``."""

    id: str
    threshold: Threshold
    printed_rate: Share
    half_unit: Annotated[float, Field(gt=0.0)]
    volunteers: Annotated[int, Field(ge=2)]
    passes_each: Annotated[int, Field(ge=1)]
    status: Status
    source_id: str
    note: str = ""


class _HeldOut(_Row):
    id: str
    threshold: Threshold
    gallery_size: Annotated[int, Field(ge=1)]
    status: Status
    source_id: str
    note: str = ""


class HeldOutRate(_HeldOut):
    """A rate that the fit never sees, printed rounded."""

    measure: Literal["fpir_per_nonmated_probe"]
    printed: Share
    half_unit: Annotated[float, Field(gt=0.0)]


class HeldOutCount(_HeldOut):
    """A count that the fit never sees: k of n."""

    measure: Literal["share_of_false_positives_not_white", "share_of_false_positives_black"]
    k: Annotated[int, Field(ge=0)]
    n: Annotated[int, Field(ge=1)]


class Anchors(_Row):
    """All figures of one test.

    ``false_positives`` stand from the highest threshold to the lowest; their counts rise, since a
    search counted at one threshold is counted at every lower one. Only the last may leave its
    threshold open.
    """

    name: str
    system: str
    design: Design
    false_positives: tuple[FalsePositives, ...]
    true_positives: tuple[TruePositives, ...]
    held_out: tuple[HeldOutRate | HeldOutCount, ...]
    sources: Mapping[str, str]

    @model_validator(mode="after")
    def _nested(self) -> "Anchors":
        rows = self.false_positives
        for row in rows[:-1]:
            if len(row.settings) != 1:
                raise ValueError(f"{row.id}: only the lowest threshold may be open")
        for higher, lower in pairwise(rows):
            if max(s.threshold for s in lower.settings) >= higher.lowest:
                raise ValueError(f"{lower.id}: thresholds have to fall from row to row")
            if lower.count < higher.count:
                raise ValueError(f"{lower.id}: fewer than at the higher threshold of {higher.id}")
        for row in rows:
            if abs(sum(s.weight for s in row.settings) - 1.0) > 1e-9:  # noqa: PLR2004
                raise ValueError(f"{row.id}: weights of settings have to sum to 1")
        low, high = self.design.searches
        if not rows or not rows[-1].count <= low <= high:
            raise ValueError("counts are needed, and no fewer searches than the largest of them")
        return self

    def without(self, anchor_id: str) -> "Anchors":
        """These anchors, one of them kept back from the fit."""
        return self.model_copy(
            update={
                "false_positives": tuple(r for r in self.false_positives if r.id != anchor_id),
                "true_positives": tuple(r for r in self.true_positives if r.id != anchor_id),
            }
        )

    def closed(self) -> tuple[tuple[float, "Anchors"], ...]:
        """These anchors with each of the settings that are open, and the weight of each."""
        *others, last = self.false_positives
        return tuple(
            (setting.weight, self._with_last(others, last, setting)) for setting in last.settings
        )

    def _with_last(
        self, others: Sequence[FalsePositives], last: FalsePositives, setting: Setting
    ) -> "Anchors":
        chosen = setting.model_copy(update={"weight": 1.0})
        row = last.model_copy(update={"settings": (chosen,)})
        return self.model_copy(update={"false_positives": (*others, row)})

    @property
    def fitted_ids(self) -> tuple[str, ...]:
        """Ids of the figures that the fit uses."""
        false = tuple(row.id for row in self.false_positives)
        return false + tuple(row.id for row in self.true_positives)


@cache
def npl_2023() -> Anchors:
    """Figures of the equitability study of March 2023, as read in reports on it."""
    text = (files("probity.twin") / "anchors" / "npl-2023.toml").read_text(encoding="utf-8")
    return Anchors.model_validate(tomllib.loads(text))
