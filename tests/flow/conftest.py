"""The desk that a test works at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.flow.desks import Office, make_template, open_office


@pytest.fixture(autouse=True)
def plain_log() -> Iterator[None]:
    """Log lines without the values of every variable, which take seconds to print."""
    structlog.configure(processors=[structlog.processors.add_log_level, structlog.processors.KeyValueRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database that every office starts from."""
    path = tmp_path_factory.mktemp("template") / "log.sqlite3"
    make_template(path)
    return path


@pytest.fixture
def new_office(tmp_path: Path, template: Path) -> Iterator[Callable[..., Office]]:
    """Opens offices, each with a log of its own."""
    opened: list[Office] = []

    def open_one(**changes: Any) -> Office:
        office = open_office(tmp_path / f"office-{len(opened)}", template, **changes)
        opened.append(office)
        return office

    yield open_one
    for office in opened:
        office.close()


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    """One office."""
    return new_office()
