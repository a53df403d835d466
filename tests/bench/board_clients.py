"""The process with the boards: connects them all, listens, and tells what they heard.

A client of its own, on bare sockets: two hundred of a library's clients would burn more
of the processor than the hub that is measured beside them.
"""

import base64
import json
import os
import re
import selectors
import socket
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from urllib.parse import urlsplit

HEAD = re.compile(rb'"t":"(\w+)"(?:,"prev":(\d+))?,"number":(\d+)')
START = 120  # bytes of a message in which its head stands
PATIENCE = 60.0
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10
HANDSHAKE = """GET {path} HTTP/1.1\r
Host: {host}\r
Origin: http://{host}\r
Upgrade: websocket\r
Connection: Upgrade\r
Sec-WebSocket-Key: {key}\r
Sec-WebSocket-Version: 13\r
Cookie: {cookie}\r
\r
"""


class Ears:
    """What all boards heard; of each message only its head is read."""

    def __init__(self) -> None:
        self.shown: dict[int, int] = {}
        self.last: dict[int, float] = {}
        self.reached: dict[int, int] = defaultdict(int)
        self.sent: dict[int, float] = {}
        self.gaps = 0
        self.deliveries = 0

    def hear(self, board: int, text: bytes, at: float) -> None:
        found = HEAD.search(text, 0, START)
        if found is None:
            self.gaps += 1  # a resync, or a word that nobody knows
            return
        kind, prev, number = found[1], found[2], int(found[3])
        if kind == b"cards":
            self.deliveries += 1
            if board in self.shown and int(prev) != self.shown[board]:
                self.gaps += 1
            self.reached[number] += 1
            self.last[number] = at
            if number not in self.sent and b'"cards":"x' in text:
                self.sent[number] = json.loads(text)["at"]
        elif kind == b"beat" and number != self.shown.get(board):
            self.gaps += 1
        self.shown[board] = number

    def told(self) -> dict[str, object]:
        messages = [
            (number, self.reached[number], self.last[number])
            for number in sorted(self.last)
        ]
        return {
            "messages": messages,
            "sent": sorted(self.sent.items()),
            "gaps": self.gaps,
            "deliveries": self.deliveries,
            "heads": sorted(set(self.shown.values())),
            "boards": len(self.shown),
        }


class Board:
    """One board's line: the server's frames come unmasked and whole, in order."""

    def __init__(self, number: int, ears: Ears, line: socket.socket) -> None:
        self.number = number
        self.ears = ears
        self.line = line
        self.waiting = b""

    def read(self) -> None:
        data = self.line.recv(1 << 16)
        if not data:
            raise RuntimeError("The server hung up.")
        at = time.time()
        self.waiting = self.waiting + data if self.waiting else data
        while (frame := self._frame()) is not None:
            self._take(*frame, at)

    def _frame(self) -> tuple[int, bytes] | None:
        """The next whole frame: its kind and content."""
        had = self.waiting
        if len(had) < 2:
            return None
        start, size = 2, had[1]
        if size > 125:
            start = 4 if size == 126 else 10
            size = int.from_bytes(had[2:start])
        if len(had) < start + size:
            return None
        self.waiting = had[start + size :]
        return had[0] & 15, had[start : start + size]

    def _take(self, kind: int, said: bytes, at: float) -> None:
        if kind == TEXT:
            self.ears.hear(self.number, said, at)
        elif kind == PING:
            # What a client says is masked; a mask of noughts leaves it as it is.
            self.line.sendall(bytes([128 | PONG, 128 | len(said)]) + bytes(4) + said)
        elif kind == CLOSE:
            raise RuntimeError("The server closed a line.")


def connected(url: str, cookie: str) -> socket.socket:
    """A line through its handshake; not a byte of what follows is read."""
    parts = urlsplit(url)
    key = base64.b64encode(os.urandom(16)).decode()
    said = HANDSHAKE.format(path=parts.path, host=parts.netloc, key=key, cookie=cookie)
    line = socket.create_connection((parts.hostname, parts.port), timeout=PATIENCE)
    line.sendall(said.encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += line.recv(1)
    if b" 101 " not in head.partition(b"\r\n")[0]:
        raise RuntimeError(head)
    return line


def main() -> None:
    asked = json.loads(sys.stdin.readline())
    ears, count = Ears(), asked["count"]
    with selectors.DefaultSelector() as waiting:
        waiting.register(sys.stdin, selectors.EVENT_READ)
        for number in range(count):
            cookie = asked["cookies"][number % len(asked["cookies"])]
            line = connected(asked["url"], cookie)
            board = Board(number, ears, line)
            waiting.register(line, selectors.EVENT_READ, board.read)
        listen(waiting, lambda: len(ears.shown) == count)
        print("ready", flush=True)  # noqa: T201
        listen(waiting)
        head = json.loads(sys.stdin.readline())["head"] or 0
        waiting.unregister(sys.stdin)
        listen(waiting, lambda: all(shown >= head for shown in ears.shown.values()))
    print(json.dumps(ears.told()), flush=True)  # noqa: T201


def listen(
    waiting: selectors.BaseSelector, enough: Callable[[], bool] | None = None
) -> None:
    """Until it is enough or patience ends; without either until we are spoken to."""
    end = time.monotonic() + PATIENCE
    while enough is None or (not enough() and time.monotonic() < end):
        for key, _events in waiting.select(0.05):
            if key.fileobj is not sys.stdin:
                key.data()
            elif enough is None:
                return


if __name__ == "__main__":
    main()
