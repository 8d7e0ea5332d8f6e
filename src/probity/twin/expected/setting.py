"""What can be set in a what-if: six numbers and one assumption, each within its limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

from probity.core import InputError
from probity.core.errors import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """A quantity that can be set: from ``least`` to ``most``, whole numbers only or not."""

    least: float
    most: float
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of a year of live recognition.

    Parameters
    ----------
    threshold : float
        On the vendor's scale.
    watchlist : int
        Images on the list of one deployment.
    passers : int
        People who pass at one deployment, on average.
    black_share : float
        Share of Black people among them; the other groups share the rest in their proportions.
    officers : int
        On the ground.
    deployments : int
        In the year.
    presence_grows : bool
        A longer list brings more listed people past in proportion; else as many pass as now.
    """

    threshold: float = 0.64
    watchlist: int = 16_000
    passers: int = 16_000
    black_share: float = 0.135
    officers: int = 4
    deployments: int = 203
    presence_grows: bool = False

    def __post_init__(self) -> None:
        for name, limits in LIMITS.items():
            value = getattr(self, name)
            right = limits.least <= value <= limits.most  # False for what is not a number
            if not right or (limits.whole and value != int(value)):
                raise _refused(name, value)

    @property
    def of_one_deployment(self) -> "Setting":
        """The same without the number of deployments: what one deployment depends on."""
        return replace(self, deployments=1)


LIMITS: Mapping[str, Limits] = {
    "threshold": Limits(least=0.56, most=0.66, whole=False),
    "watchlist": Limits(least=1_000, most=100_000, whole=True),
    "passers": Limits(least=1_000, most=100_000, whole=True),
    "black_share": Limits(least=0.01, most=0.9, whole=False),
    "officers": Limits(least=1, most=20, whole=True),
    "deployments": Limits(least=1, most=2_000, whole=True),
}
_WORDS = {"1": True, "0": False}
_NUMBER = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,18})?", re.ASCII)


def setting_of(given: Mapping[str, str]) -> Setting:
    """A setting out of the words of an address or a form; what is left out is as it is now.

    Raises
    ------
    InputError
        A name that is none, a word that is no number, or a number outside its limits.
    """
    known = [one.name for one in fields(Setting)]
    values: dict[str, float | bool] = {}
    for name, text in given.items():
        if name not in known:
            raise InputError(
                "nothing of that name can be set", got=printable(name), allowed=", ".join(known)
            )
        values[name] = _switch(name, text) if name == "presence_grows" else _number(name, text)
    return Setting(**values)  # type: ignore[arg-type]


def _number(name: str, text: str) -> float:
    if not _NUMBER.fullmatch(text):
        raise _refused(name, text)
    value = float(text)
    return int(value) if LIMITS[name].whole and value == int(value) else value


def _switch(name: str, text: str) -> bool:
    if text not in _WORDS:
        raise InputError("not a choice", column=name, got=printable(text), allowed="1 or 0")
    return _WORDS[text]


def _refused(name: str, value: object) -> InputError:
    limits = LIMITS[name]
    return InputError(
        "cannot be set to that",
        column=name,
        got=printable(str(value)),
        allowed=f"{'a whole' if limits.whole else 'a'} number from {limits.least:g} "
        f"to {limits.most:,g}",
    )
