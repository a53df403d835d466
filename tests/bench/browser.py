"""One person's kept connection to the API, cheap enough to measure with."""

import json
import secrets
import socket

from tests.bench.centre import Person

REFUSED = 300


class Refused(Exception):
    """The API answered something else than yes."""


class Browser:
    """One person's kept connection to the API.

    By hand: http.client reads headers as e-mail, and took as long as the product did.
    """

    def __init__(self, port: int, person: Person) -> None:
        self._line = socket.create_connection(("127.0.0.1", port), timeout=30)
        self._line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._heard = self._line.makefile("rb")
        headers = {"Host": "127.0.0.1", **person.headers}
        self._says = "".join(f"{name}: {said}\r\n" for name, said in headers.items())

    def get(self, path: str, *, page: bool = False) -> object:
        self.say_get(path)
        text = self._agreed(path)
        return text if page else json.loads(text)

    def post(self, path: str, body: dict[str, object] | None = None) -> dict:
        self.say_post(path, body)
        return json.loads(self._agreed(path))

    def fileno(self) -> int:
        return self._line.fileno()

    def say_get(self, path: str) -> None:
        self._line.sendall(f"GET {path} HTTP/1.1\r\n{self._says}\r\n".encode())

    def say_post(self, path: str, body: dict[str, object] | None = None) -> None:
        said = json.dumps(body or {}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\n{self._says}"
            f"Idempotency-Key: {secrets.token_hex(12)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(said)}\r\n\r\n"
        )
        self._line.sendall(head.encode() + said)

    def hear(self) -> tuple[int, bytes]:
        """The status and the text of the answer."""
        status = int(self._heard.readline().split()[1])
        length = 0
        while (line := self._heard.readline().lower()) != b"\r\n":
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        return status, self._heard.read(length)

    def _agreed(self, path: str) -> bytes:
        status, text = self.hear()
        if status >= REFUSED:
            raise Refused(f"{path}: {status} {text[:300]!r}")
        return text
