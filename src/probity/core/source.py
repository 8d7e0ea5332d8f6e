"""Where a figure comes from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A document a figure was read in.

    ``read_via`` names the copy that was read when it is not the publisher's own. ``sha256``
    is the digest of that copy, None where it was not kept. ``page`` and ``row`` count from 1
    and are None for the document as a whole. ``licence`` is as the publisher states it.
    """

    source_id: str
    publisher: str
    title: str
    url: str | None = None
    read_via: str | None = None
    page: int | None = None
    row: int | None = None
    sha256: str | None = None
    retrieved: str | None = None
    licence: str = "not stated"
