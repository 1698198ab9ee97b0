"""How well wishes are understood, measured on labelled messages that the scoring model has never seen.

The messages of the repository are tried in cross-validation, each story on one side; the examples of the domain's
description by a model of those messages alone. Needs scikit-learn (``csr-bot[train]``). With CSR_CORPUS the learning
method itself is tried on banking77, which has nothing to do with billing.
"""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import process_time

from training.data import UTTERANCES, Labelled, read_example, read_labelled

from benchmarks.understanding import Figure
from csr_bot.core.classification import Model, classify_text
from csr_bot.core.parsing.quoting import split_text
from csr_bot.core.request import Category, Request

MONEY = frozenset(
    {
        Category.BILLING_DISPUTE,
        Category.PAYMENT_STATUS,
        Category.REMITTANCE_ADVICE,
        Category.UNAPPLIED_CASH_REFUND,
        Category.CREDIT_NOTE_REQUEST,
        Category.BANK_DETAIL_CHANGE,
        Category.TERMS_CREDIT_LIMIT,
        Category.PROMISE_TO_PAY,
        Category.PAYMENT_PLAN,
        Category.LETTER_OF_CREDIT,
    }
)
BUDGET_MICROSECONDS = 300


@dataclass(frozen=True, slots=True)
class Answer:
    """A message and what was read from it by a model that had not seen it."""

    message: Labelled
    requests: tuple[Request, ...]

    @property
    def right(self) -> bool:
        """Whether the main category is the one that was labelled."""
        return self.requests[0].category == self.message.category

    @property
    def answered(self) -> bool:
        """Whether anything but UNKNOWN was said."""
        return self.requests[0].category is not Category.UNKNOWN


def run() -> list[Figure]:
    """The figures; none where scikit-learn is not installed."""
    if find_spec("sklearn") is None:
        return []
    from training.crossing import cross, make_model

    from csr_bot.core.classification import parse_model

    messages = read_labelled()
    answers = [ask(fold.model, messages[place]) for fold in cross(messages) for place in fold.held_out]
    unseen = parse_model(make_model(messages))
    zero_shot = [ask(unseen, message) for message in read_labelled([UTTERANCES])]
    return [
        *measure_categories("messages", answers),
        *measure_categories("utterances", zero_shot),
        *measure_each(answers),
        *measure_filing(answers),
        *measure_confidence(answers),
        *measure_wishes(answers),
        measure_cost(unseen, messages),
        *measure_method(),
    ]


def ask(model: Model, message: Labelled) -> Answer:
    """What the product reads from a message."""
    text = split_text(message.text)
    return Answer(message, classify_text(subject=message.subject, text=text.new, quoted=text.quoted, model=model))


def measure_categories(name: str, answers: Sequence[Answer]) -> list[Figure]:
    """How many are right, and how many of those that were answered; for each language; and the reasons of disputes."""
    said = [answer for answer in answers if answer.answered]
    disputes = [answer for answer in answers if answer.right and answer.message.reason]
    found = [
        Figure(f"{name}: right", _right(answers), len(answers)),
        Figure(f"{name}: answered", len(said), len(answers)),
        Figure(f"{name}: right where answered", _right(said), len(said)),
        Figure(
            f"{name}: reason of a dispute",
            sum(answer.requests[0].reason == answer.message.reason for answer in disputes),
            len(disputes),
        ),
    ]
    for language in sorted({answer.message.language for answer in answers} - {""}):
        own = [answer for answer in answers if answer.message.language == language]
        found.append(Figure(f"{name}: right, {language}", _right(own), len(own)))
    return found


def measure_each(answers: Sequence[Answer]) -> list[Figure]:
    """Recall and precision of each category."""
    found = []
    for category in Category:
        meant = [answer for answer in answers if answer.message.category == category]
        said = [answer for answer in answers if answer.requests[0].category is category]
        found.append(Figure(f"{category}: recall", _right(meant), len(meant)))
        found.append(Figure(f"{category}: precision", _right(said), len(said)))
    return found


def measure_filing(answers: Sequence[Answer]) -> list[Figure]:
    """Requests for money that were filed as no request, and the other way round."""
    money = [answer for answer in answers if answer.message.category in MONEY]
    filed = [answer for answer in money if answer.requests[0].category is Category.NOT_A_REQUEST]
    chatter = [answer for answer in answers if answer.message.category == Category.NOT_A_REQUEST]
    work = [answer for answer in chatter if answer.requests[0].category in MONEY]
    return [
        Figure("money filed as no request", len(filed), len(money), 0.0, at_most=True, misses=_places(filed)),
        Figure("no request taken for money", len(work), len(chatter), misses=_places(work)),
    ]


