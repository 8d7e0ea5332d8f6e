"""The work of a laboratory's test: scores or templates, to a page of rates and as JSON."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from probity.core import InputError

PAGE, JSON = "result.html", "result.json"
VERIFICATION, IDENTIFICATION = "verification", "identification"


def measure_work(request: Mapping[str, Any], note: Callable[[str], None]) -> Mapping[str, Any]:
    """Measure what ``request["scores"]`` holds; with a manifest, it holds templates.

    Returns
    -------
    Mapping
        Title of the result, and the facts that stand at the top of its page.

    Raises
    ------
    InputError
        The file cannot be used as what it was said to be.
    """
    scores, manifest = Path(request["scores"]), request.get("manifest")
    if request["what"] == IDENTIFICATION:
        found = _identification(scores, manifest, note)
    elif manifest is None:
        found = _verification(scores, note)
    else:
        raise InputError(
            "a manifest goes with templates, and templates with searches", file=str(manifest)
        )
    results = Path(request["results"])
    (results / JSON).write_text(json.dumps(found.told, ensure_ascii=False), "utf-8")
    (results / PAGE).write_text(found.page, "utf-8")
    return {"title": f"Test: {request['what']}", "facts": found.facts}


@dataclass(frozen=True, slots=True)
class _Found:
    """A result as a document, as a page, and in a few facts."""

    told: Mapping[str, Any]
    page: str
    facts: Sequence[tuple[str, str]]


def _verification(scores: Path, note: Callable[[str], None]) -> _Found:
    from probity.performance.scores.opening import open_scores
    from probity.performance.verification import verification
    from probity.performance.verification_json import as_json
    from probity.publish.performance_page import verification_page

    read = 0

    def count(more: int = 1) -> None:
        nonlocal read
        read += more
        note(f"{read:,} comparisons read")

    note("reading comparisons")
    found = verification(open_scores(scores), on_batch=count)
    note("drawing the page")
    facts = [
        ("Comparisons", f"{found.comparisons:,}"),
        ("Of two people", f"{found.nonmated:,}"),
        ("Of one person", f"{found.mated:,}"),
    ]
    return _Found(as_json(found), verification_page(found), facts)


def _identification(scores: Path, manifest: str | None, note: Callable[[str], None]) -> _Found:
    from probity.performance.identification.as_json import as_json
    from probity.performance.identification.measure import identification
    from probity.performance.identification.score_trial import ScoreTrial
    from probity.performance.identification.template_trial import trial_of_templates
    from probity.performance.scores.opening import open_scores
    from probity.performance.templates import read_templates
    from probity.publish.performance_page import identification_page

    note("reading scores" if manifest is None else "reading templates")
    trial = (
        ScoreTrial(open_scores(scores))
        if manifest is None
        else trial_of_templates(read_templates(scores, Path(manifest)), engine="int16")
    )
    note("measuring rates")
    found = identification(trial)
    note("drawing the page")
    facts = [
        ("Searches", f"{found.probes:,}"),
        ("Samples in the gallery", f"{found.gallery_samples:,}"),
        ("Comparisons", f"{found.comparisons:,}"),
    ]
    return _Found(as_json(found), identification_page(found), facts)
