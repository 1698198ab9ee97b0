"""Measured on real material that is not part of the project: set CSR_CORPUS to the folder that holds it."""

from __future__ import annotations

import base64
import gzip
import json
import os
from pathlib import Path
from time import perf_counter

import pytest

from csr_bot.core.classify import read_requests
from csr_bot.core.message import AutoClass
from csr_bot.core.parsing.mail import parse_message

CORPUS = Path(os.environ.get("CSR_CORPUS", ""))
pytestmark = pytest.mark.skipif("CSR_CORPUS" not in os.environ, reason="CSR_CORPUS is not set")


def read_cases(name: str) -> list[dict]:
    with gzip.open(CORPUS / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@pytest.mark.parametrize("name", ["robustness", "zammad", "sisimai"])
def test_every_mail_gives_a_record_in_time(name):
    for case in read_cases(name):
        begun = perf_counter()
        message = parse_message(base64.b64decode(case["b64"]))
        assert read_requests(message), case["id"]
        assert perf_counter() - begun < 2, case["id"]
        assert not (message.quarantined or "").startswith("UNREADABLE"), case["id"]


def test_nearly_every_delivery_report_is_known():
    bounces = [case for case in read_cases("sisimai") if case["expected"]["kind"] == "bounce"]
    known = [case for case in bounces if parse_message(base64.b64decode(case["b64"])).auto_class is AutoClass.BOUNCE]
    assert len(known) * 100 >= len(bounces) * 98
