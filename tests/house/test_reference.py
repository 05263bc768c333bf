# SPDX-License-Identifier: Apache-2.0
"""The reference is complete: each command with each argument, each route with its methods and permission."""

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.routing import Route

from tests import site
from tests.house import source
from uphold.app import App
from uphold.cli import main
from uphold.web import console, reply, server
from uphold.web.post import Door

REFERENCE = source.ROOT / "docs" / "reference"
COMMANDS = (REFERENCE / "command-line.md").read_text(encoding="utf-8")
HTTP = (REFERENCE / "http.md").read_text(encoding="utf-8")


def commands(
    parser: argparse.ArgumentParser, name: str = "uphold"
) -> Iterator[tuple[str, set[str]]]:
    """Each command with its arguments, as the reference spells them."""
    inner = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    for action in inner:
        for word, child in action.choices.items():
            yield from commands(child, f"{name} {word}")
    if not inner:
        yield name, {spelled(action) for action in parser._actions if action.dest != "help"}


def spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        return str(action.metavar)
    if action.nargs == 0:
        return action.option_strings[0]
    return f"{action.option_strings[0]} {action.metavar or action.dest.upper()}"


def documented(text: str) -> dict[str, set[str]]:
    """Each heading of a command with the arguments of its table."""
    sections = re.split(r"^### `(uphold [a-z ]+)`$", text, flags=re.MULTILINE)[1:]
    pairs = zip(sections[::2], sections[1::2], strict=True)
    return {
        name: set(re.findall(r"^\| `([^`]+)` \|", body, flags=re.MULTILINE)) for name, body in pairs
    }


def test_every_command_is_documented_with_every_argument() -> None:
    assert documented(COMMANDS) == dict(commands(main.parser()))


def test_an_undocumented_argument_is_found() -> None:
    parser = argparse.ArgumentParser()
    command = parser.add_subparsers().add_parser("say")
    command.add_argument("word", metavar="WORD")
    command.add_argument("--loud", action="store_true")
    command.add_argument("--to")
    assert dict(commands(parser)) == {"uphold say": {"WORD", "--loud", "--to TO"}}
    assert documented("### `uphold say`\n\n| `WORD` | a |\n| `--loud` | b |\n") == {
        "uphold say": {"WORD", "--loud"}
    }


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    opened = site.build(tmp_path_factory.mktemp("reference"))
    yield opened
    opened.close()


def rows(text: str) -> list[tuple[str, str]]:
    return re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", text, flags=re.MULTILINE)


def test_every_route_is_documented_with_its_methods(app: App) -> None:
    served = {
        (route.path, method)
        for route in server.routes(app, Door(app)).routes
        if isinstance(route, Route)
        for method in route.methods or ()
        if method != "HEAD"
    }
    told = {(path, method) for path, methods in rows(HTTP) for method in methods.split(", ")}
    assert told == served


def test_every_permission_of_a_route_is_named(app: App) -> None:
    for route in console.routes(app):
        line = next(line for line in HTTP.splitlines() if line.startswith(f"| `{route.path}` | "))
        assert re.search(r"\| (`[a-z]+:[a-z]+:[a-z]+`.*|none) \|", line), line


def test_every_code_of_an_error_is_named() -> None:
    for code, _ in reply._MEANINGS.values():
        assert f"`{code}`" in HTTP, code


def test_every_code_of_a_field_is_named() -> None:
    said = (Path(source.PACKAGE) / "submission" / "validate.py").read_text(encoding="utf-8")
    codes = re.search(r"Codes: ([a-z,\s-]+)\.", said)
    assert codes is not None
    for code in re.split(r",\s*", codes[1].strip()):
        assert f"`{code}`" in HTTP, code
