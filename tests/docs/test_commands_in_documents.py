"""Every command that a document shows is run, in the order shown, on small files of these names."""

import hashlib
import io
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from guide_files import MAKERS
from probity.cli import main
from probity.publish.translog.key_directory import KeyDirectory

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    str(page.relative_to(ROOT))
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md"))
    if "_build" not in page.parts and "adr" not in page.parts
)
NOT_RUN = {
    "probity serve": "answers until it is stopped; "
    "tests/journeys/test_serve.py starts and stops it",
    "SPARK_MASTER": "needs a cluster; tests/side_by_side/test_audit_spark.py runs Spark",
    "probity twin stream fixed-cameras --speed 600 |": "waits in real time; "
    "tests/journeys/test_twin_stream.py and test_audit_follow.py run both ends",
}
"""Commands that begin so are run elsewhere, as is said."""
EXIT_CODES = {"--fail-on breach": 1}
"""Commands that are meant to end with another exit code than 0."""
STAND_FOR = {
    "DIGEST": lambda: hashlib.sha256(Path("evidence/manifest.json").read_bytes()).hexdigest(),
    "LOG_KEY": lambda: str(KeyDirectory(Path("keys")).signing_key().verifier),
}
"""Words of a guide for what an earlier command printed."""
_BLOCK = re.compile(r"^ *```([^\n]*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_COMMANDS = {"", "console", "sh"}


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    stdout: str
    stderr: str


def commands_in(page: str) -> Iterator[str]:
    """The commands of a page, without prompts and with continued lines joined."""
    for language, block in _BLOCK.findall((ROOT / page).read_text(encoding="utf-8")):
        if language not in _COMMANDS:
            continue
        for line in block.replace("\\\n", " ").splitlines():
            command = line.strip().removeprefix("$ ")
            if re.match(r"([A-Z_]+=\S+ )?probity ", command):
                yield command


def run(command: str) -> Done:
    stdout, stderr, code = io.StringIO(), io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(stdout), redirect_stderr(stderr):
        patch.setattr(sys, "argv", shlex.split(command, comments=True))
        try:
            main()
        except SystemExit as end:
            code = int(end.code or 0)
    return Done(code, stdout.getvalue(), stderr.getvalue())


def smaller(command: str) -> str:
    """The same command with a hundredth of the work."""
    command = re.sub(r"--replicates \d+", "--replicates 2", command)
    if "--claims" not in command:
        command = re.sub(
            r"^(probity (?:check|publish (?:bundle|report|site)))\b",
            r"\1 --claims C11-99-9997-percent",
            command,
        )
    return re.sub(
        r"^(probity twin (?:run|compare)) (?:town-centre-2024|fixed-cameras)",
        r"\1 small.toml",
        command,
    )


def is_run_elsewhere(command: str) -> bool:
    return any(command.startswith(start) for start in NOT_RUN)


@pytest.mark.parametrize("page", [page for page in PAGES if any(commands_in(page))])
def test_every_command_of_the_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in commands_in(page):
        if is_run_elsewhere(command):
            continue
        run_and_expect(smaller(command))


@pytest.mark.verify
@pytest.mark.parametrize("page", [page for page in PAGES if any(commands_in(page))])
def test_every_command_of_the_page_runs_in_full(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in commands_in(page):
        if not is_run_elsewhere(command):
            run_and_expect(command)


def run_and_expect(command: str) -> None:
    for word, value in STAND_FOR.items():
        if word in command:
            command = command.replace(word, value())
    command, _, target = command.partition(" > ")
    for word in shlex.split(command, comments=True):
        if word in MAKERS and not Path(word).exists():
            MAKERS[word](Path(word))
    done = run(command)
    wanted = next((code for words, code in EXIT_CODES.items() if words in command), 0)
    assert done.code == wanted, f"{command}\n{done.stdout}\n{done.stderr}"
    if target:
        Path(target).write_text(done.stdout, encoding="utf-8")


def test_what_is_run_elsewhere_still_stands_in_a_document() -> None:
    shown = [command for page in PAGES for command in commands_in(page)]
    assert all(any(command.startswith(start) for command in shown) for start in NOT_RUN)


def test_a_wrong_command_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("probity records summary --no-such-option").code == 2
    assert run("probity records read no-such-file.csv").code == 3
