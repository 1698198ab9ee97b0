"""Which part of a text is new: cuts quoted history and the signature block, in the wordings of common mail programs.

Losing what a customer wrote is worse than keeping some history, so a cut needs a clear mark. The text itself is not
changed. The marks are in ``history`` and ``signatures``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from csr_bot.core.parsing.history import (
    MAX_BLOCK_LINES,
    introduction_length,
    is_forward_marker,
    is_header_sentence,
    is_marker,
    is_rule,
    may_be_header,
    read_header_block,
    sentence_length,
    words_before_sentence,
)
from csr_bot.core.parsing.signatures import cut_signature

# Without a colon or an address in it, no line that opens with one of these begins the history.
_PLAIN_LETTERS: Final = frozenset("bcfghjkmnpqrstuxyzBCFGHJKMNPQRSTUXYZ")
_QUOTE_MARK: Final = re.compile(r"\s*(?:>(?!>>>>>)|[A-Za-z]{1,3}>(?:\s|$))")
_MIN_BARRED: Final = 3
"""Lines that begin with a bar, from which on they are a quotation and no table."""
_MAX_CITATION: Final = 12
"""Lines of a quotation that a writer puts there by hand; what programs quote is introduced, and mostly longer."""


@dataclass(frozen=True, slots=True)
class SplitText:
    """A text in two: what its sender wrote now, and the history below or between it."""

    new: str
    quoted: str
    has_older: bool = False
    """Whether an older mail stands in the text, quoted or passed on."""
    says_forwarded: bool = False
    """Whether a line above the older mail says that it is a forwarded one."""


@lru_cache(maxsize=1)  # whoever reads a message asks for the newest part, and may then ask for the history
def split_text(text: str) -> SplitText:
    """The newest part without history and signature, and the history; never an empty newest part of a readable text."""
    return _split(text, again=True)


def _split(text: str, *, again: bool) -> SplitText:
    lines = text.split("\n")
    new, quoted, below = _split_history(lines)
    newest = _join(cut_signature(new[:])) or _join(new)
    marked = any(is_forward_marker(line) for line in lines[max(below - MAX_BLOCK_LINES, 0) : below])
    if newest:
        return SplitText(new=newest, quoted=_join(quoted), has_older=bool(quoted or below), says_forwarded=marked)
    # Nothing above the history: what was passed on without a word is what the sender wants read.
    if again and below and (passed_on := _join(lines[below:])):
        return replace(_split(passed_on, again=False), has_older=True, says_forwarded=marked)
    return SplitText(new=text.strip(), quoted="", has_older=bool(quoted or below))


def _split_history(lines: list[str]) -> tuple[list[str], list[str], int]:
    """New lines, older lines, and where the body of the first older mail begins (0 where that is not known)."""
    new: list[str] = []
    quoted: list[str] = []
    below = index = 0
    while index < len(lines):
        line = lines[index]
        stripped = line.lstrip()
        if not stripped or (
            stripped[0] in _PLAIN_LETTERS and ":" not in line and "@" not in line and ">" not in stripped[:4]
        ):
            new.append(line)
            index += 1
        elif (stripped[0] == "|" or ">" in stripped[:4]) and (end := _quotation_end(lines, index)):
            _move_introduction(new, quoted)
            if not (quoted or below) and (cited := _citation_end(lines, index)):
                new.extend(lines[index:cited])
                index = cited
                continue
            quoted.extend(other.lstrip().lstrip("> |") for other in lines[index:end])
            index = end
        elif length := sentence_length(lines, index):
            if before := words_before_sentence(line):
                new.append(before)
            index += length
            below = below or index
            # Quote marks below say how far the history reaches; without them all the rest is history.
            if not _is_quoted_next(lines, index):
                return new, [*quoted, *lines[index:]], below
        elif end := _history_start(lines, index):
            _drop_rule(new)
            below = below or end
            if not _is_quoted_next(lines, end):
                return new, [*quoted, *lines[index:]], below
            index = end
        else:
            new.append(line)
            index += 1
    return new, quoted, below


def _quotation_end(lines: list[str], index: int) -> int:
    """Where the quoted lines that begin here end; 0 if the line is not quoted."""
    if _QUOTE_MARK.match(lines[index]):
        end = index + 1
        while end < len(lines) and lines[end].startswith(("> ", ">\t")):
            end += 1
        return end
    if lines[index][0] != "|":
        return 0
    end = index
    while end < len(lines) and lines[end].startswith("|") and lines[end].count("|") == 1:
        end += 1
    return end if end - index >= _MIN_BARRED else 0


def _citation_end(lines: list[str], index: int) -> int:
    """Where a short quotation without introduction ends that own words follow; 0 if it is the history."""
    end = index
    while end < len(lines) and end - index <= _MAX_CITATION:
        if not lines[end].strip():
            end += 1
        elif following := _quotation_end(lines, end):
            end = following
        else:
            own = not (sentence_length(lines, end) or _history_start(lines, end) or lines[end].startswith(("--", "__")))
            return end if own else 0
    return 0


def _history_start(lines: list[str], index: int) -> int:
    """Where the body of the older mail begins whose marker or header block is here; 0 if there is none."""
    line = lines[index]
    stripped = line.lstrip()
    if (stripped[0] in "-*_=–—" or stripped[-1:] == ":") and is_marker(line):
        after = next((at for at in range(index + 1, len(lines)) if lines[at].strip()), index + 1)
        block = read_header_block(lines, after, marked=True) if after < len(lines) else None
        return block.end if block else index + 1
    if may_be_header(line):
        marked = any(is_rule(other) for other in lines[max(index - 2, 0) : index] if other.strip())
        block = read_header_block(lines, index, marked=marked)
        if block:
            return block.end
        return index + 1 if is_header_sentence(line) else 0
    return 0


def _is_quoted_next(lines: list[str], index: int) -> bool:
    following = next((other for other in lines[index:] if other.strip()), "")
    return following.lstrip().startswith(">")


def _move_introduction(new: list[str], quoted: list[str]) -> None:
    """Takes the line that introduces a quotation along with it."""
    if length := introduction_length(new):
        quoted.extend(new[-length:])
        del new[-length:]


def _drop_rule(lines: list[str]) -> None:
    """Drops the drawn line that mail programs put above a header block."""
    while lines and (not lines[-1].strip() or is_rule(lines[-1])):
        del lines[-1]


def _join(lines: list[str]) -> str:
    return "\n".join(lines).strip()
