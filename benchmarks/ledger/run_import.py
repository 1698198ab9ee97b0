"""One import into a log, as the program does it: read, checked, stored, ready to be looked up, in force."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.adapters.sql.schema import upgrade
from csr_bot.adapters.tables import open_ledger
from csr_bot.flow.ledger import store_reading
from csr_bot.wiring import OffsetClock, SilentDoorbell

BOT = "bench"


def main() -> None:
    """Print rows, seconds and peak memory as one line of JSON; ``FILE FOLDER [URL]``."""
    file, folder = Path(sys.argv[1]), Path(sys.argv[2])
    engine = open_engine(sys.argv[3] if len(sys.argv) > 3 else f"sqlite:///{folder / 'log.sqlite3'}")
    upgrade(engine)
    log = SqlCaseLog(engine, doorbell=SilentDoorbell(), lock_folder=folder)
    started = time.perf_counter()
    snapshot = store_reading(open_ledger(file, columns={}), bot=BOT, log=log, clock=OffsetClock())
    seconds = time.perf_counter() - started
    if snapshot.status != "active":
        raise SystemExit(f"{file.name} was not accepted: {snapshot.reason}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    rows = snapshot.counts["invoices"]
    sys.stdout.write(json.dumps({"rows": rows, "seconds": seconds, "peak_mb": peak}) + "\n")


if __name__ == "__main__":
    main()
