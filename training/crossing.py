"""Cross-validation: models that have not seen the messages on which they are tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from csr_bot.core.classification import Model, parse_model
from csr_bot.core.classification.features import Reading
from csr_bot.core.request import Category
from training.calibration import NONE, calibrate
from training.data import Labelled, read_example
from training.learning import Learned, learn, make_table, pack

FOLDS: Final = 5


@dataclass(frozen=True, slots=True)
class Fold:
    """Some messages and a model of all the others."""

    held_out: list[int]
    model: Model


def fold_of(story: str) -> int:
    """The fold of a story, the same on every machine."""
    return int.from_bytes(sha256(story.encode()).digest()[:4], "big") % FOLDS


def teach(messages: Sequence[Labelled], readings: Sequence[Reading]) -> tuple[Learned, Learned]:
    """Weights of categories, and of the reasons of disputes."""
    table = make_table(readings)
    rows = table.lay_out(readings)
    disputes = [place for place, message in enumerate(messages) if message.reason]
    return (
        learn(table, rows, [{message.category, *message.also} for message in messages]),
        learn(table, rows[disputes], [{str(messages[place].reason)} for place in disputes]),
    )


def cross(messages: Sequence[Labelled]) -> Iterator[Fold]:
    """Each fold with a model of the others, calibrated on messages that no model behind the figures had seen."""
    readings = [read_example(message.subject, message.text) for message in messages]
    folds = [fold_of(message.story) for message in messages]
    taught = []
    answers: dict[int, tuple[tuple[int, int], bool]] = {}
    for fold in range(FOLDS):
        learned = teach(
            [message for message, other in zip(messages, folds, strict=True) if other != fold],
            [reading for reading, other in zip(readings, folds, strict=True) if other != fold],
        )
        model = parse_model(pack(*learned, NONE))
        taught.append(learned)
        for place, other in enumerate(folds):
            if other == fold:
                answers[place] = try_one(model, readings[place], messages[place])
    for fold, learned in enumerate(taught):
        known = [answers[place] for place, other in enumerate(folds) if other != fold]
        held_out = [place for place, other in enumerate(folds) if other == fold]
        yield Fold(held_out, parse_model(pack(*learned, fit(known))))


def try_one(model: Model, reading: Reading, message: Labelled) -> tuple[tuple[int, int], bool]:
    """The two highest scores, and whether the first is that of the right category."""
    scores = model.score(reading)
    first, second = scores.rank()[:2]
    return (scores.categories[first], scores.categories[second]), first is Category(message.category)


def fit(answers: Sequence[tuple[tuple[int, int], bool]]) -> dict[str, Any]:
    """The calibration of these answers."""
    return calibrate([scores for scores, _ in answers], [right for _, right in answers])


def make_model(messages: Sequence[Labelled]) -> bytes:
    """The model of all messages; its calibration comes from models that each lacked a part of them."""
    readings = [read_example(message.subject, message.text) for message in messages]
    folds = [fold_of(message.story) for message in messages]
    answers = []
    for fold in range(FOLDS):
        kept = [place for place, other in enumerate(folds) if other != fold]
        learned = teach([messages[place] for place in kept], [readings[place] for place in kept])
        model = parse_model(pack(*learned, NONE))
        answers += [
            try_one(model, readings[place], messages[place]) for place, other in enumerate(folds) if other == fold
        ]
    return pack(*teach(messages, readings), fit(answers))
