"""Events in a sentence each, for the list beside the picture."""

from collections.abc import Callable, Mapping
from typing import Any

from probity.audit.plain_times import plain_length
from probity.web.live.alerts import Card

Event = Mapping[str, Any]

_RANKS = ("constable", "sergeant", "inspector", "chief inspector", "superintendent",
          "chief superintendent", "assistant chief constable")  # fmt: skip
_WHO = {"operator": "the operator", "engagement officer": "the officer"}
_MINUTE_US = 60_000_000


def sentence(event: Event, card: Card | None) -> str | None:
    """What happened; None for what is not told one by one."""
    kind = event["kind"]
    if card is not None:
        told = _OF_ALERTS.get(kind)
        return None if told is None else f"Alert {card.number}{told(event, card)}."
    words = _OF_OTHERS.get(kind)
    return None if words is None else f"{words(event)}."


def _raised(_: Event, card: Card) -> str:
    score = "" if card.score is None else f": score {card.score:.3f}"
    return f"{score}{', a test subject of the operator' if card.test else ''}"


def _adjudicated(event: Event, _: Card) -> str:
    return f": {_WHO.get(event.get('role') or '', 'a person')} {event['decision']}s it"


def _outcome(_: Event, card: Card) -> str:
    if card.engaged:
        return f": found {card.result}, {card.disposal or 'disposal not stated'}"
    return f": {card.result}, {card.reason or 'reason not stated'}"


def _deleted(event: Event, card: Card) -> str:
    age = max(event["time"] - card.raised_us, _MINUTE_US) // _MINUTE_US * _MINUTE_US
    return f" and its images are deleted {plain_length(age)} after it was raised"


def _granted(event: Event) -> str:
    rank = event.get("rank")
    return f"Authority granted by a {'person of unknown rank' if rank is None else _rank(rank)}"


def _rank(rank: float) -> str:
    whole = int(rank)
    return _RANKS[whole] if 0 <= whole < len(_RANKS) else f"person of rank {whole}"


def _loaded(event: Event) -> str:
    size = event.get("size")
    return f"The watchlist is loaded{'' if size is None else f': {size:,.0f} images'}"


def _published(event: Event) -> str:
    faces, alerts, false = (_number(event, name) for name in ("faces", "alerts", "false_alerts"))
    return f"The record is published: {faces} faces seen, {alerts} alerts, {false} of them false"


def _number(event: Event, field: str) -> str:
    value = event.get(field)
    return "unknown" if value is None else f"{value:,.0f}"


def _plain(words: str) -> Callable[[Event], str]:
    return lambda _: words


_OF_ALERTS: Mapping[str, Callable[[Event, Card], str]] = {
    "alert.raised": _raised,
    "alert.adjudicated": _adjudicated,
    "engagement.start": lambda _, __: ": officers stop and speak with a person",
    "engagement.end": lambda _, __: ": the conversation is over",
    "outcome.recorded": _outcome,
    "alert.deleted": _deleted,
}
_OF_OTHERS: Mapping[str, Callable[[Event], str]] = {
    "authority.granted": _granted,
    "notice.published": lambda event: f"The public is told: {event.get('channel') or 'where?'}",
    "watchlist.imported": _loaded,
    "config.threshold": lambda event: f"The threshold is set to {event['threshold']:g}",
    "deployment.start": _plain("Cameras and comparison are switched on"),
    "deployment.end": _plain("Cameras and comparison are switched off"),
    "engagement.start": _plain("Officers stop a person without an alert"),
    "footage.written": _plain("A camera’s recording is stored"),
    "footage.deleted": _plain("A camera’s recording is deleted"),
    "watchlist.deleted": _plain("The watchlist is deleted from the system"),
    "media.deleted": _plain("The medium that carried the watchlist is wiped"),
    "record.published": _published,
}
