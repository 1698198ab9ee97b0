"""Help, completion and wrong usage."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import typer
from typer.core import TyperGroup

from csr_bot.cli.program import app
from tests.cli.program import Program


def _commands() -> Iterator[tuple[str, ...]]:
    def below(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if not isinstance(command, TyperGroup):
            yield words
            return
        for name, inner in command.commands.items():
            yield from below(inner, (*words, name))

    return below(typer.main.get_command(app), ())


COMMANDS = sorted(_commands())

# Outside programs rely on these names.
FIXED = """
    demo | init | up | worker | beat | console | check | doctor | db upgrade | parse | classify | value | match | try
    | ledger check | ledger import | ledger status | schedule list | schedule next | schedule pause | schedule resume
    | run list | run show | case list | case show | case search | policy check | policy diff | intake statement
    | audit verify | queue list | queue claim | queue approve | queue reject | queue return | stop | start
    | user add | user role | user disable | user list
"""


def test_every_name_that_others_rely_on_is_there() -> None:
    assert {tuple(name.split()) for name in FIXED.split("|")} <= set(COMMANDS)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_every_command_shows_an_example(program: Program, words: tuple[str, ...]) -> None:
    shown = program.run(*words, "--help")
    assert (shown.status, shown.err) == (0, "")
    assert "Example:" in shown.out
    assert "csr-bot" in shown.out.partition("Example:")[2]


@pytest.mark.parametrize(
    "words", [("frobnicate",), ("queue", "approve"), ("demo", "--port", "x"), ("parse", "/none.eml")]
)
def test_wrong_usage_ends_with_two_and_prints_nothing_for_programs(program: Program, words: tuple[str, ...]) -> None:
    ended = program.run(*words)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err


def test_completion_can_be_installed(program: Program) -> None:
    ended = program.run("", _CSR_BOT_COMPLETE="complete_bash", COMP_WORDS="csr-bot que", COMP_CWORD="1")
    assert ended.out.split() == ["queue"]
