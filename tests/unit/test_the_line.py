"""The line: Probity never identifies anyone, and nothing it installs could begin to."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Each direct requirement, and why it is here. A new one needs a line in docs/adr/0001 as well.
ALLOWED = {
    "altair": "figures",
    "cryptography": "signatures of the transparency log, and its keys at rest",
    "duckdb": "rules over event logs",
    "jinja2": "pages",
    "numba": "comparison engine",
    "numpy": "numbers",
    "pdfplumber": "reading published PDF tables",
    "pyarrow": "score files",
    "pydantic": "claims and mapping files",
    "python-calamine": "reading XLSX and ODS",
    "python-multipart": "files handed to the local app",
    "rfc8785": "canonical JSON",
    "rich": "terminal",
    "scipy": "statistics",
    "sqlglot": "rules as SQL, built and never pasted together",
    "starlette": "local app",
    "statsmodels": "regression",
    "typer": "command line",
    "uvicorn": "local app",
    "vl-convert-python": "drawing figures",
}

# Packages that read cameras, decode video, find faces or hold face models.
FORBIDDEN = re.compile(
    r"opencv|^face|insightface|deepface|retinaface|mtcnn|dlib|torch|tensorflow|onnx|mediapipe|"
    r"imageio|scikit-image|picamera|^av$|ffmpeg|gstreamer|pyrealsense|ultralytics"
)

PICTURE_ENDINGS = {
    ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic",
    ".mp4", ".mov", ".avi", ".mkv", ".pdf", ".onnx", ".pt", ".pth", ".h5", ".tflite",
}  # fmt: skip


def _pinned(group: str) -> set[str]:
    text = (ROOT / "requirements" / f"{group}.txt").read_text()
    return set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE))


def _direct() -> set[str]:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return {re.split(r"[<>=\[; ]", line)[0] for line in project["dependencies"]}


def test_every_direct_requirement_is_on_the_list_with_its_reason() -> None:
    assert _direct() == set(ALLOWED)


def test_every_direct_requirement_has_its_line_among_the_decisions() -> None:
    decision = (ROOT / "docs/adr/0001-libraries.md").read_text().lower()
    names = {"python-calamine", "vl-convert-python"} ^ set(ALLOWED)
    assert {name for name in names if name not in decision} == set()


def test_nothing_pinned_reads_cameras_or_finds_faces() -> None:
    pinned = _pinned("run") | _pinned("test")
    assert {name for name in pinned if FORBIDDEN.search(name)} == set()


def test_the_pattern_would_catch_what_it_is_for() -> None:
    for name in ("opencv-python", "face-recognition", "insightface", "torch", "av", "dlib"):
        assert FORBIDDEN.search(name), name


def test_no_picture_video_or_model_file_is_kept_in_the_repository() -> None:
    """But pictures of Probity's own pages, each of which a document shows."""
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    shown = {
        f"docs/pictures/{name}"
        for page in (ROOT / "docs").rglob("*.md")
        for name in re.findall(r"\]\((?:\.\./)?pictures/([a-z-]+\.png)\)", page.read_text("utf-8"))
    }
    kept = {name for name in tracked if Path(name).suffix.lower() in PICTURE_ENDINGS}
    assert kept - shown == set()


def test_requirements_name_no_address() -> None:
    for file in (ROOT / "requirements").iterdir():
        assert "://" not in file.read_text(), file.name


def test_every_pinned_requirement_has_a_hash() -> None:
    for file in (ROOT / "requirements").iterdir():
        for pin in re.split(r"\n(?=[a-z0-9])", file.read_text().strip()):
            assert re.match(r"[a-z0-9-]+==\S+", pin), (file.name, pin)
            assert "--hash=sha256:" in pin, (file.name, pin)
