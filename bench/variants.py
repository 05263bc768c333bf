# SPDX-License-Identifier: Apache-2.0
"""All servers of `submissions`, started one after another and always stopped."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench import process, uphold_site, variant
from bench.variant import Variant

NAMES = (
    "uphold-sqlite",
    "uphold-postgresql",
    "django-sqlite-default",
    "django-sqlite-tuned",
    "django-sqlite-kept",
    "django-postgresql",
)


def start(name: str, folder: Path, python: str) -> Variant:
    """Start one server by its name."""
    product, _, store = name.partition("-")
    if product == "uphold":
        return uphold_site.start_uphold(store, folder)
    return variant.start_django(store, folder, python)


@contextmanager
def started(
    folder: Path, python: str, only: Sequence[str], say: Callable[[str], None]
) -> Iterator[list[Variant]]:
    """Start the named servers (all without names); stop them whatever happens."""
    names = list(only or NAMES)
    unknown = sorted(set(names) - set(NAMES))
    if unknown:
        raise process.Failed(f"no such server: {', '.join(unknown)}; known: {', '.join(NAMES)}")
    running: list[Variant] = []
    try:
        for name in names:
            running.append(start(name, folder / name, python))
            say(f"{name} is up")
        yield running
    finally:
        for one in running:
            one.stop()
