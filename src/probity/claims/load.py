"""Reading claims files: TOML, strictly validated, refused with one clear message.

A claims file comes from anybody, so everything in it is checked before anything is computed:
size, length of lines, depth, keys, types, that measures and sources exist, and that a test's
statement fits what its measure gives.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from pydantic import ValidationError

from probity.claims.claim import (
    Claim,
    GroupShareTipping,
    InlineSource,
    OperatorClaims,
    with_claimant,
)
from probity.core import InputError, Source
from probity.core.files import read_regular_file
from probity.core.refused import key_of, refused
from probity.core.toml_text import as_json, read_toml

_UNION_TAGS = frozenset({"str", "bool", "int", "float", "group share", "sample size"})
MAX_BYTES = 1 << 20
_KEY = re.compile(r"[A-Za-z0-9_.-]+")


def known_names() -> tuple[str, ...]:
    """Names of the bundled claims files, one per organisation."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _bundled_files()))


def load_claims(selection: Sequence[str] | None = None) -> tuple[OperatorClaims, ...]:
    """Read claims files.

    Parameters
    ----------
    selection : sequence of str, optional
        Bundled names ("metropolitan-police"), claim ids ("C1-at-worst-1-in-6000") and paths of
        claims files (ending in ".toml" or holding a directory). None: every bundled file.

    Returns
    -------
    tuple of OperatorClaims
        In the order asked for; a file of which single claims were asked for holds those only.

    Raises
    ------
    InputError
        A name that is not known (the message lists those that are), a file that cannot be used,
        or two claims with one id.
    """
    if selection is None:
        loaded = [_bundled(name) for name in known_names()]
    else:
        loaded = [_one(item) for item in dict.fromkeys(selection)]
    return together(loaded)


def together(loaded: Sequence[OperatorClaims]) -> tuple[OperatorClaims, ...]:
    """Claims files that can be tested beside one another.

    Raises
    ------
    InputError
        Two claims or two documents have one id.
    """
    _refuse_sources_of_one_id(loaded)
    seen: dict[str, str] = {}
    for claims in loaded:
        for claim in claims.claims:
            if claim.claim_id in seen:
                raise InputError(
                    f"two claims have the id {claim.claim_id}: one of "
                    f"{seen[claim.claim_id]}, one of {claims.claimant.name}"
                )
            seen[claim.claim_id] = claims.claimant.name
    return tuple(loaded)


def parse(content: bytes, *, file: Path | str) -> OperatorClaims:
    """Validate the content of one claims file.

    Raises
    ------
    InputError
        Anything in it that cannot be used, with its key, what was got and what is allowed.
    """
    data = read_toml(content, file=file)
    try:
        text = as_json(with_claimant(data))
        claims = OperatorClaims.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        column = key_of(_without_types(first["loc"]), named=("claims", data))
        raise refused(first, column=column, file=file) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"a value cannot be used: {error}", file=file) from None
    _check_references(claims, file=file)
    return claims


def only(claims: OperatorClaims, ids: Sequence[str]) -> OperatorClaims:
    """The claims of a file that have one of these ids, in the order of the file."""
    chosen = tuple(claim for claim in claims.claims if claim.claim_id in ids)
    return claims.model_copy(update={"claims": chosen})


def inline_sources(loaded: Iterable[OperatorClaims]) -> tuple[Source, ...]:
    """The documents that claims files bring with them."""
    return tuple(_source(one) for claims in loaded for one in claims.sources)


@dataclass(frozen=True, slots=True)
class ClaimsFile:
    """A claims file as it is written, and which claims of it were asked for."""

    name: str
    content: bytes
    ids: tuple[str, ...]


def claims_file(item: str) -> ClaimsFile:
    """The file behind a name, a claim id or a path, as ``load_claims`` takes them.

    Raises
    ------
    InputError
        As ``load_claims``.
    """
    name = _bundled_name(item)
    if name is None:
        path = Path(item)
        content = read_regular_file(path, limit=MAX_BYTES)
        return ClaimsFile(path.name, content, _ids(parse(content, file=path)))
    content = (files("probity.claims") / "claims" / f"{name}.toml").read_bytes()
    return ClaimsFile(f"{name}.toml", content, _ids(_one(item)))


