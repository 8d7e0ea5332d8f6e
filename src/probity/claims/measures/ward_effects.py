"""What a specification of the ward model finds: fits, effects, and the rows that show them."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from probity.claims.measures.ward_matching import matched_effect, matched_wards
from probity.claims.measures.ward_specifications import How, Part, Specification
from probity.claims.measures.ward_units import units
from probity.core import Estimate, Undefined
from probity.records.bundled import Bundle

if TYPE_CHECKING:
    from probity.stats.twopart import PartFit


@cache
def fitted(bundle: Bundle, specification: Specification, part: Part) -> "PartFit | Undefined":
    """Fit one part of the model in one way; kept, since several measures read it."""
    from probity.stats.twopart import fit_any, fit_number_given_any

    names = (specification.effect_of, *specification.given)
    data = units(specification.selected(bundle), names)
    if part is Part.ANY:
        return fit_any(data)
    return fit_number_given_any(data, poisson=specification.how is How.POISSON)


@cache
def effect(
    bundle: Bundle, specification: Specification, part: Part, *, level: float
) -> Estimate | Undefined:
    """The effect of a specification's covariate on one part, as a ratio per ``per``."""
    from probity.stats.twopart import profile_ratio, ratio
    from probity.stats.within import within_ratio

    name, per = specification.effect_of, specification.per
    match specification.how:
        case How.MATCHED:
            return matched_effect(bundle, specification, level=level)
        case How.WITHIN_BOROUGHS:
            data = units(specification.selected(bundle), (name, *specification.given))
            return within_ratio(data, data.clusters, name, per=per, level=level)
        case How.PROFILE | How.BOROUGHS_IN_TURN | How.POISSON:
            fit = fitted(bundle, specification, part)
            if isinstance(fit, Undefined):
                return fit
            reading = profile_ratio if specification.how is How.PROFILE else ratio
            return reading(fit, name, per=per, level=level)


def offences_effect(
    bundle: Bundle, specification: Specification, part: Part, *, level: float
) -> Estimate | Undefined:
    """The effect of twice the recorded offences (or violence) on one part of the model."""
    from probity.stats.twopart import ratio

    fit = fitted(bundle, specification, part)
    return fit if isinstance(fit, Undefined) else ratio(fit, specification.given[0], level=level)


Row = dict[str, str | int | float | None]


def as_row(
    bundle: Bundle,
    specification: Specification,
    part: Part,
    found: Estimate | Undefined,
    *,
    effect_of: str,
) -> Row:
    """One row of the table of specifications, for a figure and for the page."""
    wards, with_any, deployments = _compared(bundle, specification)
    row: Row = {
        "part": part.value,
        "kind": specification.kind,
        "specification": specification.label,
        "effect_of": effect_of,
        "value": None,
        "low": None,
        "high": None,
        "wards": wards,
        "wards_with_deployment": with_any,
        "deployments": deployments,
        "method": "",
        "reason": None,
    }
    if isinstance(found, Undefined):
        return row | {"reason": found.reason}
    return row | {
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "method": found.method,
    }


def _compared(bundle: Bundle, specification: Specification) -> tuple[int, int, int]:
    """Wards compared, those of them with a deployment, and their deployments."""
    selected = specification.selected(bundle)
    number = {w.ward_code: n for w, n in zip(selected.wards, selected.deployments, strict=True)}
    if specification.how is How.MATCHED:
        pairs = matched_wards(bundle, specification).pairs
        number = {ward.ward_code: number[ward.ward_code] for pair in pairs for ward in pair}
    return len(number), sum(n > 0 for n in number.values()), sum(number.values())


def without_each_borough(
    fit: "PartFit", specification: Specification
) -> Sequence[tuple[float, str]]:
    """The effect without each borough, smallest first, with the borough's name."""
    import numpy as np

    column = fit.names.index(specification.effect_of)
    values = np.exp(specification.per * fit.leaving_out[:, column])
    return sorted(zip(values.tolist(), np.unique(fit.units.clusters).tolist(), strict=True))
