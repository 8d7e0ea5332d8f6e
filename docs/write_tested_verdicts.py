"""Write docs/background/tested-verdicts.md: how often a verdict on a claim of known truth is wrong.

Run: .venv/bin/python docs/write_tested_verdicts.py, which takes some minutes (a test of
`make verify` checks that it was run).
"""

import sys
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from probity.claims.finding import Verdict
from probity.core import Count, Rate
from probity.stats.interval import clopper_pearson
from simulated_worlds import BEYOND, MOST_CLUSTERED, WORLDS, TwinWorld, World
from tested_verdicts import FACTORS, LEVEL, RULES, Judged, Score, judged, promised

TARGET = Path(__file__).parent / "background" / "tested-verdicts.md"
RECORDS = 500
SEED = 20261126

HEAD = """# The verdicts are tested

How often is a true claim called contradicted, or a false one supported? Here claims are put to
records of worlds whose truth is known, by the product itself: it reads the record's CSV file, loads
a claims file and checks it. The stated level is 95%, so a claim may be judged wrongly in at most
5% of the records.

This page is written by `docs/write_tested_verdicts.py`, which reproduces every figure: {records}
records of each of {worlds} worlds, {all} in all, seed {seed}, {verdicts} verdicts. Limits lie on
the truth and up to three times from it, on either side: “at most”, “at least”, “equal to”,
“between” and their opposites. “Undecided” is never wrong, and says nothing.

**{promised} claims in worlds where the level is promised: the worst is wrong in {worst} (exact 95%
interval {interval}); {above} are wrong more often than the level can explain.**

The worlds:

{described}

## By kind of claim and distance from the limit

Worlds in which the level is promised, all together. True claims are supported, left undecided or,
wrongly, contradicted; false ones contradicted, left undecided or, wrongly, supported. “Wrong”
counts verdicts; the worst claim is the one claim of the line that was wrong most often, with the
exact interval of its share.

| measure | limit off by | true: S, U, **C** | false: C, U, **S** | wrong | worst claim |
|---|---|---|---|---|---|
{kinds}

“Two versions” is one count from two documents, of which one has a misprint by a factor of three;
nothing tells the rule which.

## By world, beside two wrong rules

The worst claim of each kind. “Point” judges by the observed value alone; “independent” is the exact
interval alone, which was the rule until November 2026. Both are kept to show that this test would
find them out: a figure in bold is more than the level can explain (chance of any in a world: 1 in
1,000).

| world | measure | promised | the rule | independent | point |
|---|---|---|---|---|---|
{by_world}

## What this shows, and what it does not

- On the limit the rule decides little. The worst claims are “equal to” ones, which err on both
  sides; of so many claims some come out above 5% in 500 records though none err more often than
  that. A true figure above 5% by a little would not be noticed.
- Twice off the limit it mostly decides where there are some twenty cases, and was never wrong.
- A figure published without its rows is judged by the exact interval alone, and nothing in it shows
  how cases came together. In clustered worlds such verdicts are wrong more often than stated. The
  remedy is to publish the rows.
- With few cases the spread cannot be seen either, even in rows.
- The clustering of the worlds is that of the most clustered of five published periods (variance
  over mean {clustering} by deployment). No published record says what it is in general.
- A verdict tests what operators adjudicated. False alerts that nobody noticed are in no record, and
  no rule can see them.
- Measures of wards and of the laboratory test of 2023 are not among these claims; what their
  models are worth is on [their own page](wards.md) and in the notes of each measure.
"""


def run() -> list[dict[str, Judged]]:
    """Put the claims of every world to its records."""
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        return list(pool.map(partial(judged, records=RECORDS, seed=SEED), (*WORLDS, *BEYOND)))


