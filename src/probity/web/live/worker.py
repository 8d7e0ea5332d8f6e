"""The process that plays a deployment: commands in, steps out, one line of JSON each.

Lines begin with what they are: ``ready``, ``frame N``, ``state N``, ``saved``, ``over`` or
``refused``. It ends with its input, so nothing is left running when the app is gone.
"""

import json
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from probity.core.errors import ProbityError
from probity.core.process_limits import limit_process
from probity.web import limits

STEP_SECONDS = 0.25
MOST_BEHIND_SECONDS = 2.0
STEPS_A_STATE = 20
DOTS_A_STEP = 20
_CPU_SECONDS = 2 * 3_600

Command = Mapping[str, Any]
Tell = Callable[[str, Mapping[str, Any]], None]


class Player:
    """Plays in steps of ``STEP_SECONDS``, and does what it is told between them.

    Parameters
    ----------
    asked : mapping
        ``scenario``, ``seed``, ``fault`` (empty for none), ``policy``, ``speed``, ``linger``.
    tell : callable
        Gets what is told, and its value.
    """

    def __init__(self, asked: Command, *, tell: Tell) -> None:
        from probity.audit.policy_file import load_policy
        from probity.twin.faults.catalogue import FAULTS
        from probity.twin.faults.fault import Fault
        from probity.twin.one_deployment import deployment_log
        from probity.twin.scenario import LiveScenario
        from probity.twin.scenario_file import load_scenario
        from probity.web.live.play import Play

        scenario = load_scenario(asked["scenario"])
        fault = FAULTS.get(asked["fault"])
        if not isinstance(scenario, LiveScenario):
            raise TypeError("the form offers scenarios of live recognition only")
        log = deployment_log(
            scenario,
            seed=int(asked["seed"]),
            faults=[fault] if isinstance(fault, Fault) else [],
        )
        self.play = Play(log, load_policy(asked["policy"]), dots_a_step=DOTS_A_STEP)
        self.speed, self.linger = float(asked["speed"]), bool(asked["linger"])
        self.paused = False
        self._tell = tell
        self.frames = 0
        calendar = log.history.calendar
        tell(
            "ready",
            {
                "title": scenario.title,
                "place": scenario.places[int(calendar.place[0])].name,
                "events": len(log.table),
                "fault": fault.sentence if log.planted and fault is not None else None,
                "left_over": bool(log.left_over),
            },
        )

    def step(self) -> None:
        """Play one step and tell it; at the end, what the rules find there."""
        play = self.play
        if self.frames == 0:
            until = play.start_us()
        else:
            until = play.pace.after(play.at_us, STEP_SECONDS, speed=self.speed, linger=self.linger)
        told = play.step(until, dots_for=play.dots_for(self.speed, step_s=STEP_SECONDS))
        if play.over:
            told["findings"] += play.finish()
            told |= play.now()
        told["over"] = play.over
        self._tell(f"frame {self.frames}", told)
        if self.frames % STEPS_A_STATE == 0 or play.over:
            self._tell(f"state {self.frames}", {**play.whole(), "over": play.over})
        self.frames += 1

    def obey(self, command: Command) -> None:
        """Do what the app says."""
        match command:
            case {"pause": bool(pause)}:
                self.paused = pause
            case {"speed": speed}:
                self.speed = float(speed)
            case {"linger": bool(linger)}:
                self.linger = linger
            case {"save": path, "form": form, "events": events}:
                self._save(Path(path), form, int(events))

    def _save(self, path: Path, form: Any, events: int) -> None:
        from probity.web.live.saving import save

        saved = 0 < events <= self.play.rows
        if saved:
            save(self.play.log, path, events=events, form=form)
        self._tell("saved", {"path": str(path), "saved": saved})


def main() -> None:
    """Play what the first line asks for until the input ends."""
    limit_process(memory_bytes=limits.LIVE_MEMORY_BYTES, cpu_seconds=_CPU_SECONDS, counting="data")
    try:
        player = Player(json.loads(sys.stdin.readline()), tell=tell)
    except (ProbityError, MemoryError) as error:
        tell("refused", {"problem": str(error) or "It needs too much memory."})
        return
    commands: queue.Queue[Command | None] = queue.Queue()
    threading.Thread(target=_read, args=(commands,), daemon=True).start()
    due = time.monotonic()
    while True:
        resting = player.paused or player.play.over
        try:
            command = commands.get(timeout=None if resting else max(0.0, due - time.monotonic()))
        except queue.Empty:
            player.step()
            # What a busy machine lost is caught up with, unless it is much: then it is left out.
            due = max(due + STEP_SECONDS, time.monotonic() - MOST_BEHIND_SECONDS)
            continue
        if command is None:
            return
        player.obey(command)
        due = max(due, time.monotonic())


def finished(asked: Command) -> dict[str, Any]:
    """The state of a deployment that was played to its end, without waiting."""
    play = Player(asked, tell=_silent).play
    play.step(play.pace.last_us)
    play.finish()
    return play.whole()


def tell(what: str, value: Mapping[str, Any]) -> None:
    """One line to the app."""
    sys.stdout.write(f"{what} {json.dumps(value, separators=(',', ':'))}\n")
    sys.stdout.flush()


def _silent(what: str, value: Mapping[str, Any]) -> None:
    """Nobody listens while a deployment is played to its end at once."""


def _read(commands: "queue.Queue[Command | None]") -> None:
    for line in sys.stdin:
        commands.put(json.loads(line))
    commands.put(None)


if __name__ == "__main__":
    main()
