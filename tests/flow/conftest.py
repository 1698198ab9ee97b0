"""The desk that a test works at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.flow.desks import Office, make_office, open_office


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
    make_office(f"sqlite:///{path}", path.parent).close()
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


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def shared_office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """One office on each of the two databases, for what several people or workers do at once."""
    if request.param == "sqlite":
        office = open_office(tmp_path / "office", request.getfixturevalue("template"))
    else:
        office = make_office(request.getfixturevalue("postgres_server").new_database(), tmp_path)
    yield office
    office.close()


@pytest.fixture
def office(new_office: Callable[..., Office]) -> Office:
    """One office."""
    return new_office()