def page(found: Sequence[dict[str, Judged]]) -> str:
    """Return the whole page."""
    scores = [s for one in found for s in one["product"].scores if promised(one["product"], s)]
    worst = max(scores, key=lambda s: s.wrong)
    above = [s for one in found for s in one["product"].above() if promised(one["product"], s)]
    return HEAD.format(
        records=RECORDS,
        worlds=len(found),
        all=f"{RECORDS * len(found):,}",
        seed=SEED,
        verdicts=f"{sum(s.worlds for one in found for s in one['product'].scores):,}",
        promised=f"{len(scores):,}",
        worst=f"{worst.wrong} of {worst.worlds} records",
        interval=_interval(_rate(worst)),
        above=len(above) or "none",
        described="\n".join(f"- **{w.name}**: {_described(w)}" for w in (*WORLDS, *BEYOND)),
        kinds="\n".join(_kinds(scores)),
        by_world="\n".join(line for one in found for line in _by_world(one)),
        clustering=MOST_CLUSTERED,
    )


def _described(world: World | TwinWorld) -> str:
    if isinstance(world, TwinWorld):
        changes = ", ".join(world.changes)
        return f"replicates of the twin's `{world.scenario}` ({changes}); truth: the mean of others"
    alike = "cases independent" if world.clustering == 1 else f"clustering {world.clustering:g}"
    return (
        f"{world.deployments} deployments, {world.false_alerts:g} false alerts expected, {alike}; "
        f"two groups whose rates differ by a factor of {world.ratio:g}"
    )


def _kinds(scores: Sequence[Score]) -> list[str]:
    lines = []
    for kind in dict.fromkeys(s.posed.kind for s in scores):
        for distance in sorted({max(f, 1 / f) for f in FACTORS}):
            here = [s for s in scores if s.posed.kind == kind and s.posed.distance == distance]
            if not here:
                continue
            true: Counter[Verdict] = sum((s.true for s in here), Counter())
            false: Counter[Verdict] = sum((s.false for s in here), Counter())
            wrong = true[Verdict.CONTRADICTED] + false[Verdict.SUPPORTED]
            worst = max(here, key=lambda s: s.wrong)
            lines.append(
                f"| {kind} | {_off(distance)} | {_shares(true, right=Verdict.SUPPORTED)} | "
                f"{_shares(false, right=Verdict.CONTRADICTED)} | "
                f"{wrong:,} of {true.total() + false.total():,} | {_told(worst)} |"
            )
    return lines


def _off(distance: float) -> str:
    return "nothing" if distance == 1 else f"{distance:.3g} times"


def _shares(verdicts: Counter[Verdict], *, right: Verdict) -> str:
    if not verdicts:
        return "none made"
    wrong = Verdict.CONTRADICTED if right is Verdict.SUPPORTED else Verdict.SUPPORTED
    shown = (right, Verdict.UNDECIDED, wrong)
    return ", ".join(f"{100 * verdicts[v] / verdicts.total():.1f}%" for v in shown)


def _by_world(one: dict[str, Judged]) -> list[str]:
    lines = []
    product = one["product"]
    for kind in dict.fromkeys(s.posed.kind for s in product.scores):
        worst = {name: one[name].worst(kind) for name in RULES}
        high = {name: {id(s) for s in one[name].above()} for name in RULES}
        cells = [
            f"**{_percent(worst[name])}**"
            if id(worst[name]) in high[name]
            else _percent(worst[name])
            for name in ("product", "independent", "point")
        ]
        yes = "yes" if promised(product, worst["product"]) else "no"
        lines.append(f"| {product.world} | {kind} | {yes} | {' | '.join(cells)} |")
    return lines


def _percent(score: Score) -> str:
    return f"{100 * score.wrong / score.worlds:.1f}%"


def _rate(score: Score) -> Rate:
    rate = clopper_pearson(Count(score.wrong, score.worlds, "records"), level=LEVEL)
    if not isinstance(rate, Rate):
        raise TypeError(rate)
    return rate


def _interval(rate: Rate) -> str:
    return f"{100 * rate.low:.1f}% to {100 * rate.high:.1f}%"


def _told(score: Score) -> str:
    return f"{score.wrong} of {score.worlds} ({_interval(_rate(score))})"


if __name__ == "__main__":
    written = page(run())
    TARGET.write_text(written, encoding="utf-8")
    print(next(line for line in written.splitlines() if line.startswith("**")))
