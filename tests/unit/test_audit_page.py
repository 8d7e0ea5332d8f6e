"""The page of an audit: what stands on it, what is drawn, and what strangers cannot do to it."""

import re
from html.parser import HTMLParser

import pytest

from audited_logs import (
    EVERY_VERDICT,
    HOUR,
    RECORDED,
    every_verdict,
    hostile_audit_page,
    sample_audit_page,
)
from event_logs import SECOND, write_parquet
from hostile_report import MARKUP, SCRIPT
from probity.audit.audit import AuditResult, audit
from probity.audit.explain import Finding
from probity.audit.log import open_log
from probity.audit.policy_file import parse_policy
from probity.publish.audit_page import MOST_PICTURES, audit_page
from probity.publish.breach_timeline import breach_figure
from probity.publish.download import csv_text
from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.timeline import Moment, Window, timeline


class _Reader(HTMLParser):
    """Ids, links inside the page, headings by level, elements and the text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.fragments: list[str] = []
        self.levels: list[int] = []
        self.elements: set[str] = set()
        self.addresses: list[str] = []
        self.handlers: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in {"href", "src"}:
                (self.fragments if (value or "").startswith("#") else self.addresses).append(
                    value or ""
                )
            elif name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data: str) -> None:
        self.text += data


PAGES = {"sample": sample_audit_page, "hostile": hostile_audit_page}
EACH = pytest.mark.parametrize("kind", PAGES)


@EACH
def test_ids_are_unique_links_lead_somewhere_and_headings_skip_no_level(kind: str) -> None:
    read = _Reader(PAGES[kind]())
    assert len(set(read.ids)) == len(read.ids)
    assert {fragment[1:] for fragment in read.fragments} <= set(read.ids)
    assert read.levels[0] == 1
    assert all(b - a <= 1 for a, b in zip(read.levels, read.levels[1:], strict=False))


@EACH
def test_nothing_is_fetched_or_run(kind: str) -> None:
    read = _Reader(PAGES[kind]())
    assert not read.elements & {"script", "img", "iframe", "form", "object", "base"}
    assert not read.handlers
    assert all(re.match(r"data:|https://(force|evil)\.example/", a) for a in read.addresses)
    assert "default-src &#39;none&#39;" in PAGES[kind]()


def test_what_strangers_wrote_is_text_without_tricks() -> None:
    page = hostile_audit_page()
    assert MARKUP not in page
    assert SCRIPT not in page
    text = _Reader(page).text
    assert text.count(MARKUP) > 10
    assert "{{ 7*7 }}" in text
    assert "\u202e" not in page
    assert "DROP TABLE log" in text


def test_every_verdict_stands_on_the_page_in_words_breached_first() -> None:
    text = " ".join(_Reader(sample_audit_page()).text.split())
    order = [text.index(f"R{n}. ") for n in (5, 6, 7, 8, 9, 10, 11)]
    assert order == sorted(order)
    assert "2 of 20 checked in breach." in text
    assert "The log cannot show it: render.blurred is not recorded." in text
    assert "1 of 1 checked still open when the log ends." in text
    assert "Needed: the assessment of each deployment." in text
    assert "20 of 20 alerts: 1 (95% interval 0.832 to 1); at most 0.1." in text
    assert "1 of the 6 rules that a log can decide are UNVERIFIED" in text
    assert "system 9" in text
    assert f"{len(RECORDED)}, as the log declares" in text
    assert "Document, version 3" in text


def test_the_formula_and_its_plain_words_are_there_to_unfold() -> None:
    text = " ".join(_Reader(sample_audit_page()).text.split())
    assert "Required: within 24 h after: alert.deleted with the same alert" in text
    assert "EVENTUALLY[0, 1 d] alert.deleted(alert: alert)" in text


@pytest.fixture(scope="module")
def findings() -> dict[str, tuple[Finding, Figure]]:
    with every_verdict() as result:
        return {
            finding.sentence.split(" was")[0]: (
                finding,
                breach_figure(finding, result.log, figure_id="x", title="t"),
            )
            for one in result.rules
            for finding in result.findings(one)
        }


def _drawn(figure: Figure, key: str) -> list[dict[str, object]]:
    sets = figure.specs["any"]["datasets"].values()
    return [row for rows in sets for row in rows if key in row]


def test_what_came_too_late_is_drawn_where_it_came(
    findings: dict[str, tuple[Finding, Figure]],
) -> None:
    _, figure = findings["Alert 1"]
    hour = int(HOUR * SECOND)
    (window,) = _drawn(figure, "low")
    assert (window["low"], window["high"]) == (0, 24 * hour)
    marks = _drawn(figure, "shape")
    assert [(m["shape"], m["at"]) for m in marks] == [("diamond", 0), ("circle", 30 * hour)]
    assert "alert.deleted, 30 h after" in figure.description
    assert "Due within 24 h after: alert.deleted" in figure.description
    assert csv_text(figure.table).count("alert.deleted") == 1


def test_what_never_came_is_told_at_the_logs_end_and_nothing_is_drawn_far_away(
    findings: dict[str, tuple[Finding, Figure]],
) -> None:
    _, figure = findings["Alert 0"]
    assert "No alert.deleted up to the log’s end, 100 d after" in figure.description
    diamond, cross = _drawn(figure, "shape")
    assert (diamond["shape"], cross["shape"], cross["angle"]) == ("diamond", "cross", 45)
    end = cross["at"]
    assert isinstance(end, float | int)
    assert 24 * HOUR * SECOND < end < 100 * 24 * HOUR * SECOND


def test_a_value_that_is_wrong_by_itself_has_its_evidence_and_no_picture(
    findings: dict[str, tuple[Finding, Figure]],
) -> None:
    _, figure = findings["The threshold"]
    assert figure.specs == {}
    assert "threshold 0.6" in str(figure.table.rows[0][-1])
    assert any("itself is the proof" in note for note in figure.notes)


def test_a_moment_far_beyond_is_an_arrowhead_at_the_edge() -> None:
    figure = timeline(
        [
            Moment(words="it", at_us=0, mark="instance"),
            Moment(words="late", at_us=10**12, mark="event"),
            Moment(words="early", at_us=-(10**12), mark="event"),
        ],
        [Window(words="Due", from_us=0, to_us=10**6, wanted=True)],
        figure_id="x",
        title="t",
        description="d",
        table=Table(columns=(Column("x"),), rows=()),
    )
    shapes = [row["shape"] for row in _drawn(figure, "shape")]
    assert shapes == ["diamond", "triangle-right", "triangle-left"]
    (window,) = _drawn(figure, "low")
    assert window["high"] == 10**6


def test_a_rate_is_drawn_beside_the_rules_limit() -> None:
    sample = sample_audit_page()
    assert "rule-R6-rate" in sample
    assert "Shaded: what the rule says, at most 0.1" in sample


@pytest.mark.parametrize(("asked", "shown"), [(0, 0), (1, 1), (99, 2)])
def test_as_many_breaches_are_drawn_as_asked_for_and_the_rest_is_counted(
    asked: int, shown: int
) -> None:
    with every_verdict() as result:
        page = audit_page(result, examples=asked)
    assert page.count('<figure id="rule-R5-breach-') == shown
    assert (f"And {2 - shown} more" in page) == (shown < 2)
    assert MOST_PICTURES < 99


def test_the_same_audit_gives_the_same_bytes() -> None:
    with every_verdict() as result:
        assert isinstance(result, AuditResult)
        assert audit_page(result) == sample_audit_page()


def test_an_empty_log_has_a_page(tmp_path) -> None:
    with open_log(write_parquet(tmp_path / "log.parquet", [])) as log:
        page = audit_page(audit(log, parse_policy(EVERY_VERDICT, file="p.toml")))
    assert "no events, and none declared" in page
    assert 'id="process"' not in page
