"""Rules of the house that no off-the-shelf tool sees: sizes, names, docstrings, and exact arithmetic in the core."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.tree import CORE, ROOT, SOURCE, Module, iterate_files, read_modules

MIGRATIONS = SOURCE / "csr_bot" / "adapters" / "sql" / "migrations" / "versions"  # lists of steps, frozen once released
LONGEST_MODULE = 400
LONGEST_FUNCTION = 50
VAGUE_MODULES = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
VAGUE_WORDS = {"Base", "Common", "Handler", "Helper", "Manager", "Service", "Util", "Utils"}
CLOCKS = {"now", "utcnow", "today"}

# Such folders exist on one machine only; a file that names one works there and nowhere else.
PRIVATE_PATH = re.compile(r"(?<![\w/.])/(?:work|farm|Users)/")


def living_modules() -> list[Module]:
    return [module for module in read_modules(SOURCE) if module.path.parent != MIGRATIONS]


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    assert [f"{m.at(m.tree)} has {m.lines} lines" for m in living_modules() if m.lines > LONGEST_MODULE] == []


def test_no_function_is_longer_than_fifty_lines() -> None:
    assert [
        f"{module.at(node)} {node.name} has {length} lines"
        for module in living_modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ] == []


@pytest.mark.parametrize("folder", ["src", "bots", "benchmarks", "tests/services", "tests/house"])
def test_every_module_says_what_it_is_for(folder: str) -> None:
    assert [m.at(m.tree) for m in read_modules(ROOT / folder) if not ast.get_docstring(m.tree)] == []


def test_the_core_never_touches_a_binary_float() -> None:
    assert [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in read_modules(CORE)
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.Name) and node.id == "float")
        or (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
    ] == []


def test_the_core_is_told_the_time_and_opens_nothing() -> None:
    assert [
        f"{module.at(node)} {ast.unparse(node)}"
        for module in read_modules(CORE)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (
            (isinstance(node.func, ast.Attribute) and node.func.attr in CLOCKS)
            or (isinstance(node.func, ast.Name) and node.func.id in {"open", "print", "input"})
        )
    ] == []


def test_no_name_is_vague() -> None:
    modules = read_modules(SOURCE)
    assert [m.at(m.tree) for m in modules if m.path.stem in VAGUE_MODULES] == []
    assert [
        f"{module.at(node)} {node.name}"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ClassDef) and VAGUE_WORDS & set(re.findall(r"[A-Z][a-z0-9]*", node.name))
    ] == []


def test_no_file_names_a_folder_of_one_persons_machine() -> None:
    found = []
    for path in iterate_files():
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if PRIVATE_PATH.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number} {line.strip()[:100]}")
    assert found == []
