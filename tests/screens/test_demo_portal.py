"""The demo portal: its export, and comments that are written once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from csr_bot.adapters.portals.demo import DemoPortalSite
from csr_bot.demo.portal import DemoPortal
from csr_bot.ports import RefusedError, UnavailableError, UncertainError

pytestmark = pytest.mark.browser


def test_the_export_arrives_byte_for_byte(site: DemoPortalSite) -> None:
    file = site.download_export()
    assert file.name == "disputes.csv"
    rows = file.content.decode("cp1252").splitlines()
    assert rows[0] == "Dispute;Invoice;Status;Amount;Currency;Comment"
    assert rows[1] == "D-1001;INV-2025-00412;OPEN;2.400,00;EUR;Preis für März stimmt nicht"


def test_a_comment_is_added_once_and_read_back(site: DemoPortalSite, portal: DemoPortal) -> None:
    calls: list[str] = []
    text = "Credit note CN-1 was issued.\n<b>Open</b>: 20,000.00 EUR & nothing else"
    site.post_comment("D-1001", text, before_submit=lambda: calls.append("submit"))
    assert portal.comments("D-1001") == [text]
    assert list(site.comments("D-1001")) == [text]
    assert list(site.comments("D-1002")) == []
    assert calls == ["submit"]


def test_comments_are_read_oldest_first(site: DemoPortalSite) -> None:
    for text in ("first", "second"):
        site.post_comment("D-1001", text, before_submit=lambda: None)
    assert list(site.comments("D-1001")) == ["first", "second"]


def test_nothing_is_written_if_recording_fails(site: DemoPortalSite, portal: DemoPortal) -> None:
    def fail() -> None:
        raise ConnectionError("the store is gone")

    with pytest.raises(ConnectionError):
        site.post_comment("D-1001", "hello", before_submit=fail)
    assert portal.comments("D-1001") == []


def test_a_portal_that_goes_away_at_the_click_is_uncertain(site: DemoPortalSite, portal: DemoPortal) -> None:
    with pytest.raises(UncertainError):
        site.post_comment("D-1001", "hello", before_submit=portal.stop)


def test_a_comment_that_the_portal_does_not_take_is_uncertain_after_the_click(site: DemoPortalSite) -> None:
    with pytest.raises(UncertainError):
        site.post_comment("D-1001", "   ", before_submit=lambda: None)


@pytest.mark.parametrize(
    "use",
    [
        lambda site: site.comments("D-9999"),
        lambda site: site.post_comment("D-9999", "hello", before_submit=lambda: None),
    ],
)
def test_a_dispute_that_is_not_there_is_refused(site: DemoPortalSite, use: Callable[[DemoPortalSite], object]) -> None:
    with pytest.raises(RefusedError, match="there is no dispute D-9999"):
        use(site)


def test_a_portal_that_is_gone_is_unavailable_and_its_health_says_so(site: DemoPortalSite, portal: DemoPortal) -> None:
    assert site.health().ok
    portal.stop()
    with pytest.raises(UnavailableError):
        site.download_export()
    assert not site.health().ok
