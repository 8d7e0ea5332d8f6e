"""What became of each alert, told by the events so far."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

Event = Mapping[str, Any]

_TEST_SUBJECT = "test subject"
_REJECTED = frozenset({"rejected by operator", "rejected by officer"})


@dataclass(slots=True, kw_only=True)
class Card:
    """An alert on its way.

    Parameters
    ----------
    number : int
        In the order in which they were raised, from 1.
    test : bool
        The person is a test subject of the operator: the image is on no list that was authorised,
        or the outcome says so.
    operator, officer : str
        "accept" or "reject" where they decided, empty before.
    engaged, released, over, deleted : bool
        Which steps there were.
    result, disposal, reason : str
        As the outcome says, empty before.
    """

    number: int
    raised_us: int
    score: float | None
    test: bool
    operator: str = ""
    officer: str = ""
    engaged: bool = False
    released: bool = False
    over: bool = False
    deleted: bool = False
    result: str = ""
    disposal: str = ""
    reason: str = ""

    @property
    def stands(self) -> str:
        """Where it is: before the operator, before the officer, with the person, or over."""
        if self.over:
            return "over"
        if self.engaged and not self.released:
            return "engaged"
        return "officer" if self.operator else "operator"

    @property
    def found_false(self) -> bool:
        """Whether those who looked found it false: as the operator's record counts it."""
        if self.engaged:
            return self.result == "false"
        return self.reason in _REJECTED

    def shown(self) -> dict[str, Any]:
        """For the page."""
        return {**asdict(self), "stands": self.stands, "false": self.over and self.found_false}


class AlertBook:
    """Every alert so far."""

    def __init__(self) -> None:
        self.cards: list[Card] = []
        self._of_alert: dict[int, Card] = {}
        self._of_engagement: dict[int, Card] = {}

    def take(self, event: Event) -> Card | None:
        """The card that an event changed."""
        if event["kind"] == "alert.raised":
            return self._raised(event)
        card = self._concerned(event)
        if card is None:
            return None
        match event["kind"]:
            case "alert.adjudicated" if event.get("role") == "operator":
                card.operator = str(event["decision"])
            case "alert.adjudicated":
                card.officer = str(event["decision"])
            case "engagement.start":
                card.engaged = True
                self._of_engagement[event["engagement"]] = card
            case "engagement.end":
                card.released = True
            case "outcome.recorded":
                card.over = True
                card.result = str(event["result"])
                card.disposal = event.get("disposal") or ""
                card.reason = event.get("reason") or ""
                card.test = card.test or card.reason == _TEST_SUBJECT
            case "alert.deleted":
                card.deleted = True
            case _:
                return None
        return card

    def number_of(self, alert: object) -> int | None:
        """The number of the card of an alert's id."""
        card = self._of_alert.get(alert) if isinstance(alert, int) else None
        return None if card is None else card.number

    def _raised(self, event: Event) -> Card:
        card = Card(
            number=len(self.cards) + 1,
            raised_us=event["time"],
            score=event.get("score"),
            test=event.get("item") is None,
        )
        self.cards.append(card)
        self._of_alert[event["alert"]] = card
        return card

    def _concerned(self, event: Event) -> Card | None:
        alert = event.get("alert")
        if alert is not None:
            return self._of_alert.get(alert)
        return self._of_engagement.get(event.get("engagement") or -1)
