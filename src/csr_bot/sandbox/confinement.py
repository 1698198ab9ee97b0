"""What Linux can take from a process beyond POSIX limits: privileges, dumps, and all system calls but a few.

The filter (seccomp) allows only what computing and the open pipe need. Everything else fails with EPERM: no file,
socket or process can be opened, no limit raised, no other process touched, even as root. Elsewhere, and on processors
that are not in the table, the POSIX limits stand alone. (Linux: prctl(2), seccomp(2))
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from contextlib import suppress
from typing import Final

NOBODY: Final = 65534

_PR_SET_DUMPABLE: Final = 4
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_MODE_FILTER: Final = 2

_PROCESSORS: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
"""Column of a processor in the table below, and its name in the record of a call."""
_CALLS: Final = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "lseek": (8, 62), "mmap": (9, 222),
    "mprotect": (10, 226), "munmap": (11, 215), "brk": (12, 214), "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sched_yield": (24, 124), "mremap": (25, 216),
    "madvise": (28, 233), "setitimer": (38, 103), "getpid": (39, 172), "exit": (60, 93), "getrusage": (98, 165),
    "sigaltstack": (131, 132), "gettid": (186, 178), "futex": (202, 98), "restart_syscall": (219, 128),
    "clock_gettime": (228, 113), "exit_group": (231, 94), "getrandom": (318, 278), "rseq": (334, 293),
}  # fmt: skip
"""What is allowed: to compute, to take memory, to use and close what is open, to ask for the time, to end."""

# Classic BPF: load a word of the call's record, jump if equal, return.
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _PROCESSOR_AT = 0, 4


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def confine() -> None:
    """Give up privileges for good. Where there is no Linux, nothing happens; there, a refused step raises OSError."""
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    _leave_root()
    _control(libc, _PR_SET_DUMPABLE, 0)
    _control(libc, _PR_SET_NO_NEW_PRIVS, 1)
    if platform.machine() in _PROCESSORS:
        # A kernel without seccomp, or a container that forbids it, leaves the POSIX limits.
        with suppress(OSError):
            _filter_calls(libc, *_PROCESSORS[platform.machine()])


def _leave_root() -> None:
    if os.geteuid() == 0:
        # In a container that maps no other user there is nobody to become.
        with suppress(OSError):
            os.setgroups([])
            os.setresgid(NOBODY, NOBODY, NOBODY)
            os.setresuid(NOBODY, NOBODY, NOBODY)


def _filter_calls(libc: ctypes.CDLL, column: int, processor: int) -> None:
    calls = [numbers[column] for numbers in _CALLS.values()]
    steps = [
        _step(_LOAD, _PROCESSOR_AT),
        _step(_JUMP_IF_EQUAL, processor, if_true=1),
        _step(_RETURN, _KILL),
        _step(_LOAD, _NUMBER_AT),
        *(_step(_JUMP_IF_EQUAL, number, if_true=len(calls) - place) for place, number in enumerate(calls)),
        _step(_RETURN, _REFUSE | errno.EPERM),
        _step(_RETURN, _ALLOW),
    ]
    program = _Program(len(steps), b"".join(steps))
    _control(libc, _PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(program))


def _step(code: int, value: int, *, if_true: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, 0, value)


def _control(libc: ctypes.CDLL, option: int, *arguments: object) -> None:
    padded = [ctypes.c_ulong(value) if isinstance(value, int) else value for value in (*arguments, 0, 0, 0)[:4]]
    if libc.prctl(option, *padded):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), f"prctl {option}")
