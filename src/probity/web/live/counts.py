"""Running counts of a deployment, and its rates with both denominators, as of a moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from probity.claims import words
from probity.core import Count, Rate, Undefined
from probity.stats.interval import clopper_pearson
from probity.web.live.alerts import Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What the operator's record would count so far; test subjects stand apart.

    ``decided`` are alerts with an outcome, ``false`` those of them that were found false by
    those who looked.
    """

    faces: int
    alerts: int
    test_alerts: int
    decided: int
    true: int
    false: int
    engaged: int
    arrests: int

    @classmethod
    def of(cls, cards: Sequence[Card], *, faces: int) -> "Counts":
        """Count the cards."""
        real = [card for card in cards if not card.test]
        over = [card for card in real if card.over]
        false = sum(card.found_false for card in over)
        return cls(
            faces=faces,
            alerts=len(real),
            test_alerts=len(cards) - len(real),
            decided=len(over),
            true=len(over) - false,
            false=false,
            engaged=sum(card.engaged for card in real),
            arrests=sum(card.disposal == "arrest" for card in over),
        )

    def rates(self) -> dict[str, Rate | Undefined]:
        """False alerts per face seen, and their share of alerts."""
        return {
            "false_alerts_per_face_seen": clopper_pearson(
                Count(self.false, self.faces, "faces seen")
            ),
            "false_share_of_alerts": clopper_pearson(
                Count(self.false, self.decided, "alerts with an outcome")
            ),
        }


def shown(rate: Rate | Undefined) -> dict[str, Any]:
    """A rate for the page: in words, and its counts and interval; or why there is none."""
    if isinstance(rate, Undefined):
        return {"value": "none yet", "interval": rate.reason}
    share, count = words.share(rate.value), words.count(rate.count)
    ends = words.bounds(rate.low, rate.high, value=rate.value, unit="share")
    return {
        "value": share,
        "interval": f"{count} {rate.count.population}; {rate.level:.0%} interval {ends}",
        "k": rate.count.k,
        "n": rate.count.n,
        "low": rate.low,
        "high": rate.high,
    }
