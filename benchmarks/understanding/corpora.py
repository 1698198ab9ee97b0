"""Mail parsing, measured on real mails that are not part of the project: CSR_CORPUS names the folder that holds them.

Each set is a file of JSON lines, gzip: ``id``, ``b64`` (a mail) or ``input``, and ``expected``. White space is folded
before texts are compared.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from time import perf_counter
from typing import Any, Final

from benchmarks.understanding import Figure
from csr_bot.core.message import AutoClass, ParsedMessage
from csr_bot.core.parsing.forwards import split_forward
from csr_bot.core.parsing.mail import parse_message
from csr_bot.core.parsing.markup import read_markup
from csr_bot.core.parsing.quoting import split_text

Case = dict[str, Any]

GOOD_F1: Final = 0.9
GOAL_BODY: Final = 38 / 41
"""Of the rest, one has hidden words that the truth counts, and three have text or a file where it sees none."""
LOST_SHARE: Final = 0.2
SLOWEST: Final = 2.0
"""Seconds for one mail."""

_OWN_CODE: Final = 3
"""Digits of a code that is no server's."""

_INLINE_TAG: Final = re.compile(r"</?(?:a|b|i|u|em|strong|span|font|small|big|sub|sup)\b[^>]*>", re.IGNORECASE)
_TAG: Final = re.compile(r"<[^>]*>")
_KINDS: Final = {
    "bounce": AutoClass.BOUNCE,
    "complaint": AutoClass.COMPLAINT,
    "autoreply": AutoClass.AUTO_REPLY,
    "human": AutoClass.NONE,
}


def run() -> list[Figure]:
    """The figures of every set; none where CSR_CORPUS is not set."""
    if "CSR_CORPUS" not in os.environ:
        return []
    return [*measure_mails(), *measure_replies(), *measure_forwards(), *measure_automatic(), *measure_robustness()]


