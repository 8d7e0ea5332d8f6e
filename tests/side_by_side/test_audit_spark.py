"""The same compiled rules on Spark: event for event what the reference and DuckDB say."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from typer.testing import CliRunner

from event_logs import SECOND, START, created, deleted, table, write_parquet
from generated_logs import GeneratedLog, cases
from policy_stories import STORIES
from probity.audit.engine import duckdb_run, spark_run
from probity.audit.engine.spark_plan import in_parts
from probity.audit.policy_file import load_policy
from probity.audit.reference import judge
from probity.audit.rule import Rule
from probity.cli.app import app
from probity.core import InputError
from probity.core.event import KINDS
from probity.core.event_columns import LogHeader
from rule_tables import rule_of
from spark_here import configured, needs_java, spark
from stories import START_US
from stories import given as told

pytestmark = needs_java
__all__ = ["spark"]

PROBITY = str(Path(sys.executable).with_name("probity"))
DAY_US = 86_400_000_000
POLICY = load_policy("met-lfr-2024-09")
SETTINGS = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def breached_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every story of a breach of the policy's rules, in one log."""
    lines = "\n".join(STORIES.get(rule.rule_id, ("", ""))[1] for rule in POLICY.rules)
    story = told("\n".join(filter(None, lines.splitlines())))
    header = LogHeader("stories", tuple(KINDS), START_US - 400 * DAY_US, story.until_us)
    folder = tmp_path_factory.mktemp("log")
    return write_parquet(folder / "every breach.parquet", story.events, header)


def require_agreement(rule: Rule, log: GeneratedLog, folder: Path, session: Any) -> None:
    path = folder / "log.parquet"
    table = log.table()
    pq.write_table(table, path)
    given_log: dict[str, Any] = {
        "parquet": path, "columns": table.column_names, "to_us": log.to_us
    }  # fmt: skip
    expected = judge([rule], log.rows, to_us=log.to_us)
    assert spark_run.run([rule], session=session, **given_log) == expected, rule.check
    assert duckdb_run.run([rule], threads=1, **given_log) == expected, rule.check


@settings(SETTINGS, max_examples=6, phases=[Phase.generate])
@given(case=cases())
def test_generated_rules_over_generated_logs(case, tmp_path, spark):
    require_agreement(*case, tmp_path, spark)


@pytest.mark.verify
@settings(SETTINGS, max_examples=500, derandomize=False, phases=[Phase.generate])
@given(case=cases())
def test_500_generated_rules_over_generated_logs(case, tmp_path, spark):
    require_agreement(*case, tmp_path, spark)


def test_the_command_says_the_same_of_every_rule_of_a_policy(breached_log, spark):
    def document(engine: str) -> Any:
        command = ["audit", str(breached_log), "--policy", POLICY.name, "--engine", engine]
        result = CliRunner().invoke(app, [*command, "--format", "json"], catch_exceptions=False)
        assert result.exit_code == 0
        return json.loads(result.stdout)

    found = document("spark")
    assert found["verdicts"]["breached"] > 15
    assert found == document("duckdb")


def test_steps_that_are_computed_first_change_nothing(tmp_path, spark, monkeypatch):
    monkeypatch.setattr(spark_run, "in_parts", partial(in_parts, largest=2))
    rows = [created(n, at=n, template=n % 5) for n in range(12)]
    rows += [deleted(20 + n, at=n + 0.5, template=n % 7) for n in range(9)]
    path = write_parquet(tmp_path / "log.parquet", rows)
    rule = rule_of(
        "template.deleted(template: t)",
        "ONCE[0, 6 s] (template.created(template: t) AND NOT ONCE (template.deleted(template: t) "
        "AND COUNT d. (EVENTUALLY[0, 4 s] template.created(deployment: d, template: t)) = 0))",
    )
    what = {"columns": ("event", "time", "kind", "template", "deployment"), "to_us": START + 10**7}
    (found,) = spark_run.run([rule], parquet=path, session=spark, **what)
    assert (found,) == judge([rule], rows, to_us=what["to_us"])
    assert found.breached.size > 0
    assert found.checked > found.breached.size + found.undecided.size


