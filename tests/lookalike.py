"""PDF records drawn as UK forces publish them: same tables, same traps, invented figures.

The originals are not part of the repository. These look-alikes are drawn as Word draws tables:
every edge of every cell is a thin filled rectangle of its own, shaded cells are wide ones, and
the words of a cell are drawn before those of the next.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

FONT, SIZE, LEADING, RULE = "Helvetica", 7.0, 9.0, 0.3
LEFT, TOP, BOTTOM = 12.0, 60.0, 560.0


@dataclass(frozen=True)
class Heading:
    """A column: its field, its heading (a line feed between lines), and what stands above it."""

    field: str
    text: str
    width: float
    group: str | None = None


MET_2020 = (
    Heading("place", "Deployment", 80),
    Heading("date", "Date\n(DD/MM/\nYY)", 50),
    Heading("use_case", "Purpose\nReference", 52),
    Heading("watchlist_size", "Watchlist\nSize", 48),
    Heading("alerts", "Total\nAlerts", 40),
    Heading("false_alerts", "False Alert /\nConfirmed\nFalse Alerts", 60),
    Heading("false_engagements", "False Alert /\nConfirmed\nFalse Alert\nEngagements", 66),
    Heading("true_alerts", "True\nAlerts1", 44),
    Heading("true_engagements", "True Alert\nEngagements", 62),
    Heading("arrests", "Arrests /\nDisposals", 52),
    Heading("faces_seen", "Faces seen\n(Estimate)", 56),
    Heading("printed_false_alert_rate", "False\nAlert\nRate", 44),
)

MET_2023 = (
    Heading("place", "Deployment\nLocation", 74),
    Heading("date", "Date", 40),
    Heading("duration_minutes", "Duration of\nDeployment", 54),
    Heading("use_case", "LFR Purpose\nReference /\nLFR Purpose", 56),
    Heading("watchlist_size", "Watchlist\nSize", 46),
    Heading("threshold", "Min\nThreshold\nSetting", 44),
    Heading("alerts", "Total\nAlerts", 36),
    Heading("true_confirmed", "Confirmed", 52, "True\nAlerts"),
    Heading("true_unconfirmed", "Unconfirmed", 54, "True\nAlerts"),
    Heading("false_confirmed", "Confirmed", 52, "False\nAlerts"),
    Heading("false_unconfirmed", "Unconfirmed", 54, "False\nAlerts"),
    Heading("printed_false_alert_rate", "False\nAlert\nRate", 38),
    Heading("arrests", "Arrest", 36, "Engagement\nOutcomes"),
    Heading("other_disposals", "Other\nDisposal", 44, "Engagement\nOutcomes"),
    Heading("no_action", "No\nAction", 38, "Engagement\nOutcomes"),
    Heading("faces_seen", "Faces\nseen\n(Estimate )", 48),
)

MET_2024 = tuple(
    Heading(h.field, text, h.width, h.group and h.group.replace("True\nAlerts", "True Alerts"))
    for h, text in zip(
        MET_2023,
        (
            *("Deployment\nLocation", "Date", "Duration", "LFR Use\nCase", "Watchlist\nSize"),
            *("Min\nThreshold\nSetting", "Total\nAlerts", "Confirmed", "Unconfirmed"),
            *("Confirmed", "Unconfirmed", "False\nAlert\nRate", "Arrest", "Other\nDisposal"),
            *("No Action", "Faces seen\n(Estimate)"),
        ),
        strict=True,
    )
)

MET_2025 = tuple(
    Heading(h.field, text, h.width)
    for h, text in zip(
        MET_2023,
        (
            *("Deployment\nLocation", "Date", "Duration", "LFR Use Case", "Watchlist\nSize"),
            *("Min\nThreshold\nSetting", "Total\nAlerts", "True Alerts\nConfirmed"),
            *("True Alerts\nUnconfirmed", "False Alerts\nConfirmed", "False Alerts\nUnconfirmed"),
            *("False Alert\nRate", "Outcome -\nArrest", "Outcome -\nOther", "No\naction"),
            "Faces seen\n(estimate)",
        ),
        strict=True,
    )
)

HOME_OFFICE = (
    Heading("place", "Deployment", 56),
    Heading("date", "Date", 74),
    Heading("use_case", "Type", 60),
    Heading("duration_minutes", "Duration", 48),
    Heading("cameras", "Number of\ncameras", 44),
    Heading("watchlist_size", "Watchlist\nnumber", 46),
    Heading("threshold", "Threshold", 44),
    Heading("alerts", "Total alerts", 44),
    Heading("true_alerts", "Positive\nalerts", 44),
    Heading("true_engagements", "Positive\ninterventions", 56),
    Heading("false_alerts", "Incorrect\nalerts", 44),
    Heading("false_engagements", "Incorrect\ninterventions", 56),
    Heading("arrests", "Arrests or\ndisposals", 50),
    Heading("faces_seen", "Faces seen", 48),
    Heading("printed_false_alert_rate", "Incorrect\nalert rate", 46),
)

SOUTH_WALES = (
    Heading("place", "Location", 110),
    Heading("date", "Date of deployment", 80),
    Heading("watchlist_size", "Watchlist size", 70),
    Heading("faces_seen", "Faces scanned", 70),
    Heading("alerts", "Number of alerts", 76),
    Heading("true_alerts", "True alerts", 60),
    Heading("false_unconfirmed", "False alerts", 60),
    Heading("false_confirmed", "Confirmed false alerts", 96),
    Heading("recognition", "True recognition rate", 90),
    Heading("arrests", "Arrests", 50),
)


@dataclass
class Lookalike:
    """A document drawn from the top down; ``row`` breaks pages by itself.

    Attributes
    ----------
    repeat_headings : bool
        Print the headings again on every page.
    split_rows : bool
        Let a row whose place has several lines run on over a page break, as Word does.
    bottom : float
        Where a page is full.
    """

    columns: Sequence[Heading]
    repeat_headings: bool = False
    split_rows: bool = False
    bottom: float = BOTTOM
    y: float = TOP
    _bytes: BytesIO = field(default_factory=BytesIO)

    def __post_init__(self) -> None:
        self._canvas = Canvas(self._bytes, pagesize=landscape(A4), invariant=1)
        self._height = landscape(A4)[1]

    def content(self) -> bytes:
        """The finished file."""
        self._canvas.save()
        return self._bytes.getvalue()

    def page(self) -> None:
        """Begin a new page."""
        self._canvas.showPage()
        self.y = TOP

    def words(self, text: str, *, size: float = 18) -> None:
        """A line of text outside tables."""
        self._draw(LEFT + 60, self.y, text, size=size)
        self.y += 1.5 * size

    def headings(
        self, *, apart: float = 0, shift: float = 0, inner_lines: bool = True, merged: bool = False
    ) -> None:
        """The headings. ``apart``: as a table of their own, with this gap below and
        ``shift`` to the right; ``inner_lines``: a line under grouped headings; ``merged``: no
        upright line between the headings under a group."""
        deepest = max(self._lines(h) for h in self.columns)
        top, bottom = self.y, self.y + LEADING * deepest + 6
        edges = self._edges(shift)
        under = top + LEADING * max(
            (h.group.count("\n") + 1 for h in self.columns if h.group), default=0
        )
        self._shade(edges[0], top, edges[-1], bottom)
        for i, h in enumerate(self.columns):
            x0, x1 = edges[i], edges[i + 1]
            inside = h.group is not None and i > 0 and self.columns[i - 1].group == h.group
            if not (inside and merged):
                self._upright(x0, under + 3 if inside else top, bottom)
            self._level(x0, x1, top)
            self._level(x0, x1, bottom)
            if h.group and inner_lines and not merged:
                self._level(x0, x1, under + 3)
            y = under + 4 if h.group else top
            for line in h.text.split("\n"):
                self._draw(x0 + 2, y, line)
                y += LEADING
        self._upright(edges[-1], top, bottom)
        for group in dict.fromkeys(h.group for h in self.columns if h.group):
            members = [i for i, h in enumerate(self.columns) if h.group == group]
            middle = (edges[members[0]] + edges[members[-1] + 1]) / 2
            for n, line in enumerate(group.split("\n")):
                width = stringWidth(line, FONT, SIZE)
                self._draw(middle - width / 2, top + n * LEADING, line)
        self.y = bottom + apart

    def row(self, cells: Mapping[str, str]) -> None:
        """One row. Words stand at the left of the place's cell and start at its top."""
        texts = [cells.get(h.field, "").split("\n") for h in self.columns]
        deepest = max(map(len, texts))
        room = int((self.bottom - self.y - 4) // LEADING)
        if room < deepest and self.split_rows and room > 0:
            self._band([lines[:room] for lines in texts], room)
            texts = [lines[room:] for lines in texts]
            deepest -= room
            self._next_page()
        elif room < deepest:
            self._next_page()
        self._band(texts, deepest)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float]) -> None:
        """A table of another kind: purposes, use cases."""
        for row in rows:
            texts = [text.split("\n") for text in row]
            deepest = max(map(len, texts))
            edges = [LEFT]
            for width in widths:
                edges.append(edges[-1] + width)
            self._cells(texts, edges, deepest)

    def _next_page(self) -> None:
        self.page()
        if self.repeat_headings:
            self.headings()

    def _band(self, texts: Sequence[Sequence[str]], deepest: int) -> None:
        self._cells(texts, self._edges(0), deepest)

    def _cells(self, texts: Sequence[Sequence[str]], edges: Sequence[float], deepest: int) -> None:
        top, bottom = self.y, self.y + LEADING * deepest + 2
        for i, lines in enumerate(texts):
            x0, x1 = edges[i], edges[i + 1]
            self._upright(x0, top, bottom)
            self._level(x0, x1, top)
            self._level(x0, x1, bottom)
            for n, line in enumerate(lines):
                self._draw(x0 + 1, top + n * LEADING, line)
        self._upright(edges[-1], top, bottom)
        self.y = bottom

    def _edges(self, shift: float) -> list[float]:
        edges = [LEFT + shift]
        for h in self.columns:
            edges.append(edges[-1] + h.width)
        return edges

    def _lines(self, h: Heading) -> int:
        return h.text.count("\n") + 1 + (h.group.count("\n") + 1 if h.group else 0)

    def _draw(self, x: float, top: float, text: str, *, size: float = SIZE) -> None:
        self._canvas.setFont(FONT, size)
        self._canvas.drawString(x, self._height - top - size, text)

    def _shade(self, x0: float, top: float, x1: float, bottom: float) -> None:
        self._canvas.setFillGray(0.8)
        self._canvas.rect(x0, self._height - bottom, x1 - x0, bottom - top, stroke=0, fill=1)
        self._canvas.setFillGray(0)

    def _level(self, x0: float, x1: float, y: float) -> None:
        # The corner is a square of its own, as in Word.
        self._canvas.rect(x0, self._height - y, RULE, RULE, stroke=0, fill=1)
        self._canvas.rect(x0 + RULE, self._height - y, x1 - x0 - RULE, RULE, stroke=0, fill=1)

    def _upright(self, x: float, top: float, bottom: float) -> None:
        self._canvas.rect(x, self._height - bottom, RULE, bottom - top, stroke=0, fill=1)


