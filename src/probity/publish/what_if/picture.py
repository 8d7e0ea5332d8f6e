"""False alerts of a year on one fixed axis, as ``assets/what-if.js`` draws them too."""

from dataclasses import dataclass
from math import log10

from markupsafe import Markup

from probity.publish.figures.theme import NARROW_PX, WIDE_PX
from probity.publish.what_if.shown import number, published
from probity.twin.expected.answer import Expected, WhatIfAnswer

_LOW, _HIGH = 0.5, 2e6
_TICKS = (1, 10, 100, 1_000, 10_000, 100_000, 1_000_000)
_LEFT_PX, _RIGHT_PX, _ROW_PX, _TOP_PX = 6, 14, 50, 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A row of the picture; ``low`` and ``high`` are None where there is only a point."""

    kind: str
    words: str
    mean: float | None
    low: float | None
    high: float | None


def bars(found: WhatIfAnswer, *, now: WhatIfAnswer) -> tuple[Bar, ...]:
    """What is drawn, from the top."""
    told = published()
    return (
        _bar("here", "At this setting, single years", found.false_alerts),
        _bar("tested", "Over every recogniser the test allows", found.false_alerts_as_tested),
        _bar("now", "As now, single years", now.false_alerts),
        Bar(kind="told", words="Published for a year to Sept. 2025", mean=float(told.false),
            low=None, high=None),
    )  # fmt: skip


def picture(drawn: tuple[Bar, ...], *, narrow: bool) -> Markup:
    """One ``<svg>`` element."""
    width = NARROW_PX if narrow else WIDE_PX
    bottom = _TOP_PX + _ROW_PX * len(drawn)
    parts = [
        f'<path class="grid" d="M{_place(tick, width):.1f} {_TOP_PX}V{bottom}"/>'
        f'<text class="tick" x="{_place(tick, width):.1f}" y="{bottom + 18}">{words}</text>'
        for tick, words in _ticks(narrow=narrow)
    ]
    parts.append(f'<path class="axis" d="M{_LEFT_PX} {bottom}H{width - _RIGHT_PX}"/>')
    for place, bar in enumerate(drawn):
        y = _TOP_PX + _ROW_PX * place + 33
        parts.append(f'<text x="{_LEFT_PX}" y="{y - 18}">{bar.words}: {_value(bar)}</text>')
        if bar.low is not None and bar.high is not None:
            first, last = _place(bar.low, width), _place(bar.high, width)
            parts.append(f'<path class="bar {bar.kind}" d="M{first:.1f} {y}H{last:.1f}"/>')
        if bar.mean is not None:
            x = _place(bar.mean, width)
            parts.append(f'<path class="dot {bar.kind}" d="M{x:.1f} {y - 8}l8 8l-8 8l-8-8z"/>')
    words = ". ".join(f"{bar.words}: {_value(bar)}" for bar in drawn)
    return Markup(  # noqa: S704 (our own words, and numbers)
        f'<svg class="drawing years" viewBox="0 0 {width} {bottom + 24}" role="img" '
        f'aria-label="False alerts in a year. {words}.">{"".join(parts)}</svg>'
    )


def _bar(kind: str, words: str, found: Expected | None) -> Bar:
    if found is None:
        return Bar(kind=kind, words=words, mean=None, low=None, high=None)
    return Bar(kind=kind, words=words, mean=found.mean, low=found.low, high=found.high)


def _value(bar: Bar) -> str:
    if bar.mean is None:
        return "no published test"
    if bar.low is None or bar.high is None:
        return number(bar.mean)
    return f"{number(bar.low)} to {number(bar.high)}"


def _ticks(*, narrow: bool) -> list[tuple[int, str]]:
    words = [f"{tick:,}" if tick < 1_000_000 else "1 million" for tick in _TICKS]  # noqa: PLR2004
    every = list(zip(_TICKS, words, strict=True))
    return every[::2] if narrow else every


def _place(value: float, width: int) -> float:
    inside = min(max(value, _LOW), _HIGH)
    share = log10(inside / _LOW) / log10(_HIGH / _LOW)
    return _LEFT_PX + share * (width - _LEFT_PX - _RIGHT_PX)
