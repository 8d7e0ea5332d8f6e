"""``datapackage.json``: the bundle as a Frictionless Data Package, tables with their schemas."""

import hashlib
from collections.abc import Mapping
from typing import Any

from probity.core import InputError
from probity.core.canonical_json import JsonError, read_json
from probity.publish.bundle.layout import PACKAGE, TABLES
from probity.publish.bundle.ro_crate import media_type


def described_tables(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The descriptor that the tables came with.

    Raises
    ------
    InputError
        It is missing, or no data package.
    """
    path = f"{TABLES}/{PACKAGE}"
    if path not in files:
        raise InputError("the tables have no descriptor", file=path)
    try:
        descriptor = read_json(files[path])
    except JsonError as error:
        raise InputError(error.problem, file=path, row=error.place) from None
    if not isinstance(descriptor, dict) or not isinstance(descriptor.get("resources"), list):
        raise InputError("not a data package", file=path)
    if not all(isinstance(resource, dict) for resource in descriptor["resources"]):
        raise InputError("not a data package", file=path, column="resources")
    return descriptor


def data_package(
    files: Mapping[str, bytes],
    *,
    title: str,
    description: str,
    published: str | None,
) -> dict[str, Any]:
    """The descriptor: tables as they were described, every other file with its digest.

    Raises
    ------
    InputError
        The tables' own descriptor is missing or no data package.
    """
    tables = described_tables(files)
    schemas = {
        f"{TABLES}/{resource.get('path')}": resource
        for resource in tables["resources"]
        if f"{TABLES}/{resource.get('path')}" in files
    }
    descriptor: dict[str, Any] = {
        "profile": "data-package",
        "name": "probity-bundle",
        "title": title,
        "description": description,
        "licenses": tables.get("licenses", []),
        "resources": [
            schemas.get(path, _file(path)) | _digest(path, content)
            for path, content in sorted(files.items())
        ],
    }
    if published is not None:
        descriptor["created"] = f"{published}T00:00:00Z"
    return descriptor


def _file(path: str) -> dict[str, Any]:
    return {
        "profile": "data-resource",
        "name": path.replace("/", "-").casefold(),
        "title": path,
        "format": path.rpartition(".")[2],
        "mediatype": media_type(path),
    }


def _digest(path: str, content: bytes) -> dict[str, Any]:
    return {
        "path": path,
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
    }
