"""Starts one command, waits for it, and writes what it used as JSON. A small process of its own, for a reason.

Linux counts the memory of the process that starts a program towards the peak of the program started (the old address
space is accounted at exec), so a large measuring process would spoil every figure. This one imports next to nothing.

usage: launcher.py RESULT_FILE TIME_LIMIT_S SAMPLE 0|1 -- COMMAND...
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

SAMPLE_INTERVAL_S = 0.02
STAT_SESSION = 3  # of the fields behind the name in /proc/PID/stat (man 5 proc)


def main() -> int:
    result, time_limit, sample, _, *command = sys.argv[1:]
    started = time.perf_counter()
    pid = os.posix_spawnp(command[0], command, os.environ, setsid=True)

    def end(*_: object) -> None:
        os.killpg(pid, signal.SIGKILL)

    for name in (signal.SIGALRM, signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    signal.alarm(int(time_limit))
    tree_kb = 0
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG if sample == "1" else 0)
        if ended:
            break
        tree_kb = max(tree_kb, _session_pss_kb(pid))
        time.sleep(SAMPLE_INTERVAL_S)
    used = {
        "wall_s": time.perf_counter() - started,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "largest_process_mb": usage.ru_maxrss / 1024,
        "all_processes_mb": tree_kb / 1024 if sample == "1" else None,
        "exit_code": os.waitstatus_to_exitcode(status),
    }
    Path(result).write_text(json.dumps(used))
    return 0


def _session_pss_kb(session: int) -> int:
    """Memory of all processes of the session, shared pages counted once (PSS)."""
    total = 0
    for entry in os.listdir("/proc"):  # noqa: PTH208  # plain names are all that is needed, fifty times a second
        if not entry.isdigit():
            continue
        try:
            fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            if int(fields[STAT_SESSION]) != session:
                continue
            for line in Path(f"/proc/{entry}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except (OSError, IndexError):
            continue  # it ended while it was looked at
    return total


if __name__ == "__main__":
    sys.exit(main())
