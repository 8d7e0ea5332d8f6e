"""Listening, and stopping in good order."""

import ipaddress
import socket
from collections.abc import Callable

import uvicorn

from probity.core import InputError
from probity.web import limits
from probity.web.app import make_app
from probity.web.live.views import Live


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's alone."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_every_address(host: str) -> bool:
    """Whether an address stands for all that this machine has."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 picks one that is free.

    Raises
    ------
    InputError
        The address is none of this machine's, or the port is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(socket.SOMAXCONN)
    except (OSError, OverflowError) as error:
        made.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"cannot listen: {reason}",
            got=f"{host}, port {port}",
            allowed="an address of this machine and a free port; --port 0 picks one",
        ) from None
    return made


def serve(made: socket.socket, *, host: str, ready: Callable[[str], None]) -> None:
    """Answer until interrupted; ``ready`` is told the address once the app answers.

    Raises
    ------
    KeyboardInterrupt
        Once everything was stopped and deleted.
    """
    port = made.getsockname()[1]
    shown = f"[{host}]" if ":" in host else host
    live = Live()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            ready(f"http://{shown}:{port}/")

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # A page that is being watched would keep its connection open until it is cut.
            await live.close()
            await super().shutdown(sockets)

    server = Server(
        uvicorn.Config(
            make_app(host=host, port=port, live=live),
            log_level="warning",
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            http="h11",
            loop="asyncio",
            limit_concurrency=limits.MAX_CONNECTIONS,
            timeout_keep_alive=limits.BODY_WAIT_SECONDS,
            timeout_graceful_shutdown=3,
        )
    )
    server.run(sockets=[made])
