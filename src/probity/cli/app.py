"""The command tree, and the exit code of every kind of failure."""

import io
import os
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from probity.cli import (
    audit,
    check,
    measure,
    measure_identification,
    publish,
    publish_bundle,
    publish_log,
    records,
    serve,
    twin,
    twin_calibrate,
    twin_compare,
    twin_stream,
    verify,
    witness,
)


class _Commands(TyperGroup):
    """Commands whose output may be cut short by its reader."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command and send off what it printed."""
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            # The reader of our output went away (`| head`): that is its right, and no failure.
            _discard_unwritten_output()
            raise typer.Exit(0) from None


app = typer.Typer(
    name="probity",
    cls=_Commands,
    help="Evidence that a facial recognition system does what its operator says.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command(name="check")(check.check)
app.command(name="audit")(audit.audit)
app.add_typer(records.app, name="records")
measure.app.command(name="identification")(measure_identification.identification)
app.add_typer(measure.app, name="measure")
twin.app.command(name="calibrate")(twin_calibrate.calibrate)
twin.app.command(name="validate")(twin_calibrate.validate)
twin.app.command(name="compare")(twin_compare.compare)
twin.app.command(name="stream")(twin_stream.stream)
app.add_typer(twin.app, name="twin")
publish.app.command(name="bundle")(publish_bundle.bundle)
publish.app.add_typer(publish_log.app, name="log")
app.add_typer(publish.app, name="publish")
app.command(name="serve")(serve.serve)
app.command(name="verify")(verify.verify)
app.add_typer(witness.app, name="witness")


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"probity {version('probity')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Options of the program itself; the help text stays that of ``app``."""


def main() -> None:
    """Run the command line; errors meant for the user are one line on standard error.

    The exit codes are listed in docs/reference/commands.md.
    """
    try:
        _open_output()
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        # Such as a full disk; what could not be written would fail once more on the way out.
        _discard_unwritten_output()
        sys.stderr.write(f"probity: {error}\n")
        sys.exit(1)
    except Exception as error:
        # Imported here, so that `--help` does not pay for the values that errors stand among.
        from probity.core.errors import ProbityError

        if not isinstance(error, ProbityError):
            raise
        sys.stderr.write(f"probity: {error}\n")
        sys.exit(error.exit_code)


def _open_output() -> None:
    """Write UTF-8 whatever the locale: JSON has to be, and every record holds a dash or a name."""
    if sys.stdout is None:
        from probity.core.errors import ProbityError

        raise ProbityError("standard output is closed")
    if isinstance(sys.stdout, io.TextIOWrapper):
        # File names need not be text; their stray bytes are shown as escapes.
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _discard_unwritten_output() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
