# SPDX-License-Identifier: Apache-2.0
"""Limits of size: a file of 400 lines, a function of 60, a handler of 15."""

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.house import source

FILE, FUNCTION, HANDLER = 400, 60, 15


def long_files(tree: Iterable[source.File]) -> list[str]:
    return [f"{f.name}: {len(f.lines)} lines" for f in tree if len(f.lines) > FILE]


def long_functions(tree: Iterable[source.File]) -> Iterator[str]:
    for file in tree:
        for function in file.functions():
            lines = source.length(function)
            if lines > FUNCTION:
                yield file.at(function, f"{function.name} has {lines} lines")


def is_handler(function: source.Function) -> bool:
    """Takes a `Request` first (after self) and returns a response: what a route points at."""
    arguments = [a for a in function.args.args if a.arg not in {"self", "cls"}]
    takes = arguments and arguments[0].annotation
    gives = function.returns
    return bool(
        takes
        and gives
        and ast.unparse(takes).split(".")[-1] == "Request"
        and ast.unparse(gives).endswith("Response")
    )


def long_handlers(tree: Iterable[source.File]) -> Iterator[str]:
    """A handler parses, makes one call and renders; its docstring is not counted."""
    for file in tree:
        if file.room != "web":
            continue
        for function in filter(is_handler, file.functions()):
            said = source.docstring(function)
            lines = source.length(function) - (source.length(said) if said else 0)
            if lines > HANDLER:
                yield file.at(function, f"handler {function.name} has {lines} lines")


def test_files_are_short() -> None:
    assert long_files(source.files()) == []


def test_test_files_are_short() -> None:
    assert long_files(source.files(source.ROOT / "tests")) == []


def test_functions_are_short() -> None:
    assert list(long_functions(source.files())) == []


def test_handlers_are_short() -> None:
    assert list(long_handlers(source.files())) == []


def test_long_ones_are_found(tmp_path: Path) -> None:
    body = "    x = 1\n"
    handler = "async def show(request: Request) -> HTMLResponse:\n"
    method = "class A:\n  def show(self, request: Request) -> Response:\n"
    tree = source.plant(
        tmp_path,
        {
            "long.py": "x = 1\n" * (FILE + 1),
            "web/a.py": handler + body * HANDLER,
            "web/b.py": method + body * HANDLER,
            "web/c.py": handler + '    """Said."""\n' + body * (HANDLER - 1),
            "work.py": "def f() -> None:\n" + body * FUNCTION,
        },
    )
    assert long_files(tree) == [f"long.py: {FILE + 1} lines"]
    assert list(long_functions(tree)) == ["work.py:1: f has 61 lines"]
    assert [fault.partition(":")[0] for fault in long_handlers(tree)] == ["web/a.py", "web/b.py"]
