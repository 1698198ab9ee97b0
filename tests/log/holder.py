"""A process that holds the lock on an effect: says whether it has it, and keeps it until its input ends."""

from __future__ import annotations

import sys
from pathlib import Path

from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from tests.log.rows import Bell


def main(url: str, folder: str, effect_id: str) -> None:
    log = SqlCaseLog(open_engine(url), doorbell=Bell(), lock_folder=Path(folder))
    with log.lock.hold(effect_id) as held:
        print("held" if held else "refused", flush=True)  # noqa: T201 - said to the test
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
