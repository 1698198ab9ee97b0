"""The files of this repository, for checks that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src"
CORE = SOURCE / "csr_bot" / "core"

# Made by tools or by running the product; hidden folders other than these two are tools' too.
OUTSIDE = {"__pycache__", "build", "dist", "node_modules", "var"}
HIDDEN = {".ci", ".github"}


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file, parsed."""

    path: Path
    tree: ast.Module
    lines: int

    def at(self, node: ast.AST) -> str:
        """Where a node stands, as an editor opens it."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def iterate_files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file of the repository below the folder, without what tools and runs leave behind."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            if path.name not in OUTSIDE and (not path.name.startswith(".") or path.name in HIDDEN):
                yield from iterate_files(path)
        elif path.is_file():
            yield path


@cache
def read_modules(folder: Path) -> tuple[Module, ...]:
    """Every Python file below the folder, parsed."""
    return tuple(_read(path) for path in iterate_files(folder) if path.suffix == ".py")


def _read(path: Path) -> Module:
    text = path.read_text(encoding="utf-8")
    return Module(path, ast.parse(text, path), len(text.splitlines()))
