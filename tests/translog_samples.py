"""Small transparency logs, made by the product, for tests of everything around them."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from probity.publish.translog.append import append, create_log
from probity.publish.translog.key_directory import KeyDirectory
from probity.publish.translog.tiles import Tile, level_sizes, tiles_of_level
from probity.publish.translog.trust_policy import TrustPolicy, trusting

ORIGIN = "police.example/lfr-log"


@dataclass(frozen=True)
class SampleLog:
    """A log with its keys."""

    path: Path
    keys: KeyDirectory
    public_key: str

    @property
    def policy(self) -> TrustPolicy:
        return trusting(self.public_key)

    def append(self, entries: Sequence[bytes]) -> None:
        append(self.path, entries, keys=self.keys)

    def files(self) -> list[Path]:
        return sorted(path for path in self.path.rglob("*") if path.is_file())

    def copy(self, place: Path) -> "SampleLog":
        """The log and its keys, copied."""
        shutil.copytree(self.path, place / "log")
        shutil.copytree(self.keys.path, place / "keys")
        return SampleLog(place / "log", KeyDirectory(place / "keys"), self.public_key)


def entries(first: int, count: int) -> list[bytes]:
    """Entries that are all different, of some different lengths."""
    return [b'{"n":%d,"of":"%s"}' % (n, b"x" * (n % 7)) for n in range(first, first + count)]


def empty_log(directory: Path) -> SampleLog:
    """A new log of no entries."""
    keys = KeyDirectory(directory / "keys")
    key = create_log(directory / "log", origin=ORIGIN, keys=keys)
    return SampleLog(directory / "log", keys, str(key))


def sample_log(directory: Path, *sizes: int) -> SampleLog:
    """A log of ``sum(sizes)`` entries, appended in as many steps as there are sizes."""
    log = empty_log(directory)
    first = 0
    for count in sizes:
        log.append(entries(first, count))
        first += count
    return log


def tiles_of_size(size: int) -> Iterator[Tile]:
    """Every file, but for the checkpoint, that a log of ``size`` entries needs."""
    yield from tiles_of_level(None, size)
    for level, hashes in enumerate(level_sizes(size)):
        yield from tiles_of_level(level, hashes)
