"""Finds a browser of the Chromium family on this machine and proves that it starts.

A file can be there and still lack its libraries or be an empty stub, so every candidate is really launched before it is
believed. Installing one is left to the installer; ``python -m csr_bot.adapters.erp.find`` is how it asks.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from csr_bot.ports import PortError, RefusedError, UnavailableError

HOW_TO_INSTALL: Final = (
    "install one with 'python -m playwright install chromium', or on Debian and Ubuntu with "
    "'apt-get install chromium fonts-liberation', or name an installed one in the browser setting"
)

_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "brave-browser",
)
_PLACES: Final = (
    "/opt/google/chrome/chrome",
    "/opt/microsoft/msedge/msedge",
    "/snap/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_START_TIMEOUT_MS: Final = 30_000


def launch_browser(playwright: Playwright, path: str) -> Browser:
    """Start the browser at ``path``, headless, for a machine without internet. Raises Playwright's Error."""
    arguments = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-dev-shm-usage",
    ]
    return playwright.chromium.launch(
        executable_path=path,
        args=arguments,
        chromium_sandbox=not _is_root(),  # for root Chromium's sandbox does not start
        timeout=_START_TIMEOUT_MS,
    )


def find_browser(*, wanted: str | None, cache: Path | None) -> str:
    """The path of a browser that starts: the one ``wanted``, else Playwright's own, else one of the system.

    The answer is kept in the file ``cache`` until the browser's file changes. Raises RefusedError when there is none or
    the wanted one is not a file, UnavailableError when some are there and none starts.
    """
    if wanted is not None and not Path(wanted).is_file():
        raise RefusedError(f"the browser setting names {wanted}, which is not a file: correct it or {HOW_TO_INSTALL}")
    known = _read_cache(cache)
    if known is not None and wanted in (None, known):
        return known
    with sync_playwright() as playwright:
        found, reason = _first_that_starts(playwright, wanted)
    if found is None and reason is None:
        raise RefusedError(f"no browser was found: {HOW_TO_INSTALL}")
    if found is None:
        raise UnavailableError(f"no browser starts ({reason}): {HOW_TO_INSTALL}")
    _write_cache(cache, found)
    return found


def main() -> int:
    """Print the path of a working browser and return 0, or print what to do about it and return 1."""
    parser = argparse.ArgumentParser(prog="python -m csr_bot.adapters.erp.find", description=main.__doc__)
    parser.add_argument("--wanted", help="the browser to use, instead of looking for one")
    parser.add_argument("--cache", type=Path, help="file that remembers the answer")
    arguments = parser.parse_args()
    try:
        answer, code = find_browser(wanted=arguments.wanted, cache=arguments.cache), 0
    except PortError as error:
        answer, code = str(error), 1
    sys.stdout.write(f"{answer}\n")
    return code


def _first_that_starts(playwright: Playwright, wanted: str | None) -> tuple[str | None, str | None]:
    reason: str | None = None
    for path in dict.fromkeys([wanted] if wanted is not None else _candidates(playwright)):
        failure = _start(playwright, path)
        if failure is None:
            return path, None
        reason = reason or f"{path}: {failure}"
    return None, reason


def _candidates(playwright: Playwright) -> Iterator[str]:
    on_path = (shutil.which(name) for name in _NAMES)
    for path in (playwright.chromium.executable_path, *on_path, *_PLACES):
        if path and Path(path).is_file():
            yield path


def _start(playwright: Playwright, path: str) -> str | None:
    try:
        launch_browser(playwright, path).close()
    except PlaywrightError as error:
        return error.message.splitlines()[0]
    return None


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _read_cache(cache: Path | None) -> str | None:
    """The remembered path, if the browser's file is the very one that was started then."""
    if cache is None:
        return None
    try:
        known = json.loads(cache.read_text("utf-8"))
        path = str(known["path"])
        return path if Path(path).stat().st_mtime_ns == known["mtime_ns"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None  # a missing or damaged cache only costs the search


def _write_cache(cache: Path | None, path: str) -> None:
    if cache is None:
        return
    cache.parent.mkdir(parents=True, exist_ok=True)
    fresh = cache.with_name(f"{cache.name}.{os.getpid()}")
    fresh.write_text(json.dumps({"path": path, "mtime_ns": Path(path).stat().st_mtime_ns}), "utf-8")
    fresh.replace(cache)


if __name__ == "__main__":
    raise SystemExit(main())
