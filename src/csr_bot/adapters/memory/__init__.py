"""Ports in memory, for tests of rules and for trying things out: they keep the contracts of the real ones and can fail.

``fail_next`` makes a call fail in one of the three ways of a port, once for each time it is asked for.
"""

from csr_bot.adapters.memory.erp import MemoryErp
from csr_bot.adapters.memory.mail import MemoryMailbox, MemoryMailer, MemorySession, SentMail
from csr_bot.adapters.memory.portal import MemoryPortal

__all__ = ["MemoryErp", "MemoryMailbox", "MemoryMailer", "MemoryPortal", "MemorySession", "SentMail"]
