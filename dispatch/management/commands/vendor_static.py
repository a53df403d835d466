"""Copies a whitelist of files from the pinned npm packages into static/vendor and remembers their hashes."""

import hashlib
import json
import shutil
from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """One package: where it comes from, which of its files we serve, and why."""

    package: str
    folder: str
    files: tuple[str, ...]
    reason: str


LIBRARIES = (
    Library(
        package="htmx.org",
        folder="htmx.org",
        files=("dist/htmx.esm.min.js", "LICENSE"),
        reason="Saves us fetching and swapping fragments of forms by hand.",
    ),
    Library(
        package="@fontsource/b612",
        folder="b612",
        files=(
            "files/b612-latin-400-normal.woff2",
            "files/b612-latin-700-normal.woff2",
            "LICENSE",
        ),
        reason="A cockpit typeface: tabular figures, legible at arm's length.",
    ),
    Library(
        package="@fontsource/b612-mono",
        folder="b612-mono",
        files=("files/b612-mono-latin-400-normal.woff2", "LICENSE"),
        reason="The same hand for codes and commands.",
    ),
)

HASHES = "hashes.json"


def pinned_versions(root: Path) -> dict[str, str]:
    """The exact version of each package, as package.json pins it."""
    pins = json.loads((root / "package.json").read_text(encoding="utf-8"))
    return dict(pins["devDependencies"])


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hashes_in(vendor: Path) -> dict[str, str]:
    """Every vendored file with its hash, the list of hashes itself left out."""
    files = sorted(p for p in vendor.rglob("*") if p.is_file() and p.name != HASHES)
    return {path.relative_to(vendor).as_posix(): sha256(path) for path in files}


def copy_library(library: Library, version: str, modules: Path, vendor: Path) -> None:
    source = modules / library.package
    found = json.loads((source / "package.json").read_text(encoding="utf-8"))["version"]
    if found != version:
        raise CommandError(f"{library.package}: {found} installed, {version} pinned")
    target = vendor / library.folder / version
    target.mkdir(parents=True, exist_ok=True)
    for name in library.files:
        shutil.copyfile(source / name, target / Path(name).name)


def differences(recorded: dict[str, str], found: dict[str, str]) -> list[str]:
    """One line for each file that is missing, unknown or not what was recorded."""
    names = sorted(recorded.keys() | found.keys())
    return [name for name in names if recorded.get(name) != found.get(name)]


def unpinned(versions: dict[str, str], recorded: dict[str, str]) -> list[str]:
    """The libraries whose pinned version is not the one that is vendored."""
    wanted = {
        lib.package: f"{lib.folder}/{versions[lib.package]}/" for lib in LIBRARIES
    }
    return [
        package
        for package, prefix in wanted.items()
        if not any(name.startswith(prefix) for name in recorded)
    ]


class Command(BaseCommand):
    help = "Copy the pinned front-end libraries into static/vendor, or --check them."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="compare only, offline"
        )
        parser.add_argument("--modules", default="node_modules", help="npm's folder")

    def handle(self, *args: object, **options: str | bool) -> None:
        root = Path(settings.BASE_DIR)
        vendor = root / "static" / "vendor"
        if not options["check"]:
            self.copy_all(root, root / str(options["modules"]), vendor)
        self.verify(root, vendor)

    def copy_all(self, root: Path, modules: Path, vendor: Path) -> None:
        if not modules.is_dir():
            raise CommandError(f"{modules} is missing: run npm ci first")
        versions = pinned_versions(root)
        for library in LIBRARIES:
            shutil.rmtree(vendor / library.folder, ignore_errors=True)
            copy_library(library, versions[library.package], modules, vendor)
        text = json.dumps(hashes_in(vendor), indent=2, sort_keys=True)
        (vendor / HASHES).write_text(text + "\n", encoding="utf-8")

    def verify(self, root: Path, vendor: Path) -> None:
        recorded = json.loads((vendor / HASHES).read_text(encoding="utf-8"))
        wrong = differences(recorded, hashes_in(vendor))
        wrong += unpinned(pinned_versions(root), recorded)
        if wrong:
            raise CommandError("Not as recorded: " + ", ".join(wrong))
        self.stdout.write(f"{len(recorded)} vendored files are as recorded")
