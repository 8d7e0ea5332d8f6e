"""What is read of lines does not depend on how they arrive: all at once, one by one, in any cut."""

from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from probity.audit.stream import lines as lines_module
from probity.audit.stream import sources
from probity.audit.stream.lines import LineReader
from probity.core.event import KINDS

FIELDS = ("event", "time", "kind", "template", "alert", "score", "decision", "leaflet")
AT = '"time": "2025-01-01T00:00:01Z"'
GOOD = [
    f'{{"event": 1, {AT}, "kind": "template.created", "template": 4}}',
    f'{{"kind": "template.deleted", "template": 4, {AT}, "event": 2}}',
    f'{{"event": 3, {AT}, "kind": "alert.raised", "alert": 1, "template": 4, "score": 0.5}}',
    f'{{"event": 4, {AT}, "kind": "alert.adjudicated", "alert": 1, "decision": "é \\" }} {{"}}',
    f'{{"event": 5, {AT}, "kind": "of our own", "size": [1, {{"a": 2}}]}}',
    f'{{"event": 6, {AT}, "kind": "engagement.end", "leaflet": true, "alert": null}}',
    # On a kind that has no such field, nothing is looked at.
    f'{{"event": 7, {AT}, "kind": "template.created", "template": 5, "score": "high"}}',
    f'{{"event": 8, {AT}, "kind": "template.created", "score": {{"a": 1}}, "score": 2}}',
    # Half of a surrogate pair is no text that a column can hold; what was written is kept.
    f'{{"event": 9, {AT}, "kind": "alert.adjudicated", "decision": "\\ud800"}}',
]
BAD = [
    "nonsense",
    "[1]",
    f'{{"event": 1, {AT}, "kind": "template.created", "template": "x"}}',
    f'{{"event": 1, {AT}, "kind": "alert.raised", "score": {{"a": 1}}}}',
    f'{{"event": 1, {AT}, "kind": "alert.raised", "alert": 1, "alert": 2}}',
    f'{{"event": 1, {AT}, "kind": "alert.raised", "alert": 99999999999999999999}}',
    '{"event": 1, "time": "yesterday", "kind": "template.created"}',
    f'{{"event": null, {AT}, "kind": "template.created"}}',
    f'{{"event": 1, {AT}, "kind": "alert.raised"}}{{"event": 2, {AT}, "kind": "alert.raised"}}',
    f'{{"event": 1, {AT},\n"kind": "alert.raised"}}',
]


def read(blocks: list[str]) -> tuple[list[dict], int]:
    """Events, and how many lines were none."""
    reader = LineReader(FIELDS, file=Path("log.jsonl"))
    batches = [reader.batch(block.encode()) for block in blocks]
    found = [pa.Table.from_batches([batch]).to_pylist() for batch in batches if batch is not None]
    return [_stated(event) for some in found for event in some], reader.unreadable


def _stated(event: dict) -> dict:
    """What an event of its kind can state."""
    own = KINDS[event["kind"]].fields if event["kind"] in KINDS else ()
    return {name: value for name, value in event.items() if name in (*FIELDS[:3], *own)}


@settings(deadline=None, derandomize=True, database=None, max_examples=150,
          phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
@given(
    lines=st.lists(st.sampled_from([*GOOD * 3, *BAD, ""]), max_size=12),
    cuts=st.lists(st.integers(0, 12), max_size=4),
    few=st.sampled_from([0.15, 1.0]),
)
def test_any_cut_gives_the_same(lines, cuts, few, monkeypatch):
    monkeypatch.setattr(lines_module, "_FEW", few)
    # An object on two lines is two lines; a cut may fall between them.
    whole = [line + "\n" for text in lines for line in text.split("\n")]
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    blocks = ["".join(whole[a:b]) for a, b in pairwise(edges)]
    # Every line of a block with a bad one is read by itself.
    expected, unreadable = read(whole)
    events, left_out = read(blocks)
    assert events == expected
    assert left_out == unreadable


def test_good_lines_are_events_and_bad_ones_are_none():
    events, unreadable = read(["\n".join(GOOD)])
    assert [event["event"] for event in events] == list(range(1, 10))
    assert not unreadable
    for line in BAD:
        assert read([line + "\n"])[0] == []


@pytest.mark.parametrize(
    "line",
    [
        b'{"event": 1, "time": "2025-01-01T00:00:01Z", "kind": "\xff"}',
        b'{"event": 1, "time": "2025-01-01T00:00:01Z", "kind": "of our own", "note": "\xff"}',
        b'{"event": 1, "time": "2025-01-01T00:00:01Z", "kind": "of our own", "note": "%s"}'
        % (b"x" * (1 << 16)),
    ],
    ids=["kind not UTF-8", "other text not UTF-8", "too long"],
)
def test_a_line_that_is_none_is_left_out_among_others_as_alone(line):
    around = f"{GOOD[0]}\n".encode(), f"{GOOD[1]}\n".encode()
    for blocks in ([around[0] + line + b"\n" + around[1]], [around[0], line + b"\n", around[1]]):
        reader = LineReader(FIELDS, file=Path("log.jsonl"))
        batches = [reader.batch(block) for block in blocks]
        assert sum(len(batch) for batch in batches if batch is not None) == 2
        assert reader.unreadable == 1


def test_the_end_of_a_line_that_is_too_long_is_no_line(tmp_path, monkeypatch):
    monkeypatch.setattr(sources, "_BLOCK_BYTES", 1 << 17)
    path = tmp_path / "log.jsonl"
    path.write_text(GOOD[0] + "\n" + "x" * (1 << 17) + GOOD[1])
    source = sources.open_source(str(path), FIELDS, until_end=True)
    steps = [step for step in source.steps(0, stopped=lambda: False) if step is not None]
    assert sum(len(batch) for batch, _ in steps if batch is not None) == 1
    assert source.lines.unreadable == 1
    assert steps[-1][1] == path.stat().st_size
