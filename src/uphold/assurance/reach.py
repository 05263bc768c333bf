# SPDX-License-Identifier: Apache-2.0
"""What the running code can lay hands on: from some modules, by what their names stand for, to others.

    reach.between(["uphold.statistics"], ["uphold.vault"]) -> ("uphold.statistics.store > uphold.vault.keys",)

The build proves the same of what is imported (`.importlinter`); this looks at what was loaded, whatever put it there.
What is passed along in an argument is seen by neither; the vault's permits are for that.
"""

import sys
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType

OURS = "uphold"


def between(start: Iterable[str], ends: Iterable[str]) -> tuple[str, ...]:
    """Name the shortest way from what was loaded of `start` to each module of `ends` that it leads to."""
    modules = {
        name: module
        for name, module in tuple(sys.modules.items())
        if _is_of(name, (OURS,)) and isinstance(module, ModuleType)
    }
    return ways({name: _leads(module) for name, module in modules.items()}, start, ends)


def ways(
    graph: Mapping[str, Iterable[str]], start: Iterable[str], ends: Iterable[str]
) -> tuple[str, ...]:
    """The same in any graph of names (pure); rooms stand for all that is within them."""
    start, ends = tuple(start), tuple(ends)
    before: dict[str, str] = {name: "" for name in sorted(graph) if _is_of(name, start)}
    waiting, found = deque(before), []
    while waiting:
        name = waiting.popleft()
        if _is_of(name, ends):
            found.append(" > ".join(_way(before, name)))
            continue
        for other in sorted(set(graph.get(name, ()))):
            if other not in before and other in graph:
                before[other] = name
                waiting.append(other)
    return tuple(found)


def _way(before: Mapping[str, str], name: str) -> list[str]:
    found = [name]
    while before[found[0]]:
        found.insert(0, before[found[0]])
    return found


def _leads(module: ModuleType) -> Iterator[str]:
    for one in tuple(vars(module).values()):
        if isinstance(one, ModuleType):
            yield one.__name__
        else:
            home = getattr(one, "__module__", None) or type(one).__module__
            if isinstance(home, str):
                yield home


def _is_of(name: str, rooms: Iterable[str]) -> bool:
    return any(name == room or name.startswith(f"{room}.") for room in rooms)
