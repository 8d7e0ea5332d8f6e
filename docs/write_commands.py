"""Write docs/reference/commands.md from the commands' own help.

Run: .venv/bin/python docs/write_commands.py (tests/docs checks that it was run)
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner

from probity.cli.app import app

TARGET = Path(__file__).parent / "reference" / "commands.md"
HEAD = """# Commands

This page is the commands' own help, written by `docs/write_commands.py`.

Exit codes: 0 done, whatever the verdicts; 1 a contradiction, when `--fail-on` asks for it, or
output that cannot be written; 2 wrong usage; 3 bad input; 4 an optional part is missing; 5
published evidence is not as it was published, or cannot be computed again; 130 stopped by Ctrl-C.
What is printed is UTF-8, whatever the locale.
"""


def command_paths(command: Any = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command, groups before their members."""
    command = command or typer.main.get_command(app)
    yield path
    for name, child in sorted(getattr(command, "commands", {}).items()):
        yield from command_paths(child, (*path, name))


def page() -> str:
    """Return the whole page."""
    runner = CliRunner()
    parts = [HEAD]
    for path in command_paths():
        help_text = runner.invoke(app, [*path, "--help"], prog_name="probity", color=False).output
        lines = "\n".join(line.rstrip() for line in help_text.strip().splitlines())
        parts.append(f"## probity {' '.join(path)}".rstrip() + f"\n\n```text\n{lines}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    TARGET.write_text(page())
