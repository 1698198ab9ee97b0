"""Fits the weights of roles to the labelled messages: ``python -m benchmarks.understanding.fit_roles [even]``.

Needs scikit-learn. With ``even`` only the even lines are used, so that the odd ones can be scored by weights that never
saw them. The same messages give the same weights.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final

from benchmarks.understanding.values import Message, iterate_messages
from csr_bot.core.parsing import amounts_in_text, dates, quoting, references, roles
from csr_bot.core.request import AmountRole

WEIGHTS: Final = Path("src") / "csr_bot" / "core" / "parsing" / "role_weights.py"
_SCALE: Final = (*[90] * 10, *[12] * 5, *[1] * 12)
"""The greatest that each trait can be."""


def main(only_even: bool) -> None:  # noqa: FBT001  # the one switch of a program
    """Fit and write."""
    from sklearn.linear_model import LogisticRegression

    messages = iterate_messages(even=True)
    cases = list(iterate_cases(messages if only_even else chain(messages, iterate_messages())))
    model = LogisticRegression(C=3, max_iter=3000)
    model.fit(
        [[trait / most for trait, most in zip(traits, _SCALE, strict=True)] for traits, _ in cases],
        [role for _, role in cases],
    )
    rows = {}
    for role, weights, start in zip(model.classes_, model.coef_, model.intercept_, strict=True):
        scaled = [round(1000 * weight / most) for weight, most in zip(weights, _SCALE, strict=True)]
        rows[role] = (*scaled[:-1], scaled[-1] + round(1000 * start))
    head, _, _ = WEIGHTS.read_text(encoding="utf-8").partition("WEIGHTS: Final")
    lines = [f"    AmountRole.{role.name}: ({', '.join(map(str, rows[role.value]))}),\n" for role in AmountRole]
    body = "".join(["WEIGHTS: Final[dict[AmountRole, tuple[int, ...]]] = {\n", *lines, "}  # fmt: skip\n"])
    WEIGHTS.write_text(head + body, encoding="utf-8")
    print(f"{len(cases)} amounts")


def iterate_cases(messages: Iterator[Message]) -> Iterator[tuple[list[int], str]]:
    """The traits of each amount, and of each bare number, with its labelled role."""
    for message in messages:
        labels = {
            amount[0].rstrip("0").rstrip(".") if "." in amount[0] else amount[0]: amount[2]
            for amount in message["amounts"]
        }
        for text in (message["subject"], quoting.split_text(message["text"]).new):
            rest = references.find_references(text, dates=tuple(day.span for day in dates.find_dates(text))).rest
            numbers = amounts_in_text.find_numbers(rest)
            for number, traits in zip(numbers, roles.list_traits(rest, numbers), strict=True):
                value = number.value if number.value is not None else next(iter(number.candidates), None)
                role = labels.get(f"{value.normalize():f}") if value is not None else None
                if role is not None or number.plain:
                    yield traits, role or AmountRole.OTHER.value


if __name__ == "__main__":
    main(sys.argv[1:] == ["even"])
