"""A board without a browser: follows the live line by its contract, and reconnects."""

import json
import threading
import time

from websockets.exceptions import WebSocketException
from websockets.sync.client import connect


class Watcher:
    """Keeps cards by id. Every message is checked: no gap is ever applied."""

    def __init__(self, url, cookie):
        self.address = url.replace("http", "ws") + "/ws/board/"
        self.origin = url
        self.cookie = cookie
        self.cards = {}
        self.number = None
        self.snapshots = 0
        self.faults = []
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join(timeout=10)

    def _follow(self):
        while not self.ended.is_set():
            try:
                self._listen()
            except (OSError, WebSocketException, TimeoutError):
                self.ended.wait(0.2)

    def _listen(self):
        query = "" if self.number is None else f"?since={self.number}"
        with connect(
            self.address + query,
            origin=self.origin,
            additional_headers={"Cookie": self.cookie},
            open_timeout=5,
        ) as line:
            while not self.ended.is_set():
                message = json.loads(line.recv(timeout=15))
                if self.hear(message) == "ask":
                    line.send(json.dumps({"since": self.number}))

    def hear(self, message):
        if message["t"] == "snapshot":
            self.cards = {card["id"]: card for card in message["cards"]}
            self.number = message["number"]
            self.snapshots += 1
        elif message["t"] == "resync":
            return "ask"
        elif message["t"] == "cards":
            if message["number"] <= self.number:
                return "drop"
            if message["prev"] != self.number:
                return "ask"
            self.cards |= {card["id"]: card for card in message["cards"]}
            for gone in message["gone"]:
                self.cards.pop(gone, None)
            self.number = message["number"]
        return "apply"

    def wait_for(self, number, seconds=30):
        """Until this board shows at least this number of the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.number is not None and self.number >= number:
                return
            self.ended.wait(0.05)
        raise AssertionError(f"the board stands at {self.number}, the log at {number}")
