"""Draws that come out the same on every machine and in every run."""

import hashlib

SPAN = 2**64


def draw(*key: object) -> float:
    """A number from 0 up to 1 that depends on the key alone.

    Not Python's hash(), which differs from one process to the next.
    """
    text = "/".join(str(part) for part in key)
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / SPAN


def between(low: float, high: float, *key: object) -> float:
    return low + (high - low) * draw(*key)
