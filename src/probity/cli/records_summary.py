"""`probity records summary`: sums, rates and what is published elsewhere for the same thing."""

import sys
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json
from probity.records.grouping import By

if TYPE_CHECKING:
    from probity.records.overview import Overview


class Format(StrEnum):
    """How the summary is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def summary(
    *,
    force: Annotated[
        str | None, typer.Option(help="Operator, as in the record: 'Metropolitan Police'.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="First day, included.")
    ] = None,
    end: Annotated[
        str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Last day, included.")
    ] = None,
    by: Annotated[By | None, typer.Option(help="Group the deployments by this.")] = None,
    records: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Summarise this file and not the bundled data; can be given several times.",
        ),
    ] = None,
    columns: Annotated[
        Path | None,
        typer.Option(
            metavar="MAPPING.toml", help="Which heading of those files means which field."
        ),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="A table to read, JSON or CSV.")
    ] = Format.TABLE,
) -> None:
    """Sum published deployments; show rates, gaps, breaks and conflicting figures.

    Faces seen are not comparable across the breaks of 2024: where a sum crosses one it is
    marked, and shown again for each stretch of time between breaks.
    """
    first, last = _day(start, "--from"), _day(end, "--to")
    if first and last and last < first:
        raise typer.BadParameter(f"{last} is before --from {first}", param_hint="'--to'")
    if columns and not records:
        raise typer.BadParameter("is for files given with --records", param_hint="'--columns'")
    overview = _overview(
        force=force, start=first, end=last, by=by, files=records or [], columns=columns
    )
    if output is Format.JSON:
        from probity.records.overview_json import as_json

        print_json(as_json(overview))
    elif output is Format.CSV:
        _print_csv(overview)
    else:
        from probity.cli.summary_table import print_overview

        print_overview(overview)


def _overview(
    *,
    force: str | None,
    start: date | None,
    end: date | None,
    by: By | None,
    files: list[Path],
    columns: Path | None,
) -> "Overview":
    from probity.records.bundled import load
    from probity.records.overview import overview_of_bundle, overview_of_records

    bundle = load()
    if not files:
        _check_force(force, bundle.forces)
        return overview_of_bundle(bundle, force=force, start=start, end=end, by=by)

    from probity.records.assemble import NOT_STATED
    from probity.records.reader import read

    read_in = [read(path, columns=columns) for path in files]
    named = {d.force for record in read_in for d in record.deployments}
    if NOT_STATED not in named:
        _check_force(force, sorted(named))
    return overview_of_records(read_in, bundle, force=force, start=start, end=end, by=by)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        # fromisoformat alone also takes 20240911 and 2024-W37-3.
        if len(text) == len("YYYY-MM-DD") and text[4] == text[7] == "-":
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(
        f"{text!r} is not a day; allowed: YYYY-MM-DD, such as 2024-09-11", param_hint=f"'{option}'"
    )


def _check_force(force: str | None, known: "list[str] | tuple[str, ...]") -> None:
    if force is None or force in known:
        return
    import difflib

    near = difflib.get_close_matches(force, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise typer.BadParameter(
        f"{force!r} is not in the records.{hint} Known: {'; '.join(known)}",
        param_hint="'--force'",
    )


def _print_csv(overview: "Overview") -> None:
    import csv

    from probity.records.overview_json import as_rows

    rows = list(as_rows(overview))
    writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
