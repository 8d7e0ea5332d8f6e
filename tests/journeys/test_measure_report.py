"""`probity measure ... --report`: the page beside the result on the terminal."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

PROBITY = str(Path(sys.executable).with_name("probity"))


def probity(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [PROBITY, "measure", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def scores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty people searched in a gallery of the first ten, every score listed."""
    generator = np.random.default_rng(8)
    path = tmp_path_factory.mktemp("scores") / "scores.csv"
    lines = ["probe_id,probe_subject,reference_id,reference_subject,score,mated"]
    for probe in range(20):
        for entry in range(10):
            same = probe == entry
            score = generator.normal(3.0 if same else 0.0, 0.8)
            lines.append(f"p{probe},s{probe},g{entry},s{entry},{score:.4f},{int(same)}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("command", "title"),
    [("verification", "Verification test"), ("identification", "Identification test")],
)
def test_the_page_is_written_and_the_last_line_says_where(
    scores: Path, tmp_path: Path, command: str, title: str
) -> None:
    out = tmp_path / "new" / "page.html"
    done = probity(command, "--scores", scores, "--report", out)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == f"The page is {out}"
    page = out.read_text(encoding="utf-8")
    assert f"<title>{title}" in page
    assert "Content-Security-Policy" in page


def test_json_stays_a_document_of_its_own(scores: Path, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    done = probity("verification", "--scores", scores, "--report", out, "--format", "json")
    assert json.loads(done.stdout)["schema"] == "probity/verification/1"
    assert f"The page is {out}" in done.stderr


def test_a_page_that_cannot_be_written_is_said_so(scores: Path, tmp_path: Path) -> None:
    done = probity("verification", "--scores", scores, "--report", tmp_path)
    assert done.returncode == 3
    assert "cannot write the page" in done.stderr
    assert "Traceback" not in done.stderr