def test_only_known_fields_and_kinds_of_any_file_take_part(tmp_path, spark):
    folder = tmp_path / "kind=alert.deleted" / "a[1] {b}*? \\ %20"
    folder.mkdir(parents=True)
    parts = [folder / "part 1.parquet", folder / "part 2.parquet"]
    rows = [created(1), created(2, template=8), {**deleted(3, at=0.5), "kind": "of our own"}]
    for path, some in zip(parts, (rows[:1], rows[1:]), strict=True):
        whole = table(some)
        # A name that differs by its case alone, and a type that Spark does not have.
        whole = whole.append_column("TEMPLATE", pa.array([99] * len(some), pa.duration("ns")))
        pq.write_table(whole, path)
    rule = rule_of(
        "template.created(template: t)", "EVENTUALLY[0, 1 s] template.deleted(template: t)"
    )
    columns = ("event", "time", "kind", "template", "deployment")
    (found,) = spark_run.run(
        [rule], parquet=parts, columns=columns, to_us=START + 9 * SECOND, session=spark
    )
    assert found.checked == 2
    assert found.breached.tolist() == [1, 2]


@pytest.mark.parametrize("name", ["_log.parquet", ".log.parquet"])
def test_a_file_that_spark_would_pass_over_is_refused(name, tmp_path):
    path = write_parquet(tmp_path / name, [created(1)])
    with pytest.raises(InputError, match="begin with"):
        spark_run.run([], parquet=path, columns=("event", "time", "kind"), to_us=0)


def test_times_of_long_ago_and_of_a_later_age_keep_their_microseconds(tmp_path, spark):
    times = [-62_135_596_800_000_000, -2_208_988_800_000_001, 253_402_300_799_999_998]
    rows = [{**created(n, template=n), "time": time} for n, time in enumerate(times)]
    rows += [
        {**deleted(n + 3, template=n), "time": time + (n == 1)} for n, time in enumerate(times)
    ]
    path = write_parquet(tmp_path / "log.parquet", rows)
    rule = rule_of("template.created(template: t)", "template.deleted(template: t)")
    columns = ("event", "time", "kind", "template", "deployment")
    (found,) = spark_run.run([rule], parquet=path, columns=columns, to_us=times[2], session=spark)
    assert found.checked == 3
    assert found.breached.tolist() == [1]


def test_numbers_that_do_not_fit_are_an_error_and_no_other_number(tmp_path, spark):
    path = write_parquet(tmp_path / "log.parquet", [created(1)])
    rule = rule_of("template.created(time: t)", f"t + {2**63 - 10**15} us > t")
    with pytest.raises(Exception, match="ARITHMETIC_OVERFLOW"):
        spark_run.run(
            [rule], parquet=path, columns=("event", "time", "kind"), to_us=2**62, session=spark
        )


def test_it_listens_on_the_loopback_address_only(spark):
    mine = f"/proc/{spark.sparkContext._gateway.proc.pid}/fd"
    held = {os.readlink(entry.path) for entry in os.scandir(mine)}
    lines = [line.split() for file in ("tcp", "tcp6")
             for line in Path("/proc/net", file).read_text().splitlines()[1:]]  # fmt: skip
    listening = [line[1] for line in lines if line[3] == "0A" and f"socket:[{line[9]}]" in held]
    assert listening
    loopback = ("0100007F:", "0000000000000000FFFF00000100007F:")
    assert [address for address in listening if not address.startswith(loopback)] == []


@pytest.mark.verify
def test_a_process_of_its_own_says_nothing_but_its_result(breached_log, tmp_path):
    command = [sys.executable, "-X", "dev", PROBITY, "audit", str(breached_log)]
    command += ["--policy", "gmp-lfr", "--engine", "spark", "--format", "json"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, cwd=tmp_path, env=configured(tmp_path)
    )
    assert done.stderr == ""
    assert json.loads(done.stdout)["verdicts"]["breached"] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["spark-defaults.conf"]
