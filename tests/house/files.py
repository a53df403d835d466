"""The files of the project as the house rules see them: a path and its text."""

import ast
import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("heart", "dispatch", "routing")
FOLDERS = (*CODE, "templates", "static", "tests", "docs", ".ci")
# Made by tools, or one machine's own.
MADE = {"__pycache__", "node_modules", ".env", ".DS_Store"}
BINARY = {".png", ".woff2", ".mo", ".gz", ".jpg", ".ico"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file, by its path from the root; a bad example is one that never lay there."""

    path: str
    text: str = ""

    @property
    def tree(self) -> ast.Module:
        return _parsed(self.text)

    def within(self, *places: str) -> bool:
        """Whether it lies below one of these folders, or is one of these files."""
        return any(
            self.path == one or self.path.startswith(f"{one}/") for one in places
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What must hold of every file: ``find`` yields a line for each breach.

    ``bad`` are examples that it must catch, ``good`` near misses that it must not.
    """

    says: str
    find: Callable[[File], Iterator[str]]
    bad: tuple[File, ...]
    good: tuple[File, ...] = ()


@functools.cache
def _parsed(text: str) -> ast.Module:
    return ast.parse(text)


@functools.cache
def project() -> tuple[File, ...]:
    """Every file that somebody wrote, vendored libraries and pictures left out."""
    return tuple(
        File(path=path, text=(ROOT / path).read_text("utf-8"))
        for path in paths()
        if Path(path).suffix not in BINARY and not path.startswith("static/vendor/")
    )


@functools.cache
def paths() -> tuple[str, ...]:
    """Every path below the folders of the project, and the files at its top."""
    tops = [one for one in ROOT.iterdir() if one.is_file()]
    below = [one for folder in FOLDERS for one in (ROOT / folder).rglob("*")]
    found = [one.relative_to(ROOT) for one in (*tops, *below) if one.is_file()]
    return tuple(sorted(one.as_posix() for one in found if not MADE & {*one.parts}))
