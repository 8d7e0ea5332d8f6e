"""What can be set on the page, and to which values: on the grid, or finer where it is computed."""

from collections.abc import Mapping
from dataclasses import dataclass

from probity.publish.what_if.grid import AXES, DEPLOYMENTS
from probity.twin.expected.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A value and its words."""

    value: str
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A quantity with its name, a sentence about it, and its values in their order.

    ``now`` is the value that it has as the system is now, which an address leaves out.
    """

    name: str
    label: str
    hint: str
    now: str
    options: tuple[Option, ...]


_FINER: Mapping[str, tuple[float, ...]] = {
    "threshold": tuple(round(0.56 + 0.005 * step, 3) for step in range(21)),
    "watchlist": (1_000, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000, 16_000, 20_000, 30_000,
                  40_000, 60_000, 80_000, 100_000),
    "passers": (1_000, 2_000, 5_000, 8_000, 12_000, 16_000, 20_000, 30_000, 50_000, 100_000),
    "black_share": (0.02, 0.05, 0.1, 0.135, 0.2, 0.3, 0.4, 0.5, 0.6),
    "officers": tuple(range(1, 13)),
    "deployments": (10, 25, 50, 100, 203, 300, 500, 1_000, 2_000),
}  # fmt: skip

_WORDS = {
    "threshold": (
        "Threshold",
        "How alike two faces must be for an alert. Published: 0.64 in every deployment of 2025.",
    ),
    "watchlist": (
        "People on the watchlist",
        "Published: about 16,000 for a deployment in London.",
    ),
    "passers": (
        "People who pass at each deployment",
        "Published: about 15,500 faces seen at each, in the year to September 2025.",
    ),
    "black_share": (
        "Black people among those who pass",
        "Assumed: 13.5%, as among residents of London. No record says who passes.",
    ),
    "officers": ("Officers in the street", "Assumed: 4. No record says how many."),
    "deployments": ("Deployments in the year", "Published: 203 in the year to September 2025."),
}


def controls(setting: Setting, *, finer: bool) -> tuple[Control, ...]:
    """One control for each quantity, set to a setting.

    Parameters
    ----------
    finer : bool
        Any value can be computed, not only those of the grid.
    """
    return tuple(
        Control(
            name=name,
            label=label,
            hint=hint,
            now=_value(getattr(Setting(), name)),
            options=tuple(
                Option(
                    value=_value(value),
                    words=_shown(name, value),
                    chosen=value == getattr(setting, name),
                )
                for value in _values(name, getattr(setting, name), finer=finer)
            ),
        )
        for name, (label, hint) in _WORDS.items()
    )


def _value(value: float) -> str:
    return f"{value:g}" if value < 1 else f"{value:.0f}"


def _values(name: str, chosen: float, *, finer: bool) -> list[float]:
    on_grid = DEPLOYMENTS if name == "deployments" else AXES[name]
    return sorted({*(_FINER[name] if finer else on_grid), chosen})


def _shown(name: str, value: float) -> str:
    if name == "threshold":
        return f"{value:.3f}".removesuffix("0")
    if name == "black_share":
        return f"{100 * value:g}%"
    return f"{value:,.0f}"
