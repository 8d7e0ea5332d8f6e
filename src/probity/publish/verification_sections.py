"""What a page says about a verification test: thresholds, the DET curve and groups."""

from probity.core import Rate, Undefined
from probity.performance.group_pairs import GroupRates
from probity.performance.intervals.effective import PersonRate
from probity.performance.verification import (
    MATED,
    NONMATED,
    EqualErrorRate,
    OperatingPoint,
    Verification,
    lowest_showable,
)
from probity.performance.verification_json import Generalised
from probity.publish.figures.det_curve import DetPoint, det_curve
from probity.publish.figures.figure import Cell, Column, Figure, Table
from probity.publish.figures.group_heat import group_heat
from probity.publish.figures.group_intervals import GroupMeasured, group_intervals
from probity.publish.figures.rate_cells import RATE_COLUMNS, rate_cells
from probity.publish.results_section import Section, ShownTable


def verification_sections(
    found: Verification, generalised: Generalised | None
) -> tuple[Section, ...]:
    """The sections, in reading order; those without data are left out."""
    sections = [_operating_points(found, generalised), _det(found), _groups(found)]
    return tuple(section for section in sections if section is not None)


def _operating_points(found: Verification, generalised: Generalised | None) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for fmr, point in found.fnmr_at_fmr:
        rows += _point_rows(f"FMR at most {fmr:g}", point)
    if isinstance(found.eer, EqualErrorRate):
        rows += _point_rows(f"EER, {found.eer.value:.4g}", found.eer.at)
    else:
        rows += _point_rows("EER", found.eer)
    columns = (Column("Wanted"), Column("Threshold"), Column("Rate"), *RATE_COLUMNS)
    tables = [
        ShownTable(
            table_id="fnmr-at-fmr",
            caption="FMR and FNMR at the threshold of each false match rate wanted, and at the EER",
            table=Table(columns=columns, rows=tuple(rows)),
        )
    ]
    if generalised:
        tables.append(_generalised(generalised))
    return Section(
        anchor="operating-points",
        heading="At the thresholds asked for",
        short="Thresholds",
        reading=(
            "A comparison matches when its score is at or above the threshold. The threshold for "
            "a wanted false match rate (FMR) is the lowest at which the rate observed is at most "
            "that; the false non-match rate (FNMR) is what it costs.",
            "By the rule of three, a test cannot show a rate much below 3 divided by its number "
            "of comparisons. Where it cannot, no figure is given, but how many it would take.",
        ),
        tables=tuple(tables),
    )


def _point_rows(wanted: str, point: OperatingPoint | Undefined) -> list[tuple[Cell, ...]]:
    if isinstance(point, Undefined):
        return [(wanted, "none", "FMR and FNMR", *rate_cells(point))]
    threshold = f"{point.threshold:.9g}"
    rates = (("FMR", point.false_matches), ("FNMR", point.false_nonmatches))
    return [
        (wanted, threshold, name, *cells)
        for rate_name, rate in rates
        for name, cells in _both_intervals(rate_name, rate)
    ]


def _both_intervals(rate_name: str, rate: PersonRate) -> list[tuple[str, tuple[Cell, ...]]]:
    """The interval over people where there is one, and the naive one; each named."""
    rows: list[tuple[str, tuple[Cell, ...]]] = [(f"{rate_name}, naive", rate_cells(rate.naive))]
    if isinstance(rate.over_people, Rate):
        rows.insert(0, (f"{rate_name}, over people", rate_cells(rate.over_people)))
    return rows


def _generalised(generalised: Generalised) -> ShownTable:
    rows = [
        (f"{threshold:.9g}", name, *rate_cells(rate))
        for threshold, gfar, gfrr in generalised
        for name, rate in (("False accept", gfar), ("False reject", gfrr))
    ]
    return ShownTable(
        table_id="whole-system",
        caption="Generalised rates of the whole system, with failures to enrol and to acquire",
        table=Table(
            columns=(Column("Threshold"), Column("Generalised rate"), *RATE_COLUMNS),
            rows=tuple(rows),
        ),
    )


