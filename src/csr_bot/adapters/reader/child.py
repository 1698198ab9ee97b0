"""What runs in the child: imports everything that any mail may need, uses it once, then reads mails."""

from __future__ import annotations

import importlib
import json
import logging
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache

import pypdf

from csr_bot.adapters.reader.reading import read_mail
from csr_bot.adapters.reader.samples import SAMPLES
from csr_bot.ports import MailReading
from csr_bot.sandbox import Codec, make_codec


def start() -> Callable[[bytes, bytes], bytes]:
    """The work of the child: from the trusted servers of a call (a JSON list) and a mail to its reading."""
    # What pypdf thinks of a customer's file is of no use to anybody.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    for module in pkgutil.walk_packages(pypdf.__path__, "pypdf."):
        # pypdf imports where it needs, and not all of what it may need is installed.
        with suppress(ImportError):
            importlib.import_module(module.name)
    codec: Codec[MailReading] = make_codec(MailReading)

    def work(head: bytes, raw: bytes) -> bytes:
        return codec.encode(read_mail(raw, trusts=_trusts(head)))

    for sample in SAMPLES:
        codec.decode(work(b"[]", sample))
    return work


@lru_cache(maxsize=16)
def _trusts(head: bytes) -> frozenset[str]:
    return frozenset(json.loads(head))
