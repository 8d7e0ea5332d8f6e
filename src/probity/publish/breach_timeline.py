"""A breach as a timeline: from the evidence of an audit to a figure with its table."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

from probity.audit.explain import Finding, LoggedEvent
from probity.audit.formula import Interval
from probity.audit.log.event_log import EventLog
from probity.audit.plain_formula import plain_distance
from probity.audit.plain_times import plain_length, plain_moment
from probity.audit.plain_values import shown
from probity.audit.reasons import Looked
from probity.core.errors import printable
from probity.publish.figures.figure import Cell, Column, Figure, Table
from probity.publish.figures.timeline import Moment, Window, timeline
from probity.publish.sentences import listed

MOST_EVENTS = 8
"""Events drawn beside the one that the rule was checked for: the nearest in time."""
_LONGEST = 1_000


def breach_figure(finding: Finding, log: EventLog, *, figure_id: str, title: str) -> Figure:
    """The timeline of one breach, or its table alone where the event itself is all there is."""
    windows = _windows(finding.looked)
    near = sorted(finding.related, key=lambda e: (abs(e.time_us - finding.event.time_us), e.event))[
        :MOST_EVENTS
    ]
    moments = sorted(
        [
            Moment(
                words=f"{finding.event.kind}, {plain_moment(finding.event.time_us)}",
                at_us=0,
                mark="instance",
            ),
            *(_came(event, finding.event) for event in near),
            *_absences(finding, log),
        ],
        key=lambda moment: moment.at_us,
    )
    notes = [printable(finding.sentence, limit=_LONGEST)]
    if len(near) < len(finding.related):
        notes.append(
            f"The nearest {len(near)} of {len(finding.related):,} further events are drawn; the "
            "table has them all."
        )
    table = _table(finding)
    if len(moments) == 1 and not windows:
        return Figure(
            figure_id=figure_id, title=title, description=notes[0], specs={}, table=table,
            notes=(*notes, "The event itself is the proof: nothing before or after it matters."),
        )  # fmt: skip
    told = [*(window.words for window in windows), *(moment.words for moment in moments)]
    return timeline(
        moments,
        windows,
        figure_id=figure_id,
        title=title,
        description=f"Timeline. {'; '.join(printable(words, limit=240) for words in told)}.",
        table=table,
        notes=notes,
    )


def _came(event: LoggedEvent, own: LoggedEvent) -> Moment:
    at_us = event.time_us - own.time_us
    return Moment(words=f"{event.kind}, {_distance(at_us)}", at_us=at_us, mark="event")


def _distance(at_us: int) -> str:
    if not at_us:
        return "at the same instant"
    return f"{plain_length(abs(at_us))} {'after' if at_us > 0 else 'before'}"


def _windows(looked: Sequence[Looked]) -> list[Window]:
    """Stretches of time that the rule speaks of, those for several kinds of event as one."""
    kinds: defaultdict[tuple[bool, Literal["before", "after"], Interval], list[str]]
    kinds = defaultdict(list)
    for one in looked:
        # An unwanted event matters at any distance there: shading all of the axis says nothing.
        if one.interval is not None and (one.wanted or one.interval.high is not None):
            kinds[one.wanted, one.side, one.interval].append(one.kind)
    windows = []
    for (wanted, side, interval), named in kinds.items():
        low, high = interval.low, interval.high
        which = " or ".join(dict.fromkeys(named))
        when = plain_distance(interval, side)
        lead = f"Due {when}" if wanted else f"Looked for {when}, and found"
        ends = (low, high) if side == "after" else (None if high is None else -high, -low)
        windows.append(
            Window(
                words=f"{lead}: {which}",
                from_us=ends[0],
                to_us=ends[1],
                wanted=wanted,
            )
        )
    return windows


def _absences(finding: Finding, log: EventLog) -> list[Moment]:
    """What never came, told at the end of the log that it was looked for on."""
    moments = []
    sides: tuple[Literal["before", "after"], ...] = ("before", "after")
    for side in sides:
        kinds = dict.fromkeys(
            one.kind
            for one in finding.looked
            if one.wanted and one.side == side and one.found is None
        )
        end = log.to_us if side == "after" else log.from_us
        if not kinds or end is None:
            continue
        at_us = end - finding.event.time_us
        until = "up to the log’s end" if side == "after" else "since the log begins"
        moments.append(
            Moment(
                words=f"No {' and no '.join(kinds)} {until}, {_distance(at_us)}",
                at_us=at_us,
                mark="nothing",
            )
        )
    return moments


def _table(finding: Finding) -> Table:
    rows: list[tuple[Cell, ...]] = []
    events = sorted((finding.event, *finding.related), key=lambda e: (e.time_us, e.event))
    for event in events:
        fields = [
            f"{name.replace('_', ' ')} {shown(value, field=name)}"
            for name, value in event.fields.items()
        ]
        distance = event.time_us - finding.event.time_us
        rows.append(
            (
                str(event.event),
                event.kind,
                plain_moment(event.time_us),
                "the event checked" if event is finding.event else _distance(distance),
                printable(listed(fields), limit=_LONGEST) if fields else "",
            )
        )
    headings = ("Event", "Kind", "Time", "From the event checked", "Fields")
    return Table(columns=tuple(Column(heading) for heading in headings), rows=tuple(rows))
