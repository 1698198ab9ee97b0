"""A very small browser over real HTTP: follows links by label, fills in forms, keeps hidden fields and cookies."""

from __future__ import annotations

import re
from typing import Self

import httpx
from lxml import html


class Page:
    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self.path = response.url.raw_path.decode()
        self.status = response.status_code
        self.tree = html.fromstring(response.text) if response.text else html.Element("html")

    def output(self, label: str) -> str:
        (element,) = self.tree.xpath("//output[@aria-label=$label]", label=label)
        return element.text_content()

    def has_output(self, label: str) -> bool:
        return bool(self.tree.xpath("//output[@aria-label=$label]", label=label))

    def rows(self, caption: str = "") -> list[list[str]]:
        (table,) = self.tree.xpath("//table[contains(string(caption), $caption)]", caption=caption)
        return [[cell.text_content() for cell in row.xpath("td")] for row in table.xpath("tbody/tr")]

    def numbers(self, caption: str = "") -> list[str]:
        return [row[0] for row in self.rows(caption) if len(row) > 1]

    def buttons(self) -> list[str]:
        return [button.text_content() for button in self.tree.xpath("//button")]

    def alert(self) -> str:
        return " ".join(" ".join(self.tree.xpath("//*[@role='alert']//text()")).split())

    def heading(self) -> str:
        return self.tree.xpath("string(//h1)")


class Browser:
    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=url, follow_redirects=True, timeout=10)
        self.page: Page

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def go(self, path: str, **query: str) -> Page:
        return self._show(self.http.get(path, params=query or None))

    def press(self, button: str, **fields: str) -> Page:
        """Fill in the form that has the button, by labels with ``_`` for what is not a letter, and press it."""
        form = self.page.tree.xpath("//form[.//button[text()=$text]]", text=button)[0]
        values = {name: value or "" for name, value in form.form_values()}
        ids = {_keyword(label.text_content()): label.get("for") for label in form.xpath(".//label")}
        for label, value in fields.items():
            values[form.get_element_by_id(ids[label]).get("name")] = value
        for pressed in form.xpath(".//button[text()=$text][@name]", text=button):
            values[pressed.get("name")] = pressed.get("value")
        if form.method.upper() == "GET":
            return self._show(self.http.get(form.action, params=values))
        return self._show(self.http.post(form.action, data=values))

    def log_in(self, *, user: str, password: str, button: str = "Log in") -> Page:
        if not hasattr(self, "page") or not self.page.path.startswith("/login"):
            self.go("/login")
        return self.press(button, user_name=user, password=password)

    def review(self, invoice_no: str, *, reference: str = "csr:0123456789ab", **typed: str) -> Page:
        """Go to the review page of a credit note; ``typed`` as in ``press``, 2,400.00 net on line 1 unless told."""
        self.go(f"/invoices/{invoice_no}/credit-notes/new")
        return self.press("Review", reference=reference, **{"net_credit_line_1": "2400.00", "reason": "PRICE", **typed})

    def post(self, invoice_no: str, *, reference: str = "csr:0123456789ab", **typed: str) -> Page:
        self.review(invoice_no, reference=reference, **typed)
        return self.press("Post credit note")

    def _show(self, response: httpx.Response) -> Page:
        self.page = Page(response)
        return self.page


def _keyword(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")
