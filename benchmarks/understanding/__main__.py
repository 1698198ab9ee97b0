"""Prints the figures of the parts that are named, or of all: ``python -m benchmarks.understanding [PART...]``.

Ends with 0 if every goal is met, 1 if one is missed, 2 if a part does not exist.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Callable
from importlib import import_module

import benchmarks.understanding as package
from benchmarks.understanding import Figure


def main(wanted: list[str]) -> int:
    """Run the parts in turn and print what they measured."""
    parts = {name: run for name in _part_names() if (run := _find_run(name)) is not None}
    unknown = [name for name in wanted if name not in parts]
    if unknown:
        print(f"no part {', '.join(unknown)}; there are {', '.join(parts)}", file=sys.stderr)
        return 2
    missed = False
    for name in wanted or parts:
        print(f"== {name}")
        figures = parts[name]()
        if not figures:
            print("   its material is not here")
        for figure in figures:
            missed |= not figure.met
            _print_figure(figure)
    return 1 if missed else 0


def _part_names() -> list[str]:
    return [found.name for found in pkgutil.iter_modules(package.__path__) if not found.name.startswith("_")]


def _find_run(name: str) -> Callable[[], list[Figure]] | None:
    """The function of a part; None for a module that only helps the parts."""
    return getattr(import_module(f"{package.__name__}.{name}"), "run", None)


def _print_figure(figure: Figure) -> None:
    goal = ""
    if figure.goal is not None:
        bound = "at most" if figure.at_most else "at least"
        goal = f"   goal {bound} {figure.goal:.1%}: {'met' if figure.met else 'MISSED'}"
    print(f"{figure.name:<44} {figure.hits:>5} of {figure.cases:<5} {figure.share:>7.1%}{goal}")
    for miss in figure.misses:
        print(f"    {miss}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
