"""What a laboratory hands in names people by ids; what comes out names nobody."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROBITY = str(Path(sys.executable).with_name("probity"))
PEOPLE = [f"Qx{number:03}zq" for number in range(30)]


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    generator = np.random.default_rng(4)
    lines = ["probe_id,probe_subject,reference_id,reference_subject,score,mated"]
    for probe in PEOPLE:
        for entry in PEOPLE[:12]:
            score = generator.normal(4.0 if probe == entry else 0.0)
            lines.append(f"P{probe},{probe},G{entry},{entry},{score:.4f},{int(probe == entry)}")
    path = tmp_path_factory.mktemp("people") / "scores.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("command", ["verification", "identification"])
def test_no_person_or_sample_is_named_in_what_is_measured(
    command: str, scores: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.html"
    for output in ("table", "json"):
        done = subprocess.run(
            [PROBITY, "measure", command, "--scores", scores, "--report", page, "--format", output],
            capture_output=True,
            text=True,
            check=True,
        )
        told = done.stdout + done.stderr + page.read_text(encoding="utf-8")
        assert len(told) > 10_000
        assert [person for person in PEOPLE if person in told] == []
