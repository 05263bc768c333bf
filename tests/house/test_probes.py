# SPDX-License-Identifier: Apache-2.0
"""Probes and promises belong together, and what judges a trace touches nothing but the trace."""

import ast
import dis
import functools
import inspect
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from tests.house import source
from uphold.assurance.probe import Outcome, Probe, kept
from uphold.assurance.probes import PROBES
from uphold.assurance.scene import Scene
from uphold.policy import promise

FOLDER = source.PACKAGE / "assurance" / "probes"
# What a judgement would need to look at the world, or at a clock.
WORLD = frozenset({"scene", "Scene", "open", "time", "now", "connection", "Connection", "Path"})


def test_the_catalogue_names_every_probe_and_no_other() -> None:
    named = Counter(name for one in promise.catalogue().values() for name in one.probes)
    assert named == Counter(probe.id for probe in PROBES)


def test_every_topic_is_listed() -> None:
    listed = {probe.act.__module__.rpartition(".")[2] for probe in PROBES}
    assert {path.stem for path in FOLDER.glob("*.py")} - {"__init__"} == listed


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_a_probe_is_of_its_promise_and_says_what_it_does(probe: Probe[Any]) -> None:
    assert probe.id.rpartition(".")[0] == probe.promise
    assert promise.catalogue()[probe.promise].built
    assert probe.does.endswith((".", "?"))
    assert 1 <= probe.ttl_hours <= 24 * 31


def impure(function: Callable[..., Any]) -> Iterator[str]:
    """What a function names, itself or by a function of its module, that a judgement must not touch."""
    seen, waiting = set[FunctionType](), [_plain(function)]
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        names = set(_names(one.__code__))
        yield from (f"{one.__qualname__} names {name}" for name in sorted(names & WORLD))
        for name in names:
            found = one.__globals__.get(name)
            if isinstance(found, FunctionType) and found.__module__ == one.__module__:
                waiting.append(found)


def _names(code: CodeType) -> Iterator[str]:
    """Names of the module and of the function, those of functions within it too; not of attributes."""
    yield from code.co_varnames
    for step in dis.get_instructions(code):
        if step.opname == "LOAD_GLOBAL":
            yield step.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _names(inner)


def _plain(function: Callable[..., Any]) -> FunctionType:
    bare = function.func if isinstance(function, functools.partial) else function
    assert isinstance(bare, FunctionType)
    return bare


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.id)
def test_an_oracle_judges_the_trace_and_nothing_else(probe: Probe[Any]) -> None:
    assert list(impure(probe.oracle)) == []
    open_ = [
        one
        for one in inspect.signature(probe.oracle).parameters.values()
        if one.default is one.empty
    ]
    assert len(open_) == 1


def _looks(scene: Scene) -> Outcome:
    return kept()


def _looks_further(trace: Scene) -> Outcome:
    return _looks(trace)


def test_an_oracle_that_looks_is_found() -> None:
    assert list(impure(_looks)) == ["_looks names scene"]
    assert list(impure(_looks_further)) == ["_looks names scene"]
    assert list(impure(lambda trace: [Path(one) for one in trace])) != []
    assert list(impure(lambda trace: kept())) == []


def test_no_probe_stands_on_anothers_shoulders() -> None:
    """A probe asks for what it needs of the scene; it does not call another topic's private functions."""
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "uphold.assurance.probes":
                assert path.name == "__init__.py", path.name
