"""The audit pack of a case: complete, the same bytes every time, and sound for whoever has nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from csr_bot.auditpack import Pack
from csr_bot.auditpack.booklet import print_booklet
from csr_bot.auditpack.verifier import BrokenError, canonical, verify_pack
from tests.audit.conftest import pack_of
from tests.flow.desks import Office, ask_for_copy


def open_pack(pack: Pack) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(pack.content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def record_of(pack: Pack) -> dict[str, Any]:
    return json.loads(open_pack(pack)["case.json"])


def close_pack(contents: dict[str, bytes], *, honest: bool) -> io.BytesIO:
    """The pack with other contents; an ``honest`` one has a manifest that fits them."""
    if honest:
        manifest = json.loads(contents["manifest.json"])
        for name in manifest["files"]:
            if name in contents:
                manifest["files"][name]["sha256"] = hashlib.sha256(contents[name]).hexdigest()
        contents["manifest.json"] = json.dumps(manifest).encode()
    closed = io.BytesIO()
    with zipfile.ZipFile(closed, "w") as archive:
        for name, body in contents.items():
            archive.writestr(name, body)
    closed.seek(0)
    return closed


def test_the_record_tells_the_case_from_the_customers_words_to_the_proof(pack: Pack) -> None:
    record = record_of(pack)
    assert record["customer"]["legal_name"]
    assert record["customer"]["master_version"]["file_sha256"]
    assert "you billed" in record["description"]["words"]
    references = record["financial_references"]
    assert {"invoices", "lines"} <= set(references)
    assert all(item["locator"] and item["sha256"] for item in record["evidence"])
    (decision,) = record["decisions"]
    assert any(finding["expected"] and finding["actual"] for finding in decision["findings"])
    assert decision["calculation"]
    assert [approval["payload_sha256"] for approval in decision["approvals"]] == [decision["payload_sha256"]]
    assert {effect["state"] for effect in record["effects"]} == {"verified"}
    assert all(effect["receipts"] for effect in record["effects"])
    assert [message["direction"] for message in record["messages"]] == ["in", "out"]
    assert record["events"][0]["action"] == "case.created"
    assert record["case"]["outcome"] == "granted"
    assert pack.missing == ()


def test_mails_are_in_the_pack_as_they_came(credited: Office, pack: Pack) -> None:
    contents, record = open_pack(pack), record_of(pack)
    (mail,) = credited.mailbox.mails
    name = record["files"][record["messages"][0]["raw_sha256"]]
    assert name.endswith("-message-in.eml")
    assert hashlib.sha256(contents[name]).hexdigest() == record["messages"][0]["raw_sha256"]
    assert b"you billed" in contents[name]
    assert mail


def test_the_same_case_makes_the_same_bytes(credited: Office, pack: Pack) -> None:
    assert pack_of(credited).sha256 == pack.sha256 == hashlib.sha256(pack.content).hexdigest()


def test_the_pdf_has_bookmarks_page_numbers_and_what_was_decided(pack: Pack) -> None:
    record = record_of(pack)
    reader = PdfReader(io.BytesIO(open_pack(pack)["record.pdf"]))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert len(reader.outline) >= 6
    assert f"page 1 of {len(reader.pages)}" in text
    assert record["decisions"][0]["payload_sha256"] in text.replace("\n", "")
    assert record["customer"]["legal_name"] in text


def test_no_other_case_is_told(credited: Office) -> None:
    first = credited.case()
    credited.deliver(ask_for_copy(customer_no="C-1001"))
    credited.poll()
    credited.settle()
    pack = pack_of(credited, first.case_no)
    chain = [json.loads(line) for line in open_pack(pack)["chain.jsonl"].splitlines()]
    assert {link.get("case_no", first.case_no) for link in chain} == {first.case_no}
    assert any(set(link) == {"seq", "hash"} for link in chain)
    assert verify_pack(io.BytesIO(pack.content))["case_no"] == first.case_no


def test_a_pack_is_sound_without_this_program(pack: Pack, tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(pack.content)
    (tmp_path / "verify.py").write_bytes(open_pack(pack)["verify.py"])
    words = [sys.executable, "-I", "-S", "verify.py", "pack.zip"]
    ended = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith("sound: ")


def _evidence(record: dict[str, Any]) -> None:
    record["evidence"][0]["content"]["locator"] = "elsewhere"


def _payload(record: dict[str, Any]) -> None:
    record["decisions"][0]["payload"] = record["decisions"][0]["payload"].replace("200", "2000")


def _whole_payload(record: dict[str, Any]) -> None:
    """A payload with a digest that fits, and an approval of it."""
    decision = record["decisions"][0]
    decision["payload"] = decision["payload"].replace("200", "2000")
    decision["payload_sha256"] = hashlib.sha256(decision["payload"].encode()).hexdigest()
    for approval in decision["approvals"]:
        approval["payload_sha256"] = decision["payload_sha256"]


def _approval(record: dict[str, Any]) -> None:
    record["decisions"][0]["approvals"][0]["payload_sha256"] = "0" * 64


def _approver(record: dict[str, Any]) -> None:
    record["decisions"][0]["approvals"][0]["approver"] = "maya"


def _event(record: dict[str, Any]) -> None:
    record["events"][1]["actor"] = "maya"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (_evidence, "does not have its digest"),
        (_payload, "the payload of decision 1"),
        (_whole_payload, "is not the one that was chained"),
        (_approval, "approved something else"),
        (_approver, "the approval of maya was not chained"),
        (_event, "are not those of the chain"),
    ],
)
def test_what_was_changed_in_the_record_is_named_even_if_the_manifest_fits(pack: Pack, change: Any, named: str) -> None:
    contents, record = open_pack(pack), record_of(pack)
    change(record)
    contents["case.json"] = json.dumps(record).encode()
    with pytest.raises(BrokenError, match=named):
        verify_pack(close_pack(contents, honest=True))
    with pytest.raises(BrokenError, match=r"case\.json is not the file"):
        verify_pack(close_pack({**open_pack(pack), "case.json": contents["case.json"]}, honest=False))


def test_every_file_that_is_changed_missing_or_added_is_named(pack: Pack) -> None:
    for name in open_pack(pack):
        if name == "manifest.json":
            continue
        contents = open_pack(pack)
        contents[name] += b" "
        with pytest.raises(BrokenError, match=name):
            verify_pack(close_pack(contents, honest=False))
        del contents[name]
        with pytest.raises(BrokenError):
            verify_pack(close_pack(contents, honest=False))
    with pytest.raises(BrokenError, match=r"more\.txt is not in the manifest"):
        verify_pack(close_pack({**open_pack(pack), "more.txt": b""}, honest=False))


def test_no_pack_at_all_is_a_broken_one(tmp_path: Path) -> None:
    (tmp_path / "pack.zip").write_bytes(b"nothing")
    for name in ("pack.zip", "nowhere.zip"):
        with pytest.raises(BrokenError, match="cannot be read"):
            verify_pack(tmp_path / name)


def test_a_pack_made_anew_fits_itself_and_not_the_anchors_that_somebody_kept(pack: Pack) -> None:
    contents = open_pack(pack)
    manifest, record = json.loads(contents["manifest.json"]), record_of(pack)
    kept = manifest["chain"]["anchors"]
    chain = [json.loads(line) for line in contents["chain.jsonl"].splitlines()]
    place = next(index for index, link in enumerate(chain) if "action" in link)
    chain[place]["data"] = {**chain[place]["data"], "status": "closed"}
    _chain_anew(chain, place)
    record["events"] = [link for link in chain if "action" in link]
    contents["case.json"] = json.dumps(record).encode()
    contents["chain.jsonl"] = b"".join(canonical(link) + b"\n" for link in chain)
    manifest["chain"] = {"head": {"seq": len(chain), "hash": chain[-1]["hash"]}, "anchors": []}
    contents["manifest.json"] = json.dumps(manifest).encode()
    assert verify_pack(close_pack(dict(contents), honest=True))["anchored_to"] == 0
    with pytest.raises(BrokenError, match="not what was anchored"):
        verify_pack(close_pack(dict(contents), honest=True), anchors=kept)


def _chain_anew(chain: list[dict[str, Any]], start: int) -> None:
    before = chain[start - 1]["hash"] if start else "0" * 64
    for link in chain[start:]:
        if "action" in link:
            row = {name: link[name] for name in link if name not in ("prev_hash", "hash")}
            link["prev_hash"] = before
            link["hash"] = hashlib.sha256(before.encode() + canonical(row)).hexdigest()
        before = link["hash"]


def test_screenshots_are_pictures_in_the_pdf(pack: Pack) -> None:
    record = record_of(pack)
    shots = [receipt["screenshot_sha256"] for effect in record["effects"] for receipt in effect["receipts"]]
    screen = io.BytesIO()
    Image.new("RGB", (320, 200), "white").save(screen, "PNG")
    proof = {"head": {"seq": 1, "hash": "0" * 64}, "anchors": []}
    printed = print_booklet(record, pictures=dict.fromkeys(filter(None, shots), screen.getvalue()), proof=proof)
    pages = PdfReader(io.BytesIO(printed)).pages
    assert sum(len(page.images) for page in pages) == len([shot for shot in shots if shot]) > 0


def test_signs_that_the_font_lacks_are_printed_as_code_points(pack: Pack) -> None:
    record = record_of(pack)
    record["description"]["words"] = "Привет, Grüße, 发票"
    printed = print_booklet(record, pictures={}, proof={"head": {"seq": 1, "hash": "0" * 64}, "anchors": []})
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(printed)).pages)
    assert "Привет, Grüße, <U+53D1><U+7968>" in text
