"""Claims whose truth is known, put to the product, and how often its verdict was wrong.

Everything between the record and the verdict is the product's own: the file is read, the claims
file is loaded, the claims are checked. A verdict is wrong where a true claim is contradicted or a
false one supported.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from unittest.mock import patch

from scipy.stats import binom

from probity.claims.check import check
from probity.claims.evidence import Evidence
from probity.claims.finding import Finding, Measurement, Verdict
from probity.claims.load import parse
from probity.claims.relation import Relation
from probity.claims.verdict import decide_version
from probity.core import Total, Undefined
from probity.records.bundled import Bundle, load
from probity.records.context import PublishedTest
from probity.records.reader import read
from simulated_worlds import BEYOND, FORCE, WORLDS, Drawn, TwinWorld, World

LEVEL = 0.95
FACTORS = (1 / 3, 1 / 2, 0.8, 1.0, 1.25, 2.0, 3.0)
FROM_ROWS = ("false_alerts_per_face_seen", "false_share_of_alerts", "arrests_per_alert")
MISPRINTED = "published_share, two versions"
RECORD = "totals of the record"
SOURCE = "npl-2023"

Rule = Callable[[Finding], Verdict]


@dataclass(frozen=True)
class Posed:
    """A claim: of which kind, how far its limit lies from the truth, and what it says."""

    kind: str
    measure: str
    params: str
    statement: str
    relation: Relation
    limit: float | tuple[float, float]
    distance: float
    column: str = ""
    versions: str = ""

    def is_true(self, value: float) -> bool:
        """Whether the claim holds, ``value`` being the truth."""
        limit = self.limit
        if isinstance(limit, tuple):
            return (limit[0] <= value <= limit[1]) == (self.relation is Relation.BETWEEN)
        return {
            Relation.AT_MOST: value <= limit,
            Relation.AT_LEAST: value >= limit,
            Relation.EQUAL_TO: value == limit,
            Relation.NOT_EQUAL_TO: value != limit,
        }[self.relation]


def posed(truths: dict[str, float], totals: dict[str, float]) -> tuple[Posed, ...]:
    """Every claim made about a world, near to its truth and far from it."""
    return (
        *(
            one
            for measure in (*FROM_ROWS, "published_share", "ratio_of_published_shares")
            for one in _about_rate(measure, truths[measure])
        ),
        *_about_rate("published_share", truths["published_share"], misprinted=True),
        *_about_record(totals),
    )


def _about_rate(measure: str, truth: float, *, misprinted: bool = False) -> Iterator[Posed]:
    rows = f'force = "{FORCE}"'
    params = {
        "published_share": 'tests = ["TOTAL"], of = "faces seen"',
        "ratio_of_published_shares": 'first = "GROUP-1", second = "GROUP-2", of = "searches"',
    }.get(measure, rows)
    versions = ""
    if misprinted:
        versions = (
            '{ measure = "published_share", params = { tests = ["MISPRINT"], of = "faces" } }'
        )

    def one(relation: Relation, limit: float | tuple[float, float], distance: float) -> Posed:
        kind = MISPRINTED if misprinted else measure
        return Posed(kind, measure, params, "rate", relation, limit, distance, versions=versions)

    for factor in FACTORS:
        yield one(Relation.AT_MOST, truth * factor, max(factor, 1 / factor))
        yield one(Relation.AT_LEAST, truth * factor, max(factor, 1 / factor))
    yield one(Relation.EQUAL_TO, truth, 1.0)
    yield one(Relation.NOT_EQUAL_TO, truth, 1.0)
    yield one(Relation.BETWEEN, (truth * 0.8, truth * 1.25), 1.25)
    yield one(Relation.OUTSIDE, (truth * 0.8, truth * 1.25), 1.25)
    yield one(Relation.BETWEEN, (truth, truth * 2), 1.0)
    yield one(Relation.OUTSIDE, (truth / 2, truth), 1.0)


def _about_record(expected: dict[str, float]) -> Iterator[Posed]:
    for column in ("false_alerts", "faces_seen", "deployments"):
        for factor in (0.5, 1.0, 2.0):
            limit = round(expected[column] * factor)
            for relation in (Relation.AT_MOST, Relation.AT_LEAST, Relation.EQUAL_TO):
                measure, params = "total_in_record", f'force = "{FORCE}", column = "{column}"'
                if column == "deployments":
                    measure, params = "deployments_in_record", f'force = "{FORCE}"'
                yield Posed(
                    RECORD,
                    measure,
                    params,
                    "record",
                    relation,
                    limit,
                    max(factor, 1 / factor),
                    column=column,
                )


def claims_file(claims: Iterable[Posed]) -> bytes:
    """The claims as a claims file."""
    lines = [
        'schema = "probity/claims/1"\n[claimant]\nname = "Nobody"\nrole = "critic"',
    ]
    for number, one in enumerate(claims):
        limit = list(one.limit) if isinstance(one.limit, tuple) else one.limit
        lines += [
            f'[[claims]]\nid = "claim-{number}"\ntheme = "false-alerts"\ntitle = "{one.kind}"',
            'words = "A claim."\nstatus = "FOUND"\nwhere_said = ["pq-98989"]\nreading = "So."',
            f"versions = [{one.versions}]",
            f'[claims.test]\nstatement = "{one.statement}"\nmeasure = "{one.measure}"',
            f'params = {{ {one.params} }}\npopulation = "of a synthetic world"',
            f'relation = "{one.relation.value}"\nlimit = {limit!r}',
        ]
    return "\n".join(lines).encode()


@dataclass
class Score:
    """Verdicts on one claim, over many records: by whether it was true."""

    posed: Posed
    true: Counter[Verdict] = field(default_factory=Counter)
    false: Counter[Verdict] = field(default_factory=Counter)

    @property
    def wrong(self) -> int:
        """True and contradicted, or false and supported."""
        return self.true[Verdict.CONTRADICTED] + self.false[Verdict.SUPPORTED]

    @property
    def worlds(self) -> int:
        """How often it was put."""
        return self.true.total() + self.false.total()


@dataclass(frozen=True)
class Judged:
    """What came of one world's claims under one rule."""

    world: str
    scores: tuple[Score, ...]

    def above(self, *, share: float = 1e-3, level: float = LEVEL) -> list[Score]:
        """Claims wrong more often than the stated level can explain.

        ``share`` is the chance that any claim of the world is listed though all err at the level.
        """
        each = share / len(self.scores)
        return [one for one in self.scores if binom.sf(one.wrong - 1, one.worlds, 1 - level) < each]

    def worst(self, kind: str) -> Score:
        """The claim of this kind that was wrong most often."""
        return max((s for s in self.scores if s.posed.kind == kind), key=lambda s: s.wrong)


