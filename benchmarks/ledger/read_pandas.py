"""The peer, run by an environment of its own: a workbook into a data frame of text, indexed by invoice number."""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module


def main() -> None:
    """Print rows, seconds and peak memory as one line of JSON."""
    started = time.perf_counter()
    # By name: it is not installed where the types of this repository are checked.
    frame = import_module("pandas").read_excel(sys.argv[1], dtype=str, engine="openpyxl").set_index("Invoice No.")
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    sys.stdout.write(json.dumps({"rows": len(frame), "seconds": seconds, "peak_mb": peak}) + "\n")


if __name__ == "__main__":
    main()
