"""What `check` and `publish report` share: which claims, tested on which records."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from probity.claims.claim import OperatorClaims
    from probity.claims.evidence import Evidence
    from probity.claims.finding import Finding

ClaimsOption = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME|FILE",
        help="Claims of one organisation, one claim by its id, or a claims file (.toml); can "
        "be given several times. Without it: every bundled claim.",
    ),
]
RecordsOption = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="A deployment record of yours (PDF, CSV, XLSX, ODS); its rows replace the bundled "
        "ones of the same force and dates. Can be given several times.",
    ),
]


def tested(
    loaded: "Sequence[OperatorClaims]", files: Sequence[Path], *, step: Callable[[], None]
) -> "tuple[tuple[Finding, ...], Evidence]":
    """As ``api.claims.tested``, which is imported when it is needed."""
    from probity.api.claims import tested as test

    return test(loaded, files, step=step)
