"""Whatever the bytes, reading ends in a record or in an ``InputError``, and in nothing else."""

import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import malformed as m
from probity.core import InputError
from probity.records.kinds import KINDS
from probity.records.reader import read


def read_or_refuse(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "record"
        path.write_bytes(content)
        try:
            record = read(path)
        except InputError as error:
            refusal = str(error)
            record = None
    if record is None:
        assert refusal.isprintable()
        return
    assert record.deployments
    assert {p.kind for p in record.problems} <= KINDS.keys()
    for d in record.deployments:
        counts = (d.faces_seen, d.alerts, d.arrests, d.watchlist_size, d.duration_minutes)
        assert all(n is None or 0 <= n <= 1_000_000_000 for n in counts)


@cache
def seed(name: str) -> bytes:
    return {"pdf": m.pdf, "xlsx": m.workbook, "csv": m.csv}[name]()


def damage(content: bytes, data: st.DataObject) -> bytes:
    """Some bytes overwritten, a stretch left out or doubled."""
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    start = data.draw(st.integers(0, len(damaged)))
    end = min(len(damaged), start + data.draw(st.integers(0, 200)))
    return bytes(
        damaged[:start] + damaged[start:end] * data.draw(st.integers(0, 2)) + damaged[end:]
    )


@given(st.binary(max_size=400))
def test_any_bytes(content: bytes) -> None:
    read_or_refuse(content)


@settings(max_examples=50)
@given(st.lists(st.lists(st.text(max_size=12), max_size=12), max_size=12))
def test_any_cells_below_good_headings(rows: list[list[str]]) -> None:
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    read_or_refuse("\n".join([m.text().strip(), *quoted]).encode("utf-8", errors="replace"))


@settings(max_examples=150)
@given(st.data())
def test_damaged_text(data: st.DataObject) -> None:
    read_or_refuse(damage(seed("csv"), data))


@pytest.mark.parametrize("name", ["pdf", "xlsx"])
@settings(max_examples=6)
@given(data=st.data())
def test_damaged_documents(name: str, data: st.DataObject) -> None:
    read_or_refuse(damage(seed(name), data))


@pytest.mark.verify
@pytest.mark.parametrize("name", ["pdf", "xlsx", "csv"])
@settings(max_examples=300)
@given(data=st.data())
def test_damaged_documents_at_length(name: str, data: st.DataObject) -> None:
    read_or_refuse(damage(seed(name), data))
