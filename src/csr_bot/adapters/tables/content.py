"""Tells what kind of file it is by its first bytes, never by its name, and opens it where it is a kind that is read."""

from __future__ import annotations

from typing import IO, Final, Literal

from csr_bot.ports import RefusedError

Kind = Literal["xlsx", "xls", "text"]

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BIFF: Final = (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00")
_SAVE_AS: Final = "save it as .xlsx or as CSV"
_SIGNS: Final = (
    (b"%PDF-", "a PDF file"),
    (b"\x1f\x8b", "a gzip archive; unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"{\\rtf", "a text document"),
    (b"SQLite format 3", "a database"),
)


def tell_kind(head: bytes, *, file_name: str) -> Kind:
    """The kind of a file from its first bytes (4,096 will do). Raises RefusedError for a kind that is not read."""
    if not head:
        raise RefusedError(f"{file_name}: the file is empty")
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLE):
        return "xls"
    if head.startswith(_BIFF):
        raise RefusedError(f"{file_name}: an Excel file from before 1997; {_SAVE_AS}")
    for sign, what in _SIGNS:
        if head.startswith(sign):
            raise RefusedError(f"{file_name}: not a table but {what}")
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if plain.startswith((b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<meta", b"<style")):
        raise RefusedError(f"{file_name}: a web page, whatever its name says; open it in Excel and {_SAVE_AS}")
    if plain.startswith((b"<?xml", b"<workbook")):
        raise RefusedError(f"{file_name}: an XML file; open it in Excel and {_SAVE_AS}")
    return "text"


def read_head(file: IO[bytes]) -> bytes:
    """The first bytes of a file; its place is the start again afterwards."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    return head
