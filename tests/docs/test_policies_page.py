"""The reference page of policies is that of the files, and every rule of the list is somewhere."""

from pathlib import Path

from probity.audit.policy_file import known_policies, load_policy
from scripts import loaded

ROOT = Path(__file__).parents[2]
write_policies = loaded("docs/write_policies.py")

BY_LOG = {
    *(f"R{n:02}" for n in (*range(1, 13), 14)),
    *("R20", "R21", "R22", "R23", "R24", "R25", "R26", "R28", "R29", "R30", "R31", "R32"),
    *("R41", "R43", "R44", "R45", "R46", "R47", "R48", "R50"),
    *("R60", "R61", "R62", "R63", "R64", "R65", "R66"),
    *("R70", "R71", "R72", "R73", "R75", "R76", "R77", "R78", "R79", "R81"),
    *("R90", "R91", "R93", "R94", "R95", "R96", "R97", "R99"),
    *("E01", "E02", "E03", "E04", "E05", "E06", "U03", "U05"),
}
BY_DOCUMENT = {
    *("R13", "R27", "R40", "R42", "R49", "R67", "R74", "R80", "R82", "R92", "R98", "R100"),
    *("E07", "U01", "U02", "U04", "U06"),
}
"""Rules that a log decides, in one policy at least, and rules that none does: the whole list."""

RULES = [rule for name in known_policies() for rule in load_policy(name).rules]


def base(rule_id: str) -> str:
    return rule_id.split("-", maxsplit=1)[0]


def test_the_page_is_as_the_policies_are() -> None:
    page = (ROOT / "docs/reference/policies.md").read_text(encoding="utf-8")
    assert write_policies.page() == page, "run .venv/bin/python docs/write_policies.py"


def test_every_rule_of_the_list_is_accounted_for() -> None:
    assert {base(rule.rule_id) for rule in RULES if rule.check is not None} == BY_LOG
    assert {base(rule.rule_id) for rule in RULES} - BY_LOG == BY_DOCUMENT
    assert len(BY_LOG) >= 45
    assert len(BY_LOG | BY_DOCUMENT) == 83


def test_a_rule_whose_limit_is_ours_or_unchecked_says_so_in_its_words() -> None:
    for rule in RULES:
        words = rule.paraphrase.lower()
        if rule.status == "DERIVED":
            assert any(word in words for word in (" ours", " our ", "no number", "used here")), rule
        if rule.status == "UNVERIFIED":
            assert "not checked" in words or "not known" in words or "not found" in words, rule


def test_a_force_that_deletes_templates_and_keeps_video_has_both_rules() -> None:
    met = {rule.rule_id: rule for rule in load_policy("met-lfr-2024-09").rules}
    assert "R11" in met["R01"].paraphrase
    assert "R01" in met["R11"].paraphrase
