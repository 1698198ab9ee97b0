"""The tools that hold the rules of the house find nothing to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.tree import ROOT, SOURCE

TOOLS = Path(sys.executable).parent


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["ruff", "check", "--output-format=concise", "."], id="ruff check"),
        pytest.param(["ruff", "format", "--check", "--output-format=concise", "."], id="ruff format"),
        pytest.param(["mypy", "--no-error-summary"], id="mypy"),
        pytest.param(["lint-imports", "--no-logo"], id="import contracts"),
    ],
)
def test_the_tree_passes(command: list[str]) -> None:
    program, *arguments = command
    environment = {**os.environ, "PYTHONPATH": str(SOURCE)}  # this tree, whatever else is installed
    done = subprocess.run(
        [TOOLS / program, *arguments], cwd=ROOT, check=False, capture_output=True, text=True, env=environment
    )
    if done.returncode:
        pytest.fail(f"{' '.join(command)}\n{done.stdout}{done.stderr}", pytrace=False)
