"""How a command ends: the four exit statuses, and which error of the rooms below is which of them.

Expected errors become one clear sentence on standard error. Anything else is a defect and keeps its traceback.
"""

from __future__ import annotations

import sys
from typing import Final

import typer

BAD: Final = 1
"""The thing that was asked about is bad, or was refused."""
WRONG_SETUP: Final = 2
"""Wrong usage or configuration."""
UNREACHABLE: Final = 3
"""An outside system could not be reached."""


class WrongSetupError(Exception):
    """The command cannot run as this installation is set up, or as it was called; the text is one clear sentence."""


def explain(error: Exception) -> tuple[int, str] | None:
    """Exit status and sentence of an expected error; None for a defect."""
    from csr_bot.caselog import ConflictError
    from csr_bot.core.document import MistakesError
    from csr_bot.ports import PortError, UnavailableError

    match error:
        case MistakesError() | WrongSetupError():
            return WRONG_SETUP, str(error)
        case UnavailableError():
            return UNREACHABLE, " ".join(str(error).split())
        case PortError() | ConflictError():
            return BAD, str(error)
        case _:
            return None


def refuse(sentence: str) -> typer.Exit:
    """Say why a thing is bad, and the exit to raise for it."""
    say(sentence)
    return typer.Exit(BAD)


def say(sentence: str) -> None:
    """A line for people on standard error."""
    sys.stderr.write(f"{sentence}\n")
