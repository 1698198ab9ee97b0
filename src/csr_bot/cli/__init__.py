"""The command line, ``csr-bot``: nouns group commands, verbs act. It prints and asks; what is done is done elsewhere.

Everything but the command line's own libraries is imported by the command that needs it, so that help answers at once.
"""

from csr_bot.cli.program import main

__all__ = ["main"]
