"""XLSX and ODS files as grids of cells, read with python-calamine (in a child process).

An archive is looked through before it is parsed: what it unpacks to is counted by unpacking
it, since the sizes it states can lie, and XML that declares entities is refused.
"""

import datetime as dt
import zipfile
from io import BytesIO
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from probity.core import InputError
from probity.records import limits
from probity.records.grid import limited
from probity.records.workbook_parts import Marks, ods_marks, xlsx_marks

MAX_PARTS = 2_000
_CHUNK = 1 << 16


def sheets(content: bytes) -> list[dict[str, Any]]:
    """Sheets as ``{"name", "rows": [[text]], "merged": [[top, left, bottom, right]],
    "formulas": [[row, column]]}``; rows and columns count from 0.

    Raises
    ------
    InputError
        Encrypted, not an XLSX or ODS file, or above a limit.
    """
    marks = _looked_through(content)
    try:
        workbook = CalamineWorkbook.from_filelike(BytesIO(content))
    except PasswordError:
        raise InputError("the workbook is encrypted", allowed="one without a password") from None
    except CalamineError as error:
        raise InputError("damaged: not a workbook that can be read", got=str(error)) from None
    found = []
    for name in workbook.sheet_names:
        sheet = workbook.get_sheet_by_name(name)
        limited(sheet.total_height, sheet.total_width)
        rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
        mark = marks.get(name, Marks())
        found.append({"name": name, "rows": rows, "merged": mark.merged, "formulas": mark.formulas})
    return found


def _looked_through(content: bytes) -> dict[str, Marks]:
    """Refuse a hostile archive; else the merged ranges and formulas of each sheet."""
    try:
        archive = zipfile.ZipFile(BytesIO(content))
        parts = archive.infolist()
        if len(parts) > MAX_PARTS:
            raise InputError("too many parts in the file", allowed=f"at most {MAX_PARTS:,}")
        left = limits.MAX_UNPACKED_BYTES
        kept: dict[str, bytes] = {}
        for part in parts:
            if part.flag_bits & 1:
                raise InputError("the workbook is encrypted", allowed="one without a password")
            unpacked = _unpacked(archive, part, left)
            left -= len(unpacked)
            if part.filename.endswith((".xml", ".rels")):
                kept[part.filename] = unpacked
    except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
        raise InputError("damaged: not an archive that can be unpacked", got=str(error)) from None
    if any(b"<!DOCTYPE" in xml or b"<!ENTITY" in xml for xml in kept.values()):
        raise InputError("declares XML entities", allowed="a workbook without a DOCTYPE")
    if b"encryption-data" in kept.get("META-INF/manifest.xml", b""):
        raise InputError("the workbook is encrypted", allowed="one without a password")
    if "xl/workbook.xml" in kept:
        return xlsx_marks(kept)
    if "content.xml" in kept:
        return ods_marks(kept["content.xml"])
    raise InputError("an archive, but no XLSX or ODS workbook", allowed="PDF, CSV, XLSX or ODS")


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> bytes:
    pieces = []
    with archive.open(part) as file:
        while piece := file.read(_CHUNK):
            most -= len(piece)
            if most < 0:
                raise InputError(
                    "unpacks to too much",
                    allowed=f"at most {limits.MAX_UNPACKED_BYTES // limits.MEBIBYTE} MiB",
                )
            pieces.append(piece)
    return b"".join(pieces)


def _text(value: object) -> str:
    """A cell's value as it would be printed: whole numbers without a point, ISO dates, hours."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ")
    if isinstance(value, dt.time):
        value = dt.timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    if isinstance(value, dt.timedelta):
        hours, seconds = divmod(int(value.total_seconds()), 3600)
        minutes, seconds = divmod(seconds, 60)
        return f"{hours}h {minutes:02d}m" + (f" {seconds}s" if seconds else "")
    return str(value)
