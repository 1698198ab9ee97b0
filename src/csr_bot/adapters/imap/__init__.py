"""A mailbox over IMAP: connecting and logging in, reading an open folder, and waiting for news of it."""

from csr_bot.adapters.imap.mailbox import ImapMailbox
from csr_bot.adapters.imap.session import FIRST_PIECE, LARGEST_MAIL, ImapSession

__all__ = ["FIRST_PIECE", "LARGEST_MAIL", "ImapMailbox", "ImapSession"]
