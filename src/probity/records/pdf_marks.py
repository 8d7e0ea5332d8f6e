"""What is printed on the pages of a PDF: characters and ruling lines, with their places.

Nothing is interpreted here. Places are in points from the top left corner of the page.
``page.layout`` is read rather than ``page.objects``: building pdfplumber's dictionary of every
object takes a third of the time and is not needed (see ``benchmarks/read_pdf.py``).
"""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pdfplumber
from pdfminer.layout import LTChar, LTComponent, LTCurve, LTFigure, LTLine, LTRect
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdftypes import resolve1
from pdfplumber.utils.exceptions import PdfminerException

from probity.core import InputError
from probity.records import limits

THIN = 1.5
"""A filled rectangle thinner than this, in points, is a ruling line and not a shaded cell."""


def marks(content: bytes) -> list[dict[str, Any]]:
    """Pages as ``{"number", "glyphs": [[text, x0, x1, top, bottom]], "rules": [[x0, top, x1,
    bottom]]}``, in order.

    Raises
    ------
    InputError
        Encrypted with a password, without pages, or above a limit.
    """
    try:
        document = pdfplumber.open(BytesIO(content))
    except PdfminerException as error:
        if any(isinstance(argument, PDFPasswordIncorrect) for argument in error.args):
            raise InputError(
                "the PDF is encrypted", allowed="a PDF that opens without a password"
            ) from None
        raise
    _check_pages(_stated_pages(document))
    pages = document.pages
    if not pages:
        raise InputError("the PDF has no pages")
    _check_pages(len(pages))
    read: list[dict[str, Any]] = []
    left = limits.MAX_MARKS
    for page in pages:
        read.append(_page_marks(page, min(left, limits.MAX_PAGE_MARKS)))
        left -= len(read[-1]["glyphs"]) + len(read[-1]["rules"])
        page.close()
    return read


def _stated_pages(document: Any) -> int:
    """How many pages the file says it has: asked first, since counting them takes long."""
    stated = resolve1(resolve1(document.doc.catalog.get("Pages", {})).get("Count"))
    return stated if isinstance(stated, int) else 0


def _check_pages(number: int) -> None:
    if number > limits.MAX_PAGES:
        raise InputError("too many pages", got=number, allowed=f"at most {limits.MAX_PAGES} pages")


def _page_marks(page: Any, most: int) -> dict[str, Any]:
    layout = page.layout
    height = layout.y1
    glyphs: list[list[Any]] = []
    rules: list[list[float]] = []
    for item in _items(layout):
        if isinstance(item, LTChar):
            text = item.get_text()
            glyphs.append([text, item.x0, item.x1, height - item.y1, height - item.y0])
        elif isinstance(item, LTRect | LTLine | LTCurve):
            rules.extend(_rules(item, height))
        if len(glyphs) + len(rules) > most:
            raise InputError(
                f"page {page.page_number} holds too many characters and lines",
                allowed=f"{limits.MAX_PAGE_MARKS} a page, {limits.MAX_MARKS} in all",
            )
    return {
        "number": page.page_number,
        "glyphs": [[g[0], *(round(v, 2) for v in g[1:])] for g in glyphs],
        "rules": [[round(v, 2) for v in r] for r in rules],
    }


def _items(container: Any) -> Iterator[LTComponent]:
    for item in container:
        if isinstance(item, LTFigure):
            yield from _items(item)
        else:
            yield item


def _rules(item: LTCurve, height: float) -> Iterator[list[float]]:
    """The ruling lines a drawn shape makes: itself where thin, its four sides where stroked."""
    top, bottom = height - item.y1, height - item.y0
    wide, tall = item.x1 - item.x0, item.y1 - item.y0
    if wide < THIN or tall < THIN:
        yield [item.x0, top, item.x1, bottom]
    elif item.stroke and isinstance(item, LTRect):
        yield [item.x0, top, item.x1, top]
        yield [item.x0, bottom, item.x1, bottom]
        yield [item.x0, top, item.x0, bottom]
        yield [item.x1, top, item.x1, bottom]
