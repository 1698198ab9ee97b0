"""The command that says what texts ask for."""

from __future__ import annotations

import typer

from csr_bot.cli.output import print_line
from csr_bot.cli.requests import shape_request
from csr_bot.cli.streams import read_entries


def add_commands(app: typer.Typer) -> None:
    """Give the program this command."""
    app.command(
        epilog='Example: echo \'{"id": "1", "subject": "", "text": "Please resend INV 417"}\' | csr-bot classify'
    )(classify)


def classify() -> None:
    """Say what texts ask for: JSON lines {"id", "subject", "text"} in, one line out for each, in order."""
    from csr_bot.core.classification import classify_text
    from csr_bot.core.parsing.quoting import split_text
    from csr_bot.model import load_model

    model = load_model()
    for entry in read_entries():
        subject, text = entry.optional_text("subject") or "", split_text(entry.text("text"))
        requests = classify_text(
            subject=subject, text=text.new, quoted=text.quoted, received=entry.optional_day("received"), model=model
        )
        shown = [shape_request(request) for request in requests]
        first = {name: shown[0][name] for name in ("category", "reason", "confidence", "language")}
        explain = [line for request in requests for line in request.explain]
        print_line({"id": entry.text("id"), **first, "requests": shown, "explain": explain})
