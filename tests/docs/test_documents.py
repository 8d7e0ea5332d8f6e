"""The documents hold what the code does."""

import re
import subprocess
from pathlib import Path

import pytest

from scripts import loaded

ROOT = Path(__file__).parents[2]
commands = loaded("docs/write_commands.py")


def test_the_command_reference_is_the_commands_own_help() -> None:
    assert (ROOT / "docs/reference/commands.md").read_text() == commands.page(), (
        "run .venv/bin/python docs/write_commands.py"
    )


@pytest.mark.parametrize("path", list(commands.command_paths()), ids=" ".join)
def test_every_command_says_what_it_does(path: tuple[str, ...]) -> None:
    command = commands.typer.main.get_command(commands.app)
    for word in path:
        command = command.commands[word]
    assert command.help, f"probity {' '.join(path)} has no help"
    for option in command.params:
        assert getattr(option, "help", "") or option.param_type_name == "argument", option.name


def test_every_decision_is_in_the_index_once() -> None:
    pages = sorted(p.name for p in (ROOT / "docs/adr").glob("[0-9]*.md"))
    index = (ROOT / "docs/adr/README.md").read_text()
    assert re.findall(r"\]\((\d{4}-[a-z-]+\.md)\)", index) == pages


def test_the_index_of_decisions_has_their_titles() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    for page in (ROOT / "docs/adr").glob("[0-9]*.md"):
        title = page.read_text().partition("\n")[0].removeprefix(f"# {page.name[:4]} ")
        assert f"]({page.name}) | {title} |" in index


def test_every_decision_says_what_it_costs() -> None:
    for page in (ROOT / "docs/adr").glob("[0-9]*.md"):
        assert re.search(r"^## What (it|this) costs us$", page.read_text(), re.M), page.name


def _links(page: Path) -> list[str]:
    return re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())


@pytest.mark.parametrize(
    "page",
    [p for p in ROOT.rglob("*.md") if not {".venv", "out", "_build"} & set(p.parts)],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_links_between_documents_lead_somewhere(page: Path) -> None:
    local = [link for link in _links(page) if "://" not in link]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_task_that_the_readme_names_exists() -> None:
    tasks = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(
        re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", (ROOT / "README.md").read_text(), re.M)
    )
    assert {name for pair in named for name in pair if name} <= tasks


def test_no_document_names_a_package_registry() -> None:
    hosts = re.compile("|".join(("pypi" + r"\.org", "python" + "hosted", "npmjs" + r"\.(com|org)")))
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    named = []
    for name in tracked:
        file = ROOT / name
        if file.is_file() and hosts.search(file.read_text(errors="ignore")):
            named.append(name)
    assert named == []
