"""Mutated mails through the mail reader and mutated workbooks through the ledger reading, each in its sandbox."""