def promised(found: Judged, score: Score) -> bool:
    """Whether the rule promises its level: it has to be able to see how cases come together.

    Rows show it, where there are some cases; a sum published alone does not.
    """
    if found.world in {world.name for world in BEYOND}:
        return False
    clustered = {w.name for w in WORLDS if isinstance(w, World) and w.clustering > 1}
    return found.world not in clustered or score.posed.kind not in ("published_share", MISPRINTED)


def as_found(finding: Finding) -> Verdict:
    """The product's verdict."""
    return finding.verdict


def by_point_alone(finding: Finding) -> Verdict:
    """A wrong rule, kept to be caught: the value observed, as if it were the truth."""
    return _without(finding, _point)


def by_exact_interval_alone(finding: Finding) -> Verdict:
    """A wrong rule, kept to be caught: cases taken to be independent of one another."""
    return _without(finding, lambda one: replace(one, over_deployments=None))


def _without(finding: Finding, change: Callable[[Measurement], Measurement]) -> Verdict:
    test = finding.claim.test
    measurement = change(finding.measurements[0])
    return decide_version(measurement, relation=test.relation, limit=test.limit)


def _point(one: Measurement) -> Measurement:
    if isinstance(one.measured, Undefined):
        return one
    total = Total(one.measured.value, one.population)
    return replace(one, measured=total, over_deployments=None)


RULES: dict[str, Rule] = {
    "product": as_found,
    "point": by_point_alone,
    "independent": by_exact_interval_alone,
}


def judged(world: World | TwinWorld, records: int, *, seed: int) -> dict[str, Judged]:
    """Put the claims about a world to so many of its records, under every rule."""
    claims = posed(world.truths, _expected(world))
    loaded = parse(claims_file(claims), file=world.name)
    scores = {name: [Score(one) for one in claims] for name in RULES}
    for drawn in world.draws(records, seed=seed):
        # What would settle a claim has no say in its verdict, and takes most of the time.
        with patch("probity.claims.check.needed_for", return_value=None):
            findings = check([loaded], evidence_of(drawn))
        for at, (claim, finding) in enumerate(zip(claims, findings, strict=True)):
            stated = claim.statement == "record"
            truth = drawn.totals[claim.column] if stated else world.truths[claim.measure]
            for name, rule in RULES.items():
                score = scores[name][at]
                verdicts = score.true if claim.is_true(truth) else score.false
                verdicts[rule(finding)] += 1
    return {name: Judged(world.name, tuple(found)) for name, found in scores.items()}


def evidence_of(drawn: Drawn) -> Evidence:
    """What the claims are tested on: the record, read from its file, and the other figures."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "record.csv"
        path.write_bytes(drawn.record)
        record = read(path)
    bundle = Bundle(load().content)
    for name in ("sources", "rows"):
        setattr(bundle, name, getattr(load(), name))
    (first, trials), (second, others) = drawn.groups
    false, faces = drawn.totals["false_alerts"], drawn.totals["faces_seen"]
    bundle.published_tests = (
        _figure("TOTAL", false, faces),
        _figure("MISPRINT", drawn.misprint, faces),
        _figure("GROUP-1", first, trials),
        _figure("GROUP-2", second, others),
    )
    return Evidence(bundle, (record,))


def _expected(world: World | TwinWorld) -> dict[str, float]:
    [one] = world.draws(1, seed=99)
    return {name: float(total) for name, total in one.totals.items()}


def _figure(test_id: str, k: int, n: int) -> PublishedTest:
    return PublishedTest(
        test_id=test_id,
        system="synthetic",
        tester="nobody",
        date="2025",
        mode="live",
        measure="false alerts",
        group="",
        threshold="0.64",
        gallery_size=None,
        value=k / n,
        numerator=k,
        denominator=n,
        ci_low=None,
        ci_high=None,
        status="FOUND",
        source_id=SOURCE,
        note="",
    )
