"""Every measure by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from probity.claims.claim import MeasureUse, Test
from probity.claims.evidence import Evidence
from probity.claims.finding import Measurement
from probity.claims.measures import figures, laboratory, places, shares, totals, wards, watchlist
from probity.claims.measures.measure import Measure, Params

MEASURES: Mapping[str, Measure] = MappingProxyType(
    {
        measure.name: measure
        for module in (shares, totals, watchlist, places, wards, figures, laboratory)
        for measure in module.MEASURES
    }
)


def measure_named(name: str) -> Measure:
    """The measure of this name.

    Raises
    ------
    ValueError
        There is none; the message lists those there are.
    """
    if name not in MEASURES:
        raise ValueError(f"no measure {name!r}; there are {', '.join(sorted(MEASURES))}")
    return MEASURES[name]


def params_of(use: MeasureUse) -> Params:
    """The parameters of a use of a measure, checked against what the measure takes.

    Raises
    ------
    ValueError
        No such measure, or parameters it does not take (``pydantic.ValidationError``); or a
        test whose statement does not fit what the measure gives.
    """
    measure = measure_named(use.measure)
    if isinstance(use, Test) and measure.gives != "nothing":
        stated = "total" if use.statement == "record" else "interval"
        if measure.gives != stated:
            raise ValueError(
                f"a statement about the {use.statement} needs a measure that gives a {stated}; "
                f"{measure.name} gives a {measure.gives}"
            )
    return measure.params.model_validate(dict(use.params))


def take(use: MeasureUse, evidence: Evidence, *, level: float) -> Measurement:
    """Take a measure.

    Raises
    ------
    InputError
        The parameters name a figure or a source that does not exist.
    """
    return measure_named(use.measure).take(evidence, params_of(use), level)
