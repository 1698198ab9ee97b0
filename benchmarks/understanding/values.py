"""Invoice numbers, orders and amounts with their roles, read from the labelled messages, and the grammar of one amount.

Amounts and roles: the rules were written with the even lines of each file in view, and the figures are of the odd ones.
Document numbers and orders: whoever wrote the rules looked at the misses of some files (``SEEN``) and read nothing of the
others; both are shown, all lines. The even lines of the unseen ones served an earlier version. Numbers count
once for a message, in canonical form; percentages are no amounts. The weights of roles that are shipped are fitted on all lines:
for a figure that they have not seen, fit them on the even lines first (``fit_roles even``) and afterwards again on all.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from benchmarks.understanding import Figure
from csr_bot.core.facts_in_text import Facts, read_facts
from csr_bot.core.parsing.amounts import read_amount
from csr_bot.core.parsing.quoting import split_text
from csr_bot.core.parsing.references import canonical_number
from csr_bot.core.request import ClaimedAmount, TextSource

MESSAGES: Final = Path("training") / "messages"
_LABEL: Final = re.compile(r"(?:P\.O\.|[A-Z]{1,4}\b|[Ii]nv\b|re\b|rg\b)[\s#.:-]*\s(?=\d)")
_PERCENT: Final = r"\s?(?:%|percent|prozent|procent|pour ?cent|por ?ciento)"

SEEN: Final = ("de", "en-1", "en-3", "fr")

Message = dict[str, Any]
Wanted = Callable[[Message], set[Any]]

GRAMMAR: Final = (
    *((raw, "money", "USD", "1234.56") for raw in ("1,234.56", "1.234,56", "1 234,56", "1\u00a0234,56", "1\u202f234,56", "1'234.56", "1\u2019234.56")),
    *((raw, "money", "USD", "-1234.56") for raw in ("(1,234.56)", "1234.56-", "-1.234,56", "\u22121,234.56", "1,234.56 CR")),
    ("12,34,567.89", "money", "INR", "1234567.89"), ("1,234.56 DR", "money", "USD", "1234.56"), ("1234,-", "money", "EUR", "1234"),
    ("1'250.-", "money", "CHF", "1250"), ("1'250.--", "money", "CHF", "1250"), ("1.234.567", "money", "USD", "1234567"),
    ("$22,400", "money", "USD", "22400"), ("22.400 EUR", "money", "EUR", "22400"), ("0.500", "quantity", None, "0.5"),
    ("6.5k", "money", "USD", "6500"), ("1.2m", "money", "USD", "1200000"),
    *((raw, "money", "USD", "error") for raw in ("1,234,56", "1.23.456", "1e5", "NaN", "Inf", "1" + "0" * 30)),
    *((raw, field, currency, "ambiguous") for raw in ("1.234", "1,234") for field, currency in (("unit_price", "USD"), ("quantity", None), ("rate", None), ("money", "KWD"))),
    *((raw, "money", "USD", "null") for raw in ("", "-", "n/a")),
)  # fmt: skip
"""Each row of the grammar: as written, kind of field, currency of the context, value or status."""


def run() -> list[Figure]:
    """The figures of the grammar and of the odd lines; of the grammar alone where the messages are not here."""
    return [measure_grammar(), *measure_messages(list(iterate_messages())), *measure_numbers()]


def measure_grammar() -> Figure:
    """The rows of the grammar that are read as it says."""
    misses = tuple(
        f"{raw!r} as {field}: {said}"
        for raw, field, currency, said in GRAMMAR
        if _read(raw, field, currency) != _plain(said)
    )
    return Figure("values: the grammar", len(GRAMMAR) - len(misses), len(GRAMMAR), 1.0, misses=misses)


def iterate_messages(*, even: bool = False) -> Iterator[Message]:
    """The messages of the odd lines, or the even ones, of each file, counted from 0; ``id`` says where one stands."""
    for file in sorted(MESSAGES.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
            if (number % 2 == 0) == even:
                yield {**json.loads(line), "id": f"{file.stem}:{number + 1}"}


def measure_numbers() -> list[Figure]:
    """Precision, recall and F1 of invoices and orders in the files that were looked at and in those that were not."""
    figures = []
    for name, is_seen in (("seen", True), ("unseen", False)):
        messages = [
            {**json.loads(line), "lang": file.stem, "id": f"{file.stem}:{number}"}
            for file in sorted(MESSAGES.glob("*.jsonl"))
            if (file.stem in SEEN) is is_seen
            for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        ]
        read = [(message, _read_message(message)) for message in messages]
        for kind in ("invoices", "orders"):
            want, find = KINDS[kind]
            judged = _judge(f"{kind} in {name} files", [(m, want(m), find(f)) for m, f in read])
            # The misses of files that nobody read stay unread.
            figures += [replace(figure, misses=()) for figure in judged]
    return figures


def measure_messages(messages: list[Message]) -> list[Figure]:
    """Precision and recall of each kind of value in all languages, and their F1 in each."""
    read = [(message, _read_message(message)) for message in messages]
    return [
        figure
        for name, (want, find) in KINDS.items()
        for figure in _judge(name, [(m, want(m), find(f)) for m, f in read])
    ]


def _judge(name: str, cases: list[tuple[Message, set[Any], set[Any]]]) -> list[Figure]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for message, wanted, found in cases:
        for language in ("all", message["lang"]):
            counts[language].update(right=len(wanted & found), found=len(found), wanted=len(wanted))
    total = counts.pop("all", Counter())
    misses = tuple(f"{m['id']}: {_show(w - f)} missed, {_show(f - w)} added" for m, w, f in cases if w != f)
    if not total:
        return []
    return [
        Figure(f"values: {name}, precision", total["right"], total["found"]),
        Figure(f"values: {name}, recall", total["right"], total["wanted"], misses=misses),
        # F1 as a share: twice what is right of what was found and wanted together.
        *(
            Figure(f"values: {name}, F1 {language}", 2 * count["right"], count["found"] + count["wanted"])
            for language, count in (("all", total), *sorted(counts.items()))
        ),
    ]


def _read_message(message: Message) -> tuple[Facts, Facts]:
    text = split_text(message["text"]).new
    return read_facts(message["subject"], TextSource.SUBJECT), read_facts(text, TextSource.BODY)


def _number(raw: str) -> str:
    return canonical_number(_LABEL.sub("", raw.strip(), count=1) if _LABEL.match(raw.strip()) else raw)


def _canonical(reference: Any) -> str:
    # One number of a range is not what is written.
    return (
        _number(reference.raw) if reference.canonical == canonical_number(reference.raw) else str(reference.canonical)
    )


def _labels(message: Message) -> list[tuple[Decimal, str]]:
    text = f"{message['subject']} {message['text']}"
    return [
        (Decimal(value).normalize(), role)
        for value, currency, role in message["amounts"]
        if currency is not None or not _is_percentage(value, text)
    ]


def _is_percentage(value: str, text: str) -> bool:
    short = f"{Decimal(value).normalize():f}"
    forms = {value, short, value.replace(".", ","), short.replace(".", ",")}
    return any(re.search(rf"(?<![\d.,]){re.escape(form)}{_PERCENT}", text, re.IGNORECASE) for form in forms)


def _values(message: Message) -> set[Decimal]:
    return {value for value, _ in _labels(message)}


def _roles(message: Message) -> set[tuple[Decimal, str]]:
    return set(_labels(message))


def _value(amount: ClaimedAmount) -> Decimal | None:
    """The value, or the only candidate of an approximate amount."""
    if amount.value is not None:
        return amount.value.normalize()
    return amount.candidates[0].normalize() if len(amount.candidates) == 1 else None


KINDS: Final[dict[str, tuple[Wanted, Callable[[tuple[Facts, Facts]], set[Any]]]]] = {
    "invoices": (lambda m: set(map(_number, m["refs"])), lambda f: {_canonical(r) for x in f for r in x.invoices}),
    "orders": (lambda m: set(map(_number, m["pos"])), lambda f: {_canonical(r) for x in f for r in x.orders}),
    "amounts": (_values, lambda f: {_value(a) for x in f for a in x.amounts}),
    "amounts with role": (_roles, lambda f: {(_value(a), a.role.value) for x in f for a in x.amounts}),
}
"""What a message is labelled with and what was read of it, by kind of value."""


def _show(values: set[Any]) -> str:
    return (
        ", ".join(
            sorted(str(value[0]) + " " + value[1] if isinstance(value, tuple) else str(value) for value in values)
        )
        or "nothing"
    )


def _read(raw: str, field: Any, currency: str | None) -> Decimal | str:
    reading = read_amount(raw, field=field, currency=currency, decimal_comma=None)
    return reading.status if reading.value is None else reading.value.normalize()


def _plain(said: str) -> Decimal | str:
    return Decimal(said).normalize() if said[-1].isdigit() else said
