"""`probity records`: read published deployment records, and list what is doubtful in them."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from probity.cli import records_summary
from probity.cli.json_output import print_json

app = typer.Typer(
    help="Published deployment records: read, problems found, sums.",
    no_args_is_help=True,
)
app.command(name="summary")(records_summary.summary)


class Format(StrEnum):
    """How a record is printed."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


Columns = Annotated[
    Path | None,
    typer.Option(
        "--columns",
        metavar="MAPPING.toml",
        help="Which heading means which field, for a table that is not recognised by itself.",
    ),
]
Force = Annotated[
    str | None, typer.Option("--force", metavar="NAME", help="The force, if the file names none.")
]
Output = Annotated[Format, typer.Option("--format", help="A table to read, JSON or CSV.")]


@app.command()
def read(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="PDF, CSV, XLSX or ODS.")],
    *,
    columns: Columns = None,
    force: Force = None,
    output: Output = Format.TABLE,
) -> None:
    """Read a deployment record; its format and layout are found from the file itself.

    Nothing is repaired silently: every doubtful cell is listed as a problem, and says what
    became of it.
    """
    from probity.cli.record_table import print_record
    from probity.records.reader import read as read_record
    from probity.records.record_json import as_csv, as_json

    record = read_record(file, columns=columns, force=force)
    if output is Format.JSON:
        print_json(as_json(record))
    elif output is Format.CSV:
        sys.stdout.write(as_csv(record))
    else:
        print_record(record)


@app.command()
def problems(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Records to look at.")],
    *,
    columns: Columns = None,
    force: Force = None,
    output: Output = Format.TABLE,
) -> None:
    """List what is doubtful in deployment records: row, column, kind, and what was done."""
    from probity.cli.record_table import print_problems
    from probity.records.reader import read as read_record
    from probity.records.record_json import problems_as_csv, problems_as_json

    read = [(str(file), read_record(file, columns=columns, force=force)) for file in files]
    if output is Format.JSON:
        print_json(problems_as_json(read))
    elif output is Format.CSV:
        sys.stdout.write(problems_as_csv(read))
    else:
        print_problems(read)