def measure_confidence(answers: Sequence[Answer]) -> list[Figure]:
    """How many may be answered at 99 and 99.9 % right, and whether confidence is what it says."""
    ranked = sorted((one for one in answers if one.answered), key=lambda one: -one.requests[0].confidence)
    found = []
    for share in (0.95, 0.99, 0.999):
        covered = right = 0
        for count, answer in enumerate(ranked, start=1):
            right += answer.right
            if right >= share * count:
                covered = count
        found.append(Figure(f"answered at {share:.1%} right", covered, len(answers)))
    off = 0.0
    for low in range(60, 100, 5):
        inside = [one for one in ranked if low <= 100 * one.requests[0].confidence < low + 5]
        claimed = sum(float(one.requests[0].confidence) for one in inside)
        off += abs(claimed - _right(inside))
        found.append(Figure(f"right at confidence 0.{low} to 0.{low + 4}", _right(inside), len(inside)))
    found.append(Figure("calibration error, weighted", round(off), len(ranked), 0.05, at_most=True))
    return found


def measure_wishes(answers: Sequence[Answer]) -> list[Figure]:
    """Further requests: how many that were made are asked for, and how many that are asked for were found."""
    made = asked = right = 0
    wrong = []
    for answer in answers:
        wanted = {answer.message.category, *answer.message.also}
        further = {request.category.value for request in answer.requests[1:]}
        made, right = made + len(further), right + len(further & wanted)
        asked += len(answer.message.also)
        if further - wanted:
            wrong.append(answer)
    several = [answer for answer in answers if answer.message.also]
    whole = [
        answer
        for answer in several
        if {answer.message.category, *answer.message.also} <= {request.category.value for request in answer.requests}
    ]
    single = len(answers) - len(several)
    split = sum(len(answer.requests) > 1 for answer in answers if not answer.message.also)
    return [
        Figure("further requests that are asked for", right, made, misses=_places(wrong)),
        Figure("messages with several wishes, all found", len(whole), len(several)),
        Figure("messages with one wish, split", split, single, 0.02, at_most=True),
    ]


def measure_cost(model: Model, messages: Sequence[Labelled]) -> Figure:
    """Microseconds of CPU for one message, facts included, once the words of a batch have been met."""
    for _ in range(2):
        began = process_time()
        for message in messages:
            classify_text(subject=message.subject, text=message.text, model=model)
        cost = (process_time() - began) / len(messages) * 1e6
    return Figure("microseconds of CPU for a message", round(cost), BUDGET_MICROSECONDS, 1.0, at_most=True)


def measure_method() -> list[Figure]:
    """The same features and learner on banking77: 77 intents in English."""
    if "CSR_CORPUS" not in os.environ:
        return []
    from training.learning import learn, make_table

    train, test = (_read_intents(name) for name in ("banking77_train", "banking77_test"))
    readings = [read_example("", text) for text, _ in train]
    table = make_table(readings)
    learned = learn(table, table.lay_out(readings), [{label} for _, label in train])
    margins = learned.margins([read_example("", text) for text, _ in test])
    best = [learned.classes[place] for place in margins.argmax(axis=1)]
    leads = [row[-1] - row[-2] + row[-1] for row in (sorted(row) for row in margins.tolist())]
    ranked = sorted(range(len(test)), key=lambda place: -leads[place])
    covered = right = 0
    for count, place in enumerate(ranked, start=1):
        right += best[place] == test[place][1]
        if right >= 0.99 * count:
            covered = count
    return [
        Figure("banking77: right", right, len(test)),
        Figure("banking77: answered at 99% right", covered, len(test)),
    ]


def _read_intents(name: str) -> list[tuple[str, str]]:
    with gzip.open(Path(os.environ["CSR_CORPUS"]) / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [(row["input"], row["expected"]) for row in map(json.loads, lines)]


def _right(answers: Sequence[Answer]) -> int:
    return sum(answer.right for answer in answers)


def _places(answers: Sequence[Answer]) -> tuple[str, ...]:
    counted = Counter(
        f"{one.message.place}: {', '.join(request.category for request in one.requests)}" for one in answers
    )
    return tuple(counted)
