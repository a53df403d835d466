"""Servers of its own on a temporary folder, every measure, JSON on standard output."""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from heart import embedded

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--full", action="store_true", help="1,000 boards as well")
    parser.add_argument("--only", default="", help="names of measures, by commas")
    parser.add_argument("--profile", action="store_true", help="where the time goes")
    asked = parser.parse_args()
    # Whoever is told to stop leaves nothing running.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="heart-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # root's servers run as somebody else
        addresses = embedded.start(folder / "data")
        try:
            return _measure(folder / "data", addresses, asked)
        finally:
            embedded.stop(folder / "data")


def _measure(
    folder: Path, addresses: embedded.Addresses, asked: argparse.Namespace
) -> int:
    environment = os.environ | {
        "HEART_DATA": str(folder),
        "DATABASE_URL": addresses.database_url,
        "DATABASE_OWNER_URL": addresses.owner_url,
        "REDIS_URL": addresses.redis_url,
        "DJANGO_SETTINGS_MODULE": "heart.settings",
        "CONN_MAX_AGE": "600",
        "LOG_LEVEL": "ERROR",
    }
    for words in (["migrate", "--noinput", "-v", "0"], ["grant_runtime"]):
        command = [sys.executable, "manage.py", *words, "--database", "owner"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
    words = [f"--only={asked.only}", *(["--full"] if asked.full else [])]
    module = "profile" if asked.profile else "measures"
    # A process of its own: its imports need Django, and Django needs the addresses.
    program = f"import django; django.setup(); from tests.bench import {module} as m"
    command = [sys.executable, "-c", f"{program}; m.main()", *words]
    measuring = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        return measuring.wait()
    finally:
        measuring.terminate()  # it stops its own processes
        measuring.wait()


if __name__ == "__main__":
    sys.exit(main())
