# SPDX-License-Identifier: Apache-2.0
"""The source as the house rules see it: parsed files of one tree, real or planted."""

import ast
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "uphold"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class File:
    """One Python file; `name` is its path within the tree, with forward slashes."""

    path: Path
    name: str

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.name)

    @cached_property
    def room(self) -> str:
        """The first folder under the package, or the root module's own name."""
        return self.name.split("/")[0].removesuffix(".py")

    @cached_property
    def module(self) -> str:
        """The dotted name within the package: `journal.entry`, `config`, `journal` for an __init__."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def functions(self) -> Iterator[Function]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def comments(self) -> Iterator[tuple[int, str]]:
        """Line number and text of each comment; strings that look like comments are none."""
        for token in tokenize.generate_tokens(StringIO(self.text).readline):
            if token.type == tokenize.COMMENT:
                yield token.start[0], token.string

    def at(self, node: ast.stmt | ast.expr | ast.excepthandler, fault: str) -> str:
        return f"{self.name}:{node.lineno}: {fault}"


def files(root: Path = PACKAGE) -> list[File]:
    """Every Python file under `root`, in order of name; the project's are read once for the rules of a module."""
    return _kept(root) if root.is_relative_to(ROOT) else _found(root)


def _found(root: Path) -> list[File]:
    return [File(p, p.relative_to(root).as_posix()) for p in sorted(root.rglob("*.py"))]


_kept = cache(_found)
forget = _kept.cache_clear


def plant(root: Path, sources: dict[str, str]) -> list[File]:
    """Write `sources` (name to text) under `root` and read them as a tree: for a rule's own test."""
    for name, text in sources.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return files(root)


def docstring(node: Function | ast.ClassDef | ast.Module) -> ast.stmt | None:
    """The statement that is the docstring, if there is one."""
    match node.body[:1]:
        case [ast.Expr(value=ast.Constant(value=str())) as statement]:
            return statement
        case _:
            return None


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1
