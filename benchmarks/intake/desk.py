"""csr_bot's intake desk for the measurement: its log, its mailbox, and nothing that intake does not need."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, cast

from benchmarks.intake.runners import Job
from csr_bot.adapters.imap import ImapMailbox
from csr_bot.adapters.reader import WarmMailReader
from csr_bot.adapters.sql.engine import open_engine
from csr_bot.adapters.sql.log import SqlCaseLog
from csr_bot.bot import Bot, Mailbox, Secret
from csr_bot.flow.desk import Desk, Source
from csr_bot.wiring import OffsetClock, SilentDoorbell, read_rules

BOT: Final = "benchmark"
RECEIVING_SERVER: Final = "mx.shared.example"
_POLICY: Final = Path(__file__).parents[2] / "policies" / "standard.yaml"


def open_log(database: str) -> SqlCaseLog:
    """The log on an SQLAlchemy URL."""
    return SqlCaseLog(open_engine(database), doorbell=SilentDoorbell(), lock_folder=Path("unused"))


def open_desk(log: SqlCaseLog, *sources: Source) -> Desk:
    """A desk that takes in mail and does nothing else."""
    nothing = cast("Any", None)
    bot = Bot(
        name=BOT,
        owner="ops@shared.example",
        requests=("invoice_copy",),
        intake=(),
        ledger=nothing,
        erp=nothing,
        outgoing=nothing,
        policy="policies/standard.yaml",
        mode="live",
    )
    rules = read_rules(_POLICY, name="standard.yaml")
    clock = OffsetClock(datetime(2025, 11, 24, 13, 12, tzinfo=UTC) - datetime.now(UTC))
    return Desk(
        bot=bot,
        rules=rules,
        log=log,
        clock=clock,
        sources=sources,
        reader=WarmMailReader(),
        portals={},
        read_table=nothing,
        mailer=nothing,
        erp=nothing,
        ledger=nothing,
        quiet=timedelta(0),
        answers=nothing,
    )


def source_of(job: Job) -> Source:
    """The mailbox that a job names."""
    word = Mailbox(job.user, host=job.host, port=job.port, security="plain", password=Secret("unused"))
    return Source(ImapMailbox(word, login=job.password), frozenset({RECEIVING_SERVER}))
