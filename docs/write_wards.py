"""Write the tables of docs/background/wards.md from the measures themselves.

Run: .venv/bin/python docs/write_wards.py (tests/docs checks that it was run)
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from probity.claims.evidence import Evidence
from probity.claims.measures.wards import MEASURES
from probity.records.bundled import load

TARGET = Path(__file__).parent / "background" / "wards.md"
Cell = str | int | float | None


def tables() -> dict[str, str]:
    """Return each table by the name of its place in the page."""
    taken = {m.name: m.take(Evidence(load()), m.params(), 0.95) for m in MEASURES}
    definitions = taken["share_of_offences_in_wards_above_average_black"].series
    return {
        "any": _effects(taken["black_share_effect_on_any_deployment_given_offences"].series),
        "number": _effects(taken["black_share_effect_on_number_given_any_given_offences"].series),
        "offences-any": _effects(taken["offences_effect_on_any_deployment"].series),
        "offences-number": _effects(taken["offences_effect_on_number_given_any"].series),
        "averages": _averages(definitions),
    }


def page(text: str) -> str:
    """Return the page with its tables written anew."""
    for name, table in tables().items():
        text, found = re.subn(
            rf"(<!-- {name} -->\n).*?(<!-- end -->)",
            lambda m, table=table: f"{m[1]}\n{table}\n{m[2]}",
            text,
            flags=re.DOTALL,
        )
        if found != 1:
            raise ValueError(f"{TARGET.name} has {found} places for the table {name!r}")
    return text


def _effects(rows: Iterable[Mapping[str, Cell]]) -> str:
    head = (
        "| specification | effect of | ratio | 95% interval | wards with any | deployments |\n"
        "|---|---|---|---|---|---|\n"
    )
    return head + "".join(
        f"| {row['specification']} | {row['effect_of']} "
        f"| {_interval(row)} | {row['wards_with_deployment']} | {row['deployments']} |\n"
        for row in rows
    )


def _interval(row: Mapping[str, Cell]) -> str:
    if row["value"] is None:
        return f"none | {row['reason']}"
    value, low, high = (_ratio(float(row[name] or 0)) for name in ("value", "low", "high"))
    return f"{value} | {low} to {high}"


def _ratio(value: float) -> str:
    return f"{value:.2f}" if value < _MANY else f"{value:.0f}"


_MANY = 100


def _averages(rows: Iterable[Mapping[str, Cell]]) -> str:
    head = (
        "| above the average of | deployments of | wards | deployments there | share | wards "
        "| residents | offences | violence |\n|---|---|---|---|---|---|---|---|---|\n"
    )
    shares = ("deployments", "wards", "residents", "offences", "violence")
    return head + "".join(
        f"| {row['average_of']} ({_percent(row['average_black_share'])}) "
        f"| {_years(row['deployments_of'])} | {row['wards']} | {row['k']} of {row['n']} | "
        + " | ".join(_percent(row[f"share_of_{name}"]) for name in shares)
        + " |\n"
        for row in rows
    )


def _years(period: Cell) -> str:
    return str(period).replace(" ", ", ") if str(period)[0].isdigit() else str(period)


def _percent(share: Cell) -> str:
    return f"{100 * float(share or 0):.1f}%"


if __name__ == "__main__":
    TARGET.write_text(page(TARGET.read_text(encoding="utf-8")), encoding="utf-8")
