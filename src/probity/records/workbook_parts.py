"""Merged ranges and formulas of a workbook, from its XML: what python-calamine does not give.

The XML has been looked through before: it declares no entities.
"""

from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import Element, ParseError, iterparse

from probity.core import InputError
from probity.records import limits

_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"


@dataclass(slots=True)
class Marks:
    """Of one sheet: merged ranges (top, left, bottom, right) and formulas (row, column) from 0."""

    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)


def xlsx_marks(parts: dict[str, bytes]) -> dict[str, Marks]:
    """By sheet name, from the parts of an XLSX file."""
    targets = {
        rel.get("Id", ""): rel.get("Target", "").lstrip("/").removeprefix("xl/")
        for rel in _elements(parts.get("xl/_rels/workbook.xml.rels", b""), "Relationship")
    }
    marks = {}
    for sheet in _elements(parts["xl/workbook.xml"], "sheet"):
        xml = parts.get(f"xl/{targets.get(sheet.get(_REL, ''), '')}", b"")
        mark = marks[sheet.get("name", "")] = Marks()
        for element in _elements(xml, "c", "mergeCell"):
            if _local(element.tag) == "mergeCell":
                first, _, last = element.get("ref", "").partition(":")
                mark.merged.append((*_position(first), *_position(last or first)))
            elif any(_local(child.tag) == "f" for child in element):
                mark.formulas.append(_position(element.get("r", "A1")))
    return marks


def ods_marks(xml: bytes) -> dict[str, Marks]:
    """By sheet name, from the content of an ODS file."""
    marks = {}
    for sheet in _elements(xml, "table"):
        mark = marks[sheet.get(f"{_TABLE}name", "")] = Marks()
        row = 0
        for line in sheet.iter(f"{_TABLE}table-row"):
            column = 0
            for cell in line:
                down = _number(cell, "number-rows-spanned")
                across = _number(cell, "number-columns-spanned")
                if down > 1 or across > 1:
                    mark.merged.append((row, column, row + down - 1, column + across - 1))
                if cell.get(f"{_TABLE}formula"):
                    mark.formulas.append((row, column))
                column += _number(cell, "number-columns-repeated")
            row += _number(line, "number-rows-repeated")
    return marks


def _elements(xml: bytes, *names: str) -> list[Element]:
    """Elements with one of these local names, in order, complete with their children."""
    if not xml:
        return []
    found = []
    depth = 0
    try:
        for event, element in iterparse(BytesIO(xml), events=("start", "end")):  # noqa: S314
            depth += 1 if event == "start" else -1
            if depth > limits.MAX_XML_DEPTH:
                raise InputError("XML nested too deeply", allowed=f"{limits.MAX_XML_DEPTH} levels")
            if event == "end" and _local(element.tag) in names:
                found.append(element)
    except ParseError as error:
        raise InputError("damaged: XML that cannot be read", got=str(error)) from None
    return found


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _number(element: Element, attribute: str) -> int:
    value = element.get(f"{_TABLE}{attribute}", "1")
    return int(value) if value.isdecimal() else 1


def _position(reference: str) -> tuple[int, int]:
    """Row and column from 0: "B3" is (2, 1)."""
    letters = reference.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = 26 * column + ord(letter.upper()) - ord("A") + 1
    return int(reference[len(letters) :] or 1) - 1, max(column - 1, 0)