def _det(found: Verification) -> Section | None:
    lowest_fmr = lowest_showable(found.nonmated, NONMATED, level=found.level)
    lowest_fnmr = lowest_showable(found.mated, MATED, level=found.level)
    if isinstance(lowest_fmr, Undefined) or isinstance(lowest_fnmr, Undefined):
        return None
    points = [
        DetPoint(t.threshold, t.nonmated_accepted / found.nonmated, t.mated_rejected / found.mated)
        for t in found.det
    ]
    marked = [
        DetPoint(point.threshold, point.fmr.value, point.fnmr.value)
        for _, point in found.fnmr_at_fmr
        if isinstance(point, OperatingPoint)
        and isinstance(point.fmr, Rate)
        and isinstance(point.fnmr, Rate)
    ]
    figure = det_curve(
        points,
        lowest_fmr=lowest_fmr,
        lowest_fnmr=lowest_fnmr,
        marked=marked,
        notes=(
            f"Dashed: an FMR of {lowest_fmr:.2g}, the lowest that {found.nonmated:,} {NONMATED} "
            f"can show (rule of three). For FNMR it is {lowest_fnmr:.2g}, with {found.mated:,} "
            f"{MATED}. The curve is not drawn beyond either.",
            "Dots: the thresholds of the false match rates that were asked for, where the "
            "comparisons can show them.",
        ),
    )
    return Section(
        anchor="det",
        heading="Every threshold: the trade-off",
        short="DET curve",
        reading=(
            "The detection error trade-off (DET) shows what every threshold costs: towards the "
            "left fewer false matches, towards the top more people not matched with themselves.",
        ),
        figures=(figure,),
    )


def _groups(found: Verification) -> Section | None:
    threshold = _threshold_for_groups(found)
    if threshold is None or not found.groups:
        return None
    at = {_pair(group): _rates(group, threshold) for group in found.groups}
    within = [(pair[0], rates) for pair, rates in at.items() if pair[0] == pair[1]]
    if not within:
        within = [(" with ".join(pair), rates) for pair, rates in at.items()]
    figures: list[Figure | None] = []
    for position, rate_name, counted in ((0, "FMR", NONMATED), (1, "FNMR", MATED)):
        figures.append(
            group_intervals(
                [_measured(name, rates[position]) for name, rates in within],
                figure_id=f"groups-{rate_name.lower()}",
                rate_name=rate_name,
                title=f"{rate_name} by group, at threshold {threshold:.6g}",
                notes=(f"Out of {counted} within the group. Lower is better.",),
            )
        )
    figures.append(
        group_heat(
            {pair: fmr.naive for pair, (fmr, _) in at.items()},
            threshold=threshold,
            notes=(
                "Down: the group of the probe. Across: that of the reference. On the diagonal "
                "both are of one group, where false matches are usually more frequent.",
            ),
        )
    )
    return Section(
        anchor="groups",
        heading="By group",
        short="Groups",
        reading=(
            "All groups at one threshold, as a system in use would have it: the highest of those "
            "reported above. Intervals that overlap do not show that groups are alike, "
            "nor do those that do not overlap say why they differ.",
        ),
        tables=(_every_threshold(found),),
        figures=tuple(figure for figure in figures if figure is not None),
    )


def _threshold_for_groups(found: Verification) -> float | None:
    shown = [p.threshold for _, p in found.fnmr_at_fmr if isinstance(p, OperatingPoint)]
    if isinstance(found.eer, EqualErrorRate):
        shown.append(found.eer.at.threshold)
    return max(shown, default=None)


def _pair(group: GroupRates) -> tuple[str, str]:
    return (
        "all" if group.probe_group is None else group.probe_group,
        "all" if group.reference_group is None else group.reference_group,
    )


def _rates(group: GroupRates, threshold: float) -> tuple[PersonRate, PersonRate]:
    return next((fmr, fnmr) for t, fmr, fnmr in group.at if t == threshold)


def _measured(group: str, rate: PersonRate) -> GroupMeasured:
    if isinstance(rate.over_people, Undefined):
        return GroupMeasured(group=group, rate=rate.naive)
    return GroupMeasured(group=group, rate=rate.over_people, naive=rate.naive, parts=rate.parts)


def _every_threshold(found: Verification) -> ShownTable:
    rows = [
        (*_pair(group), f"{threshold:.9g}", name, *cells)
        for group in found.groups
        for threshold, fmr, fnmr in group.at
        for rate_name, rate in (("FMR", fmr), ("FNMR", fnmr))
        for name, cells in _both_intervals(rate_name, rate)
    ]
    return ShownTable(
        table_id="groups-every-threshold",
        caption="Every pair of groups at every threshold reported",
        table=Table(
            columns=(
                Column("Probe group"),
                Column("Reference group"),
                Column("Threshold"),
                Column("Rate"),
                *RATE_COLUMNS,
            ),
            rows=tuple(rows),
        ),
    )
