"""Reads mails in a child process: parsed, their attachments read, their requests classified."""

from csr_bot.adapters.reader.direct import DirectMailReader
from csr_bot.adapters.reader.warm import WarmMailReader

__all__ = ["DirectMailReader", "WarmMailReader"]
