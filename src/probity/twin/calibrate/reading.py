"""What the checks of the fitted twin say and cannot say, in one paragraph."""

from collections.abc import Sequence

from probity.twin.calibrate.checks import ALARM, Check
from probity.twin.calibrate.fit import Calibration
from probity.twin.calibrate.validate import Found


def honest_reading(
    calibration: Calibration, found: Sequence[Found], held_out: Sequence[Check] = ()
) -> str:
    """One paragraph about what the checks say and cannot say, from their numbers."""
    tests = [
        c
        for f in found
        for c in f.checks
        if not c.note.startswith("no test") and c.p_value is not None
    ]
    failed = [c for c in tests if (c.p_value or 0.0) < ALARM]
    parts = [
        f"Of {len(tests)} checks in {len(found)} periods {len(failed)} lie in the outer 5% of "
        f"what the fitted twin predicts."
    ]
    for one in found:
        total = one.checks[0]
        if total.low is None or total.high is None or total.median is None:
            continue
        word = {"as predicted": "inside", "fewer or less": "below", "more": "above"}
        parts.append(
            f"{one.period}: {total.observed:.0f} false alerts were published, "
            f"{word[total.direction]} the {total.low:.0f} to {total.high:.0f} predicted "
            f"(p = {total.p_value:.3f})."
        )
        if total.direction == "as predicted" and total.high > 10 * max(total.low, 1.0):
            parts.append("An interval that wide would have held almost anything: weak support.")
    directions = {c.direction for c in failed if c.statistic == "false alerts"}
    if {"more", "fewer or less"} <= directions:
        parts.append(
            "Misfit runs both ways, so that no one false match rate repairs it: what a face seen "
            "is, or what officers label false, differed between periods."
        )
    elif directions:
        parts.append(
            f"Totals that misfit are all {'above' if 'more' in directions else 'below'} prediction."
        )
    parts += [_held_out(one) for one in held_out]
    for one in found[:1]:
        value, low, high = one.found_per_face
        parts.append(
            f"The record of {one.period} identifies prevalence x TPIR, {1e6 * value:.0f} per "
            f"million faces ({1e6 * low:.0f} to {1e6 * high:.0f}), and neither factor: with the "
            f"fitted TPIR of {one.tpir[0]:.2f} to {one.tpir[1]:.2f}, prevalence may be anything "
            f"from {1e6 * one.prevalence[0]:.0f} to {1e6 * one.prevalence[1]:.0f} per million."
        )
    names = ", ".join(one.name for one in calibration.not_informed)
    parts.append(
        "A false alert is what the operator labelled so, not ground truth. "
        f"Not informed by the anchors, and so as assumed: {names}."
    )
    return " ".join(parts)


def _held_out(one: Check) -> str:
    word = {"as predicted": "inside", "fewer or less": "below", "more": "above"}[one.direction]
    said = (
        f"{one.statistic} ({one.period}): {one.observed:.3g} was reported, {word} the "
        f"{one.low:.3g} to {one.high:.3g} predicted (p = {one.p_value:.3f})"
    )
    low, high = one.low or 0.0, one.high or 0.0
    wide = one.direction == "as predicted" and high > 10 * low
    weak = " An interval that wide would have held almost anything: weak support." if wide else ""
    return f"{said}; {one.note}.{weak}"
