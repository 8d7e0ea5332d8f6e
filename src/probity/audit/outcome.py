"""What running a rule gives, the same from every engine."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Verdict(StrEnum):
    """The verdict on a rule over a whole log. The first that applies, from the top."""

    BREACHED = "breached"
    NOT_OBSERVABLE = "not observable"
    UNDECIDED = "undecided"
    SATISFIED = "satisfied"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """Instances of one rule. Event numbers are int64, ascending, each once.

    Parameters
    ----------
    rule_id : str
    checked : int
        Instances: events that matched and met the rule's condition or left it unknown.
    breached : int64, (n_breached,)
        Instances for which the requirement is false.
    undecided : int64, (n_undecided,)
        Unknown because the log ends before the rule's last deadline for this instance.
    unknown : int64, (n_unknown,)
        Unknown for any other reason: a value that the rule needs is missing.
    """

    rule_id: str
    checked: int
    breached: NDArray[np.int64]
    undecided: NDArray[np.int64]
    unknown: NDArray[np.int64]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Outcome) and (
            (self.rule_id, self.checked) == (other.rule_id, other.checked)
            and np.array_equal(self.breached, other.breached)
            and np.array_equal(self.undecided, other.undecided)
            and np.array_equal(self.unknown, other.unknown)
        )

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCount:
    """Instances of a rate rule: ``cases`` of ``of`` events met its condition."""

    rule_id: str
    of: int
    cases: int
    unknown: int
