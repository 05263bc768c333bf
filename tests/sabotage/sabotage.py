# SPDX-License-Identifier: Apache-2.0
"""Break a control on purpose, as it might really break, and see whether `prove` turns red where it should.

    Sabotage("consent.box-empty/ticked", "consent.box-empty", "The box comes ticked", apply)

`apply` gets a `Ground`: the folder of a copy of the template that nobody has opened yet, and the means to
patch what runs, to edit a template, to run SQL as whoever holds the file, to publish past the check, and to do
something once the site is open. Nothing of it outlives the sabotage. The product knows nothing of any of this:
there is no switch for it in src/.
"""

import contextlib
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import jinja2
import pytest
from pysqlite3 import dbapi2 as sqlite

from tests import site as sites
from tests.sabotage import stage
from uphold.app import App
from uphold.assurance import proof, prove
from uphold.assurance.proof import Only
from uphold.assurance.report import Report, Verdict
from uphold.policy import digest, folder, parse, publish, wording
from uphold.visits import record
from uphold.web import pages, run

_TODAY = "November 20, 2026", "20 ноября 2026"


@dataclass
class Ground:
    """What a sabotage may lay hands on."""

    folder: Path
    patch: pytest.MonkeyPatch
    later: list[Callable[[App], None]] = field(default_factory=list)
    """What happens when the site is open and before it is examined."""
    afterwards: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)
    """What is let go in the end, such as a socket: `afterwards.callback(spoken.close)`."""

    def wrap(self, owner: object, name: str, around: Callable[..., object]) -> None:
        """Replace a function by `around`, which gets the function itself before its arguments."""
        before = getattr(owner, name)

        @functools.wraps(before)
        def instead(*arguments: object, **named: object) -> object:
            return around(before, *arguments, **named)

        self.patch.setattr(owner, name, instead)

    def template(self, name: str, old: str, new: str) -> None:
        """Serve a template with one text replaced; it must stand there."""
        before = jinja2.PackageLoader.get_source

        def get_source(
            loader: jinja2.PackageLoader, environment: jinja2.Environment, template: str
        ) -> tuple[str, str, Callable[[], bool] | None]:
            source, file, fresh = before(loader, environment, template)
            if template == name:
                assert old in source, f"{name} has no {old!r}"
                source = source.replace(old, new)
            return source, file, fresh

        self.patch.setattr(jinja2.PackageLoader, "get_source", get_source)

    def sql(self, *statements: str) -> None:
        """Run statements on the database file as an intruder with a shell would, no trigger in the way."""
        connection = sqlite.connect(self.folder / "data" / "uphold.sqlite")
        with contextlib.closing(connection), connection:
            triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for (name,) in connection.execute(triggers).fetchall():
                connection.execute(f'DROP TRIGGER "{name}"')
            for statement in statements:
                changed = connection.execute(statement)
                assert changed.rowcount, f"changed nothing: {statement}"

    def look(self, query: str) -> bytes:
        """Read one value of the database file, as the same intruder would."""
        connection = sqlite.connect(self.folder / "data" / "uphold.sqlite")
        with contextlib.closing(connection):
            return bytes(connection.execute(query).fetchone()[0])

    def publish(self, *changes: tuple[str, str, str], check: bool = False, at: int = 0) -> None:
        """Change files of the site (name, old, new) and publish them, past the check unless told otherwise.

        `at` is when the edition comes into force, unix milliseconds, 0 for now.
        """
        files = dict(folder.read(self.folder))
        for name, old, new in changes:
            assert old in files[name].decode(), f"{name} has no {old!r}"
            files[name] = files[name].decode().replace(old, new).encode()
        for name in [name for name in files if name.endswith(".md")]:
            files[name] = _dated(files[name].decode()).encode()
        archive = publish.prepare(files) if check else _unchecked(files)
        with stage.opened(self.folder) as app:
            app.writer.run(lambda tx: publish.publish(tx, archive, at or None))

    def open(self, app: App) -> None:
        """Do what was kept for an open site."""
        for act in self.later:
            act(app)


def _dated(text: str) -> str:
    """Move the last date of the date line on, as an honest editor would."""
    return re.sub(
        r"November \d+, 2026|\d+ ноября 2026",
        lambda found: _TODAY[0] if found[0].startswith("N") else _TODAY[1],
        text,
    )


def _unchecked(files: dict[str, bytes]) -> bytes:
    draft = parse.read(files).draft
    assert draft is not None
    kept = {name: raw for name, raw in files.items() if not name.startswith("wordings/")}
    return digest.pack({**kept, **wording.derive(draft)})


@dataclass(frozen=True)
class Sabotage:
    """One way to break a promise. `id` is the promise, a slash and a slug; `title` says what was done.

    `only` is the beginning of the ids of the probes that are run: of all where it is empty.
    """

    id: str
    promise: str
    title: str
    apply: Callable[[Ground], None]
    only: str = ""


def several(promise: str, *told: tuple[str, str, Callable[[Ground], None]]) -> tuple[Sabotage, ...]:
    """The ways to break one promise: for each a slug, a title and what is done."""
    return tuple(Sabotage(f"{promise}/{slug}", promise, title, do) for slug, title, do in told)


@contextlib.contextmanager
def laid(folder: Path, *acts: Callable[[Ground], None]) -> Iterator[Ground]:
    """Apply sabotages to a site's folder, and take the patches out again."""
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as afterwards:
        ground = Ground(folder, patch, afterwards=afterwards)
        try:
            for act in acts:
                act(ground)
            forget()
            yield ground
        finally:
            patch.undo()
            forget()


def forget() -> None:
    """Let every page be made from its template anew."""
    pages._environment.cache_clear()
    pages._CODES._codes.clear()
    pages.translations.cache_clear()


def proved(folder: Path, promises: frozenset[str] = frozenset()) -> Report:
    """Prove some promises (all, if none is named) on a site's folder; returns the report on them alone."""
    with laid(folder) as ground:
        return examined(ground, promises)


def examined(ground: Ground, promises: frozenset[str], begins: str = "") -> Report:
    """Serve a site as it now is, run the probes of the promises whose ids begin so, and judge."""
    only = Only(promises=promises)
    # What is left out of the visits is counted at once: no probe has to wait for it.
    ground.patch.setattr(record, "COUNT_MS", 0)
    with stage.opened(ground.folder) as app:
        ground.open(app)
        premises = app.premises()
        every = prove.of_promises(proof.wanted(premises.edition, only))
        chosen = [probe for probe in every if probe.id.startswith(begins)]
        with run.serving(app) as target:
            prove.run(premises, target, chosen)
        with app.database.read() as connection:
            return proof.report(connection, app.ground(), sites.now(), only)


def is_caught(report: Report, promise: str) -> bool:
    """Whether a report says broken at the promise and at every clause that is bound to it."""
    line = report.promises[promise]
    clauses = [clause for clause in report.clauses if promise in clause.promises]
    return line.verdict is Verdict.BROKEN and all(c.verdict is Verdict.BROKEN for c in clauses)
