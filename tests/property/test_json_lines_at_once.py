"""JSON Lines read a block at once say what they say line by line: events, problems, refusals."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from probity.audit.log import json_lines, open_log
from probity.audit.log.json_lines import JsonLines
from probity.audit.log.mapping_file import LogMapping
from probity.core import InputError

AT = '"time": "2025-01-01T00:00:01Z"'


def created(further: str, number: int = 1) -> str:
    return f'{{"event": {number}, {AT}, "kind": "template.created", {further}}}'


USUAL = [
    created('"template": 4, "deployment": 1'),
    f'{{"kind": "alert.raised", {AT}, "event": 2, "alert": 1, "score": 0.5, "group": "a"}}',
    f'{{"event": 3, {AT}, "kind": "engagement.end", "leaflet": true, "note": "all well"}}',
]
"""With every key that a line below has, so that a block of it can be read at once."""
LINES = [
    *USUAL * 3,
    created('"template": 5', number=3),
    created('"score": 7'),
    created('"score": -1e3, "group": "\\u00e9\\ud83d\\ude00 é"'),
    created('"group": null, "note": null'),
    created('"template": "6"'),
    created('"group": 12'),
    created('"note": 3'),
    created('"note": [1]'),
    created('"note": 1, "note": 2'),
    created('"note": 1, "\\u006eote": 2'),
    created('"alert": {"a": 1}'),
    created('"template": 1.0'),
    created('"template": 1e2'),
    created('"template": true'),
    created('"template": 9223372036854775808'),
    created('"score": 9223372036854775808'),
    created('"score": 12345678901234567890123456789012345678901'),
    created('"score": 1e999'),
    created('"score": NaN'),
    created('"score": Inf'),
    created('"score": "0.5"'),
    created('"leaflet": "TRUE"'),
    created('"group": "\\ud800"'),
    created('"group": "\\u0000"'),
    created('"group": "a\tb"'),
    created('"group": "\udcff"'),  # A byte that is not UTF-8.
    created('"note": "\udcff"'),
    created('"group": "' + "x" * 201 + '"'),
    created('"note": "' + "x" * 300 + '"'),
    created('"unheard_of": 1'),
    created(f"{'[' * 2000}"),
    '{"event": 1, "time": "yesterday", "kind": "face.seen"}',
    '{"event": 1, "time": 1735689601, "kind": "face.seen"}',
    '{"event": 1, "time": 1735689601.25, "kind": "face.seen"}',
    '{"event": 1, "time": "12025-01-01T00:00:01Z", "kind": "face.seen"}',
    f'{{"event": null, {AT}, "kind": "face.seen"}}',
    USUAL[0] + USUAL[1],
    USUAL[0] + "," + USUAL[1],
    USUAL[0].replace(", ", ",\n", 1),
    "",
    "5",
    "\ufeff" + USUAL[0],
    USUAL[0] + "\r",
    USUAL[0] + " ",
]
MAPPINGS = [
    None,
    LogMapping(columns={"note": "ignored"}),
    LogMapping(columns={"note": "reason"}, values={"reason": {"3": "three"}}, missing=["7"]),
    LogMapping(ids="text", time_unit="s"),
]


def told(path: Path, mapping: LogMapping | None) -> Any:
    """All that a log says, or why it is refused."""
    try:
        with open_log(path, mapping=mapping) as log:
            said = (log.columns, log.counts, log.filled, log.from_us, log.to_us, log.problems)
            return list(log.rows()), said
    except InputError as error:
        return str(error)


@settings(deadline=None, derandomize=True, database=None, max_examples=30,
          phases=[Phase.explicit, Phase.generate],
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(
    lines=st.lists(st.one_of(st.sampled_from(USUAL), st.sampled_from(LINES)), max_size=8),
    mapping=st.sampled_from(MAPPINGS),
    last=st.sampled_from(["", "\n"]),
)
@example(lines=[created('"score": 7')], mapping=None, last="\n")
def test_at_once_and_line_by_line_are_the_same(lines, mapping, last, tmp_path, monkeypatch):
    path = tmp_path / "log.jsonl"
    text = "\n".join([*USUAL, *lines]) + last
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with monkeypatch.context() as patch:
        patch.setattr(json_lines, "_BLOCK_BYTES", 400)
        at_once = told(path, mapping)
        patch.setattr(JsonLines, "_at_once", lambda *_: None)
        line_by_line = told(path, mapping)
    assert at_once == line_by_line


@pytest.mark.parametrize("line", LINES)
def test_each_line_behind_a_block_of_usual_ones(line, tmp_path, monkeypatch):
    test_at_once_and_line_by_line_are_the_same.hypothesis.inner_test(
        [*USUAL * 2, line], None, "\n", tmp_path, monkeypatch
    )


def test_a_block_like_the_one_before_is_read_at_once(tmp_path, monkeypatch):
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(USUAL * 10))
    read, at_once = [], JsonLines._at_once
    with monkeypatch.context() as patch:
        patch.setattr(json_lines, "_BLOCK_BYTES", 400)
        patch.setattr(JsonLines, "_at_once", lambda *own: read.append(at_once(*own)) or read[-1])
        assert sum(len(batch) for _, batch in JsonLines(path, LogMapping()).batches()) == 30
    assert read[0] is None
    assert len(read) > 3
    assert all(batch is not None for batch in read[1:])
