"""CPU time of `probity --help` against importing its own command-line library.

Run: make bench, or .venv/bin/python benchmarks/start_up.py [rounds]

A and B alternate in one run; medians of user + system CPU seconds of the child process.
"""

import os
import statistics
import subprocess
import sys
from pathlib import Path

LIMIT = 1.5
PROBITY = str(Path(sys.executable).with_name("probity"))
COMMANDS = {
    "import typer": [sys.executable, "-c", "import typer"],
    "probity --help": [PROBITY, "--help"],
    "probity records --help": [PROBITY, "records", "--help"],
}


def cpu_seconds(command: list[str]) -> float:
    """User + system CPU seconds of one child process."""
    before = os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return (after.children_user - before.children_user) + (
        after.children_system - before.children_system
    )


def main() -> None:
    """Print the table and exit with 1 when `probity --help` is over the limit."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 21
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            seconds[name].append(cpu_seconds(command))
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    base = medians["import typer"]
    print(f"{'command':<24}{'CPU s (median of ' + str(rounds) + ')':>26}{'ratio':>8}")
    for name, median in medians.items():
        print(f"{name:<24}{median:>26.3f}{median / base:>8.2f}")
    sys.exit(medians["probity --help"] > LIMIT * base)


if __name__ == "__main__":
    main()
