"""Write docs/reference/policies.md from the bundled policies.

Run: .venv/bin/python docs/write_policies.py (tests/docs checks that it was run)
"""

from pathlib import Path

from probity.audit.guarded import event_of, formulas_of
from probity.audit.policy_file import known_policies, load_policy
from probity.audit.rule import Policy, RateRule, Rule
from probity.audit.written import written

TARGET = Path(__file__).parent / "reference" / "policies.md"
HEAD = """# Policies

This page is written by `docs/write_policies.py` from the files in `src/probity/audit/policies/`.
`probity audit LOG --policy NAME` runs one of them; [the guide](../guides/audit.md) shows how.

Paraphrases are ours. A rule carries how well it is sourced: FOUND was read in the source itself,
FOUND-2 in a secondary source, UNVERIFIED was not checked against the document, and DERIVED says
that the rule is the document's and a limit in it is ours, because the document gives none. No
operator's policy file is complete: several policies were read only through what others say of
them, and each file names what it rests on. Check a rule against its document before you rely on
it.

Rules that no log can decide are listed with what would decide them. Forces differ, and so do
years: alerts are to be deleted within 24 hours under one document, 30 days under another and 31
under a third. Under the Metropolitan Police's documents R01 and R11 meet: the template of a
passer-by goes at once, and the video that shows the same face may stay 31 days. Read both
verdicts before saying that faces are deleted at once.
"""


def page() -> str:
    """Return the whole page."""
    policies = [load_policy(name) for name in known_policies()]
    rules = [rule for policy in policies for rule in policy.rules]
    by_log = sum(rule.check is not None for rule in rules)
    count = (
        f"{len(policies)} policies with {len(rules)} rules: {by_log} for a log, "
        f"{len(rules) - by_log} for a document or an observation.\n"
    )
    return "\n".join([HEAD, count, *(_policy(policy) for policy in policies)])


def _policy(policy: Policy) -> str:
    head = (
        f"## {policy.name}\n\n{policy.title}. {policy.document}; version {policy.version}; "
        f"{', '.join(policy.mode)}.\n"
    )
    return "\n".join([head, *(_rule(rule) for rule in policy.rules)])


def _rule(rule: Rule) -> str:
    lines = [
        f"### {rule.rule_id}: {rule.title}\n",
        f"{rule.paraphrase}\n",
        f"- Paragraph: {rule.paragraph}; {rule.status}; <{rule.source_url}>",
    ]
    if rule.parameters:
        limits = ", ".join(f"{name} = {value}" for name, value in rule.parameters.items())
        lines.append(f"- Limits: {limits}")
    if rule.needs is not None:
        lines.append(f"- Needs, beyond a log: {rule.needs}")
    return "\n".join(lines) + "\n" + _check(rule)


def _check(rule: Rule) -> str:
    if rule.check is None:
        return ""
    *when, last = formulas_of(rule.check)
    lines = [f"for each  {written(event_of(rule.check))}"]
    lines += [f"when      {written(formula)}" for formula in when]
    if isinstance(rule.check, RateRule):
        lines.append(f"share     {written(last)}")
        lines.append(f"          {rule.check.relation} {rule.check.limit:g}")
    else:
        lines.append(f"require   {written(last)}")
    return "\n```text\n" + "\n".join(lines) + "\n```\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")
