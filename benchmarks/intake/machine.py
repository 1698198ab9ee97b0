"""What the figures were measured on: absolute ones do not carry over to another machine."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
import time
from pathlib import Path

from tests.services.inventory import DOVECOT, REDIS

SYNCS = 200


def describe_machine(scratch: Path) -> dict[str, str]:
    """Processor, versions, load, and what it costs to make 4 kB durable in ``scratch``."""
    return {
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores",
        "system": platform.platform(),
        "versions": ", ".join(
            (
                f"Python {platform.python_version()}",
                f"SQLite {sqlite3.sqlite_version}",
                f"Dovecot {DOVECOT.read_version()}",
                f"Redis {REDIS.read_version()}",
            )
        ),
        "load at the start": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "one fdatasync": f"{_sync_ms(scratch):.2f} ms",
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _sync_ms(scratch: Path) -> float:
    took: list[float] = []
    with (scratch / "sync").open("wb") as file:
        for _ in range(SYNCS):
            file.write(bytes(4096))
            file.flush()
            started = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)
