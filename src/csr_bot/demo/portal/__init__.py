"""The demo's customer portal: where a customer keeps its disputes and expects answers as comments."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from csr_bot.demo.portal.disputes import OpenedDispute, PortalDisputes
from csr_bot.demo.portal.pages import PortalPages
from csr_bot.demo.webserver import WebApplication

__all__ = ["DemoPortal", "OpenedDispute"]


class DemoPortal(WebApplication):
    """The portal on a folder: filled with the disputes the first time, as it was left ever after."""

    def __init__(self, folder: Path, disputes: Iterable[OpenedDispute], *, clock: Callable[[], datetime]) -> None:
        self._disputes = PortalDisputes(folder, disputes)
        pages = PortalPages(self._disputes, clock=clock)
        super().__init__(pages.application(), pages.sign_in)

    def comments(self, external_id: str) -> list[str]:
        """The comments on a dispute, oldest first, straight from the database."""
        return self._disputes.comments(external_id)
