"""Damaged, hostile and doubtful files, each made by code."""

import io
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pikepdf
from reportlab.pdfgen.canvas import Canvas

from lookalike import MET_2025, Lookalike, document, figures

HEADINGS = (
    *("Location", "Date", "Duration", "Watchlist Size", "Threshold", "Total Alerts"),
    *("True Alerts", "False Alerts", "Arrests", "Faces seen", "False Alert Rate"),
)
GOOD = {
    "Location": "High St",
    "Date": "08/01/25",
    "Duration": "4h 47m",
    "Watchlist Size": "15095",
    "Threshold": "0.64",
    "Total Alerts": "10",
    "True Alerts": "10",
    "False Alerts": "0",
    "Arrests": "4",
    "Faces seen": "9780",
    "False Alert Rate": "0%",
}


def text(*rows: dict[str, str], headings: tuple[str, ...] = HEADINGS, end: str = "\n") -> str:
    """A CSV table; cells are quoted where they need it."""

    def quoted(cell: str) -> str:
        plain = not set(cell) & set(',"\r\n')
        return cell if plain else '"' + cell.replace('"', '""') + '"'

    lines = [",".join(headings)]
    lines += [",".join(quoted(row.get(h, "")) for h in headings) for row in rows]
    return end.join(lines) + end


def csv(**changes: str) -> bytes:
    """Three good rows, the second with changes; `_` in a name stands for a blank."""
    changed = {name.replace("_", " "): value for name, value in changes.items()}
    rows = [GOOD | {"Date": "07/01/25"}, GOOD | changed, GOOD | {"Date": "09/01/25"}]
    return text(*rows).encode()


def pdf(rows: int = 3) -> bytes:
    return document(MET_2025, [figures(i) for i in range(rows)])


def changed_pdf(change: Callable[[pikepdf.Pdf], None], **saving) -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as file:
        change(file)
        file.save(out, **saving)
    return out.getvalue()


def pdf_of(content: bytes, **entries: object) -> bytes:
    """A one-page PDF with this content stream."""
    file = pikepdf.new()
    page = file.add_blank_page(page_size=(800, 600))
    page.obj.Contents = file.make_stream(content)
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
    font.BaseFont = pikepdf.Name.Helvetica
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def encrypted_pdf(user: str) -> bytes:
    return changed_pdf(lambda _: None, encryption=pikepdf.Encryption(user=user, owner="owner"))


def pdf_with_script() -> bytes:
    def change(file: pikepdf.Pdf) -> None:
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('no')")
        file.Root.OpenAction = file.make_indirect(script)

    return changed_pdf(change)


def pdf_with_attachment() -> bytes:
    def change(file: pikepdf.Pdf) -> None:
        file.attachments["payload.exe"] = b"MZ" * 1000

    return changed_pdf(change)


def pdf_pages(number: int) -> bytes:
    file = pikepdf.new()
    for _ in range(number):
        file.add_blank_page(page_size=(100, 100))
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def pdf_that_contains_itself() -> bytes:
    """The tree of pages has itself as a branch."""
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    body += b"2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\n"
    return body + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def pdf_that_draws_itself() -> bytes:
    """A form that draws itself."""
    file = pikepdf.new()
    page = file.add_blank_page(page_size=(800, 600))
    form = file.make_stream(b"/X Do")
    form.Type, form.Subtype = pikepdf.Name.XObject, pikepdf.Name.Form
    form.BBox = [0, 0, 800, 600]
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
    page.obj.Contents = file.make_stream(b"/X Do")
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def deflated_blanks(mebibytes: int) -> bytes:
    """Raw deflate data for this many blanks, made by repeating one block."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * mebibytes + packer.flush(zlib.Z_FINISH)


def pdf_bomb() -> bytes:
    """A page whose content unpacks to 1 GiB."""
    packed = b"\x78\x9c" + deflated_blanks(1024) + b"\0\0\0\0"
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    head += b"2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"
    head += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    head += b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head + packed + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def pdf_text_only() -> bytes:
    page = Lookalike(MET_2025)
    page.words("Minutes of a meeting on 11/02/25")
    return page.content()


def pdf_blank() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def pdf_without_headings() -> bytes:
    page = Lookalike(MET_2025)
    page.row(figures(0))
    return page.content()


def workbook(change: Callable[[openpyxl.Workbook], None] = lambda _: None) -> bytes:
    """Three good rows in XLSX, with changes."""
    book = openpyxl.Workbook()
    book.active.append(list(HEADINGS))
    for _ in range(3):
        book.active.append([_number(GOOD[h]) for h in HEADINGS])
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _number(cell: str) -> str | int:
    return int(cell) if cell.isdecimal() else cell


def workbook_set(cell: str, value: object) -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        book.active[cell] = value

    return workbook(change)


def workbook_merged(cells: str) -> bytes:
    return workbook(lambda book: book.active.merge_cells(cells))


def workbook_empty() -> bytes:
    return workbook(lambda book: book.active.delete_rows(1, 10))


def workbook_notes_first() -> bytes:
    def change(book: openpyxl.Workbook) -> None:
        notes = book.create_sheet("Notes", 0)
        notes["A1"] = "Published by the Metropolitan Police"

    return workbook(change)


def repacked(content: bytes, **parts: bytes) -> bytes:
    """An archive with parts replaced or added: `xl/workbook.xml` is `xl__workbook_xml`."""
    names = {name.replace("__", "/").replace("_", "."): data for name, data in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            if part not in names:
                new.writestr(part, old.read(part))
        for name, data in names.items():
            new.writestr(name, data)
    return out.getvalue()


SHEET = "xl__worksheets__sheet1_xml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><b>&b;</b>'


def nested_xml(depth: int) -> bytes:
    return b'<?xml version="1.0"?>' + b"<a>" * depth + b"</a>" * depth


def archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in parts.items():
            file.writestr(name, data)
    return out.getvalue()


def raw_archive(name: str, packed: bytes, stated_size: int) -> bytes:
    """An archive of one part whose stated size is whatever one likes."""
    title = name.encode()
    fields = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, 0, len(packed), stated_size, len(title), 0)
    local = b"PK\x03\x04" + fields + title + packed
    central = b"PK\x01\x02" + struct.pack("<H", 20) + fields
    central += struct.pack("<HHHII", 0, 0, 0, 0, 0) + title
    end = struct.pack("<HHHHIIH", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + b"PK\x05\x06" + end


def encrypted_archive() -> bytes:
    content = bytearray(archive({"xl/workbook.xml": b"<x/>"}))
    for sign, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(sign) + offset] |= 1
    return bytes(content)


def ods_parts(content: bytes, manifest: bytes = b"<m/>") -> bytes:
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": manifest,
        }
    )


def a_million_rows() -> bytes:
    return text().encode() + ",".join(GOOD[h] for h in HEADINGS).encode().join([b"\n"] * 1_000_001)


def fifo(path: Path) -> None:
    os.mkfifo(path)


def symlink_loop(path: Path) -> None:
    path.symlink_to(path.with_name("other"))
    path.with_name("other").symlink_to(path)


def sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(65 << 20)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")
