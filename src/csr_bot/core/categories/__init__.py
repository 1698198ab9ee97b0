"""One file for each category of request that the bot can resolve, and the registry of them, written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from csr_bot.core.categories.billing_dispute import BILLING_DISPUTE
from csr_bot.core.categories.invoice_copy import INVOICE_COPY
from csr_bot.core.categories.payment_status import PAYMENT_STATUS
from csr_bot.core.proposal import CategoryRules
from csr_bot.core.request import Category

CATEGORIES: Final[Mapping[Category, CategoryRules]] = {
    rules.category: rules for rules in (BILLING_DISPUTE, INVOICE_COPY, PAYMENT_STATUS)
}