def _ids(claims: OperatorClaims) -> tuple[str, ...]:
    return tuple(claim.claim_id for claim in claims.claims)


def _one(item: str) -> OperatorClaims:
    name = _bundled_name(item)
    if name is None:
        path = Path(item)
        return parse(read_regular_file(path, limit=MAX_BYTES), file=path)
    claims = _bundled(name)
    return claims if item == name else only(claims, [item])


def _bundled_name(item: str) -> str | None:
    """The bundled file that is asked for by its name or by one of its claims; None for a path."""
    if item in known_names():
        return item
    if item.endswith(".toml") or "/" in item:
        return None
    for name in known_names():
        if item in _ids(_bundled(name)):
            return name
    raise InputError(
        "no such claims",
        got=item,
        allowed=f"{', '.join(known_names())}, the id of one of their claims, or a .toml file",
    )


def _bundled_files() -> Iterator[Traversable]:
    directory = files("probity.claims") / "claims"
    return (file for file in directory.iterdir() if file.name.endswith(".toml"))


@cache
def _bundled(name: str) -> OperatorClaims:
    file = files("probity.claims") / "claims" / f"{name}.toml"
    return parse(file.read_bytes(), file=file.name)


def _without_types(location: Sequence[int | str]) -> list[int | str]:
    """A place without the names of types that the model adds to it."""
    return [
        part
        for part in location
        if isinstance(part, int) or (_KEY.fullmatch(part) and part not in _UNION_TAGS)
    ]


def _check_references(claims: OperatorClaims, *, file: Path | str) -> None:
    from probity.claims.measures.registry import params_of
    from probity.records.bundled import load

    bundled = load().sources
    inline = [source.id for source in claims.sources]
    for source_id in inline:
        if source_id in bundled or inline.count(source_id) > 1:
            raise InputError(
                "a source id is used twice", file=file, column="sources", got=source_id
            )
    known = {*bundled, *inline}
    for claim in claims.claims:
        place = f"claims[{claim.claim_id}]"
        for source_id in _source_ids(claim):
            if source_id not in known:
                raise InputError(
                    "no such source",
                    file=file,
                    column=place,
                    got=source_id,
                    allowed="a source_id of sources.csv, or of the file's own [[sources]]",
                )
        for use in claim.uses():
            try:
                params_of(use)
            except ValidationError as error:
                wrong = error.errors()[0]
                key = ".".join(str(part) for part in wrong["loc"])
                got = None if isinstance(wrong["input"], dict | list) else wrong["input"]
                raise InputError(
                    wrong["msg"].removeprefix("Value error, "),
                    file=file,
                    column=f"{place}.{use.measure}.params.{key}",
                    got=got,
                ) from None
            except ValueError as error:
                raise InputError(str(error), file=file, column=place) from None


def _source_ids(claim: Claim) -> Iterator[str]:
    yield from claim.where_said
    yield from claim.background
    if isinstance(claim.tipping, GroupShareTipping):
        yield from (known.source for known in claim.tipping.beside)
    elif claim.tipping is not None:
        yield claim.tipping.source


def _refuse_sources_of_one_id(loaded: Iterable[OperatorClaims]) -> None:
    known: dict[str, InlineSource] = {}
    for claims in loaded:
        for source in claims.sources:
            if known.setdefault(source.id, source) != source:
                raise InputError(
                    f"two documents have the source id {source.id}: {known[source.id].url} and "
                    f"{source.url}"
                )


def _source(inline: InlineSource) -> Source:
    return Source(
        source_id=inline.id,
        publisher=inline.publisher,
        title=inline.title,
        url=inline.url,
        read_via=None if inline.read == "read" else inline.read,
    )
