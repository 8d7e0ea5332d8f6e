"""Reading scenario files: TOML, strictly validated, refused with one clear message."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError

from probity.core import InputError
from probity.core.files import read_regular_file
from probity.core.refused import key_of, refused
from probity.core.toml_text import as_json, read_toml
from probity.twin.scenario import LiveScenario, Scenario, SearchScenario

MAX_BYTES = 1 << 20
_SCENARIO: TypeAdapter[Scenario] = TypeAdapter(
    Annotated[LiveScenario | SearchScenario, Field(discriminator="mode")]
)
_TAGS = frozenset({"live", "operator-initiated", "retrospective", "Published", "Assumed"})


def known_scenarios() -> tuple[str, ...]:
    """Names of the bundled scenarios."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _bundled_files()))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Read a bundled scenario by its name, or a file ending in ".toml".

    Raises
    ------
    InputError
        A name that is not known (the message lists those that are), or a file that cannot be
        used.
    """
    item = str(name_or_path)
    if item in known_scenarios():
        return _bundled(item)
    if not isinstance(name_or_path, Path) and not item.endswith(".toml") and "/" not in item:
        raise InputError(
            "no such scenario",
            got=item,
            allowed=f"{', '.join(known_scenarios())}, or a .toml file",
        )
    path = Path(item)
    return parse_scenario(read_regular_file(path, limit=MAX_BYTES), file=path)


def parse_scenario(content: bytes, *, file: Path | str) -> Scenario:
    """Validate the content of one scenario file.

    Raises
    ------
    InputError
        Anything in it that cannot be used, with its key, what was got and what is allowed.
    """
    return validate_scenario(read_toml(content, file=file), file=file)


def validate_scenario(data: Mapping[str, Any], *, file: Path | str) -> Scenario:
    """Validate tables as a scenario file has them; ``file`` is named in the message.

    Raises
    ------
    InputError
        As ``parse_scenario``.
    """
    try:
        text = as_json(data)
        return _SCENARIO.validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise refused(first, column=key_of(first["loc"], skipped=_TAGS), file=file) from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InputError(f"a value cannot be used: {error}", file=file) from None


def scenario_digest(scenario: Scenario) -> str:
    """SHA-256 of all that a run depends on: not of titles, sources and provenance."""
    told = scenario.model_dump(mode="json", exclude={"title", "sources", "provenance"})
    text = json.dumps(told, sort_keys=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def scenario_schema() -> dict[str, Any]:
    """JSON Schema of a scenario file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Scenario of the twin",
        **_SCENARIO.json_schema(by_alias=True),
    }


def _bundled_files() -> Iterator[Traversable]:
    directory = files("probity.twin") / "scenarios"
    return (file for file in directory.iterdir() if file.name.endswith(".toml"))


@cache
def _bundled(name: str) -> Scenario:
    file = files("probity.twin") / "scenarios" / f"{name}.toml"
    return parse_scenario(file.read_bytes(), file=file.name)
