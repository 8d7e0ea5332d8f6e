"""A deployment played event by event: what the page is told at each step.

Everything that is counted or found here comes from the events that were played, by the same code
whichever way they are cut into steps.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from probity.audit.log.header import Statement
from probity.audit.rule import Policy
from probity.audit.stream.findings import sentence_of
from probity.audit.stream.monitor import StreamMonitor
from probity.audit.stream.recorded import Recorded
from probity.audit.stream.rule_monitor import Decided
from probity.twin.one_deployment import DeploymentLog
from probity.twin.stages import Ints
from probity.web.live.alerts import AlertBook, Card
from probity.web.live.counts import Counts, shown
from probity.web.live.held import NEVER, lives_in
from probity.web.live.pace import SECOND_US, Pace, merged
from probity.web.live.told import sentence

_BULK = frozenset(
    {
        "actor.trained",
        "face.seen",
        "operator.viewed",
        "render.blurred",
        "template.compared",
        "template.created",
        "template.deleted",
        "watchlist.item.added",
        "watchlist.item.deleted",
        "watchlist.item.enrolled",
        "watchlist.item.failed",
    }
)
"""Kinds that come by the thousand: counted, drawn and judged, but not told one by one."""

_BEFORE_US = 2 * SECOND_US
"""The picture begins so long before the cameras are switched on."""
_LINGER_US = 3 * SECOND_US
_LANES, _GAITS = 256, 64
_MOST_FINDINGS = 200
_MOST_FINDINGS_A_STEP = 10
"""Told in words; beyond them findings are counted."""
_BATCH_ROWS = 8_192
_MOST_LATELY = 40


class Play:
    """One deployment, from its first event on.

    Parameters
    ----------
    log : DeploymentLog
    policy : Policy
        Its rules are run over the events as they are played.
    dots_a_step : int
        People drawn in one step at most; where more pass, a dot stands for several.
    """

    def __init__(self, log: DeploymentLog, policy: Policy, *, dots_a_step: int) -> None:
        self.log, self.policy = log, policy
        self.time_us: Ints = log.table["time"].cast(pa.int64()).to_numpy()
        self._kind = log.table["kind"].combine_chunks()
        self.rows = 0
        self.at_us = int(self.time_us[0]) - 1
        self._dots_a_step = dots_a_step
        self.book = AlertBook()
        self.findings: list[dict[str, Any]] = []
        self._told = _told_rows(log.table)
        self._told_at = 0
        self._lately: deque[dict[str, Any]] = deque(maxlen=_MOST_LATELY)
        self._monitor = StreamMonitor(
            policy.rules,
            to_us=log.header.to_us,
            recorded=Recorded(Statement.of(log.header)),
        )
        self._lives = lives_in(log.table, self.time_us)
        self._alert_gone_us = next(one.gone_us for one in self._lives if one.name == "alerts")
        self._face_rows = self._rows_of("face.seen")
        self._face_template = self._ids(self._face_rows, "template")
        self._alert_of = self._alert_numbers()
        self.pace = self._pace()

    @property
    def over(self) -> bool:
        """Whether the last event was played."""
        return self.rows == len(self.time_us)

    def start_us(self) -> int:
        """When the picture begins."""
        return self._time_of("deployment.start") - _BEFORE_US

    def step(self, until_us: int, *, dots_for: int = 1) -> dict[str, Any]:
        """Play every event up to and including a moment, and say what changed.

        Parameters
        ----------
        dots_for : int
            People that one dot stands for.
        """
        first, before_us = self.rows, self.at_us
        end = int(np.searchsorted(self.time_us, until_us, side="right"))
        self.rows, self.at_us = end, until_us
        changed, lines = self._tell(end)
        self._lately.extend(lines)
        found = self._judge(first, end)
        return {
            "from": before_us,
            "to": until_us,
            "events": end,
            "people": self._people(first, end, before_us, until_us, dots_for),
            "dots_for": dots_for,
            "cards": [self._card(self.book.cards[number - 1]) for number in changed],
            "told": lines,
            "findings": found,
            **self.now(),
        }  # fmt: skip

    def now(self) -> dict[str, Any]:
        """Counts, rates, what exists and how the rules stand, as of what was played."""
        counts = Counts.of(self.book.cards, faces=self._faces_before(self.rows))
        return {
            "counts": asdict(counts),
            "rates": {name: shown(rate) for name, rate in counts.rates().items()},
            "held": [asdict(lives.at(self.at_us)) for lives in self._lives],
            "rules": {
                "run": len(self._monitor.rules),
                "checked": sum(one.checked for one in self._monitor.rules),
                "breached": {
                    one.rule.rule_id: one.breached for one in self._monitor.rules if one.breached
                },
            },
            "phase": self._phase(),
        }

    def whole(self) -> dict[str, Any]:
        """All that a page needs to go on from here."""
        return {
            "to": self.at_us,
            "events": self.rows,
            "told": list(self._lately),
            "cards": [self._card(card) for card in self.book.cards],
            "findings": self.findings,
            **self.now(),
        }

    def dots_for(self, speed: float, *, step_s: float) -> int:
        """How many people a dot has to stand for at a speed."""
        seconds = (self.pace.off_us - self.start_us()) / SECOND_US
        people = len(self._face_rows) / max(seconds, 1.0) * speed * step_s
        return max(1, int(np.ceil(people / self._dots_a_step)))

    def finish(self) -> list[dict[str, Any]]:
        """What the rules find where the log ends."""
        return self._found(self._monitor.finish(to_us=self.log.header.to_us))

    def _card(self, card: Card) -> dict[str, Any]:
        """An alert, with the moment of its deletion where this log sees it."""
        gone_us = int(self._alert_gone_us[card.number - 1])
        return {**card.shown(), "goes_us": None if gone_us == NEVER else gone_us}

    def _phase(self) -> str:
        if self.at_us < self._time_of("deployment.start"):
            return "before"
        return "running" if self.at_us < self.pace.off_us else "after"

    def _tell(self, end: int) -> tuple[list[int], list[dict[str, Any]]]:
        changed: dict[int, None] = {}
        lines: list[dict[str, Any]] = []
        while self._told_at < len(self._told) and self._told[self._told_at][0] < end:
            _, event = self._told[self._told_at]
            self._told_at += 1
            card = self.book.take(event)
            if card is not None:
                changed[card.number] = None
            says = sentence(event, card)
            if says is not None:
                lines.append({"at": event["time"], "says": says})
        return list(changed), lines

    def _judge(self, first: int, end: int) -> list[dict[str, Any]]:
        decided: list[Decided] = []
        for start in range(first, end, _BATCH_ROWS):
            part = self.log.table.slice(start, min(_BATCH_ROWS, end - start)).combine_chunks()
            self._monitor.add(part.to_batches()[0])
            decided += self._monitor.advance()
        return self._found(decided)

    def _found(self, decided: Sequence[Decided]) -> list[dict[str, Any]]:
        rules = {one.rule_id: one for one in self.policy.rules}
        breaches = [breach for one in decided for breach in one.breaches]
        told = min(_MOST_FINDINGS_A_STEP, _MOST_FINDINGS - len(self.findings))
        found = [
            {
                "rule": breach.rule_id,
                "title": rules[breach.rule_id].title,
                "at": breach.time_us,
                "says": sentence_of(rules[breach.rule_id], breach),
                "event": breach.event,
                "alert": self.book.number_of(breach.binding.get("alert")),
            }
            for breach in breaches[:told]
        ]
        self.findings += found
        return found

    def _people(
        self, first: int, end: int, from_us: int, until_us: int, dots_for: int
    ) -> list[list[int]]:
        """Of each dot: thousandths of the step after its beginning, lane, gait, number of alert."""
        low, high = np.searchsorted(self._face_rows, [first, end])
        span = max(until_us - from_us, 1)
        dots = []
        for number in range(int(low), int(high)):
            template = int(self._face_template[number])
            alert = self._alert_of.get(template, 0)
            if number % dots_for and not alert:
                continue
            share = (int(self.time_us[self._face_rows[number]]) - from_us) / span
            dots.append(
                [
                    round(1_000 * share),
                    template % _LANES,
                    template // _LANES % _GAITS,
                    alert,
                ]
            )
        return dots

    def _faces_before(self, row: int) -> int:
        return int(np.searchsorted(self._face_rows, row))

    def _rows_of(self, kind: str) -> Ints:
        found = pc.equal(self._kind, kind).to_numpy(zero_copy_only=False)
        return np.flatnonzero(found)

    def _ids(self, rows: Ints, field: str) -> Ints:
        return np.asarray(self.log.table[field].take(pa.array(rows))).astype(np.int64)

    def _time_of(self, kind: str) -> int:
        rows = self._rows_of(kind)
        at_us = self.time_us[rows[0]] if len(rows) else self.log.history.calendar.start_us[0]
        return int(at_us)

    def _alert_numbers(self) -> Mapping[int, int]:
        rows = self._rows_of("alert.raised")
        numbers = enumerate(self._ids(rows, "template").tolist(), start=1)
        return {template: number for number, template in numbers}

    def _pace(self) -> Pace:
        raised = self._rows_of("alert.raised")
        last: dict[int, int] = {}
        for row, event in self._told:
            if event["kind"] in {"alert.raised", "alert.adjudicated", "engagement.start"}:
                alert = event.get("alert")
                if alert is not None:
                    last[alert] = max(last.get(alert, 0), int(self.time_us[row]))
        spans = [
            (int(self.time_us[row]) - _LINGER_US, last[alert] + _LINGER_US)
            for row, alert in zip(raised.tolist(), self._ids(raised, "alert").tolist(), strict=True)
        ]
        busy = [self._rows_of(kind) for kind in ("deployment.end", "outcome.recorded")]
        off_us = max((int(self.time_us[rows[-1]]) for rows in busy if len(rows)), default=0)
        return Pace(off_us + _BEFORE_US, int(self.time_us[-1]), merged(spans))


def _told_rows(table: pa.Table) -> list[tuple[int, dict[str, Any]]]:
    """Rows of the kinds that are told one by one, with the fields that they have."""
    kinds = table["kind"].combine_chunks()
    rare = [word for word in kinds.dictionary.to_pylist() if word not in _BULK]
    rows = np.flatnonzero(
        pc.is_in(kinds.dictionary_decode(), pa.array(rare)).to_numpy(zero_copy_only=False)
    )
    chosen = table.take(pa.array(rows))
    chosen = chosen.set_column(1, "time", chosen["time"].cast(pa.int64()))
    wanted = [name for name in _TOLD_FIELDS if name in chosen.column_names]
    return list(zip(rows.tolist(), chosen.select(wanted).to_pylist(), strict=True))


_TOLD_FIELDS = (
    "time", "kind", "alert", "engagement", "item", "score", "threshold", "role", "decision",
    "result", "disposal", "reason", "rank", "channel", "size", "faces", "alerts", "false_alerts",
)  # fmt: skip
