"""`probity twin stream`: events as they happen, to a file, a pipe or a socket."""

from typing import Annotated

import typer

from probity.cli.twin import live_scenario

FASTEST = "max"


def stream(
    *,
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A bundled scenario, or a .toml file.")
    ],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 0,
    speed: Annotated[
        str,
        typer.Option(
            metavar="N|max",
            help="Seconds of the scenario in one second, from the start of the first "
            "deployment; max: without waiting.",
        ),
    ] = FASTEST,
    out: Annotated[
        str,
        typer.Option(
            metavar="FILE|-|tcp://127.0.0.1:PORT",
            help="A new file, standard output, or a socket of this machine to connect to.",
        ),
    ] = "-",
) -> None:
    """Send the event log of a scenario in the order of time, at real or faster pace.

    JSON Lines: the first line is the log's header; each further line is an event.
    """
    from probity.twin.replicates import Run, history_of
    from probity.twin.stream import paced, stream_events, stream_header
    from probity.twin.stream_target import opened

    pace = _speed(speed)
    chosen = live_scenario(scenario)
    with opened(out) as file:
        history = history_of(Run(scenario=chosen, seed=seed), 0)
        file.write(stream_header(history))
        file.flush()
        lines = paced(
            stream_events(history), speed=pace, from_us=int(history.calendar.start_us.min())
        )
        for some in lines:
            file.writelines(some)
            file.flush()


def _speed(text: str) -> float | None:
    from math import isfinite

    from probity.core import InputError

    if text == FASTEST:
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not (isfinite(speed) and speed > 0):
        raise InputError(
            "not a speed", column="--speed", got=text, allowed=f"a number above 0, or {FASTEST}"
        )
    return speed
