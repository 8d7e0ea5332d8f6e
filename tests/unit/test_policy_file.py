"""Policy files: bundled ones load, wrong and hostile ones get one clear message in bounded time."""

import time
from pathlib import Path

import pytest

from probity.audit.formula import Interval, Once
from probity.audit.policy_file import MAX_BYTES, known_policies, load_policy, parse_policy
from probity.audit.rule import RateRule, TemporalRule
from probity.audit.written import written
from probity.core import InputError

HEAD = """
schema = "probity/policy/1"
name = "a-force"
title = "A force"
operator = "A force"
document = "Its policy"
version = "1"
mode = ["live"]
"""
RULE = """
[[rules]]
id = "R1"
title = "Reviewed before"
paragraph = "4.2"
paraphrase = "A person decides before anybody is stopped."
source = "https://example.org/policy"
status = "FOUND"
breach = "Engagement {e} had no decision within {within}."
parameters = { within = "1.5 h" }
[rules.check]
for_each = "engagement.start(engagement: e, alert: a)"
when = "PRESENT a"
require = "ONCE[0, {within}] alert.adjudicated(alert: a)"
"""
RATE = """
[[rules]]
id = "R2"
title = "False alerts"
paragraph = "5"
paraphrase = "At most 1 in 10 alerts is false."
source = "https://example.org/policy"
status = "UNVERIFIED"
breach = "Outcome of alert {a}."
[rules.check]
template = "rate"
of = "outcome.recorded(alert: a, result: r)"
cases = 'r = "false"'
relation = "at most"
limit = "0.1"
population = "alerts with an outcome"
"""
DOCUMENT = """
[[rules]]
id = "R3"
title = "Policy says who"
paragraph = "1"
paraphrase = "The policy fixes who can be listed."
source = "https://example.org/policy"
status = "FOUND"
needs = "the policy itself"
"""


def parse(text: str):
    return parse_policy(text.encode(), file="p.toml")


@pytest.mark.parametrize("name", known_policies())
def test_bundled_policies_load(name: str) -> None:
    assert load_policy(name).name == name


def test_a_policy_file(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(HEAD + RULE + RATE + DOCUMENT)
    first, second, third = load_policy(path).rules
    assert isinstance(first.check, TemporalRule)
    assert first.check.require == Once(
        Interval(0, 5_400_000_000),
        first.check.require.part,  # type: ignore[union-attr]
    )
    assert written(first.check.require) == "ONCE[0, 90 min] alert.adjudicated(alert: a)"
    assert isinstance(second.check, RateRule)
    assert second.check.limit == 0.1
    assert third.check is None
    assert third.needs == "the policy itself"


WRONG = {
    "an unknown key": (HEAD + RULE + "extra = 1\n", "rules[R1].check.extra"),
    "a key missing": (HEAD.replace("version", "versio") + RULE, "version"),
    "another schema": (HEAD.replace("policy/1", "policy/2") + RULE, "probity/policy/1"),
    "no rules": (HEAD, "rules"),
    "one id twice": (HEAD + RULE + RULE, "two rules have one id; got 'R1'"),
    "a formula that cannot be read": (
        HEAD + RULE.replace("PRESENT a", "PRESENT 3"),
        "p.toml, column rules[R1].check.when, character 9: unexpected; got '3'",
    ),
    "a rule not guarded": (
        HEAD + RULE.replace("PRESENT a", "PRESENT x"),
        "p.toml, column rules[R1].check: variable x is not bound",
    ),
    "no such parameter": (
        HEAD + RULE.replace("[0, {within}]", "[0, {withn}]"),
        "rules[R1].check.require: no such parameter; got '{withn}'; allowed: within",
    ),
    "a parameter nobody uses": (
        HEAD + RULE.replace("{ within", '{ other = "3 s", within'),
        "rules[R1].parameters.other: nothing uses this parameter",
    ),
    "a sentence about nothing": (
        HEAD + RULE.replace("{e}", "{x}"),
        "rules[R1].breach: no such variable in the sentence for a breach; got '{x}'",
    ),
    "no such template": (HEAD + RATE.replace('"rate"', '"ratio"'), "deadline"),
    "a share above 1": (HEAD + RATE.replace('"0.1"', '"1.1"'), "limit: not a share; got '1.1'"),
    "a share that is a number": (HEAD + RATE.replace('"0.1"', "0.1"), "rules[R2].check.limit"),
    "neither check nor needs": (HEAD + DOCUMENT.replace("needs", "#"), "one of the two"),
    "a source that is no address": (
        HEAD + RULE.replace("https:", "javascript:"),
        "rules[R1].source",
    ),
}


@pytest.mark.parametrize(("text", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_gets_one_clear_message(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        parse(text)
    assert str(refused.value).startswith("p.toml")
    assert message in str(refused.value), str(refused.value)


MANY = "".join(RULE.replace('"R1"', f'"R{number}"') for number in range(501))
HOSTILE = {
    "a parameter that holds itself": HEAD + RULE.replace('"1.5 h"', '"{within}{within}"'),
    "a parameter that swells": HEAD
    + RULE.replace('"1.5 h"', '"' + "( " * 99 + '"').replace("ONCE[0, {within}]", "{within}" * 400),
    "too many rules": HEAD + MANY,
    "nested arrays": HEAD + "x = " + "[" * 3_000 + "]" * 3_000,
    "dotted keys": HEAD + ".".join(["a"] * 1_900) + " = 1\n",
    "many dotted keys": HEAD + "".join(f"k{n}.{'.'.join(['a'] * 399)} = 1\n" for n in range(300)),
    "a whole number of thousands of digits": HEAD + "x = " + "9" * 3_900 + "\n",
    "not UTF-8": HEAD + "\udcff",
    "an infinite level": HEAD + RATE + "level = inf\n",
    "a formula of many levels": HEAD + RULE.replace("PRESENT a", "NOT " * 900 + "PRESENT a"),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_is_refused_in_bounded_time(text: str) -> None:
    start = time.thread_time()
    with pytest.raises(InputError):
        parse_policy(text.encode("utf-8", "surrogateescape"), file="p.toml")
    assert time.thread_time() - start < 5


def test_a_file_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="file too large; allowed: at most 256 KiB"):
        load_policy(path)


def test_an_unknown_name_lists_those_known() -> None:
    with pytest.raises(InputError, match=r"no such policy.*gmp-lfr"):
        load_policy("nobody")
