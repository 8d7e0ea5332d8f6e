"""The evidence site: every page and every file of it, in one fixed order."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from probity.claims.evidence import Evidence
from probity.claims.finding import Finding
from probity.core.files import replacing_directory
from probity.publish.how_it_works.pages import how_it_works
from probity.publish.provenance import software_version
from probity.publish.site.about import about_pages
from probity.publish.site.claims import claims
from probity.publish.site.corrections import corrections_page
from probity.publish.site.deployments import deployments
from probity.publish.site.logged_corrections import LoggedCorrections
from probity.publish.site.page import SitePart, render
from probity.publish.site.shown_rows import shown_rows
from probity.publish.site.style_and_scripts import style_and_scripts
from probity.publish.what_if.page import what_if

SCHEMA = "probity/site/1"
MANIFEST = "site.json"
"""Lists every other file of a site with its digest, and so marks a directory as one."""

Done = Callable[[], None]
"""Called after each page that is drawn, for showing progress."""


def site_files(
    findings: Sequence[Finding],
    evidence: Evidence,
    *,
    app: bool = False,
    logged: LoggedCorrections | None = None,
    done: Done | None = None,
) -> Mapping[str, bytes]:
    """Every file of the site by its path below the root, in a fixed order.

    The same findings and evidence give the same bytes.

    Parameters
    ----------
    findings : sequence of Finding
        As ``claims.check.check`` gives them.
    evidence : Evidence
        What they were tested on.
    app : bool
        For the local app: its navigation leads to the live views, whose pages it adds itself.
    logged : LoggedCorrections, optional
        Corrections in a transparency log, for the page of corrections.
    done : callable, optional
        Called ``len(findings)`` times, for showing progress.
    """
    rows = shown_rows(evidence)
    titles = {finding.claim.claim_id: finding.claim.title for finding in findings}
    by_id = {row.deployment.record_id: row for row in rows}
    parts = (
        claims(findings, done=done),
        deployments(rows, evidence),
        how_it_works(),
        what_if(app=app),
        SitePart(
            pages=(
                *about_pages(evidence, app=app),
                corrections_page(evidence, by_id, titles, logged=logged),
            )
        ),
        SitePart(pages=(), files=style_and_scripts()),
    )
    files: dict[str, bytes] = {}
    for part in parts:
        files.update({page.path: render(page, app=app) for page in part.pages})
        files.update(part.files)
    files = dict(sorted(files.items()))
    return {**files, MANIFEST: _manifest(files)}


def write_site(
    findings: Sequence[Finding],
    evidence: Evidence,
    *,
    out: Path,
    logged: LoggedCorrections | None = None,
    done: Done | None = None,
) -> int:
    """Write the static site to the directory ``out``, whole or not at all.

    Parameters are those of ``site_files``. A directory that exists is replaced if it is empty or
    holds a site.

    Returns
    -------
    int
        The number of files.

    Raises
    ------
    InputError
        ``out`` holds something else.
    OSError
        It cannot be written; it is then as it was.
    """
    files = site_files(findings, evidence, logged=logged, done=done)
    with replacing_directory(out, marker=MANIFEST) as directory:
        for path, content in files.items():
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    return len(files)


def _manifest(files: Mapping[str, bytes]) -> bytes:
    listed = {
        "schema": SCHEMA,
        "version": software_version(),
        "files": [
            {"path": path, "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for path, content in files.items()
        ],
    }
    return (json.dumps(listed, indent=1) + "\n").encode("utf-8")
