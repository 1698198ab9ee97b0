"""Fetches a file with the session of a page, bounded in size and time while it arrives.

A browser download gives neither bound: the file is on the disk before its size is known. So the page itself reads the
answer and stops at the limit. What the bytes are is for the caller to check.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Page

from csr_bot.ports import RefusedError, UnavailableError

# A redirect is not followed: it is how a lost session answers, and a log-in page must not be taken for the file.
_FETCH: Final = """async ([url, limit, timeout]) => {
  const answer = await fetch(url, {redirect: "manual", cache: "no-store", signal: AbortSignal.timeout(timeout)});
  const head = {status: answer.type === "opaqueredirect" ? 302 : answer.status,
                type: answer.headers.get("content-type") || "", name: answer.headers.get("content-disposition") || ""};
  if (!answer.ok) return {...head, size: 0, body: ""};
  const reader = answer.body.getReader(), pieces = [];
  let size = 0;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    size += piece.value.length;
    if (size > limit) { await reader.cancel(); return {...head, size, body: ""}; }
    pieces.push(piece.value);
  }
  const body = await new Promise(done => {
    const file = new FileReader();
    file.onload = () => done(file.result.slice(file.result.indexOf(",") + 1));
    file.readAsDataURL(new Blob(pieces));
  });
  return {...head, size, body: size ? body : ""};
}"""


@dataclass(frozen=True, slots=True)
class FetchedFile:
    """A file as the server sent it. ``content_type`` is without parameters and in lower case."""

    content: bytes = field(repr=False)
    content_type: str
    disposition: str


def fetch_file(page: Page, url: str, *, limit_bytes: int, timeout_ms: float) -> FetchedFile:
    """The file at ``url``, which is of the page's own origin.

    Raises RefusedError where there is none or it is larger than the limit, UnavailableError where the server fails or
    asks for a log-in; Playwright's errors for a cut connection or a time-out pass through.
    """
    answer = page.evaluate(_FETCH, [url, limit_bytes, timeout_ms])
    status = int(answer["status"])
    if status == 302 or status >= 500:
        raise UnavailableError(f"{url} answered {status} instead of a file")
    if status != 200:
        raise RefusedError(f"there is no file at {url} (answer {status})")
    if answer["size"] > limit_bytes:
        raise RefusedError(f"the file at {url} is larger than {limit_bytes} bytes")
    content_type = str(answer["type"]).partition(";")[0].strip().lower()
    return FetchedFile(base64.b64decode(answer["body"]), content_type, str(answer["name"]))
