"""Reads a Python file that only declares: an import, and assignments of literals and calls of known words.

Nothing in the file is run. Its syntax tree is matched against the types of the words' fields, so that whatever else
stands there (a loop, a call of ``open``, another import) is a mistake like any other, with file, line and field. What
the words are, and which values are good, is the caller's to say in a ``Grammar``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from types import NoneType, UnionType
from typing import Any, Final, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from csr_bot.core.document import Mistake, MistakesError

T = TypeVar("T")

WRONG: Final = object()
"""Stands for a value that could not be read; its mistake is recorded."""

PLAIN: Final[Mapping[object, str]] = {str: "a text in quotes", int: "a whole number", bool: "True or False"}

TITLES: Final[Mapping[type[ast.AST], str]] = {
    ast.Import: "another import",
    ast.ImportFrom: "another import",
    ast.For: "a loop",
    ast.While: "a loop",
    ast.FunctionDef: "a function",
    ast.ClassDef: "a class",
    ast.If: "a condition",
    ast.With: "a with block",
    ast.Assign: "an assignment to several names or to a part",
    ast.AnnAssign: "an annotated assignment",
    ast.Expr: "a statement without a name",
    ast.List: "a list in [ ]",
    ast.Tuple: "a tuple",
    ast.Dict: "a mapping",
    ast.Call: "a call",
    ast.JoinedStr: "an f-string",
    ast.BinOp: "a calculation",
    ast.UnaryOp: "a calculation",
    ast.Attribute: "an attribute",
    ast.Starred: "an unpacked value",
    ast.ListComp: "a comprehension",
    ast.GeneratorExp: "a comprehension",
    ast.DictComp: "a comprehension",
}


@dataclass(frozen=True, slots=True)
class Rule:
    """Fields of one word that must agree. ``check`` sees their values and says what is wrong, or None."""

    word: type
    fields: tuple[str, ...]
    check: Callable[..., str | None]


@dataclass(frozen=True, slots=True)
class Grammar:
    """The words (frozen dataclasses) that a file may import from ``module`` and call, and which values are good.

    ``checks`` are for single values, by place: ``Word.field``, ``Word.field[]`` for the items of a tuple and
    ``Word.field{}`` for the keys of a mapping.
    """

    module: str
    words: Sequence[type]
    checks: Mapping[str, Callable[[Any], str | None]]
    rules: Sequence[Rule] = ()


@dataclass(frozen=True, slots=True)
class Declaration(Generic[T]):
    """What a file declares, and the line on which each field of it stands (``intake[0].host``)."""

    value: T
    lines: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a value stands: line and field for people, and the place that its checks are kept under."""

    line: int
    path: str
    place: str

    def item(self, line: int, name: str, mark: str) -> _Spot:
        return _Spot(line, f"{self.path}{name}", f"{self.place}{mark}")

    def field(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name


def read_declaration(text: str, *, file: str, grammar: Grammar, name: str, word: type[T]) -> Declaration[T]:
    """The ``word`` that the file assigns to ``name``. Raises MistakesError with everything that is wrong in it."""
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise MistakesError([Mistake(file, error.lineno or 1, "(document)", f"not Python: {error.msg}")]) from None
    except ValueError as error:  # a null byte, before Python 3.12
        raise MistakesError([Mistake(file, 1, "(document)", f"not Python: {error}")]) from None
    reader = _Reader(file, grammar)
    reader.read_statements(tree.body)
    value = reader.read_target(name, word)
    if reader.mistakes or not isinstance(value, word):
        raise MistakesError(sorted(reader.mistakes))
    return Declaration(value, reader.lines)


class _Reader:
    """The reading of one file; it goes on after a mistake."""

    def __init__(self, file: str, grammar: Grammar) -> None:
        self.file = file
        self.grammar = grammar
        self.mistakes: list[Mistake] = []
        self.lines: dict[str, int] = {}
        self.imported: set[str] = set()
        self.names: dict[str, ast.expr] = {}
        self.used: set[str] = set()

    def complain(self, line: int, field: str, reason: str) -> object:
        self.mistakes.append(Mistake(self.file, line, field, reason))
        return WRONG

    def read_statements(self, body: Sequence[ast.stmt]) -> None:
        module = self.grammar.module
        for index, statement in enumerate(body):
            match statement:
                case ast.Expr(value=ast.Constant(value=str())) if index == 0:
                    pass
                case ast.ImportFrom(module=origin, level=0) if origin == module:
                    self._import(statement)
                case ast.Assign(targets=[ast.Name(id=name)]):
                    self._assign(name, statement)
                case _:
                    reason = f"only imports from {module} and assignments may stand here, not {_title(statement)}"
                    self.complain(statement.lineno, "(document)", reason)

    def _import(self, statement: ast.ImportFrom) -> None:
        known = [word.__name__ for word in self.grammar.words]
        for alias in statement.names:
            if alias.name not in known:
                reason = f"{self.grammar.module} has no word {alias.name!r}; known are {', '.join(known)}"
                self.complain(alias.lineno, "(import)", reason)
            elif alias.asname:
                self.complain(alias.lineno, "(import)", f"{alias.name} keeps its own name here")
            self.imported.add(alias.name)

    def _assign(self, name: str, statement: ast.Assign) -> None:
        if name in self.names or name in self.imported:
            self.complain(statement.lineno, name, "the name is given twice")
        else:
            self.names[name] = statement.value

    def read_target(self, name: str, word: type) -> object:
        """The value of ``name``; every other name of the file must have a part in it."""
        if name not in self.names:
            return self.complain(1, name, f"the file declares nothing: it needs {name} = {word.__name__}(...)")
        expr = self.names[name]
        value = self.read(expr, word, _Spot(expr.lineno, "", word.__name__))
        for other in self.names.keys() - self.used - {name}:
            self.complain(self.names[other].lineno, other, f"is not used in {name}, so it has no effect")
        return value

    def read(self, expr: ast.expr, hint: Any, spot: _Spot) -> object:
        self.lines[spot.path] = spot.line
        if isinstance(expr, ast.Name):
            return self._read_named(expr, hint, spot)
        origin = get_origin(hint)
        if origin in (Union, UnionType):
            return self._read_one_of(expr, get_args(hint), spot)
        if hint in self.grammar.words:
            return self._read_word(expr, (hint,), spot)
        if origin is tuple:
            return self._read_tuple(expr, get_args(hint)[0], spot)
        if isinstance(origin, type) and issubclass(origin, Mapping):
            return self._read_mapping(expr, get_args(hint)[1], spot)
        return self._read_plain(expr, hint, spot)

    def _read_named(self, expr: ast.Name, hint: Any, spot: _Spot) -> object:
        named = self.names.get(expr.id)
        if named is None or _place(named) >= _place(expr):
            return self.complain(spot.line, spot.path, f"the name {expr.id!r} is not given above")
        self.used.add(expr.id)
        return self.read(named, hint, _Spot(named.lineno, spot.path, spot.place))

    def _read_one_of(self, expr: ast.expr, hints: Sequence[Any], spot: _Spot) -> object:
        if NoneType in hints and isinstance(expr, ast.Constant) and expr.value is None:
            return None
        others = tuple(hint for hint in hints if hint is not NoneType)
        if all(hint in self.grammar.words for hint in others):
            return self._read_word(expr, others, spot)
        return self.read(expr, others[0], spot)

    def _read_plain(self, expr: ast.expr, hint: Any, spot: _Spot) -> object:
        options = get_args(hint) if get_origin(hint) is Literal else ()
        value = expr.value if isinstance(expr, ast.Constant) else WRONG
        if options and value not in options:
            reason = f"one of {', '.join(map(repr, options))} is needed here"
            return self.complain(spot.line, spot.path, reason)
        if not options and type(value) is not hint:
            return self.complain(spot.line, spot.path, f"{PLAIN[hint]} is needed here, not {_title(expr)}")
        if isinstance(value, str) and (not value or value != value.strip() or not value.isprintable()):
            return self.complain(spot.line, spot.path, "is empty, or has blanks around it or a line end in it")
        return self._check(value, spot)

    def _check(self, value: object, spot: _Spot) -> object:
        check = self.grammar.checks.get(spot.place)
        reason = check(value) if check else None
        return self.complain(spot.line, spot.path, reason) if reason else value

    def _read_tuple(self, expr: ast.expr, hint: Any, spot: _Spot) -> object:
        if not isinstance(expr, ast.Tuple):
            hint_at_comma = "; a tuple of one ends with a comma: (value,)" if not isinstance(expr, ast.List) else ""
            reason = f"a tuple in ( ) is needed here, not {_title(expr)}{hint_at_comma}"
            return self.complain(spot.line, spot.path, reason)
        values: list[object] = []
        for index, item in enumerate(expr.elts):
            place = spot.item(item.lineno, f"[{index}]", "[]")
            value = self.read(item, hint, place)
            if value is not WRONG and value in values:
                value = self.complain(place.line, place.path, "stands here twice")
            values.append(value)
        return WRONG if WRONG in values else tuple(values)

    def _read_mapping(self, expr: ast.expr, hint: Any, spot: _Spot) -> object:
        if not isinstance(expr, ast.Dict):
            reason = f"a mapping in {{ }} is needed here, not {_title(expr)}"
            return self.complain(spot.line, spot.path, reason)
        found: dict[object, object] = {}
        for key, item in zip(expr.keys, expr.values, strict=True):
            place = spot.item((key or item).lineno, f".{_key(key)}", "{}")
            if key is None:
                found[WRONG] = self.complain(place.line, place.path, "nothing can be unpacked here")
                continue
            name = self._read_plain(key, str, place)
            if name is not WRONG and name in found:
                name = self.complain(place.line, place.path, "stands here twice")
            found[name] = self.read(item, hint, _Spot(place.line, place.path, ""))
        return WRONG if WRONG in (*found.keys(), *found.values()) else found

    def _read_word(self, expr: ast.expr, words: Sequence[type], spot: _Spot) -> object:
        called = expr.func.id if isinstance(expr, ast.Call) and isinstance(expr.func, ast.Name) else None
        word = next((word for word in words if word.__name__ == called), None)
        if not isinstance(expr, ast.Call) or word is None:
            wanted = " or ".join(f"{word.__name__}(...)" for word in words)
            return self.complain(spot.line, spot.path, f"{wanted} is needed here, not {_title(expr)}")
        if called not in self.imported:
            self.complain(spot.line, spot.path, f"{called} is not imported from {self.grammar.module}")
        arguments = self._sort_arguments(expr, word, spot)
        hints = get_type_hints(word)
        values = {name: self.read(value, hints[name], at) for name, (value, at) in arguments.items()}
        for rule in self.grammar.rules:
            if rule.word is word:
                self._apply(rule, values, arguments, spot)
        needed = {field.name for field in fields(word) if _is_needed(field)}
        return WRONG if WRONG in values.values() or needed - values.keys() else word(**values)

    def _sort_arguments(self, call: ast.Call, word: type, spot: _Spot) -> dict[str, tuple[ast.expr, _Spot]]:
        known = [field.name for field in fields(word)]
        given = [
            (known[index] if index < len(known) else None, item, item.lineno) for index, item in enumerate(call.args)
        ]
        given += [(keyword.arg, keyword.value, keyword.lineno) for keyword in call.keywords]
        found: dict[str, tuple[ast.expr, _Spot]] = {}
        for name, value, line in given:
            place = _Spot(line, spot.field(name or "?"), f"{word.__name__}.{name}")
            if name is None:
                self.complain(line, place.path, f"{word.__name__} takes no such argument; name each one")
            elif name not in known:
                reason = f"{word.__name__} has no field {name!r}; known are {', '.join(known)}"
                self.complain(line, place.path, reason)
            elif name in found:
                self.complain(line, place.path, "is given twice")
            else:
                found[name] = (value, place)
        for field in fields(word):
            if field.name not in found and _is_needed(field):
                self.complain(spot.line, spot.field(field.name), "is missing")
        return found

    def _apply(
        self, rule: Rule, values: Mapping[str, object], places: Mapping[str, tuple[ast.expr, _Spot]], spot: _Spot
    ) -> None:
        defaults = {field.name: field.default for field in fields(rule.word) if field.default is not MISSING}
        found = [values.get(name, defaults.get(name, WRONG)) for name in rule.fields]
        reason = None if WRONG in found else rule.check(*found)
        if reason:
            line = next((places[name][1].line for name in rule.fields if name in places), spot.line)
            self.complain(line, spot.field(rule.fields[0]), reason)


def _is_needed(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _key(expr: ast.expr | None) -> str:
    return expr.value if isinstance(expr, ast.Constant) and isinstance(expr.value, str) else "?"


def _place(expr: ast.expr) -> tuple[int, int]:
    return expr.lineno, expr.col_offset


def _title(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        # Never the value itself: people put passwords where the name of a secret belongs.
        return {str: "a text", int: "a number"}.get(type(node.value), f"{type(node.value).__name__}")
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return f"{node.func.id}(...)"
    return TITLES.get(type(node), f"Python's {type(node).__name__}")
