"""What a measure is: a name with its denominator, its parameters, and how it is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from probity.claims.evidence import Evidence
from probity.claims.finding import Measurement

Gives = Literal["total", "interval", "nothing"]


class Params(BaseModel):
    """Parameters of a measure; a claims file gives them under ``params``."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A named measure.

    Attributes
    ----------
    name : str
        With its denominator: ``false_alerts_per_face_seen``.
    title : str
        The name in words.
    unit : str
        What one of the value is: "share" (0 to 1), "ratio", or the thing counted.
    gives : str
        "total": what a record says, without sampling. "interval": an estimate with its
        uncertainty. "nothing": the datum is not published, which is what it reports.
    params : type of Params
        Its parameters.
    take : callable
        ``take(evidence, params, level)`` gives the measurement.
    """

    name: str
    title: str
    unit: str
    gives: Gives
    params: type[Params]
    take: Callable[[Evidence, Any, float], Measurement]
