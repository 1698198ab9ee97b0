"""The guard of a browser context: each write once and only inside an effect, nothing from another origin."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error as PlaywrightError

from csr_bot.adapters.erp.browser import Session, WarmChromium
from tests.screens.smallsite import Answer, SmallSite, site_of

pytestmark = pytest.mark.browser

POST_BY_SCRIPT = """async path => {
  try { return (await fetch(path, {method: "POST", body: "amount=1"})).status } catch (error) { return "failed" } }"""


def form(path: str) -> str:
    return f"<form method=post action={path}><input name=amount value=1><button>Go</button></form>"


def click(session: Session) -> str:
    with session.page.expect_navigation():
        session.page.get_by_role("button").click()
    return session.page.url


def test_the_browser_follows_the_redirect_after_a_post_with_a_get(
    small_site: SmallSite, chromium: WarmChromium
) -> None:
    small_site.show("/", form("/book"))
    small_site.show("/done", "<h1>Done</h1>")
    small_site.pages["/book"] = Answer(status=303, headers={"Location": "/done", "Set-Cookie": "seen=yes; Path=/"})
    with chromium.open_context(site_of(small_site)) as session, session.guard.effect() as effect:
        session.page.goto(small_site.origin)
        assert click(session) == f"{small_site.origin}/done"
        assert [cookie.get("value") for cookie in session.context.cookies()] == ["yes"]
    assert (effect.sent, effect.stopped) == (1, 0)
    assert [(method, path) for method, path, _ in small_site.seen] == [
        ("GET", "/"),
        ("POST", "/book"),
        ("GET", "/done"),
    ]


def test_a_second_identical_post_of_one_effect_does_not_leave(small_site: SmallSite, chromium: WarmChromium) -> None:
    small_site.show("/", "")
    small_site.show("/book", "")
    with chromium.open_context(site_of(small_site)) as session, session.guard.effect() as effect:
        session.page.goto(small_site.origin)
        answers = [session.page.evaluate(POST_BY_SCRIPT, path) for path in ("/book", "/book", "/book?other")]
    assert answers == [200, "failed", 200]
    assert (effect.sent, effect.stopped) == (2, 1)
    assert len(small_site.posts("/book")) == 2


def test_a_client_that_repeats_by_itself_on_503_is_stopped(small_site: SmallSite, chromium: WarmChromium) -> None:
    small_site.pages["/book"] = Answer(status=503)
    small_site.show("/", "")
    retry = f"async () => {{ const post = {POST_BY_SCRIPT}; for (let i = 0; i < 4; i++) await post('/book') }}"
    with chromium.open_context(site_of(small_site)) as session, session.guard.effect():
        session.page.goto(small_site.origin)
        session.page.evaluate(retry)
    assert len(small_site.posts("/book")) == 1


@pytest.mark.parametrize(("path", "arrived"), [("/book", 0), ("/login", 1)])
def test_outside_an_effect_only_the_free_paths_are_posted_to(
    small_site: SmallSite, chromium: WarmChromium, path: str, arrived: int
) -> None:
    small_site.show("/", "")
    small_site.show(path, "")
    with chromium.open_context(site_of(small_site)) as session:
        session.page.goto(small_site.origin)
        session.page.evaluate(POST_BY_SCRIPT, path)
        session.page.evaluate("navigator.sendBeacon('/book', 'x')")
        session.page.goto(small_site.origin)
    assert len(small_site.posts(path)) == arrived
    assert small_site.posts("/book") == []


def test_a_frame_is_guarded_like_its_page(small_site: SmallSite, chromium: WarmChromium) -> None:
    small_site.show("/", "<iframe src=/frame></iframe>")
    small_site.show("/frame", f"<script>({POST_BY_SCRIPT})('/book').then(said => document.title = said)</script>")
    with chromium.open_context(site_of(small_site)) as session:
        session.page.goto(small_site.origin)
        session.page.frames[1].wait_for_function("document.title === 'failed'")
    assert small_site.posts("/book") == []


def test_neither_script_nor_link_opens_a_new_window(small_site: SmallSite, chromium: WarmChromium) -> None:
    small_site.show("/", "<a target=_blank href=/linked>Link</a>")
    small_site.show("/linked", "")
    with chromium.open_context(site_of(small_site)) as session:
        session.page.goto(small_site.origin)
        assert session.page.evaluate("window.open('/popup') === null")
        session.page.get_by_role("link").click()
        session.page.wait_for_url("**/linked")
        assert session.context.pages == [session.page]


@pytest.mark.parametrize("submit", ["submit", "requestSubmit"])
def test_a_form_that_wants_a_new_window_is_stopped_in_its_own(
    small_site: SmallSite, chromium: WarmChromium, submit: str
) -> None:
    small_site.show("/", "<form target=_blank method=post action=/book></form>")
    with chromium.open_context(site_of(small_site)) as session:
        session.page.goto(small_site.origin)
        with session.page.expect_event("requestfailed"):
            session.page.evaluate(f"setTimeout(() => document.forms[0].{submit}())")
        assert session.context.pages == [session.page]
    assert small_site.posts("/book") == []


def test_nothing_is_loaded_from_another_origin(
    small_site: SmallSite, other_site: SmallSite, chromium: WarmChromium
) -> None:
    small_site.show("/", f"<img src={other_site.origin}/pixel.png>")
    with chromium.open_context(site_of(small_site)) as session:
        session.page.goto(small_site.origin)
        with pytest.raises(PlaywrightError, match="ERR_BLOCKED_BY_CLIENT"):
            session.page.goto(other_site.origin)
    assert other_site.seen == []


def test_a_post_is_not_redirected_to_another_origin(
    small_site: SmallSite, other_site: SmallSite, chromium: WarmChromium
) -> None:
    small_site.show("/", form("/login"))
    small_site.pages["/login"] = Answer(status=307, headers={"Location": f"{other_site.origin}/steal"})
    with chromium.open_context(site_of(small_site)) as session:
        session.page.goto(small_site.origin)
        with pytest.raises(PlaywrightError):
            click(session)
    assert other_site.seen == []


def test_effects_do_not_nest(small_site: SmallSite, chromium: WarmChromium) -> None:
    with (
        pytest.raises(RuntimeError, match="under way"),
        chromium.open_context(site_of(small_site)) as session,
        session.guard.effect(),
        session.guard.effect(),
    ):
        pass
