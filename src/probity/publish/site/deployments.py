"""The pages of deployments: where and when at a glance, tables, and a page for each record."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from probity.claims.evidence import Evidence
from probity.core.errors import printable
from probity.publish.download import csv_file
from probity.publish.figures.figure import Cell, Column, Figure, Table
from probity.publish.figures.render import drawn
from probity.publish.figures.tile_map import shade, tiles
from probity.publish.iso_days import with_days_in_words
from probity.publish.record_page import record_page
from probity.publish.site.areas import area_pages
from probity.publish.site.downloads import CSV, PACKAGE, PARQUET, downloads
from probity.publish.site.page import SitePage, SitePart, figure_csv
from probity.publish.site.record_cells import cells
from probity.publish.site.shown_rows import SEVERAL, UNDATED, Area, ShownRow
from probity.records.places import Known

OVERVIEW_FIGURE = "deployments-over-time"
MAP_FIGURE = "tile-map"


def deployments(rows: Sequence[ShownRow], evidence: Evidence) -> SitePart:
    """Overview, the record's charts, tables by year and of all rows, places, single records."""
    record = record_page(evidence)
    figures = {figure.figure_id: figure for figure in record.figures} if record else {}
    drawings = {name: drawn(figure) for name, figure in figures.items() if name != MAP_FIGURE}
    pages = [
        _overview(rows, figures, drawings, force=record.force if record else ""),
        *_tables(rows),
        *area_pages(rows, evidence),
        *(_row_page(row, evidence) for row in rows),
    ]
    if record:
        pages.append(
            SitePage(
                path="deployments/record.html",
                title=f"The record of {record.force}",
                template="record_page.html",
                values={
                    "record": record,
                    "shown": [f for f in record.figures if f.figure_id != MAP_FIGURE],
                    "drawings": drawings,
                },
                nav="deployments",
            )
        )
    files = {figure_csv(name): csv_file(figure.table) for name, figure in figures.items()}
    return SitePart(pages=tuple(pages), files={**files, **downloads(rows)})


def _overview(
    rows: Sequence[ShownRow],
    figures: Mapping[str, Figure],
    drawings: Mapping[str, object],
    *,
    force: str,
) -> SitePage:
    counted = [row for row in rows if not row.not_counted]
    by_area = Counter[Area](row.area for row in counted)
    areas = {row.area.borough: row.area for row in counted if row.area.borough}
    dated = [row.first_day for row in counted if row.first_day]
    return SitePage(
        path="deployments/index.html",
        title="Deployments",
        template="deployments.html",
        values={
            "counted": len(counted),
            "not_counted": len(rows) - len(counted),
            "forces": len({row.deployment.force for row in counted}),
            "first": min(dated, default=""),
            "last": max(dated, default=""),
            "tiles": [
                {
                    "tile": tile,
                    "area": areas.get(tile.borough),
                    "count": by_area[areas[tile.borough]] if tile.borough in areas else 0,
                    "shade": shade(by_area[areas[tile.borough]] if tile.borough in areas else 0),
                }
                for tile in tiles()
            ],
            "map": figures.get(MAP_FIGURE),
            "boroughs": sorted(
                ((area, n) for area, n in by_area.items() if area.borough),
                key=lambda pair: pair[0].name,
            ),
            "elsewhere": sorted(
                (
                    (area, by_area[area])
                    for area in dict.fromkeys(row.area for row in rows)
                    if not area.borough
                ),
                key=lambda pair: pair[0].name,
            ),
            "force": printable(force, limit=120),
            "over_time": figures.get(OVERVIEW_FIGURE),
            "drawings": drawings,
            "years": _years(rows),
            "files": {"csv": CSV, "parquet": PARQUET, "package": PACKAGE},
        },
        nav="deployments",
    )


def _years(rows: Sequence[ShownRow]) -> list[tuple[str, int, int]]:
    """Each year with its rows and how many of them are counted, the newest first."""
    all_rows = Counter(row.year for row in rows)
    counted = Counter(row.year for row in rows if not row.not_counted)
    return [(year, all_rows[year], counted[year]) for year in sorted(all_rows, key=_newest_first)]


def _newest_first(year: str) -> tuple[int, int]:
    return (0, -int(year)) if year.isdigit() else (1 + (year == UNDATED), 0)


def _tables(rows: Sequence[ShownRow]) -> Iterator[SitePage]:
    years = _years(rows)
    for year, _, _ in years:
        title = f"Deployments in {year}" if year.isdigit() else f"Deployments: {year}"
        yield _table(f"deployments/{file_of(year)}", title, rows, years, year=year)
    yield _table("deployments/all.html", "Every deployment record", rows, years, year="")


def file_of(year: str) -> str:
    """The file of a year's table."""
    return {SEVERAL: "several-years.html"}.get(year, f"{year}.html")


def _table(
    path: str,
    title: str,
    rows: Sequence[ShownRow],
    years: Sequence[tuple[str, int, int]],
    *,
    year: str,
) -> SitePage:
    shown = [row for row in rows if not year or row.year == year]
    return SitePage(
        path=path,
        title=title,
        template="deployment_table.html",
        values={
            "rows": shown,
            "counted": sum(not row.not_counted for row in shown),
            "years": [(each, file_of(each)) for each, _, _ in years],
            "year": year,
            "forces": sorted({row.force for row in shown}),
            "areas": sorted({row.area.name for row in shown}),
        },
        nav="deployments",
        scripts=("records.js",),
    )


def _row_page(row: ShownRow, evidence: Evidence) -> SitePage:
    return SitePage(
        path=row.path,
        title=f"{row.place}, {row.when}",
        template="deployment_row.html",
        values={
            "row": row,
            "cells": cells(row),
            "known": row.known.value if row.known is not Known.NOT else "",
            "elsewhere": _elsewhere(row, evidence),
            "year_file": file_of(row.year),
        },
        nav="deployments",
    )


def _elsewhere(row: ShownRow, evidence: Evidence) -> Table:
    """Other published versions of the row's figures."""
    return Table(
        columns=tuple(map(Column, ("Figure", "In the sums", "Elsewhere", "Published by", "Note"))),
        rows=tuple(
            (
                (published.column or "in words only").replace("_", " "),
                _in_words(published.used.value),
                _in_words(other.value),
                ", ".join(evidence.source(i).publisher for i in other.source_ids),
                other.note,
            )
            for published in row.elsewhere
            for other in published.elsewhere
        ),
    )


def _in_words(value: int | str | None) -> Cell:
    return with_days_in_words(value) if isinstance(value, str) else value
