"""The tools that read the code: the linter, the formatter, the types, the arrows."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests.house.files import ROOT

BIN = Path(sys.executable).parent


def run(*words: str, cwd: Path = ROOT, said: str | None = None) -> tuple[int, str]:
    """How the program ended, and all that it printed."""
    done = subprocess.run(
        [str(BIN / words[0]), *words[1:]],
        cwd=cwd,
        input=said,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def lint(said: str, path: str) -> str:
    """What the project's linter says of this text, were it that file."""
    return run("ruff", "check", "--stdin-filename", path, "-", said=said)[1]


def contracts(folder: Path) -> dict[str, bool]:
    """Each contract of the project and whether the packages in this folder keep it."""
    _ended, said = run(
        "lint-imports",
        "--config",
        str(ROOT / "pyproject.toml"),
        "--no-cache",
        cwd=folder,
    )
    found = re.findall(r"^(.+?) (KEPT|BROKEN)\b", said, re.M)
    assert found, said
    return {name: word == "KEPT" for name, word in found}


def typed_files() -> list[str]:
    """What pyproject.toml says must hold under mypy --strict."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return list(settings["tool"]["mypy"]["files"])


def type_faults(*files: str) -> list[str]:
    ended, said = run("mypy", "--no-error-summary", *files)
    assert ended in (0, 1), said
    return said.splitlines()


def unwritten_migrations(state: ProjectState | None = None) -> list[str]:
    """What makemigrations would still write, without asking a database."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    now = state or ProjectState.from_apps(apps)
    detector = MigrationAutodetector(loader.project_state(), now)
    changes = detector.changes(graph=loader.graph)
    ours = [each for app in ("dispatch", "routing") for each in changes.get(app, [])]
    return [step.describe() for migration in ours for step in migration.operations]
