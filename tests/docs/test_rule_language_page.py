"""The page on the rule language: its rules can be read, and it names what there is."""

import re
from pathlib import Path
from typing import get_args

import pytest

from probity.audit.duration import UNITS
from probity.audit.policy_model import FromTemplate
from probity.audit.tokens import KEYWORDS
from rule_tables import rule_of

PAGE = (Path(__file__).parents[2] / "docs/reference/rule-language.md").read_text()
EXAMPLES = re.findall(r"```rule\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_a_guarded_rule(example: str) -> None:
    parts = re.split(r"^(for_each|when|require):", example, flags=re.MULTILINE)[1:]
    named = dict(zip(parts[::2], parts[1::2], strict=True))
    rule_of(named["for_each"], named["require"], named.get("when"))


def test_every_keyword_unit_and_template_is_named() -> None:
    for word in (*KEYWORDS, *UNITS):
        assert re.search(rf"\b{word}\b", PAGE), word
    for template in get_args(get_args(FromTemplate)[0]):
        [name] = get_args(template.model_fields["template"].annotation)
        [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
        keys = {field.alias or key for key, field in template.model_fields.items()} - {"template"}
        assert set(re.findall(r"`([a-z_]+)`", row.split("|")[2])) == keys


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 4
