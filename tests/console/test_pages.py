from __future__ import annotations

import re

import httpx
import lxml.html
import pytest

from tests.console.office import Office

PAGES = ("/", "/?status=all", "/?status=resolved", "/?status=new", "/runs", "/nowhere")


def read(web: httpx.Client, path: str) -> lxml.html.HtmlElement:
    """A page as a browser reads it."""
    response = web.get(path)
    assert response.status_code == 200, path
    return lxml.html.document_fromstring(response.text)


def words_of(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def panel(page: lxml.html.HtmlElement, heading: str) -> lxml.html.HtmlElement:
    return next(section for section in page.iter("section") if words_of(section).startswith(heading))


def test_the_queue_shows_each_item_with_its_customer_amount_and_reason_in_words(web, office):
    row = next(row for row in read(web, "/").iter("tr") if office.case_about("INV 2025/00417") in row.text_content())
    said = words_of(row)
    assert "Northwind" in said
    assert "billing dispute · price" in said
    assert "2,400.00 USD" in said
    assert "the amount is above what the bot may credit alone" in said
    assert "24 Nov 2025 13:12 UTC" in said


def test_the_queue_holds_exactly_what_waits_for_people(web, office):
    with office.log.read() as records:
        waiting = {records.cases.get(item.case_id).case_no for item in records.cases.open_items()}
    listed = {link.text for link in read(web, "/").xpath("//tbody//a[@class='number']")}
    assert listed == waiting
    assert len(waiting) > 5


def test_cases_are_listed_by_state_newest_first(web, office):
    with office.log.read() as records:
        resolved = [case.case_no for case in records.cases.list(status="resolved", category=None, customer=None)]
        every = [case.case_no for case in records.cases.list(status=None, category=None, customer=None)]
    assert read(web, "/?status=resolved").xpath("//tbody//a[@class='number']/text()") == sorted(resolved, reverse=True)
    assert read(web, "/?status=all").xpath("//tbody//a[@class='number']/text()") == sorted(every, reverse=True)
    older = read(web, f"/?status=all&before={every[3]}").xpath("//tbody//a[@class='number']/text()")
    assert older == sorted(every[:3], reverse=True)


def test_a_case_for_approval_says_first_what_is_claimed_what_is_proposed_and_why_a_person_is_needed(web, office):
    page = read(web, f"/cases/{office.case_about('INV 2025/00417')}")
    first = words_of(next(page.iter("section")))
    assert re.match(
        r"Northwind.* says that a price is wrong on INV-2025-00417\. The bot proposes: .*2,400\.00 USD", first
    )
    assert "It needs a person" in first
    assert "the amount is above what the bot may credit alone" in first


def test_the_customers_words_show_what_was_read_from_them(web, office):
    page = read(web, f"/cases/{office.case_about('INV 2025/00417')}")
    words = panel(page, "The customer's words")
    assert "Our agreement since July says 125." in words_of(words)
    assert {"INV-2025-00417", "140.00", "125"} <= {mark.text_content() for mark in words.iter("mark")}


def test_every_place_of_a_check_leads_to_the_evidence_it_was_read_from(web, office):
    page = read(web, f"/cases/{office.case_about('INV 2025/00417')}")
    links = page.xpath("//a[@class='place']")
    assert len(links) > 3
    for link in links:
        (row,) = page.xpath(f"//tr[@id='{link.get('href').removeprefix('#')}']")
        assert link.text in words_of(row)


def test_a_decision_shows_its_calculation_its_content_and_who_may_approve_it(web, office):
    number = office.case_about("INV 2025/00417")
    page = read(web, f"/cases/{number}")
    with office.log.read() as records:
        case = records.cases.by_no(number)
        decision = records.cases.latest_decision(case.id)
    calculation = panel(page, "The calculation")
    figures = [cell.text_content() for cell in calculation.xpath(".//tbody//td[@class='num']")]
    assert figures == ["160", "140", "125", "2,400.00 USD", "0.00 USD"]
    assert words_of(calculation).endswith("Credit2,400.00 USD")
    decided = panel(page, "The decision")
    assert decided.xpath(f".//code[@title='{decision.payload_sha256}']")
    assert "AR lead or AR manager" in words_of(decided)
    assert decision.payload in decided.text_content()
    assert "None so far." in words_of(panel(page, "Approvals"))


def test_who_approves_reads_what_the_customer_is_going_to_read(web, office):
    page = read(web, f"/cases/{office.case_about('INV 2025/00417')}")
    effects = words_of(panel(page, "What happens, in this order"))
    assert "We have issued credit note [credit note no] over 2,400.00 USD." in effects
    assert "Its due date stays 30 November 2025." in effects


def test_a_resolved_credit_shows_the_posted_number_and_the_pictures_that_prove_it(web, office):
    page = read(web, f"/cases/{office.case_about('Wrong price on INV-2025-00409')}")
    effects = panel(page, "What leaves the building")
    assert "CN-2025-" in words_of(effects)
    assert words_of(effects).count("done and proved") == 2
    pictures = {image.get("src") for image in effects.iter("img")}
    assert pictures
    for address in pictures:
        assert web.get(address).content.startswith(b"\x89PNG")
    assert "every guard holds" in words_of(panel(page, "Approvals"))
    assert "Our answer" in words_of(page)
    assert "executing" in words_of(panel(page, "What happened"))


def test_a_case_is_found_without_its_year(web, office):
    number = office.case_about("INV 2025/00417")
    response = web.get(f"/cases/{int(number[-6:])}")
    assert (response.status_code, response.headers["location"]) == (307, f"/cases/{number}")


def test_every_case_of_the_log_can_be_opened(web, office):
    with office.log.read() as records:
        numbers = [case.case_no for case in records.cases.list(status=None, category=None, customer=None)]
    assert len(numbers) > 30
    for number in numbers:
        assert number in words_of(read(web, f"/cases/{number}"))


def test_words_from_outside_are_text_and_never_markup(web, office: Office):
    number = office.case_about("alert('subject')")
    for path in ("/?status=all", f"/cases/{number}"):
        text = web.get(path).text
        page = lxml.html.document_fromstring(text)
        assert "<script>alert('subject')</script> {{7*7}}" in page.text_content()
        assert not list(page.iter("script"))
        assert not page.xpath("//img[not(starts-with(@src, '/blobs/'))]")
        assert not page.xpath("//@onerror")
    said = lxml.html.document_fromstring(web.get(f"/cases/{number}").text).text_content()
    assert "<script>alert('body')</script><img src=https://evil.example/x.png>" in said
    assert "<img src=x onerror=alert(1)>" in said


def test_no_page_has_a_script_a_style_of_its_own_or_anything_from_elsewhere(web, office):
    with office.log.read() as records:
        numbers = [case.case_no for case in records.cases.list(status=None, category=None, customer=None)]
    for path in (*PAGES, *(f"/cases/{number}" for number in numbers)):
        page = lxml.html.document_fromstring(web.get(path).text)
        assert page.xpath("//script | //style | //iframe | //object | //form | //base | //@style") == [], path
        assert [name for name in page.xpath("//@*") if name.attrname.startswith("on")] == [], path
        assert [value for value in page.xpath("//@href | //@src") if not re.match(r"/(?!/)|#", value)] == [], path


def test_runs_show_what_was_counted_and_what_went_wrong(web, office):
    with office.log.begin() as records:
        run = records.house.begin_run("billing", "import", at=office.clock.now())
        records.house.end_run(
            run.id, status="failed", counters={}, error="the <b>workbook</b> is missing", at=office.clock.now()
        )
    said = words_of(read(web, "/runs"))
    assert "the <b>workbook</b> is missing" in said
    assert "duplicate" in said


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "/nowhere", 404, "There is nothing at this address."),
        ("GET", "/cases/CSR-2025-999999", 404, "There is no case CSR-2025-999999."),
        ("GET", "/cases/<script>", 404, "There is no case <script>."),
        ("GET", "/?status=<b>", 404, "No case can be in a state <b>."),
        ("GET", "/blobs/" + "0" * 64, 404, "There is no such file."),
        ("GET", "/static/../app.py", 404, "There is nothing at this address."),
        ("POST", "/", 405, "This console only shows; nothing can be changed here."),
        ("GET", "/docs", 404, "There is nothing at this address."),
        ("GET", "/openapi.json", 404, "There is nothing at this address."),
    ],
)
def test_what_cannot_be_shown_is_said_in_a_sentence(web, method, path, status, sentence):
    response = web.request(method, path)
    assert response.status_code == status
    assert sentence in words_of(lxml.html.document_fromstring(response.text))
