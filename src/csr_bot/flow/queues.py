"""The task queues: one for mail and quick work, one for what needs a browser, which is slow and takes memory."""

from __future__ import annotations

from typing import Final

from csr_bot.core.categories import CATEGORIES
from csr_bot.core.request import Category

MAIL_QUEUE: Final = "mail"
BROWSER_QUEUE: Final = "browser"


def queue_of(category: Category) -> str:
    """The queue for working on a case: where the evidence needs a browser, the browser's."""
    return BROWSER_QUEUE if category in CATEGORIES else MAIL_QUEUE
