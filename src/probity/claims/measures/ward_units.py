"""London's wards as units of a model: who lives there, recorded offences, deployments.

The City of London has no recorded offences here (it has its own police) and is left out of every
model; no deployment is placed there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from math import log2
from typing import TYPE_CHECKING

from probity.records.bundled import Bundle
from probity.records.context import DeploymentWard, Ward

if TYPE_CHECKING:
    from probity.stats.twopart import Units


class Placing(StrEnum):
    """Which ward a deployment is counted in."""

    AS_GIVEN = "as given"
    DOUBTS_REMOVED = "Ilford moved, other boroughs' places left out"
    ROMFORD_NORTH = "as before, and Romford moved"


_ILFORD = {"E05011243": "E05011246"}
"""Fullwell to Ilford Town. Seven deployments at Ilford and its High Street are given to Fullwell,
whose border is 3 km from there; the ward boundaries have not changed since 2018."""
_ROMFORD = {"E05013981": "E05013983"}
"""St Alban's to St Edward's: two halves of Romford's centre since 2022, South Street in both. The
northern one has three times the recorded offences."""


class Period(StrEnum):
    """Which deployments are counted, by year; the sheet ends in March 2025."""

    ALL = ""
    TO_2023 = "2020 2022 2023"
    IN_2024 = "2024"
    IN_2025 = "2025"


@dataclass(frozen=True, slots=True)
class Selected:
    """Wards with the number of deployments counted in each; the same order in both."""

    wards: tuple[Ward, ...]
    deployments: tuple[int, ...]


@cache
def ward_counts(
    bundle: Bundle,
    *,
    placing: Placing = Placing.AS_GIVEN,
    period: Period = Period.ALL,
    without_boroughs: frozenset[str] = frozenset(),
) -> Selected:
    """Count the deployments in each ward that has recorded offences."""
    counts: dict[str, int] = {}
    for row in bundle.deployment_wards:
        code = _ward_of(bundle, row, placing)
        if code and (not period or row.date[:4] in period.split()):
            counts[code] = counts.get(code, 0) + 1
    wards = tuple(
        ward
        for ward in bundle.wards
        if ward.crimes_2023_07_to_2025_06 is not None and ward.borough not in without_boroughs
    )
    return Selected(wards, tuple(counts.get(ward.ward_code, 0) for ward in wards))


def share(ward: Ward, group: str) -> float:
    """Share of a ward's residents, 0 to 1: "black", "asian", "not_white_british" and so on."""
    return COVARIATES[f"{group}_share"](ward)


_USUAL_LOG2_OFFENCES = 11.0
"""About the median ward; the square is taken around it, so that it is not a line again."""
COVARIATES: Mapping[str, Callable[[Ward], float]] = {
    "black_share": lambda ward: ward.black / ward.residents_2021,
    "asian_share": lambda ward: ward.asian / ward.residents_2021,
    "mixed_share": lambda ward: ward.mixed / ward.residents_2021,
    "other_share": lambda ward: ward.other / ward.residents_2021,
    "not_white_share": lambda ward: 1 - ward.white / ward.residents_2021,
    "not_white_british_share": lambda ward: 1 - ward.white_british / ward.residents_2021,
    "log2_residents": lambda ward: log2(ward.residents_2021),
    "log2_offences": lambda ward: log2(offences(ward)),
    "log2_offences_squared": lambda ward: (log2(offences(ward)) - _USUAL_LOG2_OFFENCES) ** 2,
    "log2_offences_per_resident": lambda ward: log2(offences(ward) / ward.residents_2021),
    "thousand_offences": lambda ward: offences(ward) / 1000,
    "log2_violence": lambda ward: log2(violence(ward)),
    "log2_other_offences": lambda ward: log2(offences(ward) - violence(ward)),
}
"""What a ward is described by. Logarithms are to base two: an effect is that of twice as many."""


def offences(ward: Ward) -> int:
    """Offences recorded from July 2023 to June 2025."""
    if ward.crimes_2023_07_to_2025_06 is None:
        raise ValueError(f"{ward.ward_name} has no recorded offences")
    return ward.crimes_2023_07_to_2025_06


def violence(ward: Ward) -> int:
    """Violence against the person recorded from July 2023 to June 2025."""
    if ward.violence_offences_2023_07_to_2025_06 is None:
        raise ValueError(f"{ward.ward_name} has no recorded violence")
    return ward.violence_offences_2023_07_to_2025_06


def units(selected: Selected, names: tuple[str, ...]) -> "Units":
    """The wards as units of a two-part model, clustered by borough."""
    import numpy as np

    from probity.stats.twopart import Units

    return Units(
        counts=np.array(selected.deployments, dtype=float),
        covariates={
            name: np.array([COVARIATES[name](ward) for ward in selected.wards]) for name in names
        },
        clusters=np.array([ward.borough for ward in selected.wards]),
        unit="ward",
        event="deployment",
        cluster="borough",
    )


def _ward_of(bundle: Bundle, row: DeploymentWard, placing: Placing) -> str | None:
    """The ward code a deployment is counted in; None where the placing leaves it out."""
    code = row.ward_code_approx
    if placing is Placing.AS_GIVEN:
        return code
    if _names_another_borough(bundle, row):
        return None
    moved = _ILFORD | (_ROMFORD if placing is Placing.ROMFORD_NORTH else {})
    return moved.get(code, code)


def _names_another_borough(bundle: Bundle, row: DeploymentWard) -> bool:
    """Whether the printed place names one borough and the given ward is in another."""
    borough_of = _borough_of_wards(bundle)
    named = [b.name for b in bundle.boroughs if b.name in row.place]
    return bool(named) and borough_of[row.ward_code_approx] not in named


@cache
def _borough_of_wards(bundle: Bundle) -> dict[str, str]:
    return {ward.ward_code: ward.borough for ward in bundle.wards}
