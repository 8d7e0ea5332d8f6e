"""What-if answers for tests of the page: small, and one with a name that is markup."""

from probity.twin.what_if import WhatIf, answer, ask_of_two, ask_of_values, vary_of
from small_twin import small_scenario

HOSTILE = "<img src=x onerror=alert(1)>"


def varied() -> WhatIf:
    """Three questions, one of them about a group."""
    base = small_scenario()
    group = base.groups[1].name
    asked = ask_of_values(
        base,
        [
            vary_of("recogniser.threshold=0.54,0.56,0.6,0.64"),
            vary_of("watchlist.size=10,100,600"),
            vary_of(f'groups."{group}".crowd_share=0.05,0.5'),
        ],
    )
    return answer(asked, seed=1, replicates=5)


def two_compared() -> WhatIf:
    """Two scenarios, with a place and a title that are markup."""
    base = small_scenario(f"title='{HOSTILE}'", f"force='{HOSTILE}'")
    asked = ask_of_two(base, base, changes=["recogniser.threshold=0.6"])
    return answer(asked, seed=1, replicates=5)
