"""Write docs/reference/python.md from the library's own signatures and docstrings.

Run: .venv/bin/python docs/write_python.py (tests/docs checks that it was run)
"""

import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

import probity as pb
from probity.api import bundle, claims, measure
from probity.audit import api as audit
from probity.audit.findings_file import FINDING_COLUMNS
from probity.core.table import Table
from probity.records import api as records
from probity.twin import api as twin

TARGET = Path(__file__).parent / "reference" / "python.md"
HEAD = """# Python

Everything that the commands do can be called from Python. This page is the library's own
signatures and docstrings, written by `docs/write_python.py`; the examples are run by a test.

```python
import probity as pb

record = pb.records.read("grid.pdf")
print(record.summary())
record.deployments().to_pandas()
```

Claims, tested on the bundled record or on one of your own:

```python
findings = pb.check("C1-at-worst-1-in-6000", records=["grid.pdf"])
finding = findings["C1-at-worst-1-in-6000"]
print(finding.verdict, finding.rule)
findings.measures().to_polars()
```

A log, audited against a written policy; `with` deletes what was kept of the log:

```python
with pb.audit.run("log.parquet", policy="met-lfr-2024-09") as found:
    print(found.verdicts())
    found.breaches().to_pandas()
```

A laboratory's scores, a year of synthetic people, and a bundle for others to check:

```python
pb.measure.verification("S.parquet", fmrs=[1e-2]).table()
pb.twin.run("small.toml", seed=3).record()
digest = pb.publish_bundle("evidence", claims=["C11-99-9997-percent"])
assert pb.verify("evidence", digest=digest)
```

- Every table is a `Table`: Arrow inside, `to_pandas()` and `to_polars()` where those are installed,
  and anything that speaks the Arrow PyCapsule interface reads it directly.
- Columns are named with their population and typed; what is not known is null, never 0 or NaN.
- What is offered here stays as it is within a major version. Other modules may change.
- Bad input raises `probity.core.InputError`, with file, row, column, what was got and what is
  allowed; a missing optional library raises `MissingPartError`.
- Nothing is imported before it is asked for: `import probity` costs a few milliseconds.
"""
MEMBERS: tuple[tuple[str, Any], ...] = (
    ("probity.records.read", records.read),
    ("probity.records.summary", records.summary),
    ("probity.records.series", records.series),
    ("probity.records.forces", records.forces),
    ("probity.records.PublishedRecord", records.PublishedRecord),
    ("probity.records.Summary", records.Summary),
    ("probity.check", claims.check),
    ("probity.check → Findings", claims.Findings),
    ("probity.audit.run", audit.run),
    ("probity.audit.bundled_policies", audit.bundled_policies),
    ("probity.audit.Audit", audit.Audit),
    ("probity.measure.verification", measure.verification),
    ("probity.measure.VerificationRates", measure.VerificationRates),
    ("probity.measure.identification", measure.identification),
    ("probity.measure.IdentificationRates", measure.IdentificationRates),
    ("probity.twin.run", twin.run),
    ("probity.twin.bundled_scenarios", twin.bundled_scenarios),
    ("probity.twin.TwinRun", twin.TwinRun),
    ("probity.publish_bundle", bundle.publish_bundle),
    ("probity.verify", bundle.verify),
    ("probity.verify → Verified", bundle.Verified),
    ("probity.Table", Table),
)
TABLES: Mapping[str, Mapping[str, pa.DataType]] = {
    "`PublishedRecord.deployments()`, `probity.records.series()`": records.DEPLOYMENT_COLUMNS,
    "`PublishedRecord.problems()`": records.PROBLEM_COLUMNS,
    "`Findings.table()`": claims.CLAIM_COLUMNS,
    "`Findings.measures()`": claims.MEASURE_COLUMNS,
    "`Audit.rules()`": audit.RULE_COLUMNS,
    "`Audit.breaches()`": FINDING_COLUMNS,
    "`VerificationRates.table()`": measure.FNMR_COLUMNS,
    "`VerificationRates.det()`": measure.DET_COLUMNS,
    "`IdentificationRates.table()`": measure.IDENTIFICATION_COLUMNS,
}


def page() -> str:
    """Return the whole page."""
    parts = [HEAD]
    for name, member in MEMBERS:
        parts.append(f"## {name}\n\n{_described(member, name.rpartition('.')[2])}")
    parts.append("## Columns\n")
    for title, columns in TABLES.items():
        cells = ", ".join(f"`{name}` {kind}" for name, kind in columns.items())
        parts.append(f"**{title}**: {cells}.\n")
    parts.append(f"`probity.__all__` is {', '.join(f'`{name}`' for name in pb.__all__)}.\n")
    return "\n".join(parts)


def _described(member: Any, name: str) -> str:
    if not inspect.isclass(member):
        return _call(member, name)
    methods = [
        _call(value, label) for label, value in _methods(member, name.rsplit(" ", maxsplit=1)[-1])
    ]
    return "\n".join([_text(member), *methods])


def _methods(kind: type, name: str) -> Iterator[tuple[str, Any]]:
    for label, value in vars(kind).items():
        if label.startswith("_") or value.__class__.__name__ == "member_descriptor":
            continue
        plain = value.__func__ if isinstance(value, classmethod) else value
        yield f"{name}.{label}", plain


def _call(member: Any, name: str) -> str:
    shown = name if isinstance(member, property) else f"{name}{_signature(member)}"
    return f"```text\n{shown}\n```\n\n{_text(member)}"


def _signature(member: Any) -> str:
    """One argument to a line where there are many; types without the modules they are from."""
    signature = inspect.signature(member)
    returns = _plain(str(signature).rpartition(" -> ")[2])
    kept = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
    if len(kept) <= 1:
        return f"({', '.join(_plain(str(one)) for one in kept)}) -> {returns}"
    lines, star = [], False
    for parameter in kept:
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY and not star:
            lines.append("    *,")
            star = True
        lines.append(f"    {_plain(str(parameter))},")
    return "(\n" + "\n".join(lines) + f"\n) -> {returns}"


def _plain(annotation: str) -> str:
    modules = r"\b(?:probity|os|pathlib|pyarrow|collections)\.[a-z_.]*(?=[A-Z])"
    annotation = re.sub(modules, "", annotation)
    return annotation.replace("datetime.date", "date").replace("'", '"')


def _text(member: Any) -> str:
    """The first paragraph as it is; sections, whose layout means something, as they stand."""
    first, _, rest = (inspect.getdoc(member) or "").partition("\n\n")
    return first + "\n" if not rest else f"{first}\n\n```text\n{rest}\n```\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
