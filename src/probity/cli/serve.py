"""`probity serve`: the evidence and the views that compute, in a browser on this machine."""

from typing import Annotated

import typer

PORT = 8765
LOOPBACK = "127.0.0.1"


def serve(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = PORT,
    host: Annotated[
        str, typer.Option(help="Another address than this machine's own lets others in.")
    ] = LOOPBACK,
    others: Annotated[
        bool,
        typer.Option("--let-others-in", help="Allow a --host that other machines can reach."),
    ] = False,
    open_: Annotated[bool, typer.Option("--open", help="Open a browser.")] = False,
) -> None:
    """Serve the evidence site with live views: twin, audit and test.

    Files that you drop in stay on this machine. Ctrl-C stops it.
    """
    from probity.core import InputError
    from probity.web.server import is_every_address, is_loopback, listening
    from probity.web.server import serve as run

    if is_every_address(host):
        raise InputError(
            "every address of this machine at once",
            column="--host",
            got=host,
            allowed="one address, which the browser then names",
        )
    if not is_loopback(host):
        if not others:
            raise InputError(
                "other machines could reach this address",
                column="--host",
                got=host,
                allowed="127.0.0.1, localhost or ::1; any other with --let-others-in",
            )
        typer.echo(
            f"Warning: whoever can reach {host} can use this app. It asks for no password, and "
            "nothing is encrypted on the way.",
            err=True,
        )

    def ready(address: str) -> None:
        typer.echo(f"Probity is at {address} (Ctrl-C stops it)")
        if open_:
            import webbrowser

            webbrowser.open(address)

    with listening(host, port) as made:
        run(made, host=host, ready=ready)
