"""State and findings on disk, in one SQLite transaction: after a crash both are as of one moment.

A finding is told by its rule and its event, and stands there once. Its line in the findings file
is written after the transaction; what a crash left unwritten, or half written, is completed from
here at the next start. No code is read back: tables of numbers, JSON and text, checked.
"""

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probity.core import InputError

FILE_NAME = "follow.sqlite"
_VERSION = "probity/follow/1"
_TABLES = (
    "CREATE TABLE state (name TEXT PRIMARY KEY, content BLOB NOT NULL)",
    "CREATE TABLE finding (number INTEGER PRIMARY KEY, rule TEXT NOT NULL, "
    "event INTEGER NOT NULL, line TEXT NOT NULL, end_byte INTEGER, UNIQUE (rule, event))",
    "CREATE INDEX told ON finding (end_byte)",
)
_MOST_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Line:
    """A finding for the file, and whether its rule can be told yet."""

    rule_id: str
    event: int
    text: str
    told: bool


class Checkpoint:
    """State and findings of one run.

    Parameters
    ----------
    folder : Path or None
        Where to keep them; None: in a temporary file, for as long as the run lasts.
    identity : str
        What the state is for. A state of another identity is refused.

    Raises
    ------
    InputError
        The state cannot be read, is damaged, or belongs to another policy or another log.
    """

    def __init__(self, folder: Path | None, *, identity: str) -> None:
        self.path = None if folder is None else folder / FILE_NAME
        self._stamp = f"{_VERSION}\n{identity}".encode()
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            name = "" if self.path is None else str(self.path)
            self._db = sqlite3.connect(name, isolation_level=None, timeout=1.0)
        except (sqlite3.Error, OSError) as error:
            raise self._error("the state cannot be opened", error) from None
        with self._reading():
            self._prepare()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def load(self) -> tuple[Any, dict[str, bytes]] | None:
        """Numbers and tables as last saved; None where nothing was."""
        with self._reading():
            size = self._db.execute("SELECT sum(length(content)) FROM state").fetchone()[0]
            if (size or 0) > _MOST_BYTES:
                raise self._error("the state is too large", f"{size} bytes")
            rows = self._db.execute("SELECT name, content FROM state").fetchall()
            parts = {str(name): bytes(content) for name, content in rows}
        if parts.pop("identity", b"") != self._stamp:
            raise InputError(
                "the state belongs to another policy, log or setting",
                file=self.path,
                allowed="the command that made it, or a new --state",
            )
        if "numbers" not in parts:
            return None
        content = parts.pop("numbers")
        digest = parts.pop("digest", b"")
        if digest != _digest(content, parts):
            raise self._error("the state is damaged", None)
        try:
            numbers = json.loads(content)
        except (ValueError, RecursionError):
            raise self._error("the state is damaged", None) from None
        return numbers, parts

    def save(
        self,
        numbers: Mapping[str, Any],
        parts: Mapping[str, bytes],
        lines: Iterable[Line],
        *,
        observable: Iterable[str] = (),
    ) -> list[str]:
        """Save all of it, or nothing. Returns the lines that can be told from now on.

        Parameters
        ----------
        observable : iterable of str
            Rules whose findings were held back until now and can be told.
        """
        content = json.dumps(numbers, sort_keys=True).encode()
        rows = {
            **parts,
            "identity": self._stamp,
            "numbers": content,
            "digest": _digest(content, parts),
        }
        told: list[str] = []
        try:
            self._db.execute("BEGIN IMMEDIATE")
            end = self._told_bytes()
            for rule in observable:
                held = self._db.execute(
                    "SELECT number, line FROM finding WHERE rule = ? AND end_byte IS NULL "
                    "ORDER BY number",
                    (rule,),
                ).fetchall()
                for number, text in held:
                    end += len(text.encode()) + 1
                    self._db.execute(
                        "UPDATE finding SET end_byte = ? WHERE number = ?", (end, number)
                    )
                    told.append(text)
            for line in lines:
                upto = end + len(line.text.encode()) + 1
                added = self._db.execute(
                    "INSERT OR IGNORE INTO finding (rule, event, line, end_byte) "
                    "VALUES (?, ?, ?, ?)",
                    (line.rule_id, line.event, line.text, upto if line.told else None),
                ).rowcount
                if added and line.told:
                    end = upto
                    told.append(line.text)
            self._db.execute("DELETE FROM state")
            self._db.executemany("INSERT INTO state VALUES (?, ?)", rows.items())
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._error("the state cannot be written", error) from None
        return told

    def told(self, *, after_byte: int = 0) -> Iterator[tuple[int, str]]:
        """Lines for the findings file beyond a place, each with the place where it ends."""
        with self._reading():
            yield from self._db.execute(
                "SELECT end_byte, line FROM finding WHERE end_byte > ? ORDER BY end_byte",
                (after_byte,),
            )

    def counts(self) -> dict[str, tuple[int, int]]:
        """By rule, findings that were told and findings that are held back."""
        with self._reading():
            rows = self._db.execute(
                "SELECT rule, count(end_byte), count(*) - count(end_byte) FROM finding "
                "GROUP BY rule"
            ).fetchall()
        return {rule: (told, held) for rule, told, held in rows}

    def complete_file(self, path: Path) -> None:
        """Bring a findings file to what was told: cut off half a line, add lines that lack.

        Raises
        ------
        InputError
            The file holds something else.
        """
        try:
            with path.open("a+b") as file:
                size = file.seek(0, os.SEEK_END)
                with self._reading():
                    whole = self._db.execute(
                        "SELECT end_byte, line FROM finding WHERE end_byte <= ? "
                        "ORDER BY end_byte DESC LIMIT 1",
                        (size,),
                    ).fetchone()
                start, last = (0, b"") if whole is None else (whole[0], f"{whole[1]}\n".encode())
                file.seek(start - len(last))
                rest = file.read(len(last) + (1 << 20))
                following = next(self.told(after_byte=start), (0, ""))[1].encode()
                if rest[: len(last)] != last or not following.startswith(rest[len(last) :]):
                    raise InputError(
                        "the file holds other findings than the state",
                        file=path,
                        allowed="a new file, or the one that was written with this state",
                    )
                file.truncate(start)
                file.seek(start)
                for _, text in self.told(after_byte=start):
                    file.write(f"{text}\n".encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise InputError(f"cannot write the findings: {error.strerror}", file=path) from None

    def _prepare(self) -> None:
        db = self._db
        db.execute("PRAGMA trusted_schema = OFF")
        db.execute("PRAGMA cell_size_check = ON")
        # One run at a time: another finds the file locked.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        made = {sql for (sql,) in db.execute("SELECT sql FROM sqlite_schema WHERE sql NOT NULL")}
        if not made:
            db.execute("BEGIN IMMEDIATE")
            for statement in _TABLES:
                db.execute(statement)
            db.execute("INSERT INTO state VALUES (?, ?)", ("identity", self._stamp))
            db.execute("COMMIT")
        elif made != set(_TABLES):
            raise self._error("not a state of this program", None)
        elif db.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise self._error("the state is damaged", None)

    def _told_bytes(self) -> int:
        return int(self._db.execute("SELECT max(end_byte) FROM finding").fetchone()[0] or 0)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, TypeError, OverflowError, UnicodeDecodeError) as error:
            raise self._error("the state cannot be read", error) from None

    def _error(self, problem: str, got: object) -> InputError:
        return InputError(problem, file=self.path, got=got)


def _digest(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    digest = hashlib.blake2b(content, digest_size=32)
    for name in sorted(parts):
        digest.update(f"{name}\0{len(parts[name])}\0".encode())
        digest.update(parts[name])
    return digest.digest()
