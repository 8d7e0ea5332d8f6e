"""The wheel: everything is in it, and in an empty environment it does what the source does."""

import subprocess
import sys
import tomllib
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLAIM = "C11-99-9997-percent"


def build(out: Path) -> Path:
    """The wheel, built from the source tree without asking anybody for anything."""
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*command, "--quiet", "--wheel-dir", out, ROOT], check=True)
    [wheel] = out.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


def test_it_is_pure_python_of_this_version(wheel: Path) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert wheel.name == f"probity-{project['version']}-py3-none-any.whl"


def test_every_file_of_the_package_and_both_licences_are_in_it(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "src/probity"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
        licences = {name.rpartition("/")[2] for name in archive.namelist() if "/licenses/" in name}
    assert held == {path.removeprefix("src/") for path in tracked if (ROOT / path).is_file()}
    assert licences == {"LICENCE", "LICENCES-DATA.md"}


def test_it_is_built_the_same_twice(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


@pytest.mark.verify
def test_it_works_in_an_empty_environment_without_a_compiler(wheel: Path, tmp_path: Path) -> None:
    """And makes the same bundle, byte for byte, as the source tree does."""
    venv.create(tmp_path / "env", with_pip=True)
    python, probity = (tmp_path / "env/bin" / name for name in ("python", "probity"))
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pinned = ["--only-binary", ":all:", "--require-hashes", "-r", ROOT / "requirements/run.txt"]
    surroundings = {"PATH": str(python.parent), "HOME": str(tmp_path), "LC_ALL": "C"}
    subprocess.run([*install, *pinned], check=True)
    subprocess.run([*install, "--no-deps", wheel], check=True)
    subprocess.run([python, "-m", "pip", "check"], check=True)
    checked = subprocess.run(
        [probity, "check", "--claims", CLAIM],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert CLAIM in checked.stdout
    here = Path(sys.executable).with_name("probity")
    for program, out, environment in ((probity, "a", surroundings), (here, "b", None)):
        publish = [program, "publish", "bundle", "--claims", CLAIM, "--out", out]
        subprocess.run(publish, cwd=tmp_path, env=environment, check=True)
    assert (tmp_path / "a/manifest.json").read_bytes() == (
        tmp_path / "b/manifest.json"
    ).read_bytes()
