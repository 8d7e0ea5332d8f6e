"""`probity check`: claims to verdicts."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from probity.cli.json_output import print_json
from probity.cli.tested import ClaimsOption, RecordsOption, tested

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
    claims: ClaimsOption = None,
    records: RecordsOption = None,
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

        print_json(as_json(findings))
    else:
        from probity.claims.claim_review import claim_reviews

        print_json(claim_reviews(findings))
    if fail_on is not None and any(f.verdict.value == fail_on.value for f in findings):
        raise typer.Exit(1)


def _findings(names: list[str] | None, files: list[Path]) -> "tuple[Finding, ...]":
    from probity.claims.load import load_claims
    from probity.cli.progress import slow_work

    loaded = load_claims(names)
    total = len(files) + sum(len(one.claims) for one in loaded)
    with slow_work("testing claims", total=total) as step:
        findings, _ = tested(loaded, files, step=step)
    return findings
