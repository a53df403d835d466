"""Finds a Chromium for the browser tests, or gets one; `make test` runs it first."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Nothing here but the page under test: no look-ups, no updates, no sign-in. Chromium's
# sandbox refuses root, and the pages are our own.
ARGUMENTS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--disable-dev-shm-usage"),
)


def path() -> str | None:
    """CHROMIUM, a browser on the PATH, or Playwright's own; None where there is none."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def get() -> None:
    """Debian's package where it may be installed, else Playwright's browser."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = ("apt-get", "-qq", "-y")
        subprocess.run([*quiet, "update"], check=False)
        subprocess.run(
            [*quiet, "install", "--no-install-recommends", "chromium"],
            check=False,
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
        )
    if path() is None:
        install = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(install, check=False)


def main() -> None:
    if path() is None:
        get()
    if path() is None:
        sys.exit(
            "The browser tests need a Chromium: sudo apt-get install chromium "
            "(or say CHROMIUM=/path/to/a/browser make test)."
        )


if __name__ == "__main__":
    main()
