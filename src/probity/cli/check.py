"""`probity check`: claims to verdicts."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from probity.claims.finding import Finding


class Format(StrEnum):
    """How the findings are printed."""

    TABLE = "table"
    JSON = "json"
    CLAIM_REVIEW = "claim-review"


class FailOn(StrEnum):
    """What makes the command fail (exit code 1)."""

    CONTRADICTED = "contradicted"


def check(
    *,
    claims: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Claims of one organisation, one claim by its id, or a claims file (.toml); can "
            "be given several times. Without it: every bundled claim.",
        ),
    ] = None,
    records: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="A deployment record of yours (PDF, CSV, XLSX, ODS); its rows replace the bundled "
            "ones of the same force and dates. Can be given several times.",
        ),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="A table to read, JSON, or schema.org ClaimReview.")
    ] = Format.TABLE,
    fail_on: Annotated[
        FailOn | None, typer.Option(help="Exit with 1 if any claim is contradicted.")
    ] = None,
) -> None:
    """Test published claims against published records.

    Each claim gets one of four verdicts by one rule: supported, contradicted, undecided,
    untestable. The measure, its counts and its interval are shown with it; claims asked for by
    --claims are shown in full.
    """
    findings = _findings(claims, records or [])
    if output is Format.TABLE:
        from probity.cli.check_table import print_findings

        print_findings(findings, in_full=bool(claims))
    elif output is Format.JSON:
        from probity.claims.as_json import as_json

        _print_json(as_json(findings))
    else:
        from probity.claims.claim_review import claim_reviews

        _print_json(claim_reviews(findings))
    if fail_on is not None and any(f.verdict.value == fail_on.value for f in findings):
        raise typer.Exit(1)


def _findings(names: list[str] | None, files: list[Path]) -> "tuple[Finding, ...]":
    from probity.claims.check import check as check_claims
    from probity.claims.evidence import Evidence
    from probity.claims.load import load_claims
    from probity.cli.progress import slow_work
    from probity.records.bundled import load
    from probity.records.reader import read

    loaded = load_claims(names)
    total = len(files) + sum(len(one.claims) for one in loaded)
    with slow_work("testing claims", total=total) as step:
        own = []
        for path in files:
            own.append(read(path))
            step()
        return check_claims(loaded, Evidence(load(), tuple(own)), done=lambda _: step())


def _print_json(document: dict[str, Any]) -> None:
    import json

    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    sys.stdout.write(text + "\n")
