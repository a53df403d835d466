"""CPU seconds by process: on a busy machine they say what wall time cannot."""

import contextlib
import os
from pathlib import Path

import psutil

from heart import embedded
from tests.bench.figures import short


class Meter:
    """What each part has burnt since it was made."""

    def __init__(self, roots: dict[str, int]) -> None:
        servers = embedded.status(Path(os.environ["HEART_DATA"]))
        self._roots = {**roots, **servers, "client": os.getpid()}
        self._before = self._now()

    def _now(self) -> dict[str, float]:
        own = set(self._roots.values()) - {os.getpid()}
        return {
            name: sum(
                _seconds(each)
                for each in _family(pid, own if name == "client" else set())
            )
            for name, pid in self._roots.items()
            if pid
        }

    def burnt_ms(self, times: int) -> dict[str, float | None]:
        """Milliseconds of CPU for each of so many pieces of work, by part."""
        after = self._now()
        each = {
            name: (after[name] - self._before[name]) * 1000 / max(times, 1)
            for name in after
        }
        return {name: short(value) for name, value in each.items()} | {
            "all": short(sum(each.values()))
        }


def memory_kb(pid: int) -> float:
    """What the process holds of the machine's memory."""
    return psutil.Process(pid).memory_info().rss / 1024


def _family(pid: int, without: set[int]) -> list[psutil.Process]:
    """The process and its children, less the families of these."""
    root = psutil.Process(pid)
    strangers = set(without)
    for other in without:
        with contextlib.suppress(psutil.Error):
            strangers |= {
                each.pid for each in psutil.Process(other).children(recursive=True)
            }
    return [
        each
        for each in [root, *root.children(recursive=True)]
        if each.pid not in strangers
    ]


def _seconds(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.Error):
        times = process.cpu_times()
        return times.user + times.system
    return 0.0
