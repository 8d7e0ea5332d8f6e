"""Problems of a file as a whole: its headings, what was not read, cells left blank."""

from collections.abc import Iterator, Sequence

from probity.records.headings import DATE
from probity.records.schema import COUNT_COLUMNS, Deployment, Problem
from probity.records.table import TextTable

NOT_STATED = "not stated"
"""The force of a record that names none."""


def file_problems(
    table: TextTable, deployments: Sequence[Deployment], of_cells: Sequence[Problem]
) -> tuple[Problem, ...]:
    """What is doubtful about the file beyond single cells, whose problems are ``of_cells``."""
    return (*_of_file(table, deployments, of_cells), *_blanks(table, deployments))


def _of_file(
    table: TextTable, deployments: Sequence[Deployment], of_cells: Sequence[Problem]
) -> Iterator[Problem]:
    for remark in table.remarks:
        yield _whole(None, "encoding-assumed", "", remark, "read so")
    if any(d.force == NOT_STATED for d in deployments):
        yield _whole("force", "force-not-stated", "", "no force is named", "--force NAME names it")
    columns = [c for section in table.sections for c in section.columns]
    for heading in dict.fromkeys(c.heading for c in columns if c.field is None and c.heading):
        yield _whole(heading, "unknown-heading", heading, "no known wording fits", "kept as text")
    for line in table.unread:
        yield _whole(None, "unread-table", line[:200], "no heading explains it", "not read")
    wrong_way = [p for p in of_cells if p.message.startswith("fits month/day/year only")]
    if wrong_way:
        yield _whole(
            DATE,
            "date-order-doubtful",
            wrong_way[0].got,
            f"{len(wrong_way)} dates fit month/day/year only",
            'the others were read day first; a mapping file can say dates = "month/day/year"',
        )


def _whole(column: str | None, kind: str, got: str, message: str, done: str) -> Problem:
    return Problem(row=None, column=column, kind=kind, got=got, message=message, done=done)


def _blanks(table: TextTable, deployments: Sequence[Deployment]) -> Iterator[Problem]:
    """Blank cells in columns that most rows fill; our own table leaves cells empty by design."""
    fields: list[set[str | None]] = []
    for section in table.sections:
        fields += [{c.field for c in section.columns}] * len(section.rows)
    if any("record_id" in names for names in fields):
        return
    for name in (DATE, *COUNT_COLUMNS, "threshold", "printed_false_alert_rate"):
        there = [d for d in deployments if name in fields[d.row - 1]]
        blank = [d for d in there if not d.printed.get(name, "").strip()]
        if len(blank) < len(there) / 2:
            for d in blank:
                yield Problem(
                    row=d.row,
                    column=name,
                    kind="not-stated",
                    got="",
                    message="blank, while most rows have a figure",
                    done="left empty",
                )
