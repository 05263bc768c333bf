# SPDX-License-Identifier: Apache-2.0
"""A table belongs to one room, bears its name, and nobody else's source touches it."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.house import source

# Alembic's migrations make every room's tables; nothing else may name a table that is not its own.
EXEMPT = "database/migrations/"


@dataclass(frozen=True, slots=True)
class Owned:
    """A table, the module that declares it, and the name it has there."""

    table: str
    room: str
    module: str
    variable: str


def declared(tree: Iterable[source.File]) -> Iterator[Owned]:
    """Every `variable = Table("name", ...)` of the tree."""
    for file in tree:
        for node in file.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=variable)], value=ast.Call() as call):
                    pass
                case ast.AnnAssign(target=ast.Name(id=variable), value=ast.Call() as call):
                    pass
                case _:
                    continue
            if is_table(call) and isinstance(call.args[0], ast.Constant):
                yield Owned(str(call.args[0].value), file.room, file.module, variable)


def is_table(call: ast.Call) -> bool:
    return ast.unparse(call.func).split(".")[-1] == "Table" and bool(call.args)


def undeclared(tree: Iterable[source.File]) -> Iterator[str]:
    """Tables made elsewhere than at the top of a module, under a name: the rules below would miss them."""
    for file in tree:
        calls = [n for n in ast.walk(file.tree) if isinstance(n, ast.Call) and is_table(n)]
        if len(calls) != len(list(declared([file]))) and not file.name.startswith(EXEMPT):
            yield file.name


def misnamed(tables: Iterable[Owned]) -> list[str]:
    return [f"{t.module}: {t.table}" for t in tables if not t.table.startswith(f"{t.room}_")]


def trespasses(tree: Iterable[source.File]) -> Iterator[str]:
    """Strings, imports and attributes by which a room reaches a table of another."""
    tree = list(tree)
    tables = list(declared(tree))
    for file in tree:
        if file.name.startswith(EXEMPT):
            continue
        foreign = [t for t in tables if t.room != file.room]
        names = re.compile("|".join(rf"\b{re.escape(t.table)}\b" for t in foreign) or r"(?!)")
        targets = {(f"uphold.{t.module}", t.variable) for t in foreign}
        yield from _by_name(file, names)
        yield from _by_import(file, targets)


# Where a fact of the model of threats was seen (`threats.element.Fact`): it reads nothing.
_LABEL = re.compile(r"db:[a-z_]+")


def _by_name(file: source.File, names: re.Pattern[str]) -> Iterator[str]:
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if names.search(node.value) and not _LABEL.fullmatch(node.value):
                yield file.at(node, f"names a table of another room in {node.value!r}")
        elif isinstance(node, ast.Name) and names.fullmatch(node.id):
            yield file.at(node, f"names {node.id}, a table of another room")


def _by_import(file: source.File, targets: set[tuple[str, str]]) -> Iterator[str]:
    imported: dict[str, str] = {}
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        for alias in node.names:
            if (node.module, alias.name) in targets:
                yield file.at(node, f"imports {alias.name}, a table of another room")
            imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in ast.walk(file.tree):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                if (imported.get(name), attribute) in targets:
                    yield file.at(node, f"reaches {name}.{attribute}, a table of another room")


def test_a_table_bears_its_rooms_name() -> None:
    assert misnamed(declared(source.files())) == []


def test_tables_stand_at_the_top_of_their_module() -> None:
    assert list(undeclared(source.files())) == []


def test_tables_are_found() -> None:
    rooms = {table.room for table in declared(source.files())}
    assert {"journal", "vault"} <= rooms


def test_no_room_touches_a_table_of_another() -> None:
    assert list(trespasses(source.files())) == []


def test_a_trespass_is_found(tmp_path: Path) -> None:
    tree = source.plant(
        tmp_path,
        {
            "vault/records.py": 'part = Table("vault_part", metadata)\n',
            "vault/other.py": "from uphold.vault import records\nx = records.part\n",
            "mail/outbox.py": 'letter: Table = sqlalchemy.Table("post_letter", metadata)\n',
            "web/a.py": 'q = text("SELECT 1 FROM vault_part")\n',
            "web/b.py": "from uphold.vault.records import part\n",
            "web/c.py": "from uphold.vault import records\nx = records.part.c\n",
            "consent/a.py": 'def f():\n    return Table("consent_act", metadata)\n',
            "database/migrations/one.py": 'op.create_table("vault_part")\n',
        },
    )
    assert misnamed(declared(tree)) == ["mail.outbox: post_letter"]
    assert list(undeclared(tree)) == ["consent/a.py"]
    found = [fault.partition(":")[0] for fault in trespasses(tree)]
    assert found == ["web/a.py", "web/b.py", "web/c.py"]
