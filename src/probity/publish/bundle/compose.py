"""From inputs to every file of a bundle; the same inputs and software give the same bytes."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from probity.claims.as_json import as_json
from probity.claims.check import check
from probity.claims.claim import OperatorClaims
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding
from probity.claims.load import only, parse, together
from probity.core import InputError
from probity.core.canonical_json import JsonError, canonical
from probity.publish.bundle import layout
from probity.publish.bundle.data_package import data_package, described_tables
from probity.publish.bundle.inputs import Inputs
from probity.publish.bundle.manifest import HOW, Manifest, Parameters, listed, sums
from probity.publish.bundle.readme import readme
from probity.publish.bundle.ro_crate import crate
from probity.publish.bundle.software import software
from probity.publish.report import report
from probity.records.bundled import Bundle, load, using
from probity.records.reader import read_content

TITLE = "Claims about police facial recognition, tested on published records"
Done = Callable[[], None]
"""Called after each claim that was tested and after each drawing, for showing progress."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A bundle in memory: its manifest, the digest of that, and the content of every file."""

    manifest: Manifest
    digest: str
    files: Mapping[str, bytes]


def compose(inputs: Inputs, *, done: Done = lambda: None) -> Composed:
    """Test the claims, draw the report, and describe everything.

    ``done`` is called ``steps(inputs)`` times.

    Raises
    ------
    InputError
        An input cannot be used.
    """
    verdicts, page = computed(inputs, done=done)
    contents = dict(inputs.files) | {layout.VERDICTS: verdicts, layout.REPORT: page}
    description = _description(inputs)
    contents[layout.README] = readme(
        description=description, software=software(), corrects=inputs.corrects
    )
    about = {"title": TITLE, "description": description}
    descriptor = data_package(contents, published=inputs.published, **about)
    contents[layout.PACKAGE] = _canonical(descriptor)
    metadata = crate(
        listed(contents),
        date_published=inputs.published or _collected(inputs),
        licences=[one for one in descriptor["licenses"] if isinstance(one, dict)],
        software=software(),
        corrects=inputs.corrects,
        **about,
    )
    contents[layout.CRATE] = _canonical(metadata)
    return _with_manifest(inputs, contents)


def steps(inputs: Inputs) -> int:
    """How many times ``compose`` says that something is done."""
    return 2 * sum(len(use.ids) for use in inputs.claims) + 1


def computed(inputs: Inputs, *, done: Done = lambda: None) -> tuple[bytes, bytes]:
    """The verdicts as canonical JSON and the report, from the inputs and nothing else.

    Raises
    ------
    InputError
        An input cannot be used.
    """
    tables = {
        path.removeprefix(f"{layout.TABLES}/"): content
        for path, content in inputs.files.items()
        if path.startswith(f"{layout.TABLES}/")
    }
    # The installed tables, where they are the same, have been read and computed on already.
    bundle = load() if dict(load().content) == tables else Bundle(tables)
    with using(bundle):
        findings, evidence = _tested(inputs, bundle, done)
        verdicts = _canonical(as_json(findings))
        page = report(findings, evidence, done=done).encode("utf-8")
    return verdicts, page


def _tested(inputs: Inputs, bundle: Bundle, done: Done) -> tuple[tuple[Finding, ...], Evidence]:
    own = [read_content(inputs.files[r.path], path=Path(r.title)) for r in inputs.records]
    loaded: list[OperatorClaims] = []
    for use in inputs.claims:
        claims = parse(inputs.files[use.path], file=use.path)
        missing = {*use.ids} - {claim.claim_id for claim in claims.claims}
        if missing:
            raise InputError("no such claim", file=use.path, got=min(missing))
        loaded.append(only(claims, use.ids))
    evidence = Evidence(bundle, tuple(own))
    return check(together(loaded), evidence, done=lambda _: done()), evidence


def _description(inputs: Inputs) -> str:
    claims = sum(len(use.ids) for use in inputs.claims)
    text = (
        f"{claims} public {'claim' if claims == 1 else 'claims'} about police facial recognition, "
        "each with a verdict by one rule, the counts and intervals behind it, and the published "
        "figures it rests on."
    )
    if inputs.published is None:
        text += (
            " The publisher states no day of publication; the date given for the whole is the day "
            "on which the figures were collected."
        )
    return text


def _collected(inputs: Inputs) -> str:
    """The day on which the tables were collected, by their descriptor."""
    created = str(described_tables(inputs.files).get("created", ""))[:10]
    try:
        return date.fromisoformat(created).isoformat()
    except ValueError:
        raise InputError(
            "the tables do not say when they were collected",
            file=f"{layout.TABLES}/{layout.PACKAGE}",
            column="created",
            got=created,
            allowed="a day such as 2026-11-26, or a day of publication for the bundle",
        ) from None


def _with_manifest(inputs: Inputs, contents: dict[str, bytes]) -> Composed:
    try:
        manifest = Manifest(
            schema="probity/bundle/1",
            published=inputs.published,
            corrects=inputs.corrects,
            software=software(),
            parameters=Parameters(claims=inputs.claims, records=inputs.records),
            recompute=HOW,
            files=listed(contents),
        )
    except ValidationError as error:
        wrong = error.errors(include_input=False)[0]
        raise InputError(
            f"no bundle can be made of this: {wrong['msg'].removeprefix('Value error, ')}",
            column=".".join(map(str, wrong["loc"])) or None,
        ) from None
    content = manifest.content()
    digest = hashlib.sha256(content).hexdigest()
    contents[layout.MANIFEST] = content
    contents[layout.SUMS] = sums(manifest.files, digest=digest)
    return Composed(manifest, digest, contents)


def _canonical(document: object) -> bytes:
    try:
        return canonical(document)
    except JsonError as error:
        raise InputError(error.problem) from None
