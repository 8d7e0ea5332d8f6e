"""The what-if questions: threshold, length of the list, make-up of the crowd, officers.

    python benchmarks/twin_what_if.py [replicates] [page.html]

The scenario met-year-2025, each value beside the base on the same random numbers: false and true
alerts of a year, people lost, with 95% intervals of the difference, and whether a year of
published records could tell the two apart. CPU seconds of one process.
"""

import sys
import time
from pathlib import Path

from probity.publish.performance_page import write_page
from probity.publish.twin_page import what_if_page
from probity.twin.scenario_file import load_scenario
from probity.twin.what_if import answer, ask_of_values, vary_of

QUESTIONS = {
    "threshold": (("recogniser.threshold=0.56:0.66:0.02",), ()),
    "length of the list": (
        ("watchlist.size=1000,3000,10000,30000,100000",),
        ("watchlist.pool_size=120000",),
    ),
    "make-up of the crowd and of the list": (
        ("groups.Black.crowd_share=0.05,0.135,0.3,0.5", "groups.Black.listed_share=0.1,0.27,0.5"),
        (),
    ),
    "officers": (("adjudication.officers=1,2,3,4,6,8",), ()),
}
SHOWN = (
    "false_alerts_per_year",
    "true_alerts_per_year",
    "false_share_of_alerts",
    "people_lost_for_lack_of_officers_per_year",
    "share_of_false_alerts:Black",
)


def main(replicates: int = 40, page: str = "") -> None:
    base = load_scenario("met-year-2025")
    for name, (varied, changes) in QUESTIONS.items():
        started = time.process_time()
        asked = ask_of_values(base, [vary_of(one) for one in varied], changes=changes)
        found = answer(asked, seed=1, replicates=replicates)
        seconds = time.process_time() - started
        print(f"\n{name}: {asked.sides} scenarios x {replicates} years, {seconds:.1f} CPU-s")
        for question in found.questions:
            for point in question.points:
                print(f"  {question.key} = {point.value:,g}")
                for one in point.measures:
                    if one.measure.name in SHOWN:
                        print(f"    {one.measure.name}: {said(one)}")
        if page:
            out = Path(page)
            write_page(what_if_page(found), out=out.with_stem(f"{out.stem}-{name.split()[0]}"))


def said(one) -> str:
    gap = one.difference
    words = f"{one.first.value:.4g} -> {one.second.value:.4g}, difference {gap.value:.4g} "
    words += f"({gap.low:.3g} to {gap.high:.3g})"
    if one.apart is None:
        return f"{words}; not published"
    verdict = "yes" if one.apart.possible else "no"
    return (
        f"{words}; a year: {verdict}, power {one.apart.power:.2f}, "
        f"dispersion {one.apart.dispersion:.2f}, {one.apart.deployments} deployments needed"
    )


if __name__ == "__main__":
    main(*(int(sys.argv[1]),) if len(sys.argv) > 1 else (), *sys.argv[2:])
