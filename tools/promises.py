# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/promises.md from the catalogue: `make promises`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from uphold.policy import promise
from uphold.policy.promise import Promise

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "promises.md"
HEAD = """# Promises

What a clause of a policy can commit the operator to, as data in `src/uphold/policy/promises/*.toml`.
A clause is bound to promises in [`policy.toml`](policy-files.md#clauseid); `uphold policy suggest`
proposes which. This page is written by `make promises` from the catalogue; how another one comes into
it is told in [Add a promise](../how-to/add-a-promise.md).

*Not built* marks a promise that Uphold has nothing to keep yet: it shows as *not shown*, never as kept.
*(unverified)* marks a place of law that was cited from memory and not read; everything else was read in
the act or in a source that restates it, named in `src/uphold/policy/references.toml` with the day. None
of it is legal advice.

"""


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(_topics())


def _topics() -> Iterator[str]:
    built = [one for one in promise.catalogue().values() if one.built]
    yield f"{len(promise.catalogue())} promises, {len(built)} of them built.\n"
    topic = ""
    for one in promise.catalogue().values():
        if one.topic != topic:
            topic = one.topic
            yield f"## {topic}\n"
        yield from _promise(one)


def _promise(one: Promise) -> Iterator[str]:
    yield f"### `{one.id}`\n"
    yield f"**{one.title['en']}** ({one.title['ru']}){'' if one.built else ' - *not built*'}\n"
    yield f"{one.meaning['en']}\n"
    yield f"- Broken when: {one.breaks['en']}"
    yield f"- Law: {'; '.join(_law(name) for name in one.law)}.\n"


def _law(name: str) -> str:
    reference = promise.references()[name]
    return f"{reference.title['en']}{'' if reference.verified else ' (unverified)'}"


def main() -> int:
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
