"""Instructions: what a reviewer has decided about a case, so that it can be prepared, checked and signed anew.

An instruction is an input of the decision like any other fact. It never carries authority: whoever gives it becomes
the preparer, and somebody else approves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from csr_bot.core.money import Money


class InstructionKind(StrEnum):
    """What a reviewer wants to be done."""

    GRANT = "grant"
    DENY = "deny"
    ANSWER = "answer"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class InstructedLine:
    """The net amount to credit on one invoice line."""

    line_no: int
    net: Money


@dataclass(frozen=True, slots=True)
class Instruction:
    """What a person has decided. ``text`` is what the customer is told (``deny``, ``answer``), ``questions`` what he is
    asked. With ``grant`` and no lines, what the bot computed is to be credited as it is.
    """

    kind: InstructionKind
    by: str
    at: datetime
    text: str = ""
    questions: tuple[str, ...] = ()
    lines: tuple[InstructedLine, ...] = ()

    @property
    def is_material(self) -> bool:
        """Whether it decides on money: whoever only asks or answers prepares nothing that is approved."""
        return self.kind in (InstructionKind.GRANT, InstructionKind.DENY)


def add_editor(editors: Iterable[str], login: str) -> tuple[str, ...]:
    """Everybody who has materially changed a case, each once: none of them may approve it (SOD-01)."""
    return tuple(dict.fromkeys([*editors, login]))
