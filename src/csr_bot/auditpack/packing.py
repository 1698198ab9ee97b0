"""Putting an audit pack together: the record, its files, the chain and a manifest in one ZIP.

The same record gives the same bytes: times inside the archive are fixed, and nothing of the moment or the host is in
it. The chain shows the case's events in full and every other event by its hash alone, so nobody else's case is told.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

from csr_bot.auditpack.booklet import print_booklet
from csr_bot.auditpack.gathering import digest_of, digests_in, gather_case, plain_event
from csr_bot.caselog import Records
from csr_bot.core.chain import Anchor
from csr_bot.core.effects import canonical_json
from csr_bot.records import Blob, CaseRecord

_NO_TIME: Final = (1980, 1, 1, 0, 0, 0)
_ENDINGS: Final = {
    "message/rfc822": ".eml",
    "application/json": ".json",
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/csv": ".csv",
}
_READ_ME: Final = """Audit pack of case {case_no}

record.pdf     the case for people
case.json      the same, complete, for programs
files/         mails, evidence and screenshots, each named after the sha256 of its content
chain.jsonl    the audit chain: the events of this case in full, every other event by its hash alone
manifest.json  sha256 of every file, the head of the chain, and its anchors
verify.py      checks all this with nothing but Python 3.11 or newer: python verify.py PACK.zip [ANCHORS.jsonl]

What it proves: an event's hash covers its content and the hash of the event before. The trail in an anchor covers the
hashes of all events up to it. So an event of this case that was edited, left out or moved does not fit the anchors any
more. The anchors in this pack were kept by whoever made it; compare with anchors that you kept yourself.
"""


@dataclass(frozen=True, slots=True)
class Pack:
    """An audit pack. ``files`` counts what is in it, ``sha256`` names the archive as a whole."""

    content: bytes
    sha256: str
    files: int
    missing: tuple[str, ...]


def build_pack(records: Records, case: CaseRecord, *, anchors: Sequence[Anchor] = ()) -> Pack:
    """The pack of a case. ``missing`` are digests of files that the log does not hold any more."""
    document = gather_case(records, case)
    attached = dict(_attach(records, document))
    chain, head = _chain(records, case.case_no)
    proof = {
        "head": head,
        "anchors": [
            {"seq": item.seq, "hash": item.hash, "trail": item.trail, "at": item.at.isoformat()}
            for item in anchors
            if item.seq <= head["seq"]
        ],
    }
    contents = {
        "README.txt": _READ_ME.format(case_no=case.case_no).encode(),
        "case.json": _readable(document),
        "chain.jsonl": chain,
        "record.pdf": print_booklet(document, pictures=_pictures(document, attached), proof=proof),
        "verify.py": files("csr_bot").joinpath("auditpack", "verifier.py").read_bytes(),
        **attached,
    }
    listed = {name: {"sha256": digest_of(body), "size": len(body)} for name, body in sorted(contents.items())}
    manifest = {"format": document["format"], "case_no": case.case_no, "chain": proof, "files": listed}
    content = _zip({"manifest.json": _readable(manifest), **contents})
    missing = tuple(sha256 for sha256, name in document["files"].items() if name is None)
    return Pack(content, digest_of(content), len(contents) + 1, missing)


def _attach(records: Records, document: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Name and content of every file that the record refers to; what is gone is noted as such."""
    for sha256, name in digests_in(document):
        if sha256 in document["files"]:
            continue
        blob = records.house.blob(sha256)
        document["files"][sha256] = None if blob is None else _file_name(blob, name)
        if blob is not None:
            yield document["files"][sha256], blob.content


def _file_name(blob: Blob, name: str) -> str:
    ending = "" if "." in name else _ENDINGS.get(blob.content_type.partition(";")[0].strip(), ".bin")
    return f"files/{blob.sha256}-{name}{ending}"


def _pictures(document: Mapping[str, Any], attached: Mapping[str, bytes]) -> dict[str, bytes]:
    names = {sha256: name for sha256, name in document["files"].items() if name and name.endswith((".png", ".jpg"))}
    return {sha256: attached[name] for sha256, name in names.items()}


def _chain(records: Records, case_no: str) -> tuple[bytes, dict[str, Any]]:
    """The chain up to its head, one event a line."""
    lines = io.StringIO()
    for event in records.events.all():
        link = plain_event(event) if event.case_no == case_no else {"seq": event.seq, "hash": event.hash}
        lines.write(f"{canonical_json(link)}\n")
    seq, digest = records.events.head()
    return lines.getvalue().encode(), {"seq": seq, "hash": digest}


def _readable(document: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True)}\n".encode()


def _zip(contents: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in contents.items():
            entry = zipfile.ZipInfo(name, _NO_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, body)
    return packed.getvalue()
