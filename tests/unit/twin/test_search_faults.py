"""Each fault of a search alone: it breaches the rules it says, at the events it says."""

from dataclasses import replace

import pytest

from probity.audit.audit import audit
from probity.audit.log import open_log
from probity.audit.policy_file import known_policies, load_policy
from probity.twin.faults.catalogue import FAULTS
from probity.twin.faults.write import write_faulted_search_log
from probity.twin.scenario import SearchScenario
from probity.twin.scenario_file import load_scenario
from probity.twin.searches.history import search_history
from probity.twin.seeds import Seeds

MODES = {"operator-initiated": "oifr-pilot", "retrospective": "rfr-national"}
SEARCH_FAULTS = [(mode, f) for f in FAULTS.values() for mode in MODES if mode in f.modes]


@pytest.fixture(scope="module")
def histories():
    """Searches in a gallery of 3,000, a few a day; the later ones authorised beforehand."""
    made = {}
    for mode, name in MODES.items():
        loaded = load_scenario(name)
        assert isinstance(loaded, SearchScenario)
        rank = 4 if mode == "retrospective" else None
        changes = {"gallery_size": 3_000, "searches_per_day": 4.0, "authorised_rank": rank}
        asked = loaded.model_copy(update={"search": loaded.search.model_copy(update=changes)})
        made[mode] = search_history(asked, seeds=Seeds(scenario="faults", seed=2, replicate=0))
    return made


def rules_of(mode):
    """Rules on searches of this mode, as one policy."""
    rules = [
        replace(rule, rule_id=f"{policy}/{rule.rule_id}")
        for policy in known_policies()
        if mode in load_policy(policy).mode
        for rule in load_policy(policy).rules
        if rule.check is not None
    ]
    return replace(load_policy("pnd-rfr"), rules=tuple(rules))


def audited(path, mode):
    with open_log(path) as log:
        result = audit(log, rules_of(mode), engine="reference")
        assert log.problems == ()
    return {
        (one.rule.rule_id, number)
        for one in result.rules
        if one.rule.rule_id.split("/")[1] != "R73"
        for number in one.breached.tolist()
    }


@pytest.mark.parametrize(("mode", "fault"), SEARCH_FAULTS, ids=[f.name for _, f in SEARCH_FAULTS])
def test_a_fault_breaches_what_its_key_says_and_nothing_else(mode, fault, histories, tmp_path):
    path = tmp_path / "log.parquet"
    _, planting = write_faulted_search_log(path, histories[mode], [fault])
    (answer,) = planting.answers
    key = {(rule, n) for one in answer.breaches for rule in one.rules for n in one.events}
    assert {rule for rule, _ in key} == set(fault.rules)
    assert audited(path, mode) == key


@pytest.mark.parametrize("mode", MODES)
def test_without_faults_nothing_is_found(mode, histories, tmp_path):
    write_faulted_search_log(tmp_path / "log.parquet", histories[mode], [])
    assert audited(tmp_path / "log.parquet", mode) == set()


@pytest.mark.parametrize("mode", MODES)
def test_all_together_breach_what_their_keys_say(mode, histories, tmp_path):
    faults = [fault for other, fault in SEARCH_FAULTS if other == mode]
    _, planting = write_faulted_search_log(tmp_path / "log.parquet", histories[mode], faults)
    key = {
        (rule, number)
        for answer in planting.answers
        for one in answer.breaches
        for rule in one.rules
        for number in one.events
    }
    shared = sum("devices" in fault.topics for fault in faults)
    assert len(planting.left_over) == max(shared - 1, 0)
    assert audited(tmp_path / "log.parquet", mode) == key


@pytest.mark.parametrize("mode", MODES)
def test_every_rule_on_searches_has_a_fault(mode):
    named = {rule for other, fault in SEARCH_FAULTS if other == mode for rule in fault.rules}
    on_searches = {
        rule.rule_id
        for rule in rules_of(mode).rules
        if rule.check.for_each.kind.startswith("search.")
    }
    assert named == on_searches
