"""A browser is believed only when it starts, and the answer is remembered as long as its file stays the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from csr_bot.adapters.erp import find
from csr_bot.adapters.erp.find import find_browser
from csr_bot.ports import RefusedError, UnavailableError


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """A program that is there, may be run, and is no browser."""
    path = tmp_path / "chromium"
    path.write_text("#!/bin/sh\nexit 7\n")
    path.chmod(0o755)
    return path


def no_browsers(monkeypatch: pytest.MonkeyPatch, *, places: tuple[str, ...] = ()) -> None:
    """A machine with nothing on PATH and these known places."""
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/nowhere")
    monkeypatch.setattr(find, "_NAMES", ())
    monkeypatch.setattr(find, "_PLACES", places)


@pytest.mark.browser
def test_a_browser_of_this_machine_is_found_and_remembered(tmp_path: Path, browser_cache: Path) -> None:
    cache = tmp_path / "state" / "browser.json"
    found = find_browser(wanted=None, cache=cache)
    known = json.loads(cache.read_text())
    assert known == {"path": found, "mtime_ns": Path(found).stat().st_mtime_ns}
    assert find_browser(wanted=found, cache=cache) == found


def test_a_remembered_browser_is_not_started_again(tmp_path: Path, stub: Path) -> None:
    cache = tmp_path / "browser.json"
    cache.write_text(json.dumps({"path": str(stub), "mtime_ns": stub.stat().st_mtime_ns}))
    assert find_browser(wanted=None, cache=cache) == str(stub)


@pytest.mark.browser
@pytest.mark.parametrize("content", ["changed", "not json", "[]", "{}"])
def test_a_remembered_browser_whose_file_changed_is_looked_for_again(
    tmp_path: Path, stub: Path, browser_cache: Path, content: str
) -> None:
    cache = tmp_path / "browser.json"
    cache.write_text(json.dumps({"path": str(stub), "mtime_ns": 1}) if content == "changed" else content)
    found = find_browser(wanted=None, cache=cache)
    assert found != str(stub)
    assert json.loads(cache.read_text())["path"] == found


@pytest.mark.browser
def test_a_program_that_does_not_start_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, stub: Path, browser_cache: Path
) -> None:
    real = find_browser(wanted=None, cache=browser_cache)
    no_browsers(monkeypatch, places=(str(stub), real))
    assert find_browser(wanted=None, cache=None) == real


def test_a_machine_without_a_browser_is_told_how_to_install_one(monkeypatch: pytest.MonkeyPatch) -> None:
    no_browsers(monkeypatch)
    with pytest.raises(RefusedError, match=r"no browser was found: install one with .*playwright install chromium"):
        find_browser(wanted=None, cache=None)


def test_a_machine_whose_browsers_do_not_start_is_told_so(monkeypatch: pytest.MonkeyPatch, stub: Path) -> None:
    no_browsers(monkeypatch, places=(str(stub),))
    with pytest.raises(UnavailableError, match=f"no browser starts \\({stub}: "):
        find_browser(wanted=None, cache=None)


def test_a_wanted_browser_that_is_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match=r"the browser setting names .*/none, which is not a file"):
        find_browser(wanted=str(tmp_path / "none"), cache=None)


def test_a_wanted_browser_that_does_not_start_is_not_replaced_by_another(stub: Path) -> None:
    with pytest.raises(UnavailableError, match="no browser starts"):
        find_browser(wanted=str(stub), cache=None)


@pytest.mark.parametrize(("wanted", "code"), [("stub", 0), ("/nowhere/none", 1)])
def test_the_installer_reads_the_answer_from_the_first_line(tmp_path: Path, stub: Path, wanted: str, code: int) -> None:
    cache = tmp_path / "browser.json"
    cache.write_text(json.dumps({"path": str(stub), "mtime_ns": stub.stat().st_mtime_ns}))
    path = str(stub) if wanted == "stub" else wanted
    program = [sys.executable, "-m", "csr_bot.adapters.erp.find", "--wanted", path, "--cache", str(cache)]
    done = subprocess.run(program, capture_output=True, text=True, env=os.environ.copy(), check=False)
    assert done.returncode == code
    assert done.stdout.startswith(path if code == 0 else f"the browser setting names {path}")
