"""
Every regular expression of the package, and for each the inputs that cost a backtracking engine most.

Patterns are found in the source (`ast`), with the functions they are used by. Worst inputs are read off a pattern's own parse: what leads to
each repetition, then what it repeats, many times, then what lets the match fail; and the beginnings themselves many times, since a search
begins anew at each.
"""

from __future__ import annotations

import ast
import importlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, NamedTuple

PACKAGE = Path(__file__).resolve().parents[1] / "cleaner"
USES = ("search", "match", "fullmatch", "sub", "subn", "split", "findall", "finditer")
#: Characters that stand for those that a set may hold.
_TRIED = " a1-\n\t.#*<>[](){}\"'`&;:,=/\\|_~@$%+!?é漢\u0301\u200b\x85\xa0\ud800A\r0x"
_ENDS = ("", "\x00", "\n", "a")
#: How many inputs a pattern is given, at the most: those of its first repetitions, with each ending; CLEANER_PUMPS=200 gives more.
MOST = int(os.environ.get("CLEANER_PUMPS", "24"))


class Site(NamedTuple):
    """A pattern where it stands in the source."""

    where: str  # module:line
    text: str | bytes
    flags: int
    searched: bool  # anywhere in a text, not only at one place


def sites() -> tuple[list[Site], list[str]]:
    """Return all patterns of the package, and the places of those that only a running program knows."""
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}
    # A pattern that is only ever matched at a place does not begin anew at each character.
    used: dict[tuple[str, str], set[str]] = {}
    for path, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in USES:
                owner = node.value.func if isinstance(node.value, ast.Call) else node.value
                name = owner.id if isinstance(owner, ast.Name) else owner.attr if isinstance(owner, ast.Attribute) else ""
                used.setdefault((str(path) if name.startswith("_") else "", name), set()).add(node.attr)
    found: list[Site] = []
    unknown: list[str] = []
    for path, tree in trees.items():
        name = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
        named = dict(_named(tree))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            function = node.func
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and function.value.id == "re" and function.attr in ("compile", *USES):
                kind = function.attr
            elif isinstance(function, ast.Name) and function.id == "pattern":
                kind = "compile"
            else:
                continue
            where = f"{path.relative_to(PACKAGE)}:{node.lineno}"
            given = [node.args[0], *(keyword.value for keyword in node.keywords if keyword.arg == "flags")]
            if kind == "compile" and len(node.args) > 1:
                given.append(node.args[1])
            elif kind in ("search", "match", "fullmatch", "findall", "finditer") and len(node.args) > 2:
                given.append(node.args[2])
            try:
                module = importlib.import_module(name)  # only those that have patterns: others may need an extra
                text, *flags = (eval(compile(ast.Expression(each), where, "eval"), vars(module)) for each in given)  # noqa: S307
            except Exception:  # noqa: BLE001 - made while the program runs
                unknown.append(f"{where} {ast.unparse(node)[:90]}")
                continue
            uses = {kind} if kind != "compile" else used.get((str(path) if named.get(id(node), "").startswith("_") else "", named.get(id(node), "")), set()) or {"search"}
            found.append(Site(where, text, flags[0] if flags else 0, bool(uses - {"match", "fullmatch"})))
    return found, unknown


def _named(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield what each call is bound to, or which function returns it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and isinstance(node.value, ast.Call):
                yield id(node.value), target.id
        if isinstance(node, ast.FunctionDef):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Call):
                    yield id(inner.value), node.name


class Attack(NamedTuple):
    """An input of any size: what leads in, what is repeated, and what it ends in."""

    lead: str
    pump: str
    end: str

    def text(self, size: int) -> str:
        return self.lead + self.pump * (size // len(self.pump)) + self.end


def attacks(text: str | bytes, flags: int) -> list[Attack]:
    """Return the worst inputs of a pattern: each repetition behind what leads to it, and each beginning again and again."""
    found: dict[Attack, None] = {}
    for end in ("\x00", *_ENDS):  # what lets a match fail tells most
        for before, pump in _pumps(parser.parse(text, flags), ""):
            if pump:
                found[Attack(before[-200:], pump[:200], end)] = None
            if before:
                found[Attack("", (before + pump)[:200], end)] = None
            if len(found) >= MOST:
                return list(found)
    return list(found)


def _pumps(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """Yield what leads to each repetition of a pattern, and what it may repeat."""
    for operation, value in tree:
        if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
            low, high, body = value
            for sample in _samples(body):
                yield before, sample
            yield from _pumps(body, before)
            sample = next(iter(_samples(body)), "")
            before += sample * max(1, min(low, 8)) if low or high else ""
        elif operation is codes.BRANCH:
            for each in value[1]:
                yield from _pumps(each, before)
            before += next(iter(_samples([(operation, value)])), "")
        elif operation in (codes.SUBPATTERN, codes.ATOMIC_GROUP, codes.ASSERT, codes.ASSERT_NOT):
            inner = value if operation is codes.ATOMIC_GROUP else value[-1]
            yield from _pumps(inner, before)
            if operation not in (codes.ASSERT, codes.ASSERT_NOT):
                before += next(iter(_samples(inner)), "")
        else:
            before += next(iter(_samples([(operation, value)])), "")
    if before:
        yield "", before


def _samples(tree: Any) -> list[str]:
    """Return a few texts that a part of a pattern matches."""
    texts = [""]
    for operation, value in tree:
        texts = [text + more for text in texts for more in _parts(operation, value)][:6]
    return list(dict.fromkeys(texts))


def _parts(operation: Any, value: Any) -> list[str]:
    if operation is codes.LITERAL:
        return [chr(value)]
    if operation is codes.NOT_LITERAL:
        return [character for character in "a \n" if ord(character) != value][:2]
    if operation is codes.ANY:
        return ["a", " ", "<"]
    if operation is codes.IN:
        return _of(value)
    if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        low, _, body = value
        return [sample * max(1, min(low, 40)) for sample in _samples(body)[:3]] + ([""] if not low else [])
    if operation is codes.BRANCH:
        return [sample for each in value[1] for sample in _samples(each)[:2]][:8]
    if operation is codes.SUBPATTERN:
        return _samples(value[-1])
    if operation is codes.ATOMIC_GROUP:
        return _samples(value)
    return [""]


def _of(value: Any) -> list[str]:
    """Return a few characters of a set."""
    known = _SETS.get(repr(value))
    if known is None:
        known = _SETS[repr(value)] = _chosen(value)
    return known


_SETS: dict[str, list[str]] = {}


def _chosen(value: Any) -> list[str]:
    inside = parser.SubPattern(parser.State(), [(codes.IN, value)])
    tester = re._compiler.compile(inside)  # type: ignore[attr-defined]
    chosen = [character for character in _TRIED if tester.match(character)]
    if not chosen:
        chosen = [chr(first) for operation, first in value if operation is codes.LITERAL] + [chr(pair[0]) for operation, pair in value if operation is codes.RANGE]
    return chosen[:3] or ["a"]
