"""The receivables workbook as a ledger: limits, headers, cells and rows, each in a file of its own."""

from csr_bot.adapters.workbook.reading import RefusedRow, RowWarning, WorkbookReading, read_workbook

__all__ = ["RefusedRow", "RowWarning", "WorkbookReading", "read_workbook"]
