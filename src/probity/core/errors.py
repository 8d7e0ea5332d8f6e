"""Errors that a user sees as one clear message, without a traceback.

The command line turns each kind into its exit code; the library never exits by itself.
"""

from pathlib import Path


class ProbityError(Exception):
    """Base of the errors shown to the user as they are."""

    exit_code = 1


class InputError(ProbityError):
    """Input that cannot be used: what was got, what is allowed, and where.

    Parameters
    ----------
    problem : str
        What is wrong, in one sentence without a full stop.
    file : Path or str, optional
        The file it was found in.
    row, column : int or str, optional
        Where in the file: a row number counting from 1, a column by its heading.
    got : object, optional
        The offending text; shown shortened to 80 characters and with control characters escaped.
    allowed : str, optional
        What would have been accepted.
    """

    exit_code = 3

    def __init__(
        self,
        problem: str,
        *,
        file: Path | str | None = None,
        row: int | str | None = None,
        column: int | str | None = None,
        got: object = None,
        allowed: str | None = None,
    ) -> None:
        self.problem = problem
        self.file = file
        self.row = row
        self.column = column
        self.got = got
        self.allowed = allowed
        super().__init__(self._message())

    def _message(self) -> str:
        place = [printable(str(self.file), limit=4_096)] if self.file is not None else []
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column {printable(str(self.column))}")
        parts = [f"{', '.join(place)}: {self.problem}" if place else self.problem]
        if self.got is not None:
            parts.append(f"got '{printable(str(self.got))}'")
        if self.allowed is not None:
            parts.append(f"allowed: {self.allowed}")
        return "; ".join(parts)


class MissingPartError(ProbityError):
    """An optional part that this command needs is not installed."""

    exit_code = 4


class VerificationError(ProbityError):
    """Published evidence that is not what its hashes and signatures say it is.

    Parameters
    ----------
    file : Path or str
        The file that fails, named from the directory that is verified.
    place : str, optional
        Where in the file: a byte, a tile hash, an entry index, a line. None means all of it.
    expected : str
        What would have verified: a hash, a size, "no such file".
    got : str
        What is there instead; shown shortened and with control characters escaped.
    """

    exit_code = 5

    def __init__(
        self, *, file: Path | str, place: str | None = None, expected: str, got: str
    ) -> None:
        self.file = file
        self.place = place
        self.expected = expected
        self.got = got
        where = printable(str(file), limit=4_096)
        if place is not None:
            where += f", {printable(place)}"
        wanted = printable(expected, limit=1_000)
        super().__init__(f"{where}: expected {wanted}, got {printable(got, limit=200)}")


def printable(text: str, *, limit: int = 80) -> str:
    """Text fit for a terminal: no control characters, at most ``limit`` characters."""
    safe = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text[: limit + 1])
    return safe if len(text) <= limit else safe[: limit - 1] + "…"
