"""Every rule of every bundled policy: kept, breached, and not observable."""

import pytest

from policy_stories import NEVER_BREACHED, RATES, STORIES
from probity.audit.audit import Engine
from probity.audit.guarded import kinds_needed
from probity.audit.outcome import Verdict
from probity.audit.policy_file import known_policies, load_policy
from stories import START_US, given

RULES = [
    (policy, rule.rule_id)
    for policy in known_policies()
    for rule in load_policy(policy).rules
    if rule.check is not None
]
ENGINES: tuple[Engine, ...] = ("reference", "duckdb")
TOLD = [one for one in RULES if one[1] not in {*NEVER_BREACHED, *RATES}]


def story(policy: str, rule: str) -> tuple[str, str, str]:
    return STORIES.get(f"{policy}/{rule}") or STORIES[rule]


@pytest.mark.parametrize(("policy", "rule"), TOLD)
def test_a_log_that_keeps_the_rule(policy: str, rule: str) -> None:
    kept, _, _ = story(policy, rule)
    told = given(kept, until="200 d").told(policy, rule)
    assert told.result.verdict is Verdict.SATISFIED, told.result.missing
    assert told.result.checked or rule in {"R12", "R29"}


@pytest.mark.parametrize(("policy", "rule"), TOLD)
def test_a_log_that_breaches_it(policy: str, rule: str) -> None:
    _, breached, when = story(policy, rule)
    told = given(breached, until="200 d").told(policy, rule)
    assert told.result.verdict is Verdict.BREACHED, told.result.missing
    (finding,) = told.findings
    if when.startswith("-"):
        assert finding.event.time_us < START_US
    else:
        assert told.times == [when]
    assert "{" not in finding.sentence
    assert f"Event {finding.event.event}, 2025-" in finding.sentence


@pytest.mark.parametrize(("policy", "rule"), RULES)
def test_a_log_without_a_kind_of_event_that_it_needs(policy: str, rule: str) -> None:
    (check,) = (r.check for r in load_policy(policy).rules if r.rule_id == rule)
    assert check is not None
    kind = sorted(kinds_needed(check))[0]
    told = given("0 | deployment.start deployment=1").without(kind).told(policy, rule)
    assert told.result.verdict is Verdict.NOT_OBSERVABLE
    assert f"{kind} is not recorded" in told.result.missing


def test_without_a_number_of_days_a_missing_record_is_undecided() -> None:
    ended = "0 | deployment.start deployment=1\n3 h | deployment.end deployment=1\n"
    policy, rule = "met-lfr-2024-09", "R50-published"
    assert given(ended).told(policy, rule).result.verdict is Verdict.UNDECIDED
    published = ended + "4 d | record.published record=1 deployment=1"
    assert given(published).told(policy, rule).result.verdict is Verdict.SATISFIED


@pytest.mark.parametrize(
    ("faces", "false", "verdict"),
    [(6000, 0, Verdict.SATISFIED), (1500, 1, Verdict.UNDECIDED), (500, 5, Verdict.BREACHED)],
)
def test_the_rate_of_false_alerts_is_judged_by_its_whole_interval(
    faces: int, false: int, verdict: Verdict
) -> None:
    lines = [f"{n} ms | face.seen deployment=1 template={n}" for n in range(faces)]
    for n in range(false):
        lines.append(f"9 s | alert.raised alert={n} deployment=1 template={n}")
        lines.append(f"1 h | outcome.recorded alert={n} result=false")
    if not false:
        lines.append("9 s | alert.raised alert=1 deployment=1 template=1")
        lines.append("1 h | outcome.recorded alert=1 result=true")
    told = given("\n".join(lines)).told("south-wales-2018", "R73")
    assert told.result.verdict is verdict
    rate = told.result.rate
    assert rate is not None
    assert (rate.count.k, rate.count.n) == (false, faces)


@pytest.mark.verify
@pytest.mark.parametrize(("policy", "rule"), TOLD)
def test_the_fast_engine_says_the_same(policy: str, rule: str) -> None:
    for lines in story(policy, rule)[:2]:
        slow, fast = (
            given(lines, until="200 d").told(policy, rule, engine=engine) for engine in ENGINES
        )
        assert fast.result.verdict is slow.result.verdict
        assert fast.result.checked == slow.result.checked
        assert [one.sentence for one in fast.findings] == [one.sentence for one in slow.findings]
