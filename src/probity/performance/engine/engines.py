"""The engines by name, and the check that every run of them makes."""

from typing import Literal, get_args

from probity.core.errors import InputError, ProbityError

Screen = Literal["int16", "float32"]
Engine = Literal["int16", "float32", "reference-int16", "reference-float32"]


class EngineError(ProbityError):
    """The engine failed its own check: a score lies outside the bound stated for it."""


def screen_of(engine: Engine) -> Screen:
    """How an engine screens scores.

    Raises
    ------
    InputError
        No engine has that name.
    """
    if engine not in get_args(Engine):
        raise InputError("no engine of that name", got=engine, allowed=", ".join(get_args(Engine)))
    return "int16" if engine.endswith("int16") else "float32"


def require_within(difference: float, *, bound: float) -> None:
    """Stop when a recomputed score lies further from the screened one than the bound.

    Raises
    ------
    EngineError
        It does, or the difference is not a number.
    """
    if not difference <= bound:
        raise EngineError(
            f"a screened score differs from its float64 recomputation by {difference:.3g}, "
            f"more than the bound of {bound:.3g}: the counts cannot be trusted"
        )
