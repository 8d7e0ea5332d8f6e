"""The small picture of a claim in a list: what is claimed as shading, what is published as marks.

It repeats in one glance what the sentence beside it says; the claim's own page has the full
picture with its axis and data. Colours come from the site's style sheet by class.
"""

import math

from markupsafe import Markup

from probity.claims.finding import Measurement
from probity.claims.verdict import interval
from probity.core import Undefined
from probity.publish.claim_figures import claimed_pieces, plot_unit
from probity.publish.claim_page import ClaimPage
from probity.publish.figures.axis_scale import AxisScale, scale_for

WIDTH_PX = 168
_ROW_PX = 16
_MARGIN_PX = 5
_MOST_ROWS = 3


def strip(page: ClaimPage) -> Markup:
    """One small ``<svg>``, hidden from assistive technology."""
    finding = page.finding
    tested = finding.measurements[: finding.versions]
    shown = [one for m in tested if (one := _value_and_range(m)) is not None][:_MOST_ROWS]
    if not shown:
        return _svg(_ROW_PX + 6, f'<path class="s-none" d="M{_MARGIN_PX} 11H{WIDTH_PX - 5}"/>')
    test = finding.claim.test
    pieces = claimed_pieces(test.relation, test.limit)
    limits = [end for piece in pieces for end in piece]
    numbers = [*limits, *(number for one in shown for number in one)]
    scale = scale_for(numbers, unit=plot_unit(tested[0]))
    height = _ROW_PX * len(shown) + 6
    parts = [f'<path class="s-axis" d="M{_MARGIN_PX} {height - 0.5}H{WIDTH_PX - _MARGIN_PX}"/>']
    for low, high in pieces:
        left, right = _x(low, scale), _x(high, scale)
        left, right = (left - 2, right + 2) if right - left < 1 else (left, right)
        parts.append(
            f'<rect class="s-claimed" x="{left:.1f}" y="1" width="{right - left:.1f}" '
            f'height="{height - 2}"/>'
        )
    parts += [
        f'<path class="s-limit" d="M{_x(end, scale):.1f} 1V{height - 1}"/>'
        for end in sorted({end for end in limits if scale.low <= end <= scale.high})
    ]
    for row, (value, low, high) in enumerate(shown):
        y = 3 + _ROW_PX * row + _ROW_PX // 2
        parts.append(f'<path class="s-range" d="M{_x(low, scale):.1f} {y}H{_x(high, scale):.1f}"/>')
        parts.append(f'<circle class="s-value" cx="{_x(value, scale):.1f}" cy="{y}" r="4"/>')
    return _svg(height, "".join(parts))


def _value_and_range(measurement: Measurement) -> tuple[float, float, float] | None:
    """A value with the ends of its range, which spans every interval that the verdict needs."""
    measured, differing = measurement.measured, measurement.over_deployments
    if isinstance(measured, Undefined):
        return None
    ends = [interval(measured)]
    if differing is not None and not isinstance(differing, Undefined):
        ends.append(interval(differing))
    return (measured.value, min(low for low, _ in ends), max(high for _, high in ends))


def _x(value: float, scale: AxisScale) -> float:
    """Where a value stands along the picture, in px."""
    placed, low, high = scale.place(value), scale.low, scale.high
    if scale.kind == "log":
        placed, low, high = math.log(placed), math.log(low), math.log(high)
    return _MARGIN_PX + (WIDTH_PX - 2 * _MARGIN_PX) * (placed - low) / (high - low)


def _svg(height: int, inside: str) -> Markup:
    # Everything inside is made of numbers, here.
    return Markup(  # noqa: S704
        f'<svg class="strip" viewBox="0 0 {WIDTH_PX} {height}" width="{WIDTH_PX}" '
        f'height="{height}" aria-hidden="true" focusable="false">{inside}</svg>'
    )
