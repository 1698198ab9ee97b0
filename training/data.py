"""The labelled messages: read, and grouped so that no story stands on both sides of a split."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from csr_bot.core.classification.features import Reading, read_features
from csr_bot.core.classification.words import cut_closing, read_sentences, strip_reply
from csr_bot.core.facts_in_text import read_facts
from csr_bot.core.parsing.quoting import split_text
from csr_bot.core.request import Category, TextSource

MESSAGES: Final = Path(__file__).parent / "messages"
UTTERANCES: Final = Path(__file__).parent.parent / "tests" / "classify" / "utterances.jsonl"
"""Examples of the domain's description; the shipped model learns them too, the measured ones never do."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled message. ``story``: messages of other languages that tell the same have the same."""

    place: str
    language: str
    category: str
    reason: str | None
    subject: str
    text: str
    also: tuple[str, ...]
    story: str


def read_labelled(paths: Iterable[Path] | None = None) -> list[Labelled]:
    """The messages of the files, those of the repository by default, in order of name and line."""
    found: list[Labelled] = []
    for path in sorted(MESSAGES.glob("*.jsonl")) if paths is None else paths:
        ranks: Counter[str] = Counter()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            row: dict[str, Any] = json.loads(line)
            category = Category(row["category"]).value
            found.append(
                Labelled(
                    place=f"{path.name}:{number}",
                    language=row.get("lang", ""),
                    category=category,
                    reason=row.get("reason") if category == Category.BILLING_DISPUTE else None,
                    subject=row.get("subject", ""),
                    text=row["text"],
                    also=tuple(row.get("also", ())),
                    # The languages were written in pairs: the n-th message of a category may be the same story.
                    story=f"{path.stem.partition('-')[0] == 'extra'} {category} {ranks[category]}",
                )
            )
            ranks[category] += 1
    return found


def read_example(subject: str, text: str) -> Reading:
    """A message as the model sees it."""
    subject, text = strip_reply(subject), cut_closing(split_text(text).new)
    return read_features(
        subject=read_sentences(subject, read_facts(subject, TextSource.SUBJECT)),
        text=read_sentences(text, read_facts(text, TextSource.BODY)),
    )
