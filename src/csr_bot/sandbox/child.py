"""The child's side: import everything, put on the limits, then answer one item after another until the pipe closes.

Run as ``python -m csr_bot.sandbox.child TARGET MEMORY SECONDS ITEMS``. What is done on Linux beyond the limits of POSIX
is in ``confinement``. The parent kills what is over its time; here that is only backed up by a limit on the processor
time of each item, for a child whose parent is gone. A death signal from the parent (PDEATHSIG) would be wrong: it comes
when the thread that started the child ends, and children outlive threads.
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import BinaryIO, Final

from csr_bot.sandbox.confinement import confine
from csr_bot.sandbox.frames import ANSWER, DONE, FAILED, NO_MEMORY, READY, REQUEST, WORN

Work = Callable[[bytes, bytes], bytes]

GROWTH: Final = 64 * 1024 * 1024
"""Bytes by which a child's peak memory may grow before it asks to be replaced."""
SPARE_SECONDS: Final = 2
_MAX_WORDS: Final = 200
_PEAK_UNIT: Final = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Serve standard input and output until the parent closes them."""
    target, memory, seconds, items = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    # Frames get a descriptor of their own, so that a stray print cannot be taken for one.
    pipe, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    source = open(0, "rb", buffering=1 << 18, closefd=False)  # noqa: SIM115 - open for the process's life
    try:
        work = _start(target)
        _limit(memory)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear why there is no child
        _send(pipe, FAILED, _words(error))
        return
    _send(pipe, READY)
    # What is there now stays for good: the collector need not look at it again and again.
    gc.freeze()
    _serve(work, source, pipe, seconds=seconds, items=items)


def _start(target: str) -> Work:
    """The work that ``module:function`` makes. Nothing can be imported later, so this is when it is imported."""
    for name in _codec_names():
        importlib.import_module(name)
    module, _, function = target.partition(":")
    work: Work = getattr(importlib.import_module(module), function)()
    # A library that looks for another one now gets "not there" rather than a failure to open files.
    sys.meta_path[:] = [finder for finder in sys.meta_path if getattr(finder, "__name__", "") in _BUILT_IN]
    os.environ.clear()
    return work


_BUILT_IN: Final = frozenset({"BuiltinImporter", "FrozenImporter"})


def _codec_names() -> Iterator[str]:
    """Every charset that a mail may name: they are loaded when first used, and then it would be too late."""
    folder = importlib.import_module("encodings").__path__
    for found in pkgutil.iter_modules(folder):
        if found.name not in {"mbcs", "oem", "cp65001"}:
            yield f"encodings.{found.name}"


def _limit(memory: int) -> None:
    limits = {
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NOFILE": 0,  # those that are open stay open; no other can be
        "RLIMIT_NPROC": 0,
        "RLIMIT_AS": memory,
    }
    for name, limit in limits.items():
        try:
            resource.setrlimit(getattr(resource, name), (limit, limit))
        except (ValueError, OSError, AttributeError):
            # Only Linux knows all of them; there, one that cannot be had is a reason not to start.
            if sys.platform == "linux":
                raise
    confine()


def _serve(work: Work, source: BinaryIO, pipe: int, *, seconds: float, items: int) -> None:
    worn_at = _peak() + GROWTH
    served = 0
    while len(prefix := source.read(REQUEST.size)) == REQUEST.size:
        ticket, head_size, item_size = REQUEST.unpack(prefix)
        status, answer = NO_MEMORY, b""
        signal.setitimer(signal.ITIMER_PROF, seconds + SPARE_SECONDS)
        # MemoryError can strike anywhere, also while the item is read.
        with suppress(MemoryError):
            head, item = source.read(head_size), source.read(item_size)
            status, answer = _answer(work, head, item)
            del head, item
        served += 1
        if served >= items or status == NO_MEMORY or _peak() > worn_at:
            status |= WORN
        _send(pipe, status, answer, ticket=ticket)


def _answer(work: Work, head: bytes, item: bytes) -> tuple[int, bytes]:
    try:
        return DONE, work(head, item)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the item's fault or the target's: the parent hears of it, the next goes on
        return FAILED, _words(error)


def _words(error: Exception) -> bytes:
    return f"{type(error).__name__}: {error}"[:_MAX_WORDS].encode("utf-8", "replace")


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _PEAK_UNIT


def _send(pipe: int, status: int, content: bytes = b"", *, ticket: int = 0) -> None:
    left = memoryview(ANSWER.pack(status, ticket, len(content)) + content)
    while left:
        left = left[os.write(pipe, left) :]


if __name__ == "__main__":
    with suppress(BrokenPipeError, KeyboardInterrupt):
        main()
