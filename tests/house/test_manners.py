# SPDX-License-Identifier: Apache-2.0
"""How the source is written: doors, imports, suppressions, names, marks of unfinished work."""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.house import source

# Where anything at all may be caught: it is turned into a status, an exit code, or one member's failure.
DOORS = {
    "web": "a request that fails must not end the server",
    "cli": "a command ends in an exit code and advice",
    "__main__": "as cli",
    "submission/submit.py": "posts of one turn are prepared together: one that fails is told, alone",
    "assurance/prove.py": "a probe that fails is evidence that nothing was shown, and ends no other",
    "database/writer.py": "work of one member fails alone, and its error is handed to who waits for it",
}
LAZY = {"cli", "__main__"}  # commands import what they run, so that --help starts at once
FORBIDDEN = {
    "util",
    "utils",
    "helper",
    "helpers",
    "common",
    "manager",
    "managers",
    "service",
    "services",
}
SPDX = "# SPDX-License-Identifier: Apache-2.0"
# Spelled in halves, so that a search for the marks does not find this file.
UNFINISHED = re.compile(
    r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X"]) + r")\b|NotImplementedError"
)
SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|mypy:|ruff:|pragma:)[^#]*")
REASONED = re.compile(
    r"#\s*(?:noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[a-z-]+(?:,\s*[a-z-]+)*\])\s*(?:-|#)+\s*\w.{4,}"
)
LAST_RESORT = re.compile(r"\bpytest\.mark\.(skip|xfail)\b(?!.*reason)|pytest\.skip\(\s*\)")


def broad_catches(tree: Iterable[source.File]) -> Iterator[str]:
    """`except` of everything outside the doors. One that ends in a bare `raise` only cleans up."""
    for file in tree:
        if file.room in DOORS or file.name in DOORS:
            continue
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ExceptHandler) and _catches_all(node) and not _reraises(node):
                yield file.at(node, "catches everything")


def _catches_all(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(ast.unparse(kind) in {"Exception", "BaseException"} for kind in kinds)


def _reraises(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def late_imports(tree: Iterable[source.File]) -> Iterator[str]:
    for file in tree:
        if file.room in LAZY:
            continue
        for function in file.functions():
            for node in ast.walk(function):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    yield file.at(node, f"imports inside {function.name}")


def bare_suppressions(tree: Iterable[source.File]) -> Iterator[str]:
    for file in tree:
        for line, comment in file.comments():
            for found in SUPPRESSION.finditer(comment):
                if not REASONED.match(comment[found.start() :]):
                    yield f"{file.name}:{line}: {comment} (name the rule, then a reason)"


def nameless(tree: Iterable[source.File]) -> list[str]:
    """Modules and folders whose name says nothing about the field."""
    return [f.name for f in tree if FORBIDDEN & set(f.name.removesuffix(".py").split("/"))]


def unlicensed(tree: Iterable[source.File]) -> list[str]:
    return [f.name for f in tree if f.lines[:1] != [SPDX]]


def unfinished(tree: Iterable[source.File]) -> Iterator[str]:
    for file in tree:
        for number, line in enumerate(file.lines, 1):
            if UNFINISHED.search(line):
                yield f"{file.name}:{number}: {line.strip()}"


def unreasoned_skips(tree: Iterable[source.File]) -> Iterator[str]:
    for file in tree:
        for number, line in enumerate(file.lines, 1):
            if LAST_RESORT.search(line) and file.name != "house/test_manners.py":
                yield f"{file.name}:{number}: {line.strip()}"


RULES = (broad_catches, late_imports, bare_suppressions, nameless, unlicensed, unfinished)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_source_keeps(rule: object) -> None:
    assert callable(rule)
    assert list(rule(source.files())) == []


def test_tests_and_tools_keep_what_concerns_them() -> None:
    for folder in ("tests", "tools", "bench"):
        tree = source.files(source.ROOT / folder)
        tree = [file for file in tree if "migrations" not in file.name]
        faults = [*bare_suppressions(tree), *unlicensed(tree), *unreasoned_skips(tree)]
        assert faults == [], folder


def test_doors_exist() -> None:
    names = {file.name for file in source.files()} | {file.room for file in source.files()}
    assert set(DOORS) <= names | {"cli", "__main__"}


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (broad_catches, "try:\n    f()\nexcept Exception:\n    pass\n"),
        (broad_catches, "try:\n    f()\nexcept (OSError, BaseException) as e:\n    g(e)\n"),
        (broad_catches, "try:\n    f()\nexcept:\n    pass\n"),
        (late_imports, "def f():\n    import os\n"),
        (late_imports, "class A:\n    async def f(self):\n        from os import path\n"),
        (bare_suppressions, "import os  # noqa" + ": F401\n"),
        (bare_suppressions, "import os  # noqa" + "\n"),
        (bare_suppressions, "x: int = ''  # type: ignore" + "[assignment]\n"),
        (bare_suppressions, "# ruff: noqa" + "\n"),
        (unfinished, "x = 1  # TO" + "DO later\n"),
        (unfinished, "raise NotImplemented" + "Error\n"),
        (unlicensed, "x = 1\n"),
    ],
)
def test_a_fault_is_found(rule: object, text: str, tmp_path: Path) -> None:
    assert callable(rule)
    assert len(list(rule(source.plant(tmp_path, {"policy/planted.py": text})))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    f()\nexcept BaseException:\n    g()\n    raise\n",
        "try:\n    f()\nexcept OSError:\n    pass\n",
        "import os  # noqa" + ": F401 - registers a table\n",
        "x: int = ''  # type: ignore" + "[assignment]  # the stubs know no variant\n",
        "text = '# noqa" + "'\n",
    ],
)
def test_what_is_right_passes(text: str, tmp_path: Path) -> None:
    tree = source.plant(tmp_path, {"policy/planted.py": f"{SPDX}\n{text}"})
    assert [fault for rule in RULES for fault in rule(tree)] == []


def test_names_that_say_nothing_are_found(tmp_path: Path) -> None:
    tree = source.plant(tmp_path, {"utils.py": "", "policy/common.py": "", "service/a.py": ""})
    assert len(nameless(tree)) == 3
