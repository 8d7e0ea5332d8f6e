"""The command tree, and the exit code of every kind of failure."""

import sys

import typer

from probity.cli import check, measure, measure_identification, publish, records
from probity.core.errors import ProbityError

app = typer.Typer(
    name="probity",
    help="Evidence that a facial recognition system does what its operator says.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(name="check")(check.check)
app.add_typer(records.app, name="records")
measure.app.command(name="identification")(measure_identification.identification)
app.add_typer(measure.app, name="measure")
app.add_typer(publish.app, name="publish")


def main() -> None:
    """Run the command line; errors meant for the user are one line on standard error."""
    try:
        app()
    except ProbityError as error:
        sys.stderr.write(f"probity: {error}\n")
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): that is its right, and no failure.
        sys.stderr.close()
        sys.exit(0)
