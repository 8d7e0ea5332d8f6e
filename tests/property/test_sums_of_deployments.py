"""What holds for the sums of any deployments."""

from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from probity.core import EventRate, Rate
from probity.records.grouping import By
from probity.records.schema import Deployment
from probity.records.summarise import SUMMED, Group, summarise

few = settings(max_examples=40)
DAYS = st.dates(date(2023, 1, 1), date(2025, 12, 31))
MAYBE = st.none() | st.integers(0, 50)


@st.composite
def deployments(draw: st.DrawFn) -> list[Deployment]:
    rows = []
    for number in range(draw(st.integers(0, 12))):
        first = draw(st.none() | DAYS)
        last = first + timedelta(days=draw(st.sampled_from([0, 0, 0, 2]))) if first else None
        false, true = draw(MAYBE), draw(MAYBE)
        rows.append(
            Deployment(
                record_id=f"X-{number}",
                force=draw(st.sampled_from(["Metropolitan Police", "Other"])),
                date_start=first.isoformat() if first else None,
                date_end=last.isoformat() if last else None,
                place=draw(st.sampled_from(["A", "B"])),
                borough=draw(st.sampled_from([None, "Camden"])),
                use_case=draw(st.sampled_from([None, "Event PSO"])),
                faces_seen=draw(st.none() | st.integers(100, 40_000)),
                alerts=None if false is None or true is None else false + true,
                true_alerts=true,
                false_alerts=false,
                arrests=draw(MAYBE),
                duration_minutes=draw(st.none() | st.integers(1, 600)),
                source_id="x",
                row=number + 1,
            )
        )
    return rows


@few
@given(deployments(), st.sampled_from(By))
def test_groups_partition_the_whole(rows: list[Deployment], by: By) -> None:
    summary = summarise(rows, by=by)
    _is_partition(summary.groups, summary.whole)
    assert len({g.key for g in summary.groups}) == len(summary.groups)


@few
@given(deployments(), st.sampled_from(By))
def test_segments_partition_their_group_and_cross_no_break(rows: list[Deployment], by: By) -> None:
    summary = summarise(rows, by=by)
    for group in (*summary.groups, summary.whole):
        assert bool(group.segments) == bool(group.breaks) == bool(group.warning)
        if group.segments:
            _is_partition(group.segments, group)
            assert all(not s.breaks for s in group.segments)


@few
@given(deployments(), st.randoms(use_true_random=False), st.sampled_from(By))
def test_the_order_of_rows_does_not_matter(rows: list[Deployment], random: Random, by: By) -> None:
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert summarise(shuffled, by=by) == summarise(rows, by=by)


@few
@given(deployments())
def test_every_row_is_used_or_left_out_of_every_rate(rows: list[Deployment]) -> None:
    for rate in summarise(rows).whole.rates:
        assert rate.rows_used + rate.rows_left_out == len(rows)


@few
@given(deployments())
def test_letting_deployments_differ_never_narrows_an_interval(rows: list[Deployment]) -> None:
    for rate in summarise(rows).whole.rates:
        exact, wide = rate.measured, rate.clustered
        if isinstance(exact, Rate | EventRate) and isinstance(wide, Rate | EventRate):
            assert wide.low <= exact.low * (1 + 1e-9)
            assert exact.high <= wide.high * (1 + 1e-9)
            assert wide.low <= wide.value <= wide.high


def _is_partition(parts: tuple[Group, ...], whole: Group) -> None:
    assert sum(p.deployments for p in parts) == whole.deployments
    for column in SUMMED:
        stated = [t for p in parts if (t := p.totals[column]) is not None]
        assert (sum(stated) if stated else None) == whole.totals[column]
        assert sum(p.missing[column] for p in parts) == whole.missing[column]
