"""``ro-crate-metadata.json``: the bundle as an RO-Crate 1.3, for archives and their catalogues."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from probity.publish.bundle.layout import CRATE, DERIVED, MANIFEST, REPORT, SUMS
from probity.publish.bundle.manifest import Correction, File, Software

SPECIFICATION = "https://w3id.org/ro/crate/1.3"
_MEDIA_TYPES = {
    "csv": "text/csv",
    "html": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "pdf": "application/pdf",
    "toml": "application/toml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SOFTWARE = "#probity"


def media_type(path: str) -> str:
    """The media type of a file by its ending."""
    return _MEDIA_TYPES.get(path.rpartition(".")[2], "application/octet-stream")


def crate(
    files: Sequence[File],
    *,
    title: str,
    description: str,
    date_published: str,
    licences: Sequence[Mapping[str, str]],
    software: Software,
    corrects: Correction | None,
) -> dict[str, Any]:
    """The metadata document: flat JSON-LD, one entity for each file and everything referred to.

    Parameters
    ----------
    files : sequence of File
        Every file but the metadata document itself, the manifest and its sums, which come later.
    date_published : str
        ISO 8601 day.
    licences : sequence of mapping
        ``title`` and, where there is one, ``path`` (an address), as a data package writes them.
    """
    licence_entities = _licences(licences)
    digests = {file.path: file for file in files}
    parts = sorted({*digests, MANIFEST, SUMS})
    root: dict[str, Any] = {
        "@id": "./",
        "@type": "Dataset",
        "name": title,
        "description": description,
        "datePublished": date_published,
        "license": _references(entity["@id"] for entity in licence_entities),
        "hasPart": _references(parts),
        "mainEntity": {"@id": REPORT},
    }
    graph = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": SPECIFICATION},
        },
        root,
        *(_file(path, digests.get(path)) for path in parts),
        *licence_entities,
        {
            "@id": _SOFTWARE,
            "@type": "SoftwareApplication",
            "name": "Probity",
            "softwareVersion": software.version,
            "softwareRequirements": [f"{n} {v}" for n, v in sorted(software.libraries.items())],
        },
        {
            "@id": "#computation",
            "@type": "CreateAction",
            "name": "The claims tested on the records, and the report drawn",
            "instrument": {"@id": _SOFTWARE},
            "object": _references(path for path in parts if "/" in path),
            "result": _references(path for path in parts if path in DERIVED),
        },
    ]
    if corrects is not None:
        graph += _correction(corrects)
    return {"@context": f"{SPECIFICATION}/context", "@graph": graph}


def _file(path: str, file: File | None) -> dict[str, Any]:
    entity: dict[str, Any] = {"@id": path, "@type": "File", "name": path}
    if path == SUMS:
        return {**entity, "encodingFormat": "text/plain"}
    entity["encodingFormat"] = media_type(path)
    if file is not None:
        entity |= {"contentSize": str(file.bytes), "sha256": file.sha256}
    return entity


def _licences(licences: Sequence[Mapping[str, str]]) -> list[dict[str, Any]]:
    entities = {}
    for number, licence in enumerate(licences, start=1):
        identity = licence.get("path") or f"#licence-{number}"
        title = licence.get("title") or identity
        entities[identity] = {
            "@id": identity,
            "@type": "CreativeWork",
            "name": licence.get("name") or title,
            "description": title,
        }
    return list(entities.values())


def _correction(corrects: Correction) -> list[dict[str, Any]]:
    corrected = f"#bundle-{corrects.bundle}"
    return [
        {
            "@id": "#correction",
            "@type": "ReplaceAction",
            "name": "Correction of an earlier bundle",
            "description": corrects.reason,
            "object": {"@id": "./"},
            "replacee": {"@id": corrected},
        },
        {
            "@id": corrected,
            "@type": "CreativeWork",
            "name": f"The bundle whose manifest has the SHA-256 digest {corrects.bundle}",
            "sha256": corrects.bundle,
        },
    ]


def _references(identities: Iterable[str]) -> list[dict[str, str]]:
    return [{"@id": identity} for identity in identities]
