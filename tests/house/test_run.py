"""``run.py`` is the way in: it needs nothing, says what it wants, and keeps standard output for the product."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.house.tree import ROOT


@pytest.mark.parametrize(
    ("arguments", "status"),
    [([], 2), (["deploy"], 2), (["--no-system-packages"], 2), (["--help"], 0), (["-h"], 0)],
)
def test_without_a_command_it_says_how_it_is_used(arguments: list[str], status: int) -> None:
    done = subprocess.run([sys.executable, ROOT / "run.py", *arguments], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (status, "")
    assert done.stderr.startswith("usage: python3 run.py demo")


def test_it_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((ROOT / "run.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


def test_an_old_python_can_read_it_and_is_told_what_is_needed() -> None:
    ast.parse((ROOT / "run.py").read_text(encoding="utf-8"), feature_version=(3, 8))
