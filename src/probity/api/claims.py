"""Claims to verdicts from Python: ``probity.check``."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, overload

import pyarrow as pa

from probity.claims import as_json
from probity.claims.check import check as check_claims
from probity.claims.check import count_verdicts
from probity.claims.claim import OperatorClaims
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding
from probity.claims.load import load_claims
from probity.core import InputError
from probity.core.table import NUMBER, TEXT, WHOLE, Table
from probity.publish.report import write_report
from probity.records.bundled import load
from probity.records.reader import read

MEASURE_COLUMNS: dict[str, pa.DataType] = {
    "claim": TEXT, "verdict": TEXT, "claimant": TEXT, "title": TEXT, "part": TEXT,
    "measure": TEXT, "population": TEXT, "k": WHOLE, "n": NUMBER, "value": NUMBER, "low": NUMBER,
    "high": NUMBER, "level": NUMBER, "method": TEXT, "unit": TEXT, "reason": TEXT,
}  # fmt: skip
CLAIM_COLUMNS: dict[str, pa.DataType] = {
    "claim": TEXT, "verdict": TEXT, "title": TEXT, "words": TEXT, "claimant": TEXT, "role": TEXT,
    "theme": TEXT, "status": TEXT, "said_on": TEXT, "reading": TEXT, "rule": TEXT, "needed": TEXT,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Findings(Sequence[Finding]):
    """Claims with their verdicts, in the order of testing; also by claim id."""

    findings: tuple[Finding, ...]
    evidence: Evidence

    @overload
    def __getitem__(self, which: int | str) -> Finding: ...
    @overload
    def __getitem__(self, which: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, which: int | str | slice) -> Finding | tuple[Finding, ...]:
        """A finding by its place, or by the id of its claim."""
        if not isinstance(which, str):
            return self.findings[which]
        for finding in self.findings:
            if finding.claim.claim_id == which:
                return finding
        raise KeyError(which)

    def __len__(self) -> int:
        """How many claims were tested."""
        return len(self.findings)

    def __iter__(self) -> Iterator[Finding]:
        """The findings in order."""
        return iter(self.findings)

    def verdicts(self) -> dict[str, int]:
        """How many claims got each verdict."""
        return {verdict.value: n for verdict, n in count_verdicts(self.findings).items()}

    def table(self) -> Table:
        """A row for each claim, with its verdict and the rule that led to it."""
        rows = (
            one
            | {
                "claim": one["id"],
                "needed": one["needed"]["statement"] if one["needed"] else None,
            }
            for one in self.as_json()["claims"]
        )
        return Table.of(rows, columns=CLAIM_COLUMNS)

    def measures(self) -> Table:
        """A row for each measure: the versions that decide, and companions for context."""
        rows = (
            {**measure, **{name: claim[name] for name in ("verdict", "claimant", "title")}}
            | {"claim": claim["id"], "measure": measure["name"]}
            for claim in self.as_json()["claims"]
            for measure in claim["measures"]
        )
        return Table.of(rows, columns=MEASURE_COLUMNS)

    def as_json(self) -> dict[str, Any]:
        """The document that ``probity check --format json`` prints."""
        return as_json.as_json(self.findings)

    def write_report(self, out: str | PathLike[str]) -> None:
        """Write what ``probity publish report`` writes.

        Raises
        ------
        OSError
            ``out`` cannot be written.
        """
        write_report(self.findings, self.evidence, out=Path(out))


def check(*claims: str | PathLike[str], records: Sequence[str | PathLike[str]] = ()) -> Findings:
    """Test claims on published records.

    Parameters
    ----------
    claims : str or path
        Names of bundled claims files, ids of single claims, and ``.toml`` files; every bundled
        claim by default.
    records : sequence of str or path
        Deployment records whose rows replace the bundled ones of the same force and dates.

    Raises
    ------
    InputError
        No such claim, or a file that cannot be used.
    """
    if isinstance(records, str | PathLike):
        raise InputError("records is a list of files", got=records, allowed='records=["grid.pdf"]')
    loaded = load_claims([str(one) for one in claims] or None)
    findings, evidence = tested(loaded, [Path(file) for file in records], step=lambda: None)
    return Findings(findings, evidence)


def tested(
    loaded: Sequence[OperatorClaims],
    files: Sequence[Path],
    *,
    step: Callable[[], None],
) -> tuple[tuple[Finding, ...], Evidence]:
    """Read records and test claims on them; ``step`` is called for each file and each claim.

    Raises
    ------
    InputError
        A record cannot be used, or a claim refers to what does not exist.
    """
    own = []
    for file in files:
        own.append(read(file))
        step()
    evidence = Evidence(load(), tuple(own))
    return check_claims(loaded, evidence, done=lambda _: step()), evidence
