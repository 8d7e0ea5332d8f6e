"""A test plan as a JSON document, schema ``probity/plan/1``."""

from dataclasses import asdict
from typing import Any

from probity.performance.plan import Plan, Repeats

SCHEMA = "probity/plan/1"


def as_json(plans: tuple[Plan, ...], *, shows: str, repeats: Repeats) -> dict[str, Any]:
    """The document: what the test would show, what was assumed, and what each group needs."""
    return {
        "schema": SCHEMA,
        "shows": shows,
        "passes_per_subject": repeats.passes,
        "correlation_of_passes": repeats.correlation,
        "design_effect": repeats.design_effect,
        "groups": {plan.group: asdict(plan) for plan in plans},
    }
