"""Write docs/reference/event-log.md from the kinds and fields of probity.core.event.

Run: .venv/bin/python docs/write_event_log.py (tests/docs checks that it was run)
"""

from pathlib import Path

from probity.audit.log.event_log import ProblemKind
from probity.audit.log.values import ALLOWED
from probity.core.event import EVENT_SCHEMA, EVERY_EVENT, FIELDS, KINDS, EventKind, Field

TARGET = Path(__file__).parent / "reference" / "event-log.md"

HEAD = f"""# The event log

This page is written by `docs/write_event_log.py` from `src/probity/core/event.py`. The schema is
`{EVENT_SCHEMA}`. One event is one row. Ids are random numbers that stand for objects (a template,
an alert, a search); nothing names a person.

## Forms

| form | how it is told | what is read |
|---|---|---|
| Parquet | by its content | in place where the types are those below, else copied |
| a directory of Parquet parts | `*.parquet` in it | one log, parts in the order of their names |
| JSON Lines | begins with `{{` | one flat object a line; the first line may be the header |
| CSV | none of the others | a heading line; commas, semicolons or tabs; an empty cell is no value |
| Arrow IPC | by its content | file or stream |
| OCEL 2.0 | by its content | JSON (at most 64 MiB) or SQLite |

Packed files (gzip, zip, zstd, bzip2) are not unpacked. Other names, kinds, times and ids are read
with a [mapping file](../guides/mapping-a-log.md).

## The header

A log may say what wrote it, which kinds it records (whether or not one happened), and the span it
is complete for. A rule that needs a kind that is not recorded is *not observable*; a deadline
beyond the end of the span is *undecided*. Without a header, the kinds are those that are there,
and the span reaches from the first event to the last. In Parquet and Arrow the header is JSON in
the schema's metadata, under `probity:events`; in JSON Lines it is the first line; for CSV and OCEL
a mapping states it.

```json
{{"schema": "{EVENT_SCHEMA}", "system": "vendor 3.1", "kinds": ["media.written", "media.deleted"],
 "from_us": 1767225600000000, "to_us": 1769904000000000}}
```

## Refusals and problems

One rule for every form. A value that cannot be what its field says is refused, and the log with
it, with file, row and column (rows are events, counted from 1):
"""

PROBLEMS: dict[ProblemKind, str] = {
    ProblemKind.UNKNOWN_KIND: "Kinds that are not below. Counted; no rule sees these events.",
    ProblemKind.UNKNOWN_COLUMN: "Columns that are no field. Not read.",
    ProblemKind.MISSING_FIELD: "Events of a kind without a field that the kind requires.",
    ProblemKind.UNDECLARED_KIND: "Events of a kind that the header does not declare.",
    ProblemKind.DUPLICATE: "Rows that repeat an earlier row word for word. Each counts once.",
    ProblemKind.CONFLICT: "Rows with the number of an earlier row that says something else. The "
    "first in the log counts.",
    ProblemKind.OUT_OF_ORDER: "Events below one that happened later, and how much later.",
    ProblemKind.CLOCK_SKEW: "Events received before they happened, by clock; effects stamped "
    "before their causes.",
    ProblemKind.LOST_EVENTS: "Numbers missing from a sequence; numbers count as one where at "
    "least half of those between the lowest and the highest are there.",
    ProblemKind.OUTSIDE_SPAN: "Events before or after the span of the header.",
}


def page() -> str:
    """Return the whole page."""
    lines = [HEAD, "| type | allowed |", "|---|---|"]
    lines += [f"| {kind} | {allowed} |" for kind, allowed in ALLOWED.items()]
    lines += [
        "",
        "`event`, `time` and `kind` are never missing. Times are kept to the microsecond.",
    ]
    lines += ["", "What values say together is a problem, reported beside the verdicts:", ""]
    lines += ["| problem | meaning |", "|---|---|"]
    lines += [f"| {kind.value} | {PROBLEMS[kind]} |" for kind in ProblemKind]
    lines += ["", "## Fields of every event", "", *_fields(list(EVERY_EVENT))]
    own = {field.name for field in EVERY_EVENT}
    further = [field for field in FIELDS.values() if field.name not in own]
    lines += ["", "## Further fields", "", *_fields(further)]
    lines += ["", "## Kinds", "", "| kind | meaning | requires | may have |", "|---|---|---|---|"]
    lines += [_kind(kind) for kind in KINDS.values()]
    return "\n".join(lines) + "\n"


def _fields(fields: list[Field]) -> list[str]:
    rows = [f"| `{field.name}` | {field.type} | {field.meaning} |" for field in fields]
    return ["| field | type | meaning |", "|---|---|---|", *rows]


def _kind(kind: EventKind) -> str:
    required, optional, one_of = (
        ", ".join(f"`{name}`" for name in names)
        for names in (kind.required, kind.optional, kind.one_of)
    )
    about = f"; one of {one_of}" if one_of else ""
    return f"| `{kind.name}` | {kind.meaning}{about} | {required} | {optional} |"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
