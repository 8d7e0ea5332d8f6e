"""Rules and figures that the pages quote: from the bundled policies and the scenarios."""

from probity.audit.duration import microseconds
from probity.audit.policy_file import load_policy
from probity.publish.how_it_works.life import Basis, Limit
from probity.twin.scenario import Published, Scenario


def limit(policy: str, rule_id: str, *, from_us: int | None = None) -> Limit:
    """The rule, and when it has a thing gone if it counts from a moment of the life.

    Parameters
    ----------
    policy : str
        Name of a bundled policy.
    from_us : int, optional
        The moment that its time counts from; without it, no limit is drawn.
    """
    read = load_policy(policy)
    rule = next(one for one in read.rules if one.rule_id == rule_id)
    within = rule.parameters.get("within")
    return Limit(
        rule=rule,
        policy=read.title,
        by_us=None if within is None or from_us is None else from_us + _us(within),
        own_number=rule.status == "DERIVED",
    )


def basis(scenario: Scenario, parameter: str) -> tuple[Basis, str]:
    """Whether a value of a scenario is published, and the source or the reason.

    A source that the scenario takes a limit from, and nothing else, leaves the rest assumed; the
    scenario then says so in words.
    """
    stated = scenario.provenance_of(parameter)
    if isinstance(stated, Published):
        source = next(one for one in scenario.sources if one.id == stated.source)
        how = f": {stated.how}" if stated.how else ""
        partly = "assumed" in (stated.how or "")
        return "partly assumed" if partly else "published", f"{source.publisher}{how}"
    return "assumed", "" if stated is None else stated.assumed


def _us(duration: str) -> int:
    number, unit = duration.split()
    return microseconds(number, unit)
