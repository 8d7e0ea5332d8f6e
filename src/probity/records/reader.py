"""Reading a published deployment record: the format and the layout are found from the file.

The format is told by the content, never by the file's name. Which cells are refused and which
become problems is written in ``assemble``; the limits are in ``limits``.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from probity.core import InputError, Source
from probity.core.errors import printable
from probity.records import delimited, grid, isolated, limits, mapping
from probity.records.assemble import assemble
from probity.records.check import problems_in
from probity.records.file_problems import NOT_STATED
from probity.records.headings import IGNORED, Vocabulary, plain, with_plain_false_alerts
from probity.records.schema import Record
from probity.records.table import TextTable, from_json

FORMATS = "PDF, CSV, XLSX or ODS"

_FORCES = (
    (r"\bMPS\b|\bMetropolitan Police\b", "Metropolitan Police"),
    (r"\bSouth Wales Police\b|\bHeddlu De Cymru\b", "South Wales Police"),
    (r"\bHome Office\b", "Home Office Immigration Enforcement"),
)

_LAYOUTS = (
    ("deployments.csv", {"record_id": "", "source_id": ""}),
    ("home-office", {"false_engagements": "incorrect"}),
    ("metropolitan-2020", {"true_engagements": "", "false_engagements": ""}),
    ("metropolitan-2025", {"true_unconfirmed": "", "arrests": "outcome -"}),
    ("metropolitan-2023", {"true_unconfirmed": "", "no_action": ""}),
    ("south-wales", {"true_alerts": "", "false_confirmed": ""}),
)
"""Layout to the fields it has, each with words of its heading; the first that fits."""


def read(path: Path, *, columns: Path | None = None, force: str | None = None) -> Record:
    """Read a deployment record from a PDF, CSV, XLSX or ODS file.

    Parameters
    ----------
    path : Path
        The file.
    columns : Path, optional
        A mapping file (see ``mapping``) for a table that is not recognised by itself.
    force : str, optional
        The police force, where the file does not name it; goes before what the file says of
        itself, not before a column of forces.

    Raises
    ------
    InputError
        Not a file of a known format, damaged, above a limit, or without a deployment table.
    """
    chosen = mapping.load(columns) if columns else mapping.ColumnMapping()
    return _record(limits.read_bytes(path), path, chosen, force=force)


def read_content(content: bytes, *, path: Path) -> Record:
    """Read a record whose bytes are already here; ``path`` is what they are called.

    Raises
    ------
    InputError
        As ``read``.
    """
    if len(content) > limits.MAX_FILE_BYTES:
        allowed = f"at most {limits.MAX_FILE_BYTES // limits.MEBIBYTE} MiB"
        raise InputError("file too large", file=path, allowed=allowed)
    return _record(content, path, mapping.ColumnMapping(), force=None)


def _record(
    content: bytes, path: Path, chosen: mapping.ColumnMapping, *, force: str | None
) -> Record:
    vocabulary = Vocabulary(chosen.wordings)
    table = _table(content, vocabulary, chosen.sheet, path)
    if not table.sections:
        raise _no_table(table, path)
    _check_mapped(chosen, table, path)
    sections = (replace(s, columns=with_plain_false_alerts(s.columns)) for s in table.sections)
    table = replace(table, sections=tuple(sections))
    columns_found = [c for section in table.sections for c in section.columns]
    found = {c.field: c.heading for c in columns_found if c.field not in (None, IGNORED)}
    named = force or chosen.force or _force_named_in(table.other_text) or NOT_STATED
    source_id = re.sub(r"[^a-z0-9]+", "-", path.stem.casefold()).strip("-") or "record"
    deployments, problems = assemble(
        table,
        file=path,
        source_id=source_id,
        force=named,
        conventions=chosen.conventions,
        fixed=chosen.fixed,
    )
    if not deployments:
        raise InputError("no deployments under the headings", file=path)
    return Record(
        source=Source(
            source_id=source_id,
            publisher=named,
            title=path.name,
            sha256=hashlib.sha256(content).hexdigest(),
        ),
        layout=_layout(found, mapped=bool(chosen.columns)),
        headings={str(name): heading for name, heading in found.items()},
        deployments=deployments,
        problems=(*problems, *problems_in(deployments)),
    )


def _check_mapped(chosen: mapping.ColumnMapping, table: TextTable, file: Path) -> None:
    printed = [c.heading for section in table.sections for c in section.columns]
    there = set(map(plain, printed))
    for heading in chosen.columns:
        if plain(heading) not in there:
            raise InputError(
                "the mapping names a heading that the table does not have",
                file=file,
                column=heading,
                allowed=printable(", ".join(map(repr, dict.fromkeys(printed))), limit=1_000),
            )


def _table(content: bytes, vocabulary: Vocabulary, sheet: str | None, file: Path) -> TextTable:
    if b"%PDF-" in content[:1024]:
        return from_json(isolated.run("pdf", content, wordings=vocabulary.extra, file=file))
    if content.startswith(b"PK"):
        sheets = isolated.run("spreadsheet", content, wordings={}, file=file)
        return _workbook(sheets, vocabulary, sheet, file)
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise InputError(
            "an encrypted workbook, or one in the format before 2007", file=file, allowed=FORMATS
        )
    cells, remarks = delimited.grid(content, vocabulary, file=file)
    return replace(grid.table(cells, vocabulary, file=file), remarks=remarks)


def _workbook(
    sheets: list[dict[str, Any]], vocabulary: Vocabulary, wanted: str | None, file: Path
) -> TextTable:
    """The deployment tables of all sheets, or of the one a mapping names."""
    names = [sheet["name"] for sheet in sheets]
    if wanted is not None and wanted not in names:
        raise InputError(
            "no such sheet", file=file, got=wanted, allowed=printable(", ".join(names))
        )
    tables = []
    for sheet in sheets:
        if wanted not in (None, sheet["name"]):
            continue
        merged = {
            (row, column): (top, left)
            for top, left, bottom, right in sheet["merged"]
            for row in range(top, min(bottom + 1, len(sheet["rows"])))
            for column in range(left, min(right, limits.MAX_COLUMNS) + 1)
        }
        cells = grid.Grid(
            sheet["rows"], merged, frozenset((row, column) for row, column in sheet["formulas"])
        )
        tables.append(grid.table(cells, vocabulary, file=file))
    return TextTable(
        tuple(section for table in tables for section in table.sections),
        "\n".join([*names, *(table.other_text for table in tables)]),
        tuple(line for table in tables if table.sections for line in table.unread),
    )


def _no_table(table: TextTable, file: Path) -> InputError:
    if table.unread:
        return InputError(
            "figures without headings that are known",
            file=file,
            got=table.unread[0],
            allowed="headings naming a date and counts such as alerts or faces seen; a mapping "
            "file (--columns) can name others",
        )
    return InputError(
        "no deployment table found" if table.other_text.strip() else "no text found",
        file=file,
        got=" ".join(table.other_text.split()) or None,
        allowed=f"a table ({FORMATS}) headed with a date and counts such as alerts or faces seen",
    )


def _force_named_in(text: str) -> str | None:
    """The force that is named first in the text around the table."""
    named = [(match.start(), name) for sign, name in _FORCES if (match := re.search(sign, text))]
    return min(named)[1] if named else None


def _layout(headings: Mapping[str, str], *, mapped: bool) -> str:
    """Name of the layout, by the wording of its headings."""
    if mapped:
        return "mapped"
    for name, fields in _LAYOUTS:
        if all(wording in headings.get(at, "").casefold() for at, wording in fields.items()) and (
            set(fields) <= set(headings)
        ):
            return name
    return "general"
