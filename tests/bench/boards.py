"""Many boards in one process of their own, and what each of them heard when."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Self

from tests.bench.centre import Person

ROOT = Path(__file__).resolve().parents[2]


class Boards:
    """So many boards, connected while the block lasts; afterwards ``heard`` is known."""

    def __init__(self, url: str, people: list[Person], count: int) -> None:
        cookies = [each.headers["Cookie"] for each in people]
        self._asked = {"url": url, "cookies": cookies, "count": count}
        self.count = count
        self.heard: dict[str, object] = {}

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.board_clients"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._say(self._asked)
        ready = self._process.stdout.readline()
        if not ready:
            raise RuntimeError("The boards did not connect.")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def finish(self, head: int | None) -> dict[str, object]:
        """Wait until every board shows ``head``, and ask what they heard."""
        self._say({"head": head})
        self.heard = json.loads(self._process.stdout.readline())
        return self.heard

    def last_at(self, number: int) -> float | None:
        """When the last board showed what the event of this number did."""
        for reached, count, at in self.heard["messages"]:
            if reached >= number and count >= self.count:
                return at
        return None

    def _say(self, words: dict[str, object]) -> None:
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()
