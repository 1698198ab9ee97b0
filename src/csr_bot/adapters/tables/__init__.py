"""Tables in files: ledgers (workbooks, lists of open items) as typed rows, and portal exports as rows of text."""

from csr_bot.adapters.tables.exports import read_table
from csr_bot.adapters.tables.probing import probe_content, probe_file
from csr_bot.adapters.tables.profiles import PROFILES
from csr_bot.adapters.tables.reading import TABLES, LedgerFile, open_held_ledger, open_ledger

__all__ = [
    "PROFILES",
    "TABLES",
    "LedgerFile",
    "open_held_ledger",
    "open_ledger",
    "probe_content",
    "probe_file",
    "read_table",
]
