"""A program without a workspace, and one with a workspace and a database that nobody has used yet."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.program import Program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program({"CSR_WORKSPACE": str(tmp_path / "nowhere")})


@pytest.fixture(scope="session")
def fresh_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace as ``csr-bot init`` writes it, with its database: made once, to be copied."""
    folder = tmp_path_factory.mktemp("cli") / "desk"
    program = Program({"CSR_WORKSPACE": str(folder)})
    assert program.run("init", folder).status == 0
    assert program.run("db", "upgrade").status == 0
    return folder


@pytest.fixture
def workspace(tmp_path: Path, fresh_workspace: Path) -> Path:
    """A workspace of the test's own."""
    return Path(shutil.copytree(fresh_workspace, tmp_path / "desk"))


@pytest.fixture
def desk(workspace: Path) -> Program:
    """The program in that workspace."""
    return Program({"CSR_WORKSPACE": str(workspace)})
