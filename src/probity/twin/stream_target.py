"""Where a stream goes: a new file, a named pipe, standard output, or a socket of this machine."""

import socket
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

from probity.core import InputError

_ALLOWED = "a new file, - for standard output, or tcp://127.0.0.1:PORT"
_CONNECT_S = 10.0


@contextmanager
def opened(target: str) -> Iterator[TextIO]:
    """A text file to write lines to, which is closed at the end but for standard output.

    A file is written as the stream goes on, so that somebody can follow it. A socket is one
    that somebody on this machine listens at.

    Raises
    ------
    InputError
        The file holds something already, the address is not of this machine, or nobody listens.
    BrokenPipeError
        In the block: whoever read went away.
    """
    if target == "-":
        yield sys.stdout
    elif target.startswith("tcp:"):
        with _connected(target) as file:
            yield file
    else:
        with _file(Path(target)) as file:
            yield file


def _file(path: Path) -> TextIO:
    try:
        held = path.stat()
        if stat.S_ISREG(held.st_mode) and held.st_size > 0:
            raise InputError("the file is not empty", file=path, allowed=_ALLOWED)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    except ValueError as error:
        raise InputError(f"cannot be opened: {error}", file=path) from None
    return path.open("w", encoding="utf-8", newline="\n")


@contextmanager
def _connected(target: str) -> Iterator[TextIO]:
    host, port = _loopback(target)
    try:
        connection = socket.create_connection((host, port), timeout=_CONNECT_S)
    except OSError as error:
        raise InputError(
            f"cannot connect: {error.strerror or error}",
            column="--out",
            got=target,
            allowed="an address that somebody listens at",
        ) from None
    connection.settimeout(None)
    try:
        with connection, connection.makefile("w", encoding="utf-8", newline="\n") as file:
            yield file
    except ConnectionResetError as error:
        raise BrokenPipeError from error


def _loopback(target: str) -> tuple[str, int]:
    try:
        parts = urlsplit(target)
        port = parts.port
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        local = ip_address(host).is_loopback
    except ValueError:
        port, host, local = None, "", False
    if not local or not port or parts.scheme != "tcp" or parts.path or parts.query:
        raise InputError(
            "not an address of this machine", column="--out", got=target, allowed=_ALLOWED
        )
    return host, port
