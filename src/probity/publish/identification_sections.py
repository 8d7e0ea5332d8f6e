"""What a page says about an identification test: curves, groups, and other watchlist sizes."""

from math import isfinite

from probity.core import EventRate, Rate, Undefined
from probity.performance.identification.measure import At, Differences, Identification
from probity.performance.identification.watchlist import FpirOverGalleries
from probity.performance.intervals.effective import PersonRate
from probity.publish.figures.figure import Cell, Column, Figure, Table, label
from probity.publish.figures.fpir_tpir_curves import SearchPoint, fpir_tpir_curves
from probity.publish.figures.group_heat import group_heat
from probity.publish.figures.group_intervals import GroupMeasured, group_intervals
from probity.publish.figures.rate_cells import RATE_COLUMNS, rate_cells
from probity.publish.figures.watchlist_size import WhatIf, watchlist_size
from probity.publish.results_section import Section, ShownTable
from probity.stats.groups import KGroupTest

_MEASURES = {"garbe": "GARBE", "max_minus_min": "highest less lowest"}
"""Names of measures that do not read as words."""

_BOTH_COLUMNS = (
    *RATE_COLUMNS,
    Column("Naive lower", number=True),
    Column("Naive upper", number=True),
    Column("Naive too narrow"),
)


def identification_sections(found: Identification) -> tuple[Section, ...]:
    """The sections, in reading order; those without data are left out."""
    chosen = _for_groups(found)
    sections = [
        _rates(found),
        _groups(found, chosen),
        _false_matches(found, chosen),
        _sizes(found, chosen),
        _ranks(found),
    ]
    return tuple(section for section in sections if section is not None)


def _for_groups(found: Identification) -> At:
    """The largest gallery, at its highest threshold."""
    return max(found.at, key=lambda at: (at.gallery_size, at.threshold))


def _rates(found: Identification) -> Section:
    points = [
        SearchPoint(at.gallery_size, at.threshold, at.fpir.over_people, at.tpir.over_people)
        for at in found.at
        if isfinite(at.threshold)
        and isinstance(at.fpir.over_people, Rate)
        and isinstance(at.tpir.over_people, Rate)
    ]
    note = (
        "Each point is a threshold that was measured; the lines only join them. A point on the "
        "left edge had no false positive. The gallery size is the number of people in it."
    )
    rows = [
        (_threshold(at), at.gallery_size, name, *_both(rate))
        for at in found.at
        for name, rate in (("FPIR", at.fpir), ("TPIR", at.tpir))
    ]
    selectivity: list[tuple[Cell, ...]] = [
        (_threshold(at), at.gallery_size, *_events(at.selectivity)) for at in found.at
    ]
    first = (Column("Threshold"), Column("Gallery size", number=True))
    return Section(
        anchor="rates",
        heading="Searches at the thresholds measured",
        short="FPIR and TPIR",
        reading=(
            "FPIR is out of searches for people who are not in the gallery; TPIR is out of "
            "searches for people who are. A longer gallery gives more chances of a false "
            "positive, so each rate holds for one gallery size.",
            "The interval over people takes account of several searches of one person. The naive "
            "interval, which does not, stands beside it: where it is too narrow it claims more "
            "than the test shows.",
        ),
        tables=(
            ShownTable(
                table_id="rates",
                caption="FPIR and TPIR with their intervals",
                table=Table(columns=(*first, Column("Rate"), *_BOTH_COLUMNS), rows=tuple(rows)),
            ),
            ShownTable(
                table_id="selectivity",
                caption="Selectivity: candidates per search of a person who is not in the gallery",
                table=Table(columns=(*first, *RATE_COLUMNS), rows=tuple(selectivity)),
            ),
        ),
        figures=(fpir_tpir_curves(points, notes=(note,)),) if points else (),
    )


