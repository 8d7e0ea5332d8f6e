"""The stream monitor says, event for event, what the plain reference monitor says.

However the log is cut into batches, and in whatever order events come within the lateness.
"""

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generated_logs import LAST, SECOND, START_US, GeneratedLog, cases
from probity.audit.policy_file import load_policy
from probity.audit.reference import judge
from probity.audit.rule import Rule
from probity.audit.stream import monitor as monitor_module
from probity.audit.stream.bounded import bounded
from streamed_logs import streamed

SETTINGS = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def require_agreement(rule: Rule, log: GeneratedLog, data: st.DataObject) -> None:
    rows = list(log.rows) if data.draw(st.booleans()) else list(log.tidy)
    shuffled = rows == list(log.rows)
    lateness = (LAST + 1) * SECOND if shuffled else data.draw(st.sampled_from([0, 1, SECOND]))
    table = GeneratedLog(tuple(rows), log.to_us).table(tidy=False)
    cuts = data.draw(st.lists(st.integers(0, len(rows)), max_size=6))
    expected = judge([rule], log.rows, to_us=log.to_us)
    monitor, got = streamed([rule], table, cuts, to_us=log.to_us, lateness_us=lateness)
    assert got == expected, rule.check
    assert monitor.reorder.too_late == 0


@settings(SETTINGS, max_examples=120, phases=[Phase.generate])
@given(case=cases(), data=st.data())
def test_generated_rules_over_generated_streams(case, data, monkeypatch):
    # Texts that nothing uses are forgotten at every step.
    monkeypatch.setattr(monitor_module, "MOST_SPARE_WORDS", 0)
    require_agreement(*case, data)


@settings(SETTINGS, max_examples=40, phases=[Phase.generate])
@given(case=cases(), data=st.data())
def test_rules_that_look_back_no_further_than_they_are_let(case, data):
    rule, log = case
    require_agreement(bounded(rule, back_us=2 * SECOND), log, data)


def test_a_horizon_on_the_past_is_kept_and_not_more():
    """An event right at the bound counts, one a microsecond older does not."""
    rule = load_policy("met-lfr-2024-09").rules
    check = next(one for one in rule if one.rule_id == "R76-time")
    rows = [
        {"event": 1, "time": START_US, "kind": "alert.raised", "alert": 1},
        {"event": 2, "time": START_US + 5 * SECOND, "kind": "alert.adjudicated", "alert": 1},
        {"event": 3, "time": START_US + 5 * SECOND + 1, "kind": "alert.adjudicated", "alert": 1},
    ]
    log = GeneratedLog(tuple(rows), START_US + 6 * SECOND)
    _, (outcome,) = streamed(
        [bounded(check, back_us=5 * SECOND)], log.table(), [1, 2], to_us=log.to_us, lateness_us=0
    )
    assert outcome.checked == 2
    assert outcome.breached.tolist() == [3]


def test_what_is_kept_is_what_may_still_be_needed():
    """ONCE keeps one event for each value; a deadline keeps what is younger than it."""
    rules = load_policy("met-lfr-2024-09").rules
    rows = [
        {"event": n, "time": START_US + n * SECOND, "kind": "alert.adjudicated", "alert": n % 3,
         "decision": "accept"}
        for n in range(5_000)
    ]  # fmt: skip
    monitor, _ = streamed(
        rules, GeneratedLog(tuple(rows), START_US + 6_000 * SECOND).table(), [2_000, 4_000],
        to_us=START_US + 6_000 * SECOND, lateness_us=0,
    )  # fmt: skip
    assert len(monitor.stores["alert.adjudicated"].table["event"]) == 3


@pytest.mark.verify
@settings(SETTINGS, max_examples=500, derandomize=False)
@given(case=cases(), data=st.data())
def test_500_generated_rules_over_generated_streams(case, data):
    require_agreement(*case, data)
