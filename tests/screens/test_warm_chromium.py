"""Browsers stay warm, are replaced when they die or have served long enough, and leave no process behind."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types
import pytest
from playwright.sync_api import Error as PlaywrightError

from csr_bot.adapters.erp.browser import WarmChromium
from csr_bot.ports import RefusedError
from tests.screens.smallsite import SmallSite, site_of

pytestmark = pytest.mark.browser


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def wait_until(true: Callable[[], bool], *, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def in_a_thread(act: Callable[[], object]) -> None:
    """Run in a thread of its own, as a worker does; what it raises is raised here."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # handed on below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()
    if errors:
        raise errors[0]


def title(browser: WarmChromium, server: SmallSite, *, before: Callable[[], None] = lambda: None) -> str:
    with browser.open_context(site_of(server)) as session:
        before()
        session.page.goto(server.origin)
        return session.page.title()


@pytest.fixture
def browser(browser_cache: Path) -> WarmChromium:
    return WarmChromium(cache=browser_cache)


def test_one_context_serves_a_site_again_and_again(small_site: SmallSite, browser: WarmChromium) -> None:
    small_site.show("/", "")

    def use() -> None:
        with browser.open_context(site_of(small_site)) as first:
            pass
        with browser.open_context(site_of(small_site)) as second:
            assert second is first
            with browser.open_context(site_of(small_site)) as inner:
                assert inner is not first
        browser.close_thread()

    in_a_thread(use)


def test_a_refusal_keeps_the_context_and_any_other_error_discards_it(
    small_site: SmallSite, browser: WarmChromium
) -> None:
    def use() -> None:
        with pytest.raises(RefusedError), browser.open_context(site_of(small_site)) as first:
            raise RefusedError("no")
        with browser.open_context(site_of(small_site)) as second:
            assert second is first
        with pytest.raises(ZeroDivisionError), browser.open_context(site_of(small_site)):
            raise ZeroDivisionError
        with browser.open_context(site_of(small_site)) as third:
            assert third is not second
        browser.close_thread()

    in_a_thread(use)


@pytest.mark.parametrize("name", ["chromium", "node"])
def test_a_killed_process_costs_one_use_and_is_replaced(
    small_site: SmallSite, browser: WarmChromium, name: str
) -> None:
    small_site.show("/", "")
    before = children()

    def use() -> None:
        title(browser, small_site)
        started = [psutil.Process(pid) for pid in sorted(children() - before)]  # the parents come first
        victim = next(process for process in started if name in process.name())
        with pytest.raises(PlaywrightError):
            title(browser, small_site, before=victim.kill)
        assert title(browser, small_site) == "t"
        browser.close_thread()
        assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in started)

    in_a_thread(use)
    wait_until(lambda: children() <= before)


def test_a_browser_is_replaced_after_its_number_of_uses(small_site: SmallSite, browser_cache: Path) -> None:
    small_site.show("/", "")
    browser = WarmChromium(cache=browser_cache, uses=2)
    before = children()

    def use() -> None:
        title(browser, small_site)
        first = children() - before
        title(browser, small_site)
        assert first & children()
        title(browser, small_site)
        wait_until(lambda: not first & children())
        browser.close_thread()

    in_a_thread(use)
    wait_until(lambda: children() <= before)


def test_two_threads_each_have_their_own_browser(small_site: SmallSite, browser: WarmChromium) -> None:
    small_site.show("/", "")
    titles: list[str] = []

    def use() -> None:
        titles.append(title(browser, small_site))
        browser.close_thread()

    threads = [threading.Thread(target=use) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert titles == ["t", "t"]


PROGRAM = """
import sys, threading
from pathlib import Path
from csr_bot.adapters.erp.browser import Site, WarmChromium
browser = WarmChromium(cache=Path(sys.argv[1]))
def use():
    with browser.open_context(Site("http://127.0.0.1:9", "bot")):
        pass
use()
threading.Thread(target=use).start()
print("ready", flush=True)
{end}
"""


@pytest.mark.parametrize("end", ["", "import os, time; time.sleep(2); os.kill(os.getpid(), 9)"], ids=["ends", "killed"])
def test_a_process_that_ends_leaves_no_browser(browser_cache: Path, end: str) -> None:
    program = [sys.executable, "-c", PROGRAM.format(end=end), str(browser_cache)]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        started: set[psutil.Process] = set()
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                started |= set(watched.children(recursive=True))
            except psutil.NoSuchProcess:
                break
            time.sleep(0.05)
    assert started
    wait_until(lambda: not any(child.is_running() and child.status() != psutil.STATUS_ZOMBIE for child in started))