def _groups(found: Identification, chosen: At) -> Section | None:
    if not any(len(division.groups) > 1 for division in chosen.groupings):
        return None
    figures: list[Figure] = []
    where = f"{chosen.gallery_size:,} people"
    if isfinite(chosen.threshold):
        where += f", threshold {chosen.threshold:.6g}"
    for number, division in enumerate(chosen.groupings):
        part = f", part {number} of the groups' names" if number else ""
        for name in ("fpir", "tpir"):
            figure = group_intervals(
                [
                    _measured(group, figures_of.fpir if name == "fpir" else figures_of.tpir)
                    for group, figures_of in division.groups.items()
                ],
                figure_id=f"groups-{number}-{name}",
                rate_name=name.upper(),
                title=f"{name.upper()} by group{part}",
                notes=(
                    f"Gallery of {where}. Blue: interval over people. Grey, only where the two "
                    "part: the naive interval, which is too narrow.",
                ),
            )
            if figure is not None:
                figures.append(figure)
    return Section(
        anchor="groups",
        heading="By group",
        short="Groups",
        reading=(
            "Do the groups share one rate? A test answers with a p-value, and never without its "
            "power statement: a test that could not have found a difference has not shown that "
            "there is none.",
            "Measures of how far groups lie apart (ratio to best, GARBE, fairness discrepancy "
            "rate, inequity rate) are biased upward: groups that are treated alike differ by "
            "chance as well, the more so the fewer the events.",
        ),
        tables=(_tests(found), _differentials(chosen)),
        figures=tuple(figures),
    )


def _measured(group: str, rate: PersonRate) -> GroupMeasured:
    return GroupMeasured(group=group, rate=rate.over_people, naive=rate.naive, parts=rate.parts)


def _tests(found: Identification) -> ShownTable:
    largest = max(at.gallery_size for at in found.at)
    rows = [
        (_threshold(at), _division(division), name, *_test(test))
        for at in found.at
        if at.gallery_size == largest
        for division in at.groupings
        for name, test in (("FPIR", division.fpir_test), ("TPIR", division.tpir_test))
    ]
    return ShownTable(
        table_id="group-tests",
        caption=f"Tests that groups share one rate, in the gallery of {largest:,} people",
        table=Table(
            columns=(
                Column("Threshold"),
                Column("Groups"),
                Column("Rate"),
                Column("p-value", number=True),
                Column("What the test could have found, or why there is none"),
                Column("Method"),
            ),
            rows=tuple(rows),
        ),
    )


def _test(test: KGroupTest | Undefined) -> tuple[Cell, ...]:
    if isinstance(test, Undefined):
        return ("undefined", test.reason, "")
    return (test.p_value, test.power_statement, test.method)


def _differentials(chosen: At) -> ShownTable:
    rows = [
        (
            _division(division),
            f"{_MEASURES.get(measure, measure.replace('_', ' '))} of {what}",
            *rate_cells(estimate),
        )
        for division in chosen.groupings
        for what, found in (
            ("FPIR", division.fpir),
            ("FNIR", division.fnir),
            ("FPIR and FNIR", division.both),
        )
        for measure, estimate in found.items()
    ]
    return ShownTable(
        table_id="differentials",
        caption=(
            f"How far groups lie apart: gallery of {chosen.gallery_size:,} people, threshold "
            f"{_threshold(chosen)}"
        ),
        table=Table(columns=(Column("Groups"), Column("Measure"), *RATE_COLUMNS), rows=tuple(rows)),
    )


def _division(division: Differences) -> str:
    names = [label(name, limit=40) for name in division.groups]
    shown = ", ".join(names[:6])
    return f"{shown} and {len(names) - 6} more" if len(names) > 6 else shown  # noqa: PLR2004


def _false_matches(found: Identification, chosen: At) -> Section | None:
    at = [one for one in found.false_matches if one.threshold == chosen.threshold]
    if not at:
        return None
    rows = [
        (
            label(one.probe_group, limit=200),
            label(one.gallery_group, limit=200),
            f"{one.threshold:.9g}",
            *_both(one.rate),
        )
        for one in found.false_matches
    ]
    heat = group_heat(
        {(one.probe_group, one.gallery_group): _counted(one.rate) for one in at},
        threshold=chosen.threshold,
        notes=(
            "Down: the group of the person searched for. Across: that of the person in the "
            "gallery. On the diagonal both are of one group.",
        ),
    )
    return Section(
        anchor="false-matches",
        heading="False matches of single comparisons",
        short="Within and across groups",
        reading=(
            "The false match rate (FMR) is per comparison of two people, whatever the length of "
            "the gallery. It shows between whom false matches arise.",
        ),
        tables=(
            ShownTable(
                table_id="false-matches",
                caption="FMR of every pair of groups at every threshold",
                table=Table(
                    columns=(
                        Column("Probe group"),
                        Column("Gallery group"),
                        Column("Threshold"),
                        *_BOTH_COLUMNS,
                    ),
                    rows=tuple(rows),
                ),
            ),
        ),
        figures=(heat,),
    )


