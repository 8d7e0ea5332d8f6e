"""The three ways in which police use a search, as presets of the measure.

- live: every face seen is a probe; the system raises an alert for the best candidate at or
  above the threshold, and for no other.
- operator-initiated: an officer photographs one person and is given a short list of candidates.
- retrospective: an image from after an event is searched and a long list is reviewed. South
  Wales Police and Gwent Police review up to 200 candidates.
"""

from dataclasses import dataclass
from typing import Literal

from probity.core import InputError

ModeName = Literal["live", "operator-initiated", "retrospective"]

LONGEST_LIST = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """What a search returns and what counts as finding the right person.

    Parameters
    ----------
    list_length : int
        People returned at most, best first.
    rank : int
        The right person counts as found at this rank or better, <= ``list_length``.
    needs_threshold : bool
        False where the list is returned whatever the scores, unless a threshold is asked for.
    """

    name: str
    list_length: int
    rank: int
    needs_threshold: bool


MODES: dict[str, Mode] = {
    "live": Mode(name="live", list_length=1, rank=1, needs_threshold=True),
    "operator-initiated": Mode(
        name="operator-initiated", list_length=10, rank=10, needs_threshold=False
    ),
    "retrospective": Mode(name="retrospective", list_length=200, rank=200, needs_threshold=False),
}


def mode_of(name: str, *, list_length: int | None = None, rank: int | None = None) -> Mode:
    """A preset, with its list length and rank changed where given.

    Raises
    ------
    InputError
        No such mode, or not 1 <= rank <= list length <= ``LONGEST_LIST``.
    """
    if name not in MODES:
        raise InputError("no such mode of use", got=name, allowed=", ".join(MODES))
    preset = MODES[name]
    length = list_length or max(preset.list_length, rank or 1)
    chosen = rank if rank is not None else min(preset.rank, length)
    if not 1 <= chosen <= length <= LONGEST_LIST:
        raise InputError(
            "rank and length of the candidate list do not fit",
            got=f"rank {chosen}, length {length}",
            allowed=f"1 <= rank <= length <= {LONGEST_LIST}",
        )
    return Mode(name=name, list_length=length, rank=chosen, needs_threshold=preset.needs_threshold)
