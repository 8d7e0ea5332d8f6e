"""A record and its problems as a person reads them."""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from probity.core.errors import printable
from probity.records.kinds import KINDS
from probity.records.schema import COUNT_COLUMNS, Deployment, Problem, Record, total

PIPE_WIDTH = 120
"""Columns used where there is no terminal to ask."""

_SHOWN = ("faces_seen", "alerts", "true_alerts", "false_alerts", "arrests", "watchlist_size")
_MOST_CHARACTERS = 400


def print_record(record: Record) -> None:
    """Print what the file is, its deployments, their totals, and how many problems it has."""
    with _output() as out:
        out.print(_title(record.source.title, record))
        out.print(_deployments(record.deployments))
        out.print(_totals(record.deployments))
        out.print(_counted(record.problems))


def print_problems(records: Iterable[tuple[str, Record]]) -> None:
    """Print every problem of every file."""
    with _output() as out:
        for name, record in records:
            out.print(_title(name, record))
            table = _table("row", "column", "kind", "got", "message", "done")
            for p in record.problems:
                row = "" if p.row is None else str(p.row)
                table.add_row(*map(_text, (row, p.column or "", p.kind, p.got, p.message, p.done)))
            out.print(table if record.problems else Text("no problems found"))


@contextmanager
def _output() -> Iterator[Console]:
    """A console that leaves no blanks at the ends of lines, and no colours in a pipe."""
    terminal = Console(highlight=False)
    out = terminal if terminal.is_terminal else Console(highlight=False, width=PIPE_WIDTH)
    with out.capture() as printed:
        yield out
    sys.stdout.write("".join(f"{line.rstrip()}\n" for line in printed.get().splitlines()))


def _text(value: str) -> Text:
    """Text of the file, which must neither be taken for markup nor steer the terminal."""
    return Text(printable(value, limit=_MOST_CHARACTERS))


def _title(name: str, record: Record) -> Text:
    rows = len(record.deployments)
    deployments = "1 deployment" if rows == 1 else f"{rows:,} deployments"
    title = f"{name}: {record.source.publisher}, {deployments}, layout {record.layout}"
    return Text(printable(title, limit=_MOST_CHARACTERS), style="bold")


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, header_style="bold")
    for heading in headings:
        numeric = heading.replace(" ", "_") in (*COUNT_COLUMNS, "row")
        table.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    return table


def _deployments(deployments: Sequence[Deployment]) -> Table:
    table = _table("row", "date", "place", *(name.replace("_", " ") for name in _SHOWN))
    for d in deployments:
        counts = (getattr(d, name) for name in _SHOWN)
        cells = ("" if n is None else f"{n:,}" for n in counts)
        table.add_row(*map(_text, (str(d.row), d.date_start or "", d.place, *cells)))
    return table


def _totals(deployments: tuple[Deployment, ...]) -> Table:
    table = _table("totals", "alerts")
    table.columns[1].header = "sum of rows"
    for name in COUNT_COLUMNS:
        if (value := total(deployments, name)) is not None:
            table.add_row(name.replace("_", " "), f"{value:,}")
    return table


def _counted(problems: Sequence[Problem]) -> Table | Text:
    if not problems:
        return Text("no problems found")
    table = _table("problems", "alerts", "what it says")
    table.columns[1].header = "number"
    for kind, number in Counter(p.kind for p in problems).most_common():
        table.add_row(kind, str(number), KINDS[kind])
    return table