def _counted(rate: PersonRate) -> Rate | Undefined:
    """The count stands where no interval over people does; a tile shows no interval."""
    return rate.naive if isinstance(rate.over_people, Undefined) else rate.over_people


def _sizes(found: Identification, chosen: At) -> Section | None:
    at = [one for one in found.at if one.threshold == chosen.threshold]
    known = [
        WhatIf(
            gallery_size=over.gallery_size,
            mean=over.mean,
            low=over.low,
            high=over.high,
            formula=over.binomial,
        )
        for one in at
        if isinstance(over := one.over_galleries, FpirOverGalleries)
    ]
    unknown = [
        (one.gallery_size, one.over_galleries.reason)
        for one in at
        if isinstance(one.over_galleries, Undefined)
    ]
    notes = [
        "Blue: mean over all galleries of that size, and the range in which 95% of single ones, "
        "drawn at random, lie. It is the luck of the draw, no confidence interval.",
        "Orange: what the formula 1 - (1 - FMR)^n for n independent comparisons says. They are "
        "not independent: some faces resemble many others, and groups differ. It can say too much "
        "or too little.",
        *(f"{size:,} people: no figure, {reason}." for size, reason in unknown),
    ]
    if not known:
        return None
    return Section(
        anchor="sizes",
        heading="What if the watchlist were shorter?",
        short="Watchlist size",
        reading=(
            "Taken from the same scores: every gallery of a size that could be drawn from the one "
            "tested. No watchlist longer than the one tested is guessed at.",
        ),
        figures=(
            watchlist_size(
                sorted(known, key=lambda size: size.gallery_size),
                threshold=chosen.threshold,
                notes=tuple(notes),
            ),
        ),
    )


def _ranks(found: Identification) -> Section | None:
    rows = [(size, rank, *_both(rate)) for size, ranks in found.cmc.items() for rank, rate in ranks]
    if not rows:
        return None
    return Section(
        anchor="ranks",
        heading="Without a threshold: the rank of the right person",
        short="Ranks",
        reading=(
            "The cumulative match characteristic (CMC): TPIR when the list is returned whatever "
            "its scores, by the rank at which the right person counts.",
        ),
        tables=(
            ShownTable(
                table_id="cmc",
                caption="TPIR by rank, without a threshold",
                table=Table(
                    columns=(
                        Column("Gallery size"),
                        Column("Rank", number=True),
                        *_BOTH_COLUMNS,
                    ),
                    rows=tuple(rows),
                ),
            ),
        ),
    )


def _threshold(at: At) -> str:
    return f"{at.threshold:.9g}" if isfinite(at.threshold) else "none"


def _both(rate: PersonRate) -> tuple[Cell, ...]:
    """The rate with its interval over people; the count stands where that has no interval."""
    naive = rate.naive
    if isinstance(naive, Undefined):
        return (*rate_cells(rate.over_people), "undefined", "undefined", "")
    people = rate_cells(rate.over_people)
    if isinstance(rate.over_people, Undefined):
        counted = f"{naive.count.k:,} of {naive.count.n:,}; no interval over people: "
        people = (naive.value, "none", "none", counted + rate.over_people.reason)
    return (*people, naive.low, naive.high, "yes" if rate.parts else "no")


def _events(rate: EventRate | Undefined) -> tuple[Cell, ...]:
    if isinstance(rate, Undefined):
        return rate_cells(rate)
    counted = f"{rate.events.k:,} in {rate.events.exposure:,.0f} searches"
    return (rate.value, rate.low, rate.high, counted)
