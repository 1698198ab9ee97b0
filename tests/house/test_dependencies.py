"""Every library that the source imports is declared, and the locks pin every declared one by hash, with no address."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.house.tree import CORE, ROOT, SOURCE, read_modules

PURE_LIBRARIES = {"csr_bot", "holidays", "lxml", "rapidfuzz", "stdnum", "yaml"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
DEPENDENCIES, EXTRAS = PROJECT["dependencies"], PROJECT["optional-dependencies"]


def name_of(requirement: str) -> str:
    """The normalised name of a requirement such as ``Celery[redis]>=5``."""
    match = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert match, requirement
    return re.sub(r"[-_.]+", "-", match[0]).lower()


def find_imports(folder: Path) -> Iterator[tuple[str, str]]:
    """Where and what a folder's modules import from outside the standard library."""
    for module in read_modules(folder):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            else:
                continue
            for name in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"_typeshed"}:
                yield module.at(node), name


def test_every_imported_library_is_declared() -> None:
    declared = {name_of(requirement) for requirement in DEPENDENCIES + EXTRAS["demo"]}
    owners = packages_distributions()
    assert [
        f"{place} {name}"
        for place, name in find_imports(SOURCE)
        if name != "csr_bot" and not declared & {name_of(owner) for owner in owners.get(name, [name])}
    ] == []


def test_the_product_starts_without_the_demo_extra() -> None:
    only_demo = {name_of(requirement) for requirement in EXTRAS["demo"]} - {name_of(item) for item in DEPENDENCIES}
    owners = packages_distributions()
    assert [
        f"{place} {name}"
        for place, name in find_imports(SOURCE)
        if "/demo/" not in place and only_demo & {name_of(owner) for owner in owners.get(name, [])}
    ] == []


def test_the_core_imports_pure_libraries_only() -> None:
    assert [f"{place} {name}" for place, name in find_imports(CORE) if name not in PURE_LIBRARIES] == []


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("run.txt", DEPENDENCIES + EXTRAS["demo"] + ["hatchling", "editables"]),
        ("test.txt", DEPENDENCIES + EXTRAS["demo"] + EXTRAS["test"] + ["hatchling", "editables"]),
        ("uv.txt", ["uv"]),
    ],
)
def test_a_lock_pins_all_that_is_declared_with_hashes_and_no_index(lock: str, requirements: list[str]) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text)[1:]
    pinned = {name_of(entry) for entry in entries}
    assert {name_of(requirement) for requirement in requirements} - pinned == set()
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
    assert re.findall(r"^-.*|\S+://\S+", text, re.MULTILINE) == []


def test_the_locks_agree() -> None:
    run, test = (
        set(re.findall(r"^[a-z0-9].*==\S+", (ROOT / "requirements" / lock).read_text(encoding="utf-8"), re.MULTILINE))
        for lock in ("run.txt", "test.txt")
    )
    assert run - test == set()
