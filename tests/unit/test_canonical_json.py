"""Canonical JSON: one form to write, and one reading of what strangers write."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probity.core.canonical_json import (
    JsonError,
    canonical,
    first_difference,
    read_canonical,
    read_json,
)

DOCUMENTS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("aé\u20ac😀"), inner),
    max_leaves=10,
)


def test_the_example_of_rfc_8785_section_3_2() -> None:
    document = json.loads(
        r'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        r'"string": "\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/",'
        r'"literals": [null, true, false]}'
    )
    assert canonical(document).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


@given(DOCUMENTS)
def test_what_is_written_is_read_again(document: object) -> None:
    content = canonical(document)
    assert read_canonical(content) == document
    assert canonical(read_json(content)) == content


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'{"a":1,"a":2}', "the key 'a' stands twice"),
        (b'{"a":NaN}', "NaN is no JSON number"),
        (b'{"a":-Infinity}', "-Infinity is no JSON number"),
        (b'{"a":1e400}', "cannot be canonical JSON"),
        (b'{"a":9007199254740993}', "byte 20: not in canonical form"),
        (b'{"a":' + b"9" * 5_000 + b"}", "cannot be canonical JSON"),
        (b'{"b":1,"a":2}', "byte 2: not in canonical form"),
        (b'{"a": 1}', "byte 5: not in canonical form"),
        (b'{"a":1.0}', "byte 6: not in canonical form"),
        (b'{"a":1}\n', "byte 7: not in canonical form"),
        (b'{"a":"\\u0041"}', "byte 6: not in canonical form"),
        (b'{"a":"\\ud800"}', "cannot be canonical JSON"),
        (b'{"a":1', "byte 6: not JSON"),
        ('{"é":1'.encode(), "byte 7: not JSON"),
        (b'{"a":"\xff"}', "byte 6: not UTF-8 text"),
        (b"\xef\xbb\xbf{}", "byte 0: not JSON"),
        (b"[" * 65 + b"]" * 65, "nested more than 64 levels deep"),
        (b"[" * 100_000, "nested more than 64 levels deep"),
        (b"", "byte 0: not JSON"),
    ],
)
def test_everything_else_is_refused_with_its_place(content: bytes, problem: str) -> None:
    with pytest.raises(JsonError) as caught:
        read_canonical(content)
    assert problem in str(caught.value)


def test_sixty_four_levels_are_read() -> None:
    assert read_canonical(b"[" * 64 + b"]" * 64)


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_the_first_difference_is_the_first_one(found: bytes, expected: bytes) -> None:
    if found != expected:
        at = first_difference(found, expected)
        assert found[:at] == expected[:at]
        assert found[at : at + 1] != expected[at : at + 1]
