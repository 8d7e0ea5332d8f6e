"""A compliant operator's log breaks no rule that such an operator is held to.

Rules of other forces do not bind it: another algorithm's threshold, no recording at all.
"""

import pytest

from probity.audit.audit import audit, verdict_of
from probity.audit.log import open_log
from probity.audit.policy_file import load_policy
from probity.twin.event_log import write_live_log
from twin_people import categories, small_history

POLICIES = {
    "met-lfr-2024-09": 20,
    "college-app": 10,
    "home-office-2026": 6,
    "bridges-2020": 2,
    "lpep-2019": 3,
    "ico-2019": 2,
    "ico-audit-2025": 2,
    "camera-code-2021": 1,
    "met-croydon-pilot": 1,
}
"""Policies that bind, and how many of their rules at least such a log satisfies."""


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "events.parquet"
    few = {"mean": 100.0, "sd": 0.0, "least": 100.0, "most": 100.0}
    history, lists = small_history(each=12, faces=60, watchlist__size=few)
    write_live_log(path, history, watchlists=lists, category=categories(history))
    with open_log(path) as opened:
        yield opened


@pytest.mark.parametrize("policy", POLICIES)
def test_no_rule_is_breached(log, policy):
    result = audit(log, load_policy(policy), engine="reference")
    found = {one.rule.rule_id: verdict_of(one) for one in result.rules}
    assert [rule for rule, verdict in found.items() if verdict == "breached"] == []
    assert list(found.values()).count("satisfied") >= POLICIES[policy]