def document(
    columns: Sequence[Heading],
    rows: Sequence[Mapping[str, str]],
    *,
    title: str = "MPS LFR DEPLOYMENTS 2025",
    repeat_headings: bool = False,
    split_rows: bool = False,
    bottom: float = BOTTOM,
) -> bytes:
    """One table of rows under one set of headings."""
    drawn = Lookalike(
        columns, repeat_headings=repeat_headings, split_rows=split_rows, bottom=bottom
    )
    drawn.words(title)
    drawn.headings()
    for row in rows:
        drawn.row(row)
    return drawn.content()


def figures(i: int, **changes: str) -> dict[str, str]:
    """Invented figures that agree with one another: row ``i`` of any of the layouts."""
    unconfirmed = i % 3
    false = 1 if i % 7 == 0 else 0
    arrests, other, none = i % 4, i % 3, 1 + i % 2
    confirmed = arrests + other + none
    faces = 4_000 + 37 * i
    row = {
        "place": f"High St,\nTown {i}",
        "date": f"{1 + i % 28:02d}/{1 + i // 28 % 12:02d}/25",
        "duration_minutes": f"{4 + i % 3}h {i % 60:02d}m",
        "use_case": "Crime Hotspot",
        "watchlist_size": str(15_000 + i),
        "threshold": "0.64",
        "alerts": str(confirmed + unconfirmed + false),
        "true_confirmed": str(confirmed),
        "true_unconfirmed": str(unconfirmed),
        "true_alerts": str(confirmed + unconfirmed),
        "true_engagements": str(confirmed),
        "false_confirmed": str(false),
        "false_unconfirmed": "0",
        "false_alerts": str(false),
        "false_engagements": str(false),
        "printed_false_alert_rate": f"{100 * false / faces:.3f}%",
        "arrests": str(arrests),
        "other_disposals": str(other),
        "no_action": str(none),
        "faces_seen": str(faces),
    }
    return row | changes


def ten_pages() -> bytes:
    """About as much as the ten-page record of 2023-2024: 203 rows, headings changed half-way."""
    drawn = Lookalike(MET_2023, split_rows=True, bottom=520)
    drawn.words("MPS LFR DEPLOYMENTS 2023 –Date")
    drawn.headings(apart=20)
    for i in range(147):
        drawn.row(figures(i, use_case="1,2,3,4"))
    drawn.page()
    drawn.table([("Reference", "Purpose"), ("1.", "Those wanted"), ("2.", "At risk")], (80, 300))
    drawn.page()
    drawn.columns = MET_2024
    drawn.headings(apart=10, shift=-6, inner_lines=False)
    for i in range(147, 203):
        drawn.row(figures(i))
    drawn.page()
    drawn.table([("Reference", "Use Case"), ("1.", "Crime Hotspots")], (80, 300))
    drawn.page()
    return drawn.content()
