"""The process with the boards: connects them all, listens, and tells what they heard."""

import asyncio
import json
import re
import sys
import time
from collections import defaultdict

from websockets.asyncio.client import ClientConnection, connect

HEAD = re.compile(r'"t":"(\w+)"(?:,"prev":(\d+))?,"number":(\d+)')
START = 120  # signs of a message in which its head stands
PATIENCE = 60.0


class Ears:
    """What all boards heard. Only heads are read: two hundred parsers would be slower
    than the hub that is measured."""

    def __init__(self) -> None:
        self.shown: dict[int, int] = {}
        self.arrivals: dict[int, list[float]] = defaultdict(list)
        self.sent: dict[int, float] = {}
        self.gaps = 0
        self.deliveries = 0

    async def listen(self, board: int, line: ClientConnection) -> None:
        async for text in line:
            at = time.time()
            found = HEAD.search(text, 0, START)
            if found is None:
                self.gaps += 1  # a resync, or a word that nobody knows
                continue
            kind, prev, number = found[1], found[2], int(found[3])
            if kind == "cards":
                self.deliveries += 1
                if board in self.shown and int(prev) != self.shown[board]:
                    self.gaps += 1
                self.arrivals[number].append(at)
                if '"cards":"x' in text:
                    self.sent[number] = json.loads(text)["at"]
            elif kind == "beat" and number != self.shown.get(board):
                self.gaps += 1
            self.shown[board] = number

    def told(self) -> dict[str, object]:
        messages = [
            (number, len(times), max(times))
            for number, times in sorted(self.arrivals.items())
        ]
        return {
            "messages": messages,
            "sent": sorted(self.sent.items()),
            "gaps": self.gaps,
            "deliveries": self.deliveries,
            "heads": sorted(set(self.shown.values())),
            "boards": len(self.shown),
        }


async def main() -> None:
    loop = asyncio.get_running_loop()
    asked = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    ears, lines, count = Ears(), [], asked["count"]
    for board in range(count):
        cookie = asked["cookies"][board % len(asked["cookies"])]
        line = await connect(
            asked["url"],
            additional_headers={"Cookie": cookie},
            origin=asked["url"].split("/ws/")[0].replace("ws", "http", 1),
            compression=None,
            max_size=None,
            ping_interval=None,
        )
        lines.append(asyncio.create_task(ears.listen(board, line)))
    await _until(lambda: len(ears.shown) == count)
    print("ready", flush=True)  # noqa: T201
    asked = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    head = asked["head"]
    if head is not None:
        await _until(lambda: all(shown >= head for shown in ears.shown.values()))
    print(json.dumps(ears.told()), flush=True)  # noqa: T201


async def _until(true) -> None:
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        await asyncio.sleep(0.02)


if __name__ == "__main__":
    asyncio.run(main())
