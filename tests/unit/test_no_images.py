"""The line, in what is installed and imported: nothing that measures or simulates decodes an image.

``test_the_line`` says which packages may be required. Here the pinned graph is followed from each
image decoder to whoever asks for it, and a process is asked what it has really imported.
"""

import json
import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

DECODERS = re.compile(
    r"^(pillow|pypdfium2|pymupdf|opencv.*|imageio.*|scikit-image|wand|rawpy|pyvips|pypng|tifffile|"
    r"av|ffmpeg.*|kornia|torchvision|simplecv|imagecodecs|pillow-.*)$"
)
EXCEPTIONS = {
    "pillow": "pdfplumber draws pages with it on request; Probity requests none",
    "pypdfium2": "pdfplumber renders pages with it on request; Probity requests none",
}
"""Image decoders in the pinned graph, each there for pdfplumber alone, which reads PDF tables.

The process that opens a PDF (``probity.records.child``) imports them with pdfplumber, under caps on
memory and time. It reads characters and ruling lines; pictures in a PDF are not looked at.
"""
MODULES = (
    "PIL",
    "pypdfium2",
    "cv2",
    "imageio",
    "skimage",
    "av",
    "torch",
    "tensorflow",
    "onnxruntime",
)

WALK = """
import importlib, json, pkgutil, sys
for name in {packages}:
    package = importlib.import_module(name)
    for found in pkgutil.walk_packages(package.__path__, name + "."):
        try:
            importlib.import_module(found.name)
        except ImportError as error:
            if "probity" in str(error.name):
                raise
print(json.dumps(sorted({{m.split(".")[0] for m in sys.modules}} & set({modules}))))
"""
USE = """
import json, sys
from pathlib import Path
from probity.cli import main
out = Path(sys.argv.pop())
sys.argv = ["probity", "twin", "run", "fixed-cameras", "--out", str(out / "run")]
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
sys.argv = ["probity", "measure", "verification", "--scores", str(out / "run" / "scores.parquet")]
try:
    main()
except SystemExit as done:
    assert not done.code, done.code
print(json.dumps(sorted({m.split(".")[0] for m in sys.modules} & set(%r))))
"""


def pinned() -> list[str]:
    text = (ROOT / "requirements" / "run.txt").read_text()
    return sorted(set(re.findall(r"^([a-z0-9-]+)==", text, flags=re.MULTILINE)))


def asked_for_by(name: str) -> set[str]:
    """Pinned packages that require ``name`` without an extra."""
    found = set()
    for package in pinned():
        try:
            needs = requires(package) or []
        except PackageNotFoundError:  # of another system
            continue
        for need in needs:
            if "extra ==" not in need and re.split(r"[ <>=!~;\[(]", need)[0].lower() == name:
                found.add(package)
    return found


def imported(code: str, *arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_image_decoders_are_pinned_for_reading_pdf_alone() -> None:
    assert {name for name in pinned() if DECODERS.match(name)} == set(EXCEPTIONS)
    for name in EXCEPTIONS:
        assert asked_for_by(name) == {"pdfplumber"}, name


def test_the_pattern_would_catch_what_it_is_for() -> None:
    for name in ("opencv-python-headless", "imageio-ffmpeg", "torchvision", "pillow-simd"):
        assert DECODERS.match(name), name


@pytest.mark.parametrize("package", ["performance", "twin", "audit", "stats", "core", "claims"])
def test_no_module_imports_an_image_decoder(package: str) -> None:
    code = WALK.format(packages=[f"probity.{package}"], modules=list(MODULES))
    assert imported(code) == []


def test_the_walk_would_see_one() -> None:
    code = WALK.format(packages=["pdfplumber"], modules=list(MODULES))
    assert imported(code) == ["PIL", "pypdfium2"]


def test_running_the_twin_and_measuring_its_scores_imports_none(tmp_path: Path) -> None:
    assert imported(USE % (MODULES,), str(tmp_path)) == []
