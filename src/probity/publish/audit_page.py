"""One page with the result of an audit: `probity audit ... --report`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf

from probity.audit.as_json import explanation
from probity.audit.audit import NEEDS_A_DOCUMENT, AuditResult, verdict_of
from probity.audit.guarded import event_of, formulas_of
from probity.audit.outcome import Verdict
from probity.audit.plain_formula import Said, in_words, plain_parameters
from probity.audit.plain_times import plain_moment
from probity.audit.process import Process, processes
from probity.audit.rule import Policy, RateRule, Rule, TemporalRule
from probity.audit.verdict import RuleResult
from probity.audit.written import written
from probity.claims import words
from probity.core import Rate, Source
from probity.core.errors import printable
from probity.publish.breach_timeline import breach_figure
from probity.publish.figures.figure import Column, Figure, Table
from probity.publish.figures.interval_plot import ClaimedRange, IntervalRow, interval_plot
from probity.publish.figures.process_picture import process_picture
from probity.publish.figures.render import drawn
from probity.publish.glossary import terms
from probity.publish.page import fill, slug
from probity.publish.provenance import software_version
from probity.publish.rule_verdicts import RULE_VERDICTS
from probity.publish.verdicts import VerdictWords

MOST_PICTURES = 10
"""Breaches of one rule that are drawn, however many are asked for; a page has to be read."""

_LONGEST = 1_000
_STATUS = {
    "FOUND": "read in the document itself",
    "FOUND-2": "read in a secondary source",
    "UNVERIFIED": "not checked against the document",
    "DERIVED": "a limit of ours, not of the document",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _RuleEntry:
    """A rule as it stands on the page; texts of the policy are fit to be shown.

    ``checked`` and ``breaches`` are None where the rule was not run, ``breaches`` of a rate too.
    """

    anchor: str
    rule: Rule
    verdict: VerdictWords
    checked: int | None
    breaches: int | None
    explanation: str
    missing: tuple[str, ...]
    source: Source
    status: str
    limits: str
    figures: tuple[Figure, ...]
    more: int
    in_words: tuple[Said, ...]
    formula: tuple[tuple[str, str], ...]


def audit_page(result: AuditResult, *, examples: int = 3) -> str:
    """The result of an audit as one HTML file. Same log, policy and version, same bytes.

    Parameters
    ----------
    result : AuditResult
        While its log is open: evidence and the process are read from it.
    examples : int
        Breaches of each rule that are drawn, at most ``MOST_PICTURES``.
    """
    rank = {word: number for number, word in enumerate(RULE_VERDICTS)}
    results = sorted(result.rules, key=lambda one: rank[verdict_of(one)])
    entries = [_entry(result, one, most=min(examples, MOST_PICTURES)) for one in results]
    lives = processes(result.log)
    pictures = tuple(process_picture(process) for process in lives)
    figures = [*(figure for entry in entries for figure in entry.figures), *pictures]
    groups = {
        word: [entry for entry in entries if entry.verdict is verdict]
        for word, verdict in RULE_VERDICTS.items()
    }
    return fill(
        "audit.html",
        {
            "title": _plain(f"Audit: {result.policy.title}"),
            "facts": _facts(result),
            "cautions": _cautions(result, lives),
            "tally": [(verdict, len(groups[word])) for word, verdict in RULE_VERDICTS.items()],
            "entries": entries,
            "rules_table": _rules_table(entries),
            "breached": groups[Verdict.BREACHED.value],
            "others": _other_groups(groups),
            "pictures": pictures,
            "drawings": {figure.figure_id: drawn(figure) for figure in figures},
            "terms": terms(),
            "version": software_version(),
        },
    )


def _entry(result: AuditResult, one: RuleResult, *, most: int) -> _RuleEntry:
    rule = _shown(one.rule)
    anchor = f"rule-{slug(rule.rule_id)}"
    figures = [
        breach_figure(
            finding,
            result.log,
            figure_id=f"{anchor}-breach-{number}",
            title=f"Breach {number}: event {finding.event.event}",
        )
        for number, finding in enumerate(result.findings(one, most=most), start=1)
    ]
    more = len(one.breached) - len(figures)
    run = rule.check is not None and (one.checked > 0 or not one.missing)
    if isinstance(one.rate, Rate) and isinstance(rule.check, RateRule):
        figures.append(_rate_figure(one.rate, rule.check, figure_id=f"{anchor}-rate"))
    return _RuleEntry(
        anchor=anchor,
        rule=rule,
        verdict=RULE_VERDICTS[verdict_of(one)],
        checked=one.checked if run else None,
        breaches=len(one.breached) if run and one.rate is None else None,
        explanation=_plain(explanation(one)),
        missing=tuple(_plain(text) for text in one.missing),
        source=_source(result.policy, rule),
        status=_STATUS[rule.status],
        limits=_plain(plain_parameters(rule.parameters)),
        figures=tuple(figures),
        more=more,
        in_words=() if rule.check is None else in_words(rule.check),
        formula=() if rule.check is None else _formula(rule.check),
    )


def _shown(rule: Rule) -> Rule:
    """The rule with its texts fit to be shown: a policy comes from anybody."""
    return replace(
        rule,
        title=_plain(rule.title),
        paragraph=_plain(rule.paragraph),
        paraphrase=_plain(rule.paraphrase),
        needs=None if rule.needs is None else _plain(rule.needs),
    )


def _source(policy: Policy, rule: Rule) -> Source:
    return Source(
        source_id=rule.rule_id,
        publisher=_plain(policy.operator),
        title=_plain(policy.document),
        url=rule.source_url,
    )


def _formula(check: TemporalRule | RateRule) -> tuple[tuple[str, str], ...]:
    """The rule in the rule language, by the keys it stands under in a policy."""
    whole = [written(formula) for formula in formulas_of(check)]
    first, last = ("of", "cases") if isinstance(check, RateRule) else ("for_each", "require")
    when = [("when", whole[0])] if len(whole) > 1 else []
    return ((first, written(event_of(check))), *when, (last, whole[-1]))


def _rate_figure(rate: Rate, check: RateRule, *, figure_id: str) -> Figure:
    allowed = (-inf, check.limit) if check.relation == "at most" else (check.limit, inf)
    value = words.share(rate.value)
    ends = words.bounds(rate.low, rate.high, value=rate.value, unit="share")
    population = _plain(check.population)
    return interval_plot(
        [
            IntervalRow(
                words=f"Share of {population}",
                value=rate.value,
                low=rate.low,
                high=rate.high,
                value_words=f"{value} ({ends})",
                tested=True,
            )
        ],
        figure_id=figure_id,
        title="The share, beside the rule’s limit",
        description=(
            f"Point and interval: {rate.count.k:,} of {rate.count.n:,} {population}, {value}, "
            f"{ends}. The rule says {check.relation} {check.limit:g}."
        ),
        unit="proportion",
        claimed=ClaimedRange(
            pieces=(allowed,), words=f"{check.relation} {check.limit:g}", said_by="the rule"
        ),
        table=Table(
            columns=(
                Column("Population"),
                Column("Cases", number=True),
                Column("Of", number=True),
                Column("Share", number=True),
                Column("Low", number=True),
                Column("High", number=True),
                Column("Level", number=True),
            ),
            rows=(
                (population, rate.count.k, rate.count.n, rate.value, rate.low, rate.high,
                 rate.level),
            ),
        ),
    )  # fmt: skip


def _rules_table(entries: Sequence[_RuleEntry]) -> Table:
    return Table(
        columns=(
            Column("Rule"),
            Column("Title"),
            Column("Verdict"),
            Column("Checked", number=True),
            Column("Breaches", number=True),
            Column("Explanation"),
            Column("Paragraph"),
            Column("Source"),
            Column("Status"),
            Column("Limits"),
        ),
        rows=tuple(
            (
                entry.rule.rule_id,
                entry.rule.title,
                entry.verdict.word,
                entry.checked,
                entry.breaches,
                entry.explanation,
                entry.rule.paragraph,
                entry.rule.source_url,
                entry.rule.status,
                entry.limits,
            )
            for entry in entries
        ),
    )


def _other_groups(
    groups: Mapping[str, Sequence[_RuleEntry]],
) -> list[tuple[str, str, str, Sequence[_RuleEntry]]]:
    """Anchor, heading, reading and rules of each verdict but breached, where there are any."""
    told = {
        Verdict.NOT_OBSERVABLE.value: (
            "What the log cannot show",
            "A rule is not run where the log lacks a kind of event or a field that it needs: "
            "silence would look like a breach, or like good conduct.",
        ),
        Verdict.UNDECIDED.value: (
            "What is still open",
            "A later log decides these rules.",
        ),
        NEEDS_A_DOCUMENT: (
            "What no log can decide",
            "These rules are about documents, people or places. What would decide them is named.",
        ),
        Verdict.SATISFIED.value: (
            "What the log shows to be kept",
            "Nothing that was checked is in breach. A rule that nothing in the log falls under "
            "stands here too, and says so.",
        ),
    }
    return [
        (slug(word), heading, reading, groups[word])
        for word, (heading, reading) in told.items()
        if groups[word]
    ]


def _facts(result: AuditResult) -> tuple[tuple[str, str], ...]:
    log, policy = result.log, result.policy
    span = (
        "no events, and none declared"
        if log.from_us is None or log.to_us is None
        else f"{plain_moment(log.from_us)} to {plain_moment(log.to_us)}"
    )
    recorded = len(log.recorded)
    return (
        ("System", _plain(log.system) if log.system else "not stated"),
        ("Span of the log", span),
        ("Events", f"{log.events:,}"),
        (
            "Kinds of event recorded",
            f"{recorded}, as the log declares" if log.declared else f"{recorded} occur",
        ),
        ("Policy", _plain(f"{policy.document}, version {policy.version}")),
        ("Operator", _plain(policy.operator)),
        ("Name of the policy", policy.name),
    )


def _cautions(result: AuditResult, lives: Sequence[Process]) -> tuple[str, ...]:
    log = result.log
    found = [f"Found in the log: {_plain(problem.sentence)}" for problem in log.problems]
    if not found:
        found.append(
            "The reader found nothing wrong with the log: no event twice, no field missing, no "
            "clocks that disagree"
        )
    if not log.declared:
        found.append(
            "The log does not say which kinds of event its system records; a kind that never "
            "occurs is taken as not recorded"
        )
    run = [one.rule.status for one in result.rules if one.rule.check is not None]
    found += [
        f"{run.count(status)} of the {len(run)} rules that a log can decide are {status}: "
        f"{_STATUS[status]}"
        for status in ("UNVERIFIED", "DERIVED")
        if status in run
    ]
    if not lives:
        found.append("No event names an object whose life could be drawn")
    found.append(
        "A rule is satisfied or breached by what is in the log. What a system does not record, "
        "or recorded wrongly, no audit of its log can see"
    )
    return tuple(found)


def _plain(text: str) -> str:
    return printable(text, limit=_LONGEST)