def read_cases(name: str) -> list[Case]:
    """The cases of a set."""
    with gzip.open(Path(os.environ["CSR_CORPUS"]) / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def measure_mails() -> list[Figure]:
    """Sender, name, subject, body and attachments of a helpdesk's mails."""
    cases = [(case, parse_message(base64.b64decode(case["b64"]))) for case in read_cases("zammad")]
    # A mail with a body is shown as its text; the truth is cleaned HTML.
    return [
        _judge("address", cases, "from_email", _wrong_address, goal=41 / 43),
        _judge("display name", cases, "from_display_name", _wrong_name),
        _judge("subject", cases, "subject", _wrong_subject, goal=43 / 45),
        _judge("body (word F1)", cases, "body", _wrong_body, goal=GOAL_BODY),
        _judge("attachment names", cases, "attachments", _wrong_attachments, goal=21 / 24),
    ]


def measure_replies() -> list[Figure]:
    """The visible part of replies, and how many lost words that their writer wrote."""
    misses: list[str] = []
    lost: list[str] = []
    cases = read_cases("reply")
    for case in cases:
        kind, text = case["input"]
        shown = split_text(read_markup(text) if kind == "html" else text).new
        if why := _wrong_reply(shown, case["expected"]):
            misses.append(f"{case['id']}: {why}")
        if (share := _lost_share(shown, case["expected"])) > LOST_SHARE:
            lost.append(f"{case['id']}: lost {share:.0%} of its words")
    return [
        Figure("reply: solved", len(cases) - len(misses), len(cases), 0.75, misses=tuple(misses)),
        Figure("reply: lost more than a fifth", len(lost), len(cases), 0.03, at_most=True, misses=tuple(lost)),
    ]


def measure_forwards() -> list[Figure]:
    """The embedded message and the text before it."""
    misses: list[str] = []
    cases = read_cases("forwards")
    for case in cases:
        found = split_forward(case["input"])
        expected = case["expected"]
        if found is None:
            misses.append(f"{case['id']}: not found")
        elif _fold(found.block) != _fold(expected["embedded"]):
            misses.append(f"{case['id']}: embedded {found.block[:60]!r}")
        elif _fold(found.before) != _fold(expected["before"]):
            misses.append(f"{case['id']}: before {found.before[-60:]!r}")
    return [Figure("forwards", len(cases) - len(misses), len(cases), 1.0, misses=tuple(misses))]


def measure_automatic() -> list[Figure]:
    """Kinds of automatic mail, and what bounces say."""
    cases = [
        (case, parse_message(base64.b64decode(case["b64"])))
        for name in ("sisimai", "ooo_headers")
        for case in read_cases(name)
    ]
    known = [(case, mail) for case, mail in cases if case["expected"]["kind"] in _KINDS]
    misses = tuple(
        f"{case['id']}: {mail.auto_class} instead of {case['expected']['kind']}"
        for case, mail in known
        if mail.auto_class is not _KINDS[case["expected"]["kind"]]
    )
    accused = tuple(
        f"{case['id']}: {mail.auto_reason}"
        for case, mail in cases
        if case["expected"]["kind"] == "human" and mail.auto_class is not AutoClass.NONE
    )
    return [
        Figure("automatic: kind", len(known) - len(misses), len(known), 0.99, misses=misses),
        Figure("automatic: people called automatic", len(accused), len(cases), 0.0, at_most=True, misses=accused),
        *_measure_bounces([one for one in cases if one[0]["expected"].get("items")]),
    ]


def measure_robustness() -> list[Figure]:
    """Every odd mail gives a record in time, and its raw bytes were understood without an accident."""
    misses: list[str] = []
    cases = [case for name in ("robustness", "zammad", "sisimai") for case in read_cases(name)]
    for case in cases:
        begun = perf_counter()
        mail = parse_message(base64.b64decode(case["b64"]))
        seconds = perf_counter() - begun
        if seconds > SLOWEST:
            misses.append(f"{case['id']}: {seconds:.1f} s")
        if (mail.quarantined or "").startswith("UNREADABLE"):
            misses.append(f"{case['id']}: {mail.quarantined}")
    return [Figure("robustness: recorded in time", len(cases) - len(misses), len(cases), 1.0, misses=tuple(misses))]


def _judge(
    name: str,
    cases: list[tuple[Case, ParsedMessage]],
    key: str,
    judge: Callable[[ParsedMessage, Any], str | None],
    *,
    goal: float | None = None,
) -> Figure:
    judged = [(case, judge(mail, case["expected"][key])) for case, mail in cases if key in case["expected"]]
    misses = tuple(f"{case['id']}: {why}" for case, why in judged if why is not None)
    return Figure(f"mails: {name}", len(judged) - len(misses), len(judged), goal, misses=misses)


def _wrong_address(mail: ParsedMessage, expected: str) -> str | None:
    found = mail.sender.address if mail.sender else ""
    return None if found == expected.lower() else f"{found!r} instead of {expected!r} ({mail.quarantined})"


def _wrong_name(mail: ParsedMessage, expected: str) -> str | None:
    found = mail.sender.name if mail.sender else ""
    return None if _fold(found) == _fold(expected) else f"{found!r} instead of {expected!r}"


def _wrong_subject(mail: ParsedMessage, expected: str) -> str | None:
    return None if _fold(mail.subject) == _fold(expected) else f"{mail.subject!r} instead of {expected!r}"


def _wrong_body(mail: ParsedMessage, expected: str) -> str | None:
    # So the helpdesk shows a mail that has no text.
    score = _word_f1(mail.text, "" if expected == "no visible content" else _strip_tags(expected))
    return None if score >= GOOD_F1 else f"F1 {score:.2f}"


def _wrong_attachments(mail: ParsedMessage, expected: list[Case]) -> str | None:
    # The helpdesk lists the HTML form of the body as a file; here it is no file.
    wanted = sorted(one["filename"] for one in expected if not one.get("preferences", {}).get("content-alternative"))
    found = sorted(one.filename for one in mail.attachments)
    return None if found == wanted else f"{found} instead of {wanted}"


def _wrong_reply(shown: str, expected: Case) -> str | None:
    if "equals" in expected and _fold(shown) != _fold(expected["equals"]):
        return "differs"
    if "equals_nows" in expected and _squeeze(shown) != _squeeze(_strip_tags(expected["equals_nows"])):
        return "differs"
    folded = _fold(shown)
    if any(_fold(part) not in folded for part in expected.get("contains", ())):
        return "lacks a sentence"
    if any(_fold(part) in folded for part in expected.get("not_contains", ())):
        return "keeps what it should not"
    return None


def _lost_share(shown: str, expected: Case) -> float:
    wanted = Counter(_words(expected.get("equals", "") or " ".join(expected.get("contains", ()))))
    lost = wanted - Counter(_words(shown))
    return lost.total() / wanted.total() if wanted else 0.0


def _measure_bounces(cases: list[tuple[Case, ParsedMessage]]) -> list[Figure]:
    said = [(case, mail.bounce, case["expected"]["items"]) for case, mail in cases if mail.bounce is not None]
    called = [(case, bounce, items) for case, bounce, items in said if bounce.permanent]
    hard = [(case, bounce, items) for case, bounce, items in said if any(item["hard"] for item in items)]
    wrong = [one for one in called if not any(item["hard"] for item in one[2])]
    missed = [one for one in hard if not one[1].permanent]
    # Third numbers from 900 on are the corpus maker's own, for reports that name no code.
    coded = [one for one in said if any(item["dsn"] and len(item["dsn"].split(".")[2]) < _OWN_CODE for item in one[2])]
    other_code = [one for one in coded if one[1].status not in {item["dsn"] for item in one[2]}]
    other_reason = [one for one in said if one[1].reason not in {item["reason"] for item in one[2]}]
    nobody = [one for one in said if one[1].recipient is None]

    def name(found: list[tuple[Case, Any, list[Case]]]) -> tuple[str, ...]:
        return tuple(
            f"{case['id']}: {bounce.status} {bounce.reason}, truth {items[0]['dsn']} {items[0]['reason']}"
            for case, bounce, items in found
        )

    return [
        Figure("bounces: permanent, precision", len(called) - len(wrong), len(called), None, misses=name(wrong)),
        Figure("bounces: permanent, recall", len(hard) - len(missed), len(hard), None, misses=name(missed)),
        Figure("bounces: status code", len(coded) - len(other_code), len(coded), misses=name(other_code)),
        Figure("bounces: reason", len(said) - len(other_reason), len(said), misses=name(other_reason)),
        Figure("bounces: a recipient is named", len(said) - len(nobody), len(said), misses=name(nobody)),
    ]


def _words(text: str) -> Iterator[str]:
    return iter(re.findall(r"\w+", text.lower()))


def _word_f1(found: str, wanted: str) -> float:
    ours, theirs = Counter(_words(found)), Counter(_words(wanted))
    if not ours and not theirs:
        return 1.0
    return 2 * (ours & theirs).total() / max(ours.total() + theirs.total(), 1)


def _strip_tags(markup: str) -> str:
    return unescape(_TAG.sub(" ", _INLINE_TAG.sub("", markup)))


def _fold(text: str) -> str:
    return " ".join(text.split())


def _squeeze(text: str) -> str:
    return "".join(text.split())
