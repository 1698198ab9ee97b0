"""Logs of the commands that work: on standard error, for people at a terminal and as JSON lines elsewhere."""

from __future__ import annotations

import sys


def configure_logs() -> None:
    """Send structlog's events to standard error."""
    import structlog

    shown = structlog.dev.ConsoleRenderer() if sys.stderr.isatty() else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(),
            shown,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
