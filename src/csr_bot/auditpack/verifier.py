"""Verify an audit pack without csr_bot, its database or a network.

Usage: python verify.py PACK.zip [ANCHORS.jsonl]

The standard library is all it takes; every pack holds a copy of this file. Checked are, in this order: that each file
is the one that the manifest names; that evidence, decisions and approvals have the digests that they claim; that the
events of the case hash to what the chain has at their places; and that the chain has, at every anchor, what the anchor
says. Only an anchors file that was kept away from whoever made the pack proves that the chain itself was not rewritten.
"""

from __future__ import annotations

import hashlib
import json
import sys
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

START = "0" * 64
BOT = "bot"
EVENT_FIELDS = ("seq", "at", "actor", "action", "entity", "entity_id", "case_no")


class BrokenError(Exception):
    """The first thing in a pack that is not as it should be."""


def verify_pack(file: str | Path | BinaryIO, *, anchors: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """What a sound pack proves. Raises BrokenError naming the first thing that is not right.

    ``anchors`` are those that somebody else kept; the pack's own are checked in any case.
    """
    try:
        with zipfile.ZipFile(file) as pack:
            contents = {name: pack.read(name) for name in _unique(pack.namelist())}
        manifest, case = (json.loads(contents[name]) for name in ("manifest.json", "case.json"))
        check_files(manifest, contents)
        check_record(case, contents)
        chain = [json.loads(line) for line in contents["chain.jsonl"].splitlines()]
        last = check_chain(chain, manifest["chain"]["head"], [*manifest["chain"]["anchors"], *anchors])
        check_events(case, [link for link in chain if "action" in link])
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BrokenError(f"the pack cannot be read: {type(error).__name__}: {error}") from None
    return {
        "case_no": case["case"]["case_no"],
        "files": len(manifest["files"]),
        "events": len(case["events"]),
        "chain": len(chain),
        "anchored_to": last,
    }


def check_files(manifest: Mapping[str, Any], contents: Mapping[str, bytes]) -> None:
    """Every file is there, is what the manifest says, and no other is."""
    listed = manifest["files"]
    for name in sorted(set(listed) | set(contents) - {"manifest.json"}):
        if name not in contents:
            raise BrokenError(f"{name} is missing")
        if name not in listed:
            raise BrokenError(f"{name} is not in the manifest")
        if listed[name]["sha256"] != digest_of(contents[name]):
            raise BrokenError(f"{name} is not the file that the manifest names")


def check_record(case: Mapping[str, Any], contents: Mapping[str, bytes]) -> None:
    """Evidence, decisions and approvals have their digests, and the files that the record names are there."""
    for item in case["evidence"]:
        erased = case["erased"] is not None and item["content"] is None
        if not erased and digest_of(canonical(item["content"])) != item["sha256"]:
            raise BrokenError(f"evidence {item['code']} ({item['locator']}) does not have its digest")
    for decision in case["decisions"]:
        erased = case["erased"] is not None and not decision["payload"]
        if not erased and digest_of(decision["payload"].encode()) != decision["payload_sha256"]:
            raise BrokenError(f"the payload of decision {decision['version']} does not have its digest")
        for approval in decision["approvals"]:
            if approval["payload_sha256"] != decision["payload_sha256"]:
                raise BrokenError(
                    f"{approval['approver']} approved something else than the payload of decision {decision['version']}"
                )
    for sha256, name in case["files"].items():
        if name is not None and digest_of(contents.get(name, b"")) != sha256:
            raise BrokenError(f"{name} is not the file that the record names")


def check_chain(
    chain: Iterable[Mapping[str, Any]], head: Mapping[str, Any], anchors: Iterable[Mapping[str, Any]]
) -> int:
    """The chain is whole from its start to its head and agrees with the anchors; the last sequence number anchored."""
    anchored: dict[int, list[Mapping[str, Any]]] = {}
    for anchor in anchors:
        anchored.setdefault(anchor["seq"], []).append(anchor)
    seq, before, trail, last = 0, START, START, 0
    for link in chain:
        if link["seq"] != seq + 1:
            raise BrokenError(f"event {seq + 1} is missing in the chain")
        seq = link["seq"]
        if "action" in link:
            if link["prev_hash"] != before:
                raise BrokenError(f"event {seq} does not follow the event before")
            if digest_of((before + canonical(event_row(link)).decode()).encode()) != link["hash"]:
                raise BrokenError(f"event {seq} is not what was recorded")
        before = link["hash"]
        trail = digest_of((trail + before).encode())
        for anchor in anchored.get(seq, ()):
            if (anchor["hash"], anchor["trail"]) != (before, trail):
                raise BrokenError(f"the chain is not what was anchored at event {seq} ({anchor['at']})")
            last = seq
    if (head["seq"], head["hash"]) != (seq, before):
        raise BrokenError("the chain does not end with its head")
    return last


def check_events(case: Mapping[str, Any], links: Sequence[Mapping[str, Any]]) -> None:
    """The record tells the events of the chain, and every decision that it shows was chained when it was made."""
    if case["events"] != links:
        raise BrokenError("the events of the record are not those of the chain")
    if any(link["case_no"] != case["case"]["case_no"] for link in links):
        raise BrokenError("the chain shows events of another case")
    made = {(link["entity_id"], link["data"].get("payload_sha256")) for link in links}
    for decision in case["decisions"]:
        if (decision["id"], decision["payload_sha256"]) not in made:
            raise BrokenError(f"decision {decision['version']} is not the one that was chained")
        for approval in decision["approvals"]:
            if approval["approver"] != BOT and not any(_tells(link, approval) for link in links):
                raise BrokenError(f"the approval of {approval['approver']} was not chained")


def _tells(link: Mapping[str, Any], approval: Mapping[str, Any]) -> bool:
    same_person = link["actor"] == approval["approver"]
    return same_person and bool(link["data"].get("payload_sha256") == approval["payload_sha256"])


def event_row(link: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an event that is hashed."""
    row = {name: link[name] for name in EVENT_FIELDS}
    return {**row, "data": link["data"]} if link["data"] else row


def canonical(value: object) -> bytes:
    """JSON with sorted keys and no spaces: the form that is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(content: bytes) -> str:
    """sha256 as 64 hex digits."""
    return hashlib.sha256(content).hexdigest()


def read_anchors(file: str | Path) -> list[dict[str, Any]]:
    """The anchors of a file, one a line; a last line that was torn while it was written is left out."""
    found = []
    for line in Path(file).read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def _unique(names: list[str]) -> list[str]:
    if len(set(names)) != len(names):
        raise BrokenError("two files of the pack have one name")
    return names


def main(words: Sequence[str]) -> int:
    """The verifier as a program of its own: 0 for a sound pack, 1 for a broken one."""
    if len(words) not in (1, 2):
        sys.stderr.write(f"{(__doc__ or '').splitlines()[2]}\n")
        return 2
    try:
        found = verify_pack(words[0], anchors=read_anchors(words[1]) if len(words) == 2 else ())
    except BrokenError as error:
        sys.stdout.write(f"broken: {error}\n")
        return 1
    sys.stdout.write(f"sound: {json.dumps(found)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
