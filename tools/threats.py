# SPDX-License-Identifier: Apache-2.0
"""Write docs/reference/threat-model.md from the vocabulary of the model: `make promises`."""

import sys
from collections.abc import Iterator
from pathlib import Path

from uphold.threats import element, vocabulary

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "threat-model.md"
HEAD = """# The model of threats

What threatens the data is judged on a model that is derived from the running system: its settings, the edition of the
policy in force, the database, the key ring, and what the operating system says of files. It is never drawn by hand.
This page is written by `make promises` from `src/uphold/threats/vocabulary.toml`.

An **element** is one thing of the site, such as `form:contact` or `account:3`. It lies in a zone: {zones}.
A **fact** says what is so about it, and where that was seen: `config:serve.tls_certificate`, `db:access_staff`,
`os:data`, `policy:purposes.enquiry`, `keys:ring`, `program:` for what the program always does. Every element has every
fact of its kind. What could not be found out is *unknown*: it is listed apart and is neither yes nor no.

An unchanged configuration gives the same bytes, whatever people send and staff read meanwhile: how many people there
are stands as a bucket. Some facts change with time alone, when a limit is passed: an account becomes dormant, a key
old, a trial of a backup stale. Nobody is named: accounts stand by their numbers.

A rule reads the facts of the element that it is about as `form.special`, those of the site as `site.https`, and goes
through all elements of a kind under the name in brackets.

"""


def page() -> str:
    """The whole page."""
    return HEAD.format(zones=", ".join(f"`{zone}`" for zone in element.ZONES)) + "\n".join(_kinds())


def _kinds() -> Iterator[str]:
    for kind in vocabulary.kinds().values():
        yield f"## {kind.name} ({kind.plural})\n"
        yield f"{kind.about}\n"
        yield "| fact | type | says |\n|---|---|---|"
        yield from (
            f"| `{name}` | {type_} | {kind.says[name]} |" for name, type_ in kind.facts.items()
        )
        yield ""


def main() -> int:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
